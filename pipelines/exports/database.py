"""Tables of an SQLite database file, read only, as text.

The file is opened as one that nobody changes: nothing is written, no journal is played back, and
only plain tables are read, so that no view, trigger, virtual table or function of the file's is
run. Records stand in the order of the file and are numbered from 1.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.exports.declaration import Read
from pipelines.exports.problem import ProblemError, fail
from pipelines.exports.refusals import damaged, shown, too_large, too_many_columns
from pipelines.exports.table import Batch, Contents, Head, Limits
from pipelines.exports.workbook import cell_text

ROWS = 20_000
_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\b", re.IGNORECASE)
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_PRAGMA,
}


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "lumbung-windows-1252")


def _connect(path: Path, limits: Limits) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    con = sqlite3.connect(address, uri=True, check_same_thread=False)
    con.text_factory = _text
    con.execute("PRAGMA trusted_schema = OFF")
    con.execute("PRAGMA cell_size_check = ON")
    con.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.record_bytes)
    con.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    con.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
    )
    return con


def _damaged(file_name: str) -> ProblemError:
    return damaged(file_name, "Basis data", "database")


class DatabaseTable:
    """One table of a database file."""

    def __init__(
        self, path: Path, file_name: str, table: str, names: Sequence[str], limits: Limits
    ) -> None:
        self.path, self.file_name, self.limits = path, file_name, limits
        self.label: str | None = table
        self.columns = names
        self.names: Sequence[str] | None = names

    def merged(self) -> Sequence[tuple[int, int, int]]:
        """Records have no merged cells."""
        return ()

    def head(self, records: int) -> Head:
        """The first records."""
        for batch in self._read(records):
            return batch.slice(0, min(records, len(batch))).records()
        return []

    def batches(self) -> Iterator[Batch]:
        """All records."""
        return self._read(ROWS)

    def _read(self, size: int) -> Iterator[Batch]:
        columns = ", ".join(_quoted(name) for name in self.columns)
        assert self.label is not None
        first = 1
        with contextlib.closing(_connect(self.path, self.limits)) as con:
            try:
                # No index: it would give the rows in another order.
                rows = con.execute(f"SELECT {columns} FROM {_quoted(self.label)} NOT INDEXED")
                while chunk := rows.fetchmany(size):
                    if first * len(self.columns) > self.limits.streamed_cells:
                        raise too_large(self.file_name)
                    columns_ = [
                        pa.array([_cell(value) for value in column], pa.string())
                        for column in zip(*chunk, strict=True)
                    ]
                    yield Batch(columns_, np.arange(first, first + len(chunk), dtype=np.int64))
                    first += len(chunk)
            except (sqlite3.DataError, MemoryError, OverflowError):
                raise too_large(self.file_name) from None
            except sqlite3.Error:
                raise _damaged(self.file_name) from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cell(value: object) -> str | None:
    # Bytes that are no text are told in hexadecimal.
    return value.hex() if isinstance(value, bytes) else cell_text(value)


def read_sqlite(path: Path, file_name: str, limits: Limits, work: Path, read: Read) -> Contents:
    """The table that the program names, or every table of the file where it names none."""
    if not _is_whole(path):
        raise _damaged(file_name)
    tables = []
    with contextlib.closing(_connect(path, limits)) as con:
        try:
            found = con.execute(
                "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')"
            ).fetchall()
            found = [row for row in found if not row[0].startswith("sqlite_")]
            plain = [n for n, kind, sql in found if kind == "table" and not _VIRTUAL.match(sql)]
            if read.table is not None:
                wanted = read.table.rpartition(".")[2].lower()
                plain = [name for name in plain if name.lower() == wanted]
                if not plain:
                    raise _no_table(file_name, wanted, [n for n, _, _ in found])
            for name in plain:
                # 1 marks the hidden columns of virtual tables; generated ones are computed anew.
                told = con.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
                names = tuple(row[1] for row in told if row[6] == 0)
                if len(names) > limits.columns:
                    raise too_many_columns(file_name, limits.columns)
                if names:
                    tables.append(DatabaseTable(path, file_name, name, names, limits))
        except (sqlite3.Error, TypeError):
            raise _damaged(file_name) from None
    return Contents("sqlite", tables)


def _is_whole(path: Path) -> bool:
    """Whether the file is as long as its first page says; SQLite itself looks page by page."""
    with path.open("rb") as stream:
        head = stream.read(100)
    if len(head) < 100:
        return False
    size, changed, pages = struct.unpack_from(">H6xII", head, 16)
    # An old program leaves the number of pages as it was, and then these two differ.
    told = changed == struct.unpack_from(">I", head, 92)[0]
    return not told or path.stat().st_size >= pages * (65536 if size == 1 else size)


def _no_table(file_name: str, wanted: str, found: Sequence[str]) -> ProblemError:
    names = ", ".join(f"'{shown(name)}'" for name in found[:5] if shown(name))
    has_id, has_en = (f" (yang ada: {names})", f" (found: {names})") if names else ("", "")
    return fail(
        "missing_table",
        f"Tabel '{wanted}' tidak ada pada basis data '{file_name}'{has_id}; ekspor ulang tabel itu "
        "lalu kirim lagi.",
        f"The table '{wanted}' is not in the database '{file_name}'{has_en}; export it again and "
        "send it anew.",
    )
