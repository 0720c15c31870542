"""Files that no honest export looks like: a corpus, made by code, and its run in a cage.

`CASES` maps a name to how the file is made, which program reads it, and what must come of it: the
number of rows, or the codes of the refusals that are clear enough. `python hostile.py FOLDER` reads
them all, in one process whose memory is limited, and prints what came of each as JSON.
"""

from __future__ import annotations

import io
import json
import random
import resource
import sqlite3
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.exports.declaration import Program, program_from_attributes

# What must never be told outside: they stand in nearly every file.
SECRETS = ("3174091504900001", "BUDI SANTOSO", "4111111111111111")
HEADER = ["No", "NIK", "Nama", "Jumlah", "Keterangan"]
ROWS = [
    ["1", SECRETS[0], SECRETS[1], "200000", "lunas"],
    ["2", "3174091504900002", "SITI AMINAH", "200000", ""],
    ["3", "3174091504900003", "JOSÉ DA COSTA", "200000", "=1+1"],
]
MEMORY = 6 << 30
TEXT = {"id": "x", "en": "x"}


def _program(name: str, **read: Any) -> Program:
    columns = {
        "no": {"header": "No"},
        "nik": {"header": "NIK", "key": True, "identifier": {"type": "nik"}},
        "nama": {"header": "Nama", "key": True},
        "jumlah": {"header": "Jumlah"},
        "keterangan": {"header": "Keterangan", "required": False},
    }
    return program_from_attributes(
        {
            "name": name,
            "title": TEXT,
            "description": TEXT,
            "owner": "dinsos",
            "team": "x",
            "sector": "social",
            "government_level": "kabkota",
            "cadence": {"kind": "month", "first_period": "2026-01", "due_day": 10},
            "area_level": "kabkota",
            "read": read,
            "columns": columns,
        },
        name,
    )


ALL = ["csv", "xlsx", "xls", "ods", "json", "parquet", "sqlite", "zip"]
PROGRAMS = {
    "any": _program("any", formats=ALL, table="peserta"),
    "parts": _program(
        "parts",
        formats=["zip"],
        parts={"satu": {"pattern": "satu*.csv"}, "dua": {"pattern": "dua*.csv"}},
    ),
}


@dataclass(frozen=True)
class Case:
    """One file: how it is made, who reads it, and what comes of it."""

    make: Callable[[Path], None]
    expected: int | tuple[int | str, ...]
    program: str = "any"


CASES: dict[str, Case] = {}


def case(
    expected: int | str | tuple[int | str, ...], program: str = "any"
) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Register a function that gives a file's bytes."""
    codes = (expected,) if isinstance(expected, str) else expected

    def register(make: Callable[[], bytes]) -> Callable[[], bytes]:
        CASES[make.__name__] = Case(lambda path: _put(path, make()), codes, program)
        return make

    return register


def _put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def text(rows: list[list[str]], sign: str = ",", newline: str = "\n") -> str:
    """Rows as plain delimited text."""
    return "".join(sign.join(row) + newline for row in rows)


PLAIN = text([HEADER, *ROWS]).encode()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of `members`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, method)
    return out.getvalue()


def _letters(number: int) -> str:
    out = ""
    while number >= 0:
        out = chr(65 + number % 26) + out
        number = number // 26 - 1
    return out


def _cells(rows: list[list[str]]) -> str:
    out = []
    for i, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{_letters(j)}{i}" t="inlineStr"><is><t>{value}</t></is></c>'
            for j, value in enumerate(row)
            if value
        )
        out.append(f'<row r="{i}">{cells}</row>')
    return "".join(out)


_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xlsx(
    data: str | None = None,
    extra: dict[str, bytes] | None = None,
    head: str = "",
    sheets: dict[str, str] | None = None,
    states: dict[str, str] | None = None,
) -> bytes:
    """A workbook out of the XML of its cells. head: what stands before the root of a sheet."""
    parts = sheets or {"Data": data if data is not None else _cells([HEADER, *ROWS])}
    names = "".join(
        f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"'
        + (f' state="{states[n]}"' if states and n in states else "")
        + "/>"
        for i, n in enumerate(parts, start=1)
    )
    members = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{_REL}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook {_NS} xmlns:r="{_REL}"><sheets>{names}</sheets>'
        "</workbook>".encode(),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            + "".join(
                f'<Relationship Id="r{i}" Type="{_REL}/worksheet" '
                f'Target="worksheets/sheet{i}.xml"/>'
                for i in range(1, len(parts) + 1)
            )
            + f'<Relationship Id="s" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/>'
            "</Relationships>"
        ).encode(),
    }
    for i, cells in enumerate(parts.values(), start=1):
        members[f"xl/worksheets/sheet{i}.xml"] = (
            f"{head}<worksheet {_NS}><sheetData>{cells}</sheetData></worksheet>".encode()
        )
    return zipped({**members, **(extra or {})})


# Archives ---------------------------------------------------------------------------------------


@case(3)
def zip_of_one_file() -> bytes:
    return zipped({"data.csv": PLAIN})


@case(3)
def zip_with_a_path_in_the_name() -> bytes:
    return zipped({"../../../../tmp/lumbung-hostile-escape.csv": PLAIN})


@case(3)
def zip_with_an_absolute_name() -> bytes:
    return zipped({"/tmp/lumbung-hostile-escape.csv": PLAIN})


@case(3)
def zip_with_a_windows_path() -> bytes:
    return zipped({"C:\\Users\\x\\data.csv": PLAIN})


@case(3)
def zip_with_litter_of_a_file_manager() -> bytes:
    return zipped({"__MACOSX/._data.csv": b"\0\1", ".DS_Store": b"\0", "data.csv": PLAIN})


@case("truncated")
def zip_cut_off() -> bytes:
    return zipped({"data.csv": PLAIN * 50})[:-60]


@case("truncated")
def zip_with_a_broken_member() -> bytes:
    data = bytearray(zipped({"data.csv": PLAIN * 50}))
    data[60] ^= 0xFF
    data[70] ^= 0xFF
    return bytes(data)


@case("too_large")
def zip_bomb() -> bytes:
    return zipped({"data.csv": b"0" * (400 << 20)})


@case(("too_large", "truncated"))
def zip_bomb_that_lies_about_its_size() -> bytes:
    data = bytearray(zipped({"data.csv": b"0" * (400 << 20)}))
    true = struct.pack("<I", 400 << 20)
    while (place := data.find(true)) >= 0:
        data[place : place + 4] = struct.pack("<I", 100)
    return bytes(data)


@case("password_protected")
def zip_with_a_password() -> bytes:
    data = bytearray(zipped({"data.csv": PLAIN}))
    data[6] |= 1
    data[data.find(b"PK\1\2") + 8] |= 1
    return bytes(data)


@case("nested_archive")
def zip_in_a_zip() -> bytes:
    return zipped({"inner.zip": zipped({"data.csv": PLAIN})})


@case("too_many_members")
def zip_with_a_thousand_members() -> bytes:
    return zipped({f"{i}.csv": PLAIN for i in range(1_000)})


@case("several_files")
def zip_with_two_exports() -> bytes:
    return zipped({"a.csv": PLAIN, "b.csv": PLAIN})


@case("empty_file")
def zip_with_nothing() -> bytes:
    return zipped({"folder/": b""})


@case(6, "parts")
def zip_of_two_parts_and_a_stranger() -> bytes:
    return zipped({"satu.csv": PLAIN, "sub/DUA_juli.CSV": PLAIN, "baca.txt": b"halo"})


@case("missing_part", "parts")
def zip_without_a_part() -> bytes:
    return zipped({"satu.csv": PLAIN})


@case("doubled_part", "parts")
def zip_with_a_part_twice() -> bytes:
    return zipped({"satu.csv": PLAIN, "x/satu.csv": PLAIN, "dua.csv": PLAIN})


@case("header_only", "parts")
def zip_of_parts_without_a_row() -> bytes:
    head = text([HEADER]).encode()
    return zipped({"satu.csv": head, "dua.csv": head})


@case("wrong_type", "parts")
def parts_without_an_archive() -> bytes:
    return PLAIN


# Workbooks --------------------------------------------------------------------------------------


@case(3)
def workbook_plain() -> bytes:
    return xlsx()


@case(3)
def workbook_with_macros() -> bytes:
    return xlsx(extra={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0Sub AutoOpen()" * 100})


@case(3)
def workbook_with_external_links() -> bytes:
    link = b'<externalLink xmlns="x"><externalBook r:id="1"/></externalLink>'
    return xlsx(extra={"xl/externalLinks/externalLink1.xml": link})


@case(3)
def workbook_with_dde() -> bytes:
    link = b"<externalLink><ddeLink ddeService='cmd' ddeTopic='/c calc'/></externalLink>"
    return xlsx(extra={"xl/externalLinks/externalLink1.xml": link})


@case(3)
def workbook_with_formulas() -> bytes:
    body = _cells([HEADER, *ROWS]).replace(
        "</row>",
        '<c r="H2"><f>CALL("kernel32","WinExec","JCJ","calc",0)</f><v>7</v></c></row>',
        2,
    )
    return xlsx(body.replace('<c r="H2"><f>', '<c r="G1"><f>', 1))


@case("too_many_columns")
def workbook_of_16384_columns() -> bytes:
    return xlsx(_cells([[f"K{i}" for i in range(16_384)], ["1"] * 16_384]))


@case(("too_large", "truncated", "too_many_columns"))
def workbook_with_one_far_cell() -> bytes:
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    return xlsx(_cells([HEADER, *ROWS]) + far)


@case(3)
def workbook_with_a_cell_of_ten_megabytes() -> bytes:
    rows = [*ROWS[:2], [*ROWS[2][:4], "x" * (10 << 20)]]
    return xlsx(_cells([HEADER, *rows]))


@case(("truncated", "too_large", "header_not_found", "empty_file"))
def workbook_with_billion_laughs() -> bytes:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
    )
    body = '<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row>'
    return xlsx(body, head=f"<!DOCTYPE x [{entities}]>")


@case((3, "truncated", "header_not_found", "empty_file"))
def workbook_that_asks_for_a_local_file() -> bytes:
    head = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    row = '<row r="9"><c r="A9" t="inlineStr"><is><t>&f;</t></is></c></row>'
    return xlsx(_cells([HEADER, *ROWS]) + row, head=head)


@case(("too_large", "truncated"))
def workbook_of_shared_strings_without_end() -> bytes:
    body = b"<sst>" + b"<si><t>" + b"A" * (300 << 20) + b"</t></si></sst>"
    return xlsx(extra={"xl/sharedStrings.xml": body})


@case(("truncated", "header_not_found", 3))
def workbook_whose_strings_are_missing() -> bytes:
    body = '<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'
    return xlsx(body)


@case("several_sheets")
def workbook_of_two_lists() -> bytes:
    return xlsx(sheets={"Satu": _cells([HEADER, *ROWS]), "Dua": _cells([HEADER, *ROWS])})


@case((3, "several_sheets"))
def workbook_with_a_hidden_sheet() -> bytes:
    return xlsx(
        sheets={"Data": _cells([HEADER, *ROWS]), "Rahasia": _cells([["x", SECRETS[0]]])},
        states={"Rahasia": "veryHidden"},
    )


@case((3, 7, "header_twice"))
def workbook_of_two_tables_on_one_sheet() -> bytes:
    other = [
        ["9", "3174091504900009", "RINI", "1", "x"],
        ["8", "3174091504900008", "UDIN", "2", ""],
    ]
    more = [["7", "3174091504900007", "EKO", "1", "x"], ["6", "3174091504900006", "TONO", "2", ""]]
    return xlsx(_cells([HEADER, *ROWS, [""] * 5, HEADER, *other, *more]))


@case("header_only")
def workbook_of_a_header() -> bytes:
    return xlsx(_cells([HEADER]))


@case(("empty_file", "header_not_found"))
def workbook_of_nothing() -> bytes:
    return xlsx("")


@case("truncated")
def workbook_cut_off() -> bytes:
    return xlsx()[:-200]


@case(("truncated", "wrong_type"))
def workbook_without_a_workbook() -> bytes:
    return zipped({"xl/worksheets/sheet1.xml": b"<worksheet/>"})


@case("password_protected")
def workbook_with_a_password() -> bytes:
    mark = "EncryptedPackage".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + mark + bytes(4_000)


@case("truncated")
def old_workbook_of_junk() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(1).randbytes(20_000)


@case("truncated")
def old_workbook_in_a_circle() -> bytes:
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", head, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    struct.pack_into("<109I", head, 76, 0, *[0xFFFFFFFF] * 108)
    fat = struct.pack("<128I", 0xFFFFFFFD, 1, *[0xFFFFFFFF] * 126)
    return bytes(head) + fat + bytes(512)


def _old(records: list[tuple[int, bytes]]) -> bytes:
    """A compound file with one stream Workbook of these records."""
    stream = b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)
    stream += bytes(max(0, 4096 - len(stream)))
    sectors = -(-len(stream) // 512)
    stream += bytes(sectors * 512 - len(stream))
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", head, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    struct.pack_into("<109I", head, 76, 0, *[0xFFFFFFFF] * 108)
    chain = [*range(3, 2 + sectors), 0xFFFFFFFE]
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *chain]
    fat += [0xFFFFFFFF] * (128 - len(fat))

    def entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
        coded = name.encode("utf-16-le")
        body = coded.ljust(64, b"\0") + struct.pack("<HBB", len(coded) + 2, kind, 1)
        body += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36)
        return body + struct.pack("<IQ", start, size)

    folder = entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + entry(
        "Workbook", 2, 2, len(stream), 0xFFFFFFFF
    )
    return bytes(head) + struct.pack("<128I", *fat) + folder.ljust(512, b"\0") + stream


_BOF = (0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))


def _old_sheet(*before: tuple[int, bytes]) -> bytes:
    """An old workbook as its writers make it: globals, one sheet of text cells, and a chart."""
    globals_ = [(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)), *before]
    place = sum(4 + len(body) for _, body in globals_) + 4 + 12 + 4
    bound = struct.pack("<IBB", place, 0, 0) + b"\x04\x00Data"
    cells = [
        (0x204, struct.pack("<HHHHB", i, j, 0, len(value), 0) + value.encode("latin-1"))
        for i, row in enumerate([HEADER, *ROWS])
        for j, value in enumerate(row)
        if value
    ]
    # A sheet that is coloured to its last cell says so of its size, and holds nothing there.
    told = struct.pack("<IIHHH", 0, 65536, 0, 256, 0)
    chart = (0x809, struct.pack("<HHHHII", 0x600, 0x20, 0, 0, 0, 0))
    drawn = [chart, (0x200, struct.pack("<IIHHH", 0, 12, 0, 2, 0)), (0x0A, b"")]
    sheet = [_BOF, (0x200, told), *cells, *drawn, (0x0A, b"")]
    return _old([*globals_, (0x85, bound), (0x0A, b""), *sheet])


@case(3)
def old_workbook() -> bytes:
    return _old_sheet()


@case("password_protected")
def old_workbook_with_a_password() -> bytes:
    # Records keep their kind and length, and their bodies are noise: any row and any column.
    noise = random.Random(2)
    far = [(0x203, noise.randbytes(14)) for _ in range(20)]
    return _old_sheet((0x2F, struct.pack("<HHH", 1, 1, 1) + noise.randbytes(48)), *far)


@case("too_large")
def old_workbook_that_claims_four_billion_rows() -> bytes:
    told = struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 256, 0)
    return _old([_BOF, (0x200, told), (0x0A, b"")])


@case("too_large")
def old_workbook_of_many_far_cells() -> bytes:
    cell = (0x203, struct.pack("<HHHd", 65535, 255, 0, 1.0))
    return _old([_BOF, cell, (0x0A, b"")] * 10)


@case(("truncated", "wrong_type"))
def word_document_as_workbook() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")


@case("wrong_type")
def web_page_as_workbook() -> bytes:
    return b"<html><table><tr><td>NIK</td></tr></table></html>"


# Text -------------------------------------------------------------------------------------------


@case(3)
def text_plain() -> bytes:
    return PLAIN


@case("empty_file")
def nothing_at_all() -> bytes:
    return b""


@case("empty_file")
def text_of_blanks() -> bytes:
    return b" \n \n\t\n" * 50


@case("header_only")
def text_of_a_header() -> bytes:
    return text([HEADER]).encode()


@case(("wrong_type", "header_not_found"))
def text_with_nul_bytes() -> bytes:
    return PLAIN.replace(b"SITI", b"SI\0TI")


@case(3)
def text_in_utf16() -> bytes:
    return PLAIN.decode().encode("utf-16")


@case(("wrong_type", "header_not_found"))
def text_in_utf16_without_a_mark() -> bytes:
    return PLAIN.decode().encode("utf-16-le")


@case(3)
def text_of_mixed_encodings() -> bytes:
    return PLAIN.replace("É".encode(), b"\xc9").replace(b"SITI", "SÍTI".encode())


@case(("wrong_type", "header_not_found"))
def text_in_ebcdic() -> bytes:
    return PLAIN.decode().replace("É", "E").encode("cp500")


@case("wrong_type")
def noise() -> bytes:
    return random.Random(2).randbytes(100_000)


@case("truncated")
def text_with_a_quote_never_closed() -> bytes:
    return text([HEADER, *ROWS]).encode() + b'4,"' + b"a,b\n" * 10_000


@case("too_many_columns")
def text_of_a_million_commas() -> bytes:
    return b"," * 1_000_000 + b"\n" + PLAIN


@case(("too_many_columns", "truncated"))
def text_with_a_line_of_a_million_commas_below() -> bytes:
    return PLAIN + b"4," + b"," * 1_000_000 + b"\n"


@case(3)
def text_with_a_cell_of_ten_megabytes() -> bytes:
    rows = [*ROWS[:2], [*ROWS[2][:4], "x" * (10 << 20)]]
    return text([HEADER, *rows]).encode()


@case(("truncated", "too_large", "header_not_found"))
def text_of_one_endless_line() -> bytes:
    return b"x" * (40 << 20)


@case("truncated")
def text_cut_off_in_a_row() -> bytes:
    return PLAIN + b"4,3174"


@case("header_not_found")
def text_of_another_list() -> bytes:
    return b"a,b,c\n1,2,3\n"


@case("doubled_column")
def text_with_a_column_twice() -> bytes:
    return text([[*HEADER, "NIK"], *[[*r, "x"] for r in ROWS]]).encode()


@case(3)
def text_named_as_a_workbook_with_commands() -> bytes:
    return PLAIN.replace(b"=1+1", b"=cmd|'/c calc'!A0")


@case(3)
def text_with_lone_carriage_returns() -> bytes:
    return PLAIN.replace(b"\n", b"\r")


@case("wrong_type")
def a_gzip() -> bytes:
    return b"\x1f\x8b\x08" + bytes(100)


@case("wrong_type")
def a_pdf() -> bytes:
    return b"%PDF-1.7\n" + PLAIN


# JSON -------------------------------------------------------------------------------------------

RECORDS = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
LINES = "".join(json.dumps(r) + "\n" for r in RECORDS)


@case(3)
def json_lines() -> bytes:
    return ("\ufeff" + LINES.replace("\n", "\r\n")).encode()


@case(3)
def json_in_utf16() -> bytes:
    return json.dumps(RECORDS, indent=2).encode("utf-16")


@case("truncated")
def json_cut_off() -> bytes:
    return LINES.encode()[:-30]


@case("truncated")
def json_array_cut_off() -> bytes:
    return json.dumps(RECORDS).encode()[:-1]


@case("too_deep")
def json_nested_without_end() -> bytes:
    deep = '{"NIK":"1","Nama":"x","No":"1","Jumlah":' + "[" * 100_000 + "]" * 100_000 + "}"
    return (LINES + deep + "\n").encode()


@case(3)
def json_with_huge_numbers() -> bytes:
    return LINES.replace('"200000"', "1" + "0" * 5_000, 1).replace('"200000"', "1e999999").encode()


@case(3)
def json_with_nan() -> bytes:
    return LINES.replace('"200000"', "NaN", 1).replace('"200000"', "-Infinity", 1).encode()


@case(3)
def json_with_half_a_character() -> bytes:
    return LINES.replace("lunas", "\\ud800").encode()


@case(3)
def json_with_a_name_twice() -> bytes:
    return LINES.replace('"Nama"', '"NIK": "x", "Nama"', 1).encode()


@case("not_records")
def json_of_numbers() -> bytes:
    return b'[{"NIK": 1}, 2, 3]'


@case("too_many_columns")
def json_of_endless_names() -> bytes:
    return "".join(json.dumps({f"k{i}": i, **RECORDS[0]}) + "\n" for i in range(3_000)).encode()


@case(("truncated", "header_not_found"))
def json_after_json() -> bytes:
    return json.dumps(RECORDS).encode() + b"garbage"


# Parquet and databases --------------------------------------------------------------------------


def parquet(table: pa.Table, **options: Any) -> bytes:
    """A Parquet file of `table`."""
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


TABLE = pa.table({name: [row[i] for row in ROWS] for i, name in enumerate(HEADER)})


@case(3)
def parquet_plain() -> bytes:
    return parquet(TABLE)


@case("truncated")
def parquet_cut_off() -> bytes:
    return parquet(TABLE)[:-50]


@case("truncated")
def parquet_of_a_mark_alone() -> bytes:
    return b"PAR1" + bytes(200) + b"PAR1"


@case("truncated")
def parquet_with_broken_pages() -> bytes:
    data = bytearray(parquet(TABLE))
    for place in range(10, 120):
        data[place] ^= 0x5A
    return bytes(data)


@case(3)
def parquet_with_nested_types() -> bytes:
    table = TABLE.append_column("Isi", pa.array([[{"a": 1}], [], None]))
    return parquet(table.set_column(3, "Jumlah", pa.array([1.0, None, 2.5])))


@case("too_large")
def parquet_of_one_value_repeated() -> bytes:
    places = pa.array([0] * 5_000, pa.int32())
    long = pa.DictionaryArray.from_arrays(places, pa.array(["x" * 1_000_000]))
    return parquet(pa.table({name: long if name == "Nama" else places for name in HEADER}))


@case("header_only")
def parquet_without_rows() -> bytes:
    return parquet(TABLE.slice(0, 0))


def database(*statements: str, cut: int = 0) -> bytes:
    """An SQLite file after `statements`."""
    con = sqlite3.connect(":memory:")
    for statement in statements:
        con.execute(statement)
    con.commit()
    data = con.serialize()
    return data[: len(data) - cut] if cut else data


_MAKE = f"CREATE TABLE peserta ({', '.join(HEADER)})"
_FILL = "INSERT INTO peserta VALUES " + ", ".join(
    "(" + ", ".join("'" + cell.replace("'", "''") + "'" for cell in row) + ")" for row in ROWS
)


@case(3)
def database_plain() -> bytes:
    return database(_MAKE, _FILL)


@case(3)
def database_with_triggers() -> bytes:
    trigger = "CREATE TRIGGER t AFTER INSERT ON peserta BEGIN DELETE FROM peserta; END"
    return database(_MAKE, _FILL, trigger)


@case("missing_table")
def database_with_a_view_for_a_table() -> bytes:
    return database(
        _MAKE.replace("peserta", "asli"),
        _FILL.replace("peserta", "asli"),
        "CREATE VIEW peserta AS SELECT * FROM asli",
    )


@case("missing_table")
def database_with_a_view_that_never_ends() -> bytes:
    return database(
        "CREATE VIEW peserta AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) "
        "SELECT x AS No, x AS NIK, x AS Nama, x AS Jumlah FROM c"
    )


@case((3, "truncated"))
def database_with_an_index_that_misleads() -> bytes:
    return database(_MAKE, _FILL, "CREATE INDEX i ON peserta (NIK DESC, No, Nama, Jumlah)")


@case("truncated")
def database_cut_off() -> bytes:
    rows = [_FILL] * 400
    return database(_MAKE, *rows, cut=20_000)


@case("truncated")
def database_with_broken_pages() -> bytes:
    data = bytearray(database(_MAKE, *[_FILL] * 400))
    for place in range(8192, len(data), 7):
        data[place] ^= 0xA5
    return bytes(data)


@case("missing_table")
def database_without_the_table() -> bytes:
    return database("CREATE TABLE lain (a)")


@case("truncated")
def database_of_a_mark_alone() -> bytes:
    return b"SQLite format 3\0" + bytes(50)


@case(3)
def database_with_blobs_and_bad_text() -> bytes:
    return database(
        _MAKE, _FILL, "UPDATE peserta SET Keterangan = CAST(x'ff00fe' AS TEXT), Jumlah = x'00ff'"
    )


def _main(folder: Path) -> None:
    """Read every file in `folder` and print what came of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from pipelines.exports.parse import parse

    for name, this in CASES.items():
        out = folder / "out" / f"{name}.parquet"
        started = time.perf_counter()
        parsed = parse(folder / name, PROGRAMS[this.program], out, file_name=f"{name}.dat")
        left = sorted(p.name for p in out.parent.iterdir() if p != out)
        problem = parsed.problem
        result = {
            "name": name,
            "code": problem.code if problem else None,
            "messages": [problem.message_id, problem.message_en] if problem else [],
            "rows": parsed.rows_count,
            "records": parsed.records_count,
            "accounted": parsed.rows_count + parsed.title_rows + parsed.header_rows
            + parsed.blank_rows + parsed.repeated_headers + parsed.footer_rows,
            "left_behind": left,
            "seconds": round(time.perf_counter() - started, 2),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }  # fmt: skip
        out.unlink(missing_ok=True)
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
