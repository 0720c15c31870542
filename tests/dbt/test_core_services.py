"""Core's tables of complaints, referrals, answers, budgets and resources, over records on paper."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import micro
import pytest
from test_core_micro import build

from pipelines import lake, settings
from pipelines.settings import Home

pytestmark = pytest.mark.slow  # a run of dbt, some ten seconds

TABLES = ("grievances", "referrals", "responses", "budget_lines", "resources")
JUL = (date(2026, 7, 1), date(2026, 7, 31))
# id: program, sender, first and last day
SUBMISSIONS = {
    "lapor-14": ("lapor", "14.71", date(2026, 7, 14), date(2026, 7, 14)),
    "lapor-15": ("lapor", "14.71", date(2026, 7, 15), date(2026, 7, 15)),
    "lapor-x": ("lapor", "73.03", date(2026, 7, 15), date(2026, 7, 15)),
    "slrt-7": ("slrt", "14.71", *JUL),
    "slrt-8": ("slrt", "14.71", date(2026, 8, 1), date(2026, 8, 31)),
    "ikm-3": ("ikm", "14.71", date(2026, 7, 1), date(2026, 9, 30)),
    "ikm-4": ("ikm", "14.71", date(2026, 10, 1), date(2026, 12, 31)),
    "sipd-7": ("sipd", "14.71", *JUL),
    "sipd-8": ("sipd", "14.71", date(2026, 8, 1), date(2026, 8, 31)),
    "opendk-7": ("opendk", "14.71", *JUL),
    "restricted-7": ("simfoni_ppa", "14.71", *JUL),
    "restricted-8": ("simfoni_ppa", "73.03", *JUL),
}
ROWS = {"restricted-8": 23}
SECRET = "RAHASIA 1471010101900001"
CODES = {
    "persons": {"role": ["pemohon"]},
    "grievances": {
        "category_code": ["health"],
        "agency_code": ["dinas_sosial"],
        "status_code": ["new", "resolved", "unknown"],
    },
    "referrals": {
        "need_code": ["food"],
        "to_program_code": ["pkh"],
        "status_code": ["new", "rejected", "unknown"],
    },
    "responses": {"question_code": ["u1", "u2"], "unit_code": ["puskesmas"]},
    "budget_lines": {
        "program_code": ["pkh"],
        "fund_code": ["apbd"],
        "version_code": ["murni"],
        "agency_code": "[0-9][.][0-9]{2}([.][0-9]{1,4})*",
        "activity_code": "[0-9][.][0-9]{2}([.][0-9]{1,4})*",
        "account_code": "[1-9]([.][0-9]{1,2}){0,4}([.][0-9]{4})?",
    },
    "resources": {"kind_code": ["posyandu"]},
}


def _grievance(submission: str, row: int, no: str | None, status: str, **more: Any) -> dict:
    return {
        "submission_id": submission,
        "source_row": row,
        "source_record_id": f"{row}:laporan",
        "grievance_no": no or f"row {row}",
        "category_code": "health",
        "agency_name": SECRET,
        "agency_code": "dinas_sosial",
        "status_code": status,
        "received_on": date(2026, 7, 14),
        "sent_district": "X",
    } | more


def _referral(submission: str, row: int, status: str, **more: Any) -> dict:
    return {
        "submission_id": submission,
        "source_row": row,
        "source_record_id": f"{row}:pemohon",
        "referral_no": f"SLRT-{row}:1",
        "need_code": "food",
        "to_program_code": "pkh",
        "status_code": status,
        "referred_on": date(2026, 7, 2),
        "reason": "Tidak masuk DTSEN",
    } | more


def _line(submission: str, row: int, amount: int | None, **more: Any) -> dict:
    return {
        "submission_id": submission,
        "source_row": row,
        "source_record_id": f"{row}:baris",
        "line_no": "1",
        "program_code": "pkh",
        "budget_year": 2026,
        "month_on": date(2026, 7, 1),
        "version_code": "murni",
        "fund_code": "apbd",
        "account_code": "5.1.02.01.01.0010",
        "agency_code": "1.06.0.00",
        "activity_code": "1.06.05.2.01.10",
        "activity_name": SECRET,
        "ceiling_idr": 1000,
        "realised_idr": amount,
        "sent_village": "A",
    } | more


def _answer(submission: str, row: int, no: str, question: str, answer: float | None) -> dict:
    return {
        "submission_id": submission,
        "source_row": row,
        "source_record_id": f"{row}:responden",
        "response_no": no,
        "unit_name": SECRET,
        "unit_code": "puskesmas",
        "question_code": question,
        "answer_number": answer,
        "answered_on": date(2026, 8, 1),
    }


def _resource(row: int, name: str | None, **more: Any) -> dict:
    return {
        "submission_id": "opendk-7",
        "source_row": row,
        "source_record_id": f"{row}:sarana",
        "resource_no": "1",
        "kind_code": "posyandu",
        "resource_name": name,
        "quantity": 2.0,
        "valid_from": JUL[0],
        "valid_to": JUL[1],
        "sent_village": "A",
    } | more


RECORDS: dict[str, list[dict[str, Any]]] = {
    "persons": [
        {
            "submission_id": submission,
            "source_row": row,
            "source_record_id": f"{row}:pemohon",
            "role": "pemohon",
            "full_name": SECRET,
            "observed_on": date(2026, 7, 2),
        }
        for submission, row in (("slrt-7", 1), ("slrt-7", 2), ("slrt-8", 1))
    ],
    "grievances": [
        _grievance("lapor-14", 1, "100", "new"),
        _grievance("lapor-15", 1, "100", "resolved", closed_on=date(2026, 7, 15)),
        _grievance("lapor-x", 1, "100", "new"),  # another regency's number 100
        _grievance("lapor-15", 2, "200", "new"),
        _grievance("lapor-15", 3, "200", "resolved", closed_on=date(2026, 7, 16)),
        _grievance("lapor-14", 4, None, "new"),
        _grievance("lapor-15", 4, None, SECRET, category_code=SECRET, agency_code=SECRET),
        _grievance("lapor-15", 5, "300", "new", received_on=date(1990, 1, 1)),
        _grievance("slrt-7", 2, "SLRT-2", "new", source_record_id="2:pemohon"),
    ],
    "referrals": [
        _referral("slrt-7", 1, "new"),
        _referral("slrt-8", 1, "rejected", status_on=date(2026, 8, 3)),
        _referral("slrt-7", 2, "new", reason=SECRET, referred_on=None),
        _referral("slrt-7", 2, "new", referral_no="SLRT-2:2", need_code=SECRET, reason=None),
    ],
    "responses": [
        _answer("ikm-3", 1, "1", "u1", 4.0),
        _answer("ikm-3", 1, "1", "u2", None),
        _answer("ikm-3", 2, "1", "u1", 3.0),  # the number is there already
        _answer("ikm-4", 1, "1", "u1", 2.0),  # numbered anew in the next quarter
    ],
    "budget_lines": [
        _line("sipd-7", 1, 100),
        _line("sipd-7", 2, 100),  # an exact copy
        _line("sipd-7", 5, 100, sent_village="E"),
        _line("sipd-7", 6, 100, sent_village="E", fund_code=None),  # a copy without its fund
        _line("sipd-7", 3, 100, sent_village="B"),
        _line("sipd-7", 4, None, activity_name="C", agency_code=SECRET),
        _line("sipd-8", 1, 120),  # July again, in a later file
        _line("sipd-8", 2, 130, month_on=date(2026, 8, 1)),
        _line("sipd-8", 3, 1_471_010_101_900_001, month_on=date(2026, 8, 1), activity_name="D"),
    ],
    "resources": [
        _resource(1, "Posyandu Mawar"),
        _resource(2, "Posyandu Mawar"),
        _resource(3, None),
        _resource(4, None, kind_code=SECRET),
    ],
}
_RESOLUTION = """{{ config(materialized='view', alias='area_resolution') }}
select distinct
    {{ area_key('s.area_code', 'p.sent_area_code', 'p.sent_district', 'p.sent_village') }}
        as area_key,
    s.area_code, {{ area_level_of('s.area_code') }} as area_level, 'sender' as method,
    'certain' as certainty, s.area_code as current_area_code
from (
    {%- for name in ['persons', 'grievances', 'budget_lines', 'resources'] %}
    select submission_id, sent_area_code, sent_district, sent_village
    from {{ ref('int_' ~ name) }} {{ 'union' if not loop.last }}
    {%- endfor %}
) as p
inner join {{ source('quality', 'submissions') }} as s using (submission_id)
"""
_CURRENT = """{{ config(materialized='view') }}
select '14.71' as area_code, '2025' as edition, '14.71' as current_area_code
"""


def project(folder: Path, programs: tuple[str, ...] = ()) -> Path:
    """The micro project with these tables and their records, and without analysis.

    programs: over the real staging models of these programs instead.
    """
    micro.project(folder, programs)
    for schema in ("analysis", "public"):
        shutil.rmtree(folder / "models" / schema)
    shutil.rmtree(folder / "tests")
    shutil.copytree(settings.DBT_DIR / "tests" / "services", folder / "tests")
    for table in TABLES:
        for ending in ("sql", "yml"):
            name = f"core/{table}.{ending}"
            shutil.copy(settings.DBT_DIR / "models" / name, folder / "models" / name)
    # Other programs' decoders are not needed.
    for path in (folder / "macros").glob("decode_*.sql"):
        if path.name != "decode_services.sql":
            path.unlink()
    models = folder / "models"
    real = settings.DBT_DIR / "models" / "intermediate"
    config = "{{ config(materialized='view') }}\n"
    for record in TABLES:
        if not programs:
            text = micro._STAGING.format(record=record)
            (models / f"staging/stg_micro__{record}.sql").write_text(config + text)
        shutil.copy(real / f"int_{record}.sql", models / f"intermediate/int_{record}.sql")
    (models / "intermediate/int_area_resolution.sql").write_text(_RESOLUTION)
    (models / "intermediate/int_area_current.sql").write_text(_CURRENT)
    if programs:
        return folder
    described = [
        {"name": f"stg_micro__{record}", "config": {"meta": {"codes": CODES.get(record, {})}}}
        for record in {*micro.RECORDS, *TABLES}
    ]
    restricted = {"name": "simfoni_ppa", "config": {"meta": {"restricted": True}}}
    source = {"name": "submissions", "database": "vault", "tables": [restricted]}
    text = json.dumps({"models": described, "sources": [source]})
    (models / "staging/micro.yml").write_text(text)
    return folder


def fill(con: duckdb.DuckDBPyConnection) -> None:
    """Put the records, their submissions and their people into the vault."""
    micro.fill(con)
    program_of = {name: program for name, (program, *_) in SUBMISSIONS.items()}
    for record in {*micro.RECORDS, *TABLES}:
        con.execute(f"DROP TABLE IF EXISTS vault.micro.{record}")
        rows = [{"program": program_of[r["submission_id"]]} | r for r in RECORDS.get(record, [])]
        if rows:
            micro._put(con, f"vault.micro.{record}", rows)
        else:
            con.execute(f"CREATE TABLE vault.micro.{record} (program VARCHAR)")
    submissions = con.execute("SELECT * FROM vault.quality.submissions LIMIT 1").to_arrow_table()
    base = submissions.to_pylist()[0]
    micro._put(
        con,
        "vault.quality.submissions",
        [
            base
            | {
                "submission_id": name,
                "program": program,
                "area_code": area,
                "period": str(first),
                "period_from": first,
                "period_to": last,
                "received_at": last,
                "sent_at": last,
                **dict.fromkeys(("rows_count", "accepted_count"), ROWS.get(name, 7)),
                "quarantined_count": 0,
                "issues_warning_count": 3,
            }
            for name, (program, area, first, last) in SUBMISSIONS.items()
        ],
    )
    con.execute("UPDATE vault.quality.issues SET program = 'lapor', submission_id = 'lapor-14'")
    con.execute(
        "INSERT INTO vault.quality.issues SELECT * REPLACE ('simfoni_ppa' AS program, "
        "'restricted-7' AS submission_id) FROM vault.quality.issues"
    )
    con.execute(
        "CREATE OR REPLACE TABLE vault.quality.programs AS SELECT p.* REPLACE (n AS program) "
        "FROM (SELECT * FROM vault.quality.programs LIMIT 1) AS p, "
        "(SELECT unnest(?::VARCHAR[]) AS n)",
        [sorted({program for program, *_ in SUBMISSIONS.values()})],
    )
    con.execute(
        "CREATE OR REPLACE TABLE vault.identity.record_links AS SELECT program, submission_id, "
        "source_record_id, CASE WHEN source_row = 1 THEN 'p01' ELSE 'p02' END AS beneficiary_id, "
        "'H1' AS household_id, 1.0 AS match_probability, 'micro' AS method FROM vault.micro.persons"
    )


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("services") / "home")
    lake.prepare(home)
    with lake.connect(write=lake.LAKES, home=home) as writing:
        fill(writing)
    wanted = (*TABLES, "person_records", "submissions", "programs", "data_quality_issues")
    with pytest.MonkeyPatch.context() as patched:
        names = ",".join(f"stg_micro__{record}" for record in {*micro.RECORDS, *TABLES})
        patched.setattr(micro, "STAGING_MODELS", names)
        done = build(
            project(home.root.parent / "project"),
            home,
            *(
                "build",
                "--select",
                *wanted,
                "test_type:singular",
                "int_persons",
                "int_area_resolution",
                "int_area_current",
            ),
            *(f"stg_micro__{record}" for record in {*micro.RECORDS, *TABLES}),
            *("--indirect-selection", "cautious"),
        )
    assert done.returncode == 0, done.stdout[-4000:]
    with lake.connect(read=lake.LAKES, home=home) as reading:
        yield reading


def repeats(con: duckdb.DuckDBPyConnection, table: str) -> set[tuple[str, int]]:
    found = con.execute(
        f"SELECT submission_id, source_row FROM warehouse.core.{table} WHERE is_repeat"
    ).fetchall()
    return set(found)


def test_every_record_is_a_fact(con):
    for table in TABLES:
        count = con.execute(f"SELECT count(*) FROM warehouse.core.{table}").fetchone()
        assert count == (len(RECORDS[table]),), table


def test_no_word_and_no_number_of_a_sender_leaves_the_vault(con):
    for table in TABLES:
        columns = [r[0] for r in con.execute(f"DESCRIBE warehouse.core.{table}").fetchall()]
        for column in columns:
            traces = con.execute(
                f"SELECT count(*) FROM warehouse.core.{table} "
                f"WHERE regexp_matches(upper({column}::VARCHAR), 'RAHASIA|14710101|MAWAR|SLRT-')"
                " AND '{column}' <> 'submission_id'".replace("{column}", column)
            ).fetchone()
            assert traces == (0,), (table, column)


def test_a_complaint_is_told_by_its_latest_statement(con):
    # 100 of the regency in the later file; 200 by the row that closes it.
    assert repeats(con, "grievances") == {("lapor-14", 1), ("lapor-15", 2)}
    found = con.execute(
        "SELECT status_code, category_code, agency_code FROM warehouse.core.grievances "
        "WHERE submission_id = 'lapor-15' AND source_row = 4"
    ).fetchone()
    assert found == ("other", "other", "other")


def test_a_birth_in_the_wrong_column_is_no_day_of_a_complaint(con):
    found = con.execute(
        "SELECT received_on, valid_from FROM warehouse.core.grievances "
        "WHERE submission_id = 'lapor-15' AND source_row = 5"
    ).fetchone()
    assert found == (None, date(2026, 7, 15))


def test_complaints_name_their_person_where_one_is_named(con):
    found = con.execute(
        "SELECT program, count(beneficiary_id) FROM warehouse.core.grievances GROUP BY ALL"
    ).fetchall()
    assert dict(found) == {"lapor": 0, "slrt": 1}


def test_a_referral_is_told_by_its_latest_file(con):
    assert repeats(con, "referrals") == {("slrt-7", 1)}
    found = con.execute(
        "SELECT source_row, need_code, reason_code, referred_on FROM warehouse.core.referrals "
        "WHERE submission_id = 'slrt-7' ORDER BY ALL"
    ).fetchall()
    assert found == [
        (1, "food", "not_in_register", date(2026, 7, 2)),
        (2, "food", "other", None),
        (2, "other", None, date(2026, 7, 2)),
    ]


def test_answers_stand_once_per_respondent_and_quarter(con):
    assert repeats(con, "responses") == {("ikm-3", 2)}
    found = con.execute(
        "SELECT DISTINCT area_code, area_method, unit_code FROM warehouse.core.responses"
    ).fetchall()
    assert found == [("14.71", "sender", "puskesmas")]


def test_a_budget_line_is_told_once_and_unknown_is_not_zero(con):
    # The copy, and the older file's statement of July (both of its rows).
    assert repeats(con, "budget_lines") == {("sipd-7", 1), ("sipd-7", 2), ("sipd-7", 6)}
    found = con.execute(
        "SELECT submission_id, source_row, realised_idr FROM warehouse.core.budget_lines "
        "WHERE realised_idr IS NULL OR agency_code = 'other' ORDER BY ALL"
    ).fetchall()
    # A NIK in the column of an amount is no amount.
    assert found == [("sipd-7", 4, None), ("sipd-8", 3, None)]


def test_resources_without_a_name_are_different_ones(con):
    assert repeats(con, "resources") == {("opendk-7", 2)}


def test_of_a_restricted_list_only_counts_that_are_not_small_are_shown(con):
    found = con.execute(
        "SELECT submission_id, rows_count, accepted_count, quarantined_count, issues_warning_count "
        "FROM warehouse.core.submissions WHERE program IN ('simfoni_ppa', 'opendk') ORDER BY ALL"
    ).fetchall()
    assert found == [
        ("opendk-7", 7, 7, 0, 3),
        ("restricted-7", None, None, 0, None),
        ("restricted-8", 25, 25, 0, None),
    ]
    told = con.execute("SELECT DISTINCT program FROM warehouse.core.data_quality_issues")
    assert told.fetchall() == [("lapor",)]
