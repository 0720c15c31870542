"""What follows from the lists in force over time: drop-outs, help to the dead, and transitions.

Everything here is what really happened, as far as lists that were sent make it knowable: a pupil
missing from a list that never came has not dropped out, and a death that no list has told yet is
no reproach to who pays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from demo.draws import Ints, texts, years_between
from demo.register import Month
from demo.truth import TruthBook

if TYPE_CHECKING:
    from demo.ledger import Ledger

_NEVER = np.iinfo(np.int64).max


def write(ledger: Ledger, book: TruthBook, booked: pd.DataFrame) -> None:
    """Write `dropouts`, `deceased_paid` and `transitions`.

    booked: paid months as `Ledger` books them, one row per month, person and family.
    """
    if len(booked):
        _deceased(ledger, book, booked)
        _program_transitions(ledger, book, booked)
    if ledger.classes:
        pupils = pd.concat(ledger.classes, ignore_index=True)
        pupils = pupils.sort_values(["person", "semester", "sender"])
        pupils = pupils.drop_duplicates(["person", "semester"])
        _dropouts(ledger, book, pupils)
        _school_transitions(ledger, book, pupils)


def _semesters(ledger: Ledger) -> list[tuple[str, Month, Month]]:
    from demo.ledger import semesters

    return semesters(ledger.district)


def _dropouts(ledger: Ledger, book: TruthBook, pupils: pd.DataFrame) -> None:
    """Children no longer at school whom the next list in force of their sender lacks."""
    district = ledger.district
    periods = _semesters(ledger)
    lists = pupils[["sender", "semester"]].drop_duplicates()
    last = pupils.drop_duplicates("person", keep="last")
    after = last.merge(lists, on="sender", suffixes=("", "_next"))
    after = after[after["semester_next"] > after["semester"]]
    after = after.sort_values(["person", "semester_next"]).drop_duplicates("person")
    person = after["person"].to_numpy(np.int64)
    index = after["semester_next"].to_numpy(np.int64)
    # A semester begins on the first day of the month that follows two before its list is made.
    begins = np.array([district.months[last.index - 5].first for _, _, last in periods])[index]
    terms = np.array([district.semester(int(p[:4]), int(p[-1])) for p, _, _ in periods])
    at_school = terms[index, person] >= 0
    ended = np.array([p[-1] == "1" for p, _, _ in periods])[after["semester"].to_numpy(np.int64)]
    finished = (after["grade"].to_numpy(np.int64) == 12) & ended
    here = district.home(len(district.months) - 1)[person] >= 0
    young = _ages(district.born[person], begins - 1) < 18
    quit_ = ~at_school & ~finished & here & young
    names = texts([period for period, _, _ in periods])
    book.add(
        "dropouts",
        person_id=person[quit_] + 1,
        period=names[index[quit_]],
    )


def _ages(born: Ints, on: Ints) -> Ints:
    """Whole years lived by each on a day of their own."""
    out = np.zeros(len(born), dtype=np.int64)
    for day in np.unique(on):
        out[on == day] = years_between(born[on == day], int(day))
    return out


def _deceased(ledger: Ledger, book: TruthBook, booked: pd.DataFrame) -> None:
    """People paid for a period that began after a list in force had told of their death."""
    district = ledger.district
    known = np.full(district.size, _NEVER)
    for day in sorted(ledger.deaths_told, reverse=True):
        known[ledger.deaths_told[day]] = day
    first = np.array([month.first for month in district.months])
    month = booked["month"].to_numpy(np.int64)
    into = np.array([(month.month - 1) % 3 for month in district.months])[month]
    # A tahap of PKH is one payment for its three months, which all lie in the simulated time.
    begins = np.where(booked["program"] == "pkh", first[np.maximum(month - into, 0)], first[month])
    found = []
    for role in ("person", "carer"):
        person = booked[role].to_numpy(np.int64)
        late = begins > known[person]
        found.append(pd.DataFrame({"person": person[late], "program": booked["program"][late]}))
    paid = pd.concat(found, ignore_index=True).drop_duplicates().sort_values(["program", "person"])
    book.add(
        "deceased_paid",
        person_id=paid["person"].to_numpy(np.int64) + 1,
        program=paid["program"].to_numpy(object),
    )


def _school_transitions(ledger: Ledger, book: TruthBook, pupils: pd.DataFrame) -> None:
    """Each pupil from one semester's lists in force to the next one's."""
    names = texts([period for period, _, _ in _semesters(ledger)])
    lists = pupils[["sender", "semester"]].drop_duplicates()
    lists = lists.assign(came=True)
    before = pupils.assign(semester=pupils["semester"] + 1)
    both = before.merge(pupils, on=["person", "semester"], how="outer", suffixes=("_from", "_to"))
    both = both[(both["semester"] > 0) & (both["semester"] < len(names))]
    after_came = both.merge(
        lists, left_on=["sender_from", "semester"], right_on=["sender", "semester"], how="left"
    )["came"].notna()
    before_came = (
        both.assign(former=both["semester"] - 1)
        .merge(lists, left_on=["sender_to", "former"], right_on=["sender", "semester"], how="left")[
            "came"
        ]
        .notna()
    )
    level = [np.searchsorted([7, 10], both[f"grade_{side}"], side="right") for side in _SIDES]
    has_from, has_to = both["sender_from"].notna(), both["sender_to"].notna()
    change = np.select(
        [
            has_from & has_to & (both["sender_from"] != both["sender_to"]),
            has_from & has_to & (level[0] != level[1]),
            has_from & has_to,
            has_from & after_came.to_numpy(),
            has_to & before_came.to_numpy(),
        ],
        ["moved", "next_level", "stayed", "left", "entered"],
        "",
    )
    keep = change != ""
    book.add(
        "transitions",
        kind="school",
        program="dapodik",
        person_id=both["person"].to_numpy(np.int64)[keep] + 1,
        household_id=np.full(int(keep.sum()), None, dtype=object),
        period=names[both["semester"].to_numpy(np.int64)[keep]],
        change=change[keep].astype(object),
    )


_SIDES = ("from", "to")


def _program_transitions(ledger: Ledger, book: TruthBook, booked: pd.DataFrame) -> None:
    """Each household paid in one of two quarters that follow each other, by program.

    Who is not paid in a quarter has left or not yet entered only where the lists of all months of
    that quarter are in force from who paid in the other.
    """
    from demo.ledger import quarters

    ends = {month.index: number for number, month in enumerate(quarters(ledger.district))}
    of_month = {end - back: number for end, number in ends.items() for back in range(3)}
    names = texts([month.quarter for month in quarters(ledger.district)])
    told = pd.DataFrame(sorted(ledger.told), columns=["program", "month", "sender"])
    told = told.assign(quarter=told["month"].map(of_month)).dropna(subset=["quarter"])
    told_keys = ["program", "quarter", "sender"]
    told = told.groupby(told_keys)["month"].nunique().reset_index(name="months")
    told = told.loc[told["months"] == 3, told_keys].assign(known=True)
    paid = booked[["program", "month", "household", "sender"]]
    paid = paid.assign(quarter=paid["month"].map(of_month)).dropna(subset=["quarter"])
    paid = paid[["program", "household", "quarter", "sender"]].drop_duplicates()
    keys = ["program", "household", "quarter"]
    units = paid[keys].drop_duplicates().assign(paid=True)
    for step, change in ((1, "left"), (-1, "entered")):
        # Who was paid in the quarter and is not in the one beside it, of which all payers told.
        other = paid.assign(quarter=paid["quarter"] + step)
        other = other.merge(told, on=told_keys, how="left")
        other = other.assign(known=other["known"].notna())
        other = other.groupby(keys)["known"].all().reset_index()
        other = other[other["quarter"].between(0, len(names) - 1)]
        other = other.merge(units, on=keys, how="left")
        missing = other[other["paid"].isna() & other["known"]]
        at = missing["quarter"] + (1 if step < 0 else 0)
        _add_program(book, names, missing, at, change)
    beside = units.assign(quarter=units["quarter"] + 1).merge(units, on=keys)
    _add_program(book, names, beside, beside["quarter"], "stayed")


def _add_program(
    book: TruthBook, names: np.ndarray, found: pd.DataFrame, at: pd.Series, change: str
) -> None:
    order = np.lexsort((found["household"], at, found["program"]))
    found, at = found.iloc[order], at.iloc[order]
    book.add(
        "transitions",
        kind="program",
        program=found["program"].to_numpy(object),
        person_id=np.full(len(found), None, dtype=object),
        household_id=found["household"].to_numpy(np.int64) + 1,
        period=names[at.to_numpy(np.int64)],
        change=change,
    )
