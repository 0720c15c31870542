"""What the areas of all programs owe, from what the vault has recorded: `due.py` over the vault."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb

from pipelines import lake
from pipelines.exports import due, receive
from pipelines.exports.declaration import Program
from pipelines.exports.due import Late, Sent

_SENT = (
    "SELECT program, area_code, period, bool_or(state NOT IN ('rejected', 'refused')) "
    "FROM vault.quality.submissions WHERE area_code IS NOT NULL AND period IS NOT NULL "
    "GROUP BY program, area_code, period ORDER BY program, area_code, period"
)


def sent(con: duckdb.DuckDBPyConnection) -> dict[str, list[Sent]]:
    """By program, which areas have sent which periods. con: with the vault for reading."""
    found: dict[str, list[Sent]] = {}
    if lake.table_exists(con, "vault.quality.submissions"):
        for program, area, period, usable in con.execute(_SENT).fetchall():
            found.setdefault(program, []).append(Sent(area, period, usable))
    return found


def received(program: Program) -> list[Sent]:
    """What stands on the shelf, without asking the vault: a file that cannot be used counts too."""
    return [
        Sent(r.area_code, r.period, r.problem is None)
        for r in receive.received(program)
        if r.area_code and r.period
    ]


def late(
    con: duckdb.DuckDBPyConnection, programs: Iterable[Program], now: datetime | None = None
) -> list[Late]:
    """What is late, by program, area and period. con: with the vault for reading."""
    came = sent(con)
    return [item for p in programs for item in due.late(p, came.get(p.name, []), now)]
