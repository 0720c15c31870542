"""A small writer of .xlsx files that builds the sheet XML column by column.

The libraries that write workbooks do it cell by cell in Python: at some 20 million cells
for a large district that is half an hour. Here each column becomes XML in a few Arrow
calls, rows are joined element-wise and the buffer goes to the zip as it is. It knows only
what the exports need: inline text, numbers, date cells, merged cells, several sheets.
Equal content gives equal bytes (fixed timestamps and properties, one zlib level).
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.draws import Texts

TEXT, NUMBER, DATE = 0, 1, 2
"""Kinds of a cell. A NUMBER's or DATE's text must be a number (a DATE: an Excel serial)."""

Literal = str | int | float | None
_LEVEL = 1
_OPEN = (
    '<c t="inlineStr"><is><t xml:space="preserve">',
    "<c><v>",
    '<c s="1"><v>',
)
_CLOSE = ("</t></is></c>", "</v></c>", "</v></c>")


@dataclass
class Sheet:
    """One sheet: literal rows, then the columns of the body, then literal rows again."""

    name: str
    head: Sequence[Sequence[Literal]] = ()
    body: Sequence[Texts] = ()
    """Equally long text columns; None is an empty cell."""
    kinds: Sequence[np.ndarray | int] = ()
    """Per body column one kind for all its cells, or an array of kinds."""
    inserts: Sequence[tuple[int, Sequence[Literal]]] = ()
    """Literal rows put in before the body row of that index, in rising order."""
    tail: Sequence[Sequence[Literal]] = ()
    merges: Sequence[str] = field(default=())
    """Merged ranges such as `Y5:AD5`."""


def body_row_numbers(first: int, rows: int, inserts: Sequence[int]) -> np.ndarray:
    """Return the row numbers of body rows that start at `first`, given the rows put between."""
    shift = np.searchsorted(np.asarray(sorted(inserts), dtype=np.int64), np.arange(rows), "right")
    return first + np.arange(rows, dtype=np.int64) + shift


def column_letters(index: int) -> str:
    """Return the letters of the column with this index (0 = A)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _literal_row(cells: Sequence[Literal], number: int) -> str:
    parts = []
    for cell in cells:
        if cell is None:
            parts.append("<c/>")
        elif isinstance(cell, str):
            parts.append(f"{_OPEN[TEXT]}{escape(cell)}{_CLOSE[TEXT]}")
        else:
            parts.append(f"{_OPEN[NUMBER]}{cell}{_CLOSE[NUMBER]}")
    return f'<row r="{number}">{"".join(parts)}</row>'


def _column_xml(column: Texts, kinds: np.ndarray | int) -> pa.Array:
    text = pa.array(column, pa.large_string(), from_pandas=True)
    if pc.any(pc.match_substring_regex(text, "[&<>]")).as_py():
        for plain, coded in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = pc.replace_substring(text, plain, coded)
    if isinstance(kinds, np.ndarray) and (kinds == kinds[:1]).all():
        kinds = int(kinds[0]) if len(kinds) else TEXT
    if isinstance(kinds, np.ndarray):
        before = pa.array(_OPEN, pa.large_string()).take(pa.array(kinds.astype(np.int64)))
        after = pa.array(_CLOSE, pa.large_string()).take(pa.array(kinds.astype(np.int64)))
    else:
        before = pa.scalar(_OPEN[kinds], pa.large_string())
        after = pa.scalar(_CLOSE[kinds], pa.large_string())
    cell = pc.binary_join_element_wise(before, text, after, pa.scalar("", pa.large_string()))
    return pc.fill_null(cell, "<c/>")


def buffer_of(rows: pa.Array) -> memoryview:
    """Return the bytes of a text array without nulls, end to end, without copying."""
    offsets = np.frombuffer(rows.buffers()[1], dtype=np.int64)
    start, stop = offsets[rows.offset], offsets[rows.offset + len(rows)]
    return memoryview(rows.buffers()[2])[start:stop]


def _sheet_xml(sheet: Sheet) -> list[bytes | memoryview]:
    parts: list[bytes | memoryview] = [
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>"
    ]
    number = 0
    for row in sheet.head:
        number += 1
        parts.append(_literal_row(row, number).encode())
    size = len(sheet.body[0]) if sheet.body else 0
    positions = [position for position, _ in sheet.inserts]
    if size:
        numbers = body_row_numbers(number + 1, size, positions)
        cells = [_column_xml(*pair) for pair in zip(sheet.body, sheet.kinds, strict=True)]
        start = pc.binary_join_element_wise(
            pa.scalar('<row r="', pa.large_string()),
            pa.array(numbers).cast(pa.large_string()),
            pa.scalar('">', pa.large_string()),
            pa.scalar("", pa.large_string()),
        )
        end = pa.scalar("</row>", pa.large_string())
        rows = pc.binary_join_element_wise(start, *cells, end, pa.scalar("", pa.large_string()))
        done = 0
        for order, (position, literal) in enumerate(sheet.inserts):
            parts.append(buffer_of(rows.slice(done, position - done)))
            parts.append(_literal_row(literal, number + 1 + position + order).encode())
            done = position
        parts.append(buffer_of(rows.slice(done)))
        number += size + len(positions)
    for row in sheet.tail:
        number += 1
        parts.append(_literal_row(row, number).encode())
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in sheet.merges)
    if merged:
        merged = f'<mergeCells count="{len(sheet.merges)}">{merged}</mergeCells>'
    parts.append(f"</sheetData>{merged}</worksheet>".encode())
    return parts


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/>'
    '<name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill '
    'patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    '</cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" '
    'xfId="0"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" '
    'applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" '
    'xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_CORE = (
    f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>Lumbung demo'
    '</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">2020-01-01T00:00:00Z'
    "</dcterms:created></cp:coreProperties>"
)


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write these sheets as one .xlsx file. Raises ValueError if there is no sheet."""
    if not sheets:
        raise ValueError("a workbook needs a sheet")
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{i}" r:id="rId{i}"/>'
        for i, sheet in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    files: list[tuple[str, list[bytes | memoryview]]] = [
        (
            "[Content_Types].xml",
            [
                f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
                'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                '<Default Extension="xml" ContentType="application/xml"/><Override '
                f'PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{types}'
                f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
                '<Override PartName="/docProps/core.xml" ContentType="application/vnd.'
                'openxmlformats-package.core-properties+xml"/></Types>'.encode()
            ],
        ),
        (
            "_rels/.rels",
            [
                f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
                f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/><Relationship '
                f'Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
                'Target="docProps/core.xml"/></Relationships>'.encode()
            ],
        ),
        ("docProps/core.xml", [_CORE.encode()]),
        (
            "xl/workbook.xml",
            [
                f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}'
                "</sheets></workbook>".encode()
            ],
        ),
        (
            "xl/_rels/workbook.xml.rels",
            [
                f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship '
                f'Id="rId{len(sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
                "</Relationships>".encode()
            ],
        ),
        ("xl/styles.xml", [_STYLES.encode()]),
    ]
    files += [
        (f"xl/worksheets/sheet{i}.xml", _sheet_xml(sheet)) for i, sheet in enumerate(sheets, 1)
    ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, parts in files:
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            with archive.open(info, "w", force_zip64=False) as out:
                for part in parts:
                    out.write(part)
