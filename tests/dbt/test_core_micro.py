"""Core and analysis say of the micro district (micro.py) what was worked out on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import micro
import pytest

from pipelines import lake
from pipelines.settings import Home
from tests.dbt_runs import Done, dbt

pytestmark = pytest.mark.slow  # four runs of dbt


def build(folder: Path, home: Home, *words: str) -> Done:
    """dbt (by default `build`) of the micro project over the barn `home`."""
    return dbt(folder, home, *(words or ("build",)), models=micro.STAGING_MODELS)


def project(home: Home) -> Path:
    """The folder of the project that the fixture built."""
    return home.root.parent / "project"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A barn with the micro district, built once; all of dbt's own tests have passed on it."""
    home = Home(tmp_path_factory.mktemp("micro") / "home")
    lake.prepare(home)
    with lake.connect(write=lake.LAKES, home=home) as con:
        micro.fill(con)
    done = build(micro.project(project(home)), home)
    assert done.returncode == 0, done.stdout[-4000:]
    return home


@pytest.fixture
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with lake.connect(read=lake.LAKES, home=home) as con:
        yield con


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> set[tuple]:
    found = con.execute(sql).fetchall()
    assert len(found) == len(set(found)), "rows are not unique"
    return set(found)


def test_overlaps_are_those_on_paper(con):
    found = rows(
        con,
        "SELECT level, subject_id, program_a, program_b, month_on, verdict "
        "FROM warehouse.analysis.overlaps",
    )
    assert found == micro.OVERLAPS


def test_coverage_gaps_are_those_on_paper(con):
    found = rows(
        con,
        "SELECT program, subject_id, period, gap_class, reason_codes "
        "FROM warehouse.analysis.coverage_gaps",
    )
    assert found == micro.GAPS


def test_scorecard_of_the_regency(con):
    names = ", ".join(micro.SCORECARD_1471_Q3)
    found = con.execute(
        f"SELECT {names} FROM warehouse.analysis.area_scorecard "
        "WHERE area_code = '14.71' AND period = '2026Q3'"
    ).fetchone()
    assert dict(zip(micro.SCORECARD_1471_Q3, found, strict=True)) == micro.SCORECARD_1471_Q3


def test_shares_have_known_denominators(con):
    found = con.execute(
        "SELECT poor_households_share, poor_reached_share, stunted_children_share "
        "FROM warehouse.analysis.area_scorecard WHERE area_code = '14.71' AND period = '2026Q3'"
    ).fetchone()
    assert found == pytest.approx((9 / 13, 6 / 9, 1 / 2))


def test_unknown_shares_stay_unknown(con):
    # 73.03 has no register: nobody there is poor or not poor, it is not known.
    found = con.execute(
        "SELECT desil_unknown_households_count, poor_households_share, stunted_children_share "
        "FROM warehouse.analysis.area_scorecard WHERE area_code = '73.03' AND period = '2026Q3'"
    ).fetchone()
    assert found == (1, None, None)


def test_what_nobody_told_is_null_and_not_zero(con):
    # No register of 73.03; no payment list and no measurement of the second quarter came at all.
    counts = (
        "register_households_count, poor_households_count, eligible_unserved_households_count, "
        "service_unknown_households_count, reached_households_count, amount_idr, "
        "children_measured_count, stunted_children_count"
    )
    found = {
        (area, period): rest
        for area, period, *rest in con.execute(
            f"SELECT area_code, period, {counts} FROM warehouse.analysis.area_scorecard "
            "WHERE (area_code, period) IN (('73.03', '2026Q3'), ('14.71', '2026Q2'))"
        ).fetchall()
    }
    assert found["73.03", "2026Q3"] == [None, None, None, None, 1, 200_000, None, None]
    assert found["14.71", "2026Q2"] == [2, 1, None, 1, None, None, None, None]
    published = rows(
        con,
        "SELECT measure_code FROM warehouse.public.area_totals "
        "WHERE area_code = '14.71' AND period = '2026Q2'",
    )
    assert published == {("people",), ("households",), ("poor_households",)}


def test_help_without_a_date_is_counted_and_in_no_month(con):
    found = rows(
        con,
        "SELECT area_code, benefits_undated_count FROM warehouse.analysis.area_program_reach "
        "WHERE program = 'sembako' AND period = '2026Q3' AND benefits_undated_count > 0",
    )
    assert found == {("14", 1), ("14.71", 1), ("14.71.08", 1), ("14.71.08.1001", 1)}


def test_months_of_one_payment_add_up_to_it(con):
    # 100,000 over three months: a third is 33,333.33; the last month takes the cent that is left.
    found = con.execute(
        "SELECT amount_idr FROM warehouse.analysis.coverage_gaps WHERE subject_id = 'H10'"
    ).fetchall()
    assert found == [(100_000,)]


def test_only_what_was_said_before_is_a_repeat(con):
    found = rows(
        con, "SELECT submission_id, source_row FROM warehouse.core.benefits WHERE is_repeat"
    )
    assert found == micro.REPEATS


def test_nothing_staged_is_lost(con):
    found = con.execute(
        "SELECT (SELECT count(*) FROM warehouse.core.benefits), "
        "(SELECT count(*) FROM warehouse.core.observations), "
        "(SELECT count(*) FROM warehouse.core.person_records)"
    ).fetchone()
    people = con.execute("SELECT count(*) FROM vault.micro.persons").fetchone()
    assert found == (len(micro.PAYMENTS), len(micro.REGISTER) + 4, people[0])


def test_help_for_a_member_names_payee_and_member(con):
    found = rows(
        con,
        "SELECT beneficiary_id, for_beneficiary_id FROM warehouse.core.benefits "
        "WHERE program = 'pkh' AND for_beneficiary_id IS NOT NULL",
    )
    assert found == {("p01", "p02"), ("p18", "p17"), ("p19", "p17")}


def test_a_tahap_is_spread_over_its_months(con):
    found = rows(
        con,
        "SELECT month_on, amount_b_idr, amount_a_idr, match_probability "
        "FROM warehouse.analysis.overlaps "
        "WHERE subject_id = 'H1' AND program_a = 'pkh' AND program_b = 'sembako'",
    )
    assert {(month.month, int(b), int(a), p) for month, b, a, p in found} == {
        (month, 200_000, 250_000, 1.0) for month in (7, 8, 9)
    }


def test_an_overlap_is_as_certain_as_its_least_certain_link(con):
    found = con.execute(
        "SELECT match_probability FROM warehouse.analysis.overlaps WHERE subject_id = 'H2'"
    ).fetchall()
    assert found == [(0.9,)]


def test_a_household_of_one_says_so_and_is_less_certain(con):
    found = rows(
        con,
        "SELECT subject_kind, household_id, certainty_code FROM warehouse.analysis.coverage_gaps "
        "WHERE subject_id = 'p14'",
    )
    assert found == {("person", None, "low")}


def test_evidence_has_an_age(con):
    # The register last learnt of H6 on 1 June 2026; the quarter ends on 30 September.
    found = con.execute(
        "SELECT DISTINCT evidence_age_days FROM warehouse.analysis.coverage_gaps "
        "WHERE subject_id = 'H6'"
    ).fetchall()
    assert found == [(121,)]


def test_birth_is_a_month_at_most_and_only_where_known(con):
    found = {
        person: (year, month)
        for person, year, month in con.execute(
            "SELECT beneficiary_id, birth_year, birth_month FROM warehouse.core.beneficiaries "
            "WHERE beneficiary_id IN ('p08', 'p13', 'p14')"
        ).fetchall()
    }
    assert found == {"p08": (1960, 9), "p13": (1966, None), "p14": (1990, 7)}


def test_no_name_or_number_passes(con):
    tables = con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
        "WHERE database_name = 'warehouse' AND schema_name IN ('core', 'analysis', 'public')"
    ).fetchall()
    assert len(tables) >= 15
    for (table,) in tables:
        found = con.execute(
            f"SELECT count(*) FROM warehouse.{table} AS t "
            "WHERE t::VARCHAR LIKE '%RAHASIA%' OR t::VARCHAR LIKE '%1471010000%' "
            "OR t::VARCHAR LIKE '%60329800%'"
        ).fetchone()
        assert found == (0,), table


def test_issues_are_counted_without_values(con):
    found = con.execute(
        "SELECT submission_id, rule_id, column_name, severity_code, issue_count, rows_count "
        "FROM warehouse.core.data_quality_issues"
    ).fetchall()
    assert found == [("pkh-3", "nik_damaged", "nik", "warning", 2, 2)]


def test_public_withholds_the_few(con):
    found = dict(
        con.execute(
            "SELECT measure_code, rounded_count FROM warehouse.public.area_totals "
            "WHERE area_code = '14.71' AND period = '2026Q3'"
        ).fetchall()
    )
    assert found["people"] == 25  # 23, to the nearest 5
    assert found["households"] == 15  # 16
    assert found["poor_households"] is None  # 9
    assert found["stunted_children"] is None  # 1


def test_a_payment_called_a_repeat_of_another_payees_is_found(home, tmp_path):
    # Others were paid by Sembako in August too: they are not the first of this one.
    copy = Home(tmp_path / "home")
    shutil.copytree(home.root, copy.root)
    with lake.connect(write=["warehouse"], home=copy) as con:
        con.execute(
            "UPDATE warehouse.core.benefits SET is_repeat = true "
            "WHERE submission_id = 'sembako-8' AND source_row = 1"
        )
    name = "core_repeated_benefit_has_its_first"
    done = build(project(home), copy, "test", "--select", name)
    assert f"FAIL 1 {name}" in done.stdout, done.stdout[-2000:]


def test_a_copied_row_is_one_payment_though_its_payee_was_not_recognised(home, tmp_path):
    # Rows 2 and 3 say the same of two people; row 7 of a member of an archive is another row 7.
    copy = Home(tmp_path / "home")
    shutil.copytree(home.root, copy.root)
    with lake.connect(write=["vault"], home=copy) as con:
        con.execute("ALTER TABLE vault.quality.issues ADD COLUMN source_part VARCHAR")
        con.execute(
            "INSERT INTO vault.quality.issues BY NAME SELECT 'sembako-7' AS submission_id, "
            "'sembako' AS program, 'row_repeated' AS rule_id, 'warning' AS severity, "
            "unnest([3, 7]) AS source_row, unnest([NULL, 'lain']) AS source_part"
        )
    done = build(project(home), copy, "build", "--select", "benefits+")
    assert done.returncode == 0, done.stdout[-4000:]
    with lake.connect(read=["warehouse"], home=copy) as con:
        found = rows(
            con, "SELECT submission_id, source_row FROM warehouse.core.benefits WHERE is_repeat"
        )
    assert found == micro.REPEATS | {("sembako-7", 3)}


def test_building_again_changes_nothing(home, tmp_path):
    copy = Home(tmp_path / "home")
    shutil.copytree(home.root, copy.root)
    with lake.connect(read=["warehouse"], home=copy) as con:
        before = lake.current_snapshot(con, "warehouse")
    # dbt's tests write nothing, and have passed on these tables.
    done = build(project(home), copy, "build", "--exclude-resource-type", "test")
    assert done.returncode == 0, done.stdout[-4000:]
    with lake.connect(read=["warehouse"], home=copy) as con:
        assert lake.current_snapshot(con, "warehouse") == before
