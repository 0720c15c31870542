"""The short table counts what stands, and the comparison with the truth is right on paper."""

from __future__ import annotations

import io

import duckdb
import pytest

from demo.compare import compare
from pipelines import lake, status


def counts(home) -> dict[tuple[str, str], int | None]:
    return {(c.measure, c.kind): c.count for c in status.read(home).counts}


def write_all(home, tables: dict[str, tuple[str, str]]) -> None:
    with lake.connect(write=lake.LAKES, home=home) as con:
        for table, (columns, rows) in tables.items():
            source = f"SELECT * FROM (VALUES {rows}) AS t({columns})"
            lake.write_by_difference(con, table, source, [columns.split(",")[0].strip()])


FOUND = {
    "vault.quality.submissions": (
        "submission_id, program, area_code, period, file_name, state, accepted_count, "
        "quarantined_count",
        """('s1', 'dtsen', '14.71', '2026Q1', 'a.csv', 'accepted', 5, 0),
           ('s2', 'pkh', '14.71', '2026T1', 'b.xlsx', 'partially_accepted', 3, 2),
           ('s3', 'pkh', '14.71', '2026T2', 'c.xlsx', 'rejected', 0, 7)""",
    ),
    # b1 holds person 1 twice and person 2 once (one wrong link); person 3 is torn into b3 and b4.
    "vault.identity.record_links": (
        "n, submission_id, source_record_id, beneficiary_id, household_id",
        """(1, 's1', '2:person', 'b1', 'h1'), (2, 's1', '3:person', 'b1', 'h1'),
           (3, 's1', '4:person', 'b1', 'h1'), (4, 's1', '5:person', 'b3', 'h2'),
           (5, 's2', '2:anggota', 'b4', NULL), (6, 's2', '9:anggota', 'b9', 'h9')""",
    ),
    "warehouse.core.beneficiaries": ("beneficiary_id", "('b1'), ('b3'), ('b4'), ('b9')"),
    "warehouse.core.households": ("household_id", "('h1'), ('h2'), ('h9')"),
    "warehouse.analysis.overlaps": (
        "n, level, subject_id, program_a, program_b, month_on, verdict",
        """(1, 'household', 'h1', 'pkh', 'sembako', DATE '2026-01-01', 'allowed'),
           (2, 'household', 'h1', 'pkh', 'sembako', DATE '2026-02-01', 'allowed'),
           (3, 'person', 'b3', 'pkh', 'pkh', DATE '2026-01-01', 'forbidden')""",
    ),
    "warehouse.analysis.coverage_gaps": (
        "n, program, subject_id, period, gap_class",
        """(1, 'pkh', 'h1', '2026Q1', 'eligible_unserved'),
           (2, 'pkh', 'h2', '2026Q1', 'served_not_eligible'),
           (3, 'pkh', 'h9', '2026Q1', 'service_unknown')""",
    ),
}
TRUTH = {
    "rows": (
        "program, file_name, source_row, role, person_id, household_id",
        """('dtsen', 'a.csv', 2, 'person', 1, 10), ('dtsen', 'a.csv', 3, 'person', 1, 10),
           ('dtsen', 'a.csv', 4, 'person', 2, 10), ('dtsen', 'a.csv', 5, 'person', 3, 20),
           ('pkh', 'b.xlsx', 2, 'anggota', 3, 20), ('pkh', 'c.xlsx', 2, 'anggota', 4, 40)""",
    ),
    "overlaps": (
        "level, household_id, person_id, program_a, program_b, month, verdict",
        """('household', 10, NULL, 'sembako', 'pkh', '2026-01', 'allowed'),
           ('household', 40, NULL, 'pkh', 'sembako', '2026-01', 'allowed'),
           ('person', NULL, 3, 'pkh', 'pkh', '2026-01', 'forbidden')""",
    ),
    "coverage_gaps": (
        "program, household_id, period, gap_class",
        """('pkh', 10, '2026Q1', 'eligible_unserved'),
           ('pkh', 20, '2026Q1', 'eligibility_unknown')""",
    ),
}


@pytest.fixture
def compared(barn):
    write_all(barn, FOUND)
    folder = barn.root / "demo_truth"
    folder.mkdir()
    for table, (columns, rows) in TRUTH.items():
        duckdb.sql(
            f"COPY (SELECT * FROM (VALUES {rows}) AS t({columns})) "
            f"TO '{folder}/{table}.parquet' (FORMAT parquet)"
        )
    return barn


def test_what_is_not_built_is_not_none(barn):
    found = counts(barn)
    assert found["people", ""] is None
    assert found["overlaps", ""] is None


def test_everything_is_counted(compared):
    assert counts(compared) == {
        ("programs", "with submissions"): 2,
        ("submissions", "accepted"): 1,
        ("submissions", "partially_accepted"): 1,
        ("submissions", "rejected"): 1,
        ("rows", "accepted"): 8,
        ("rows", "quarantined"): 9,
        ("people", ""): 4,
        ("households", ""): 3,
        ("overlaps", "allowed"): 2,
        ("overlaps", "forbidden"): 1,
        ("coverage gaps", "eligible_unserved"): 1,
        ("coverage gaps", "served_not_eligible"): 1,
        ("coverage gaps", "service_unknown"): 1,
    }


def test_an_empty_table_counts_none(compared):
    with lake.connect(write=["warehouse"], home=compared) as con:
        con.execute("DELETE FROM warehouse.analysis.overlaps")
    assert counts(compared)["overlaps", ""] == 0


def test_the_table_names_the_release_and_where_to_look(compared):
    out = io.StringIO()
    status.show(status.read(compared), out=out, home=compared)
    shown = out.getvalue()
    assert "2026-08-31 17:00 WIB" in shown
    assert "partially accepted" in shown
    assert "\x1b" not in shown


def test_precision_and_recall_on_paper(compared):
    with lake.connect(read=lake.LAKES, home=compared) as con:
        found = compare(con, compared.root / "demo_truth").set_index(["measure", "kind"])
    numbers = found[["true_count", "found_count", "right_count"]].astype(int)
    rows = {
        key: tuple(int(v) for v in row)
        for key, row in zip(numbers.index, numbers.values, strict=True)
    }
    assert rows == {
        # True pairs: person 1's two records, person 3's two. Found: three within b1.
        ("people", "pairs of records"): (2, 3, 1),
        # Three records of household 10, two of 20; found together: the three of h1.
        ("households", "pairs of records"): (4, 3, 3),
        ("overlaps", "all"): (3, 3, 2),
        ("overlaps", "allowed"): (2, 2, 1),
        ("overlaps", "forbidden"): (1, 1, 1),
        ("coverage_gaps", "all"): (2, 3, 1),
        ("coverage_gaps", "eligible_unserved"): (1, 1, 1),
        ("coverage_gaps", "eligibility_unknown"): (1, 0, 0),
        ("coverage_gaps", "served_not_eligible"): (0, 1, 0),
        ("coverage_gaps", "service_unknown"): (0, 1, 0),
    }
    people = found.loc[("people", "pairs of records")]
    assert people["precision"] == pytest.approx(1 / 3)
    assert people["recall"] == pytest.approx(1 / 2)
    assert people["f1"] == pytest.approx(0.4)
    unknown = found.loc[("coverage_gaps", "eligibility_unknown")]
    assert unknown["recall"] == 0
    assert unknown.isna()["precision"]


def test_the_truth_is_shown_beside_the_status(compared, capsys):
    status.show_truth(compared)
    shown = capsys.readouterr().out
    assert "0.3333" in shown
    assert "coverage gaps" in shown


def test_what_is_late_and_what_nobody_looks_at_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LUMBUNG_NOW", "2026-08-20T02:00:00+00:00")
    home = lake.Home(tmp_path)
    lake.prepare(home)
    write_all(home, {k: v for k, v in FOUND.items() if k == "vault.quality.submissions"})
    stray = home.landing / "pkhh" / "pkh_1471_2026T2.xlsx"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    found = status.read(home)
    assert {(i.program, i.period, i.was_rejected) for i in found.late} == {
        ("dtsen", "2026Q2", False),
        ("pkh", "2026T2", True),
    }
    out = io.StringIO()
    status.show(found, out=out, home=home)
    assert "late      Conditional cash transfer (PKH) tahap 2 of 2026 for 14.71 is 36 days" in (
        out.getvalue()
    )
    assert "unclaimed 1 files in landing/pkhh: no program has that name" in out.getvalue()
    assert found.to_json()["unclaimed"] == {"pkhh": 1}


def test_debts_of_one_sender_are_one_line(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LUMBUNG_NOW", "2027-03-20T02:00:00+00:00")
    home = lake.Home(tmp_path)
    lake.prepare(home)
    write_all(home, {k: v for k, v in FOUND.items() if k == "vault.quality.submissions"})
    found = status.read(home)
    senders = {(i.program, i.area_code) for i in found.late}
    assert len(found.late) > len(senders)
    out = io.StringIO()
    status.show(found, out=out, home=home)
    lines = [line for line in out.getvalue().splitlines() if line.startswith("late ")]
    assert len(lines) == len(senders)
    assert found.late[0].message_en in lines[0]
    assert lines[0].endswith(" later")
