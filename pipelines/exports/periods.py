"""Periods and file names: what `2026T2` and `sembako_3174_2026-07_v2.csv` say.

A period is written `2026` (year), `2026S1` (semester), `2026Q3` (quarter), `2026T2` (PKH *tahap*, a
quarter too), `2026-07` (month) or `2026-07-15` (day). A file is named
`<program>_<area>_<period>[_vN].<ext>`; the area is a Kemendagri code without dots, `00` the nation.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import total_ordering
from typing import Literal, get_args

from pipelines import settings
from pipelines.exports.problem import Problem, ProblemError, fail

Kind = Literal["year", "semester", "quarter", "tahap", "month", "day"]
Cadence = Literal["year", "semester", "quarter", "tahap", "month", "event", "once"]

_PARTS: dict[Kind, int] = {"year": 1, "semester": 2, "quarter": 4, "tahap": 4, "month": 12}
_LETTERS: dict[str, Kind] = {"S": "semester", "Q": "quarter", "T": "tahap"}
_PATTERN = re.compile(r"(\d{4})(?:([SQT])(\d)|-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
# The nation, a province, a regency, a district, a village: digits without dots.
_AREA = re.compile(r"00|[1-9]\d(?:\d{2}(?:\d{2}(?:\d{4})?)?)?", re.ASCII)
_REST = (
    r"_(?P<area>[^_]+)_(?P<period>[^_.]+)(?:_v(?P<version>0*[1-9][0-9]{0,3}))?"
    r"(?:\.(?P<ext>[a-z0-9.]+))?"
)
_NAME = re.compile(r"(?P<program>[a-z][a-z0-9_]*?)" + _REST, re.ASCII | re.IGNORECASE)
FIRST_YEAR = 1945


@total_ordering
@dataclass(frozen=True, eq=True)
class Period:
    """One period. `number` counts within the year from 1 (a day: the day of the year)."""

    kind: Kind
    year: int
    number: int = 1

    @property
    def first_day(self) -> date:
        """The first day that belongs to the period."""
        if self.kind == "day":
            return date.fromordinal(date(self.year, 1, 1).toordinal() + self.number - 1)
        return date(self.year, (self.number - 1) * (12 // _PARTS[self.kind]) + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day that belongs to the period."""
        if self.kind == "day":
            return self.first_day
        month = self.number * (12 // _PARTS[self.kind])
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    def next(self) -> Period:
        """The period of the same kind that follows."""
        if self.kind == "day":
            return _of_day("day", date.fromordinal(self.first_day.toordinal() + 1))
        if self.number < _PARTS[self.kind]:
            return Period(self.kind, self.year, self.number + 1)
        return Period(self.kind, self.year + 1, 1)

    def __str__(self) -> str:
        match self.kind:
            case "year":
                return f"{self.year:04}"
            case "semester" | "quarter" | "tahap":
                letter = {v: k for k, v in _LETTERS.items()}[self.kind]
                return f"{self.year:04}{letter}{self.number}"
            case "month":
                return f"{self.year:04}-{self.number:02}"
            case "day":
                return self.first_day.isoformat()

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        return self._order < other._order

    @property
    def _order(self) -> tuple[date, date, str]:
        return (self.first_day, self.last_day, self.kind)


def parse_period(text: str) -> Period:
    """The period that `text` writes. Raises ValueError with one sentence if it writes none."""
    found = _PATTERN.fullmatch(text)
    if found:
        year, letter, part, month, day = found.groups()
        kind: Kind
        if day:
            try:
                return _checked(_of_day("day", date(int(year), int(month), int(day))))
            except ValueError:
                kind = "day"
        elif month:
            if 1 <= int(month) <= 12:
                return _checked(Period("month", int(year), int(month)))
        elif letter:
            kind = _LETTERS[letter]
            if 1 <= int(part) <= _PARTS[kind]:
                return _checked(Period(kind, int(year), int(part)))
        else:
            return _checked(Period("year", int(year)))
    raise ValueError(
        f"{text!r} is not a period; expected 2026, 2026S1, 2026Q3, 2026T2, 2026-07 or 2026-07-15."
    )


def _checked(period: Period) -> Period:
    if not FIRST_YEAR <= period.year <= 9998:
        raise ValueError(f"{period} lies outside the years {FIRST_YEAR} to 9998.")
    return period


def kind_of(cadence: Cadence) -> Kind | None:
    """The kind of period a cadence sends; None where any kind is right (`once`)."""
    if cadence == "event":
        return "day"
    return None if cadence == "once" else cadence


def _of_day(kind: Kind, day: date) -> Period:
    if kind == "day":
        return Period("day", day.year, day.timetuple().tm_yday)
    return Period(kind, day.year, (day.month - 1) // (12 // _PARTS[kind]) + 1)


def current(
    kind: Kind, now: datetime | None = None, zone: tzinfo = settings.DEFAULT_TIMEZONE
) -> Period:
    """The period of `kind` that `now` (default: the clock) lies in, on the calendar of `zone`."""
    if kind not in get_args(Kind):
        raise ValueError(f"{kind!r} is not a kind of period; expected {', '.join(get_args(Kind))}.")
    return _of_day(kind, (now or settings.now()).astimezone(zone).date())


def periods_between(first: Period | str, last: Period | str) -> Iterator[Period]:
    """All periods from `first` to `last`, both included; none if `last` is the earlier one."""
    start = parse_period(first) if isinstance(first, str) else first
    end = parse_period(last) if isinstance(last, str) else last
    if start.kind != end.kind:
        raise ValueError(f"{start} and {end} are not of one kind, so nothing lies between them.")
    while start <= end:
        yield start
        start = start.next()


def dotted_area(digits: str) -> str:
    """`3174` -> `31.74`, `147108` -> `14.71.08`, `3174091005` -> `31.74.09.1005`, `00` -> `00`.

    Raises ValueError with one sentence if `digits` is not such a code.
    """
    if not _AREA.fullmatch(digits):
        raise ValueError(
            f"{digits!r} is not an area; expected a Kemendagri code of 2, 4, 6 or 10 digits "
            "without dots, or 00 for the nation."
        )
    cuts = [(0, 2), (2, 4), (4, 6), (6, 10)]
    return ".".join(digits[a:b] for a, b in cuts if digits[a:b])


@dataclass(frozen=True)
class FileName:
    """What a sender's file name says. `extension` is lower case, without its leading dot."""

    program: str
    area_code: str
    period: Period
    version: int
    extension: str


def parse_file_name(name: str, program: str | None = None) -> FileName:
    """What `name` (without folders) says; `program` is the one in whose folder it was found.

    Raises ProblemError (`bad_file_name`, `bad_area`, `bad_period`, `other_program`).
    """
    shown = name[:120]
    wanted = f"{program or '<program>'}_<area>_<period>[_vN].<ext>"
    found = None
    if program is not None:
        # Its own name first, so that the rest is told apart at the right underscore.
        own = rf"(?P<program>{re.escape(program)})" + _REST
        found = re.fullmatch(own, name, re.ASCII | re.IGNORECASE)
        named = name.lower().startswith(f"{program}_")
    if found is None and not (program is not None and named):
        found = _NAME.fullmatch(name)
    if found is None:
        raise fail(
            "bad_file_name",
            f"Nama berkas '{shown}' tidak dapat dibaca; seharusnya {wanted}, misalnya "
            f"{program or 'sembako'}_3174_2026-07.csv; ubah namanya lalu kirim ulang.",
            f"The file name '{shown}' cannot be read; expected {wanted}, for example "
            f"{program or 'sembako'}_3174_2026-07.csv; rename it and send it again.",
        )
    try:
        area_code = dotted_area(found["area"])
    except ValueError:
        raise fail(
            "bad_area",
            f"Kode wilayah '{found['area']}' pada nama berkas '{shown}' keliru; seharusnya kode "
            "Kemendagri 2, 4, 6 atau 10 angka tanpa titik (00 untuk nasional); ubah namanya lalu "
            "kirim ulang.",
            f"The area '{found['area']}' in the file name '{shown}' is wrong; expected a "
            "Kemendagri code of 2, 4, 6 or 10 digits without dots (00 for the nation); rename it "
            "and send it again.",
        ) from None
    try:
        period = parse_period(found["period"].upper())
    except ValueError:
        raise fail(
            "bad_period",
            f"Periode '{found['period']}' pada nama berkas '{shown}' keliru; seharusnya 2026, "
            "2026S1, 2026Q3, 2026T2, 2026-07 atau 2026-07-15; ubah namanya lalu kirim ulang.",
            f"The period '{found['period']}' in the file name '{shown}' is wrong; expected 2026, "
            "2026S1, 2026Q3, 2026T2, 2026-07 or 2026-07-15; rename it and send it again.",
        ) from None
    if program is not None and found["program"].lower() != program:
        raise fail(
            "other_program",
            f"Berkas '{shown}' menyebut program '{found['program']}' tetapi dikirim ke program "
            f"'{program}'; pindahkan ke folder yang benar atau ubah namanya menjadi {wanted}.",
            f"The file '{shown}' names the program '{found['program']}' but was sent to "
            f"'{program}'; move it to the right folder or rename it to {wanted}.",
        )
    return FileName(
        program=found["program"].lower(),
        area_code=area_code,
        period=period,
        version=int(found["version"] or 1),
        extension=(found["ext"] or "").lower(),
    )


def period_problem(
    name: str,
    period: Period,
    cadence: Cadence,
    now: datetime | None = None,
    zone: tzinfo = settings.DEFAULT_TIMEZONE,
) -> Problem | None:
    """What is wrong with the period of the file `name`: not of the cadence's kind, or to come.

    zone: on whose calendar a period begins.
    """
    wanted = kind_of(cadence)
    shown = name[:120]
    if wanted is not None and period.kind != wanted:
        example = {
            "year": "2026",
            "semester": "2026S1",
            "quarter": "2026Q3",
            "tahap": "2026T2",
            "month": "2026-07",
            "day": "2026-07-15",
        }[wanted]
        return Problem(
            "bad_period",
            f"Periode '{period}' pada nama berkas '{shown}' keliru; program ini memakai periode "
            f"seperti {example}; ubah namanya lalu kirim ulang.",
            f"The period '{period}' in the file name '{shown}' is wrong; this program sends "
            f"periods such as {example}; rename it and send it again.",
        )
    if period.first_day > current("day", now, zone).first_day:
        return Problem(
            "future_period",
            f"Periode '{period}' pada nama berkas '{shown}' belum dimulai; periksa periodenya, "
            "ubah namanya lalu kirim ulang.",
            f"The period '{period}' in the file name '{shown}' has not begun; check the period, "
            "rename the file and send it again.",
        )
    return None


__all__ = [
    "Cadence",
    "FileName",
    "Kind",
    "Period",
    "ProblemError",
    "current",
    "dotted_area",
    "kind_of",
    "parse_file_name",
    "parse_period",
    "period_problem",
    "periods_between",
]
