"""What the samples hold: their rows as the pipeline reads them, and the shapes of their values.

Everything is counted in DuckDB. Into Python come counts, and values only of columns that may have
a closed list (see `judge.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from pipelines.drafting.sample import DraftError, Sample
from pipelines.exports import check
from pipelines.exports.declaration import Program
from pipelines.exports.parse import Parsed, parse
from pipelines.lake import identifier, quote

MOST_ROWS = 200_000
_SHAPES = Path(__file__).with_suffix(".sql")


@dataclass
class Profile:
    """Counts over all samples. shapes: by column, none for a column without any value."""

    rows: int
    files: int
    shapes: dict[str, Any]
    # By column: in the file where it repeats most, distinct values / rows with one.
    unique: dict[str, float]
    part_rows: dict[str, int] = field(default_factory=dict)
    parsed: list[Parsed] = field(default_factory=list)


@cache
def _macros() -> duckdb.DuckDBPyConnection:
    # Reading the macros and the area register takes longer than judging a small sample.
    con = duckdb.connect()
    check.open_checks(con)
    return con


@contextmanager
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the macros of the checks; what it leaves of a check is dropped."""
    with closing(_macros().cursor()) as con:
        try:
            yield con
        finally:
            check.close(con)


def read(samples: Sequence[Sample], program: Program, work: Path) -> list[Parsed]:
    """The samples as `program` reads them. Raises DraftError, naming the first that it cannot."""
    parsed = []
    for number, sample in enumerate(samples):
        out = work / f"{number}.parquet"
        found = parse(sample.path, program, out, file_name=sample.name, work=work)
        if found.problem is not None:
            raise DraftError(found.problem.message_en)
        parsed.append(found)
    return parsed


def load(con: duckdb.DuckDBPyConnection, parsed: Sequence[Parsed], columns: Sequence[str]) -> None:
    """Fill drafting_rows (file_no, source_part, the columns as text) and drafting_seen."""
    selects = []
    listed = ", ".join(identifier(c) for c in columns)
    for number, found in enumerate(parsed):
        path = quote(str(found.path))
        names = con.execute(f"DESCRIBE SELECT * FROM read_parquet({path})").fetchall()
        part = "source_part" if any(n[0] == "source_part" for n in names) else "NULL::VARCHAR"
        selects.append(
            f"(SELECT {number} AS _file_no, {part} AS _part, {listed} FROM read_parquet({path}) "
            f"ORDER BY source_row LIMIT {MOST_ROWS})"
        )
    con.execute(f"CREATE OR REPLACE TEMP TABLE drafting_rows AS {' UNION ALL '.join(selects)}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE drafting_seen AS "
        "SELECT column_name, value, count(*) AS n FROM "
        f"(UNPIVOT (SELECT {listed} FROM drafting_rows) ON {listed} INTO NAME column_name "
        "VALUE value) GROUP BY ALL"
    )


def measure(
    con: duckdb.DuckDBPyConnection, columns: Sequence[str], parsed: list[Parsed]
) -> Profile:
    """The shapes of the loaded rows' columns."""
    con.execute(_SHAPES.read_text("utf-8").format())
    found = con.execute("SELECT * FROM drafting_shapes")
    names = [d[0] for d in found.description or []]
    shapes = {}
    for row in found.fetchall():
        values = dict(zip(names, row, strict=True))
        shapes[values["column_name"]] = SimpleNamespace(
            **{
                k: 0
                if v is None
                and k not in ("first_day", "last_day", "middle_year", "largest", "usual_digits")
                else v
                for k, v in values.items()
            }
        )
    total = con.execute("SELECT count(*) FROM drafting_rows").fetchone()
    parts = con.execute(
        "SELECT _part, count(*) FROM drafting_rows WHERE _part IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return Profile(
        rows=total[0] if total else 0,
        files=len(parsed),
        shapes=shapes,
        unique=_uniqueness(con, columns),
        part_rows=dict(parts),
        parsed=parsed,
    )


def _uniqueness(con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> dict[str, float]:
    shares = ", ".join(
        f"count(DISTINCT {identifier(c)}) / nullif(count({identifier(c)}), 0) AS {identifier(c)}"
        for c in columns
    )
    least = ", ".join(f"min({identifier(c)})" for c in columns)
    row = con.execute(
        f"SELECT {least} FROM (SELECT {shares} FROM drafting_rows GROUP BY _file_no, _part)"
    ).fetchone()
    return {c: v for c, v in zip(columns, row or (), strict=False) if v is not None}


def words_in(con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> frozenset[str]:
    """The words that stand in `columns` (of names), in lower case; for comparing, never to show."""
    if not columns:
        return frozenset()
    listed = ", ".join(quote(c) for c in columns)
    rows = con.execute(
        "SELECT DISTINCT unnest(string_split(lower(code_text(value)), ' ')) FROM drafting_seen "
        f"WHERE column_name IN ({listed})"
    ).fetchall()
    return frozenset(word for (word,) in rows if word and len(word) > 1 and not word.isdigit())


def repeated_values(
    con: duckdb.DuckDBPyConnection, column: str, least: int
) -> tuple[list[tuple[str, int]], int]:
    """Values of a column that stand in at least `least` rows, as `code_text` and with their counts,
    the commonest first; and in how many rows something rarer stands.
    """
    rows = con.execute(
        "SELECT code_text(value) AS code, sum(n)::BIGINT FROM drafting_seen "
        "WHERE column_name = ? AND code_text(value) IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
        [column],
    ).fetchall()
    often = [(code, n) for code, n in rows if n >= least]
    return often, sum(n for _, n in rows if n < least)


def repeated_amounts(
    con: duckdb.DuckDBPyConnection, column: str, least: int
) -> tuple[list[tuple[str, int]], int]:
    """As repeated_values, of whole amounts of money."""
    rows = con.execute(
        "SELECT parse_amount_text(value)::BIGINT::VARCHAR AS amount, sum(n)::BIGINT "
        "FROM drafting_seen WHERE column_name = ? AND parse_amount_text(value) > 0 "
        "GROUP BY 1 ORDER BY 2 DESC, 1",
        [column],
    ).fetchall()
    often = [(amount, n) for amount, n in rows if n >= least]
    return often, sum(n for _, n in rows if n < least)
