"""Judges rules about columns of few values by those values, not row by row.

Half the rules of a suite look at a column of codes, areas, flags or dates: a list of a million
people holds some dozens or thousands of their values. Such a rule is asked of each value once, and
only rows with a value that fails are looked up. That finds what its query would find.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from pipelines.exports import derive
from pipelines.lake import identifier, quote

_START = re.compile(r"SELECT submission_id, source_row FROM \{batch\} WHERE (.*)", re.DOTALL)
# With one of these a query does not take rows one by one, or not safely beside others.
_OTHER = re.compile(
    r"\b(QUALIFY|GROUP BY|UNION|EXCEPT|INTERSECT|LIMIT|HAVING|JOIN|ORDER BY|SELECT|OVER)\b"
    r"|[{;]|--|/\*",
    re.IGNORECASE,
)
_FAILING = "memory.main.check_failing"


@dataclass(frozen=True)
class Simple:
    """A rule that looks at each row by itself, and the column whose value is told."""

    rule_id: str
    column: str | None
    condition: str


def condition(query: str | None) -> str | None:
    """What `query` asks of each row; None where it does not take rows one by one."""
    found = _START.fullmatch(query or "")
    if not found or _OTHER.search(found[1]):
        return None
    return found[1]


@dataclass(frozen=True)
class Plan:
    """Which rules are asked of which values, and how the batch gets the columns of all others.

    derived: the derived columns that the batch needs; few: where their values are looked up.
    rows: how many there are.
    """

    by_value: tuple[tuple[derive.Few, tuple[Simple, ...]], ...]
    few: tuple[derive.Few, ...]
    derived: dict[str, str]
    rows: int


def plan(
    con: duckdb.DuckDBPyConnection,
    sent: str,
    simple: Sequence[Simple],
    derived: Mapping[str, str],
    constant: Mapping[str, str],
    others: Sequence[str],
) -> Plan:
    """How to judge the rows of the query `sent`; makes the tables of values.

    constant: columns that are the same in all rows, as SQL. others: queries and names of columns
    that need derived columns in the batch. Raises duckdb.Error.
    """
    asked = {
        f"rule {r.rule_id}": f"({r.condition})"
        + (f" AND {identifier(r.column)} IS NOT NULL" if r.column else "")
        for r in simple
    }
    groups = derive.grouped(con, sent, {**derived, **asked}, derived, constant)
    by_id = {f"rule {r.rule_id}": r for r in simple}
    rules = {k: [by_id[n] for n in names if n in by_id] for k, names in groups.items()}
    told = {r.rule_id for some in rules.values() for r in some}
    by_row = [f"{r.condition} {r.column or ''}" for r in simple if r.rule_id not in told]
    wanted = derive.needed(derived, [*others, *by_row])
    tables = {
        columns: tuple(
            name
            for name, sql in derived.items()
            if (name in names and name in wanted)
            or name in derive.needed({name: sql}, [r.condition for r in rules[columns]])
        )
        for columns, names in groups.items()
    }
    kept = {k: names for k, names in tables.items() if names or rules[k]}
    few = derive.make_few(con, sent, derived, constant, kept)
    looked_up = tuple(
        derive.Few(f.columns, f.table, names)
        for f in few
        if (names := tuple(n for n in f.names if n in groups[f.columns] and n in wanted))
    )
    by_value = tuple((f, tuple(rules[f.columns])) for f in few if rules[f.columns])
    row = con.execute(f"SELECT count(*) FROM ({sent})").fetchone()
    return Plan(by_value, looked_up, wanted, int(row[0]) if row else 0)


def judge(con: duckdb.DuckDBPyConnection, table: str, plan: Plan) -> dict[str, int]:
    """Put what fails into check_issues; how many rows fail, by rule of `plan`. Raises duckdb.Error.

    table: of the batch. What else is in check_issues already is counted, too.
    """
    counts: dict[str, int] = {}
    con.execute("SET preserve_insertion_order = false")
    try:
        for few, rules in plan.by_value:
            _judge_values(con, table, few, rules)
            counts.update({r.rule_id: 0 for r in rules})
    finally:
        con.execute("SET preserve_insertion_order = true")
        con.execute(f"DROP TABLE IF EXISTS {_FAILING}")
    found = con.execute("SELECT rule_id, count(*) FROM memory.main.check_issues GROUP BY rule_id")
    return counts | {rule_id: int(n) for rule_id, n in found.fetchall()}


def _told(rule: Simple) -> str:
    return f"{identifier(rule.column)}::VARCHAR" if rule.column else "NULL::VARCHAR"


def _judge_values(
    con: duckdb.DuckDBPyConnection, table: str, few: derive.Few, rules: Sequence[Simple]
) -> None:
    each = ", ".join(
        f"CASE WHEN ({r.condition}) THEN "
        f"struct_pack(rule_id := {quote(r.rule_id)}, value_sent := {_told(r)}) END"
        for r in rules
    )
    keys = ", ".join(identifier(c) for c in few.columns)
    con.execute(
        f"CREATE OR REPLACE TABLE {_FAILING} AS SELECT * FROM (SELECT {keys}, "
        f"list_filter([{each}], lambda f: f IS NOT NULL) AS found FROM {few.table}) "
        "WHERE len(found) > 0"
    )
    row = con.execute(f"SELECT count(*) FROM {_FAILING}").fetchone()
    if row and row[0]:
        con.execute(
            "INSERT INTO memory.main.check_issues SELECT submission_id, source_row, found.rule_id, "
            "found.value_sent FROM (SELECT b.submission_id, b.source_row, unnest(f.found) AS found "
            f"FROM memory.main.{table} AS b JOIN {_FAILING} AS f ON {few.join('b', 'f')})"
        )
