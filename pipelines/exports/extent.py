"""How many cells a member of a workbook would open to, told from its XML without opening it.

Sheets are opened as rectangles: one far-off cell, or one cell said to be repeated, makes a file of
a few hundred bytes fill the memory. So every member is read once as a stream, whatever it is
called, and the rectangle of its cells is worked out before a reader sees it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.parsers import expat

ODS_CONTENT = "content.xml"
# A cell of an OpenDocument sheet takes about four times the memory of one of an Excel sheet.
ODS_WEIGHT = 4
PIECE_BYTES = 1 << 20
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

# How the programs in use write rows and cells: `r` comes first. Anything else is looked at closer.
_CELL = b'<c r="'
_ROW = b'<row r="'
_CELL_ROW = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
_CELL_COLUMN = re.compile(rb'<c r="([A-Z]{2,3})')
_ROW_NUMBER = re.compile(rb'<row r="([0-9]{1,7})"')
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_TAGS = [
    before + name + after
    for before in (b"<", b":")
    for name in (b"c", b"row")
    for after in (b" ", b"\t", b"\r", b"\n", b"/", b">")
]
_VALUES = frozenset(
    {"value-type", "value", "string-value", "date-value", "time-value", "boolean-value", "formula"}
)


@dataclass
class Extent:
    """The rectangle of a member's cells: rows and columns of its sheets.

    size_bytes: the member expanded. cells: what its sheets open to, weighed as cells of an Excel
    sheet. text_bytes: the text of cells that are said to be repeated, as often as they are.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    text_bytes: int = 0
    size_bytes: int = 0


def of_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most_bytes: int) -> Extent:
    """Measure one member; stops after `most_bytes`, with a size_bytes beyond them.

    Raises what zipfile raises for a damaged member, and ValueError for XML that cannot be right.
    """
    if member.filename == ODS_CONTENT:
        return _ods(archive, member, most_bytes)
    found = Extent()
    is_plain = True
    tags = 0
    rest = b""
    for piece in _pieces(archive, member):
        if not found.size_bytes and piece.startswith(_UTF16) and b"<\0" in piece[:200]:
            raise ValueError("a sheet in UTF-16")
        found.size_bytes += len(piece)
        if found.size_bytes > most_bytes:
            return found
        # Whole tags only: what begins after the last `<` waits for the next piece.
        piece = rest + piece
        cut = piece.rfind(b"<")
        is_cut_well = cut >= 0 and len(piece) - cut <= PIECE_BYTES
        rest = piece[cut:] if is_cut_well else b""
        here, plain = _measure(piece[: len(piece) - len(rest)], found)
        tags += here
        is_plain &= plain and (is_cut_well or cut < 0)
    here, plain = _measure(rest, found)
    if not (is_plain and plain):
        _closely(archive, member, found, tags + here)
    found.cells += found.rows * found.columns
    return found


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece


def _tags(part: bytes) -> int:
    """How many rows and cells begin in it."""
    if not part.count(b":c") and not part.count(b":row"):
        # Nothing else that is usual in a sheet begins so but `<col>`.
        tags = part.count(b"<c") - part.count(b"<col") + part.count(b"<row")
        if tags == part.count(_CELL) + part.count(_ROW):
            return tags
    return sum(part.count(tag) for tag in _TAGS)


def _measure(part: bytes, found: Extent) -> tuple[int, bool]:
    """Widen `found` by the places that are told.

    Returns the number of tags of rows and cells, and whether all of them told their place.
    """
    tags = _tags(part)
    cells, rows = _CELL_ROW.findall(part), _ROW_NUMBER.findall(part)
    if cells or rows:
        found.rows = max([found.rows, *map(int, {*cells, *rows})])
        columns = set(_CELL_COLUMN.findall(part))
        found.columns = max([found.columns, 26, *(_column_number(c.decode()) for c in columns)])
    return tags, tags == len(cells) + len(rows)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _closely(archive: zipfile.ZipFile, member: zipfile.ZipInfo, found: Extent, tags: int) -> None:
    """Measure element by element: a row or cell that says no place follows the one before it."""
    row = column = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        kind = name.rpartition(":")[2]
        if kind == "row":
            told = attributes.get("r")
            row, column = int(told) if told else row + 1, 0
        elif kind == "c":
            place = _REFERENCE.fullmatch(attributes.get("r") or "")
            column = _column_number(place[1]) if place else column + 1
            found.rows = max(found.rows, row, int(place[2]) if place else 0)
            found.columns = max(found.columns, column)

    try:
        _parse(_pieces(archive, member), start)
    except expat.ExpatError:
        # No XML, or none that can be followed: as if every tag were a row and a column further on.
        found.cells += (found.rows + tags) * (found.columns + tags)


def _ods(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most_bytes: int) -> Extent:
    """Measure the sheets of an OpenDocument: cells and rows may be said to be repeated.

    Empty cells to the right and below are not opened, however many; those between are.
    """
    found = Extent()
    total = widest = 0
    row = column = filled_to = row_text = cell_text = repeated = rows_repeated = 0
    is_filled = in_cell = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, filled_to, row_text, cell_text, repeated, rows_repeated
        nonlocal is_filled, in_cell
        kind = name.rpartition(":")[2]
        told = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if kind == "table":
            found.rows = row = 0
        elif kind == "table-row":
            column = filled_to = row_text = 0
            rows_repeated = _times(told.get("number-rows-repeated"))
        elif kind in ("table-cell", "covered-table-cell"):
            repeated = _times(told.get("number-columns-repeated"))
            column += repeated
            is_filled = not _VALUES.isdisjoint(told)
            cell_text = sum(map(len, told.values()))
            in_cell = True

    def text(data: str) -> None:
        nonlocal is_filled, cell_text
        if in_cell:
            is_filled = is_filled or bool(data.strip())
            cell_text += len(data)

    def end(name: str) -> None:
        nonlocal row, filled_to, row_text, in_cell, widest
        kind = name.rpartition(":")[2]
        if kind in ("table-cell", "covered-table-cell"):
            in_cell = False
            if is_filled:
                filled_to = column
                row_text += cell_text * repeated
        elif kind == "table-row":
            row += rows_repeated
            if filled_to:
                found.rows = row
                widest = max(widest, filled_to)
                found.columns = max(found.columns, filled_to)
                found.text_bytes += row_text * rows_repeated
        elif kind == "table":
            found.cells += found.rows * widest * ODS_WEIGHT
            found.rows = widest = row = 0

    def pieces() -> Iterator[bytes]:
        nonlocal total
        for piece in _pieces(archive, member):
            total += len(piece)
            if total > most_bytes:
                return
            yield piece

    try:
        _parse(pieces(), start, end, text)
    except expat.ExpatError:
        if total <= most_bytes:
            raise ValueError("content that is no XML") from None
    found.size_bytes = total
    return found


def _times(told: str | None) -> int:
    times = int(told) if told else 1
    if times < 0:
        raise ValueError("repeated less than never")
    return times


def _parse(
    pieces: Iterator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    if end:
        parser.EndElementHandler = end
    if text:
        parser.CharacterDataHandler = text
    for piece in pieces:
        parser.Parse(piece, False)
    parser.Parse(b"", True)
