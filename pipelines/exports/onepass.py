"""Judges one large file in a single pass over its Parquet, with hardly a text of it in memory.

What most rules look at is settled while the rows go by once: each gets bits for the rules it breaks
and a number for each group it may have fellows in. Kept of a row are those, what a broken rule
tells of it, and the columns that rules over the whole file name. Rows that do have fellows are
taken from the file a second time, whole, for the rules that compare them. It finds what the rules'
own queries find.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.exports import derive, fellows, totals
from pipelines.exports.sieve import Plan, Simple
from pipelines.lake import identifier, quote

# The table of all rows, and that of the rows that have fellows.
FELLOWS = "check_fellows"
# Rules to a column of bits.
BITS = 60
# A query with one of these may read columns that it does not name.
_ALL = re.compile(r"(?:\bSELECT|\bDISTINCT|,|\.)\s*\*|\bCOLUMNS\b|\(\s*FROM\b", re.IGNORECASE)
_ALIAS = re.compile(
    r"\{batch\}\s+(?:AS\s+)?(?!(?:WHERE|GROUP|JOIN|USING|ON|ORDER|LIMIT|QUALIFY|UNION|SEMI|ANTI|"
    r"LEFT|INNER|CROSS|HAVING|WINDOW)\b)(\w+)",
    re.IGNORECASE,
)
_KEPT = ("submission_id", "source_row")


@dataclass(frozen=True)
class Query:
    """A rule's query that is no `Simple`, and the column whose value is told."""

    query: str
    column: str | None


@dataclass(frozen=True)
class _Bit:
    rule: Simple
    column: str
    mask: int


def judge(
    con: duckdb.DuckDBPyConnection,
    table: str,
    sent: str,
    plan: Plan,
    simple: Sequence[Simple],
    queries: Sequence[Query],
    derived: Mapping[str, str],
) -> tuple[dict[str, int], dict[str, str]]:
    """Make `memory.main.<table>` of the query `sent` and put what rules find into check_issues.

    plan, simple: of `sieve.plan`. Returns how many rows fail by rule of `simple`, and the table
    that each of `queries` is to be asked of. Raises duckdb.Error.
    """
    compared = {q.query: c for q in queries if (c := fellows.comparing(q.query))}
    whole = [q for q in queries if q.query not in compared]
    few, bits = _bits_of_values(con, plan)
    by_value = {r.rule_id for _, rules in plan.by_value for r in rules}
    rows, sums = _bits_of_rows([r for r in simple if r.rule_id not in by_value])
    bits += rows
    masks = sorted({b.column for b in bits})
    columns = [r[0] for r in con.execute(f"DESCRIBE {sent}").fetchall()]
    names = [*columns, *plan.derived]
    texts = [f"{q.query} {q.column or ''}" for q in whole]
    kept = set(names) if any(map(_reads_all, texts)) else derive.named(names, texts)
    kept |= {*_KEPT, *(name for name in plan.derived if name.endswith(totals.ENDINGS))}
    told = sorted({b.rule.column for b in bits if b.rule.column} - kept)
    alike = {f"alike {n}": c for n, c in enumerate(dict.fromkeys(compared.values()))}
    made = ", ".join(
        [
            *(identifier(name) for name in names if name in kept or name in told),
            *(f"coalesce({identifier(m)}, 0) AS {identifier(m)}" for m in masks if m not in sums),
            *(f"{sql} AS {identifier(m)}" for m, sql in sums.items()),
            *(f"{_alike(c)} AS {identifier(name)}" for name, c in alike.items()),
        ]
    )  # fmt: skip
    broken = " OR ".join(f"{identifier(m)} <> 0" for m in masks) or "false"
    last = [
        *(identifier(name) for name in names if name in kept),
        *(f"CASE WHEN {broken} THEN {identifier(c)} END AS {_told(c)}" for c in told),
        *(identifier(m) for m in masks),
        *(identifier(name) for name in alike),
    ]  # fmt: skip
    pass_ = derive.select(sent, plan.derived, few, [m for m in masks if m not in sums])
    con.execute("SET preserve_insertion_order = false")
    try:
        con.execute(
            f"CREATE TABLE memory.main.{table} AS SELECT {', '.join(last)} "
            f"FROM (SELECT {made} FROM ({pass_}))"
        )
        counts = dict.fromkeys((r.rule_id for r in simple), 0)
        counts |= _tell(con, table, bits, masks, set(told))
        if compared:
            _make_fellows(con, table, sent, list(alike), plan, list(compared), queries, derived)
    finally:
        con.execute("SET preserve_insertion_order = true")
    return counts, {q.query: FELLOWS if q.query in compared else table for q in queries}


def _told(column: str) -> str:
    return identifier(f"told {column}")


def _reads_all(text: str) -> bool:
    """Whether a query may read all columns: by a star, or a whole row by the name of its table."""
    names = {name.lower() for name in _ALIAS.findall(text)}
    rows = [re.findall(rf"\b{name}\b(?!\s*\.)", text, re.IGNORECASE) for name in names]
    return bool(_ALL.search(text)) or any(len(found) > 1 for found in rows)


def _bits_of_values(
    con: duckdb.DuckDBPyConnection, plan: Plan
) -> tuple[list[derive.Few], list[_Bit]]:
    """The tables of values with a column of bits each where some value breaks a rule."""
    few = {f.table: f for f in plan.few}
    bits: list[_Bit] = []
    for number, (values, rules) in enumerate(plan.by_value):
        named = few.get(values.table, derive.Few(values.columns, values.table, ()))
        columns = [f"breaks {number} {n}" for n in range(0, len(rules), BITS)]
        own = [_Bit(rule, columns[n // BITS], 1 << n % BITS) for n, rule in enumerate(rules)]
        sums = ", ".join(f"{_sum(own, c)} AS {identifier(c)}" for c in columns)
        con.execute(
            f"CREATE OR REPLACE TABLE {values.table}b AS SELECT *, {sums} FROM {values.table}"
        )
        some = " OR ".join(f"bool_or({identifier(c)} <> 0)" for c in columns)
        row = con.execute(f"SELECT {some} FROM {values.table}b").fetchone()
        if row and row[0]:
            bits += own
            few[values.table] = derive.Few(
                values.columns, f"{values.table}b", (*named.names, *columns)
            )
    return list(few.values()), bits


def _bits_of_rows(rules: Sequence[Simple]) -> tuple[list[_Bit], dict[str, str]]:
    columns = [f"breaks rows {n}" for n in range(0, len(rules), BITS)]
    bits = [_Bit(rule, columns[n // BITS], 1 << n % BITS) for n, rule in enumerate(rules)]
    return bits, {c: _sum(bits, c) for c in columns}


def _sum(bits: Sequence[_Bit], column: str) -> str:
    return " | ".join(
        f"coalesce({_step(_conjuncts(b.rule.condition), b.mask)}, 0::UBIGINT)"
        for b in bits
        if b.column == column
    )


def _step(conditions: Sequence[str], mask: int) -> str:
    """`mask` where all hold. One by one: the parts of an AND would be worked out for every row."""
    told = f"{mask}::UBIGINT"
    for condition in reversed(conditions):
        told = f"CASE WHEN ({condition}) THEN {told} END"
    return told


def _conjuncts(condition: str) -> list[str]:
    """The parts of an AND; the whole where they are not easily told."""
    parts: list[str] = []
    depth, begin, quoted = 0, 0, False
    for place, sign in enumerate(condition):
        quoted ^= sign == "'"
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        if not depth and not quoted and condition.startswith(" AND ", place):
            parts.append(condition[begin:place])
            begin = place + 5
    parts.append(condition[begin:])
    unsure = re.compile(r"\b(OR|BETWEEN|CASE)\b", re.IGNORECASE)
    return [condition] if any(unsure.search(p) for p in map(_outside, parts)) else parts


def _outside(text: str) -> str:
    """`text` without what stands in brackets or quotes."""
    while (less := re.sub(r"'[^']*'|\([^()']*\)", "", text)) != text:
        text = less
    return text


def _alike(compared: fellows.Comparing) -> str:
    hashed = f"hash({', '.join(compared.keys)})"
    return f"CASE WHEN {compared.where} THEN {hashed} END" if compared.where else hashed


def _tell(
    con: duckdb.DuckDBPyConnection,
    table: str,
    bits: Sequence[_Bit],
    masks: Sequence[str],
    told: set[str],
) -> dict[str, int]:
    """Put the rules that rows break into check_issues; how many rows each."""
    if not masks:
        return {}
    found = con.execute(
        f"SELECT {', '.join(f'bit_or({identifier(m)})' for m in masks)} FROM memory.main.{table}"
    ).fetchone()
    assert found is not None
    broken = {m: int(n or 0) for m, n in zip(masks, found, strict=True)}
    counts = {}
    for bit in bits:
        if not broken[bit.column] & bit.mask:
            continue
        column = bit.rule.column
        value = (
            "NULL" if column is None else _told(column) if column in told else identifier(column)
        )
        row = con.execute(
            "INSERT INTO memory.main.check_issues SELECT submission_id, source_row, "
            f"{quote(bit.rule.rule_id)}, {value}::VARCHAR FROM memory.main.{table} "
            f"WHERE {identifier(bit.column)} & {bit.mask}::UBIGINT <> 0"
        ).fetchone()
        counts[bit.rule.rule_id] = int(row[0]) if row else 0
    return counts


def _make_fellows(
    con: duckdb.DuckDBPyConnection,
    table: str,
    sent: str,
    alike: Sequence[str],
    plan: Plan,
    compared: Sequence[str],
    queries: Sequence[Query],
    derived: Mapping[str, str],
) -> None:
    """Make the table of the rows that are not alone in some group, with the columns asked for."""
    wanted = []
    for number, name in enumerate(alike):
        taken = con.execute(f"SELECT {identifier(name)} AS h FROM memory.main.{table}").fetchnumpy()
        hashes = np.ma.compressed(np.ma.asarray(taken["h"]))
        hashes.sort()
        several = pa.table({"h": np.unique(hashes[1:][hashes[1:] == hashes[:-1]])})
        con.register(f"several_{number}", several)
        wanted.append(f"{identifier(name)} IN (SELECT h FROM several_{number})")
    try:
        con.execute(
            "CREATE OR REPLACE TABLE memory.main.check_alike AS SELECT source_row "
            f"FROM memory.main.{table} WHERE {' OR '.join(wanted)}"
        )
    finally:
        for number in range(len(alike)):
            con.unregister(f"several_{number}")
    texts = [f"{q.query} {q.column or ''}" for q in queries if q.query in compared]
    some = f"SELECT * FROM ({sent}) SEMI JOIN memory.main.check_alike USING (source_row)"
    derive.make_batch(con, FELLOWS, some, derive.needed(derived, texts), plan.few)
    con.execute("SET preserve_insertion_order = false")
