"""Makes rules that compare the rows of a file with each other look only at rows that have a fellow.

A window over a million rows costs seconds, and nearly all of its groups hold one row. Where a rule
cannot fail for a row that is alone in its group, its query is given a first condition: that some
other row falls into the same group. Groups are found by a hash, which may put strangers together
but never parts fellows; the rule itself then judges exactly as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_START = "SELECT submission_id, source_row FROM {batch}"
# Expressions of `count(*)`, `row_number()` and of equal least and greatest values, all of one
# window W and argument E. In a group of one they are 1, 1 and equal: none of these then holds.
_NEVER_ALONE = (
    re.compile(r"(?:count\(\*\)|row_number\(\)) OVER W (?:> [1-9]\d*|>= [2-9])\Z"),
    re.compile(r"min\((?P<e>.+)\) OVER W <> max\((?P=e)\) OVER W\Z"),
    re.compile(
        r"jaro_winkler_similarity\(min\((?P<e>.+)\) OVER W, max\((?P=e)\) OVER W\) < 0\.\d+\Z"
    ),
)
_NAME = re.compile(r'[a-z_][a-z0-9_]*|"[^"]+"')
_END = re.compile(r" (?:ORDER BY|ROWS|RANGE|GROUPS|EXCLUDE) ")


@dataclass(frozen=True)
class Comparing:
    """A rule that compares rows with each other and cannot fail for a row alone in its group.

    where: which rows are compared at all (SQL, empty for all). keys: what is equal in a group; rows
    with equal keys may still be of several groups, rows of one group never differ in them.
    """

    where: str
    keys: tuple[str, ...]
    condition: str


def comparing(query: str) -> Comparing | None:
    """What `query` compares; None where a row without fellows might be selected, too."""
    head, qualify, condition = query.partition(" QUALIFY ")
    if not qualify or not head.startswith(_START) or condition.count(" QUALIFY "):
        return None
    where = head.removeprefix(_START)
    if where and not where.startswith(" WHERE "):
        return None
    windows = list(_windows(condition))
    if not windows:
        return None
    groups = {_split(inner) for _, inner in windows}
    if len(groups) != 1:
        return None
    # Only the groups must be the same: a row alone is first whatever the order.
    plain = condition
    for whole, _ in windows:
        plain = plain.replace(whole, "OVER W")
    first = plain.split(" AND ")[0]
    if not any(pattern.match(first) for pattern in _NEVER_ALONE):
        return None
    if " OR " in plain and first != plain:
        return None
    return Comparing(where.removeprefix(" WHERE "), tuple(_keys(groups.pop())), condition)


def narrowed(query: str) -> str:
    """`query` with the condition put in, or as it is where that might change what it selects."""
    found = comparing(query)
    if found is None:
        return query
    some = f"SELECT rowid AS place, hash({', '.join(found.keys)}) AS alike FROM {{batch}}" + (
        f" WHERE {found.where}" if found.where else ""
    )
    return (
        f"WITH sorted AS MATERIALIZED ({some}), "
        "several AS (SELECT alike FROM sorted GROUP BY alike HAVING count(*) > 1) "
        f"{_START} WHERE rowid IN (SELECT place FROM sorted SEMI JOIN several USING (alike))"
        f"{f' AND ({found.where})' if found.where else ''} QUALIFY {found.condition}"
    )


def _windows(text: str) -> Iterator[tuple[str, str]]:
    """Every `OVER (PARTITION BY …)` in `text`, and what stands after PARTITION BY in it."""
    start = "OVER (PARTITION BY "
    at = text.find(start)
    while at >= 0:
        depth, place = 1, at + len(start)
        while place < len(text) and depth:
            depth += (text[place] == "(") - (text[place] == ")")
            place += 1
        yield text[at:place], text[at + len(start) : place - 1]
        at = text.find(start, place)


def _split(inner: str) -> tuple[str, ...]:
    """The expressions of a PARTITION BY."""
    found = _END.search(inner)
    parts: list[str] = []
    depth, begin, quoted = 0, 0, False
    text = inner[: found.start()] if found else inner
    for place, sign in enumerate(text):
        quoted ^= sign == "'"
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        if sign == "," and not depth and not quoted:
            parts.append(text[begin:place].strip())
            begin = place + 1
    return (*parts, text[begin:].strip())


def _keys(group: tuple[str, ...]) -> list[str]:
    """What is hashed: columns alone where there are some, as they cost least; they never part."""
    plain = [part for part in group if _NAME.fullmatch(part)]
    return plain if any(part != "submission_id" for part in plain) else list(group)
