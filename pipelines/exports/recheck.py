"""What today's rules would change: judge stored submissions anew and write nothing.

A rule that was changed is otherwise applied by the next run, which judges anew whatever was judged
under other rules. This shows beforehand what that will do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.exports import check, ingest
from pipelines.exports.declaration import Program
from pipelines.exports.receive import Receipt
from pipelines.settings import Home

_SQL = Path(__file__).with_suffix(".sql")


@dataclass(frozen=True)
class StateChange:
    """A submission that would get another state by its checks, or another number of rows."""

    submission_id: str
    state_before: str
    state_after: str
    rows_before: int
    rows_after: int
    quarantined_before: int
    quarantined_after: int


@dataclass
class Difference:
    """What would change of one program. Counts and codes, never a value.

    issues: (rule_id, severity) to how many of its issues would go and how many come. Rows move
    where one that is accepted now would be quarantined, or the other way round; rows that a changed
    reading would find or lose show in rows_before and rows_after of their submission.
    """

    program: str
    submissions_count: int = 0
    states: list[StateChange] = field(default_factory=list)
    lost: Counter[tuple[str, str]] = field(default_factory=Counter)
    gained: Counter[tuple[str, str]] = field(default_factory=Counter)
    to_quarantine_count: int = 0
    to_accepted_count: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything at all would come out otherwise."""
        return bool(
            self.states
            or self.lost
            or self.gained
            or self.to_quarantine_count
            or self.to_accepted_count
        )


def compare(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    receipts: Sequence[Receipt],
    *,
    suite: check.Suite | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    home: Home | None = None,
) -> Difference:
    """Judge the stored submissions of `program` under today's rules and compare.

    con: with the vault attached; nothing in it is written. receipts: what has been received; files
    that the vault does not hold yet are left out.
    """
    found = Difference(program.name)
    recorded = ingest.all_ids(con, program)
    stored = [r for r in receipts if ingest.submission_id(r) in recorded]
    statements = con.extract_statements(_SQL.read_text("utf-8"))

    def look() -> None:
        con.execute(ingest.STATES.read_text("utf-8"))
        con.execute(
            "CREATE OR REPLACE TEMP TABLE recheck_issues AS "
            f"SELECT * FROM ({ingest.ISSUES.read_text('utf-8')})"
        )
        states, issues, rows = (con.execute(s).fetchall() for s in statements)
        con.execute("DROP TABLE temp.recheck_issues")
        con.execute("DROP TABLE temp.serving_new")
        found.submissions_count += len(states)
        changes = [StateChange(*row) for row in states]
        found.states += [
            c for c in changes if (c.state_before, c.rows_before) != (c.state_after, c.rows_after)
        ]
        for rule_id, severity, lost, gained in issues:
            found.lost[rule_id, severity] += lost
            found.gained[rule_id, severity] += gained
        for to_quarantine, to_accepted in rows:
            found.to_quarantine_count += to_quarantine
            found.to_accepted_count += to_accepted

    ingest.ingest_many(
        con, program, stored, suite=suite, on_progress=on_progress, home=home, instead=look
    )
    found.lost, found.gained = +found.lost, +found.gained
    return found
