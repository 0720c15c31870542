"""Linking end to end on small made-up lists: guards, decisions, permanence, order, bad input."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from pipelines import lake, settings
from pipelines.identity import quality, run
from tests.identity import district

LATER = datetime(2026, 8, 1, tzinfo=UTC)
A, B, C = (f"{p}-31.74-2026Q1-v1-0" for p in ("dtsen", "sembako", "dukcapil"))


def same(barn, *keys) -> bool:
    ids = barn.ids()
    return len({ids[key] for key in keys}) == 1


def test_one_person_in_two_lists(barn, person):
    barn.put([person(2, A), person(5, B, full_name="BUDI SANTOSA", nik="'3174091504900001")])
    barn.link()
    assert same(barn, (A, "2:person"), (B, "5:person"))


@pytest.mark.parametrize(
    "change",
    [
        {"nik": None},
        {"nik": "3174091504900000"},
        {"nik": "3174************"},
        {"nik": "3.17409E+15"},
        {"nik": None, "birth_on": "1990-01-01", "birth_precision": "year"},
        {"nik": None, "full_name": "H. BUDI SANTOSO, S.Pd"},
        {"family_card_number": "0", "full_name": "BUDI"},
        {"family_card_number": None, "birth_on": "1990-04-16"},
        {"nik": None, "full_name": "BOEDI SANTOSO"},
    ],
)
def test_damage_does_not_part_a_person(barn, person, change):
    barn.put([person(2, A), person(5, C, **change)])
    barn.link()
    assert same(barn, (A, "2:person"), (C, "5:person"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Twins: everything but the given name and the serial.
        (
            {"full_name": "HASAN SANTOSO", "nik": "3174091504180001", "birth_on": "2018-04-15"},
            {"full_name": "HUSEIN SANTOSO", "nik": "3174091504180002", "birth_on": "2018-04-15"},
        ),
        (
            {
                "full_name": "HASAN SANTOSO",
                "nik": None,
                "birth_on": "2018-04-15",
                "mother_name": "SITI",
            },
            {
                "full_name": "HUSEIN SANTOSO",
                "nik": None,
                "birth_on": "2018-04-15",
                "mother_name": "SITI",
            },
        ),
        # The mother's NIK on her child.
        (
            {"full_name": "SITI AMINAH", "nik": "3174095504900001", "sex_code": "female"},
            {"full_name": "RAKA PRATAMA", "nik": "3174095504900001", "birth_on": "2019-02-03"},
        ),
        # One NIK on two people.
        ({}, {"full_name": "JOKO WIDODO", "birth_on": "1971-12-01", "family_card_number": None}),
        (
            {"birth_on": None},
            {"full_name": "JOKO WIDODO", "birth_on": None, "family_card_number": None},
        ),
        # Same name, same day, two valid NIKs of two places.
        (
            {},
            {
                "nik": "3201011504900007",
                "family_card_number": "3201010101150009",
                "sent_area_code": None,
            },
        ),
        # Father and son of one name and one card.
        ({"nik": None}, {"nik": None, "birth_on": "2014-08-17"}),
        # Brothers.
        (
            {
                "nik": None,
                "full_name": "AHMAD FAUZI",
                "birth_on": "2012-05-01",
                "mother_name": "SITI",
            },
            {
                "nik": None,
                "full_name": "AHMAD RIZKI",
                "birth_on": "2014-07-09",
                "mother_name": "SITI",
            },
        ),
    ],
)
def test_two_people_stay_apart(barn, person, one, other):
    barn.put([person(2, A, **one), person(5, C, **other)])
    barn.link()
    assert not same(barn, (A, "2:person"), (C, "5:person"))


@pytest.mark.parametrize(
    ("change", "one"),
    [
        ({}, True),
        # Nothing but the number, and some lists copy the date from the number.
        ({"family_card_number": "3174090101150077"}, False),
        ({"family_card_number": None}, False),
        # The number is another's: the date beside it says so.
        ({"birth_on": "1971-12-01"}, False),
        ({"birth_on": None}, False),
        ({"sex_code": "female"}, False),
    ],
)
def test_another_name_with_a_confirmed_number_and_one_house_is_one_person(
    barn, person, change, one
):
    barn.put([person(2, A), person(5, C, full_name="DENGKEK", **change)])
    barn.link()
    assert same(barn, (A, "2:person"), (C, "5:person")) is one


def test_one_number_on_twins_that_a_list_names_both_is_of_two(barn, person):
    twin = {"full_name": "JOKO SANTOSO"}
    barn.put([person(2, A), person(3, A, **twin), person(5, C), person(6, C, **twin)])
    barn.link()
    assert not same(barn, (A, "2:person"), (A, "3:person"))
    assert not same(barn, (C, "5:person"), (C, "6:person"))


def test_two_roles_of_one_row_are_two_people_unless_they_bear_one_name(barn, person):
    pkh = "pkh-31.74-2026T1-v1-0"
    barn.put(
        [
            person(2, pkh, role="pengurus", full_name="SITI AMINAH", nik="3174095504900001"),
            person(
                2,
                pkh,
                role="anggota",
                full_name="RAKA PUTRA",
                nik="3174095504900001",
                birth_on=None,
            ),
            person(
                3, pkh, role="pengurus", full_name="MARYAM", nik="3174095504500001", birth_on=None
            ),
            person(
                3, pkh, role="anggota", full_name="MARYAM", nik="3174095504500001", birth_on=None
            ),
        ]
    )
    barn.link()
    assert not same(barn, (pkh, "2:pengurus"), (pkh, "2:anggota"))
    assert same(barn, (pkh, "3:pengurus"), (pkh, "3:anggota"))


def test_a_record_that_says_nothing_is_alone_and_counted(barn, person):
    nothing = dict.fromkeys(
        [
            "nik",
            "family_card_number",
            "full_name",
            "sex_code",
            "birth_on",
            "birth_precision",
            "sent_area_code",
        ]
    )
    barn.put([person(2, A, **nothing), person(3, A, **nothing), person(4, A)])
    summary = barn.link()
    assert summary.records == 3
    assert summary.insufficient_records == 2
    assert len(barn.people()) == 3
    assert dict(
        barn.all("SELECT method, count(*) FROM vault.identity.record_links GROUP BY 1")
    ) == {"alone": 3}


def test_no_records_at_all(barn):
    summary = barn.link()
    assert summary.records == summary.people == 0
    assert barn.all("SELECT count(*) FROM vault.identity.record_links") == [(0,)]


@pytest.fixture(scope="module")
def lists() -> pd.DataFrame:
    return district.records(400, months=2, seed=3, dirt=2, missing_nik=0.2)


def test_the_same_records_give_the_same_people_whatever_the_order(barn, lists):
    barn.put(lists)
    first = barn.link()
    people, ids = barn.people(), barn.ids()
    assert first.records == len(lists) == len(ids)

    # Shuffled: the very same ids, and nothing is written.
    barn.put(lists.sample(frac=1, random_state=5))
    again = barn.link(LATER)
    assert barn.ids() == ids
    assert again.changed_tables == []
    assert again.events == {}

    # In batches, one submission at a time and in random order: the same people.
    other = type(barn)()
    order = np.random.default_rng(8).permutation(lists["submission_id"].unique())
    for size in (3, 5, 8, len(order)):
        other.put(lists[lists["submission_id"].isin(order[:size])])
        other.link()
    assert other.people() == people
    # A part that came last can be taken back.
    other.put(lists[lists["submission_id"].isin(order[:5])])
    other.link(LATER)
    once = type(barn)()
    once.put(lists[lists["submission_id"].isin(order[:5])])
    once.link()
    assert other.people() == once.people()


def test_it_links_well_and_every_record_once(barn, lists):
    barn.put(lists)
    barn.link()
    barn.con.register("truth", lists[["submission_id", "source_record_id", "true_id"]])
    found = quality.measure(
        barn.con,
        "(SELECT * FROM truth JOIN vault.identity.record_links USING (submission_id, source_record_id))",
        "beneficiary_id",
        "true_id",
    )
    assert found.records == len(lists)
    assert found.precision >= 0.995
    assert found.recall >= 0.93


def test_a_rerun_makes_no_snapshot_and_leaves_no_working_table(tmp_path, monkeypatch, lists):
    monkeypatch.setenv("LUMBUNG_HOME", str(tmp_path))
    lake.prepare()
    with lake.connect(write=["vault"]) as con:
        con.register("lists", lists)
        lake.write_by_difference(
            con,
            "vault.staging.persons",
            "SELECT * EXCLUDE (true_id) REPLACE (phone::varchar AS phone, nisn::varchar AS nisn, "
            "welfare_card_number::varchar AS welfare_card_number, program_number::varchar AS "
            "program_number, insurance_number::varchar AS insurance_number, account_number::varchar "
            "AS account_number, parent_name::varchar AS parent_name, birth_place::varchar AS birth_place) "
            "FROM lists",
            ["submission_id", "source_record_id"],
        )
        con.unregister("lists")
        run.link_people(con, LATER)
        before = lake.current_snapshot(con, "vault")
        run.link_people(con, datetime(2027, 1, 1, tzinfo=UTC))
        assert lake.current_snapshot(con, "vault") == before
        left = con.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE database_name IN ('temp', 'memory')"
        ).fetchone()
        assert left == (0,)
    key = settings.home().keys / "identity.key"
    assert key.stat().st_mode & 0o077 == 0


def test_a_failure_while_writing_leaves_the_former_state(barn, person, monkeypatch):
    barn.put([person(2, A)])
    barn.link()
    before = barn.all("SELECT * FROM vault.identity.record_links")
    barn.put(
        [
            person(2, A),
            person(3, A, full_name="JOKO", nik="3174091504700003", birth_on="1970-04-15"),
        ]
    )
    real = lake.write_by_difference

    def failing(con, table, *rest, **options):
        if table.endswith("households"):
            raise RuntimeError("killed")
        return real(con, table, *rest, **options)

    monkeypatch.setattr(lake, "write_by_difference", failing)
    with pytest.raises(RuntimeError, match="killed"):
        barn.link(LATER)
    assert barn.all("SELECT * FROM vault.identity.record_links") == before
    monkeypatch.undo()
    barn.link(LATER)
    assert len(barn.people()) == 2


def decide(barn, verdict, one, other, number=1):
    barn.con.execute(
        "INSERT INTO vault.identity.decisions (decision_id, verdict, program_a, submission_id_a, "
        "source_record_id_a, program_b, submission_id_b, source_record_id_b, decided_by, decided_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'reviewer', TIMESTAMP '2026-07-02')",
        [f"d{number}", verdict, one[0].split("-")[0], *one, other[0].split("-")[0], *other],
    )


def test_decisions_beat_the_model_and_can_be_withdrawn(barn, person):
    rows = [
        person(2, A),
        person(5, C),
        person(7, B, full_name="JOKO WIDODO", nik="3174091504700003", birth_on="1970-04-15"),
    ]
    one, twin, stranger = (A, "2:person"), (C, "5:person"), (B, "7:person")
    barn.put(rows)
    barn.link()
    kept = barn.ids()[one]
    assert same(barn, one, twin)
    decide(barn, "different", one, twin, 1)
    decide(barn, "same", one, stranger, 2)
    summary = barn.link(LATER)
    assert summary.events == {"merged": 1, "split": 1}
    assert not same(barn, one, twin)
    assert same(barn, one, stranger)
    assert barn.link(LATER).events == {}
    barn.con.execute("UPDATE vault.identity.decisions SET withdrawn_at = TIMESTAMP '2026-09-01'")
    barn.link(datetime(2026, 9, 2, tzinfo=UTC))
    assert same(barn, one, twin)
    assert not same(barn, one, stranger)
    assert barn.ids()[one] == kept
    # Every id ever published still leads to one of today's.
    lost = barn.all(
        "SELECT count(*) FROM vault.identity.beneficiary_id_history AS h WHERE state <> 'retired' AND "
        "current_beneficiary_id NOT IN (SELECT beneficiary_id FROM vault.identity.record_links)"
    )
    assert lost == [(0,)]


def test_a_corrected_submission_keeps_the_ids(barn, person):
    barn.put(
        [
            person(2, A),
            person(3, A, full_name="JOKO", nik="3174091504700003", birth_on="1970-04-15"),
        ]
    )
    barn.link()
    before = barn.ids()
    v2 = A.replace("v1-0", "v2-1")
    barn.put(
        [
            person(12, v2),
            person(9, v2, full_name="JOKO", nik="3174091504700003", birth_on="1970-04-15"),
        ]
    )
    summary = barn.link(LATER)
    assert summary.events == {}
    assert barn.ids() == {
        (v2, "12:person"): before[A, "2:person"],
        (v2, "9:person"): before[A, "3:person"],
    }


def test_numbers_that_stand_on_everybody_unite_nobody(barn, person):
    rows = [
        person(
            i,
            A,
            nik="3174091504900001",
            full_name=f"{first} {last}",
            family_card_number="0000000000000000" if i % 2 else "3174090101150001",
            birth_on=f"{1940 + i % 70}-0{1 + i % 9}-1{i % 9}",
        )
        for i, (first, last) in enumerate(
            ((f, s) for f in district.MALE[:25] for s in district.LAST[:20]), start=2
        )
    ]
    barn.put(rows)
    summary = barn.link()
    assert max(len(group) for group in barn.people()) <= 2
    assert summary.shared_numbers == 2
    assert len(summary.warnings) >= 2


def test_five_thousand_of_one_name_and_day_do_not_explode(barn, person):
    pattern = person(
        2, A, full_name="MUHAMMAD", birth_on="1990-01-01", nik=None, family_card_number=None
    )
    frame = pd.DataFrame([pattern] * 5000)
    frame["source_row"] = np.arange(5000)
    frame["source_record_id"] = frame["source_row"].astype(str) + ":person"
    frame["sent_area_code"] = None
    barn.put(frame)
    summary = barn.link()
    assert summary.pairs <= 100 * summary.evidence
    assert summary.too_common_keys
    assert len(barn.people()) == 5000


def test_households_follow_the_card_and_survive_a_new_one(barn, person):
    members = [
        {"full_name": "BUDI SANTOSO", "nik": "3174091504800001", "birth_on": "1980-04-15"},
        {
            "full_name": "SITI AMINAH",
            "nik": "3174095504820001",
            "birth_on": "1982-04-15",
            "sex_code": "female",
        },
        {"full_name": "RAKA PRATAMA", "nik": "3174091504010001", "birth_on": "2001-04-15"},
    ]
    q1, q2 = A, "dtsen-31.74-2026Q2-v1-0"
    old, new, own = "3174090101150001", "3174090106260002", "3174090106260003"

    def rows(submission, day, cards):
        return [
            person(i, submission, observed_on=day, family_card_number=card, **m)
            for i, (m, card) in enumerate(zip(members, cards, strict=True), start=2)
        ]

    barn.put(rows(q1, "2026-03-31", [old] * 3))
    barn.link()
    house = barn.all("SELECT DISTINCT household_id FROM vault.identity.record_links")
    assert len(house) == 1
    # Parents get a new card, the son one of his own.
    # A card said once could be a slip of the pen: a second list says it, too.
    barn.put(
        rows(q1, "2026-03-31", [old] * 3)
        + rows(q2, "2026-06-30", [new, new, own])
        + rows(C, "2026-06-30", [new, new, own])
    )
    barn.link(LATER)
    links = dict(
        barn.all(
            "SELECT submission_id || source_record_id, household_id FROM vault.identity.record_links"
        )
    )
    assert links[f"{q2}2:person"] == links[f"{q2}3:person"] == links[f"{q1}4:person"] == house[0][0]
    assert links[f"{q2}4:person"] not in (None, house[0][0])
    son = barn.ids()[q2, "4:person"]
    stays = barn.all(
        "SELECT household_id = ?, valid_from::varchar, valid_to::varchar FROM "
        f"vault.identity.household_memberships WHERE beneficiary_id = '{son}' ORDER BY valid_from".replace(
            "?", f"'{house[0][0]}'"
        )
    )
    assert stays == [(True, "2026-03-31", "2026-06-29"), (False, "2026-06-30", None)]


@pytest.mark.parametrize(
    "card", ["0", "-", None, "0000000000000000", "3174************", "317409010115"]
)
def test_a_card_that_is_none_makes_no_household(barn, person, card):
    barn.put(
        [
            person(2, A, family_card_number=card),
            person(
                3,
                A,
                family_card_number=card,
                full_name="JOKO",
                nik="3174091504700003",
                birth_on="1970-04-15",
            ),
        ]
    )
    barn.link()
    assert barn.all("SELECT count(*) FROM vault.identity.households") == [(0,)]
    assert barn.all("SELECT count(household_id) FROM vault.identity.record_links") == [(0,)]
