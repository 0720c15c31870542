"""Which submission serves, which waits for a person, and what people have decided about those.

The verdicts are a function of the set of submissions and decisions, not of the order in which
either came: see `serving.sql`. Decisions are a log that is only added to; the last one on a
submission counts, and `withdraw` takes it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import duckdb

from pipelines import lake, settings
from pipelines.exports.declaration import Program
from pipelines.settings import Home

Decision = Literal["approve", "refuse", "withdraw"]
_VERDICTS = Path(__file__).with_suffix(".sql")
_EMPTY = (
    "CREATE OR REPLACE TEMP TABLE serving_new AS SELECT submission_id, program, area_code, period, "
    "period_from, period_to, version, sent_at, sha256, checked_state, rows_count, filled_counts, "
    "reason_id, reason_en, reason_code, reason_column FROM vault.quality.submissions WHERE false"
)


class DecisionError(ValueError):
    """A decision cannot be taken; the message says why. It names ids and states alone."""


@dataclass(frozen=True)
class Waiting:
    """A submission about which a person has to decide, or has decided.

    rows_count: of the submission; expected_rows_count: of what served last before it. reason_code
    and reason_column say why it waits (`messages.TEXTS`).
    """

    submission_id: str
    state: str
    rows_count: int
    expected_rows_count: int | None
    reason_code: str | None
    reason_column: str | None
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None


def judge(con: duckdb.DuckDBPyConnection, programs: Sequence[Program]) -> None:
    """Make `serving_verdicts` for what stands in `serving_new` and for its areas' submissions.

    Writes what came out otherwise to the vault; a part of the caller's transaction.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE serving_touched AS SELECT DISTINCT program, area_code "
        "FROM serving_new WHERE area_code IS NOT NULL"
    )
    _judge(con, programs)


def _judge(con: duckdb.DuckDBPyConnection, programs: Sequence[Program]) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE serving_rules (program VARCHAR, rows_share DOUBLE, "
        "rows_minimum BIGINT, required VARCHAR[])"
    )
    con.executemany(
        "INSERT INTO serving_rules VALUES (?, ?, ?, ?)",
        [
            [
                p.name,
                p.cadence.rows_tolerance_share,
                p.cadence.rows_tolerance_min,
                list(p.required),
            ]
            for p in programs
        ],
    )
    con.execute(_VERDICTS.read_text("utf-8"))


def close(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the temporary tables of the last `judge` or `settle`."""
    for table in ("new", "touched", "rules", "known", "walk", "verdicts"):
        con.execute(f"DROP TABLE IF EXISTS temp.serving_{table}")


def settle(con: duckdb.DuckDBPyConnection, programs: Sequence[Program]) -> list[str]:
    """Work out anew what serves and what waits in all areas of `programs`.

    For decisions and tolerances that have changed since; run inside a transaction. Returns the
    ids of the submissions whose state or service changed; changes nothing where none did.
    """
    if not programs or not lake.table_exists(con, "vault.quality.submissions"):
        return []
    names = [p.name for p in programs]
    con.execute(_EMPTY)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE serving_touched AS SELECT DISTINCT program, area_code "
        "FROM vault.quality.submissions WHERE area_code IS NOT NULL AND list_contains(?, program)",
        [names],
    )
    sql = (
        "SELECT submission_id, state, is_serving FROM vault.quality.submissions "
        "WHERE list_contains(?, program)"
    )
    before = set(con.execute(sql, [names]).fetchall())
    try:
        _judge(con, programs)
    finally:
        close(con)
    after = set(con.execute(sql, [names]).fetchall())
    return sorted({row[0] for row in after - before})


def decide(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    submission_id: str,
    decision: Decision,
    *,
    by: str,
    note: str | None = None,
) -> list[str]:
    """Log a decision about a submission of `program` and let it take effect at once.

    Returns the ids of the submissions whose state or service changed by it. Run in a transaction.
    Raises DecisionError for a submission that is not known, was rejected, neither waits nor has
    been decided about, or has no decision to withdraw.
    """
    row = con.execute(
        "SELECT state, coalesce(checked_state, state) FROM vault.quality.submissions "
        "WHERE submission_id = ? AND program = ?",
        [submission_id, program.name],
    ).fetchone()
    if row is None:
        raise DecisionError(f"There is no submission {submission_id}: see `lumbung review list`.")
    state, checked = row
    in_force = _in_force(con).get(submission_id)
    if checked == "rejected":
        raise DecisionError(f"{submission_id} was rejected by its checks; only a new file helps.")
    if decision == "withdraw" and in_force is None:
        raise DecisionError(f"There is no decision on {submission_id} to withdraw.")
    if decision != "withdraw" and in_force is None and state != "waiting":
        raise DecisionError(f"{submission_id} does not wait: its state is {state}.")
    if decision == in_force:
        return []
    con.execute(
        "INSERT INTO vault.quality.approvals SELECT coalesce(max(approval_no), 0) + 1, "
        "$submission_id, $decision, $by, $at, $note FROM vault.quality.approvals",
        {
            "submission_id": submission_id,
            "decision": decision,
            "by": by,
            "at": settings.now().astimezone(UTC).replace(tzinfo=None),
            "note": note,
        },
    )
    return settle(con, [program])


def _in_force(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The decision in force by submission; a withdrawn one is in force no more."""
    if not lake.table_exists(con, "vault.quality.approvals"):
        return {}
    return dict(
        con.execute(
            "SELECT submission_id, arg_max(decision, approval_no) AS decision "
            "FROM vault.quality.approvals GROUP BY submission_id HAVING decision <> 'withdraw'"
        ).fetchall()
    )


def decisions(home: Home | None = None) -> list[tuple[str, str]]:
    """(submission_id, decision) of all decisions in force, sorted; none without a vault."""
    if not lake.exists("vault", home):
        return []
    with lake.connect(read=["vault"], home=home) as con:
        return sorted(_in_force(con).items())


def waiting(con: duckdb.DuckDBPyConnection, *, decided: bool = False) -> list[Waiting]:
    """Submissions that wait, by id; with `decided` also those with a decision in force."""
    if not lake.table_exists(con, "vault.quality.approvals"):
        return []
    rows = con.execute(
        "WITH last AS (SELECT submission_id, arg_max(a, approval_no) AS a "
        "FROM vault.quality.approvals AS a GROUP BY submission_id) "
        "SELECT s.submission_id, s.state, s.rows_count, s.expected_rows_count, s.reason_code, "
        "s.reason_column, nullif(a.decision, 'withdraw') AS decision, a.decided_by, a.decided_at "
        "FROM vault.quality.submissions AS s LEFT JOIN last USING (submission_id) "
        "WHERE s.state = 'waiting' OR ($decided AND decision IS NOT NULL) ORDER BY s.submission_id",
        {"decided": decided},
    ).fetchall()
    return [Waiting(*row) for row in rows]
