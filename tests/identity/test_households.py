"""Which household a record belongs to, from cards that lists state about people already linked."""

from __future__ import annotations

import itertools
import random

import duckdb
import pytest

from pipelines.identity import sql

Statement = tuple[str, str, str | None, str]
"""Person, list, card and the day as of which the list speaks."""

Q1, Q2, Q3, Q4 = "2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"


def housed(statements: list[Statement]) -> dict[Statement, str | None]:
    """The house of each statement, whatever it is called."""
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE said (record_key VARCHAR, person VARCHAR, program VARCHAR, card VARCHAR, "
            "observed_on DATE, listed_on DATE)"
        )
        con.executemany(
            "INSERT INTO said VALUES (?, ?, ?, ?, ?::date, ?::date)",
            [(str(i), p, lst, c, day, day) for i, (p, lst, c, day) in enumerate(statements)],
        )
        con.execute(sql.read("households.sql", "", {"source": "said"}))
        rows = con.execute("SELECT record_key, house FROM identity_record_houses").fetchall()
        assert len(rows) == len(statements)
        overlapping = con.execute(
            "SELECT count(*) FROM identity_house_stays AS a JOIN identity_house_stays AS b "
            "ON a.person = b.person AND a.valid_from < b.valid_from "
            "AND coalesce(a.valid_to, DATE '9999-12-31') >= b.valid_from"
        ).fetchone()
        assert overlapping == (0,)
    return {statements[int(key)]: house for key, house in rows}


def listed(program: str, card: str | None, people: str, *days: str) -> list[Statement]:
    """One statement per person (one letter each) and day."""
    return [(person, program, card, day) for person in people for day in days]


def test_an_old_card_on_one_list_makes_no_household_of_its_own() -> None:
    pay_days = [f"2025-{month:02d}-28" for month in range(1, 13)]
    old = listed("food", "old", "h", *pay_days)
    found = housed(listed("register", "new", "hwc", Q1, Q2, Q3, Q4) + old)
    assert len(set(found.values())) == 1


def test_who_married_out_lives_there_though_a_list_keeps_the_parents_card() -> None:
    parents = listed("register", "parents", "fms", Q1, Q2, Q3, Q4)
    couple = listed("register", "couple", "sw", Q2, Q3, Q4)
    stale = listed("food", "parents", "s", "2025-04-30", "2025-10-31", "2025-11-30")
    found = housed([s for s in parents if s[0] != "s" or s[3] == Q1] + couple + stale)
    home, own = found["f", "register", "parents", Q4], found["w", "register", "couple", Q4]
    assert home != own
    assert found["s", "register", "parents", Q1] == home
    assert found["s", "register", "couple", Q4] == own
    # Until the register speaks again, the old card is all that is known.
    assert found["s", "food", "parents", "2025-04-30"] == home
    assert found["s", "food", "parents", "2025-10-31"] == own
    assert found["s", "food", "parents", "2025-11-30"] == own


def test_one_of_two_who_moves_in_with_somebody_takes_no_household_along() -> None:
    found = housed(
        listed("register", "mother", "ms", Q1, Q2)
        + listed("register", "couple", "sw", Q3, Q4)
        + listed("register", "mother", "m", Q3, Q4)
    )
    assert found["m", "register", "mother", Q4] == found["s", "register", "mother", Q1]
    assert found["s", "register", "couple", Q3] == found["w", "register", "couple", Q4]
    assert found["m", "register", "mother", Q4] != found["w", "register", "couple", Q4]


def test_a_family_that_moves_stays_one_household_under_three_cards() -> None:
    found = housed(
        listed("register", "one", "abcd", Q1)
        + listed("register", "two", "abcde", Q2, Q3)
        + listed("register", "three", "abde", Q4)
    )
    assert len(set(found.values())) == 1


def test_a_child_listed_with_relatives_too_lives_at_home() -> None:
    found = housed(
        listed("register", "home", "wc", Q1, Q2)
        + listed("register", "aunt", "xy", Q1, Q2)
        + listed("cash", "home", "wc", Q1, Q2)
        + listed("cash", "aunt", "xyc", Q1, Q2)
    )
    assert found["c", "cash", "aunt", Q1] == found["c", "cash", "home", Q1]
    assert found["c", "cash", "aunt", Q1] != found["x", "cash", "aunt", Q1]


def test_whom_only_a_program_with_the_newer_card_knows_is_of_the_family() -> None:
    # The register has the old card; the newborn stands on the program's list alone.
    found = housed(
        listed("register", "old", "hwab", Q1, Q2, Q3) + listed("cash", "new", "wabn", Q1, Q2, Q3)
    )
    assert len(set(found.values())) == 1


def test_a_quicker_list_dates_the_move() -> None:
    found = housed(
        listed("register", "home", "fms", Q1, Q2)
        + listed("register", "home", "fm", Q3)
        + listed("register", "couple", "sw", Q3)
        + listed("cash", "couple", "s", "2025-07-31", "2025-08-31")
    )
    assert found["s", "cash", "couple", "2025-07-31"] == found["w", "register", "couple", Q3]


@pytest.mark.parametrize("times", [1, 2])
def test_a_card_said_once_and_taken_back_is_a_slip(times: int) -> None:
    days = [f"202{4 + month // 12}-{month % 12 + 1:02d}-28" for month in range(12)]
    wrong = days[5 : 5 + times]
    found = housed(
        listed("food", "home", "a", *(day for day in days if day not in wrong))
        + listed("food", "home", "b", *days)
        + listed("food", "away", "a", *wrong)
        + listed("food", "away", "xy", *days)
    )
    home = found["b", "food", "home", days[0]]
    assert found["a", "food", "away", wrong[0]] == (
        home if times == 1 else found["x", "food", "away", days[0]]
    )


def test_no_card_no_household_and_no_record_lost() -> None:
    found = housed([("a", "food", None, Q1), ("b", "food", "card", Q2), ("b", "clinic", None, Q1)])
    assert found["a", "food", None, Q1] is None
    # A list without cards: the person lives where the others say.
    assert found["b", "clinic", None, Q1] == found["b", "food", "card", Q2] is not None


def test_the_order_of_records_changes_nothing() -> None:
    draw = random.Random(4)
    statements = sorted(
        {
            (draw.choice("abcdefgh"), draw.choice(["register", "food"]), draw.choice("1234"), day)
            for day, _ in itertools.product((Q1, Q2, Q3, Q4), range(12))
        }
    )
    first = housed(statements)
    for _ in range(3):
        draw.shuffle(statements)
        assert housed(statements) == first
