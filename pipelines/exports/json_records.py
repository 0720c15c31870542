"""JSON as a table: lines of objects, an array of them, or objects that hold a `data` array.

The parts of the file are read one after the other. Values are text as sent: a number keeps every
character it was written with, `null` and an empty text are no value, and an array or an object
within a record becomes JSON text. A member named twice in a record is kept twice. Records are
numbered from 1. What a record holds is known only when all are read, so they are read once into
scratch and handed out from there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.exports.declaration import Read
from pipelines.exports.delimited import detect_encoding, to_utf8
from pipelines.exports.problem import ProblemError, fail
from pipelines.exports.refusals import too_large, too_many_columns
from pipelines.exports.table import Batch, Contents, Head, Limits

ROWS = 20_000
LIST = "data"
_SPACE = re.compile(r"[ \t\r\n]*")


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


class _Literal(str):
    """`true`, `false`, `NaN` or `Infinity`."""

    __slots__ = ()


class _DamagedError(Exception):
    """The text is no JSON where it stands, or ends too early."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    made = {}
    for name, value in pairs:
        free, count = name, 1
        while free in made:
            count += 1
            free = f"{name} {count}"
        made[free] = value
    return made


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_Number,
    parse_float=_Number,
    parse_constant=_Literal,
    strict=False,
)


def _json(value: Any) -> str:
    if isinstance(value, dict):
        members = (f"{json.dumps(k, ensure_ascii=False)}:{_json(v)}" for k, v in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, _Number | _Literal):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value or None
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return _json(value) if value else None


class _Values:
    """The records of a text, in order; reads on as far as the next one reaches."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.stream = path.open("r", encoding="utf-8-sig", errors="surrogatepass", newline="")
        self.limits = limits
        self.text = ""
        self.at = 0
        self.ended = False

    def _more(self) -> bool:
        if self.ended:
            return False
        if len(self.text) - self.at > 2 * self.limits.record_bytes:
            raise _DamagedError
        # As much again as is there: a long value is then read a few times, not many.
        piece = self.stream.read(max(self.limits.chunk_bytes, len(self.text) - self.at))
        self.ended = not piece
        self.text = self.text[self.at :] + piece
        self.at = 0
        return bool(piece)

    def _peek(self) -> str:
        """The next character that is not white space, empty at the end."""
        while True:
            match = _SPACE.match(self.text, self.at)
            assert match
            self.at = match.end()
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._more():
                return ""

    def _take(self, sign: str) -> None:
        if self._peek() != sign:
            raise _DamagedError
        self.at += 1

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except ValueError:
                if not self._more():
                    raise _DamagedError from None
                continue
            # A number or word at the very end of what is read may go on.
            if end == len(self.text) and self._more():
                continue
            self.at = end
            return value

    def _array(self) -> Iterator[Any]:
        self._take("[")
        if self._peek() == "]":
            self.at += 1
            return
        while True:
            yield self._value()
            sign = self._peek()
            self.at += 1
            if sign == "]":
                return
            if sign != ",":
                raise _DamagedError

    def _member_by_member(self) -> Iterator[Any]:
        """The records of one object: those of its `data` array, else the object itself."""
        self._take("{")
        pairs: list[tuple[str, Any]] = []
        is_page = False
        if self._peek() == "}":
            self.at += 1
            yield {}
            return
        while True:
            name = self._value()
            if not isinstance(name, str) or isinstance(name, _Number | _Literal):
                raise _DamagedError
            self._take(":")
            if name == LIST and self._peek() == "[" and not is_page:
                is_page = True
                yield from self._array()
            else:
                pairs.append((name, self._value()))
            sign = self._peek()
            self.at += 1
            if sign == "}":
                break
            if sign != ",":
                raise _DamagedError
        if not is_page:
            yield _object(pairs)

    def _lines(self) -> list[Any]:
        """Records that stand on a line each, as many as are read; none where it is not so."""
        end = self.text.rfind("\n", self.at)
        if end < 0 or f'"{LIST}"' in self.text:
            return []
        lines = self.text[self.at : end].split("\n")
        try:
            found = _DECODER.decode("[" + ",".join(line for line in lines if line.strip()) + "]")
        except ValueError:
            return []
        if len(found) != sum(1 for line in lines if line.strip()):
            return []
        self.at = end + 1
        return list(found)

    def __iter__(self) -> Iterator[Any]:
        with self.stream:
            if self._peek() == "[":
                yield from self._array()
            while sign := self._peek():
                if sign != "{":
                    raise _DamagedError
                lines = self._lines()
                if lines:
                    yield from lines
                else:
                    yield from self._member_by_member()


class JsonTable:
    """The records of a JSON file, in scratch."""

    label: str | None = None

    def __init__(self, pieces: Sequence[Path], names: Sequence[str]) -> None:
        self.pieces, self.columns = pieces, names
        self.names: Sequence[str] | None = names

    def merged(self) -> Sequence[tuple[int, int, int]]:
        """Records have no merged cells."""
        return ()

    def head(self, records: int) -> Head:
        """The first records."""
        for batch in self.batches():
            return batch.slice(0, min(records, len(batch))).records()
        return []

    def batches(self) -> Iterator[Batch]:
        """All records, a piece at a time, with every name of the file as a column."""
        first = 1
        for piece in self.pieces:
            with pa.memory_map(str(piece)) as source:
                table = pa.ipc.open_file(source).read_all()
            have = set(table.column_names)
            empty = pa.nulls(table.num_rows, pa.string())
            columns = [
                table.column(name).combine_chunks() if name in have else empty
                for name in self.columns
            ]
            yield Batch(columns, np.arange(first, first + table.num_rows, dtype=np.int64))
            first += table.num_rows


def _column(values: list[Any]) -> pa.Array:
    texts = [_text(value) for value in values]
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        # Half of a surrogate pair is no text: it is written as the escape that was sent.
        return pa.array(
            [
                None if t is None else t.encode("utf-8", "backslashreplace").decode("utf-8")
                for t in texts
            ],
            pa.string(),
        )


def _spool(records: list[dict[str, Any]], path: Path) -> list[str]:
    names = list(dict.fromkeys(name for record in records for name in record))
    table = pa.table({name: _column([r.get(name) for r in records]) for name in names})
    if not names:
        table = pa.table({"": pa.nulls(len(records), pa.string())})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return names


def read_json(path: Path, file_name: str, limits: Limits, work: Path, read: Read) -> Contents:
    """A JSON file as one table."""
    encoding = detect_encoding(path)
    source = path
    if encoding in ("utf-16", "windows-1252"):
        source = work / "text.utf8"
        to_utf8(path, encoding, source)
    names: dict[str, None] = {}
    pieces: list[Path] = []
    records: list[dict[str, Any]] = []
    count = 0

    def flush() -> None:
        pieces.append(work / f"records-{len(pieces)}.arrow")
        names.update(dict.fromkeys(_spool(records, pieces[-1])))
        records.clear()
        if len(names) > limits.columns:
            raise too_many_columns(file_name, limits.columns)
        if len(names) * count > limits.streamed_cells:
            raise too_large(file_name)

    try:
        for record in _Values(source, limits):
            count += 1
            if not isinstance(record, dict):
                raise _no_records(file_name, count)
            records.append(record)
            if len(records) >= ROWS:
                flush()
        if records:
            flush()
    except RecursionError:
        raise _too_deep(file_name, count + 1) from None
    except (_DamagedError, UnicodeDecodeError):
        raise _cut(file_name, count + 1) from None
    return Contents("json", [JsonTable(pieces, tuple(names))], encoding)


def _no_records(file_name: str, number: int) -> ProblemError:
    return fail(
        "not_records",
        f"Isi ke-{number} berkas '{file_name}' bukan objek JSON dengan nama kolom; kirim satu "
        "objek untuk setiap baris data.",
        f"Item {number} of the file '{file_name}' is no JSON object with names of columns; send "
        "one object for each row of data.",
    )


def _too_deep(file_name: str, number: int) -> ProblemError:
    return fail(
        "too_deep",
        f"Isi ke-{number} berkas '{file_name}' bersusun terlalu dalam; ekspor ulang berkas itu "
        "lalu kirim lagi.",
        f"Item {number} of the file '{file_name}' is nested too deeply; export the file again and "
        "send it anew.",
    )


def _cut(file_name: str, number: int) -> ProblemError:
    return fail(
        "truncated",
        f"Berkas '{file_name}' rusak atau terpotong: data ke-{number} bukan JSON yang utuh; ekspor "
        "ulang berkas itu lalu kirim lagi.",
        f"The file '{file_name}' is damaged or cut off: record {number} is no whole JSON; export "
        "the file again and send it anew.",
    )
