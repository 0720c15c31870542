"""What every reader of a file yields: tables of text cells, in batches, with row numbers.

A reader for another kind of file or source (a database, a paged API) only has to yield `RawTable`s;
finding the header (`choose.py`), telling rows from totals (`rows.py`) and writing (`write.py`) are
the same for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from pipelines.exports.declaration import Read

Head = list[list[str]]
# A row's number within a submission: so many times the place of its part (from 1), plus its row.
PART_ROWS = 10_000_000_000


@dataclass(frozen=True)
class Batch:
    """Some records of a table, in the file's order.

    columns: one text array per column, null where the cell is empty. rows: each record's number as
    its sender sees it (int64). widths: how many fields each record had, None where a record cannot
    have another number of fields than its table.
    """

    columns: list[pa.Array]
    rows: np.ndarray
    widths: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, mask: np.ndarray) -> Batch:
        """The records where `mask` is true."""
        if mask.all():
            return self
        keep = pa.array(mask)
        widths = None if self.widths is None else self.widths[mask]
        return Batch([column.filter(keep) for column in self.columns], self.rows[mask], widths)

    def padded(self, width: int) -> Batch:
        """The same records with at least `width` columns."""
        lacking = width - len(self.columns)
        if lacking <= 0:
            return self
        empty = pa.nulls(len(self), pa.string())
        return Batch([*self.columns, *([empty] * lacking)], self.rows, self.widths)

    def slice(self, start: int, stop: int) -> Batch:
        """The records from `start` to before `stop`."""
        widths = None if self.widths is None else self.widths[start:stop]
        return Batch(
            [column.slice(start, stop - start) for column in self.columns],
            self.rows[start:stop],
            widths,
        )

    def records(self) -> list[list[str]]:
        """The cells record by record, empty text for an empty cell; for a few records only."""
        columns = [column.to_pylist() for column in self.columns]
        return [[value or "" for value in record] for record in zip(*columns, strict=True)]


def joined(first: Batch | None, second: Batch) -> Batch:
    """Two batches that follow each other, as one."""
    if first is None or not len(first):
        return second
    width = max(len(first.columns), len(second.columns))
    first, second = first.padded(width), second.padded(width)
    columns = [pa.concat_arrays([a, b]) for a, b in zip(first.columns, second.columns, strict=True)]
    widths = None
    if first.widths is not None and second.widths is not None:
        widths = np.concatenate([first.widths, second.widths])
    return Batch(columns, np.concatenate([first.rows, second.rows]), widths)


def leads(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Where a text column holds at least one byte, and the first byte of each cell (else 0)."""
    _, bounds, text = column.buffers()
    if not len(column) or text is None or not text.size:
        return np.zeros(len(column), dtype=bool), np.zeros(len(column), dtype=np.uint8)
    offsets = np.frombuffer(bounds, dtype=np.int32)[column.offset :][: len(column) + 1]
    some = offsets[1:] > offsets[:-1]
    if column.null_count:
        some &= np.asarray(column.is_valid().to_numpy(zero_copy_only=False))
    signs = np.frombuffer(text, dtype=np.uint8)
    # An empty cell at the very end begins where the text has already ended.
    return some, np.where(some, signs[np.minimum(offsets[:-1], len(signs) - 1)], np.uint8(0))


def filled(column: pa.Array) -> np.ndarray:
    """Where a text column holds more than white space, in the sense of Python's `str.strip`."""
    some, first = leads(column)
    # What begins with a visible sign of ASCII is filled: only the others need be looked through.
    found = (first > 32) & (first < 127)
    rest = np.flatnonzero(some & ~found)
    if len(rest):
        part = column if len(rest) == len(column) else column.take(pa.array(rest))
        match = pc.match_substring_regex(part, r"[^\s\pZ\x0b\x1c-\x1f\x{85}]")
        found[rest] = pc.fill_null(match, False).to_numpy(zero_copy_only=False)
    return found


class RawTable(Protocol):
    """One table a file may hold: a sheet, a member of an archive, text under one delimiter.

    label: what the sender would call it (a sheet's or member's name), None for the file itself.
    names: its columns where the source itself names them (JSON, Parquet, a database): then every
    record is a record of data, numbered from 1. None where a header stands among the records.
    """

    label: str | None
    names: Sequence[str] | None

    def head(self, records: int) -> Head:
        """The first records as lists of cells, blank ones included, empty text for no value."""
        ...

    def merged(self) -> Sequence[tuple[int, int, int]]:
        """Merged cells of one row: (record index from 0, first column, last column)."""
        ...

    def batches(self) -> Iterator[Batch]:
        """All records from the first on, blank ones included."""
        ...


@dataclass(frozen=True)
class Limits:
    """What a file may grow to. A file beyond them is refused before it is read into memory.

    cells: of a workbook, which is opened whole; streamed_cells: of what is read piece by piece.
    members: of an archive. ratio: how many times its size an archive may expand to, once it
    expands to more than ratio_bytes.
    """

    expanded_bytes: int = 4 << 30
    cells: int = 80_000_000
    streamed_cells: int = 800_000_000
    members: int = 100
    ratio: int = 200
    ratio_bytes: int = 256 << 20
    columns: int = 1_000
    record_bytes: int = 16 << 20
    chunk_bytes: int = 8 << 20


@dataclass(frozen=True)
class Contents:
    """What a reader found in a file: its kind, its encoding if it is text, and its tables.

    `delimiters` goes with `tables` where one file is offered under several delimiters.
    """

    kind: str
    tables: Sequence[RawTable]
    encoding: str | None = None
    delimiters: Sequence[str] = field(default_factory=tuple)
    one_of: bool = False


class Reader(Protocol):
    """Opens one kind of file. Raises ProblemError with a sentence for the sender."""

    def __call__(
        self, path: Path, file_name: str, limits: Limits, work: Path, read: Read
    ) -> Contents:
        """The tables of `path`; `work` is a private scratch folder, `read` how it is declared."""
        ...
