"""A scratch barn, and linking as one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import duckdb
import pandas as pd
import pytest

from pipelines import lake
from pipelines.identity import run

NOW = datetime(2026, 7, 1, tzinfo=UTC)
SECRET = "a secret of the tests"
Row = dict[str, object]

COLUMNS = {
    "program": "VARCHAR",
    "submission_id": "VARCHAR",
    "source_row": "BIGINT",
    "source_record_id": "VARCHAR",
    "role": "VARCHAR",
    "observed_on": "DATE",
    "nik": "VARCHAR",
    "family_card_number": "VARCHAR",
    "full_name": "VARCHAR",
    "sex_code": "VARCHAR",
    "birth_on": "DATE",
    "birth_precision": "VARCHAR",
    "birth_sent": "VARCHAR",
    "birth_place": "VARCHAR",
    "father_name": "VARCHAR",
    "mother_name": "VARCHAR",
    "parent_name": "VARCHAR",
    "program_number": "VARCHAR",
    "phone": "VARCHAR",
    "nisn": "VARCHAR",
    "welfare_card_number": "VARCHAR",
    "insurance_number": "VARCHAR",
    "account_number": "VARCHAR",
    "address": "VARCHAR",
    "rt": "VARCHAR",
    "rw": "VARCHAR",
    "sent_area_code": "VARCHAR",
    "sent_district": "VARCHAR",
    "sent_village": "VARCHAR",
    "is_alive": "BOOLEAN",
}


class Barn:
    """A vault in memory: what a lake offers to linking, without its files."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("ATTACH ':memory:' AS vault; CREATE SCHEMA vault.staging")
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        self.con.execute(f"CREATE TABLE vault.staging.persons ({columns})")

    def put(self, rows: pd.DataFrame | list[Row]) -> None:
        """Make these the person records, all of them; missing columns are null."""
        frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
        chosen = ", ".join(
            f"{name}::{kind}" if name in frame else f"NULL::{kind}"
            for name, kind in COLUMNS.items()
        )
        self.con.register("frame", frame)
        self.con.execute("DELETE FROM vault.staging.persons")
        self.con.execute(f"INSERT INTO vault.staging.persons SELECT {chosen} FROM frame")
        self.con.unregister("frame")

    def link(self, now: datetime = NOW) -> run.LinkSummary:
        return run.link_people(self.con, now, secret=SECRET)

    def ids(self) -> dict[tuple[str, str], str]:
        """beneficiary_id by (submission_id, source_record_id)."""
        rows = self.con.execute(
            "SELECT submission_id, source_record_id, beneficiary_id FROM vault.identity.record_links"
        ).fetchall()
        return {(s, r): b for s, r, b in rows}

    def people(self) -> set[frozenset[tuple[str, str]]]:
        """The partition of the records, whatever the ids."""
        groups: dict[str, set[tuple[str, str]]] = {}
        for key, beneficiary in self.ids().items():
            groups.setdefault(beneficiary, set()).add(key)
        return {frozenset(group) for group in groups.values()}

    def all(self, query: str) -> list[tuple]:
        return self.con.execute(query).fetchall()


@pytest.fixture
def barn() -> Iterator[Barn]:
    made = Barn()
    yield made
    made.con.close()


@pytest.fixture
def person() -> Callable[..., Row]:
    """A complete person record; named values replace those of the pattern."""

    def make(row: int = 2, submission: str = "dtsen-31.74-2026Q1-v1-0", **values: object) -> Row:
        program = submission.split("-")[0]
        role = str(values.pop("role", "person"))
        return {
            "program": program,
            "submission_id": submission,
            "source_row": row,
            "source_record_id": f"{row}:{role}",
            "role": role,
            "observed_on": "2026-03-31",
            "nik": "3174091504900001",
            "family_card_number": "3174090101150001",
            "full_name": "BUDI SANTOSO",
            "sex_code": "male",
            "birth_on": "1990-04-15",
            "birth_precision": "day",
            "sent_area_code": "31.74.09.1001",
            **values,
        }

    return make


__all__ = ["Barn", "lake"]
