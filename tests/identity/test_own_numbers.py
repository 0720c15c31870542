"""A program that no profile knows is linked by the numbers that its defs.yaml declares."""

from __future__ import annotations

import textwrap

import duckdb
import pytest

from pipelines.exports import declaration
from pipelines.identity import own_numbers, profiles, run

ELSEWHERE = "31.74.09.1002"
IDENTIFIERS = """
    - {column: insurance_number, type: person, kind: student_card, least: 6, most: 8,
       pattern: "[A-Z]{2}[0-9]+"}
    - {column: account_number, kind: social_security, validator: digits, least: 9, most: 9,
       trust: medium}
    - {column: welfare_card_number, roles: [ibu], trust: low}
    - {column: nik, trust: low}
"""


def declare(folder, name: str, identifiers: str = IDENTIFIERS) -> None:
    """Write the defs.yaml of a program whose list has a name and numbers of its own."""
    (folder / name).mkdir()
    (folder / name / "defs.yaml").write_text(
        textwrap.dedent(
            f"""
            type: pipelines.components.Program
            attributes:
              name: {name}
              title: {{id: x, en: x}}
              description: {{id: x, en: x}}
              owner: x
              team: x
              sector: education
              government_level: kabkota
              area_level: kabkota
              cadence: {{kind: year, first_period: "2026", due_day: 30}}
              columns:
                nama: {{header: Nama, key: true, personal: child}}
            """
        )
        + ("  identifiers:" + identifiers if identifiers else "")
    )


@pytest.fixture
def own(tmp_path) -> tuple[own_numbers.Own, ...]:
    declare(tmp_path, "beasiswa")
    declare(tmp_path, "perpustakaan")
    declare(tmp_path, "taman", "")
    return profiles.declared(tmp_path)


def test_nothing_changes_where_nothing_is_declared(tmp_path):
    declare(tmp_path, "taman", "")
    assert profiles.declared(tmp_path) == ()
    plain = profiles.known(tmp_path)["indonesia"]
    assert plain is profiles.with_own(plain, ())
    assert plain.evidence.own == ()
    assert own_numbers.value("nisn", "usual", ()) == "usual"
    assert own_numbers.says_nothing("usual", ()) == "usual"


def test_a_number_is_read_as_its_program_declares_it(own):
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE identity_persons AS SELECT * FROM (VALUES "
            "('beasiswa', 'siswa', 'ab-123 45', '123-45-6789', '0012345678'), "
            "('beasiswa', 'siswa', '12345678', '123-45-678', '0012345678'), "
            "('beasiswa', 'ibu', 'AB 1111111111', '111111111', '0012345678'), "
            "('taman', 'siswa', 'AB12345', '123-45-6789', '0012345678')) "
            "AS t (program, role, insurance_number, account_number, welfare_card_number)"
        )
        read = ", ".join(
            own_numbers.value(c, "'as usual'", own)
            for c in ("insurance_number", "account_number", "welfare_card_number")
        )
        found = con.execute(f"SELECT {read} FROM identity_persons AS p").fetchall()
        unread = own_numbers.unread("nik", own)
        assert own_numbers.unread("family_card_number", own) is None
        assert con.execute(
            f"SELECT count(*) FROM identity_persons AS p WHERE {unread}"
        ).fetchone() == (3,)
    assert found == [
        ("student_card:AB12345", "social_security:123456789", "as usual"),
        (None, None, "as usual"),
        (None, None, None),
        ("as usual", "as usual", "as usual"),
    ]


@pytest.mark.parametrize(
    ("left", "right", "nothing"),
    [
        ("student_card:AB1", "student_card:AB1", False),
        ("student_card:AB1", "student_card:AB2", False),
        ("student_card:AB1", "member:AB1", True),
        ("student_card:AB1", "0012345", True),
        ("0012345", "0012346", False),
        ("social_security:1", "social_security:2", True),
        ("social_security:1", "social_security:1", False),
        (None, "student_card:AB1", True),
    ],
)
def test_numbers_of_two_kinds_do_not_differ(own, left, right, nothing):
    sides = ", ".join(
        f"{'?' if c == 'insurance' else 'NULL::varchar'} AS {c}_{s}"
        for s in "lr"
        for c in own_numbers.COLUMNS.values()
    )
    with duckdb.connect() as con:
        assert con.execute(
            f"SELECT {own_numbers.says_nothing('never', own)} FROM (SELECT {sides})", [left, right]
        ).fetchone() == (nothing,)


def test_a_program_with_a_number_of_its_own_is_linked(barn, person, own, monkeypatch):
    """Two lists with half a name, day and month that changed places and a card that no profile knows."""

    def said(submission: str, card: str, row: int, born: str, **more):
        blank = {"nik": None, "family_card_number": None, "insurance_number": card}
        return person(row, submission, **{**blank, "birth_on": born, **more})

    one, other = "beasiswa-31.74-2026-v1-0", "perpustakaan-31.74-2026-v1-0"
    barn.put(
        [
            said(one, "ab-12345", 2, "2006-02-11", full_name="YULI ASTUTI"),
            said(other, "AB 12345", 2, "2006-11-02", full_name="YULI", sent_area_code=ELSEWHERE),
            said(one, "CD-77777", 3, "2008-01-09", full_name="RINA WATI"),
            said(other, "CD-88888", 3, "2008-09-01", full_name="RINA", sent_area_code=ELSEWHERE),
        ]
    )
    barn.link()
    assert {len(group) for group in barn.people()} == {1}
    profile = profiles.with_own(run.PROFILES["indonesia"], own)
    monkeypatch.setitem(run.PROFILES, "indonesia", profile)
    summary = barn.link()
    assert summary.is_full
    assert frozenset({(one, "2:person"), (other, "2:person")}) in barn.people()
    assert len(barn.people()) == 3


@pytest.mark.parametrize(
    ("identifier", "said"),
    [
        ("{column: shoe_size}", "identifiers.0.column"),
        ("{column: nisn, least: 6}", "least: expected a kind with it"),
        ("{column: nisn, trust: medium}", "medium needs a kind"),
        ("{column: nik, kind: passport}", "a number of its own kind stands in nisn"),
        ("{column: phone, type: person}", "phone is a number of type contact"),
        ("{column: nisn, kind: card, least: 9, most: 8}", "no more than most"),
        ("{column: nisn, kind: card, pattern: '(['}", "not a regular expression"),
        ("{column: nisn, kind: card, trust: 0.9}", "identifiers.0.trust"),
        ("{column: nisn, kind: card}\n    - {column: nisn, roles: [ibu], trust: low}", "twice"),
    ],
)
def test_a_wrong_identifier_is_refused_by_name(tmp_path, identifier, said):
    declare(tmp_path, "beasiswa", f"\n    - {identifier}\n")
    with pytest.raises(
        declaration.DeclarationError, match=r"beasiswa/defs\.yaml: attributes"
    ) as told:
        profiles.declared(tmp_path)
    assert said in str(told.value)
