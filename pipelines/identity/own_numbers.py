"""Numbers that a program declares itself (`identifiers` of its `defs.yaml`), as SQL for the linker.

A number of a kind of its own is written `<kind>:<number>`, so that it equals none but those of its
kind in the same column. Without declarations nothing of this is in any query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.exports.declaration import LinkedNumber

COLUMNS = {
    "nisn": "nisn",
    "welfare_card_number": "welfare_card",
    "insurance_number": "insurance",
    "account_number": "account",
}
"""Columns of person records that may hold a kind of its own, and their names in evidence."""


@dataclass(frozen=True)
class Own:
    """What one program declares about one number."""

    program: str
    number: LinkedNumber


def value(column: str, usual: str, own: Sequence[Own]) -> str:
    """SQL for a column of `identity_persons AS p`: as declared, else `usual`."""
    cases = [
        f"WHEN {_where(o)} THEN {'NULL' if o.number.trust == 'low' else _read(o.number)}"
        for o in own
        if o.number.column == column and (o.number.kind or o.number.trust == "low")
    ]
    return f"CASE {' '.join(cases)} ELSE {usual} END" if cases else usual


def unread(column: str, own: Sequence[Own]) -> str | None:
    """SQL that is true for the records `p` whose number is not compared; None: all are."""
    found = [_where(o) for o in own if o.number.column == column and o.number.trust == "low"]
    return " OR ".join(found) or None


def says_nothing(usual: str, own: Sequence[Own]) -> str:
    """SQL over `<column>_l` and `<column>_r`: true where two rows have no number to compare.

    usual: the same for numbers that all are of one kind. Numbers of two kinds do not differ, and
    those of a kind of which difference is no evidence agree or say nothing.
    """
    if not any(o.number.kind for o in own):
        return usual
    weak = sorted({o.number.kind for o in own if o.number.kind and o.number.trust == "medium"})
    parts = []
    for c in COLUMNS.values():
        left, right = (f"regexp_extract({c}_{s}, '^([a-z0-9_]+):', 1)" for s in "lr")
        part = f"{c}_l IS NULL OR {c}_r IS NULL OR {left} <> {right}"
        if weak:
            part += f" OR ({c}_l <> {c}_r AND {left} IN ({', '.join(map(_text, weak))}))"
        parts.append(f"({part})")
    return " AND ".join(parts)


def _where(own: Own) -> str:
    roles = (
        f" AND p.role IN ({', '.join(map(_text, own.number.roles))})" if own.number.roles else ""
    )
    return f"p.program = {_text(own.program)}{roles}"


def _read(number: LinkedNumber) -> str:
    """A number's characters behind its kind; null where they are not what is declared."""
    sent = f"p.{number.column}"
    if number.validator == "digits":
        bare = f"regexp_replace(regexp_replace({sent}, '[.,]0+$', ''), '[^0-9]', '', 'g')"
    else:
        bare = f"regexp_replace(upper(strip_accents({sent})), '[^0-9A-Z]', '', 'g')"
    matches = f" AND regexp_full_match({bare}, {_text(number.pattern)})" if number.pattern else ""
    return (
        f"CASE WHEN length({bare}) BETWEEN {number.least} AND {number.most} "
        f"AND replace({bare}, right({bare}, 1), '') <> ''{matches} "
        f"THEN {_text(f'{number.kind}:')} || {bare} END"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
