"""The checks and the staging models read dates, amounts and numbers alike."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from pipelines import settings
from pipelines.exports import check
from tests.exports.test_check import DAYS

jinja2 = pytest.importorskip("jinja2")
FILES = ("dialect.sql", "parse.sql")
LATEST = "DATE '2036-12-31'"

AMOUNTS = [
    "1200000", "Rp 1.200.000,00", "1,200,000", "225.000", "200000.00", "Rp.225.000,-", "1.200,50",
    "1,200.5", "0", "2OO.OOO", "lihat lampiran", "12.34.56", "1.2E6", "-", "...", "", "-5000",
    "#REF!",
]  # fmt: skip
NUMBERS = [
    "12,5", "12.5", "-2:31", "-0,98", ".5", "1.234,5", "9800", "3.250", "12,5 kg", "Outlier", "-",
    "tdk ditimbang", "#N/A", "", "0", "-7.01",
]  # fmt: skip


@pytest.fixture(scope="module")
def staging() -> Any:
    """The macros of dbt's staging models, as functions that yield SQL."""
    folder = settings.DBT_DIR / "macros"
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    made: dict[str, Any] = {}

    def dispatch(name: str, _package: str) -> Any:
        return made[f"default__{name}"]

    environment.globals.update(adapter=SimpleNamespace(dispatch=dispatch))
    text = "\n".join((folder / name).read_text("utf-8") for name in FILES)
    module = environment.from_string(text).module
    made.update({n: getattr(module, n) for n in dir(module) if not n.startswith("_")})
    return SimpleNamespace(**made)


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        check.open_checks(con)
        yield con


def both(con, ours: str, theirs: str, values: list[str | None]) -> list[tuple]:
    return con.execute(
        f"SELECT v, {ours}, {theirs} FROM (SELECT unnest($values) AS v)", {"values": values}
    ).fetchall()


@pytest.mark.parametrize(
    ("ours", "macro", "values"),
    [
        ("parse_amount_text(v)", "parse_amount", AMOUNTS),
        ("parse_number_text(v)", "parse_number", NUMBERS),
    ],
)
def test_numbers_agree(con, staging, ours, macro, values):
    theirs = getattr(staging, macro)("v")
    assert [r for r in both(con, ours, theirs, values) if r[1] != r[2]] == []


def test_dates_agree(con, staging):
    values = [v for v in DAYS if v] + ["00/05/1990", "12/1990", "Desember 1990", "31 Foo 1990"]
    theirs = staging.read_day("v", LATEST)
    found = both(
        con,
        f"partial_date(v, {LATEST}).on_date || partial_date(v, {LATEST}).precise_to",
        f"({theirs}).day_on || ({theirs}).precise_to",
        values,
    )
    assert [r for r in found if r[1] != r[2]] == []
