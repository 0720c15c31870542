"""Read NIK and family-card numbers: a damage class, what can be read of them, what was made good.

A number is parsed into a class, never into true or false: form is not proof, and a damaged
number still says something. Everything happens in DuckDB (`nik.sql`), once per distinct number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import duckdb

from pipelines.identity import sql
from pipelines.settings import REFERENCE_DIR

CLASSES = (
    "valid",
    "digits_lost",
    "masked",
    "wrong_length",
    "impossible_date",
    "unknown_area",
    "placeholder",
    "not_digits",
    "blank",
)
"""In this order: sixteen digits that can be, and eight ways of falling short."""

FORMER_AREAS = "^095[0-5](0[1-9]|10)"
"""Districts older than the register's first edition whose numbers are still carried (Jakarta)."""


def parse(
    con: duckdb.DuckDBPyConnection,
    source: str,
    column: str,
    target: str,
    *,
    kind: Literal["nik", "kk"] = "nik",
    areas: Path | None = None,
) -> None:
    """Make the temporary table `target` with one row per distinct `column` of `source`.

    Columns: `raw`, `class` (one of CLASSES), `number` (sixteen digits, valid ones only),
    `known_digits` (the first fifteen, of valid and digits_lost), `repair` (marks, separators,
    float, leading_zero or null), `confidence` (0 to 1), `area_code` (dotted district of issue),
    `sex_code` (null for kk), `on_19` and `on_20` (the date with either century; null where
    there is no such day). NULLs of `column` have no row: they are blank.

    areas: Parquet of every edition of the area codes (`code`, `level`); default: the reference.
    """
    path = str(areas or REFERENCE_DIR / "area_editions.parquet").replace("'", "''")
    values = {
        "source": source,
        "column": column,
        "target": target,
        "kind": kind,
        "former_areas": FORMER_AREAS,
        "areas": f"'{path}'",
    }
    con.execute(sql.read("nik.sql", "", values))


def date_sql(parsed: str, observed_on: str, known_on: str = "NULL") -> str:
    """SQL for the date in a parsed number: the century that a known date confirms, else the latest
    one that is not after the observation.

    parsed: alias of a table made by `parse`; observed_on, known_on: SQL expressions of dates.
    """
    return (
        f"CASE WHEN {parsed}.on_19 = {known_on} THEN {parsed}.on_19 "
        f"WHEN {parsed}.on_20 <= coalesce({observed_on}, DATE '2000-01-01') THEN {parsed}.on_20 "
        f"ELSE coalesce({parsed}.on_19, {parsed}.on_20) END"
    )


def parse_plain(
    con: duckdb.DuckDBPyConnection, source: str, column: str, target: str, least: int, most: int
) -> None:
    """As `parse`, for a number of which only the length is declared: `least` to `most` characters.

    Classes are valid, wrong_length, placeholder, masked and blank; no area, sex or date is read.
    """
    values = {"source": source, "column": column, "target": target, "least": least, "most": most}
    con.execute(sql.read("number.sql", "", values))
