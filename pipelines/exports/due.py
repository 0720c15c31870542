"""What is late: which periods an area should have sent by now, on its own calendar.

Pure: from the cadence that a program declares, what its areas have sent, and the time. Only areas
that have ever sent something owe anything; the first period that an area sent is its first.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from pipelines import settings
from pipelines.exports import periods
from pipelines.exports.declaration import Program
from pipelines.exports.periods import Period

ZONES = settings.REFERENCE_DIR / "time_zones.csv"
_MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}


@dataclass(frozen=True)
class Sent:
    """One export that came: its area (dotted), its period, and whether it could be used.

    is_usable is false for one that was rejected: its period is still owed.
    """

    area_code: str
    period: str
    is_usable: bool = True


@dataclass(frozen=True)
class Late:
    """A period that an area owes. due_on: the last day on which it was in time.

    days_late counts from due_on to today on the area's calendar. was_rejected: something came and
    could not be used. is_gap: a later period of the area came and could.
    """

    program: str
    area_code: str
    period: str
    due_on: date
    days_late: int
    was_rejected: bool
    is_gap: bool
    message_id: str
    message_en: str


@cache
def _zones() -> dict[str, ZoneInfo]:
    with ZONES.open(encoding="utf-8", newline="") as stream:
        return {r["province_code"]: ZoneInfo(r["time_zone"]) for r in csv.DictReader(stream)}


def zone_of(area_code: str | None) -> ZoneInfo:
    """The time zone of the province that an area (dotted or not) lies in.

    Asia/Jakarta for the nation, for no area and for a province that the register does not know.
    """
    return _zones().get((area_code or "")[:2], settings.DEFAULT_TIMEZONE)


def due_on(program: Program, period: Period) -> date:
    """The last day on which the export of `period` is in time, without tolerance."""
    return period.last_day + timedelta(days=program.cadence.due_day)


def late(program: Program, sent: Iterable[Sent], now: datetime | None = None) -> list[Late]:
    """What is owed, by area and period; empty for a program that sends once.

    A period is late from the day after its due day and tolerance. A feed of events owes no period:
    it is late when nothing has come for so long.
    """
    now = now or settings.now()
    kind = periods.kind_of(program.cadence.kind)
    if kind is None:
        return []
    by_area: dict[str, dict[Period, bool]] = {}
    for item in sent:
        try:
            period = periods.parse_period(item.period)
        except ValueError:
            continue
        if period.kind == kind:
            known = by_area.setdefault(item.area_code, {})
            known[period] = known.get(period, False) or item.is_usable
    owed = _silent if program.cadence.kind == "event" else _missing
    found: list[Late] = []
    for area, known in sorted(by_area.items()):
        found += owed(program, area, known, now.astimezone(zone_of(area)).date())
    return found


def _missing(program: Program, area: str, known: dict[Period, bool], today: date) -> list[Late]:
    limit = today - timedelta(days=program.cadence.tolerance_days)
    newest = max((p for p, usable in known.items() if usable), default=None)
    found = []
    period = min(known)
    while (due := due_on(program, period)) < limit:
        if not known.get(period, False):
            is_gap = newest is not None and period < newest
            found.append(
                _told(program, area, period, due, today, rejected=period in known, gap=is_gap)
            )
        period = period.next()
    return found


def _silent(program: Program, area: str, known: dict[Period, bool], today: date) -> list[Late]:
    usable = [period for period, good in known.items() if good]
    last = max(usable or known)
    due = due_on(program, last)
    if due + timedelta(days=program.cadence.tolerance_days) >= today:
        return []
    days = (today - due).days
    return [
        Late(
            program.name,
            area,
            str(last),
            due,
            days,
            was_rejected=not usable,
            is_gap=False,
            message_id=f"{program.title.id} untuk {area}: tidak ada kiriman sejak "
            f"{_day(last.first_day, 'id')}, terlambat {days} hari",
            message_en=f"{program.title.en} for {area}: nothing since "
            f"{_day(last.first_day, 'en')}, {days} {'day' if days == 1 else 'days'} late",
        )
    ]


def _told(
    program: Program,
    area: str,
    period: Period,
    due: date,
    today: date,
    *,
    rejected: bool,
    gap: bool,
) -> Late:
    days = (today - due).days
    came_id = "; kirimannya ditolak" if rejected else ""
    came_en = "; what came was rejected" if rejected else ""
    return Late(
        program.name,
        area,
        str(period),
        due,
        days,
        was_rejected=rejected,
        is_gap=gap,
        message_id=f"{program.title.id} {label(period, 'id')} untuk {area} terlambat {days} hari"
        + came_id,
        message_en=f"{program.title.en} {label(period, 'en')} for {area} is {days} "
        f"{'day' if days == 1 else 'days'} late{came_en}",
    )


def _day(day: date, language: str) -> str:
    return f"{day.day} {_MONTHS[language].split()[day.month - 1]} {day.year}"


def label(period: Period, language: str) -> str:
    """A period in words, in `id` or `en`: `tahap 3 2026`, `Juli 2026`, `quarter 2 of 2026`."""
    year = f" {period.year}" if language == "id" else f" of {period.year}"
    match period.kind:
        case "year":
            return str(period.year)
        case "month":
            return f"{_MONTHS[language].split()[period.number - 1]} {period.year}"
        case "day":
            return _day(period.first_day, language)
        case "quarter":
            return f"{'triwulan' if language == 'id' else 'quarter'} {period.number}{year}"
        case _:
            return f"{period.kind} {period.number}{year}"


# For so many days after its due day a period that an area still owes is asked for daily.
ASK_DAYS = 92


def to_pull(
    program: Program, sent: Iterable[Sent], today: date, *, daily: bool = False
) -> list[Period]:
    """The periods to pull on `today`, oldest first; none on most days.

    A period is pulled on its due day, and on each day after it while an area that has sent before
    owes it. daily: the source is to be asked every day, because it changes without telling: then
    the period that ended last, and the one that runs.
    """
    kind = periods.kind_of(program.cadence.kind)
    if kind is None:
        return []
    first = program.cadence.first
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=settings.DEFAULT_TIMEZONE)
    running = periods.current(kind, noon)
    calendar = list(periods.periods_between(first, running)) if first <= running else []
    if daily or program.cadence.kind == "event":
        return calendar[-2:]
    owed = {item.period for item in late(_strict(program), sent, noon)}
    return [
        period
        for period in calendar
        if (day := due_on(program, period)) == today
        or (day < today <= day + timedelta(days=ASK_DAYS) and str(period) in owed)
    ]


def _strict(program: Program) -> Program:
    cadence = program.cadence.model_copy(update={"tolerance_days": 0})
    return program.model_copy(update={"cadence": cadence})
