"""Names: the keys of the usual forms, and the hazards that a careless rule falls into."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.identity import names

KEYS = [
    ("Budi Santoso", "BUDI SANTOSO"),
    ("  BUDI   SANTOSO ", "BUDI SANTOSO"),
    ("DRS. H. BUDI SANTOSO, M.Si.", "BUDI SANTOSO"),
    ("BUDI SANTOSO, S.Pd.I, M.Pd", "BUDI SANTOSO"),
    ("BUDI SANTOSO SE MM", "BUDI SANTOSO"),
    ("Hj. NURHAYATI (ALM)", "NURHAYATI"),
    ("ALM. BUDI", "BUDI"),
    ("MUH. RIZKI", "MUHAMMAD RIZKI"),
    ("M. RIZKI", "MUHAMMAD RIZKI"),
    ("M.ALI", "MUHAMMAD ALI"),
    ("MOCH RIZKI", "MUHAMMAD RIZKI"),
    ("RIZKI M", "RIZKI M"),
    ("ABD. RAHMAN", "ABDUL RAHMAN"),
    ("ABDURRAHMAN", "ABDUL RAHMAN"),
    ("ABDURAHMAN", "ABDUL RAHMAN"),
    ("ABDULRAHMAN", "ABDUL RAHMAN"),
    ("ABDULLATIF", "ABDUL LATIF"),
    ("ABDUSSALAM", "ABDUL SALAM"),
    ("ABDULLAH", "ABDULLAH"),
    ("ABDULAH", "ABDULLAH"),
    # ST. is Siti before a given name and a degree after it.
    ("ST. AISYAH", "SITI AISYAH"),
    ("ST AISYAH", "SITI AISYAH"),
    ("HJ. ST. AISYAH", "SITI AISYAH"),
    ("AISYAH, ST", "AISYAH"),
    ("AISYAH ST", "AISYAH"),
    ("BUDI ST MT", "BUDI"),
    ("ST. AISYAH, S.T.", "SITI AISYAH"),
    # NJ is NY in old spelling alone.
    ("PANJAITAN", "PANJAITAN"),
    ("PANDJAITAN", "PANJAITAN"),
    ("ANJANI", "ANJANI"),
    ("GANJAR", "GANJAR"),
    ("NJOMAN", "NYOMAN"),
    ("SOENJOTO", "SUNYOTO"),
    ("TJAHJONO", "CAHJONO"),
    ("DJOKO SOEPRAPTO", "JOKO SUPRAPTO"),
    ("SJAFEI", "SYAFEI"),
    ("CHAIRUL", "KHAIRUL"),
    # Nothing after bin is lost.
    ("AHMAD BIN YUSUF", "AHMAD YUSUF"),
    ("SITI BINTI ABDUL RAHMAN", "SITI ABDUL RAHMAN"),
    ("BIN YAMIN", "BIN YAMIN"),
    ("TE'NE DG. NGINTANG", "TENE DAENG NGINTANG"),
    ("BY. NY. SITI AMINAH", "BAYI SITI AMINAH"),
    ("AN. BUDI", "BUDI"),
    ("AN NISA", "AN NISA"),
    ("SUPARNO", "SUPARNO"),
    ("H", "H"),
    ("HAJI", "HAJI"),
    ("SE", "SE"),
    ("JOSÉ MÜLLER", "JOSE MULLER"),
    ("-", None),
    ("", None),
    ("null", None),
]


def keys_of(*raws: str) -> dict[str, dict]:
    con = duckdb.connect()
    con.execute("CREATE TABLE sent AS SELECT unnest(?::varchar[]) AS name", [list(raws)])
    names.keys(con, "sent", "name", "keys")
    rows = con.execute("SELECT * FROM keys").to_arrow_table().to_pylist()
    return {row["raw"]: row for row in rows}


@pytest.fixture(scope="module")
def found():
    return keys_of(*(raw for raw, _ in KEYS), "BUDI SANTOSO")


@pytest.mark.parametrize(("raw", "key"), KEYS)
def test_names_and_hazards(found, raw, key):
    assert found[raw]["name_key"] == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KHAIRUL", "CHAIRUL"),
        ("SYAFRUDIN", "SAFRUDDIN"),
        ("FATIMAH", "PATIMA"),
        ("DJOKO", "JOKO"),
        ("SOEKARNO", "SUKARNO"),
        ("ZAENAL", "JAENAL"),
        ("YUSUF", "JUSUF"),
        ("AISYAH", "AISJAH"),
        ("RIZKY AMALIA", "AMALIA RIZKI"),
    ],
)
def test_names_that_sound_alike(one, other):
    keys = keys_of(one, other)
    assert keys[one]["phonetic_key"] == keys[other]["phonetic_key"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("RINA", "RANI"), ("PANJAITAN", "PANYAITAM"), ("HASAN", "HUSEN"), ("SITI", "SUTI")],
)
def test_names_that_do_not(one, other):
    keys = keys_of(one, other)
    assert keys[one]["phonetic_key"] != keys[other]["phonetic_key"]


def test_the_first_word_tells_people_apart():
    keys = keys_of("SITI AISYAH", "MUHAMMAD", "ABDUL RAHMAN", "SITI NUR HALIZA")
    assert {raw: row["first_word"] for raw, row in keys.items()} == {
        "SITI AISYAH": "AISYAH",
        "MUHAMMAD": "MUHAMMAD",
        "ABDUL RAHMAN": "RAHMAN",
        "SITI NUR HALIZA": "HALIZA",
    }


def test_what_stands_before_bin_is_known():
    keys = keys_of("AHMAD BIN YUSUF")
    assert keys["AHMAD BIN YUSUF"]["given_key"] == "AHMAD"
