"""Kecamatan Tampan, abolished in 2020: its figures add up by the edition of 2019 and that of 2025.

On the real register. Perda Pekanbaru 2/2020 made of Tampan (14.71.08) the kecamatan Binawidya (the
same code) and Tuahmadani (14.71.13); later Binawidya got Sungaisibam from Payung Sekaki (14.71.11).

What is sent                                  people of 2019   of 2026
Simpangbaru, 14.71.08.1001                         4              5
Tuahkarya by its old code, 14.71.08.1007           3              1
Tuahkarya by its new code, 14.71.13.1003           -              2
"Tampan" and nothing else                          2              1
Sungaisibam by its old code, 14.71.11.1006         1              -
Sungaisibam by its new code, 14.71.08.1014         -              2
"Binawidya" and nothing else                       -              1
The regency alone                                  1              1

By the edition of 2019, Tampan has all of the first four lines, Sungaisibam is Payung Sekaki's, and
nobody knows of whoever says Binawidya alone: it may be Sungaisibam. By the edition of 2025 Binawidya
has Simpangbaru, Sungaisibam and who says so, Tuahmadani has Tuahkarya, and whoever says Tampan alone
may be in either. Person number n is paid n thousand rupiah in one month of the year.
"""

from __future__ import annotations

from datetime import date

import pytest
from area_register import REGISTER, build

from pipelines import lake
from pipelines.settings import Home

pytestmark = pytest.mark.slow

# sent code, sent district, people of 2019 and of 2026
SENT = (
    ("14.71.08.1001", None, 4, 5),
    ("14.71.08.1007", None, 3, 1),
    ("14.71.13.1003", None, 0, 2),
    (None, "TAMPAN", 2, 1),
    ("14.71.11.1006", None, 1, 0),
    ("14.71.08.1014", None, 0, 2),
    (None, "Kec. Binawidya", 0, 1),
    (None, None, 1, 1),
)
# Year and edition -> area, told area, placement: people. Worked out on paper from the table above.
PEOPLE = {
    (2019, "2019"): {
        ("14.71.08", None, "placed"): 4 + 3 + 2,
        ("14.71.11", None, "placed"): 1,
        (None, "14.71", "not_told"): 1,
    },
    (2019, "2025"): {
        ("14.71.08", None, "placed"): 4 + 1,
        ("14.71.13", None, "placed"): 3,
        (None, "14.71.08", "several"): 2,
        (None, "14.71", "not_told"): 1,
    },
    (2026, "2019"): {
        ("14.71.08", None, "placed"): 5 + 1 + 2 + 1,
        ("14.71.11", None, "placed"): 2,
        (None, "14.71.08", "several"): 1,
        (None, "14.71", "not_told"): 1,
    },
    (2026, "2025"): {
        ("14.71.08", None, "placed"): 5 + 2 + 1,
        ("14.71.13", None, "placed"): 1 + 2,
        (None, "14.71.08", "several"): 1,
        (None, "14.71", "not_told"): 1,
    },
}
BENEFITS = """{{ config(materialized='ephemeral', contract={'enforced': false}) }}
select b.*, r.beneficiary_id, r.household_id, r.area_code, r.current_area_code
from vault.micro.benefits as b
inner join {{ ref('person_records') }} as r on r.submission_id = b.submission_id and r.source_row = b.source_row
"""
MORE = {
    **{
        f"models/{name}.{ending}": None
        for name in ("core/person_records", "core/area_by_edition", "analysis/area_edition_years")
        for ending in ("sql", "yml")
    },
    "models/core/sources.yml": None,
    "models/analysis/int_benefit_months.sql": None,
    "models/core/benefits.sql": BENEFITS,
}


def fill(con) -> list[tuple]:
    """Put who is sent into the vault; returns person, year and rupiah of each."""
    people: list[tuple] = []
    for year, column in ((2019, 2), (2026, 3)):
        for line in SENT:
            people += [(len(people) + n + 1, year, *line[:2]) for n in range(line[column])]
    con.execute("CREATE SCHEMA vault.quality")
    con.execute("CREATE SCHEMA vault.staging")
    con.execute("CREATE SCHEMA vault.identity")
    con.execute("CREATE SCHEMA vault.micro")
    con.execute(
        "CREATE TABLE vault.quality.submissions AS SELECT 's' || y AS submission_id, '14.71' AS "
        "area_code, make_date(y, 1, 1) AS period_from, make_date(y, 12, 31) AS period_to, "
        "true AS is_serving FROM unnest([2019, 2026]) AS t(y)"
    )
    con.execute("CREATE TEMP TABLE sent (n BIGINT, year BIGINT, code VARCHAR, district VARCHAR)")
    con.executemany("INSERT INTO sent VALUES (?, ?, ?, ?)", people)
    con.execute(
        "CREATE TABLE vault.staging.persons AS SELECT 'dtsen' AS program, 's' || year AS "
        "submission_id, n AS source_row, n || ':person' AS source_record_id, 'person' AS role, "
        "NULL::DATE AS observed_on, code AS sent_area_code, district AS sent_district, "
        "NULL::VARCHAR AS sent_village FROM sent"
    )
    con.execute(
        "CREATE TABLE vault.identity.record_links AS SELECT program, submission_id, "
        "source_record_id, 'b' || source_row AS beneficiary_id, 'h' || source_row AS household_id, "
        "1.0::DOUBLE AS match_probability, 'decision' AS method FROM vault.staging.persons"
    )
    con.execute(
        "CREATE TABLE vault.micro.benefits AS SELECT 'x' || n AS benefit_id, 'dtsen' AS program, "
        "'dtsen' AS program_code, 'cash' AS benefit_type_code, 's' || year AS submission_id, n AS "
        "source_row, NULL::VARCHAR AS for_beneficiary_id, 1 AS card_ordinal, 1.0 AS "
        "match_probability, 'paid' AS status_code, make_date(year, 5, 1) AS valid_from, "
        "make_date(year, 5, 31) AS valid_to, (n * 1000)::DECIMAL(18, 2) AS amount_idr, "
        "false AS is_repeat FROM sent"
    )
    return people


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[tuple]:
    """Figures of both years by both editions, by kecamatan, as dbt builds them."""
    home = Home(tmp_path_factory.mktemp("tampan"))
    lake.prepare(home)
    with lake.connect(write=["vault"], home=home) as con:
        fill(con)
    build(
        home,
        [
            *(*REGISTER, "int_area_resolution", "person_records"),
            *("area_by_edition", "area_edition_years"),
        ],
        more=MORE,
    )
    with lake.connect(read=lake.LAKES, home=home) as con:
        return con.execute(
            "SELECT year_on, edition, area_code, told_area_code, placement_code, people_count, "
            "households_count, amount_idr, area_name FROM warehouse.analysis.area_edition_years "
            "WHERE level_code = 'kecamatan' AND edition IN ('2019', '2025')"
        ).fetchall()


@pytest.mark.parametrize(("year", "edition"), PEOPLE)
def test_people_are_those_on_paper(found: list[tuple], year: int, edition: str) -> None:
    rows = [row for row in found if row[0] == date(year, 1, 1) and row[1] == edition]
    assert {row[2:5]: row[5] for row in rows} == PEOPLE[year, edition]
    assert all(row[5] == row[6] for row in rows)  # each its own household


def test_both_editions_add_up_to_all_that_was_sent(found: list[tuple]) -> None:
    last = 0
    for year, column in ((2019, 2), (2026, 3)):
        count = sum(line[column] for line in SENT)
        rupiah = sum(n * 1000 for n in range(last + 1, last + count + 1))
        last += count
        for edition in ("2019", "2025"):
            rows = [row for row in found if row[0] == date(year, 1, 1) and row[1] == edition]
            assert sum(row[5] for row in rows) == count
            assert sum(row[7] for row in rows) == rupiah


def test_the_old_area_is_its_successors_and_what_nobody_can_place(found: list[tuple]) -> None:
    """Of 2026: Tampan = Binawidya and Tuahmadani without Sungaisibam and who says Binawidya alone."""
    by = {(row[1], row[2], row[3]): row for row in found if row[0] == date(2026, 1, 1)}
    tampan, payung = by["2019", "14.71.08", None], by["2019", "14.71.11", None]
    successors = by["2025", "14.71.08", None][5] + by["2025", "14.71.13", None][5]
    assert tampan[8] == "Tampan"
    assert by["2025", "14.71.08", None][8] == "Binawidya"
    unplaced_old, unplaced_new = by["2019", None, "14.71.08"], by["2025", None, "14.71.08"]
    assert tampan[5] + payung[5] + unplaced_old[5] == successors + unplaced_new[5]
