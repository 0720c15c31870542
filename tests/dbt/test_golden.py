"""Core and analysis say of the golden district (golden.py) what was worked out on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date

import duckdb
import golden
import micro
import pytest
from golden import W1, W2, K, day
from test_core_micro import build, rows

from pipelines import lake
from pipelines.settings import Home

pytestmark = pytest.mark.slow  # one run of dbt and one more without its tests, about a minute

A = "warehouse.analysis"


def fill(con: duckdb.DuckDBPyConnection) -> None:
    """Put the district into the vault attached to `con`: records, submissions and identity."""
    made = golden.records()
    persons = made["persons"]
    for record, found in made.items():
        micro._put(
            con,
            f"vault.micro.{record}",
            [{k: v for k, v in row.items() if k != "person"} for row in found],
        )
    counts = dict.fromkeys(("rows_count", "accepted_count"), 9)
    none = ("quarantined_count", "issues_critical_count", "issues_info_count")
    micro._put(
        con,
        "vault.quality.submissions",
        [
            {
                "submission_id": name,
                "program": program,
                "area_code": area,
                "period": period,
                "version": 1,
                "file_name": f"{name}.csv",
                "sha256": name,
                "received_at": last,
                "sent_at": last,
                "state": "accepted",
                **counts,
                **dict.fromkeys(none, 0),
                "issues_warning_count": 3,
                "period_from": first,
                "period_to": last,
                "is_serving": True,
                "rules_hash": "r1",
            }
            for name, (program, area, period, first, last) in golden.SUBMISSIONS.items()
        ],
    )
    micro._put(
        con,
        "vault.quality.issues",
        [
            {
                "submission_id": "pkh-2025T1",
                "program": "pkh",
                "area_code": K,
                "period": "2025T1",
                "source_row": 1,
                "column_name": "nik",
                "rule_id": "nik_damaged",
                "severity": "warning",
            }
        ],
    )
    texts = ("title_id", "title_en", "description_id", "description_en", "owner")
    micro._put(
        con,
        "vault.quality.programs",
        [
            {
                "program": program,
                **dict.fromkeys(texts, program),
                "sector": golden.SECTOR.get(program, "other"),
                "government_level": "national",
                "cadence_kind": "month",
                "area_level": "kabkota",
            }
            for program in sorted({s[0] for s in golden.SUBMISSIONS.values()})
        ],
    )
    micro._put(
        con,
        "vault.identity.record_links",
        [
            {
                **{k: row[k] for k in ("program", "submission_id", "source_record_id")},
                "beneficiary_id": row["person"],
                "household_id": golden.HOUSEHOLD.get(row["person"]),
                "match_probability": 1.0,
                "method": "golden",
            }
            for row in persons
        ],
    )
    people = sorted({row["person"] for row in persons})
    micro._put(
        con,
        "vault.identity.beneficiary_id_history",
        [
            {
                "beneficiary_id": person,
                "current_beneficiary_id": person,
                "state": "active",
                "issue_no": number,
                "issued_at": date(2025, 1, 1),
            }
            for number, person in enumerate(people, start=1)
        ],
    )
    households = sorted(set(golden.HOUSEHOLD.values()))
    micro._put(con, "vault.identity.households", [{"household_id": h} for h in households])
    micro._put(
        con,
        "vault.identity.household_memberships",
        [
            {
                "household_id": household,
                "beneficiary_id": person,
                "group_kind": "family_card",
                "valid_from": date(2019, 1, 1),
                "valid_to": None,
            }
            for person, household in golden.HOUSEHOLD.items()
        ],
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple]:
    """The project and a barn with the district, built once; dbt's own tests have passed on it."""
    folder = tmp_path_factory.mktemp("golden")
    home = Home(folder / "home")
    lake.prepare(home)
    with lake.connect(write=lake.LAKES, home=home) as con:
        fill(con)
    with pytest.MonkeyPatch.context() as patched:
        names = ",".join(f"stg_micro__{record}" for record in micro.ALL_RECORDS)
        patched.setattr(micro, "STAGING_MODELS", names)
        made = micro.project(folder / "project", everything=True)
        # What dbt tests of core itself is tried on the micro district.
        done = build(made, home, "build", "--exclude", "path:models/core,resource_type:test")
        assert done.returncode == 0, done.stdout[-6000:]
        yield made, home


@pytest.fixture(scope="module")
def con(project: tuple) -> Iterator[duckdb.DuckDBPyConnection]:
    with lake.connect(read=lake.LAKES, home=project[1]) as con:
        yield con


def panel(con: duckdb.DuckDBPyConnection, person: str) -> dict[int, tuple]:
    """Month of 2025 -> state, village of today, birth, exit."""
    found = con.execute(
        "SELECT month(month_on), state_code, current_area_code, is_birth_month, is_exit_month "
        f"FROM {A}.beneficiary_months WHERE beneficiary_id = ? AND year(month_on) = 2025",
        [person],
    ).fetchall()
    assert len(found) == len({row[0] for row in found})
    return {number: tuple(rest) for number, *rest in found}


def test_the_panel_begins_at_birth(con):
    # The register of the quarter names her, but before March she was not born.
    assert panel(con, "g01") == {3: ("seen", W1, True, False)}


def test_the_panel_ends_at_death_and_shows_what_was_paid_after(con):
    found = panel(con, "g02")
    assert [found[n][0] for n in (1, 2, 3, 4)] == ["seen", "seen", "seen", "after_death"]
    assert len(found) == 4
    assert [found[n][3] for n in (1, 2, 3, 4)] == [False, False, True, False]
    after = con.execute(
        f"SELECT receipts_count, amount_idr, programs_paid FROM {A}.beneficiary_months "
        "WHERE beneficiary_id = 'g02' AND month_on = DATE '2025-04-01'"
    ).fetchone()
    assert after == (1, 42_000, "pbi_jkn")


def test_the_panel_follows_a_move_and_ends_with_it(con):
    found = panel(con, "g03")
    assert {n: row[1] for n, row in found.items()} == {1: W1, 2: W1, 3: W2, 4: W2}
    assert [n for n, row in found.items() if row[3]] == [4]


def test_a_gap_in_the_panel_is_told_as_one(con):
    found = panel(con, "g04")
    assert {n: row[0] for n, row in found.items()} == {
        1: "seen",
        2: "seen",
        3: "between_sights",
        4: "seen",
    }
    assert found[3][1] == W1
    # From July 2018 to January 2025: 79 months, 77 of them between two sights.
    states = con.execute(
        f"SELECT state_code, count(*) FROM {A}.beneficiary_months WHERE beneficiary_id = 'g12' "
        "GROUP BY state_code"
    ).fetchall()
    assert dict(states) == {"seen": 2, "between_sights": 77}


def test_a_yearly_list_sees_when_it_speaks(con):
    assert panel(con, "g05") == {12: ("seen", W1, False, False)}


def test_entitlement_order_and_receipt(con):
    found = rows(
        con,
        "SELECT program_code, beneficiary_id, valid_from, due_idr::BIGINT, receipts_idr::BIGINT, "
        "reconciliation_code, due_basis_code FROM warehouse.core.entitlements "
        "WHERE reconciliation_code <> 'received_in_full' OR beneficiary_id IN ('g06', 'g12')",
    )
    january, quarter = day("2025-01-01"), 600_000
    assert found == {
        ("pkh", "g06", january, 225_000, 225_000, "received_in_full", "rule"),
        ("pkh", "g08", january, quarter, 500_000, "received_in_part", "rule"),
        ("pkh", "g09", january, quarter, None, "ordered_not_received", "rule"),
        ("pkh", "g10", january, quarter, None, "order_failed", "rule"),
        ("pkh", "g11", january, quarter, None, "not_ordered", "rule"),
        ("pbi_jkn", "g12", january, 42_000, None, "status_unknown", "rule"),
        ("pbi_jkn", "g12", day("2018-07-01"), 23_000, 23_000, "received_in_full", "rule"),
        ("sembako", "g13", january, 200_000, 400_000, "received_more", "rule"),
    }
    full = con.execute(
        "SELECT count(*) FROM warehouse.core.entitlements "
        "WHERE reconciliation_code = 'received_in_full'"
    ).fetchone()
    # PBI 6, PKH 2, BLT 3, Sembako 13, PENA 1, PIP 3, house 1
    assert full == (29,)


def test_help_that_is_not_cash_is_worth_what_the_rule_of_its_time_says(con):
    found = rows(
        con,
        "SELECT beneficiary_id, amount_idr::BIGINT, value_rule_id FROM warehouse.core.benefits "
        "WHERE amount_basis_code = 'rule' AND (program = 'sembako' OR beneficiary_id = 'g12')",
    )
    assert found == {
        ("g14", 200_000, "sembako-2020"),
        ("g12", 42_000, "pbi_jkn-2019"),
        ("g12", 23_000, "pbi_jkn-2016"),
    }


def test_one_house_is_a_dwelling_and_a_hamlet_is_not(con):
    found = rows(
        con,
        "SELECT m.beneficiary_id, m.valid_from, h.area_code FROM warehouse.core.household_members "
        "AS m JOIN warehouse.core.households AS h USING (household_id, group_kind) "
        "WHERE group_kind = 'dwelling'",
    )
    assert found == {
        ("g06", day("2025-01-01"), W1),
        ("g07", day("2025-01-01"), W1),
        ("g32", day("2025-03-01"), W1),
    }
    houses = con.execute(
        "SELECT count(*), any_value(members_count) FROM warehouse.core.households "
        "WHERE group_kind = 'dwelling'"
    ).fetchone()
    assert houses == (1, 3)


def test_overlaps_that_may_be_none_are_marked(con):
    found = rows(
        con,
        f"SELECT subject_id, program_a, program_b, month(month_on), verdict, mark_code FROM {A}.overlaps",
    )
    assert found == {
        ("G2", "blt_dd", "pkh", 3, "forbidden", "window_edge"),
        ("g16", "pbi_jkn", "sembako", 3, "no_rule", "late_termination"),
        ("g17", "pena", "sembako", 3, "no_rule", "period_not_told"),
        ("g13", "sembako", "sembako", 1, "forbidden", "none"),
    }


def test_early_warning_with_its_reasons(con):
    found = rows(
        con,
        f"SELECT beneficiary_id, risk_code, program_code, reason_codes, value_number FROM {A}.risk_list",
    )
    assert found == {
        ("g18", "possible_dropout", "dapodik", "not_in_next_semester", 5),
        ("g22", "growth_faltering", "eppgbm", "two_visits_without_gain", -1.2),
        ("g23", "growth_faltering", "eppgbm", "weight_for_age_falling", -1.2),
        ("g24", "high_risk_pregnancy_unvisited", "kia", "high_risk,fewer_visits_than_standard", 1),
        ("g25", "high_risk_pregnancy_unvisited", "kia", "high_risk,no_visit_since_last_list", 1),
        ("g27", "benefit_stopped", "sembako", "not_on_any_list,still_poor", 2),
        # The scholarship of 2024, and not that of 2025.
        ("g20", "benefit_stopped", "pip", "not_on_any_list,no_longer_poor", 12),
        ("g02", "deceased_still_paid", "pbi_jkn", "paid_after_death", 1),
    }


def test_nobody_changes_where_no_list_tells(con):
    """Pupils of two semesters; and quarters of which the second has no list of its last month."""
    found = rows(
        con,
        f"SELECT program_code, subject_id, change_code, reason_code FROM {A}.transitions "
        "WHERE program_code IN ('dapodik', 'sembako', 'blt_dd', 'pbi_jkn')",
    )
    assert found == {
        ("dapodik", "g18", "left", "not_told"),
        ("dapodik", "g19", "left", "finished"),
        ("dapodik", "g20", "stayed", None),
        ("dapodik", "g21", "left", "not_told"),
        # Paid in both quarters. Whoever was paid in the first alone may still be paid in June.
        ("sembako", "g14", "stayed", None),
        ("blt_dd", "G2", "stayed", None),
        ("pbi_jkn", "g02", "stayed", None),
    }


def test_the_funnel_is_closed_by_payments_and_not_by_the_senders_word(con):
    found = rows(
        con,
        "SELECT beneficiary_id, stage_code, closed_level, days_to_benefit, is_unconfirmed, "
        f"reason_code FROM {A}.referral_funnel",
    )
    assert found == {
        ("g29", "benefit", "person", 24, False, None),
        ("g30", "referral", None, None, True, None),
        ("g31", "referral", None, None, False, "not_in_register"),
        ("g32", "benefit", "household", 0, False, None),
        ("g05", "need", None, None, False, None),
    }


def test_what_became_of_it(con):
    found = rows(
        con,
        "SELECT outcome_code, beneficiary_id, horizon_months, result_code, after_code, "
        f"after_number FROM {A}.outcomes",
    )
    assert found == {
        ("training_work", "g34", 3, "same", "not_working", None),
        ("training_work", "g34", 6, "better", "working", 2500),
        ("training_work", "g35", 3, "unknown", None, None),
        ("training_work", "g35", 6, "unknown", None, None),
        ("supplement_height", "g22", 3, "better", "not_stunted", -1.9),
        ("scholarship_school", "g18", 1, "reached", "at_school", None),
        # As of the last list that has the pupil: January for g18, July for g20.
        # Of the year after 2025 no list has come.
        ("scholarship_school", "g18", None, "unknown", None, None),
        ("scholarship_school", "g20", 7, "reached", "at_school", None),
        ("house_condition", "g36", None, "better", "fit", None),
        ("business_turnover", "g17", 3, "better", None, 1500),
        ("business_turnover", "g17", 6, "worse", "not_graduated", 900),
        ("pkh_decile", "g06", 3, "better", None, 4),
        ("pkh_decile", "g08", None, "unknown", None, None),
        ("pkh_decile", "g15", None, "unknown", None, None),
    }


def test_who_may_get_a_scholarship(con):
    found = rows(
        con,
        f"SELECT subject_id, period, gap_class, reason_codes FROM {A}.coverage_gaps "
        "WHERE program = 'pip'",
    )
    unpaid = "component_pupil,not_on_any_list"
    assert found == {
        ("g18", "2025Q1", "served_not_eligible", "desil_outside"),
        ("g19", "2025Q1", "eligible_unserved", f"desil_inside,{unpaid}"),
        ("G2", "2025Q1", "eligible_unserved", f"served_by_pkh,{unpaid}"),
        ("g18", "2025Q2", "served_unlisted", "not_in_register"),
    }


def test_timeliness_of_pkh(con):
    # Days since 1 January: 40 (g06, g15) and 94 (g08, five days late).
    found = con.execute(
        "SELECT benefits_count, received_count, in_time_count, late_count, not_received_count, "
        "failed_count, in_time_share, wait_days_median, late_days_median "
        f"FROM {A}.benefit_timeliness WHERE area_code = '00' AND program_code = 'pkh'"
    ).fetchall()
    assert found == [(5, 3, 2, 1, 1, 1, 0.4, 40, 5)]


def test_complaints_and_how_long_they_wait(con):
    # Open since 10 January; the last list of complaints speaks of May: 141 days.
    found = con.execute(
        "SELECT complaints_count, resolved_count, open_count, status_unknown_count, "
        "resolved_share, close_days_median, open_too_long_count "
        f"FROM {A}.grievance_resolution WHERE area_code = ?",
        [W1],
    ).fetchall()
    assert found == [(3, 1, 1, 1, 0.5, 10, 1)]


def test_satisfaction_has_no_index_where_a_question_has_no_answer(con):
    found = rows(
        con,
        f"SELECT period, satisfaction_index, quality_code FROM {A}.service_satisfaction "
        "WHERE unit_code = 'all' AND program_code = 'kia'",
    )
    assert found == {("2025Q1", 77.78, "B"), ("2025Q2", None, None)}


def test_equity_counts_those_who_were_not_reached(con):
    # Named in the first quarter: all but g36; two men. Sembako reached g13, g14, g16, g17, g27,
    # g28, g29 and g33.
    found = con.execute(
        f"SELECT group_code, people_count, reached_count, parity_ratio FROM {A}.service_equity "
        "WHERE area_code = '00' AND period = '2025Q1' AND program_code = 'sembako' "
        "AND dimension_code = 'sex' ORDER BY 1"
    ).fetchall()
    assert found == [("female", 33, 8, pytest.approx(35 / 33)), ("male", 2, 0, 0)]
    far = con.execute(
        f"SELECT people_count, reached_count FROM {A}.service_equity WHERE group_code = 'school_far' "
        "AND area_code = '00' AND period = '2025Q1'"
    ).fetchall()
    assert far == [(3, 1)]  # of g21 the way is not known


def test_inequality_between_villages(con):
    # W2: g27 alone is poor and got 600,000. W1: 8,905,500 for the poor g06, g07 and g19: PBI
    # 168,000, PKH 1,325,000, BLT 300,000, Sembako 2,000,000, PENA 5,000,000, PIP a quarter of
    # 450,000.
    found = {
        area: rest
        for area, *rest in con.execute(
            "SELECT area_code, people_count, poor_people_count, amount_per_poor_person_idr, areas_gini, "
            f"budget_realised_share, complaints_count FROM {A}.area_scorecard WHERE period = '2025Q1'"
        ).fetchall()
    }
    assert found[W2][:3] == [2, 1, 600_000]
    assert found[W1][:3] == [33, 3, 2_968_500]
    gini = (2_968_500 - 600_000) / (2 * (2_968_500 + 600_000))
    assert found["31.74.09"][3] == pytest.approx(gini)
    # February is the last month told of the quarter: 500,000 of 1,000,000.
    assert found[K][4:] == [0.5, 3]


def test_resources_against_needs(con):
    # February's list counts: two posyandu for g01, g22 and g23; one is enough for a hundred.
    found = con.execute(
        "SELECT resource_quantity, need_count, shortfall_quantity "
        f"FROM {A}.resource_gaps WHERE area_code = ? AND period = '2025Q1' AND resource_code = 'posyandu'",
        [W1],
    ).fetchall()
    assert found == [(2, 3, 0)]


def test_indicators_of_three_sources_stand_side_by_side(con):
    found = set(
        con.execute(
            "SELECT source_code, indicator_code, area_code, numerator, denominator, "
            f"round(value_number, 4) FROM {A}.indicator_progress "
            "WHERE valid_from >= DATE '2022-01-01' AND valid_from < DATE '2025-02-01' "
            "AND group_code <> 'program:kia' AND indicator_code IN ('entitlements_received_share', "
            "'satisfaction_index', 'immunisation_coverage_share', 'poor_people_share') "
            "AND valid_to > DATE '2022-06-01' AND (area_code = ? OR source_code <> 'computed') "
            "AND NOT (indicator_code = 'entitlements_received_share' AND valid_to < DATE '2025-01-01')",
            [K],
        ).fetchall()
    )
    assert found == {
        # 24 of known status end in the quarter; PKH's three others were not received.
        ("computed", "entitlements_received_share", K, 21, 24, 0.875),
        ("computed", "satisfaction_index", K, 77.78, 1, 77.78),
        ("official", "immunisation_coverage_share", W1, None, None, 0.8),
        ("quoted", "poor_people_share", K, None, None, 0.0409),
    }


def test_a_program_on_one_line(con):
    found = con.execute(
        "SELECT people_paid_count, households_paid_count, amount_idr::BIGINT, entitlements_count, "
        "entitlements_received_count, forbidden_overlap_subjects_count, forbidden_overlap_idr::BIGINT, "
        "budget_realised_share "
        f"FROM {A}.program_scorecard WHERE program_code = 'pkh' AND period = '2025Q1'"
    ).fetchall()
    # g07, g08 and g15; a third of g15's 600,000 lies in March, with BLT-DD.
    assert found == [(3, 3, 1_325_000, 6, 3, 1, 200_000, 0.5)]


def test_sources_are_judged_one_by_one(con):
    found = con.execute(
        "SELECT accepted_share, most_frequent_rule_id, area_known_share "
        f"FROM {A}.source_quality WHERE program = 'pkh'"
    ).fetchall()
    assert found == [(1, "nik_damaged", 1)]


def test_nobody_is_named(con):
    tables = con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
        "WHERE database_name = 'warehouse' AND schema_name IN ('core', 'analysis', 'public')"
    ).fetchall()
    assert len(tables) >= 35
    for (table,) in tables:
        found = con.execute(
            f"SELECT count(*) FROM warehouse.{table} AS t WHERE t::VARCHAR LIKE '%RAHASIA%' "
            "OR t::VARCHAR LIKE '%3174010000%' OR upper(t::VARCHAR) LIKE '%MAWAR%'"
        ).fetchone()
        assert found == (0,), table


def test_the_panel_is_kept_apart_by_years(project):
    # A first load is one file; what later runs change goes to the year it belongs to.
    with lake.connect(write=["warehouse"], home=project[1]) as con:
        keys = con.execute(
            "SELECT count(*) FROM __ducklake_metadata_warehouse.ducklake_partition_column"
        ).fetchone()
    assert keys == (2,)


def test_running_again_changes_nothing(project, tmp_path):
    made, home = project
    copy = Home(tmp_path / "home")
    shutil.copytree(home.root, copy.root)
    with lake.connect(read=["warehouse"], home=copy) as con:
        before = lake.current_snapshot(con, "warehouse")
    done = build(made, copy, "run")
    assert done.returncode == 0, done.stdout[-4000:]
    with lake.connect(read=["warehouse"], home=copy) as con:
        assert lake.current_snapshot(con, "warehouse") == before
