"""Writers of delimited text, JSON and Parquet that work on whole columns at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from demo.draws import Texts
from demo.sheets import buffer_of


@dataclass(frozen=True)
class Style:
    """How a sender's program writes text files."""

    separator: str = ","
    newline: str = "\n"
    encoding: str = "utf-8"
    """`utf-8`, `utf-8-sig` (with BOM) or `cp1252`."""


def line(cells: Sequence[str | None], separator: str) -> str:
    """Return one line of literal cells, quoted where needed."""
    return separator.join(
        '"' + cell.replace('"', '""') + '"'
        if cell and any(mark in cell for mark in (separator, '"', "\n", "\r"))
        else (cell or "")
        for cell in cells
    )


def _field(column: Texts, separator: str) -> pa.Array:
    text = pc.fill_null(pa.array(column, pa.large_string(), from_pandas=True), "")
    pattern = f'[{"|" if separator == "|" else separator}"\r\n]'
    needs = pc.match_substring_regex(text, pattern)
    if pc.any(needs).as_py():
        quoted = pc.binary_join_element_wise(
            pa.scalar('"', pa.large_string()),
            pc.replace_substring(text, '"', '""'),
            pa.scalar('"', pa.large_string()),
            pa.scalar("", pa.large_string()),
        )
        text = pc.if_else(needs, quoted, text)
    return text


def write_table(
    path: Path,
    style: Style,
    head: Sequence[str],
    body: Sequence[Texts],
    inserts: Sequence[tuple[int, str]] = (),
    tail: Sequence[str] = (),
) -> None:
    """Write head lines, equally long columns (None is empty) and tail lines.

    `inserts` are lines put in before the body row of that index, in rising order.
    """
    path.write_bytes(render_table(style, head, body, inserts, tail))


def render_table(
    style: Style,
    head: Sequence[str],
    body: Sequence[Texts],
    inserts: Sequence[tuple[int, str]] = (),
    tail: Sequence[str] = (),
) -> bytes:
    """Return what `write_table` writes, as bytes."""
    end = style.newline.encode()
    parts: list[bytes | memoryview] = []
    for text in head:
        parts += [text.encode(), end]
    size = len(body[0]) if body else 0
    if size:
        rows = pc.binary_join_element_wise(
            *[_field(column, style.separator) for column in body],
            pa.scalar(style.separator, pa.large_string()),
        )
        rows = pc.binary_join_element_wise(
            rows, pa.scalar("", pa.large_string()), pa.scalar(style.newline, pa.large_string())
        )
        done = 0
        for position, text in inserts:
            parts += [buffer_of(rows.slice(done, position - done)), text.encode(), end]
            done = position
        parts.append(buffer_of(rows.slice(done)))
    for text in tail:
        parts += [text.encode(), end]
    content = b"".join(parts)
    if style.encoding == "utf-8":
        return content
    if style.encoding == "utf-8-sig":
        return b"\xef\xbb\xbf" + content
    return content.decode().encode(style.encoding, errors="replace")


def _json_value(column: Texts) -> pa.Array:
    text = pa.array(column, pa.large_string(), from_pandas=True)
    for plain, coded in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = pc.replace_substring(text, plain, coded)
    quote = pa.scalar('"', pa.large_string())
    text = pc.binary_join_element_wise(quote, text, quote, pa.scalar("", pa.large_string()))
    return pc.fill_null(text, "null")


def json_records(names: Sequence[str], body: Sequence[Texts], raw: frozenset[str]) -> pa.Array:
    """Return one JSON object per row; columns in `raw` hold JSON already."""
    parts: list[pa.Array | pa.Scalar] = []
    for index, (name, column) in enumerate(zip(names, body, strict=True)):
        before = "{" if index == 0 else ","
        parts.append(pa.scalar(f'{before}"{name}":', pa.large_string()))
        if name in raw:
            value = pa.array(column, pa.large_string(), from_pandas=True)
            parts.append(pc.fill_null(value, "null"))
        else:
            parts.append(_json_value(column))
    end = pa.scalar("}", pa.large_string())
    return pc.binary_join_element_wise(*parts, end, pa.scalar("", pa.large_string()))


def write_records(
    path: Path, extension: str, names: Sequence[str], body: Sequence[Texts], raw: frozenset[str]
) -> None:
    """Write rows as JSON lines (`jsonl`), as one page of an API (`json`) or as Parquet.

    Also as a table of SQLite (`sqlite`). In Parquet the columns in `raw` are whole numbers,
    all others text.
    """
    if extension == "parquet":
        columns = {}
        for name, column in zip(names, body, strict=True):
            text = pa.array(column, pa.string(), from_pandas=True)
            columns[name] = text.cast(pa.int32()) if name in raw else text
        pq.write_table(pa.table(columns), path, compression="zstd")
        return
    if extension == "sqlite":
        _write_database(path, "peserta", names, body)
        return
    rows = json_records(names, body, raw)
    mark = "\n" if extension == "jsonl" else ",\n"
    empty = pa.scalar("", pa.large_string())
    ended = pc.binary_join_element_wise(rows, empty, pa.scalar(mark, pa.large_string()))
    content = bytes(buffer_of(ended))
    if extension == "json":
        content = b'{"data":[' + content[: -len(mark)] + b'],"next":null}'
    path.write_bytes(content)


def _write_database(path: Path, table: str, names: Sequence[str], body: Sequence[Texts]) -> None:
    """Write columns as one table of a new SQLite file."""
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    with database:
        listed = ", ".join(f'"{name}" TEXT' for name in names)
        database.execute(f'CREATE TABLE "{table}" ({listed})')
        marks = ", ".join("?" * len(names))
        rows = zip(*(column.tolist() for column in body), strict=True)
        database.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
    database.close()
