"""The workbook and text writers: what they write opens in the readers others use."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from demo.draws import of_ints, texts
from demo.sheets import DATE, NUMBER, TEXT, Sheet, body_row_numbers, column_letters, write_workbook
from demo.tables import Style, render_table

SHEET = Sheet(
    "Data A&B",
    [["Judul"], ["No", "Nama", "Tgl"]],
    [
        of_ints(np.arange(5)),
        texts(["A & <B>", None, " x ", "=1+1", "é"]),
        of_ints(np.arange(5) + 33_000),
    ],
    [NUMBER, TEXT, np.array([TEXT, NUMBER, DATE, DATE, DATE])],
    [(2, ["No", "Nama"])],
    [["Total", 3]],
    ["A1:C1"],
)


def test_a_workbook_opens_in_calamine_and_openpyxl(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_workbook(path, [SHEET, Sheet("Petunjuk", [["x"]])])
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert rows[0] == ["Judul", "", ""]
    assert rows[2] == [0.0, "A & <B>", "33000"]
    assert rows[3] == [1.0, "", 33001.0]
    assert rows[4][:2] == ["No", "Nama"]
    assert rows[5] == [2.0, " x ", dt.date(1990, 5, 9)]
    assert rows[6][1] == "=1+1"
    assert rows[8][:2] == ["Total", 3.0]
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Data A&B", "Petunjuk"]
    sheet = book["Data A&B"]
    assert sheet["B3"].value == "A & <B>"
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:C1"]


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(tmp_path / name, [SHEET])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_workbook_needs_a_sheet(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sheet"):
        write_workbook(tmp_path / "none.xlsx", [])


def test_letters_and_row_numbers() -> None:
    assert [column_letters(i) for i in (0, 25, 26, 65)] == ["A", "Z", "AA", "BN"]
    assert body_row_numbers(7, 4, [1, 1]).tolist() == [7, 10, 11, 12]


def test_a_table_quotes_what_needs_it() -> None:
    content = render_table(
        Style(";", "\r\n", "cp1252"),
        ["a;b"],
        [texts(["x;y", None, 'q"']), texts(["é", "2", "3"])],
        [(1, "a;b")],
        ["Total"],
    )
    assert content == b'a;b\r\n"x;y";\xe9\r\na;b\r\n;2\r\n"q""";3\r\nTotal\r\n'
