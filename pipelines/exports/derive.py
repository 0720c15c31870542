"""Works out a suite's derived columns once for each distinct value, not once for each row.

A list of a million people has some dozens of villages and ten words for a decile, and reading a
date or finding an area costs far more than finding a value again. Where the columns that an
expression reads hold few different values, it is worked out over those and joined; anything else
is worked out row by row. Both give the same table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.lake import identifier

# Below so many rows all is quick, and counting distinct values would not pay.
LEAST_ROWS = 20_000
# Distinct values must be this many times fewer than rows.
FEWER = 8
# So many rows are looked at first to see whether a column has few values.
SAMPLE_ROWS = 50_000
# Tables of values begin with this.
KNOWN = "check_known_"
# What an expression may read of a row that is the same for all with equal columns.
_OF_ONE_ROW = re.compile(r"\b(OVER|random|uuid|nextval|rowid|source_row)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Few:
    """A table of all combinations of some columns' values, of which there are few.

    columns: those columns; those that are the same in all rows are in the table, but not among
    them. names: the derived columns in it.
    """

    columns: tuple[str, ...]
    table: str
    names: tuple[str, ...]

    def join(self, rows: str, here: str) -> str:
        """The condition that joins `rows` (an alias) to this table under the alias `here`."""
        return " AND ".join(
            f"{rows}.{identifier(c)} IS NOT DISTINCT FROM {here}.{identifier(c)}"
            for c in self.columns
        )


def make_few(
    con: duckdb.DuckDBPyConnection,
    sent: str,
    derived: Mapping[str, str],
    constant: Mapping[str, str],
    groups: Mapping[tuple[str, ...], Sequence[str]],
) -> list[Few]:
    """Make a table for each of `groups`: derived columns by the columns they are told from.

    constant: columns that are the same in all rows, as SQL. Raises duckdb.Error.
    """
    made = []
    for number, (columns, names) in enumerate(groups.items()):
        few = Few(columns, f"memory.main.{KNOWN}{number}", tuple(names))
        keys = ", ".join(identifier(c) for c in columns)
        same = "".join(f", {sql} AS {identifier(name)}" for name, sql in constant.items())
        values = "".join(f", {derived[name]} AS {identifier(name)}" for name in names)
        con.execute(
            # DISTINCT: each combination of values is worked out once.
            f"CREATE OR REPLACE TABLE {few.table} AS SELECT *{values} "
            f"FROM (SELECT *{same} FROM (SELECT DISTINCT {keys} FROM ({sent})))"
        )
        made.append(few)
    return made


def make_batch(
    con: duckdb.DuckDBPyConnection,
    table: str,
    sent: str,
    derived: Mapping[str, str],
    few: Sequence[Few] | None = None,
) -> None:
    """Make `memory.main.<table>`: the columns of the query `sent`, then those of `derived`.

    few: where values are looked up (default: wherever it pays). Raises duckdb.Error if an
    expression cannot be worked out; then there is no table.
    """
    if few is None:
        few = make_few(con, sent, derived, {}, grouped(con, sent, derived, derived))
    # Rows are told by their numbers; keeping them in order would leave it to one thread.
    con.execute("SET preserve_insertion_order = false")
    try:
        con.execute(f"CREATE TABLE memory.main.{table} AS {select(sent, derived, few)}")
    finally:
        con.execute("SET preserve_insertion_order = true")


def select(
    sent: str,
    derived: Mapping[str, str],
    few: Sequence[Few],
    also: Collection[str] = (),
) -> str:
    """A query for the columns of the query `sent`, then those of `derived` and `also`.

    few: where values are looked up. also: further names of `few` that are looked up.
    """
    joins, taken = "", {}
    for number, known in enumerate(few):
        names = [name for name in known.names if name in derived or name in also]
        if names:
            joins += f" LEFT JOIN {known.table} AS k{number} ON {known.join('s', f'k{number}')}"
            taken.update({name: f"k{number}.{identifier(name)}" for name in names})
    direct = {name: sql for name, sql in derived.items() if name not in taken}
    resting = _resting(direct, derived)
    for name in resting:
        del direct[name]
    last = "".join(f", {sql} AS {identifier(name)}" for name, sql in resting.items())
    inner = "".join(f", {sql} AS {identifier(name)}" for name, sql in direct.items())
    outer = "".join(f", {place}" for place in taken.values())
    return (
        f"SELECT *{last} FROM (SELECT s.*{outer} FROM (SELECT *{inner} FROM ({sent})) AS s{joins})"
    )


def needed(derived: Mapping[str, str], texts: Iterable[str]) -> dict[str, str]:
    """Those of `derived` that are named in one of `texts`, and those these are told from."""
    said = list(texts)
    wanted = named(derived, said)
    for other, sql in derived.items():
        if other not in wanted and any(_call_of(sql).search(derived[name]) for name in wanted):
            wanted.add(other)
    return {name: sql for name, sql in derived.items() if name in wanted}


def named(names: Iterable[str], texts: Iterable[str]) -> set[str]:
    """Those of `names` that may be read in one of the SQL `texts`."""
    said = list(texts)
    return {name for name in names if any(_names_it(name, text) for text in said)}


def _names_it(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _call_of(sql: str) -> re.Pattern[str]:
    """A pattern for `sql` standing in another expression; it never matches what is no call."""
    if not _is_call(sql) or _OF_ONE_ROW.search(sql):
        return re.compile(r"(?!)")
    return re.compile(rf"(?<![\w.\"']){re.escape(sql)}(?![\w\"'])")


def _resting(direct: Mapping[str, str], derived: Mapping[str, str]) -> dict[str, str]:
    """Those of `direct` in which a call stands that is another derived column, told from that."""
    calls = {name: _call_of(sql) for name, sql in derived.items()}
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


def grouped(
    con: duckdb.DuckDBPyConnection,
    sent: str,
    expressions: Mapping[str, str],
    derived: Mapping[str, str],
    constant: Collection[str] = (),
) -> dict[tuple[str, ...], list[str]]:
    """Names of `expressions` that look at few values, by the columns of `sent` they look at.

    An expression may name columns of `derived`; it then looks at what these are told from.
    constant: columns that are the same in all rows.
    """
    row = con.execute(f"SELECT count(*) FROM ({sent})").fetchone()
    rows = int(row[0]) if row else 0
    if rows < LEAST_ROWS:
        return {}
    have = {r[0].lower(): r[0] for r in con.execute(f"DESCRIBE {sent}").fetchall()}
    reads: dict[str, tuple[str, ...]] = {}
    for name, sql in expressions.items():
        columns = _columns(con, sql, have, derived)
        columns = columns and tuple(c for c in columns if c not in constant)
        if columns:
            reads[name] = columns
    wanted = sorted({column for columns in reads.values() for column in columns})
    if not wanted:
        return {}
    distinct = _distinct(con, sent, wanted, rows)
    found: dict[tuple[str, ...], list[str]] = {}
    for name, columns in reads.items():
        combinations = 1
        for column in columns:
            combinations *= distinct[column]
        if combinations * FEWER <= rows:
            found.setdefault(columns, []).append(name)
    return found


def _distinct(
    con: duckdb.DuckDBPyConnection, sent: str, columns: Sequence[str], rows: int
) -> dict[str, int]:
    """About how many values each column has; a sample settles most of them."""
    names = ", ".join(identifier(c) for c in columns)
    counts = _counted(con, f"SELECT {names} FROM ({sent}) LIMIT {SAMPLE_ROWS}", columns)
    sample = min(rows, SAMPLE_ROWS)
    unsure = [c for c in columns if sample < rows and 0.02 * sample < counts[c] < 0.8 * sample]
    found = {c: rows if n >= 0.8 * sample else n for c, n in counts.items()}
    return found | _counted(con, sent, unsure)


def _counted(con: duckdb.DuckDBPyConnection, sent: str, columns: Sequence[str]) -> dict[str, int]:
    if not columns:
        return {}
    counts = ", ".join(f"approx_count_distinct({identifier(c)})" for c in columns)
    row = con.execute(f"SELECT {counts} FROM ({sent})").fetchone()
    assert row is not None
    return {column: max(1, int(n)) for column, n in zip(columns, row, strict=True)}


# The names that an expression reads, for the few hundred expressions of the suites.
_read: dict[str, frozenset[str] | None] = {}


def _columns(
    con: duckdb.DuckDBPyConnection, sql: str, have: Mapping[str, str], derived: Mapping[str, str]
) -> tuple[str, ...] | None:
    """The columns that an expression reads in the end; None if that cannot be told."""
    if sql not in _read:
        tree = None
        if not _OF_ONE_ROW.search(sql):
            row = con.execute("SELECT json_serialize_sql($sql)", {"sql": f"SELECT {sql}"})
            told = row.fetchone()
            tree = json.loads(told[0]) if told else None
        # Names that are no columns are parameters of lambdas and columns of subqueries.
        is_told = tree is not None and not tree.get("error")
        _read[sql] = (
            frozenset(n.lower() for node in _references(tree) for n in node) if is_told else None
        )
    names = _read[sql]
    if names is None:
        return None
    found = {have[name] for name in names if name in have}
    for name, other in derived.items():
        if name.lower() in names and other != sql:
            columns = _columns(con, other, have, {})
            if columns is None:
                return None
            found.update(columns)
    return tuple(sorted(found))


def _references(tree: Any) -> Iterator[list[str]]:
    if isinstance(tree, dict):
        if tree.get("class") == "COLUMN_REF":
            yield tree.get("column_names") or []
        for value in tree.values():
            yield from _references(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _references(value)
