"""NIK and family-card numbers: every damage class, what is read, and what is made good."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.identity import nik

TABLE = [
    # raw, class, number, known digits, sex, birth (19xx/20xx year), repair
    ("3174091504900001", "valid", "3174091504900001", "317409150490000", "male", 1990, None),
    ("3174095504900001", "valid", "3174095504900001", "317409550490000", "female", 1990, None),
    ("'3174091504900001", "valid", "3174091504900001", "317409150490000", "male", 1990, "marks"),
    (
        " 3174 0915 0490 0001",
        "valid",
        "3174091504900001",
        "317409150490000",
        "male",
        1990,
        "separators",
    ),
    (
        "31.74.09.150490.0001",
        "valid",
        "3174091504900001",
        "317409150490000",
        "male",
        1990,
        "separators",
    ),
    (
        "317409-150490-0001",
        "valid",
        "3174091504900001",
        "317409150490000",
        "male",
        1990,
        "separators",
    ),
    ("3174091504900001.0", "valid", "3174091504900001", "317409150490000", "male", 1990, "float"),
    ("3.174091504900001E15", "valid", "3174091504900001", "317409150490000", "male", 1990, "float"),
    (
        "3.174091504900001e+15",
        "valid",
        "3174091504900001",
        "317409150490000",
        "male",
        1990,
        "float",
    ),
    ("3174091504900000", "digits_lost", None, "317409150490000", "male", 1990, None),
    ("3.1740915049E+15", "digits_lost", None, None, None, None, "float"),
    ("3.17409E+15", "digits_lost", None, None, None, None, "float"),
    # Beyond 2^53 a float cannot tell neighbours apart: Papua begins with 91.
    ("9.171011504900001E15", "digits_lost", None, "917101150490000", "male", 1990, "float"),
    ("9171011504900001", "valid", "9171011504900001", "917101150490000", "male", 1990, None),
    # Old Jakarta, with its zero and after a spreadsheet dropped it.
    ("0953041405710299", "valid", "0953041405710299", "095304140571029", "male", 1971, None),
    (
        "953041405710299",
        "valid",
        "0953041405710299",
        "095304140571029",
        "male",
        1971,
        "leading_zero",
    ),
    ("6501021504900001", "valid", "6501021504900001", "650102150490000", "male", 1990, None),
    ("3174092902000001", "valid", "3174092902000001", "317409290200000", "male", 2000, None),
    ("3174092902010001", "impossible_date", None, None, None, None, None),
    ("3174093002900001", "impossible_date", None, None, None, None, None),
    ("3174093213900001", "impossible_date", None, None, None, None, None),
    ("9999991504900001", "unknown_area", None, None, None, None, None),
    ("3174************", "masked", None, None, None, None, None),
    ("3174XXXXXXXX0001", "masked", None, None, None, None, None),
    ("317409150490001", "wrong_length", None, None, None, None, None),
    ("31740915049000012", "wrong_length", None, None, None, None, None),
    ("0", "placeholder", None, None, None, None, None),
    ("0000000000000000", "placeholder", None, None, None, None, None),
    ("9999999999999999", "placeholder", None, None, None, None, None),
    ("1234567890123456", "placeholder", None, None, None, None, None),
    ("BELUM PUNYA", "not_digits", None, None, None, None, None),
    ("3174A91504900001", "not_digits", None, None, None, None, None),
    ("-", "blank", None, None, None, None, None),
    ("", "blank", None, None, None, None, None),
    ("   ", "blank", None, None, None, None, None),
    ("null", "blank", None, None, None, None, None),
]


@pytest.fixture(scope="module")
def parsed():
    con = duckdb.connect()
    con.execute("CREATE TABLE sent (nik VARCHAR)")
    con.executemany("INSERT INTO sent VALUES (?)", [(row[0],) for row in TABLE] * 2)
    con.execute("INSERT INTO sent VALUES (NULL)")
    nik.parse(con, "sent", "nik", "parsed")
    date = nik.date_sql("parsed", "DATE '2026-06-30'")
    rows = con.execute(
        f"SELECT raw, class, number, known_digits, sex_code, year({date}), repair FROM parsed"
    ).fetchall()
    return {row[0]: row for row in rows}


@pytest.mark.parametrize("expected", TABLE, ids=range(len(TABLE)))
def test_each_form_has_its_class(parsed, expected):
    assert parsed[expected[0]] == expected


def test_one_row_per_distinct_number_and_every_class_is_tried(parsed):
    assert len(parsed) == len({row[0] for row in TABLE})
    assert {row[1] for row in parsed.values()} == set(nik.CLASSES)


def test_a_family_card_has_no_sex_and_keeps_its_day():
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE sent AS SELECT unnest(['3174091504120007', '3174095504120007']) AS kk"
    )
    nik.parse(con, "sent", "kk", "cards", kind="kk")
    rows = con.execute("SELECT class, sex_code, on_20 FROM cards ORDER BY raw").fetchall()
    assert [r[0] for r in rows] == ["valid", "impossible_date"]
    assert rows[0][1] is None
    assert str(rows[0][2]) == "2012-04-15"


def test_the_century_is_chosen_by_what_is_known():
    con = duckdb.connect()
    con.execute("CREATE TABLE sent AS SELECT '3174091504200001' AS nik")
    nik.parse(con, "sent", "nik", "parsed")

    def year(observed: str, known: str = "NULL") -> int:
        date = nik.date_sql("parsed", observed, known)
        return con.execute(f"SELECT year({date}) FROM parsed").fetchone()[0]

    assert year("DATE '2026-01-01'") == 2020
    assert year("DATE '2019-01-01'") == 1920
    assert year("DATE '2026-01-01'", "DATE '1920-04-15'") == 1920
