"""Derived columns come out the same, however they are worked out."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.exports import derive

DERIVED = {
    "a": "upper(x)",
    "b": "CASE WHEN length(upper(x)) > 1 THEN lower(upper(x)) || upper(x)[1] END",
    "c": "length(lower(upper(x)))",
    "d": "regexp_upper(x)",
    "e": "upper(x) || upper(y)",
}


@pytest.mark.parametrize("rows", [5, derive.LEAST_ROWS + 5])
def test_a_column_told_from_another_is_what_it_says(rows):
    with duckdb.connect() as con:
        con.execute("CREATE MACRO regexp_upper(v) AS upper(v) || '!'")
        sent = (
            "SELECT i AS source_row, nullif('v' || i % 7, 'v3') AS x, 'w' || i AS y "
            f"FROM range({rows}) AS t(i)"
        )
        derive.make_batch(con, "made", sent, DERIVED)
        plain = ", ".join(f"{sql} AS {name}" for name, sql in DERIVED.items())
        names = ", ".join(["source_row", "x", "y", *DERIVED])
        wrong = con.execute(
            f"(SELECT {names} FROM made EXCEPT ALL SELECT *, {plain} FROM ({sent})) UNION ALL "
            f"(SELECT *, {plain} FROM ({sent}) EXCEPT ALL SELECT {names} FROM made)"
        ).fetchall()
        assert not wrong
        assert con.execute("SELECT count(*) FROM made").fetchone() == (rows,)


def test_only_whole_calls_are_replaced():
    told = derive._resting(DERIVED, DERIVED)
    assert told == {
        "b": 'CASE WHEN length(("a")) > 1 THEN lower(("a")) || ("a")[1] END',
        "c": 'length(lower(("a")))',
        "e": '("a") || upper(y)',
    }
