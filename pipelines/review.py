"""What people decide about submissions that wait, and what they are shown for it.

Works on a barn: opens the vault, holds the writer's lock while it writes, and renews the answers to
the senders. Counts, codes and ids only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from pipelines import guard, lake, settings
from pipelines.exports import declaration, feedback, messages, receive, recheck, serving
from pipelines.exports.declaration import Program
from pipelines.exports.feedback_workbook import Language
from pipelines.settings import Home

COLUMNS = (
    "submission_id",
    "state",
    "rows_count",
    "expected_rows_count",
    "reason",
    "alasan",
    "decision",
    "decided_by",
    "decided_at",
)


class ReviewError(ValueError):
    """What was asked for is not there; the message says so in one sentence."""


def waiting(*, decided: bool = False, home: Home | None = None) -> list[dict[str, Any]]:
    """Submissions that wait (with `decided`, also those decided about), as rows of COLUMNS."""
    with lake.connect(read=["vault"], home=home) as con:
        found = serving.waiting(con, decided=decided)
    rows = []
    for w in found:
        row = asdict(w)
        _, indonesian, english = messages.reason("", w.reason_code, w.reason_column)
        is_told = w.reason_code is not None
        row["reason"] = english.removeprefix(": ") if is_told else None
        row["alasan"] = indonesian.removeprefix(": ") if is_told else None
        rows.append({name: row[name] for name in COLUMNS})
    return rows


def decide(
    submission_id: str,
    decision: serving.Decision,
    *,
    by: str,
    note: str | None = None,
    home: Home | None = None,
) -> list[tuple[str, str, bool]]:
    """Log a decision and let it take effect; (submission_id, state, is_serving) of what changed.

    Raises DecisionError as `serving.decide` does.
    """
    home = home or settings.home()
    programs = {p.name: p for p in declaration.load_programs()}
    with guard.writer(home), lake.connect(write=["vault"], home=home) as con:
        program = programs.get(submission_id.split("-")[0])
        if program is None or not lake.table_exists(con, "vault.quality.submissions"):
            raise serving.DecisionError(
                f"There is no submission {submission_id}: see `lumbung review list`."
            )
        con.execute("BEGIN")
        try:
            changed = serving.decide(con, program, submission_id, decision, by=by, note=note)
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise
        if changed:
            feedback.write(con, program, feedback.affected(con, program, changed), home=home)
        return con.execute(
            "SELECT submission_id, state, is_serving FROM vault.quality.submissions "
            "WHERE list_contains(?, submission_id) ORDER BY ALL",
            [changed],
        ).fetchall()


def preview(
    on_progress: Callable[[str, int, int], None] | None = None, home: Home | None = None
) -> list[recheck.Difference]:
    """What today's rules would change in each program that has sent something."""
    found = []
    with lake.connect(read=["vault"], home=home) as con:
        if not lake.table_exists(con, "vault.quality.submissions"):
            return []
        for program in declaration.load_programs():
            with guard.quiet_errors(f"rechecking {program.name}", home):
                difference = recheck.compare(
                    con,
                    program,
                    receive.received(program, home),
                    on_progress=_named(on_progress, program),
                    home=home,
                )
            if difference.submissions_count:
                found.append(difference)
    return found


def _named(
    on_progress: Callable[[str, int, int], None] | None, program: Program
) -> Callable[[int, int], None] | None:
    if on_progress is None:
        return None
    return lambda done, total: on_progress(program.name, done, total)


def answer(
    names: list[str] | None = None, *, language: Language = "id", home: Home | None = None
) -> dict[str, int]:
    """Write the answers to all submissions anew (of the programs `names`); how many changed.

    Raises ReviewError for a program that is not declared.
    """
    home = home or settings.home()
    programs = {p.name: p for p in declaration.load_programs()}
    for name in names or []:
        if name not in programs:
            raise ReviewError(f"There is no program {name}: {', '.join(programs)}.")
    changed = {}
    with guard.writer(home), lake.connect(read=["vault"], home=home) as con:
        for name in names or list(programs):
            with guard.quiet_errors(f"answering {name}", home):
                if feedback.has_any(con, programs[name]):
                    changed[name] = feedback.write(
                        con, programs[name], home=home, language=language
                    )
    return changed
