"""Totals that a sender writes below the rows, against the rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import settings
from pipelines.exports import check, declaration, parse
from pipelines.exports.declaration import Program
from tests.exports.suite_cases import pkh

AMOUNTS = ["225000", "Rp 375.000,00", "225,000"]


@pytest.fixture(scope="module")
def program() -> Program:
    return declaration.load_program(settings.PROGRAMS_DIR / "pkh" / "defs.yaml")


def told(folder: Path, program: Program, lines: list[list[str]]) -> list[tuple]:
    """State and total_differs issues of a list of three rows with `lines` among them (by place)."""
    rows = [pkh(i) | {"nominal": amount} for i, amount in enumerate(AMOUNTS)]
    text = ";".join(program.columns[c].header for c in program.columns) + "\n"
    # A label in the first cell, the figure under its column.
    between = ";" * list(program.columns).index("nominal")
    after = ";" * (len(program.columns) - 1 - len(between))
    for place in range(4):
        for at, label, *figure in lines:
            if at == str(place):
                text += label + between + "".join(figure) + after + "\n"
        if place < 3:
            text += ";".join(rows[place].get(c) or "" for c in program.columns) + "\n"
    path = folder / "pkh_1471_2026T3.csv"
    path.write_text(text, encoding="utf-8")
    parsed = parse.parse(path, program, folder / "rows.parquet")
    assert parsed.problem is None
    assert parsed.rows_count == 3
    assert parsed.footer_rows == len(lines)
    batch = check.Batch(
        "pkh-1471-2026T3-v1-0",
        "14.71",
        "2026T3",
        date(2026, 7, 1),
        date(2026, 9, 30),
        folder / "rows.parquet",
        left_out=parsed.left_out,
    )
    with duckdb.connect() as con:
        check.check(con, check.load_suite("pkh"), list(program.columns), [batch])
        issues = con.execute(
            "SELECT source_row, value_sent FROM memory.main.check_issues "
            "JOIN memory.main.check_rules USING (rule_id) "
            "WHERE rule_id = 'total_differs' ORDER BY ALL"
        ).fetchall()
        counted = con.execute("SELECT accepted_count FROM memory.main.check_states").fetchall()
    assert counted == [(3,)]
    return issues


@pytest.mark.parametrize(
    "lines",
    [
        [["3", "JUMLAH", "Rp 825.000,00"]],
        [["3", "TOTAL", "825000"]],
        [["3", "Jumlah penerima", "3"]],
        [["2", "Sub Total", "600.000"], ["3", "Sub total", "225.000"]],
        [["2", "Subtotal", "600000"], ["3", "Grand Total", "825000"]],
        [["3", "Catatan: data sementara 2026"]],
        [["3", "JUMLAH"]],
    ],
    ids=["sum", "total", "rows", "subtotals", "running", "note", "no figure"],
)
def test_a_right_total_says_nothing(tmp_path: Path, program: Program, lines: list) -> None:
    assert told(tmp_path, program, lines) == []


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        ([["3", "JUMLAH", "Rp 1.200.000,00"]], [5]),
        ([["3", "Jumlah penerima", "4"]], [5]),
        ([["2", "Sub Total", "600.000"], ["3", "TOTAL", "1.000.000"]], [6]),
    ],
    ids=["sum", "rows", "after a subtotal"],
)
def test_a_wrong_total_is_told(
    tmp_path: Path, program: Program, lines: list, rows: list[int]
) -> None:
    assert [row for row, _ in told(tmp_path, program, lines)] == rows


def test_a_check_without_lines_left_out(tmp_path: Path, program: Program) -> None:
    names = [*program.columns, "extra_columns"]
    row = {c: [pkh(0).get(c)] for c in names}
    table = pa.table({k: pa.array(v, pa.string()) for k, v in row.items()})
    pq.write_table(table.append_column("source_row", pa.array([2])), tmp_path / "rows.parquet")
    with duckdb.connect() as con:
        batch = check.Batch("x", "14.71", "2026T3", None, None, tmp_path / "rows.parquet")
        check.check(con, check.load_suite("pkh"), list(program.columns), [batch])
        found = con.execute("SELECT count(*) FROM memory.main.check_states").fetchone()
    assert found == (1,)
