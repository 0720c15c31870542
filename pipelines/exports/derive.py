"""Works out a suite's derived columns once for each distinct value, not once for each row.

A list of a million people has some dozens of villages and ten words for a decile, and reading a
date or finding an area costs far more than finding a value again. Where the columns that an
expression reads hold few different values, it is worked out over those and joined; anything else
is worked out row by row. Both give the same table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from pipelines.lake import identifier

# Below so many rows all is quick, and counting distinct values would not pay.
LEAST_ROWS = 20_000
# Distinct values must be this many times fewer than rows.
FEWER = 8
# What an expression may read of a row that is the same for all with equal columns.
_OF_ONE_ROW = re.compile(r"\b(OVER|random|uuid|nextval|rowid|source_row)\b", re.IGNORECASE)


def make_batch(
    con: duckdb.DuckDBPyConnection, table: str, sent: str, derived: Mapping[str, str]
) -> None:
    """Make `memory.main.<table>`: the columns of the query `sent`, then those of `derived`.

    Raises duckdb.Error if an expression cannot be worked out; then there is no table.
    """
    looked_up = _looked_up(con, sent, derived)
    made: list[str] = []
    joins, taken = "", {}
    try:
        for number, (columns, names) in enumerate(looked_up.items()):
            known = f"memory.main.check_known_{number}"
            keys = ", ".join(identifier(c) for c in columns)
            values = ", ".join(f"{derived[name]} AS {identifier(name)}" for name in names)
            con.execute(
                # DISTINCT: each combination of values is worked out once.
                f"CREATE OR REPLACE TABLE {known} AS SELECT *, {values} "
                f"FROM (SELECT DISTINCT {keys} FROM ({sent}))"
            )
            made.append(known)
            on = " AND ".join(
                f"s.{identifier(c)} IS NOT DISTINCT FROM k{number}.{identifier(c)}" for c in columns
            )
            joins += f" LEFT JOIN {known} AS k{number} ON {on}"
            taken.update({name: f"k{number}.{identifier(name)}" for name in names})
        direct = {name: sql for name, sql in derived.items() if name not in taken}
        resting = _resting(direct, derived)
        for name in resting:
            del direct[name]
        last = "".join(f", {sql} AS {identifier(name)}" for name, sql in resting.items())
        inner = "".join(f", {sql} AS {identifier(name)}" for name, sql in direct.items())
        outer = "".join(f", {place}" for place in taken.values())
        # Rows are told by their numbers; keeping them in order would leave it to one thread.
        con.execute("SET preserve_insertion_order = false")
        con.execute(
            f"CREATE TABLE memory.main.{table} AS SELECT *{last} FROM (SELECT s.*{outer} "
            f"FROM (SELECT *{inner} FROM ({sent})) AS s{joins})"
        )
    finally:
        con.execute("SET preserve_insertion_order = true")
        for known in made:
            con.execute(f"DROP TABLE IF EXISTS {known}")


def _resting(direct: Mapping[str, str], derived: Mapping[str, str]) -> dict[str, str]:
    """Those of `direct` in which a call stands that is another derived column, told from that."""
    calls = {
        name: re.compile(rf"(?<![\w.\"']){re.escape(sql)}(?![\w\"'])")
        for name, sql in derived.items()
        if _is_call(sql) and not _OF_ONE_ROW.search(sql)
    }
    found = {}
    for name, sql in direct.items():
        told = sql
        for other, call in calls.items():
            if other != name:
                told = call.sub(f"({identifier(other)})".replace("\\", r"\\"), told)
        if told != sql:
            found[name] = told
    # A column that others rest on must stand before they are told from it.
    return {
        name: sql for name, sql in found.items() if not any(identifier(o) in sql for o in found)
    }


def _is_call(sql: str) -> bool:
    """Whether an expression is one call of a function and nothing else."""
    start = re.match(r"\w+\(", sql)
    if not start or "'" in sql:
        return False
    depth = 0
    for place, sign in enumerate(sql):
        depth += (sign == "(") - (sign == ")")
        if not depth and place >= start.end():
            return place == len(sql) - 1
    return False


def _looked_up(
    con: duckdb.DuckDBPyConnection, sent: str, derived: Mapping[str, str]
) -> dict[tuple[str, ...], list[str]]:
    """Derived columns that are better looked up, by the columns they are told from."""
    row = con.execute(f"SELECT count(*) FROM ({sent})").fetchone()
    rows = int(row[0]) if row else 0
    if rows < LEAST_ROWS:
        return {}
    have = {r[0].lower(): r[0] for r in con.execute(f"DESCRIBE {sent}").fetchall()}
    reads = {
        name: columns
        for name, sql in derived.items()
        if not _OF_ONE_ROW.search(sql) and (columns := _columns(con, sql, have))
    }
    wanted = sorted({column for columns in reads.values() for column in columns})
    if not wanted:
        return {}
    counts = con.execute(
        f"SELECT {', '.join(f'approx_count_distinct({identifier(c)})' for c in wanted)} "
        f"FROM ({sent})"
    ).fetchone()
    assert counts is not None
    distinct = {column: max(1, int(n)) for column, n in zip(wanted, counts, strict=True)}
    found: dict[tuple[str, ...], list[str]] = {}
    for name, columns in reads.items():
        combinations = 1
        for column in columns:
            combinations *= distinct[column]
        if combinations * FEWER <= rows:
            found.setdefault(columns, []).append(name)
    return found


def _columns(con: duckdb.DuckDBPyConnection, sql: str, have: Mapping[str, str]) -> tuple[str, ...]:
    """The columns that an expression reads; none if that cannot be told."""
    row = con.execute("SELECT json_serialize_sql($sql)", {"sql": f"SELECT {sql}"}).fetchone()
    tree = json.loads(row[0]) if row else {}
    if not tree or tree.get("error"):
        return ()
    # Names that are no columns are parameters of lambdas and columns of subqueries.
    names = {name.lower() for node in _references(tree) for name in node}
    return tuple(sorted(have[name] for name in names if name in have))


def _references(tree: Any) -> Iterator[list[str]]:
    if isinstance(tree, dict):
        if tree.get("class") == "COLUMN_REF":
            yield tree.get("column_names") or []
        for value in tree.values():
            yield from _references(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _references(value)
