"""Profiles: what is declared, and a list of another country linked by declarations alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.identity import columns, names, nik, profiles

MAPPING = {
    "row": "no",
    "given_name": ["first", "middle"],
    "family_name": "last",
    "birth_date": {"column": "born", "formats": ["%d/%m/%Y"]},
    "national_number": "id",
    "sex": {"column": "sex", "values": {"M": "male", "F": "female"}},
    "address": ["house", "street"],
}


@pytest.fixture
def con():
    with duckdb.connect() as made:
        yield made


def test_a_mapping_makes_person_records(con):
    con.register(
        "lst",
        pd.DataFrame(
            {
                "no": ["a", "b", "c"],
                "first": ["Anna", None, "Ben"],
                "middle": ["M", None, None],
                "last": ["Berg", "Holm", None],
                "born": ["31/12/1990", "31/02/1991", None],
                "id": ["12-345", None, " "],
                "sex": ["f", "x", "M"],
                "house": ["1", "2", None],
                "street": ["High St", None, None],
            }
        ),
    )
    made = con.execute(
        "SELECT source_record_id, full_name, birth_on::varchar, birth_precision, nik, sex_code, "
        f"address FROM ({columns.select('lst', 'clinic', MAPPING)}) ORDER BY 1"
    ).fetchall()
    assert made == [
        ("a:person", "Berg, Anna M", "1990-12-31", "day", "12-345", "female", "1 High St"),
        ("b:person", "Holm, ", "1991-01-01", "year", None, None, "2"),
        ("c:person", ", Ben", None, None, None, "male", None),
    ]


def test_a_mapping_of_what_is_no_column_is_refused():
    with pytest.raises(ValueError, match="shoe_size"):
        columns.select("lst", "clinic", {"shoe_size": "x"})


def keyed(con, *names_sent: str) -> dict[str, tuple]:
    con.register("sent", pd.DataFrame({"name": list(names_sent)}))
    names.plain_keys(
        con,
        "sent",
        "name",
        "keyed",
        titles=["DR"],
        nobody=["BABY", "UNKNOWN"],
        variants={"WILLIAM": ["BILL"]},
    )
    rows = con.execute(
        "SELECT raw, first_word, last_word, first_sound, sorted_key FROM keyed"
    ).fetchall()
    return {r[0]: r[1:] for r in rows}


def test_plain_names_are_split_and_the_parts_keep_their_place(con):
    found = keyed(
        con,
        "Dr. Anna Berg",
        "Berg, Anna",
        "Berg, ",
        ", Anna",
        "Berg, A",
        "Berg, A Maria",
        "Émile Zola",
    )
    assert found["Dr. Anna Berg"][:2] == ("ANNA", "BERG")
    assert found["Berg, Anna"][:2] == ("ANNA", "BERG")
    assert found["Berg, "][:2] == (None, "BERG")
    assert found[", Anna"][:2] == ("ANNA", None)
    # A lone initial tells nobody apart; with a second name that one does.
    assert found["Berg, A"][:2] == (None, "BERG")
    assert found["Berg, A Maria"][:2] == ("MARIA", "BERG")
    assert found["Émile Zola"][:2] == ("EMILE", "ZOLA")


def test_words_that_are_no_name_and_short_forms(con):
    found = keyed(con, "Berg, Baby", "Berg, Bill", "Berg, William", "Unknown, Ann", "Berg, Wiliam")
    assert found["Berg, Baby"][:2] == (None, "BERG")
    assert found["Berg, Bill"][0] == "BILL"
    assert found["Berg, Bill"][2] == found["Berg, William"][2] == found["Berg, Wiliam"][2]
    assert found["Unknown, Ann"][1] is None


def test_a_number_of_declared_length(con):
    con.register(
        "sent",
        pd.DataFrame({"n": ["123-45-6780", "111-11-1111", "12", "***-**-6789", "none", "98765.0"]}),
    )
    nik.parse_plain(con, "sent", "n", "parsed", 5, 9)
    found = dict(con.execute("SELECT raw, class FROM parsed").fetchall())
    assert found == {
        "123-45-6780": "valid",
        "111-11-1111": "placeholder",
        "12": "wrong_length",
        "***-**-6789": "masked",
        "none": "blank",
        "98765.0": "valid",
    }


def test_the_profiles_of_the_repo_are_read():
    known = profiles.known()
    assert {"indonesia", "people", "people_with_number"} <= set(known)
    assert {c.name for c in known["people_with_number"].comparisons} - {
        c.name for c in known["people"].comparisons
    } == {"nik"}
    # No rule of another country's numbers or names in them.
    assert "left(l.nik, 12)" not in known["people_with_number"].conflict_sql.replace(
        "left(l.nik, 12) <> left(r.nik, 12)", ""
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\nshoes: 1\n", "shoes"),
        ("name: x\nnames: martian\n", "plain or indonesian"),
        ("name: x\nidentifiers: {nik: {type: magic}}\n", "type of nik"),
    ],
)
def test_a_profile_that_says_what_cannot_be_is_refused(tmp_path: Path, text: str, said: str):
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=said):
        profiles.read(path)
