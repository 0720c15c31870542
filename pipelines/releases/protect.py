"""The last guard before a release: no column and no value that could name a person.

It does not trust what came before. It looks at every column of every table that is about to be
published, and refuses by naming `table.column`, never a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from pipelines.lake import identifier, quote

# Names of columns that identify a person, in the canonical records and in what programs send.
DENIED_COLUMNS = re.compile(
    r"""
    nik | .+_nik | nik_.+ | (no_?)?kk | nomor_kk | no_?kks | family_card(_number)? |
    (full|first|last|given|family|person|beneficiary|maiden)_name |
    (mother|father|parent|guardian|head)_name | name | nama |
    nama_(lengkap|penduduk|kpm|siswa|anak|anggota|ibu|ayah|ortu|penerima|wali|pengurus).* |
    (.+_)?phone(_number)? | telepon | (no_)?hp | (.+_)?email | e_mail |
    (.+_)?address | alamat(_.+)? | rt | rw |
    birth_on | birth_date | date_of_birth | birth_sent | birth_place |
    (tanggal|tgl|tempat)_?lahir |
    (.+_)?account_number | bank_account(_.+)? | no_?rekening |
    welfare_card_number | insurance_number | nokapst | nisn |
    row_sent | extra_columns | latitude | longitude | lintang | bujur
    """,
    re.VERBOSE,
)
# Columns that are harmless in one table and not in another.
DENIED_IN_TABLE = {("core.data_quality_issues", "value_sent")}
# The middle of an area is nobody's home.
ALLOWED_IN_TABLE = {("core.areas", "latitude"), ("core.areas", "longitude")}

_SIXTEEN = (
    r"\d{16}|\d{6}[ .\-]\d{6}[ .\-]\d{4}|\d{4}[ .\-]\d{4}[ .\-]\d{4}[ .\-]\d{4}"
    r"|\d{2}[ .\-]\d{2}[ .\-]\d{2}[ .\-]\d{6}[ .\-]\d{4}"
)
SHAPES = {
    # Not the digits behind a decimal sign, nor a part of a longer number.
    "number of 16 digits": rf"(?:^|[^0-9.,])(?:{_SIXTEEN})(?:$|[^0-9])",
    "phone number": (
        r"(?:^|[^0-9A-Za-z.,])(?:\+?62[ \-]?|0)8\d{1,3}[ \-]?\d{3,4}[ \-]?\d{3,5}(?:$|[^0-9])"
    ),
    "e-mail address": r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+\.[A-Za-z]{2,}",
}
# An opaque id is letters and digits at random: there only a number that stands alone counts.
_IN_ID = {
    "number of 16 digits": rf"(?:^|[^0-9A-Za-z.,])(?:{_SIXTEEN})(?:$|[^0-9A-Za-z])",
    "phone number": r"(?:^|[^0-9A-Za-z.,\-])(?:\+62|62|0)8\d{8,11}(?:$|[^0-9A-Za-z\-])",
    "e-mail address": SHAPES["e-mail address"],
}
# Digests and UUIDs hold runs of digits by chance.
_DIGEST = (
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{40,}|\b[0-9a-f]{32}\b"
)
_HARMLESS = re.compile(r"^(BOOLEAN|DATE|TIME|TIMESTAMP|INTERVAL|U?(TINY|SMALL)INT|U?INTEGER|FLOAT)")
_NUMBER = re.compile(r"^(U?BIGINT|U?HUGEINT|DOUBLE|DECIMAL)")


class PrivacyError(RuntimeError):
    """Something that could name a person stood before publication; names columns, never values."""


@dataclass(frozen=True)
class Finding:
    """A column that must not be published, and why."""

    table: str
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column} ({self.reason})"


def findings(
    con: duckdb.DuckDBPyConnection, tables: Iterable[str], *, database: str = "warehouse"
) -> list[Finding]:
    """Every column of `tables` (`schema.name`) whose name or values identify people."""
    found: list[Finding] = []
    for table in tables:
        relation = identifier(f"{database}.{table}")
        columns = [(r[0], r[1]) for r in con.execute(f"DESCRIBE {relation}").fetchall()]
        found += _names(table, columns)
        found += _values(con, table, relation, columns)
    return found


def require_pseudonymous(
    con: duckdb.DuckDBPyConnection, tables: Iterable[str], *, database: str = "warehouse"
) -> None:
    """Raise PrivacyError if any column of `tables` identifies people."""
    found = findings(con, tables, database=database)
    if found:
        raise PrivacyError(
            "Not released, because these columns hold what identifies people: "
            + ", ".join(str(f) for f in found)
            + "."
        )


def _names(table: str, columns: Sequence[tuple[str, str]]) -> list[Finding]:
    return [
        Finding(table, name, "name of the column")
        for name, _ in columns
        if (
            DENIED_COLUMNS.fullmatch(name.lower()) and (table, name.lower()) not in ALLOWED_IN_TABLE
        )
        or (table, name.lower()) in DENIED_IN_TABLE
    ]


def _values(
    con: duckdb.DuckDBPyConnection,
    table: str,
    relation: str,
    columns: Sequence[tuple[str, str]],
) -> list[Finding]:
    tests: list[tuple[str, str, str]] = []
    for name, kind in columns:
        column = identifier(name.replace(".", "\0")).replace("\0", ".")
        if kind.endswith("]") or not (_HARMLESS.match(kind) or _NUMBER.match(kind)):
            text = f"regexp_replace(CAST({column} AS VARCHAR), {quote(_DIGEST)}, '', 'g')"
            shapes = _IN_ID if name.lower().endswith("_id") else SHAPES
            tests += [
                (name, shape, f"regexp_matches({text}, {quote(pattern)})")
                for shape, pattern in shapes.items()
            ]
        elif _NUMBER.match(kind) and not name.lower().endswith("_idr"):
            whole = f"{column} >= 1000000000000000 AND {column} < 10000000000000000"
            whole += f" AND {column} = floor({column})"
            tests.append((name, "number of 16 digits", whole))
    if not tests:
        return []
    selected = ", ".join(f"coalesce(bool_or({test}), false)" for *_, test in tests)
    row = con.execute(f"SELECT {selected} FROM {relation}").fetchone() or ()
    return [
        Finding(table, name, shape) for (name, shape, _), hit in zip(tests, row, strict=True) if hit
    ]
