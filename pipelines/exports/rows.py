"""Tells the rows of a table from all else in it: titles, repeated headers, blanks, totals, notes.

What is no row is counted, and the text of totals and notes is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.exports.declaration import Program, match_key
from pipelines.exports.delimited import DelimitedTable
from pipelines.exports.header import Header
from pipelines.exports.problem import ProblemError, fail
from pipelines.exports.table import Batch, RawTable, filled, joined, leads

LEFT_OUT = pa.schema([("source_row", pa.int64()), ("line", pa.string())])
TAIL_ROWS = 100


def header_only(name: str) -> ProblemError:
    """The refusal of a file without one row of data."""
    return fail(
        "header_only",
        f"Berkas '{name}' hanya memuat baris judul kolom tanpa satu baris data pun; "
        "periksa ekspornya lalu kirim ulang.",
        f"The file '{name}' has a header row but not one row of data; check the export and "
        "send it again.",
    )


def blank_rows(batch: Batch) -> np.ndarray:
    """Where a record holds nothing but white space."""
    blank = np.ones(len(batch), dtype=bool)
    for column in batch.columns:
        # Most records are settled by their first columns, so little is left to look at.
        open_rows = np.flatnonzero(blank)
        if not len(open_rows):
            break
        part = column if len(open_rows) == len(batch) else column.take(pa.array(open_rows))
        blank[open_rows[filled(part)]] = False
    return blank


def _says(column: pa.Array, text: str) -> np.ndarray:
    """Where a column holds `text`, which is lower case, in any case and with spaces around it."""
    some, first = leads(column)
    # A visible sign of ASCII at the beginning stays there, and only a letter's case may differ.
    able = [ord(sign) for sign in {text[0], text[0].upper()} if sign.isascii()]
    maybe = np.flatnonzero(some & (np.isin(first, able) | (first <= 32) | (first >= 127)))
    found = np.zeros(len(column), dtype=bool)
    if len(maybe):
        part = pc.utf8_lower(pc.utf8_trim_whitespace(column.take(pa.array(maybe))))
        found[maybe] = pc.equal(part, text).to_numpy(zero_copy_only=False)
    return found


def _header_again(batch: Batch, header: Header) -> np.ndarray:
    """Places of records that repeat a row of the header."""
    suspects = np.zeros(len(batch), dtype=bool)
    for texts in header.texts:
        labelled = [i for i, text in enumerate(texts) if match_key(text)]
        # Three labels at most have to be lost for a repeated header to escape this first look.
        for i in labelled[:3]:
            if i >= len(batch.columns):
                continue
            suspects |= _says(batch.columns[i], texts[i].strip().lower())
    places = np.flatnonzero(suspects)
    if not len(places):
        return places
    taken = batch.take(suspects)
    return places[[header.repeats(record) is not None for record in taken.records()]]


@dataclass
class _Tail:
    """What is held back until it is known whether the table ends here."""

    batch: Batch | None = None
    last_row: int = 0


@dataclass
class _Counts:
    records: int = 0
    rows: int = 0
    titles: int = 0
    blank: int = 0
    repeated: list[int] = field(default_factory=list)
    footers: int = 0
    short: int = 0
    long: int = 0


class Rows:
    """Tells the rows of a table from everything else, batch by batch, and counts all of it."""

    def __init__(self, table: RawTable, header: Header, name: str, program: Program) -> None:
        self.table, self.header, self.name, self.program = table, header, name, program
        self.counts = _Counts()
        self.place = {column: i for i, column in enumerate(header.columns) if column}
        self.keys = [self.place[key] for key in program.keys if key in self.place]
        self.identifiers = [
            self.place[c]
            for c, column in program.columns.items()
            if column.identifier and c in self.place
        ]
        self.pattern = program.read.footer_pattern
        labelled = [i for i, (text, _) in enumerate(header.labels) if text.strip()]
        self.width = labelled[-1] + 1
        # Where the source itself names its columns, nothing stands among the records but records.
        self.is_named = table.names is not None
        self.tail = _Tail()
        self.seen_row = False
        self.left_out: list[pa.RecordBatch] = []

    def __iter__(self) -> Iterator[Batch]:
        last_record = 0
        for batch in self.table.batches():
            if len(batch):
                last_record = int(batch.rows[-1])
            batch = self._body(batch)
            if not len(batch):
                continue
            if self.is_named:
                yield self._counted(batch)
                continue
            batch = joined(self.tail.batch, batch)
            ready = max(0, len(batch) - TAIL_ROWS)
            self.tail.batch = batch.slice(ready, len(batch))
            if ready:
                done = batch.slice(0, ready)
                yield self._counted(done)
        if self.tail.batch is not None:
            rest = self._without_notes(self.tail.batch)
            if len(rest):
                rest = self._counted(rest)
                self._check_cut(rest, last_record)
                yield rest

    def _counted(self, batch: Batch) -> Batch:
        self.counts.rows += len(batch)
        self.tail.last_row = int(batch.rows[-1])
        if batch.widths is not None:
            self.counts.short += int((batch.widths < self.width).sum())
            self.counts.long += int(self.too_long(batch).sum())
        return batch

    def too_long(self, batch: Batch) -> np.ndarray:
        """Where a record holds something beyond the header's last column."""
        long = np.zeros(len(batch), dtype=bool)
        for column in batch.columns[len(self.header.columns) :]:
            long |= filled(column)
        return long

    def _body(self, batch: Batch) -> Batch:
        """The batch without titles, headers, blank records and totals."""
        start = self.counts.records
        self.counts.records += len(batch)
        before = min(max(0, self.header.index - start), len(batch))
        after = min(max(0, self.header.index + self.header.rows - start), len(batch))
        if before:
            blank = int(blank_rows(batch.slice(0, before)).sum())
            self.counts.blank += blank
            self.counts.titles += before - blank
        batch = batch.slice(after, len(batch))
        if not len(batch):
            return batch
        is_blank = blank_rows(batch)
        self.counts.blank += int(is_blank.sum())
        batch = batch.take(~is_blank)
        if not len(batch) or self.is_named:
            return batch
        again = _header_again(batch, self.header)
        if len(again):
            if not self.seen_row and again[0] == 0:
                raise self.twice()
            self.counts.repeated += batch.rows[again].tolist()
            mask = np.ones(len(batch), dtype=bool)
            mask[again] = False
            batch = batch.take(mask)
        self.seen_row = self.seen_row or bool(len(batch))
        return self._without_totals(batch)

    def twice(self) -> ProblemError:
        """The refusal of a table whose header stands twice, or that stands twice itself."""
        label = self.header.labels[next(iter(self.place.values()))][0]
        return fail(
            "header_twice",
            f"Baris judul kolom (mulai dari '{label}') tertulis dua kali pada berkas "
            f"'{self.name}'; seharusnya satu kali; hapus yang kedua lalu kirim ulang.",
            f"The header row (beginning with '{label}') stands twice in the file '{self.name}'; "
            "expected once; delete the second one and send the file again.",
        )

    def _without_totals(self, batch: Batch) -> Batch:
        """Drop totals and notes among the rows: first filled cell says so, and no key is filled."""
        if not len(batch):
            return batch
        key_cells = np.zeros(len(batch), dtype=np.int64)
        for i in self.keys:
            if i < len(batch.columns):
                key_cells += ~np.asarray(batch.columns[i].is_null().to_numpy(zero_copy_only=False))
        suspects = key_cells <= 1
        if not suspects.any():
            return batch
        some = batch.take(suspects)
        firsts = pc.coalesce(
            *(
                pc.if_else(pa.array(filled(c)), c, pa.scalar(None, pa.string()))
                for c in some.columns
            )
        )
        says_so = np.asarray(
            pc.match_substring_regex(firsts, f"(?i)^{self.pattern.pattern}").to_numpy(
                zero_copy_only=False
            ),
            dtype=bool,
        )
        if not says_so.any():
            return batch
        places = np.flatnonzero(suspects)[says_so]
        drop = [self._is_total(record) for record in some.take(says_so).records()]
        mask = np.ones(len(batch), dtype=bool)
        mask[places[drop]] = False
        self._leave_out(batch.take(~mask))
        return batch.take(mask)

    def _leave_out(self, batch: Batch) -> None:
        """Count lines that are no rows, and keep their filled cells as text."""
        if not len(batch):
            return
        self.counts.footers += len(batch)
        blank = pa.scalar(None, pa.string())
        cells = [pc.if_else(pa.array(filled(c)), c, blank) for c in batch.columns]
        lines = pc.binary_join_element_wise(*cells, " | ", null_handling="skip")
        self.left_out.append(
            pa.RecordBatch.from_arrays([pa.array(batch.rows, pa.int64()), lines], schema=LEFT_OUT)
        )

    def _is_total(self, record: Sequence[str]) -> bool:
        cells = [i for i, cell in enumerate(record) if cell.strip()]
        others = [i for i in self.keys if i in cells and i != cells[0]]
        if others or self._names_somebody(record):
            return False
        return bool(self.keys) or 2 * len(cells) <= max(2, self.width)

    def _names_somebody(self, record: Sequence[str]) -> bool:
        return any(
            i < len(record) and re.fullmatch(r"[\d\s.'*-]{8,}", record[i].strip())
            for i in self.identifiers
        )

    def _without_notes(self, batch: Batch) -> Batch:
        """Drop what stands below the table: notes and signatures after a gap or a total."""
        records = batch.records()
        most = max(3, int(0.3 * self.width))
        allowed = 1 if len(self.keys) > 1 else 0
        start = len(records)
        while start > 0:
            record = records[start - 1]
            cells = [i for i, cell in enumerate(record) if cell.strip()]
            keyed = sum(i in cells for i in self.keys)
            if len(cells) > most or keyed > allowed or self._names_somebody(record):
                break
            start -= 1
        rows = batch.rows.tolist()
        gap = -1
        for i in range(start, len(records)):
            before = rows[i - 1] if i else self.tail.last_row or rows[0] - 1
            first = next((cell for cell in records[i] if cell.strip()), "")
            says_so = bool(self.pattern.match(first))
            if rows[i] > before + 1:
                gap = i
                keyed = any(k < len(records[i]) and records[i][k].strip() for k in self.keys)
                if self.keys and not keyed:
                    says_so = True
            if says_so:
                cut = gap if gap >= 0 else i
                self._leave_out(batch.slice(cut, len(batch)))
                return batch.slice(0, cut)
        return batch

    def _check_cut(self, batch: Batch, last_record: int) -> None:
        table = self.table
        if not isinstance(table, DelimitedTable) or table.ends_with_newline:
            return
        assert batch.widths is not None
        is_last = int(batch.rows[-1]) == last_record
        label = self.header.labels[self.width - 1][0]
        if is_last and self.counts.short == 1 and int(batch.widths[-1]) < self.width:
            raise fail(
                "truncated",
                f"Berkas '{self.name}' tampaknya terpotong: baris terakhir ({last_record}) "
                f"berhenti sebelum kolom '{label}'; ekspor ulang lalu kirim lagi.",
                f"The file '{self.name}' seems cut off: its last row ({last_record}) ends before "
                f"the column '{label}'; export it again and send it anew.",
            )
