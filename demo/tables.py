"""A writer of delimited text that joins whole columns at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

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
