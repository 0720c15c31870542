"""Files that were sent again after others had been sent under their name: they serve again.

Their bytes are known, so nothing is read or judged anew; only the time of sending moves on, and
with it which submission serves (docs/decisions/0003).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC

import duckdb

from pipelines import lake
from pipelines.exports import ingest, serving
from pipelines.exports.declaration import Program
from pipelines.exports.receive import Receipt


def ids(con: duckdb.DuckDBPyConnection, receipts: Iterable[Receipt]) -> set[str]:
    """Ids of the submissions that were recorded with an earlier time of sending."""
    times = {ingest.submission_id(r): r.sent_at.astimezone(UTC) for r in receipts}
    if not times or not lake.table_exists(con, "vault.quality.submissions"):
        return set()
    rows = con.execute(
        "SELECT submission_id, sent_at FROM vault.quality.submissions "
        "WHERE submission_id IN (SELECT unnest(?))",
        [list(times)],
    ).fetchall()
    return {name for name, at in rows if at is not None and at.replace(tzinfo=UTC) < times[name]}


def settle(
    con: duckdb.DuckDBPyConnection, program: Program, receipts: Sequence[Receipt]
) -> list[str]:
    """Record the later times of sending, and what serves then; ids of what changed by it.

    con: with the vault for writing, outside a transaction. Changes nothing where nothing was sent
    again.
    """
    again = ids(con, receipts)
    if not again:
        return []
    times = {
        name: r.sent_at.astimezone(UTC).replace(tzinfo=None)
        for r in receipts
        if (name := ingest.submission_id(r)) in again
    }
    con.execute("BEGIN")
    try:
        con.executemany(
            "UPDATE vault.quality.submissions SET sent_at = ? WHERE submission_id = ?",
            [[at, name] for name, at in sorted(times.items())],
        )
        changed = serving.settle(con, [program])
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    return changed
