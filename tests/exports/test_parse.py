from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date, datetime

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_declaration import changed

from pipelines.exports.declaration import load_programs, program_from_attributes
from pipelines.exports.parse import parse, schema
from pipelines.exports.table import Limits

HEADER = ["No", "NIK", "Nama Penerima", "Jumlah (Rp)", "Keterangan"]
ROWS = [
    ["1", "3174091504900001", "BUDI SANTOSO", "Rp 1.200.000,00", ""],
    ["2", "'0074091504900002", 'SITI "UPI"', "-", "pindah\nrumah"],
    ["3", "", "JOSÉ; DA|COSTA, X", "=1+1", "0"],
]


def declared(**changes):
    attributes = changed(
        columns={
            "no": {"header": "No"},
            "nik": {
                "header": "NIK",
                "key": True,
                "identifier": {"type": "nik"},
                "aliases": ["No KTP"],
            },
            "nama_penerima": {"header": "Nama Penerima", "key": True},
            "jumlah_rp": {"header": "Jumlah (Rp)"},
            "keterangan": {"header": "Keterangan", "required": False},
        }
    )
    attributes.update(changes)
    return program_from_attributes(attributes, "x")


PROGRAM = declared()
DAPODIK = next(p for p in load_programs() if p.name == "dapodik")


def text(rows, delimiter=";", newline="\r\n", encoding="utf-8"):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return out.getvalue().encode(encoding)


def workbook(sheets, merges=(), hidden=()):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        dates = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for i, row in enumerate(rows):
                for j, value in enumerate(row):
                    if isinstance(value, date | datetime):
                        sheet.write_datetime(i, j, value, dates)
                    elif isinstance(value, str):
                        sheet.write_string(i, j, value) if value else None
                    elif value is not None:
                        sheet.write(i, j, value)
            for row, left, right, value in merges:
                sheet.merge_range(row, left, row, right, value)
    return out.getvalue()


@pytest.fixture
def read(tmp_path):
    def read_(content, program=PROGRAM, name="bantuan_3174_2026-06.csv", **options):
        path = tmp_path / "received.bin"
        path.write_bytes(content)
        out = tmp_path / "out" / "rows.parquet"
        out.unlink(missing_ok=True)
        parsed = parse(path, program, out, file_name=name, **options)
        assert out.exists() == (parsed.problem is None)
        assert [p.name for p in out.parent.iterdir()] in ([], ["rows.parquet"])
        if parsed.problem:
            return parsed, []
        table = pq.read_table(out)
        assert table.schema.equals(schema(program))
        assert table.num_rows == parsed.rows_count
        assert parsed.left_out.num_rows == parsed.footer_rows
        assert parsed.records_count == (
            parsed.title_rows + parsed.header_rows + parsed.blank_rows + parsed.repeated_headers
            + parsed.footer_rows + parsed.rows_count
        )  # fmt: skip
        return parsed, table.to_pylist()

    return read_


def cells(rows, program=PROGRAM):
    return [[row[name] or "" for name in program.columns] for row in rows]


def refused(read, content, code, *mentions, **options):
    name = options.setdefault("name", "bantuan_3174_2026-06.csv")
    parsed, _ = read(content, **options)
    assert parsed.problem is not None, parsed
    assert parsed.problem.code == code, parsed.problem
    assert parsed.rows_count == 0
    for message in (parsed.problem.message_id, parsed.problem.message_en):
        assert name in message
        assert message.endswith(".")
        assert "\n" not in message
        for mention in mentions:
            assert mention in message
        for row in ROWS:
            for value in row:
                assert len(value) < 3 or value not in message, "a cell is repeated in a message"
    return parsed.problem


# Text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_text_in_any_dialect_comes_back_cell_by_cell(read, delimiter, encoding, newline):
    parsed, rows = read(text([HEADER, *ROWS], delimiter, newline, encoding))
    assert cells(rows) == ROWS
    assert [row["source_row"] for row in rows] == [2, 3, 4]
    assert parsed.delimiter == delimiter
    assert parsed.encoding == {"cp1252": "windows-1252"}.get(encoding, encoding)
    assert rows[0]["extra_columns"] is None
    assert rows[0]["keterangan"] is None


def test_source_row_counts_titles_blank_lines_and_quoted_line_breaks_as_a_spreadsheet_does(read):
    lines = text([["DAFTAR BANTUAN"], ["Juni 2026"], [], HEADER, ROWS[1], [], ["", "  "], ROWS[0]])
    parsed, rows = read(lines)
    assert [row["source_row"] for row in rows] == [5, 8]
    assert (parsed.title_rows, parsed.blank_rows, parsed.header_row) == (2, 3, 4)


def test_headers_match_whatever_their_case_space_and_punctuation_and_by_alias(read):
    parsed, rows = read(text([["NO.", "no ktp", " NAMA\nPENERIMA ", "jumlah_rp", "Ket"], ROWS[0]]))
    assert rows[0]["nik"] == "3174091504900001"
    assert parsed.unknown_columns == ("Ket",)
    assert parsed.missing_columns == ("keterangan",)


def test_unknown_columns_are_kept_under_names_of_their_own(read):
    header = [*HEADER, "No. HP", "No HP", ""]
    _, rows = read(text([header, [*ROWS[0], "08123", "", "x"], [*ROWS[1], "", "", ""]]))
    assert json.loads(rows[0]["extra_columns"]) == {"no_hp": "08123", "column_8": "x"}
    assert rows[1]["extra_columns"] is None


def test_a_row_with_too_few_or_too_many_fields_is_kept_and_marked(read):
    content = text([HEADER, ROWS[0], ["2", "x", "A"], [*ROWS[0], "over"], [*ROWS[0], ""], ROWS[0]])
    parsed, rows = read(content)
    assert (parsed.rows_count, parsed.short_rows, parsed.long_rows) == (5, 1, 1)
    assert json.loads(rows[1]["extra_columns"]) == {"_fields_sent": "3"}
    assert json.loads(rows[2]["extra_columns"]) == {"_fields_sent": "6", "column_6": "over"}
    assert [rows[i]["extra_columns"] for i in (0, 3, 4)] == [None, None, None]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ('5" pipa', '5" pipa'),
        ('"JL "MAWAR" NO 5"', 'JL "MAWAR" NO 5'),
        ('"MAWAR" NO 5', "MAWAR NO 5"),
        ('"say ""hi"""', 'say "hi"'),
        ('""', ""),
        ('a""b', 'a""b'),
    ],
)
def test_a_stray_quote_does_not_swallow_the_following_rows(read, field, value):
    lines = [";".join(HEADER), f"1;1;{field};5;x", "2;2;B;5;y", f"3;3;{field};5;z", ""]
    _, rows = read("\n".join(lines).encode())
    assert [row["nama_penerima"] or "" for row in rows] == [value, "B", value]
    assert [row["source_row"] for row in rows] == [2, 3, 4]


def test_chunks_do_not_show(read):
    many = [ROWS[i % 3] for i in range(400)]
    content = text([HEADER, *many])
    whole = read(content)
    for size in (97, 1000, 4096):
        assert read(content, limits=Limits(chunk_bytes=size)) == whole
    assert cells(whole[1]) == many


def test_five_bytes_that_windows_1252_does_not_know_are_not_lost(read):
    _, rows = read(b"No;NIK;Nama Penerima;Jumlah (Rp)\n1;2;A\x81B\xe9;3\n")
    assert rows[0]["nama_penerima"] == "A\x81Bé"


def test_a_file_of_carriage_returns_alone(read):
    _, rows = read(text([HEADER, ROWS[0], ROWS[2]], newline="\r"))
    assert [row["source_row"] for row in rows] == [2, 3]


# What is not a row -----------------------------------------------------------------------------


def test_totals_notes_signatures_and_repeated_headers_are_counted_not_read(read):
    body = [ROWS[0], [], HEADER, ROWS[1], ["", "", "JUMLAH", "1.200.000"], ROWS[2]]
    foot = [["TOTAL", "", "", "9"], [], ["Catatan: sementara"], ["", "", "", "Jakarta, 1 Juli"],
            ["", "", "", "", "Mengetahui,"], ["", "", "KEPALA SEKSI"]]  # fmt: skip
    parsed, rows = read(text([HEADER, *body, *foot]))
    assert cells(rows) == ROWS
    assert [row["source_row"] for row in rows] == [2, 5, 7]
    assert (parsed.repeated_headers, parsed.blank_rows, parsed.footer_rows) == (1, 2, 6)
    assert parsed.left_out.to_pydict() == {
        "source_row": [6, 8, 10, 11, 12, 13],
        "line": ["JUMLAH | 1.200.000", "TOTAL | 9", "Catatan: sementara", "Jakarta, 1 Juli",
                 "Mengetahui,", "KEPALA SEKSI"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        ["Total", "3174091504900009", "", "", ""],
        ["4", "", "JUMLAH", "", ""],
        ["", "3174091504900009", "", "", ""],
        ["4", "", "", "", ""],
    ],
)
def test_a_row_that_may_be_somebody_is_never_taken_for_a_total(read, row):
    _, rows = read(text([HEADER, *ROWS, row]))
    assert cells(rows)[-1] == row
    if row[1]:
        _, rows = read(text([HEADER, *ROWS, [], row]))
        assert cells(rows)[-1] == row


def test_a_programs_own_footers():
    assert PROGRAM.read.footer_pattern.match(" TOTAL penerima")
    assert not PROGRAM.read.footer_pattern.match("TOTALINDO")
    assert not PROGRAM.read.footer_pattern.match("Sumber Agung")
    assert declared(read={"footers": ["-$"]}).read.footer_pattern.match("-")


@pytest.mark.parametrize("year", range(2015, 2023))
def test_the_real_tables_of_bps(read, year):
    from pipelines import settings as places

    programs = load_programs()
    bps = next(p for p in programs if p.name == "bps")
    content = (
        places.REFERENCE_DIR / "bps_poverty_raw" / f"penduduk_miskin_provinsi_{year}.csv"
    ).read_bytes()
    parsed, rows = read(content, program=bps, name=f"bps_00_{year}.csv", programs=programs)
    names = [row["provinsi"] for row in rows]
    assert names[0] == "Aceh"
    assert names[-1] == "Indonesia"
    assert len(names) == (39 if year == 2022 else 35)
    assert parsed.encoding == "utf-8-sig"
    assert parsed.footer_rows == (2 if year == 2022 else 0)
    assert bool(parsed.missing_columns) == (year < 2017)


# Workbooks -------------------------------------------------------------------------------------


def test_cells_of_a_workbook_are_the_text_their_sender_sees(read):
    row = [1, 3174091504900001, "007", 0.1, date(1990, 12, 31)]
    more = [
        2.0,
        "3.17E+15",
        "=HYPERLINK(1)",
        1234567.25,
        datetime.fromisoformat("2026-07-01T08:30:00"),
    ]
    last = [3, True, "x", -5, 33238]
    parsed, rows = read(workbook({"Data": [HEADER, row, more, last]}))
    assert cells(rows) == [
        ["1", "3174091504900001", "007", "0.1", "1990-12-31"],
        ["2", "3.17E+15", "=HYPERLINK(1)", "1234567.25", "2026-07-01 08:30:00"],
        ["3", "TRUE", "x", "-5", "33238"],
    ]
    assert (parsed.kind, parsed.sheet, parsed.encoding) == ("xlsx", "Data", None)


def test_the_sheet_is_chosen_by_its_header_and_the_name_of_the_file_does_not_matter(read):
    content = workbook({"Petunjuk": [["Isi data"]], "Lembar2": [["x"], [], HEADER, *ROWS]})
    parsed, rows = read(content, name="bantuan_3174_2026-06.csv")
    assert (parsed.sheet, parsed.header_row, len(rows)) == ("Lembar2", 3, 3)
    assert [row["source_row"] for row in rows] == [4, 5, 6]
    parsed, rows = read(text([HEADER, *ROWS]), name="bantuan_3174_2026-06.xlsx")
    assert (parsed.kind, len(rows)) == ("csv", 3)


def test_an_empty_template_beside_the_data_is_no_second_table(read):
    parsed, _ = read(workbook({"Format": [HEADER], "Isi": [HEADER, *ROWS]}))
    assert parsed.sheet == "Isi"


def test_rows_on_two_sheets_are_never_half_read(read):
    sheets = {"Jan": [HEADER, ROWS[0]], "Feb": [HEADER, ROWS[1]]}
    refused(read, workbook(sheets), "several_sheets", "'Jan'", "'Feb'")
    parsed, _ = read(workbook(sheets), program=declared(read={"sheet": "feb"}))
    assert parsed.sheet == "Feb"


def dapodik_rows():
    top, below, merges = [], [], []
    for column in DAPODIK.columns.values():
        if column.under:
            if column.under not in top:
                merges.append((4, len(top), len(top) + 5, column.under))
                top.append(column.under)
            else:
                top.append("")
            below.append(column.header)
        else:
            top.append(column.header)
            below.append("")
    return top, below, merges


@pytest.mark.parametrize("merged", [True, False])
def test_two_row_headers_under_merged_cells(read, merged):
    top, below, merges = dapodik_rows()
    data = [f"v{i}" for i in range(66)]
    title = [["Daftar Peserta Didik"], ["SD NEGERI"], ["Kec."], ["Tanggal Unduh"]]
    data2 = [f"w{i}" for i in range(66)]
    content = workbook(
        {"D": [*title, top, below, data, top, below, data2]}, merges if merged else ()
    )
    parsed, rows = read(content, program=DAPODIK, name="dapodik_3174_2026S1.xlsx")
    assert cells(rows, DAPODIK) == [data, data2]
    assert rows[0]["ayah_nama"] == data[24]
    assert rows[0]["wali_nik"] == data[41]
    assert rows[0]["rombel_saat_ini"] == data[42]
    assert (parsed.header_row, parsed.header_rows, parsed.repeated_headers) == (5, 2, 2)
    assert [row["source_row"] for row in rows] == [7, 10]
    assert (parsed.title_rows, parsed.unknown_columns) == (4, ())


def test_a_two_row_header_in_text(read):
    top, below, _ = dapodik_rows()
    data = [f"v{i}" for i in range(66)]
    _, rows = read(text([top, below, data]), program=DAPODIK, name="dapodik_3174_2026S1.csv")
    assert cells(rows, DAPODIK) == [data]


# Files that are refused ------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf", b";;;\n;;;\n"])
def test_an_empty_file(read, content):
    refused(read, content, "empty_file")


def test_an_empty_workbook(read):
    refused(read, workbook({"Sheet1": []}), "empty_file")


def test_a_header_without_rows(read):
    refused(read, text([HEADER]), "header_only")
    refused(read, workbook({"A": [["judul"], HEADER, []]}), "header_only")
    refused(read, text([HEADER, ["TOTAL", "", "", "0"]]), "header_only")


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n%...",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"<html><table><tr><td>NIK</td></tr></table></html>",
        b"\x1f\x8b\x08\x00",
        b"Rar!\x1a\x07\x00",
        bytes(range(256)) * 20,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le"),
    ],
)
def test_what_is_no_table(read, content):
    refused(read, content, "wrong_type", "csv, xlsx, xls")


def zipped(names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_other_archives(read):
    refused(read, zipped({"a.csv": "x"}), "wrong_type")
    refused(read, zipped({"word/document.xml": "x"}), "wrong_type")
    refused(read, zipped({"xl/workbook.xml": "x"}), "truncated")


def test_a_workbook_with_a_password(read):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000
    content += "EncryptedPackage".encode("utf-16-le")
    refused(read, content, "password_protected")


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_a_workbook_that_is_cut_off(read, part):
    content = workbook({"Data": [HEADER, *ROWS * 50]})
    refused(read, content[: int(len(content) * part)], "truncated")


def test_a_workbook_with_a_damaged_sheet(read):
    content = bytearray(workbook({"Data": [HEADER, *ROWS * 50]}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        at = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    content[at + 120] ^= 0xFF
    refused(read, bytes(content), "truncated")


def test_an_old_workbook_that_is_cut_off(read):
    refused(read, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504, "truncated")


def test_text_that_is_cut_off(read):
    whole = text([HEADER, *ROWS])
    inside_a_quote = whole[: whole.index(b"rumah") + 2]
    refused(read, inside_a_quote, "truncated", "3")
    refused(read, whole[: whole.index(b'"JOS')], "truncated", "4", "'Keterangan'")
    half_a_letter = whole.index("É".encode()) + 1
    refused(read, text([["É"]]) + whole[:half_a_letter], "truncated")


def test_a_missing_column(read):
    rows = [[row[0], *row[2:]] for row in [HEADER, *ROWS]]
    refused(read, text(rows), "missing_column", "'NIK'")
    refused(read, workbook({"A": rows}), "missing_column", "'NIK'")


def test_a_renamed_column(read):
    header = ["No", "NIK Penduduk", *HEADER[2:]]
    refused(read, text([header, *ROWS]), "renamed_column", "'NIK'", "'NIK Penduduk'", "2")


def test_a_label_that_could_be_a_persons_is_not_repeated(read):
    header = ["No", "3174091504900001", *HEADER[2:]]
    refused(read, text([header, *ROWS]), "renamed_column", "'NIK'")


def test_a_doubled_column(read):
    header = [*HEADER, "nik"]
    refused(read, text([header, *([*row, ""] for row in ROWS)]), "doubled_column", "'NIK'")


def test_a_header_that_stands_twice(read):
    refused(read, text([HEADER, HEADER, *ROWS]), "header_twice", "'No'")
    refused(read, text([HEADER, [], HEADER, *ROWS]), "header_twice")
    refused(read, text([HEADER, *ROWS, HEADER, *ROWS]), "header_twice")
    parsed, _ = read(text([HEADER, *ROWS, HEADER, *ROWS[:2]]))
    assert (parsed.rows_count, parsed.repeated_headers) == (5, 1)


def test_a_two_row_header_that_stands_twice(read):
    top, below, _ = dapodik_rows()
    data = [f"v{i}" for i in range(66)]
    content = text([top, below, top, below, data])
    parsed, _ = read(content, program=DAPODIK, name="dapodik_3174_2026S1.csv")
    assert parsed.problem is not None
    assert parsed.problem.code == "header_twice"


def test_no_header_at_all_repeats_no_cell(read):
    refused(read, text(ROWS), "header_not_found", "'NIK'")
    refused(read, workbook({"A": ROWS}), "header_not_found", "'NIK'")


def test_a_header_below_the_first_rows_is_not_looked_for(read):
    program = declared(read={"header_within": 3})
    refused(read, text([["x"]] * 3 + [HEADER, *ROWS]), "header_not_found", program=program)
    parsed, _ = read(text([["x"]] * 2 + [HEADER, *ROWS]), program=program)
    assert parsed.header_row == 3


def test_a_file_of_another_program_is_told_by_its_columns(read):
    programs = [p for p in load_programs() if not p.read.parts]
    for place, theirs in enumerate(programs):
        labels = [column.header for column in theirs.columns.values()]
        if theirs.name == "dapodik":
            content = text([*dapodik_rows()[:2], ["v"] * 66])
        else:
            content = text([labels, ["v"] * len(labels)])
        # Itself and two others: every pair would take long with many programs.
        for mine in (theirs, programs[place - 1], programs[place - 3]):
            parsed, _ = read(content, program=mine, programs=programs, name="x.csv")
            if mine is theirs:
                assert parsed.problem is None, parsed.problem
            else:
                assert parsed.problem is not None, (mine.name, theirs.name)
                assert parsed.problem.code == "other_program"
                assert f"'{theirs.name}'" in parsed.problem.message_id


def test_limits_hold_before_anything_is_expanded(read):
    bomb = zipped({"xl/workbook.xml": "x", "xl/worksheets/sheet1.xml": b"0" * 5_000_000})
    refused(read, bomb, "too_large", limits=Limits(expanded_bytes=1_000_000))
    far = workbook({"A": [HEADER, *ROWS], "B": [[]]})
    assert read(far)[0].problem is None
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write(1_000_000, 600, "far off")
    refused(read, out.getvalue(), "too_large")
    wide = text([[*HEADER, *map(str, range(2000))], ROWS[0]])
    refused(read, wide, "too_many_columns")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write(0, 5000, "far off")
    refused(read, out.getvalue(), "too_many_columns")


ODS = "application/vnd.oasis.opendocument.spreadsheet"
WITH_ODS = declared(read={"formats": ["csv", "xlsx", "ods"]})
TEXT_CELL = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
EMPTY_CELL = "<table:table-cell{}/>"
TABLE_ROW = "<table:table-row{}>{}</table:table-row>"
COLUMNS = ' table:number-columns-repeated="{}"'.format
REPEAT = ' table:number-rows-repeated="{}"'.format


def opendocument(*table_rows, **others):
    spaces = "".join(
        f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
        for n in ("office", "table", "text")
    )
    return zipped({
        "mimetype": ODS,
        "META-INF/manifest.xml": "<manifest/>",
        "content.xml": f'<?xml version="1.0"?><office:document-content{spaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="A">{"".join(table_rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>",
        **others,
    })  # fmt: skip


def ods_row(row, more=""):
    return TABLE_ROW.format("", "".join(TEXT_CELL.format("", cell) for cell in row) + more)


# What LibreOffice writes right of and below the cells in use: empty, so never opened.
ODS_ROWS = [
    ods_row(HEADER, EMPTY_CELL.format(COLUMNS(16379))),
    ods_row(ROWS[0]),
    TABLE_ROW.format(REPEAT(1_048_574), EMPTY_CELL.format(COLUMNS(16384))),
]


def test_an_opendocument_is_read_where_the_program_names_it(read):
    parsed, rows = read(opendocument(*ODS_ROWS), program=WITH_ODS)
    assert (parsed.kind, cells(rows)) == ("ods", [ROWS[0]])
    refused(read, opendocument(*ODS_ROWS), "wrong_type", "xlsx", "(ods)")
    # A part of an Excel workbook beside it does not make it one.
    refused(read, opendocument(*ODS_ROWS, **{"xl/workbook.xml": "x"}), "wrong_type", "(ods)")
    refused(read, zipped({"xl/workbook.bin": "x"}), "wrong_type", "(xlsb)")


LIMITS = Limits(cells=50_000_000, expanded_bytes=50_000_000)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([TABLE_ROW.format(REPEAT(90_000), TEXT_CELL.format(COLUMNS(200), "x"))], "too_large"),
        ([TABLE_ROW.format("", TEXT_CELL.format(COLUMNS(1_000_000), "x"))], "too_many_columns"),
        (
            [TABLE_ROW.format(REPEAT(10**7), EMPTY_CELL.format("")), ods_row(ROWS[0])],
            "too_large",
        ),
        (
            [ods_row(["a"]), TABLE_ROW.format(REPEAT(2000), TEXT_CELL.format(COLUMNS(900), "x" * 99))],
            "too_large",
        ),
        ([TABLE_ROW.format(REPEAT("-5"), EMPTY_CELL.format("")), ods_row(ROWS[0])], "truncated"),
        ([TABLE_ROW.format(REPEAT("many"), EMPTY_CELL.format(""))], "truncated"),
        (["<table:table-row>"], "truncated"),
    ],
)  # fmt: skip
def test_an_opendocument_that_says_repeated_is_measured_first(read, monkeypatch, rows, code):
    from pipelines.exports import workbook as module

    monkeypatch.setattr(module, "CalamineWorkbook", None)
    bomb = opendocument(*ODS_ROWS[:1], *rows)
    assert len(bomb) < 2000
    refused(read, bomb, code, program=WITH_ODS, limits=LIMITS)


SHEETS = {
    "a far cell in a near row": '<row r="1"><c r="A1048576"/><c r="AZ1"/></row>',
    "single quotes": "<row r='1048576'><c r='AZ1'/></row>",
    "small letters": '<row r="1"><c r="az1048576"/></row>',
    "a prefix": '<x:row xmlns:x="x" r="1048576"><x:c r="AZ1"/></x:row>',
    "another attribute first": '<row spans="1:5" r="1048576"><c s="1" r="AZ1"/></row>',
    "no places at all": "<row/>" * 1_000_000 + "<row>" + "<c/>" * 60 + "</row>",
    "no XML": '<row><c r="AZ1"' + "<c/><row/>" * 9000,
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS.keys())
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/other/liste.dat"])
def test_a_sheet_is_measured_whatever_it_is_called_and_however_written(
    read, monkeypatch, sheet, name
):
    from pipelines.exports import workbook as module

    monkeypatch.setattr(module, "CalamineWorkbook", None)
    bomb = zipped({"xl/workbook.xml": "<x/>", name: f"<sheetData>{sheet}</sheetData>"})
    refused(read, bomb, "too_large", limits=Limits(cells=50_000_000))


def test_the_cells_of_all_sheets_count_together(read):
    many = workbook({name: [["x"] * 20] * 20 for name in "ABCD"} | {"E": [HEADER, *ROWS]})
    assert read(many, limits=Limits(cells=4 * 20 * 26 + 26 * 4))[0].problem is None
    refused(read, many, "too_large", limits=Limits(cells=3 * 20 * 26))


@pytest.mark.parametrize("size", [7, 64, 1000])
def test_pieces_make_no_difference_to_the_measure(monkeypatch, size):
    from pipelines.exports import extent

    content = workbook({"A": [["", *HEADER * 9]] + [[]] * 200 + [[1, 2, 3]]})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = archive.getinfo("xl/worksheets/sheet1.xml")
        whole = extent.of_member(archive, member, 1 << 30)
        monkeypatch.setattr(extent, "PIECE_BYTES", size)
        assert extent.of_member(archive, member, 1 << 30) == whole
    assert (whole.rows, whole.columns, whole.cells) == (202, 46, 202 * 46)


def test_a_directory_that_lies_about_sizes_is_found_out(read):
    honest = zipped({"xl/workbook.xml": "x", "xl/worksheets/sheet1.xml": b"0" * 3_000_000})
    lying = honest.replace((3_000_000).to_bytes(4, "little"), (30).to_bytes(4, "little"))
    assert lying != honest
    refused(read, lying, "truncated", limits=Limits(expanded_bytes=1_000_000))


def test_running_twice_gives_the_same_bytes(read, tmp_path):
    content = text([HEADER, *ROWS])
    read(content)
    first = (tmp_path / "out" / "rows.parquet").read_bytes()
    read(content)
    assert (tmp_path / "out" / "rows.parquet").read_bytes() == first


# Any table -------------------------------------------------------------------------------------

CELL = st.text(
    st.one_of(
        st.sampled_from(" ,;|\t\n\"'=+-@.0123"),
        st.characters(min_codepoint=48, max_codepoint=0x17F, exclude_categories=["C"]),
    ),
    max_size=12,
)
RECORD = st.tuples(st.integers(1, 9).map(str), st.from_regex(r"[0-9]{16}", fullmatch=True),
                   CELL.map(lambda text: "N" + text), CELL, CELL)  # fmt: skip


@st.composite
def tables(draw):
    """Lines of a file with titles, blanks and notes, and which of its records are rows."""
    lines = [
        [draw(st.sampled_from(["Judul", "Dinas Sosial", ""]))]
        for _ in range(draw(st.integers(0, 5)))
    ]
    lines.append(HEADER)
    wanted = []
    for record in draw(st.lists(RECORD, min_size=1, max_size=12)):
        lines += [[]] * draw(st.integers(0, 1))
        lines.append(list(record))
        wanted.append((len(lines), list(record)))
        if draw(st.integers(0, 9)) == 0 and len(wanted) > 1:
            lines.append(HEADER)
    if draw(st.booleans()):
        lines += [["Total", "", "", "5"], [], ["Catatan: angka sementara"]]
    elif lines[-1] == HEADER:
        lines.pop()
    return lines, wanted


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    table=tables(),
    delimiter=st.sampled_from(",;|\t"),
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    chunk=st.sampled_from([50, 333, 1 << 20]),
)
def test_any_text_comes_back_row_for_row(read, table, delimiter, newline, encoding, chunk):
    lines, wanted = table
    parsed, rows = read(text(lines, delimiter, newline, encoding), limits=Limits(chunk_bytes=chunk))
    if parsed.problem is not None:
        # Only a table that is the same before and after its repeated header is refused.
        assert parsed.problem.code == "header_twice"
        assert lines.count(HEADER) > 1
        return
    assert [(row["source_row"], cells([row])[0]) for row in rows] == wanted


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(table=tables())
def test_any_workbook_comes_back_row_for_row(read, table):
    lines, wanted = table
    parsed, rows = read(workbook({"Petunjuk": [["cara"]], "Data": lines}))
    if parsed.problem is not None:
        assert parsed.problem.code == "header_twice"
        assert lines.count(HEADER) > 1
        return
    assert [(row["source_row"], cells([row])[0]) for row in rows] == wanted
