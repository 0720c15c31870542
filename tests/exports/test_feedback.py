"""What a sender gets back: everything that was wrong, as text, the same bytes for the same content."""

from __future__ import annotations

import csv
import json
import re
import stat
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from pipelines import settings
from pipelines.exports import declaration, feedback, ingest

SECRET = '=HYPERLINK("http://x","SITI RAHASIA")'


@pytest.fixture(scope="module")
def program():
    return declaration.load_program(settings.PROGRAMS_DIR / "sembako" / "defs.yaml")


@pytest.fixture
def home(tmp_path):
    return settings.Home(tmp_path / "home")


@pytest.fixture
def vault():
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS vault")
        ingest._ensure_quality(con)
        yield con


def submission(con, period="2026-07", version=1, **changes) -> str:
    """Record a submission of sembako; its id."""
    name = f"sembako-1471-{period}-v{version}-abcdef01"
    values = {
        "submission_id": name,
        "program": "sembako",
        "area_code": "14.71",
        "period": period,
        "version": version,
        "file_name": f"sembako_1471_{period}.csv",
        "sha256": "abcdef01" * 8,
        "received_at": "2026-08-02 03:00:00",
        "sent_at": "2026-08-02 02:00:00",
        "state": "accepted",
        "records_count": 11,
        "rows_count": 10,
        "accepted_count": 10,
        "quarantined_count": 0,
        "issues_critical_count": 0,
        "issues_warning_count": 0,
        "issues_info_count": 0,
        "period_from": f"{period}-01" if period else None,
        "is_serving": True,
    } | changes
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    con.execute(
        f"INSERT INTO vault.quality.submissions ({names}) VALUES ({marks})", list(values.values())
    )
    return name


def issue(con, of: str, row, rule="nominal_not_a_number", severity="critical", **changes) -> None:
    values = {
        "submission_id": of,
        "program": "sembako",
        "source_row": row,
        "column_name": "nominal",
        "rule_id": rule,
        "severity": severity,
        "value_sent": "x",
        "message_id": f"Salah: {rule}.",
        "message_en": f"Wrong: {rule}.",
        "action_id": "Perbaiki.",
        "action_en": "Correct it.",
    } | changes
    con.execute(
        f"INSERT INTO vault.quality.issues ({', '.join(values)}) "
        f"VALUES ({', '.join('?' * len(values))})",
        list(values.values()),
    )


def quarantine(con, of: str, row: int, sent: dict, rules=("nominal_not_a_number",), part=None):
    con.execute(
        "INSERT INTO vault.quality.quarantine (submission_id, program, source_part, source_row, "
        "rule_ids, row_sent) VALUES (?, 'sembako', ?, ?, ?, ?)",
        [of, part, row, list(rules), json.dumps(sent)],
    )


def only(home) -> Path:
    (path,) = (home.feedback / "sembako").glob("*.xlsx")
    return path


def cells(path: Path, sheet: int = 0) -> list[list]:
    """Rows of a sheet without empty cells."""
    rows = openpyxl.load_workbook(path).worksheets[sheet].iter_rows(values_only=True)
    return [[v for v in row if v is not None] for row in rows]


def test_it_tells_state_counts_issues_and_what_to_do(vault, home, program):
    name = submission(
        vault,
        state="partially_accepted",
        accepted_count=9,
        quarantined_count=1,
        issues_critical_count=1,
        issues_warning_count=3,
    )
    for row in (5, 3, 4):
        issue(vault, name, row, "district_unknown", "warning", column_name="kecamatan")
    issue(vault, name, 7, value_sent="dua ratus")
    quarantine(vault, name, 7, {"nik": "1471", "nominal": "dua ratus"})
    assert feedback.write(vault, program, home=home) == 1
    path = only(home)
    assert path.name == "sembako_1471_2026-07_v1.abcdef01.xlsx"
    told = cells(path)
    assert told[1][0].startswith("Diterima sebagian")
    assert ["Baris data dalam berkas", 10] in told
    assert ["Baris diterima", 9] in told
    assert ["Baris belum dapat dipakai", 1] in told
    assert ["Diterima pada", "02-08-2026 10:00 WIB"] in told
    (what_next,) = (row[1] for row in told if row and row[0] == "Langkah berikutnya")
    assert "sembako_1471_2026-07_v2.csv" in what_next
    start = told.index(
        ["Tingkat", "Jumlah", "Kolom", "Contoh baris", "Yang salah", "Yang harus dilakukan"]
    )
    assert told[start + 1][:4] == ["Kritis", 1, "nominal", "7"]
    assert told[start + 2][:4] == ["Peringatan", 3, "kecamatan", "3, 4, 5"]
    start = told.index(
        ["Baris", "Tingkat", "Kolom", "Isi yang dikirim", "Yang salah", "Yang harus dilakukan"]
    )
    assert [row[0] for row in told[start + 1 :]] == [7, 3, 4, 5]
    assert told[start + 1][3] == "dua ratus"


def test_rows_to_correct_stand_under_the_senders_own_headers(vault, home, program):
    headers = [[None, "nominal", "Nominal (Rp)"], [None, "nik", "N I K"], [None, "hp", "No HP"]]
    name = submission(
        vault, state="partially_accepted", quarantined_count=1, headers_sent=json.dumps(headers)
    )
    issue(vault, name, 7)
    sent = {"nik": "0012", "nominal": "x", "nama_kpm": None}
    quarantine(vault, name, 7, {**sent, "extra_columns": {"hp": "0812", "_fields_sent": "16"}})
    feedback.write(vault, program, home=home)
    sheet = openpyxl.load_workbook(only(home))["Perbaikan"]
    head, row = list(sheet.iter_rows(min_row=2, values_only=True))
    assert head == ("Baris", "Yang salah", "Nominal (Rp)", "N I K", "No HP")
    assert row == (7, "Salah: nominal_not_a_number.", "x", "0012", "0812")
    # What is wrong is marked; cells are text, so that zeros stay when a value is typed anew.
    assert sheet["C3"].fill.bgColor.rgb != sheet["D3"].fill.bgColor.rgb
    assert {sheet[c].number_format for c in ("C3", "D3", "E3", "E9999")} <= {"@", "General"}
    assert sheet["D3"].number_format == "@"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "'"])
def test_nothing_a_sender_wrote_is_a_formula(vault, home, program, begin):
    value = f"{begin}1+1|cmd"
    name = submission(
        vault, state="partially_accepted", quarantined_count=1, file_name=f"{begin}a.csv"
    )
    issue(vault, name, 7, value_sent=value)
    issue(vault, name, 8, value_sent=value)
    quarantine(vault, name, 7, {"nik": value, "nominal": "http://example.org"})
    feedback.write(vault, program, home=home, details=1)
    path = only(home)
    with zipfile.ZipFile(path) as book:
        sheets = [n for n in book.namelist() if n.startswith("xl/worksheets/")]
        text = "".join(book.read(n).decode() for n in sheets)
        assert "<f>" not in text and "hyperlink" not in text
    assert any(value.strip() in str(c).strip() for row in cells(path) for c in row)
    (left,) = path.parent.glob("*.masalah.csv")
    with left.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file, delimiter=";"))
    assert len(rows) == 2 and len(head) == len(rows[0])
    # Guarded by one apostrophe; without it, it is what was sent.
    assert [row[4] for row in rows] == [f"'{value}"] * 2


def test_long_sentences_are_whole_on_screen_and_paper(vault, home, program):
    """LibreOffice gives a row without a height one line, and the rest lies over the next row."""
    reason = (
        "Kolom yang wajib tidak ada pada berkas ini; kembalikan nama kolom seperti semula. " * 4
    )
    name = submission(vault, state="partially_accepted", quarantined_count=1, reason_id=reason)
    issue(vault, name, 3, message_id="Jumlah rupiah ini bukan bilangan. " * 5, action_id=None)
    issue(vault, name, 4, message_id="Kosong.")
    vault.execute(
        "INSERT INTO vault.quality.quarantine (submission_id, program, source_row, rule_ids, "
        "row_sent) VALUES (?, 'sembako', 3, ['nominal_not_a_number'], ?)",
        [name, json.dumps({"nominal": "lihat lampiran"})],
    )
    feedback.write(vault, program, home=home)
    book = openpyxl.load_workbook(only(home))
    summary, correct = book.worksheets
    high = {row: d.height for row, d in summary.row_dimensions.items() if d.height}
    of = {str(c.value): c.row for row in summary.iter_rows() for c in row if c.value}
    long = [c.row for row in summary.iter_rows() for c in row if "bilangan. J" in str(c.value)]
    assert len(long) == 2
    assert all(high[row] >= 4 * 13 for row in long)
    assert high[of[reason]] >= 2 * 13
    assert all(of[word] not in high for word in ("Program", "Baris diterima"))
    # No cell of what to do is left empty, and the sheet says that it is not the whole list.
    assert "Lihat 'Langkah berikutnya' di atas." in of
    assert "Jangan kirim lembar ini saja" in correct["A1"].value
    assert correct.row_dimensions[1].height >= 3 * 13
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert correct.print_title_rows == "$1:$2"


def test_more_than_a_workbook_holds_stands_beside_it(vault, home, program):
    name = submission(vault, state="rejected", quarantined_count=3_000, rows_count=3_000)
    vault.execute(
        "INSERT INTO vault.quality.issues (submission_id, source_row, column_name, rule_id, "
        "severity, value_sent, message_id) SELECT ?, range, 'nik', 'r', 'critical', 'v' || range, "
        "'Salah' FROM range(3000)",
        [name],
    )
    vault.execute(
        "INSERT INTO vault.quality.quarantine (submission_id, program, source_row, rule_ids, "
        "row_sent) SELECT ?, 'sembako', range, ['r'], json_object('nik', '=' || range) "
        "FROM range(3000)",
        [name],
    )
    feedback.write(vault, program, home=home, details=50, row_cells=100)
    path = only(home)
    told = cells(path)
    assert any("50 dari 3.000 masalah" in str(row[0]) for row in told if row)
    # DuckDB's range begins at 0; the sheet has a note and a header before its rows.
    assert len(cells(path, 1)) == 2 + 100
    files = {p.name.split(".", 2)[2]: p for p in path.parent.iterdir()}
    assert set(files) == {"xlsx", "masalah.csv", "perbaikan.csv"}
    with files["masalah.csv"].open(encoding="utf-8-sig") as file:
        assert sum(1 for _ in file) == 3_001
    with files["perbaikan.csv"].open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file, delimiter=";"))
    assert head[:4] == ["Baris", "Aturan", "no", "nik"]
    assert [row[3] for row in rows] == [f"'={i}" for i in range(3000)]
    # Judged anew, with little wrong: the lists are gone.
    vault.execute("DELETE FROM vault.quality.issues")
    vault.execute("DELETE FROM vault.quality.quarantine")
    feedback.write(vault, program, home=home)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_equal_content_gives_equal_bytes_and_is_not_written(vault, home, program):
    name = submission(vault, state="partially_accepted", quarantined_count=1)
    issue(vault, name, 7, value_sent=SECRET)
    quarantine(vault, name, 7, {"nik": SECRET})
    assert feedback.write(vault, program, home=home) == 1
    path = only(home)
    before, inode = path.read_bytes(), path.stat().st_ino
    assert feedback.write(vault, program, home=home) == 0
    assert path.stat().st_ino == inode
    path.unlink()
    assert feedback.missing(vault, program, home) == [name]
    feedback.write(vault, program, home=home)
    assert path.read_bytes() == before
    issue(vault, name, 9)
    assert feedback.write(vault, program, home=home) == 1


def test_only_the_pipelines_user_reads_it_and_no_name_tells_a_person(vault, home, program):
    name = submission(vault, period=None, area_code=None, file_name="SITI RAHASIA 1471.csv")
    issue(vault, name, 7)
    feedback.write(vault, program, home=home)
    path = only(home)
    assert path.name == "sembako_unknown_unknown_v1.abcdef01.xlsx"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not list(path.parent.glob("*.part"))


@pytest.mark.parametrize(
    ("state", "begin"),
    [
        ("rejected", "Ditolak: "),
        ("waiting", "Menunggu persetujuan"),
        ("refused", "Ditolak oleh"),
        ("accepted", "Diterima: "),
        ("accepted_with_errors", "Diterima dengan catatan"),
    ],
)
def test_every_state_has_words_and_a_reason(vault, home, program, state, begin):
    reason = None if state.startswith("accepted") else "Isi berkas terpotong."
    submission(vault, state=state, reason_id=reason, reason_en="It is cut off.")
    feedback.write(vault, program, home=home)
    feedback.write(vault, program, home=home, language="en")
    told = cells(home.feedback / "sembako" / "sembako_1471_2026-07_v1.abcdef01.xlsx")
    assert told[1][0].startswith(begin)
    assert (["Alasan", reason] in told) is (reason is not None)
    english = cells(home.feedback / "sembako" / "sembako_1471_2026-07_v1.abcdef01.en.xlsx")
    assert english[0] == ["Answer to a received file"]


def test_the_trend_is_of_earlier_periods_and_of_what_serves(vault, home, program):
    submission(vault, "2026-05", rows_count=8, accepted_count=6, quarantined_count=2)
    submission(vault, "2026-06", rows_count=9)
    submission(vault, "2026-06", version=2, rows_count=1, state="waiting", is_serving=False)
    july = submission(vault, "2026-07")
    submission(vault, "2026-08", rows_count=99)
    feedback.write(vault, program, [july], home=home)
    path = only(home)
    told = cells(path)
    start = next(i for i, row in enumerate(told) if row[:2] == ["Periode", "Versi"])
    shown = [row[:3] for row in told[start + 1 : start + 4]]
    assert shown == [["2026-05", 1, 8], ["2026-06", 1, 9], ["2026-07", 1, 10]]
    assert told[start + 1][-1] == 0.75
    with zipfile.ZipFile(path) as book:
        assert "xl/charts/chart1.xml" in book.namelist()
    later = feedback.affected(vault, program, ["sembako-1471-2026-06-v1-abcdef01"])
    assert [re.search(r"2026-\d\d-v\d", name).group() for name in later] == [
        "2026-06-v1",
        "2026-06-v2",
        "2026-07-v1",
        "2026-08-v1",
    ]


def test_parts_are_told_and_stand_on_sheets_of_their_own(vault, home, program):
    headers = [["ibu_hamil", "nik", "nik_ibu"], ["imunisasi", "nik", "nik_anak"]]
    name = submission(
        vault, state="partially_accepted", quarantined_count=2, headers_sent=json.dumps(headers)
    )
    for part in ("ibu_hamil", "imunisasi"):
        issue(vault, name, 7, source_part=part)
        quarantine(vault, name, 7, {"nik": part}, part=part)
    feedback.write(vault, program, home=home)
    book = openpyxl.load_workbook(only(home))
    assert book.sheetnames == ["Ringkasan", "Perbaikan ibu_hamil", "Perbaikan imunisasi"]
    for part, header in (("ibu_hamil", "nik_ibu"), ("imunisasi", "nik_anak")):
        head, row = list(book[f"Perbaikan {part}"].iter_rows(min_row=2, values_only=True))
        assert head[2:] == (header,)
        assert row[2:] == (part,)
    groups = [row for row in cells(only(home)) if row and row[0] == "Kritis"]
    assert {row[-1] for row in groups} == {"ibu_hamil", "imunisasi"}


def test_odd_values_and_long_ones_still_open(vault, home, program):
    odd = ["x" * 40_000, "a\x00b\x01c", "_x0041_", "🌾 beras", "\ud7ff", "1e5", "", " "]
    name = submission(vault, state="partially_accepted", quarantined_count=len(odd))
    for row, value in enumerate(odd):
        issue(vault, name, row, value_sent=value)
        quarantine(vault, name, row, {"nik": value})
    feedback.write(vault, program, home=home)
    sheets = CalamineWorkbook.from_path(str(only(home)))
    rows = sheets.get_sheet_by_name("Perbaikan").to_python()
    at = rows[1].index("nik")
    found = [row[at] for row in rows[2:]]
    assert found[0].endswith("…") and len(found[0]) == 32_000
    assert found[2:4] == ["_x0041_", "🌾 beras"]
    assert found[5] == "1e5"


def test_answers_to_what_is_judged_anew_go_first(vault, home, program):
    june, july = submission(vault, "2026-06"), submission(vault, "2026-07")
    feedback.write(vault, program, home=home)
    feedback.remove(vault, program, [june, "sembako-unknown"], home)
    assert feedback.missing(vault, program, home) == [june]
    vault.execute("DELETE FROM vault.quality.submissions WHERE submission_id = ?", [july])
    feedback.write(vault, program, [june], home=home)
    assert only(home).name.startswith("sembako_1471_2026-06")


def test_chunks_make_no_difference(vault, home, program, monkeypatch):
    for month in range(1, 7):
        name = submission(
            vault, f"2026-{month:02d}", state="partially_accepted", quarantined_count=1
        )
        issue(vault, name, month)
        quarantine(vault, name, month, {"nik": str(month)})
    feedback.write(vault, program, home=home)
    at_once = {p.name: p.read_bytes() for p in (home.feedback / "sembako").iterdir()}
    monkeypatch.setattr(feedback, "CHUNK", 1)
    assert feedback.write(vault, program, home=home) == 0
    monkeypatch.setattr(feedback, "CHUNK", 4)
    monkeypatch.setattr(feedback, "CHUNK_ROWS", 2)
    other = settings.Home(home.root.with_name("other"))
    assert feedback.write(vault, program, home=other) == 6
    assert {p.name: p.read_bytes() for p in (other.feedback / "sembako").iterdir()} == at_once
