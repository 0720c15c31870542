"""What is owed when: by cadence, on each area's own calendar, and what is to be pulled."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime

import duckdb
import pytest
from test_declaration import changed

from pipelines import settings
from pipelines.exports import due, periods
from pipelines.exports.declaration import program_from_attributes
from pipelines.exports.due import Sent


def program(kind="tahap", first="2025T1", due_day=15, tolerance=0):
    cadence = {
        "kind": kind,
        "first_period": first,
        "due_day": due_day,
        "tolerance_days": tolerance,
    }
    title = {"id": "PKH", "en": "PKH"}
    return program_from_attributes(changed(cadence=cadence, title=title), "x")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def owed(program, sent, now):
    return [
        (x.area_code, x.period, x.days_late)
        for x in due.late(program, sent, at(now))
        if not x.is_gap
    ]


def test_the_issues_own_example():
    (late,) = due.late(program(), [Sent("14.71", "2026T2")], at("2026-10-27T02:00"))
    assert late.message_en == "PKH tahap 3 of 2026 for 14.71 is 12 days late"
    assert late.message_id == "PKH tahap 3 2026 untuk 14.71 terlambat 12 hari"
    assert late.due_on == date(2026, 10, 15)


@pytest.mark.parametrize(
    ("now", "late"),
    [
        ("2026-10-15T02:00", []),
        ("2026-10-16T02:00", [("14.71", "2026T3", 1)]),
        # Half past midnight of the 16th in Jakarta is still the 15th in UTC.
        ("2026-10-15T17:30", [("14.71", "2026T3", 1)]),
        ("2026-10-15T16:30", []),
    ],
)
def test_late_begins_on_the_day_after(now, late):
    assert owed(program(), [Sent("14.71", "2026T2")], now) == late


def test_days_are_cut_on_the_areas_own_clock():
    """Half past ten in the evening of Jakarta's 15th: in Bantaeng the 16th is an hour away."""
    sent = [Sent("73.03", "2026T2"), Sent("31.74", "2026T2"), Sent("91.05", "2026T2")]
    now = "2026-10-15T16:30"  # 23:30 WIB, 00:30 WITA, 01:30 WIT
    assert owed(program(), sent, now) == [("73.03", "2026T3", 1), ("91.05", "2026T3", 1)]
    assert owed(program(), sent, "2026-10-15T15:30") == [("91.05", "2026T3", 1)]
    assert owed(program(), sent, "2026-10-15T14:30") == []


def test_tolerance_is_grace_and_not_a_later_due_day():
    sent = [Sent("14.71", "2026T2")]
    assert owed(program(tolerance=14), sent, "2026-10-29T02:00") == []
    assert owed(program(tolerance=14), sent, "2026-10-30T02:00") == [("14.71", "2026T3", 15)]


def test_an_area_that_never_sent_owes_nothing():
    assert due.late(program(), [], at("2026-10-27T02:00")) == []
    assert owed(program(), [Sent("14.71", "2026T3")], "2026-10-27T02:00") == []


def test_a_rejected_export_is_still_owed():
    sent = [Sent("14.71", "2026T2"), Sent("14.71", "2026T3", is_usable=False)]
    (late,) = due.late(program(), sent, at("2026-10-27T02:00"))
    assert (late.was_rejected, late.message_en.endswith("; what came was rejected")) == (True, True)
    # One good version is enough.
    assert owed(program(), [*sent, Sent("14.71", "2026T3")], "2026-10-27T02:00") == []


def test_holes_are_told_apart_from_what_is_owed_now():
    sent = [Sent("14.71", "2026T1"), Sent("14.71", "2026T3")]
    found = due.late(program(), sent, at("2027-01-20T02:00"))
    assert [(x.period, x.is_gap) for x in found] == [("2026T2", True), ("2026T4", False)]


@pytest.mark.parametrize(
    ("kind", "first", "sent", "now", "late"),
    [
        ("year", "2020", "2024", "2026-02-01T02:00", [("00", "2025", 17)]),
        ("semester", "2020S1", "2025S2", "2026-07-20T02:00", [("00", "2026S1", 5)]),
        ("quarter", "2020Q1", "2026Q1", "2026-07-16T02:00", [("00", "2026Q2", 1)]),
        (
            "month",
            "2020-01",
            "2026-04",
            "2026-07-16T02:00",
            [("00", "2026-05", 31), ("00", "2026-06", 1)],
        ),
        ("once", "2022", "2022", "2030-01-01T02:00", []),
        ("event", "2020-01-01", "2026-07-01", "2026-07-16T02:00", []),
        ("event", "2020-01-01", "2026-07-01", "2026-07-17T02:00", [("00", "2026-07-01", 1)]),
    ],
)
def test_every_cadence(kind, first, sent, now, late):
    assert owed(program(kind, first), [Sent("00", sent)], now) == late


def test_a_feed_of_events_tells_since_when():
    (late,) = due.late(
        program("event", "2020-01-01", 1), [Sent("14.71", "2026-07-01")], at("2026-07-20T02:00")
    )
    assert late.message_en == "PKH for 14.71: nothing since 1 July 2026, 18 days late"
    assert (
        late.message_id == "PKH untuk 14.71: tidak ada kiriman sejak 1 Juli 2026, terlambat 18 hari"
    )


def test_other_kinds_of_periods_and_odd_ones_count_for_nothing():
    sent = [Sent("14.71", "2026-07"), Sent("14.71", "unknown")]
    assert due.late(program(), sent, at("2026-10-27T02:00")) == []


def pulled(program, day, sent=(), **more):
    return [str(p) for p in due.to_pull(program, sent, date.fromisoformat(day), **more)]


def test_a_period_is_pulled_on_its_due_day_and_until_it_has_come():
    monthly = program("month", "2026-01", 10)
    assert pulled(monthly, "2026-07-10") == ["2026-06"]
    assert pulled(monthly, "2026-07-09") == []
    assert pulled(monthly, "2026-07-11") == []
    sent = [Sent("14.71", "2026-05"), Sent("31.74", "2026-06")]
    assert pulled(monthly, "2026-07-11", sent) == ["2026-06"]
    assert pulled(monthly, "2026-07-11", [*sent, Sent("14.71", "2026-06")]) == []
    # Not for ever.
    assert pulled(monthly, "2026-11-30", [Sent("14.71", "2026-06")])[0] == "2026-08"


def test_what_changes_without_telling_is_pulled_daily():
    assert pulled(program("month", "2026-01"), "2026-07-03", daily=True) == ["2026-06", "2026-07"]
    assert pulled(program("event", "2026-01-01"), "2026-07-03") == ["2026-07-02", "2026-07-03"]
    assert pulled(program("once", "2022"), "2026-07-03") == []
    assert pulled(program("month", "2027-01"), "2026-07-03", daily=True) == []


def test_every_province_has_a_zone():
    with (settings.REFERENCE_DIR / "time_zones.csv").open() as stream:
        zones = {row["province_code"]: row for row in csv.DictReader(stream)}
    editions = settings.REFERENCE_DIR / "area_editions.parquet"
    codes = duckdb.sql(f"SELECT DISTINCT code FROM '{editions}' WHERE length(code) = 2").fetchall()
    assert {code for (code,) in codes} == set(zones)
    hours = {"WIB": 7, "WITA": 8, "WIT": 9}
    now = at("2026-07-01T00:00")
    for code, row in zones.items():
        offset = now.astimezone(due.zone_of(code)).utcoffset()
        assert offset is not None
        assert offset.total_seconds() == 3600 * hours[row["abbreviation"]]
    assert str(due.zone_of("73.03")) == "Asia/Makassar"
    assert str(due.zone_of("00")) == str(due.zone_of(None)) == "Asia/Jakarta"


def test_a_period_begins_on_the_areas_own_calendar():
    first = periods.parse_period("2026-08")
    now = at("2026-07-31T16:30")
    for area, code in (("31.74", "future_period"), ("73.03", None)):
        found = periods.period_problem("x", first, "month", now, zone=due.zone_of(area))
        assert (found.code if found else None) == code
