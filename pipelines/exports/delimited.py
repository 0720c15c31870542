"""Delimited text as a table: its encoding, its records and their numbers, exactly.

A record's number is its place among all records of the file, titles and blank lines included: the
row a spreadsheet shows. Ready-made CSV parsers skip blank lines and drop or shift ragged rows
without saying where, so the splitting is done here, on columns of bytes: NumPy finds the
separators, Arrow takes the fields. Where a piece of a file holds no
blank or ragged record and no odd quotation mark, there is nothing to skip or shift, and Arrow's own
parser reads it, which takes a third of the time. Memory is bounded by the chunk, not by the file.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from pipelines.exports.declaration import Read
from pipelines.exports.problem import Problem, ProblemError, fail
from pipelines.exports.refusals import too_many_columns
from pipelines.exports.table import Batch, Contents, Head, Limits

DELIMITERS = (",", ";", "|", "\t")
NEWLINE, RETURN, QUOTE = 10, 13, 34
HEAD_BYTES = 4 << 20
# Wider records are left to the splitter here, which needs no memory for each of their columns.
LINE_FIELDS = 1_000


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    # Five bytes mean nothing in Windows-1252; they stay what they are rather than be lost.
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("lumbung-windows-1252", _windows_1252)


def detect_encoding(path: Path, chunk_bytes: int = 1 << 20) -> str:
    """`utf-8`, `utf-8-sig`, `utf-16` or `windows-1252`, from the whole file's bytes."""
    with path.open("rb") as stream:
        first = stream.read(4)
        if first.startswith(codecs.BOM_UTF8):
            encoding = "utf-8-sig"
        elif first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        else:
            encoding = "utf-8"
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        beyond_ascii = False
        try:
            while chunk := stream.read(chunk_bytes):
                text = decoder.decode(chunk)
                beyond_ascii = beyond_ascii or not text.isascii()
        except UnicodeDecodeError:
            return "windows-1252"
        if decoder.getstate()[0] and not beyond_ascii:
            return "windows-1252"
    return encoding


def _ends_whole(path: Path) -> bool:
    """Whether a UTF-8 file's last character is whole; a cut one is a cut file."""
    with path.open("rb") as stream:
        stream.seek(-min(4, path.stat().st_size), 2)
        tail = stream.read()
    for skip in range(len(tail) + 1):
        try:
            tail[skip:].decode("utf-8")
        except UnicodeDecodeError as error:
            if error.reason == "unexpected end of data":
                return False
        else:
            return True
    return True


def to_utf8(path: Path, encoding: str, target: Path) -> None:
    """Write `path` as UTF-8 to `target`, in chunks; nothing is lost."""
    errors = "lumbung-windows-1252" if encoding == "windows-1252" else "replace"
    name = "cp1252" if encoding == "windows-1252" else encoding
    decoder = codecs.getincrementaldecoder(name)(errors)
    with path.open("rb") as source, target.open("wb") as out:
        while chunk := source.read(1 << 20):
            out.write(decoder.decode(chunk).encode("utf-8", "surrogatepass"))
        out.write(decoder.decode(b"", True).encode("utf-8", "surrogatepass"))


def _quotes(buffer: np.ndarray, delimiter: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the quotes that open or close a field, and of those to be kept as text.

    In a well-formed file all quotes alternate between opening and closing, which needs no loop. A
    quote that does neither (`5" pipe`) sends the chunk through a walk over its quotes.
    """
    at = _places(buffer, QUOTE)
    if not len(at):
        return at, at
    starts, ends, again, fine = _alternating(buffer, at, delimiter)
    if fine:
        # The second of a doubled quote is the text of one.
        return at, at[again]
    return _walk(buffer, at, starts, ends)


def _places(buffer: np.ndarray, sign: int) -> np.ndarray:
    """Where `sign` stands; quick where it is rare."""
    found = buffer == sign
    whole = len(found) // 8 * 8
    # Eight bytes at a time: most of them hold no such sign.
    words = np.flatnonzero(found[:whole].view(np.uint64))
    if len(words) > whole // 64:
        return np.flatnonzero(found)
    near = (words[:, None] * 8 + np.arange(8)).ravel()
    return np.concatenate([near[found[near]], whole + np.flatnonzero(found[whole:])])


def _alternating(
    buffer: np.ndarray, at: np.ndarray, delimiter: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool]:
    """Where the quotes at `at` follow and precede an end of a field, where they are doubled; and
    whether all of them alternate."""
    before = np.where(at > 0, buffer[np.maximum(at - 1, 0)], NEWLINE)
    last = len(buffer) - 1
    after = np.where(at < last, buffer[np.minimum(at + 1, last)], NEWLINE)
    starts = (before == delimiter) | (before == NEWLINE)
    ends = (after == delimiter) | (after == NEWLINE)
    opening = np.arange(len(at)) % 2 == 0
    again = opening & (before == QUOTE)
    fine = np.where(opening, starts | again, ends | (after == QUOTE))
    return starts, ends, again, bool(fine.all())


def _walk(
    buffer: np.ndarray, at: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    structural: list[int] = []
    kept: list[int] = []
    position = at.tolist()
    opens, closes = starts.tolist(), ends.tolist()
    lines = np.searchsorted(np.flatnonzero(buffer == NEWLINE), at).tolist()
    inside = False
    i = 0
    while i < len(position):
        here = position[i]
        if not inside:
            if opens[i]:
                structural.append(here)
                inside = True
            i += 1
            continue
        if i + 1 < len(position) and position[i + 1] == here + 1:
            # A doubled quote: both are structural (they cancel), and the second is its text.
            structural += [here, here + 1]
            kept.append(here + 1)
            i += 2
            continue
        if closes[i]:
            structural.append(here)
            inside = False
        elif not any(
            closes[j] for j in range(i + 1, min(i + 50, len(position))) if lines[j] == lines[i]
        ):
            # Nothing closes the field further on in this line, so it was closed here: "A" B
            structural.append(here)
            inside = False
        i += 1
    return np.array(structural, dtype=np.int64), np.array(kept, dtype=np.int64)


def _ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The same batches, each made in a thread while the one before it is worked on."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        coming = worker.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = worker.submit(next, batches, None)
            yield batch


@dataclass(frozen=True)
class _Fields:
    """Fields of whole records, one after the other, and where each record begins among them."""

    values: pa.StringArray
    starts: np.ndarray
    counts: np.ndarray
    used: int

    @property
    def count(self) -> int:
        return len(self.counts)

    @property
    def width(self) -> int:
        return int(self.counts.max())

    def batch(self, first_row: int) -> Batch:
        width = self.width
        numbers = np.arange(len(self.counts), dtype=np.int64) + first_row
        if int(self.counts.min()) == width:
            places = [pa.array(self.starts + j) for j in range(width)]
        else:
            places = [pa.array(self.starts + j, mask=self.counts <= j) for j in range(width)]
        return Batch([self.values.take(place) for place in places], numbers, self.counts)


def _before(places: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """How many of `marks` stand before each of `places`; both ascending, none in both."""
    steps = np.bincount(np.searchsorted(places, marks), minlength=len(places) + 1)
    return np.cumsum(steps[: len(places)])


def split(data: bytes, delimiter: str, complete: bool) -> _Fields | None:
    """The fields of the whole records at the beginning of `data`; None if no record is whole.

    complete: nothing follows `data`, so its end ends a record. Line breaks must be `\\n`.
    """
    if complete and data and not data.endswith(b"\n"):
        data += b"\n"
    buffer = np.frombuffer(data, dtype=np.uint8)
    sign = ord(delimiter)
    structural, kept = _quotes(buffer, sign)
    separators = np.flatnonzero((buffer == NEWLINE) | (buffer == sign))
    if len(structural):
        separators = separators[_before(separators, structural) % 2 == 0]
    is_end = buffer[separators] == NEWLINE
    ends = np.flatnonzero(is_end)
    if not len(ends):
        return None
    separators = separators[: ends[-1] + 1]
    used = int(separators[-1]) + 1
    offsets = separators - np.arange(len(separators))
    drop = structural[structural < used]
    if len(drop):
        if len(kept):
            drop = np.setdiff1d(drop, kept, assume_unique=True)
        offsets -= _before(separators, drop)
    keep = np.ones(used, dtype=bool)
    keep[separators] = False
    keep[drop] = False
    text = buffer[:used][keep]
    bounds = np.zeros(len(offsets) + 1, dtype=np.int32)
    bounds[1:] = offsets
    valid = np.packbits(np.diff(bounds) > 0, bitorder="little")
    values = pa.StringArray.from_buffers(
        len(offsets), pa.py_buffer(bounds), pa.py_buffer(text), pa.py_buffer(valid)
    )
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    counts = np.diff(np.concatenate([starts, [len(offsets)]])).astype(np.int64)
    return _Fields(values, starts, counts, used)


@dataclass(frozen=True)
class _Lines:
    """Whole records that are a line each and all have as many fields."""

    columns: list[pa.Array]
    count: int
    used: int

    @property
    def width(self) -> int:
        return len(self.columns)

    def batch(self, first_row: int) -> Batch:
        numbers = np.arange(self.count, dtype=np.int64) + first_row
        return Batch(self.columns, numbers, np.full(self.count, len(self.columns), dtype=np.int64))


def lines(data: bytes, delimiter: str, complete: bool) -> _Lines | None:
    """What `split` finds, quicker; None where a record might be blank or ragged, or a quote odd."""
    used = len(data) if complete else data.rfind(b"\n") + 1
    width = data.count(delimiter.encode(), 0, (data.find(b"\n") + 1) or len(data)) + 1
    if not used or not 1 < width <= LINE_FIELDS:
        return None
    if b"\n\n" in data or data.startswith((b"\n", codecs.BOM_UTF8)):
        return None
    buffer = np.frombuffer(data, dtype=np.uint8, count=used)
    quotes = _places(buffer, QUOTE)
    if len(quotes) % 2 or not _alternating(buffer, quotes, ord(delimiter))[-1]:
        return None
    names = [str(i) for i in range(width)]
    try:
        # Arrow refuses a line with more or fewer fields than the first.
        found = csv.read_csv(
            pa.py_buffer(data).slice(0, used),
            csv.ReadOptions(use_threads=False, block_size=used + 1, column_names=names),
            csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if len(quotes) else False,
                escape_char=False,
                newlines_in_values=bool(len(quotes)),
                ignore_empty_lines=False,
            ),
            csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns = [column.combine_chunks() for column in found.columns]
    return _Lines(columns, len(found), used)


class DelimitedTable:
    """A text file under one delimiter. `path` is UTF-8 with or without a byte order mark."""

    label: str | None = None
    names: Sequence[str] | None = None

    def __init__(self, path: Path, file_name: str, delimiter: str, limits: Limits) -> None:
        self.path, self.file_name, self.delimiter, self.limits = path, file_name, delimiter, limits
        self.ends_with_newline = True
        self.problem: Problem | None = None

    def merged(self) -> Sequence[tuple[int, int, int]]:
        """Text has no merged cells."""
        return ()

    def head(self, records: int) -> Head:
        """The first records, each with the fields it has.

        Under a delimiter that is not the file's, quotes may seem never closed; so a problem is kept
        in `problem` until it is known which delimiter is meant.
        """
        found: Head = []
        try:
            for batch in self.batches(chunk_bytes=64 << 10, most_bytes=HEAD_BYTES):
                some = batch.slice(0, records - len(found))
                assert some.widths is not None
                found += [
                    record[:width]
                    for record, width in zip(some.records(), some.widths.tolist(), strict=True)
                ]
                if len(found) >= records:
                    break
        except ProblemError as error:
            self.problem = error.problem
        return found

    def batches(
        self, chunk_bytes: int | None = None, most_bytes: int | None = None
    ) -> Iterator[Batch]:
        """All records, a chunk at a time."""
        found = self._batches(chunk_bytes, most_bytes)
        if most_bytes is None and self.path.stat().st_size > self.limits.chunk_bytes:
            return _ahead(found)
        return found

    def _batches(self, chunk_bytes: int | None, most_bytes: int | None) -> Iterator[Batch]:
        size = chunk_bytes or self.limits.chunk_bytes
        row = 1
        carry = b""
        seen = 0
        with self.path.open("rb") as stream:
            if stream.read(3) != codecs.BOM_UTF8:
                stream.seek(0)
            pending = b""
            while True:
                # A long record is read on in growing pieces: it is gone through a few times.
                chunk = stream.read(max(size, len(carry)))
                done = not chunk
                seen += len(chunk)
                chunk = pending + chunk
                pending = b""
                if not done and chunk.endswith(b"\r"):
                    chunk, pending = chunk[:-1], b"\r"
                if b"\r" in chunk:
                    # A lone carriage return ends a line too (old exports, some spreadsheets).
                    chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
                data = carry + chunk
                if done:
                    self.ends_with_newline = data.endswith(b"\n") or not data
                if not data:
                    if done:
                        return
                    continue
                fields = lines(data, self.delimiter, done) or split(data, self.delimiter, done)
                if fields is None:
                    if done or len(data) > self.limits.record_bytes:
                        raise self._never_closed(row)
                    if most_bytes is not None and seen >= most_bytes:
                        raise self._never_closed(row)
                    carry = data
                    continue
                if fields.width > self.limits.columns:
                    raise too_many_columns(self.file_name, self.limits.columns)
                yield fields.batch(row)
                row += fields.count
                carry = data[fields.used :]
                if done:
                    if carry:
                        raise self._never_closed(row)
                    return
                if len(carry) > self.limits.record_bytes:
                    raise self._never_closed(row)
                if most_bytes is not None and seen >= most_bytes:
                    return

    def _never_closed(self, row: int) -> Exception:
        name = self.file_name
        return fail(
            "truncated",
            f"Berkas '{name}' tampaknya terpotong: tanda kutip yang dibuka pada baris {row} tidak "
            "pernah ditutup; ekspor ulang berkas itu lalu kirim lagi.",
            f"The file '{name}' seems cut off: the quotation mark opened in row {row} is never "
            "closed; export the file again and send it anew.",
        )


def read_delimited(path: Path, file_name: str, limits: Limits, work: Path, read: Read) -> Contents:
    """A text file, offered under every delimiter; the header decides which one it is."""
    encoding = detect_encoding(path)
    source = path
    if encoding.startswith("utf-8") and not _ends_whole(path):
        raise fail(
            "truncated",
            f"Berkas '{file_name}' tampaknya terpotong: huruf terakhirnya tidak utuh; ekspor ulang "
            "berkas itu lalu kirim lagi.",
            f"The file '{file_name}' seems cut off: its last character is not whole; export the "
            "file again and send it anew.",
        )
    if encoding in ("utf-16", "windows-1252"):
        source = work / "text.utf8"
        to_utf8(path, encoding, source)
    # The delimiters are tried on the head only, so four of them cost nothing.
    tables = [DelimitedTable(source, file_name, sign, limits) for sign in DELIMITERS]
    return Contents("csv", tables, encoding, DELIMITERS, one_of=True)
