from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.exports.periods import (
    Period,
    ProblemError,
    current,
    dotted_area,
    parse_file_name,
    parse_period,
    period_problem,
    periods_between,
)

DAYS = {
    "2026": (date(2026, 1, 1), date(2026, 12, 31)),
    "2026S1": (date(2026, 1, 1), date(2026, 6, 30)),
    "2026S2": (date(2026, 7, 1), date(2026, 12, 31)),
    "2026Q3": (date(2026, 7, 1), date(2026, 9, 30)),
    "2026T2": (date(2026, 4, 1), date(2026, 6, 30)),
    "2024-02": (date(2024, 2, 1), date(2024, 2, 29)),
    "2026-12": (date(2026, 12, 1), date(2026, 12, 31)),
    "2026-07-15": (date(2026, 7, 15), date(2026, 7, 15)),
}


@pytest.mark.parametrize("text", DAYS)
def test_a_period_has_its_days_and_writes_itself(text):
    period = parse_period(text)
    assert (period.first_day, period.last_day) == DAYS[text]
    assert str(period) == text


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026S3", "2026Q0", "2026Q5", "2026T5", "2026-13", "2026-00", "2026-02-30", "0001",
     "2026-7", "2026s", "2026-07-15-01", "２０２６", " 2026", "1900"],
)  # fmt: skip
def test_what_is_no_period_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"\.$"):
        parse_period(text)


@given(
    st.sampled_from([("year", 1), ("semester", 2), ("quarter", 4), ("tahap", 4), ("month", 12)]),
    st.integers(1950, 2100),
    st.data(),
)
def test_periods_follow_each_other_without_gap(kind, year, data):
    period = Period(kind[0], year, data.draw(st.integers(1, kind[1])))
    assert parse_period(str(period)) == period
    assert (period.next().first_day - period.last_day).days == 1
    assert period < period.next()


def test_days_cross_the_year():
    assert str(parse_period("2024-12-31").next()) == "2025-01-01"
    assert str(parse_period("2024-02-28").next()) == "2024-02-29"


def test_periods_between_counts_both_ends():
    assert [str(p) for p in periods_between("2025Q3", "2026Q2")] == [
        "2025Q3", "2025Q4", "2026Q1", "2026Q2"
    ]  # fmt: skip
    assert list(periods_between("2026-02", "2026-01")) == []
    with pytest.raises(ValueError, match="not of one kind"):
        list(periods_between("2026", "2026-01"))


def test_the_current_period_is_that_of_the_local_calendar():
    # 18:00 UTC on 30 June is already 1 July in Jakarta.
    moment = datetime(2026, 6, 30, 18, tzinfo=UTC)
    assert [str(current(k, moment)) for k in ("year", "semester", "quarter", "tahap", "month")] == [
        "2026", "2026S2", "2026Q3", "2026T3", "2026-07"
    ]  # fmt: skip
    assert str(current("day", moment)) == "2026-07-01"


@pytest.mark.parametrize(
    ("digits", "dotted"),
    [("31", "31"), ("3174", "31.74"), ("147108", "14.71.08"), ("3174091005", "31.74.09.1005"),
     ("00", "00")],
)  # fmt: skip
def test_areas_get_their_dots(digits, dotted):
    assert dotted_area(digits) == dotted


@pytest.mark.parametrize("digits", ["", "3", "317", "31740", "3174091", "0074", "31.74", "0"])
def test_what_is_no_area_is_refused(digits):
    with pytest.raises(ValueError, match="not an area"):
        dotted_area(digits)


def test_a_file_name_says_program_area_period_and_version():
    found = parse_file_name("dtks_ppks_147108_2026_v2.xlsx")
    assert (found.program, found.area_code, str(found.period)) == ("dtks_ppks", "14.71.08", "2026")
    assert (found.version, found.extension) == (2, "xlsx")
    shouted = parse_file_name("SEMBAKO_3174_2026-07.CSV", "sembako")
    assert (shouted.program, shouted.version, shouted.extension) == ("sembako", 1, "csv")
    assert str(parse_file_name("pkh_3174_2026t2.xlsx", "pkh").period) == "2026T2"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("pkh.xlsx", "bad_file_name"),
        ("pkh_2026T1.xlsx", "bad_file_name"),
        ("Salinan pkh_3174_2026T1.xlsx", "bad_file_name"),
        ("pkh_3174_2026T1_v0.xlsx", "bad_file_name"),
        ("pkh_3174_2026T1 (1).xlsx", "bad_period"),
        ("pkh_31_74_2026T1.xlsx", "bad_file_name"),
        ("pkh_31.74_2026T1.xlsx", "bad_area"),
        ("pkh_3174_2026T1_v1_v2.xlsx", "bad_file_name"),
        ("..\\pkh_3174_2026T1.xlsx", "bad_file_name"),
        ("pkh_317_2026T1.xlsx", "bad_area"),
        ("pkh_3174_2026T9.xlsx", "bad_period"),
        ("pkh_3174_2026-13.xlsx", "bad_period"),
        ("sembako_3174_2026-01.csv", "other_program"),
    ],
)
def test_a_wrong_file_name_is_told_in_one_sentence(name, code):
    with pytest.raises(ProblemError) as caught:
        parse_file_name(name, "pkh")
    problem = caught.value.problem
    assert problem.code == code
    for message in (problem.message_id, problem.message_en):
        assert name in message
        assert message.endswith(".")


def test_a_period_to_come_and_one_of_another_kind():
    now = datetime(2026, 7, 15, tzinfo=UTC)
    name = "sembako_3174_2026-08.csv"
    problem = period_problem(name, parse_period("2026-08"), "month", now)
    assert problem is not None
    assert problem.code == "future_period"
    assert name in problem.message_en
    assert period_problem(name, parse_period("2026-07"), "month", now) is None
    other = period_problem(name, parse_period("2026Q1"), "month", now)
    assert other is not None
    assert other.code == "bad_period"
    assert "2026-07" in other.message_id
    assert period_problem(name, parse_period("2026Q1"), "once", now) is None
