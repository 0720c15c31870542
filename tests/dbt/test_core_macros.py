"""Small SQL of core and of closed codes, one macro at a time."""

from __future__ import annotations

from datetime import date

import pytest
from dbt_macros import load, values

MACROS = load("dialect.sql", "parse.sql", "decode.sql", "areas.sql", "core.sql")


@pytest.mark.parametrize(
    ("code", "ancestor", "expected"),
    [
        ("14.71.08", "14.71", True),
        ("14.71", "14.71.08", False),
        ("14.71", "14.71", True),
        ("73.03", "14.71", False),
        ("14.71.08.1001", "00", True),
        ("00", "00", True),
        ("00", "14", False),
        (None, "00", False),
        ("14.71", None, None),
    ],
)
def test_an_area_lies_within_its_ancestors_and_the_nation(code, ancestor, expected):
    above = "cast(null as varchar)" if ancestor is None else f"'{ancestor}'"
    (found,) = values(MACROS["is_area_within"]("sent", above), [code])
    assert bool(found) == bool(expected)


def test_special_needs_come_from_a_list():
    cells = {
        "Tidak ada": "none",
        "C - Grahita ringan": "grahita",
        "TUNA RUNGU": "rungu",
        "SITI AMINAH": "other",
        "": None,
        None: None,
        "-": None,
    }
    assert values(MACROS["decode_special_need"]("sent"), list(cells)) == list(cells.values())


def test_a_class_group_is_grade_and_letter_or_nothing():
    cells = {
        "Kelas 6A": "6a",
        "VII-B": "7b",
        "X": "10",
        "Kelas SITI AMINAH": None,
        "MAWAR 4": None,
        None: None,
    }
    grade = MACROS["decode_grade"]("sent")
    found = values(MACROS["class_group_code"]("sent", f"({grade})"), list(cells))
    assert found == list(cells.values())


def test_a_day_long_before_the_period_is_no_day_of_it():
    near = MACROS["day_near"]("cast(sent as date)", "date '2026-07-01'")
    cells = {"2026-07-05": date(2026, 7, 5), "2025-08-01": date(2025, 8, 1), "2013-12-31": None}
    assert values(near, list(cells)) == list(cells.values())


@pytest.mark.parametrize(
    ("per", "first", "last", "expected"),
    [
        ("month", "2025-01-01", "2025-01-31", 600),
        ("month", "2025-01-15", "2025-03-02", 1800),  # three months are touched
        ("tahap", "2025-01-01", "2025-03-31", 600),
        ("tahap", "2025-01-01", "2025-01-31", 200),  # a month of a tahap
        ("year", "2025-01-01", "2025-12-31", 600),
        ("unit", "2025-01-01", "2025-01-31", 1500),
        ("month", "2025-02-01", "2025-01-31", 600),  # an end before the beginning is one month
    ],
)
def test_a_rules_value_is_for_the_time_it_says(per, first, last, expected):
    rule = f"{{'value_idr': 600, 'per_code': '{per}'}}"
    value = MACROS["rule_value"]("rule", f"date '{first}'", f"date '{last}'", "2.5")
    (found,) = values(f"(select {value} from (select {rule} as rule))", [None])
    assert found == expected


def test_texts_of_a_group_are_sorted_and_once():
    found = values(
        f"(select {MACROS['texts_of']('t')} from (values ('b'), ('a'), (null), ('b')) as v(t))",
        [None],
    )
    none = values(f"(select {MACROS['texts_of']('t')} from (values (null)) as v(t))", [None])
    assert (found, none) == (["a,b"], [None])
