"""Ids for good: three months of corrections, merges, splits and decisions, and every id resolves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.identity import run

JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 28, tzinfo=UTC) for month in (1, 2, 3))
DTSEN, SEMBAKO, DUKCAPIL = (f"{p}-31.74-2026-01-v1-0a" for p in ("dtsen", "sembako", "dukcapil"))

BUDI = {"full_name": "BUDI SANTOSO", "nik": "3174091504900001", "birth_on": "1990-04-15"}
SITI = {
    "full_name": "SITI AMINAH",
    "nik": "3174095504920002",
    "birth_on": "1992-04-15",
    "sex_code": "female",
}
RAKA = {"full_name": "RAKA PRATAMA", "nik": "3174091708150003", "birth_on": "2015-08-17"}
JOKO = {
    "full_name": "JOKO WIDODO",
    "nik": "3174090101700007",
    "birth_on": "1970-01-01",
    "family_card_number": "3174090101150077",
    "sent_area_code": "31.74.09.1005",
}
TINI = {
    "full_name": "TINI HARTATI",
    "nik": "3174094209850008",
    "birth_on": "1985-09-02",
    "sex_code": "female",
    "family_card_number": "3174090101150088",
    "sent_area_code": "31.74.09.1006",
}


def version(submission: str, number: int) -> str:
    return submission.replace("-v1-0a", f"-v{number}-{number}b")


def decide(barn, number, verdict, one, other, at=FEBRUARY):
    barn.con.execute(
        "INSERT INTO vault.identity.decisions (decision_id, verdict, program_a, submission_id_a, "
        "source_record_id_a, program_b, submission_id_b, source_record_id_b, decided_by, decided_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'reviewer', ?)",
        [f"d{number}", verdict, one[0].split("-")[0], *one, other[0].split("-")[0], *other, at],
    )


def withdraw(barn, number, at):
    barn.con.execute(
        "UPDATE vault.identity.decisions SET withdrawn_by = 'reviewer', withdrawn_at = ? "
        "WHERE decision_id = ?",
        [at, f"d{number}"],
    )


def at_once(barn) -> bool:
    return not any(run.verify(barn.con).values())


def today(barn) -> dict[str, tuple[str, str]]:
    rows = barn.all("SELECT * FROM vault.identity.beneficiary_id_history")
    return {row[0]: (row[1], row[2]) for row in rows}


def test_three_months(barn, person):
    """What an agency lives through in a quarter; after each month a release goes out."""
    released: set[str] = set()
    houses: set[str] = set()

    def release() -> dict[tuple[str, str], str]:
        released.update(barn.ids().values())
        houses.update(r[0] for r in barn.all("SELECT household_id FROM vault.identity.households"))
        return barn.ids()

    # January: a register and two programs. The population office wrote another's NIK for Budi, and
    # the food aid knows Tini by her first name.
    dtsen = [
        person(2, DTSEN, **BUDI),
        person(3, DTSEN, **SITI),
        person(4, DTSEN, **RAKA),
        person(5, DTSEN, **JOKO),
        person(6, DTSEN, **TINI),
    ]
    wrong_nik = BUDI | {"nik": "3201011504900099", "family_card_number": None,
                        "sent_area_code": None}  # fmt: skip
    dukcapil = [person(2, DUKCAPIL, **wrong_nik)]
    short = {"full_name": "TINI", "nik": None, "birth_on": None, "birth_precision": None,
             "family_card_number": None, "sent_area_code": "31.74.09.1006"}  # fmt: skip
    sembako = [person(2, SEMBAKO, **short), person(3, SEMBAKO, **JOKO)]
    barn.put(dtsen + dukcapil + sembako)
    barn.link(JANUARY)
    january = release()
    assert january[DTSEN, "2:person"] != january[DUKCAPIL, "2:person"]
    assert january[DTSEN, "6:person"] != january[SEMBAKO, "2:person"]
    assert january[DTSEN, "5:person"] == january[SEMBAKO, "3:person"]

    # February: the office corrects the NIK, in other rows: two ids prove to be one person. People
    # read the doubtful ones: the two Tini are one, and the two Joko are father and son.
    office = version(DUKCAPIL, 2)
    dukcapil = [person(9, office, **RAKA), person(12, office, **BUDI)]
    decide(barn, 1, "same", (DTSEN, "6:person"), (SEMBAKO, "2:person"))
    decide(barn, 2, "different", (DTSEN, "5:person"), (SEMBAKO, "3:person"))
    barn.put(dtsen + dukcapil + sembako)
    summary = barn.link(FEBRUARY)
    february = release()
    assert summary.events == {"merged": 2, "split": 1}
    assert february[office, "12:person"] == february[DTSEN, "2:person"]
    assert february[DTSEN, "6:person"] == february[SEMBAKO, "2:person"]
    assert february[DTSEN, "5:person"] != february[SEMBAKO, "3:person"]
    # The older of two ids survives, and either leads there.
    survivor = february[DTSEN, "2:person"]
    assert survivor in (january[DTSEN, "2:person"], january[DUKCAPIL, "2:person"])
    assert {today(barn)[january[k]][0] for k in ((DTSEN, "2:person"), (DUKCAPIL, "2:person"))} == {
        survivor
    }
    assert at_once(barn)

    # March: the food aid sends its list again, in another order and with an address for Tini: what
    # people decided still holds. One decision is taken back.
    aid = version(SEMBAKO, 2)
    sembako = [
        person(2, aid, **JOKO),
        person(7, aid, **short, address="JL MELATI NO 3"),
        person(8, aid, full_name="HASAN BASRI", nik="3174091010600009", birth_on="1960-10-10"),
    ]
    barn.put(dtsen + dukcapil + sembako)
    barn.link(MARCH)
    march = release()
    assert march[DTSEN, "6:person"] == march[aid, "7:person"] == february[DTSEN, "6:person"]
    assert march[DTSEN, "5:person"] == february[DTSEN, "5:person"]
    assert march[aid, "2:person"] == february[SEMBAKO, "3:person"]
    assert at_once(barn)
    withdraw(barn, 2, MARCH)
    summary = barn.link(datetime(2026, 3, 29, tzinfo=UTC))
    last = release()
    assert summary.events == {"merged": 1}
    assert last[DTSEN, "5:person"] == last[aid, "2:person"] == january[DTSEN, "5:person"]
    assert at_once(barn)

    # Every id ever released still resolves to a person of today.
    known = today(barn)
    assert released <= set(known)
    assert {known[i][0] for i in released} == set(last.values())
    house_today = dict(
        barn.all(
            "SELECT household_id, current_household_id FROM vault.identity.household_id_history"
        )
    )
    assert houses <= set(house_today)
    # And every change is told: what was made, and what became of it.
    events = barn.all("SELECT kind, beneficiary_id, other_id FROM vault.identity.identity_events")
    made = {one for kind, one, _ in events if kind in ("created", "split")}
    merged = {other for kind, _, other in events if kind == "merged"}
    assert made == set(known)
    assert merged == {i for i, (now, _) in known.items() if now != i}


@pytest.mark.parametrize(
    "mended",
    [
        {"nik": "3174091504900010"},
        {"full_name": "BUDI SUSANTO"},
        {"birth_on": "1990-05-15"},
        {"address": "JL MAWAR NO 9", "family_card_number": None},
    ],
)
@pytest.mark.parametrize("withdrawn_between", [False, True])
def test_who_stood_only_in_the_version_before_keeps_the_id(barn, person, mended, withdrawn_between):
    """The corrected list has other rows, and says something else of the same person."""
    barn.put([person(2, DTSEN, **BUDI), person(3, DTSEN, **SITI)])
    barn.link(JANUARY)
    before = barn.ids()
    new = version(DTSEN, 2)
    if withdrawn_between:
        barn.put([person(2, SEMBAKO, **JOKO)])
        assert barn.link(FEBRUARY).events == {"created": 1, "retired": 2}
    barn.put([person(3, new, **BUDI | mended), person(9, new, **SITI)])
    barn.link(MARCH)
    now = barn.ids()
    assert now[new, "3:person"] == before[DTSEN, "2:person"]
    assert now[new, "9:person"] == before[DTSEN, "3:person"]
    states = {k: s for k, (_, s) in today(barn).items()}
    assert states[before[DTSEN, "2:person"]] == "active"
    assert at_once(barn)


def test_somebody_else_in_the_same_row_gets_another_id(barn, person):
    barn.put([person(2, DTSEN, **BUDI), person(3, DTSEN, **JOKO)])
    barn.link(JANUARY)
    before = barn.ids()
    new = version(DTSEN, 2)
    barn.put([person(2, new, **TINI), person(3, new, **JOKO)])
    assert barn.link(FEBRUARY).events == {"created": 1, "retired": 1}
    assert barn.ids()[new, "2:person"] not in before.values()
    # He is back: it is he who has the id again.
    again = version(DTSEN, 3)
    barn.put([person(2, again, **TINI), person(3, again, **JOKO), person(4, again, **BUDI)])
    assert barn.link(MARCH).events == {"revived": 1}
    assert barn.ids()[again, "4:person"] == before[DTSEN, "2:person"]


def test_a_decision_stands_on_what_was_said_when_its_records_are_gone(barn, person):
    """Corrected twice, with other rows and another spelling; then decided otherwise."""
    aid = {**JOKO, "nik": None}
    barn.put([person(2, DTSEN, **JOKO), person(2, SEMBAKO, **aid)])
    barn.link(JANUARY)
    decide(barn, 1, "different", (DTSEN, "2:person"), (SEMBAKO, "2:person"))
    barn.link(FEBRUARY)
    parted = barn.ids()
    assert len(set(parted.values())) == 2
    for number, row, spelt in ((2, 7, "JOKO WIDODO"), (3, 4, "DJOKO WIDODO")):
        list_a, list_b = version(DTSEN, number), version(SEMBAKO, number)
        barn.put(
            [
                person(row, list_a, **JOKO | {"address": f"JL KENANGA NO {number}"}),
                person(row, list_b, **aid | {"full_name": spelt}),
            ]
        )
        assert barn.link(MARCH).events == {}
        assert barn.ids() == {
            (list_a, f"{row}:person"): parted[DTSEN, "2:person"],
            (list_b, f"{row}:person"): parted[SEMBAKO, "2:person"],
        }
    decide(barn, 2, "same", (list_a, "4:person"), (list_b, "4:person"), MARCH)
    assert barn.link(MARCH).events == {"merged": 1}
    assert at_once(barn)


def test_a_household_outlives_its_card_and_its_lists(barn, person):
    """The list is corrected: the card is new, one member has moved out. Still the household."""
    old, new = "3174090101150001", "3174090106260002"
    barn.put([person(i, DTSEN, family_card_number=old, **p)
              for i, p in enumerate((BUDI, SITI, RAKA), start=2)])  # fmt: skip
    barn.link(JANUARY)
    house = barn.all("SELECT DISTINCT household_id FROM vault.identity.record_links")
    assert len(house) == 1
    later = version(DTSEN, 2)
    rows = [
        person(i, later, observed_on="2026-06-30", family_card_number=new, **p)
        for i, p in enumerate((BUDI, SITI), start=2)
    ]
    barn.put(rows)
    barn.link(MARCH)
    assert barn.all("SELECT DISTINCT household_id FROM vault.identity.record_links") == house
