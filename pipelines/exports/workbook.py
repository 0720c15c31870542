"""Workbooks (xlsx, xls, ods) as tables: cells become the text their sender sees.

Nothing in a workbook is executed: a formula gives the value stored beside it. Sizes are checked
before anything is expanded (`extent.py`).
"""

from __future__ import annotations

import itertools
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from pipelines.exports import biff, extent
from pipelines.exports.declaration import Read
from pipelines.exports.refusals import (
    damaged,
    password_protected,
    too_large,
    too_many_columns,
)
from pipelines.exports.table import Batch, Contents, Head, Limits

BATCH_ROWS = 20_000


def _of_float(value: float) -> str:
    # A number cell has no trailing .0 for its sender; anything else is written so nothing is lost.
    if value.is_integer() and abs(value) < 1e22:
        return str(int(value))
    return repr(value)


def _of_datetime(value: datetime) -> str:
    if (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0):
        return value.date().isoformat()
    return value.isoformat(" ", timespec="milliseconds" if value.microsecond else "seconds")


def _of_duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


_TEXT: dict[type, Callable[[Any], str | None]] = {
    str: lambda value: value or None,
    float: _of_float,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    date: date.isoformat,
    datetime: _of_datetime,
    time: lambda value: value.isoformat(timespec="seconds"),
    timedelta: _of_duration,
    type(None): lambda value: None,
}


def cell_text(value: Any) -> str | None:
    """One cell as the text its sender sees."""
    return _TEXT[type(value)](value)


def text_column(values: Sequence[Any]) -> pa.Array:
    """A column of cells as text, null where a cell is empty."""
    return pa.array([_TEXT[type(value)](value) for value in values], pa.string())


class SheetTable:
    """One sheet of a workbook."""

    names: Sequence[str] | None = None

    def __init__(self, sheet: CalamineSheet, file_name: str, limits: Limits) -> None:
        self.label: str | None = sheet.name
        self.sheet = sheet
        self.file_name = file_name
        self.limits = limits

    def merged(self) -> Sequence[tuple[int, int, int]]:
        """Merged cells that lie in one row; an old format that does not tell has none."""
        try:
            ranges = self.sheet.merged_cell_ranges or []
        except (CalamineError, ValueError):
            return ()
        return [(top, left, right) for (top, left), (_, right) in ranges if right > left]

    def head(self, records: int) -> Head:
        """The first rows."""
        rows = itertools.islice(self.sheet.iter_rows(), records)
        return [[_TEXT[type(value)](value) or "" for value in row] for row in rows]

    def batches(self) -> Iterator[Batch]:
        """All rows; the cells are turned into text column by column."""
        if self.sheet.total_width > self.limits.columns:
            raise too_many_columns(self.file_name, self.limits.columns)
        rows = self.sheet.iter_rows()
        first = 1
        while chunk := list(itertools.islice(rows, BATCH_ROWS)):
            columns = [text_column(column) for column in zip(*chunk, strict=True)]
            if columns:
                yield Batch(columns, np.arange(first, first + len(chunk), dtype=np.int64))
            first += len(chunk)


def _damaged(file_name: str) -> Exception:
    return damaged(file_name, "Buku kerja", "workbook")


def check_archive(path: Path, file_name: str, limits: Limits) -> None:
    """Refuse an archive that is damaged or would expand beyond the limits, before it is expanded.

    The directory of a zip file may lie about sizes, so every member is expanded once in small
    pieces and thrown away; its checksum then tells a damaged file from a whole one. Whatever a
    member is called it may be a sheet, so the cells of each are measured on the way.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            # A sheet shrinks to a tenth or a thirtieth; what shrinks to a thousandth is no sheet.
            most = max(limits.ratio_bytes, limits.ratio * path.stat().st_size)
            left = min(limits.expanded_bytes, most)
            if sum(member.file_size for member in members) > left:
                raise too_large(file_name)
            cells = 0
            for member in members:
                found = extent.of_member(archive, member, left)
                left -= found.size_bytes
                cells += found.cells
                if found.columns > limits.columns:
                    raise too_many_columns(file_name, limits.columns)
                if left < 0 or cells > limits.cells or found.text_bytes > limits.expanded_bytes:
                    raise too_large(file_name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
        raise _damaged(file_name) from None
    except RuntimeError:
        raise password_protected(file_name) from None


def check_old_workbook(path: Path, file_name: str, limits: Limits) -> None:
    """Refuse an old workbook (xls) that is damaged, locked, or opens to too many cells."""
    try:
        cells = biff.cells_of(path, limits.cells)
    except biff.EncryptedError:
        raise password_protected(file_name) from None
    except ValueError:
        raise _damaged(file_name) from None
    if cells > limits.cells:
        raise too_large(file_name)


def read_workbook(path: Path, file_name: str, limits: Limits, work: Path, read: Read) -> Contents:
    """A workbook: every sheet that holds cells is a table; the header decides which is meant."""
    with path.open("rb") as stream:
        is_archive = stream.read(2) == b"PK"
    kind = "xls"
    if not is_archive:
        check_old_workbook(path, file_name, limits)
    else:
        check_archive(path, file_name, limits)
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
        kind = "ods" if extent.ODS_CONTENT in names else "xlsx"
    try:
        with path.open("rb") as stream:
            book = CalamineWorkbook.from_filelike(stream)
        tables = []
        for meta in book.sheets_metadata:
            if "WorkSheet" not in str(meta.typ):
                continue
            sheet = book.get_sheet_by_name(meta.name)
            if sheet.height:
                tables.append(SheetTable(sheet, file_name, limits))
    except PasswordError:
        raise password_protected(file_name) from None
    # calamine turns some kinds of damage into a panic of its own, which is a BaseException.
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:
        raise _damaged(file_name) from None
    return Contents(kind, tables)
