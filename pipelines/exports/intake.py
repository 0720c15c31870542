"""Take received files in and answer their senders: what the submissions station of a program does.

Files are judged and recorded by `ingest.py`, and what was sent again serves again; then the answers
to what was judged are written, to what their trends tell of, and to whatever lacks one (a process
may have been killed in between).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb

from pipelines.exports import data_docs, feedback, ingest, resent, serving
from pipelines.exports.declaration import Program
from pipelines.exports.receive import Receipt
from pipelines.settings import Home


@dataclass(frozen=True)
class Intake:
    """What became of the files that were newly judged, and how many answers were (re)written."""

    results: list[ingest.SubmissionResult]
    answers_count: int


def take_in(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    receipts: Sequence[Receipt],
    *,
    on_progress: Callable[[int, int], None] | None = None,
    home: Home | None = None,
) -> Intake:
    """Judge what of `receipts` is not judged under today's rules, and answer it.

    con: from `lake.connect(write=["vault"])`, outside a transaction. Raises as `ingest_many`.
    """
    judged = ingest.recorded_ids(con, [program])
    due = [name for r in receipts if (name := ingest.submission_id(r)) not in judged]
    feedback.remove(con, program, due, home)
    results = ingest.ingest_many(con, program, receipts, on_progress=on_progress, home=home)
    changed = resent.settle(con, program, receipts)
    wanted = feedback.affected(con, program, [*(r.submission_id for r in results), *changed])
    wanted += feedback.missing(con, program, home)
    answers = feedback.write(con, program, wanted, home=home) if wanted else 0
    if results or changed:
        data_docs.build(con, program, home)
    return Intake(results, answers)


def settle(
    con: duckdb.DuckDBPyConnection, programs: Sequence[Program], home: Home | None = None
) -> list[str]:
    """Let tolerances and decisions that have changed since take effect, and renew those answers.

    con: with the vault for writing, outside a transaction. Ids of the submissions that changed.
    """
    con.execute("BEGIN")
    try:
        changed = serving.settle(con, programs)
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    for program in programs:
        own = [name for name in changed if name.startswith(f"{program.name}-")]
        if own:
            feedback.write(con, program, feedback.affected(con, program, own), home=home)
    return changed
