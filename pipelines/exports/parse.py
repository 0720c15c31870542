"""From a received file to one Parquet file of text columns, or one sentence why not.

`source_row` is the number of the record in the file as a spreadsheet shows it: records are counted
from 1, titles and blank lines included, and a quoted cell with line breaks is one record. Blank
lines, titles, repeated headers, totals and notes are no rows; each is counted. Values are text as
sent: nothing is converted, an empty cell is NULL, a line break within a cell is `\\n`.

A record with fewer or more fields than the header is kept: what is lacking is NULL, what is over
stands in `extra_columns` as `column_<n>`, and `extra_columns` then holds `_fields_sent`, the number
of fields it had, so that a check can tell such rows.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.exports.declaration import Program, match_key, missing
from pipelines.exports.delimited import DelimitedTable, read_delimited
from pipelines.exports.header import Header, best_header
from pipelines.exports.kinds import NAMES, Kind, detect_kind
from pipelines.exports.problem import Problem, ProblemError, fail
from pipelines.exports.table import Batch, Contents, Limits, RawTable, Reader, filled, joined
from pipelines.exports.workbook import password_protected, read_workbook, too_large

# Raise it when the same bytes would come out otherwise; it is part of a submission's rules_hash.
PARSER_VERSION = 2
FIELDS_SENT = "_fields_sent"
LEFT_OUT = pa.schema([("source_row", pa.int64()), ("line", pa.string())])
TAIL_ROWS = 100

# A further kind of file is a further reader here; callers and the rest of this module stay as is.
READERS: dict[Kind, Reader] = {
    "csv": read_delimited,
    "workbook": read_workbook,
    "ods": read_workbook,
}


@dataclass(frozen=True)
class Parsed:
    """What came of one file. With a `problem` there is no Parquet and `rows_count` is 0.

    records_count = title_rows + header rows + blank_rows + repeated_headers + footer_rows +
    rows_count. kind is what the bytes are (csv, xlsx, xls, ods); encoding and delimiter belong to
    text, sheet to workbooks. unknown_columns are headers as sent that no declared column has;
    missing_columns are declared, optional columns the file has not. left_out: source_row and text
    of the totals and notes that are no rows, as many as footer_rows.
    """

    path: Path | None
    problem: Problem | None = None
    kind: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    header_rows: int = 0
    records_count: int = 0
    rows_count: int = 0
    title_rows: int = 0
    blank_rows: int = 0
    repeated_headers: int = 0
    footer_rows: int = 0
    short_rows: int = 0
    long_rows: int = 0
    unknown_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    left_out: pa.Table = field(default_factory=LEFT_OUT.empty_table)


def parse(
    path: Path,
    program: Program,
    out: Path,
    *,
    file_name: str | None = None,
    programs: Iterable[Program] = (),
    limits: Limits | None = None,
    work: Path | None = None,
) -> Parsed:
    """Read the file at `path` as an export of `program` into the Parquet file `out`.

    Columns of `out`: the declared ones in declared order (text), extra_columns (JSON as text, NULL
    if nothing is extra), source_row (int64, ascending, unique). file_name: the sender's name, for
    sentences. programs: the others, so that a file of one of them is told. work: private scratch
    (default: the folder of `out`). `out` appears whole or not at all.
    """
    name = file_name or path.name
    limits = limits or Limits()
    scratch = work or out.parent
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="parse-") as folder:
        try:
            contents = _open(path, name, program, limits, Path(folder))
            table, header = _choose(contents, name, program, list(programs))
            _check_header(header, name, program)
            parsed = _write(table, header, name, program, Path(folder) / "rows.parquet")
        except ProblemError as error:
            return Parsed(path=None, problem=error.problem)
        (Path(folder) / "rows.parquet").replace(out)
    delimiter = table.delimiter if isinstance(table, DelimitedTable) else None
    return Parsed(
        path=out,
        kind=contents.kind,
        encoding=contents.encoding,
        delimiter=delimiter,
        sheet=table.label,
        **parsed,  # type: ignore[arg-type]
    )


def _open(path: Path, name: str, program: Program, limits: Limits, work: Path) -> Contents:
    kind = detect_kind(path)
    if kind == "empty":
        raise fail(
            "empty_file",
            f"Berkas '{name}' kosong; ekspor ulang dari aplikasi asalnya lalu kirim lagi.",
            f"The file '{name}' is empty; export it again and send it anew.",
        )
    if kind == "encrypted":
        raise password_protected(name)
    if kind == "damaged_zip":
        raise fail(
            "truncated",
            f"Buku kerja '{name}' rusak atau terpotong; simpan ulang dari aplikasi asalnya lalu "
            "kirim lagi.",
            f"The workbook '{name}' is damaged or cut off; save it again from where it came from "
            "and send it anew.",
        )
    reader = READERS.get(kind)
    optional = kind not in ("csv", "workbook")
    if reader is None or (optional and kind not in program.read.formats):
        what_id, what_en = NAMES.get(kind, NAMES["unknown"])
        wanted = ", ".join(program.read.formats)
        no_table = kind not in ("ods", "xlsb", "parquet", "jsonl")
        not_id, not_en = (", bukan tabel", ", not a table") if no_table else ("", "")
        raise fail(
            "wrong_type",
            f"Berkas '{name}' adalah {what_id}{not_id}; kirim sebagai {wanted}.",
            f"The file '{name}' is {what_en}{not_en}; send it as {wanted}.",
        )
    if path.stat().st_size > limits.expanded_bytes:
        raise too_large(name)
    return reader(path, name, limits, work)


def _choose(
    contents: Contents, name: str, program: Program, programs: Sequence[Program]
) -> tuple[RawTable, Header]:
    """The table that is meant and its header."""
    depth = max([program.read.header_within, *(p.read.header_within for p in programs)]) + 2
    heads = [table.head(depth) for table in contents.tables]
    found = [
        (table, header)
        for table, head in zip(contents.tables, heads, strict=True)
        if (header := best_header(program, head, table.merged())) is not None
    ]
    if program.read.sheet and not contents.one_of:
        wanted = match_key(program.read.sheet)
        named = [(t, h) for t, h in found if t.label and match_key(t.label) == wanted]
        found = named or found
    complete = [(t, h) for t, h in found if not missing(program, h.found)]
    best = max(complete or found, key=lambda pair: len(pair[1].found), default=None)
    other = _other_program(contents, heads, program, programs, best[1] if best else None)
    if other is not None:
        raise fail(
            "other_program",
            f"Berkas '{name}' tampaknya berisi data program '{other.name}', bukan "
            f"'{program.name}'; kirim ke folder '{other.name}' dengan nama berkas program itu.",
            f"The file '{name}' seems to hold data of the program '{other.name}', not "
            f"'{program.name}'; send it to the folder '{other.name}' under that program's name.",
        )
    if best is None:
        _raise_of_head(contents)
        if not any(cell.strip(" ,;|\t\r\n") for head in heads for row in head for cell in row):
            raise fail(
                "empty_file",
                f"Berkas '{name}' tidak berisi apa pun; ekspor ulang lalu kirim lagi.",
                f"The file '{name}' holds nothing; export it again and send it anew.",
            )
        labels = [program.columns[c].label for c in program.required]
        shown = ", ".join(f"'{label}'" for label in labels[:5])
        raise fail(
            "header_not_found",
            f"Baris judul kolom tidak ditemukan dalam {program.read.header_within} baris pertama "
            f"berkas '{name}'; seharusnya ada kolom {shown}; periksa berkasnya lalu kirim ulang.",
            f"No header row was found in the first {program.read.header_within} rows of the file "
            f"'{name}'; expected the columns {shown}; check the file and send it again.",
        )
    if not contents.one_of and len(complete) > 1:
        complete = [pair for pair in complete if _holds_rows(*pair)] or complete[:1]
        if len(complete) > 1:
            sheets = ", ".join(f"'{t.label}'" for t, _ in complete[:5])
            raise fail(
                "several_sheets",
                f"Berkas '{name}' memuat beberapa lembar berisi data ({sheets}); gabungkan menjadi "
                "satu lembar lalu kirim ulang.",
                f"The file '{name}' has several sheets with data ({sheets}); put the rows on one "
                "sheet and send it again.",
            )
        return complete[0]
    return best


def _raise_of_head(contents: Contents) -> None:
    """Raise what kept the head from being read, if that is why no header was found."""
    tables = [table for table in contents.tables if isinstance(table, DelimitedTable)]
    problems = [table.problem for table in tables if table.problem]
    for problem in problems:
        if problem.code == "too_many_columns" or len(problems) == len(tables):
            raise ProblemError(problem)


def _other_program(
    contents: Contents,
    heads: Sequence[list[list[str]]],
    program: Program,
    programs: Sequence[Program],
    header: Header | None,
) -> Program | None:
    """The program whose header fits the file better than `program`'s; None if there is none."""
    if header is not None and not missing(program, header.found) and not header.unknown():
        return None
    mine = len(header.found) if header else 0
    best: tuple[int, Program] | None = None
    for other in programs:
        if other.name == program.name:
            continue
        for table, head in zip(contents.tables, heads, strict=True):
            theirs = best_header(other, head, table.merged())
            if theirs is None or missing(other, theirs.found) or len(theirs.found) <= mine:
                continue
            if best is None or len(theirs.found) > best[0]:
                best = (len(theirs.found), other)
    return best[1] if best else None


def _holds_rows(table: RawTable, header: Header) -> bool:
    seen = 0
    for batch in table.batches():
        skip = max(0, header.index + header.rows - seen)
        seen += len(batch)
        rest = batch.slice(min(skip, len(batch)), len(batch))
        if len(rest) and not _blank(rest).all():
            return True
    return False


def _check_header(header: Header, name: str, program: Program) -> None:
    row = header.index + 1
    lacking = missing(program, header.found)
    doubled = header.doubled()
    if doubled:
        label = program.columns[doubled[0]].label
        raise fail(
            "doubled_column",
            f"Kolom '{label}' muncul lebih dari sekali pada baris judul {row} berkas '{name}'; "
            "seharusnya satu kali; hapus atau beri nama lain pada kolom gandanya lalu kirim ulang.",
            f"The column '{label}' stands more than once in the header row {row} of the file "
            f"'{name}'; expected once; remove or rename the doubled column and send it again.",
            doubled[0],
        )
    if not lacking:
        return
    labels = ", ".join(f"'{program.columns[c].label}'" for c in lacking[:3])
    more_id = f" dan {len(lacking) - 3} kolom lain" if len(lacking) > 3 else ""
    more_en = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
    unknown = header.unknown()
    if unknown:
        place = unknown[0]
        shown = _shown(header.labels[place][0])
        raise fail(
            "renamed_column",
            f"Kolom {labels}{more_id} tidak ada pada berkas '{name}', sedangkan kolom ke-"
            f"{place + 1}{shown} tidak dikenal; mungkin namanya berubah: kembalikan nama kolom "
            "seperti semula lalu kirim ulang.",
            f"The column {labels}{more_en} is missing in the file '{name}', while column "
            f"{place + 1}{shown} is not known; it may have been renamed: give it its former name "
            "and send the file again.",
            lacking[0],
        )
    raise fail(
        "missing_column",
        f"Kolom {labels}{more_id} tidak ada pada baris judul {row} berkas '{name}'; tambahkan "
        "kolom itu (boleh kosong isinya) lalu kirim ulang.",
        f"The column {labels}{more_en} is missing in the header row {row} of the file '{name}'; "
        "add the column (its cells may be empty) and send it again.",
        lacking[0],
    )


def _shown(text: str) -> str:
    # A header may be repeated to its sender, something that could be a person's data may not.
    plain = " ".join(text.split())
    if len(plain) > 40 or re.search(r"\d{4}|@", plain):
        return ""
    return f" ('{plain}')"


def _blank(batch: Batch) -> np.ndarray:
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


def _header_again(batch: Batch, header: Header) -> np.ndarray:
    """Places of records that repeat a row of the header."""
    suspects = np.zeros(len(batch), dtype=bool)
    for texts in header.texts:
        labelled = [i for i, text in enumerate(texts) if match_key(text)]
        # Three labels at most have to be lost for a repeated header to escape this first look.
        for i in labelled[:3]:
            if i >= len(batch.columns):
                continue
            column = pc.utf8_lower(pc.utf8_trim_whitespace(batch.columns[i]))
            same = pc.fill_null(pc.equal(column, texts[i].strip().lower()), False)
            suspects |= np.asarray(same.to_numpy(zero_copy_only=False), dtype=bool)
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


class _Rows:
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
            blank = int(_blank(batch.slice(0, before)).sum())
            self.counts.blank += blank
            self.counts.titles += before - blank
        batch = batch.slice(after, len(batch))
        if not len(batch):
            return batch
        blank_rows = _blank(batch)
        self.counts.blank += int(blank_rows.sum())
        batch = batch.take(~blank_rows)
        if not len(batch):
            return batch
        again = _header_again(batch, self.header)
        if len(again):
            if not self.seen_row and again[0] == 0:
                raise self._twice()
            self.counts.repeated += batch.rows[again].tolist()
            mask = np.ones(len(batch), dtype=bool)
            mask[again] = False
            batch = batch.take(mask)
        self.seen_row = self.seen_row or bool(len(batch))
        return self._without_totals(batch)

    def _twice(self) -> Exception:
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


def schema(program: Program) -> pa.Schema:
    """Columns of the Parquet file that `parse` writes for `program`."""
    names = [*program.columns, "extra_columns"]
    return pa.schema([*((name, pa.string()) for name in names), ("source_row", pa.int64())])


def _extras(batch: Batch, rows: _Rows) -> pa.Array:
    """What the declaration does not know of each record, as a JSON object or NULL."""
    names = {
        i: name
        for i, name in rows.header.extra_names(len(batch.columns)).items()
        if batch.columns[i].null_count < len(batch)
    }
    arrays = [batch.columns[i] for i in names]
    keys = list(names.values())
    if batch.widths is not None:
        ragged = (batch.widths < rows.width) | rows.too_long(batch)
        if ragged.any():
            arrays.append(pa.array(batch.widths, mask=~ragged).cast(pa.string()))
            keys.append(FIELDS_SENT)
    if not arrays:
        return pa.nulls(len(batch), pa.string())
    columns = [f"c{i}" for i in range(len(arrays))]
    extra = pa.table(dict(zip(columns, arrays, strict=True)))
    pairs = ", ".join(f"?, {column}" for column in columns)
    # Merging into an empty object leaves out the members that are null.
    # Most files have nothing extra, and a connection costs more than reading a small file.
    with contextlib.closing(duckdb.connect()) as con:
        made = con.execute(
            f"SELECT CASE WHEN coalesce({', '.join(columns)}) IS NOT NULL "
            f"THEN json_merge_patch('{{}}', json_object({pairs}))::VARCHAR END AS j FROM extra",
            keys,
        ).to_arrow_table()
    del extra
    return made.column("j").combine_chunks().cast(pa.string())


def _write(
    table: RawTable, header: Header, name: str, program: Program, target: Path
) -> dict[str, object]:
    rows = _Rows(table, header, name, program)
    layout = schema(program)
    with pq.ParquetWriter(target, layout, compression="snappy") as writer:
        for batch in rows:
            full = batch.padded(len(header.columns))
            empty = pa.nulls(len(full), pa.string())
            arrays = [
                full.columns[rows.place[c]] if c in rows.place else empty for c in program.columns
            ]
            arrays += [_extras(full, rows), pa.array(full.rows, pa.int64())]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=layout))
        counts = rows.counts
        if not counts.rows:
            raise fail(
                "header_only",
                f"Berkas '{name}' hanya memuat baris judul kolom tanpa satu baris data pun; "
                "periksa ekspornya lalu kirim ulang.",
                f"The file '{name}' has a header row but not one row of data; check the export and "
                "send it again.",
            )
    if counts.repeated and _is_doubled(target, counts.repeated, list(program.columns)):
        raise rows._twice()
    return {
        "header_row": header.index + 1,
        "header_rows": header.rows,
        "records_count": counts.records,
        "rows_count": counts.rows,
        "title_rows": counts.titles,
        "blank_rows": counts.blank,
        "repeated_headers": len(counts.repeated),
        "footer_rows": counts.footers,
        "short_rows": counts.short,
        "long_rows": counts.long,
        "unknown_columns": tuple(header.labels[i][0] for i in header.unknown()),
        "missing_columns": tuple(c for c in program.columns if c not in header.found),
        "left_out": pa.Table.from_batches(rows.left_out, schema=LEFT_OUT).sort_by("source_row"),
    }


def _is_doubled(path: Path, headers: Sequence[int], columns: Sequence[str]) -> bool:
    """Whether the repeated headers cut the rows into parts that are all the same: a table twice."""
    names = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
    with contextlib.closing(duckdb.connect()) as con:
        parts = con.execute(
            "SELECT count(*), sum(hash(place, cells)) FROM ("
            " SELECT part, cells,"
            "  row_number() OVER (PARTITION BY part ORDER BY source_row) AS place"
            f" FROM (SELECT source_row, hash({names}) AS cells,"
            "  len(list_filter($headers, h -> h < source_row)) AS part FROM read_parquet($path)))"
            " GROUP BY part",
            {"headers": list(headers), "path": str(path)},
        ).fetchall()
    return len(parts) == len(headers) + 1 and len(set(parts)) == 1


__all__ = ["PARSER_VERSION", "READERS", "Limits", "Parsed", "parse", "schema"]
