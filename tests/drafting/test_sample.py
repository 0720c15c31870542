"""Finding the table and its header without a declaration."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from conftest import csv, person

from pipelines.drafting.sample import DraftError, look_at, of_name

HEADER = ["No", "NIK", "Nama", "Tgl Lahir", "Status"]


def body(count: int = 12) -> list[list[str]]:
    people = [person(i) for i in range(count)]
    return [[str(i), p["nik"], p["name"], p["birth"], "Aktif"] for i, p in enumerate(people, 1)]


@pytest.mark.parametrize("sign", [",", ";", "|", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_dialects(tmp_path: Path, sign: str, encoding: str) -> None:
    lines = ["DAFTAR PENERIMA TAHUN 2026", "", sign.join(HEADER)]
    lines += [sign.join(row) for row in body()]
    lines.append(f"TOTAL{sign}12 orang – selesai")
    path = tmp_path / "data.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    sample = look_at(path)
    assert (sample.delimiter, sample.layouts[0].header_index) == (sign, 2)
    assert [label.header for label in sample.layouts[0].labels] == HEADER
    assert sample.layouts[0].titles == ["tahun"]


def test_a_list_without_a_header_is_refused_and_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "tanpa_judul.csv"
    path.write_text("\n".join(",".join(row) for row in body()), encoding="utf-8")
    with pytest.raises(DraftError) as error:
        look_at(path)
    assert "--header-row" in str(error.value)
    for row in body():
        assert row[1] not in str(error.value) and row[2] not in str(error.value)


def test_names_alone_are_no_header(tmp_path: Path) -> None:
    rows = [[person(i)["name"], "MENTENG", "Islam"] for i in range(12)]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    with pytest.raises(DraftError):
        look_at(path)


def test_a_header_that_is_pointed_at(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", ["alpha", "beta"], [["satu", "dua"], ["tiga", "empat"]])
    with pytest.raises(DraftError):
        look_at(path)
    sample = look_at(path, header_row=1)
    assert [label.header for label in sample.layouts[0].labels] == ["alpha", "beta"]


@pytest.mark.parametrize("merged", [True, False])
def test_two_row_headers(tmp_path: Path, merged: bool) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        sheet.write(0, 0, "Daftar Peserta Didik")
        for i, text in enumerate(["No", "Nama", "NISN"]):
            sheet.write(2, i, text)
        if merged:
            sheet.merge_range(2, 3, 2, 5, "Data Ayah")
        else:
            sheet.write(2, 3, "Data Ayah")
        for i, text in enumerate(["Nama", "NIK", "Pekerjaan"]):
            sheet.write(3, 3 + i, text)
        for i in range(10):
            p = person(i)
            for j, text in enumerate([i, p["name"], f"01{i:08}", p["name"], p["nik"], "Petani"]):
                sheet.write(4 + i, j, text)
    layout = look_at(path).layouts[0]
    assert (layout.header_index, layout.header_rows) == (2, 2)
    assert [(label.header, label.under) for label in layout.labels][2:5] == [
        ("NISN", None),
        ("Nama", "Data Ayah"),
        ("NIK", "Data Ayah"),
    ]


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", ["NIK", "Nama", "nama"], [["1", "a", "b"]] * 5)
    with pytest.raises(DraftError, match="more than once"):
        look_at(path)


@pytest.mark.parametrize(
    ("name", "area", "period"),
    [
        ("pkh_3174_2026T2.xlsx", "31.74", "2026T2"),
        ("x_31_2026Q1.csv", "31", "2026Q1"),
        ("Data Bansos Juni 2026.xlsx", None, "2026-06"),
        ("rekap triwulan II 2026.csv", None, "2026Q2"),
        ("Semester 1 TA 2026.xlsx", None, "2026S1"),
        ("beneficiaries_2026-03-15.csv", None, "2026-03-15"),
        ("list_202604.csv", None, "2026-04"),
        ("list 2025.csv", None, "2025"),
        ("list.csv", None, None),
    ],
)
def test_what_a_name_tells(name: str, area: str | None, period: str | None) -> None:
    found_area, found = of_name(name)
    assert (found_area, str(found) if found else None) == (area, period)
