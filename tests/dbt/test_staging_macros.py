"""What the parse and decode macros make of cells as senders write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from dbt_macros import load, values

MACROS = load("dialect.sql", "parse.sql", "decode.sql")
PERIOD_TO = "date '2026-09-30'"

DAYS = {
    "31/12/1990": date(1990, 12, 31),
    "1990-12-31": date(1990, 12, 31),
    "31-12-90": date(1990, 12, 31),
    "31.12.1990": date(1990, 12, 31),
    "31 12 1990": date(1990, 12, 31),
    "31 - 12 - 1990": date(1990, 12, 31),
    "31\\12\\1990": date(1990, 12, 31),
    "5/1/1990": date(1990, 1, 5),
    "1990/1/5": date(1990, 1, 5),
    "'31/12/1990": date(1990, 12, 31),
    "\u00a031/12/1990\u200b": date(1990, 12, 31),
    "31 Desember 1990": date(1990, 12, 31),
    "31 DESEMBER 1990": date(1990, 12, 31),
    "31 December 1990": date(1990, 12, 31),
    "31-Des-90": date(1990, 12, 31),
    "31-Dec-1990": date(1990, 12, 31),
    "31 Agt. '90": date(1990, 8, 31),
    "5 Pebruari 1990": date(1990, 2, 5),
    "1 Nop 1990": date(1990, 11, 1),
    "1990-Mei-05": date(1990, 5, 5),
    "Dec 31, 1990": date(1990, 12, 31),
    "December 31 1990": date(1990, 12, 31),
    "Senin, 31 Desember 1990": date(1990, 12, 31),
    "Mon Dec 31 1990 07:00:00 GMT+0700": date(1990, 12, 31),
    "tgl. 31-12-1990": date(1990, 12, 31),
    "33238": date(1990, 12, 31),
    "33238.0": date(1990, 12, 31),
    "33238,75": date(1990, 12, 31),
    "19901231": date(1990, 12, 31),
    "31121990": date(1990, 12, 31),
    "20101990": date(1990, 10, 20),
    "19121990": date(1990, 12, 19),
    "1990-12-31T00:00:00Z": date(1990, 12, 31),
    "1990-12-31 00:00:00.000": date(1990, 12, 31),
    "31/12/1990 00:00": date(1990, 12, 31),
    # Only one reading is possible: month and day have changed places.
    "12/31/1990": date(1990, 12, 31),
    "1990-31-12": date(1990, 12, 31),
    # Both readings are possible: the day comes first.
    "05/03/1990": date(1990, 3, 5),
    # Two digits: the last such year that is not after the period.
    "90-12-31": date(1990, 12, 31),
    "1/1/26": date(2026, 1, 1),
    "5-Jan-27": date(1927, 1, 5),
    "29-02-2000": date(2000, 2, 29),
}
# The suites' macros, which only warn, read less of these.
RARE = {
    "December 31 1990",
    "Dec 31, 1990",
    "90-12-31",
    "20101990",
    "19121990",
    "Mon Dec 31 1990 07:00:00 GMT+0700",
}
# The forms that every export is known to have.
MUST_BE_READ = {
    "31/12/1990",
    "1990-12-31",
    "31-12-90",
    "31 Desember 1990",
    "33238",
    "00/00/1990",
    "1990",
    "BANTAENG, 31-12-1990",
    "12/31/1990",
    "Rp 1.200.000,00",
    "1200000",
    "1,200,000",
    "12,5",
    "-1:25",
    "L",
    "P",
    "LK",
    "PR",
    "1",
    "2",
    "Laki-laki",
    "PEREMPUAN",
}
UNREADABLE = [
    None,
    "",
    " ",
    "-",
    "--",
    "...",
    "0",
    "null",
    "BANTAENG",
    "ABC 123",
    "45/12/90",
    "31 Xyz 1990",
    "5 Jan",
    "31/12/0090",
    "99999",
    "00/00/0000",
    "31/12/90 10.30",
    "1990-12-31-5",
    "9800",
    # Nobody is born after the list was drawn up.
    "31/12/2090",
    "2027",
]


def test_a_birth_that_names_a_day() -> None:
    read = values(MACROS["parse_birth"]("sent"), list(DAYS), period_to=PERIOD_TO)
    found = dict(zip(DAYS, read, strict=True))
    assert {sent: r["day_on"] for sent, r in found.items()} == DAYS
    assert {r["precise_to"] for r in read} == {"day"}
    assert {r["place"] for r in read} == {None}


def test_a_birth_that_names_no_day_says_how_exact_it_is() -> None:
    partly = {
        "00/00/1990": (date(1990, 1, 1), "year"),
        "1990-00-00": (date(1990, 1, 1), "year"),
        "1990": (date(1990, 1, 1), "year"),
        "1990.0": (date(1990, 1, 1), "year"),
        "Tahun 1990": (date(1990, 1, 1), "year"),
        # Days that cannot be: nobody knows which of their parts is wrong, but for the year.
        "31/02/1990": (date(1990, 1, 1), "year"),
        "29/02/1991": (date(1991, 1, 1), "year"),
        "45/12/1990": (date(1990, 1, 1), "year"),
        "31/13/1990": (date(1990, 1, 1), "year"),
        "12/00/1990": (date(1990, 1, 1), "year"),
        "00/12/1990": (date(1990, 12, 1), "month"),
        "1990-12-00": (date(1990, 12, 1), "month"),
        "12/1990": (date(1990, 12, 1), "month"),
        "1990-12": (date(1990, 12, 1), "month"),
        "Desember 1990": (date(1990, 12, 1), "month"),
        "MEI 1990": (date(1990, 5, 1), "month"),
    }
    read = values(MACROS["parse_birth"]("sent"), list(partly), period_to=PERIOD_TO)
    assert {s: (r["day_on"], r["precise_to"]) for s, r in zip(partly, read, strict=True)} == partly
    assert values(MACROS["parse_date"]("sent"), list(partly), period_to=PERIOD_TO) == [None] * len(
        partly
    )


def test_what_cannot_be_read_is_unknown_and_nothing_is_made_of_it() -> None:
    read = values(MACROS["parse_birth"]("sent"), UNREADABLE, period_to=PERIOD_TO)
    wrong = [s for s, r in zip(UNREADABLE, read, strict=True) if set(r.values()) != {None}]
    assert wrong == []


def test_place_and_date_in_one_cell() -> None:
    cells = {
        "BANTAENG, 31-12-1990": ("BANTAENG", date(1990, 12, 31)),
        "BANTAENG 31-12-1990": ("BANTAENG", date(1990, 12, 31)),
        "BANTAENG/31-12-1990": ("BANTAENG", date(1990, 12, 31)),
        "Kab. Bantaeng, 5 Pebruari 1990": ("Kab. Bantaeng", date(1990, 2, 5)),
        "Kota Jakarta Selatan, 05/03/1990": ("Kota Jakarta Selatan", date(1990, 3, 5)),
        # Places that begin like the name of a month.
        "Martapura 31-12-1990": ("Martapura", date(1990, 12, 31)),
        "Mayong, 1 Mei 1990": ("Mayong", date(1990, 5, 1)),
        "Jakarta, Desember 1990": ("Jakarta", date(1990, 12, 1)),
    }
    read = values(MACROS["parse_birth"]("sent"), list(cells), period_to=PERIOD_TO)
    assert {s: (r["place"], r["day_on"]) for s, r in zip(cells, read, strict=True)} == cells


def test_a_country_that_writes_the_month_first() -> None:
    expression = MACROS["parse_birth"]("sent", order="mdy")
    read = values(expression, ["12/31/1990", "05/03/1990", "31/12/1990"], period_to=PERIOD_TO)
    assert [r["day_on"] for r in read] == [date(1990, 12, 31), date(1990, 5, 3), date(1990, 12, 31)]


def test_a_payment_may_be_dated_after_its_period() -> None:
    read = values(MACROS["parse_date"]("sent"), ["05-10-26", "2026-12-24"], period_to=PERIOD_TO)
    assert read == [date(2026, 10, 5), date(2026, 12, 24)]


@pytest.mark.parametrize(
    ("macro", "cells"),
    [
        (
            "parse_amount",
            {
                "Rp 1.200.000,00": 1_200_000,
                "1200000": 1_200_000,
                "1,200,000": 1_200_000,
                "1.200.000": 1_200_000,
                "1 200 000": 1_200_000,
                "200.000": 200_000,
                "200,000": 200_000,
                "200000.0": 200_000,
                "200000,00": 200_000,
                "Rp200.000,-": 200_000,
                "Rp. 200.000": 200_000,
                "IDR 750,000.00": 750_000,
                "'750000": 750_000,
                "(1.500)": -1500,
                "-1500": -1500,
                "1.2e+06": 1_200_000,
                "0": 0,
                "1.234,56": 1234.56,
                "1,234.56": 1234.56,
                "-": None,
                "...": None,
                "": None,
                None: None,
                "12 5": None,
                "1.2.3": None,
                "(5": None,
                "dua ratus ribu": None,
                "200rb": None,
                "99999999999999999999": None,
            },
        ),
        (
            "parse_number",
            {
                "12.5": 12.5,
                "12,5": 12.5,
                "-1:25": -1.25,
                "-1,25": -1.25,
                "\u22121,25": -1.25,
                "+2.1": 2.1,
                "3.250": 3.25,
                "0,125": 0.125,
                ".5": 0.5,
                "1.": 1,
                "12,5 kg": 12.5,
                "95 CM": 95,
                "12500": 12500,
                "1.234,5": 1234.5,
                "1,234.5": 1234.5,
                "80%": 80,
                "'12,5": 12.5,
                "0": 0,
                "-": None,
                "...": None,
                "": None,
                None: None,
                "Outlier": None,
                "12,5,3": None,
                "1e400": None,
                "1-2": None,
                "kg": None,
            },
        ),
        (
            "parse_integer",
            {"3": 3, "3.0": 3, "003": 3, "-2": -2, "3,5": None, "1e30": None, "": None, None: None},
        ),
        (
            "parse_name",
            {
                "  AHMAD\u00a0 BIN  ALI ": "AHMAD BIN ALI",
                "'NUR'AINI": "NUR'AINI",
                "H. MUH. SALEH": "H. MUH. SALEH",
                "\u674e": "\u674e",
                "-": None,
                "...": None,
                "0": None,
                "null": None,
                "Tidak Diketahui": None,
                "belum  ada": None,
                "": None,
                None: None,
                "12345": None,
            },
        ),
        (
            "parse_text",
            {
                "  JL.  MAWAR ": "JL. MAWAR",
                "12": "12",
                "-": None,
                "#N/A": None,
                "NaN": None,
                None: None,
            },
        ),
        (
            "as_sent",
            {" '3174 ": "'3174", "0": "0", "-": "-", " ": None, None: None, "3.17e+15": "3.17e+15"},
        ),
        (
            "parse_block_number",
            {
                "003": "3",
                "3.0": "3",
                "RT 03": "3",
                "RW.012": "12",
                "'004": "4",
                "000": None,
                "0": None,
                "-": None,
                "3/4": None,
                None: None,
            },
        ),
        (
            "parse_phone",
            {
                "0812-3456-789": "0812-3456-789",
                "0": None,
                "-": None,
                "0000000000": None,
                None: None,
            },
        ),
        (
            "decode_sex",
            {
                "L": "male",
                "LK": "male",
                "1": "male",
                "1.0": "male",
                "Laki-laki": "male",
                "LAKI - LAKI": "male",
                "P": "female",
                "pr": "female",
                "2": "female",
                "PEREMPUAN": "female",
                "wanita": "female",
                "": None,
                None: None,
                "x": None,
                "-": None,
                "0": None,
                "3": None,
                "L/P": None,
            },
        ),
        (
            "decode_flag",
            {
                "YA": "yes",
                "Ya": "yes",
                "1": "yes",
                "y": "yes",
                "TIDAK": "no",
                "tdk.": "no",
                "0": "no",
                "": None,
                None: None,
                "-": None,
                "null": None,
                "T": None,
                "belum": None,
                "2": None,
            },
        ),
        (
            "decode_payment_status",
            {
                "SI": "ordered",
                "SP2D": "ordered",
                "BELUM TRANSAKSI": "ordered",
                "SUDAH TRANSAKSI": "paid",
                "sudah  transaksi": "paid",
                "GAGAL": "failed",
                "": "unknown",
                None: "unknown",
                "?": "unknown",
                "SUDAH": "unknown",
            },
        ),
        (
            "decode_pkh_component",
            {
                "BUMIL": "bumil",
                "Ibu Hamil": "bumil",
                "DISABILITAS BERAT": "disabilitas_berat",
                "LANJUT USIA": "lansia",
                "BARU SEKALI": "other",
                "": None,
                None: None,
                "-": None,
            },
        ),
        (
            "decode_month",
            {
                "7": 7,
                "07": 7,
                "7.0": 7,
                "Juli": 7,
                "JUL.": 7,
                "Nopember": 11,
                "13": None,
                "0": None,
                "": None,
                None: None,
            },
        ),
        (
            "decode_decile",
            {
                "1": 1,
                "10": 10,
                "04": 4,
                "4.0": 4,
                "Desil 3": 3,
                "0": None,
                "11": None,
                "6-10": None,
                "Belum Ada Desl": None,
                "": None,
                None: None,
            },
        ),
        (
            "decode_decile_label",
            {
                "6-10": "6-10",
                "6 - 10": "6-10",
                "6-10 Dalam Proses penurunan": "6-10_being_lowered",
                "Belum Ada Desl": "not_assigned",
                "Belum ada desil": "not_assigned",
                "4": None,
                "": None,
                None: None,
            },
        ),
        (
            "decode_grade",
            {
                "Kelas 6A": 6,
                "1A": 1,
                "VII-B": 7,
                "VIIA": 7,
                "VIII C": 8,
                "IX": 9,
                "X IPA 1": 10,
                "XI MIPA 2": 11,
                "12 TKJ": 12,
                "XIIA": 12,
                "kls. 10 TKR 2": 10,
                "4 (Empat)": 4,
                "SD Kelas 3": 3,
                "TK A": None,
                "XIIPA1": None,
                "0": None,
                "15": None,
                "": None,
                None: None,
            },
        ),
        (
            "decode_growth",
            {
                "Normal": "normal",
                "Pendek": "stunted",
                "SANGAT PENDEK": "severely_stunted",
                "Gizi Buruk": "severely_wasted",
                "Kurang": "underweight",
                "Outlier": "outlier",
                "": None,
                "baru": None,
                None: None,
            },
        ),
    ],
)
def test_cells(macro: str, cells: dict[str | None, object]) -> None:
    read = values(MACROS[macro]("sent"), list(cells))
    assert (
        dict(zip(cells, [float(r) if hasattr(r, "quantize") else r for r in read], strict=True))
        == cells
    )


def test_parents_are_told_apart_only_where_the_cell_does() -> None:
    cells = ["AHMAD / SITI", "- / SITI", "AHMAD/", "SITI", "A / B / C", "AHMAD & SITI", None]
    assert values(MACROS["parent_in_pair"]("sent", 1), cells) == [
        "AHMAD",
        None,
        "AHMAD",
        None,
        None,
        "AHMAD",
        None,
    ]
    assert values(MACROS["parent_in_pair"]("sent", 2), cells) == [
        "SITI",
        "SITI",
        None,
        None,
        None,
        "SITI",
        None,
    ]


def test_a_year_of_two_digits_is_near_the_period() -> None:
    read = values(
        MACROS["parse_year"]("sent"), ["2026", "26", "27", "99", "x", "", None], period_to=PERIOD_TO
    )
    assert read == [2026, 2026, 2027, 1999, None, None, None]


def test_macros_nest_in_queries_whose_columns_have_the_names_used_inside() -> None:
    """Short names of senders' columns and of tables never stand for a macro's own."""
    with duckdb.connect() as con:
        row = con.execute(
            f"select ({MACROS['parse_birth']('c')}).day_on, {MACROS['parse_amount']('t.t')}, "
            f"{MACROS['parse_name']('p')} from (select '31/12/1990' as c, '1.200' as t, "
            f"'SITI' as p, 'x' as l, 'y' as f, 'z' as u, {PERIOD_TO} as period_to) as t"
        ).fetchone()
    assert row is not None
    assert (row[0], float(row[1]), row[2]) == (date(1990, 12, 31), 1200.0, "SITI")


@pytest.fixture(scope="module")
def check_macros() -> str:
    """The part of the suites' macros that reads values (the rest needs the area tables)."""
    root = Path(__file__).resolve().parents[2]
    text = (root / "pipelines" / "exports" / "check_macros.sql").read_text("utf-8")
    return text.split("-- Areas ---")[0]


@pytest.mark.parametrize(
    ("mine", "theirs", "cells"),
    [
        (
            "parse_sex",
            "parse_sex_text(sent)",
            ["L", "LK", "1", "Laki-laki", "P", "PR", "2", "PEREMPUAN", "", "x", None],
        ),
        (
            "parse_amount",
            "parse_amount_text(sent)",
            [
                "Rp 1.200.000,00",
                "1200000",
                "1,200,000",
                "225.000",
                "-",
                "...",
                "",
                "abc",
                "Rp. 200.000,-",
                None,
            ],
        ),
        (
            "parse_number",
            "parse_number_text(sent)",
            ["12.5", "12,5", "-1:25", "9.8", "12500", "-", "", "Outlier", "12,5 kg", None],
        ),
        (
            "parse_birth",
            "partial_date(sent, latest := date '2026-12-30').on_date",
            [
                *sorted(DAYS.keys() - RARE),
                "00/00/1990",
                "1990",
                "12/1990",
                "Desember 1990",
                "31/02/1990",
                "-",
                "",
                "BANTAENG, 31-12-1990",
                None,
            ],
        ),
    ],
)
def test_suites_and_staging_read_alike(
    mine: str, theirs: str, cells: list[str | None], check_macros: str
) -> None:
    expression = {
        "parse_sex": lambda: MACROS["decode_sex"]("sent"),
        "parse_birth": lambda: f"({MACROS['parse_birth']('sent')}).day_on",
    }.get(mine, lambda: MACROS[mine]("sent"))()
    with duckdb.connect() as con:
        con.execute(check_macros)
        con.execute("create table t (sent varchar)")
        con.executemany("insert into t values (?)", [[c] for c in cells])
        read = con.execute(
            f"select sent, {expression} as a, {theirs} as b "
            f"from (select sent, {PERIOD_TO} as period_to from t)"
        ).fetchall()
    both = [(sent, a, b) for sent, a, b in read if a is not None and b is not None]
    assert [row for row in both if row[1] != row[2]] == []
    # Staging may read a rarer form that a suite only warns about, never the other way round.
    assert [row for row in read if row[1] is None and row[2] is not None] == []
    assert {sent for sent, _, _ in both} >= set(cells) & MUST_BE_READ
