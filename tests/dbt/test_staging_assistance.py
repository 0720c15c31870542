"""What rows of the registers and of social assistance become in staging. Nobody here is real."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
import yaml
from dbt_macros import PROJECT, STAGING, declared_columns, record_columns, stage, staging_models

from pipelines import settings

JULY = ("2026-07-01", "2026-07-31")
YEAR = ("2026-01-01", "2026-12-31")
PERIODS = {
    "atensi": ("2026-07-31", "2026-07-31"),
    "blt_dd": JULY,
    "dtks_ppks": YEAR,
    "dukcapil": JULY,
    "pbi_jkn": JULY,
    "pena": ("2026-06-01", "2026-06-30"),
    "regsosek": YEAR,
}
NIK = "1471080101900001"
# What stands where in a file whose columns slipped.
CELLS = ["SITI RAHASIA", NIK, "31/12/2013", "081298765432", "Kelas SITI 6", "-", "0"]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = con.execute(sql)
    names = [c[0] for c in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def closed_lists(program: str) -> dict[str, dict[str, list[str]]]:
    text = yaml.safe_load((STAGING / program / f"{program}.yml").read_text("utf-8"))
    return {m["name"]: m.get("config", {}).get("meta", {}).get("codes", {}) for m in text["models"]}


@pytest.mark.parametrize("program", PERIODS)
def test_columns_empty_rows_and_slipped_columns(
    con: duckdb.DuckDBPyConnection, program: str
) -> None:
    columns = declared_columns(program)
    told: list[dict[str, str | None]] = [{}, {}, *(dict.fromkeys(columns, c) for c in CELLS)]
    stage(con, program, told, period=PERIODS[program])
    shared = {
        "program_code": [program],
        "sex_code": ["male", "female"],
        "status_code": ["active", "left", "graduated", "paid", "ordered", "failed", "unknown"],
    }
    lists = closed_lists(program)
    for name in staging_models(program):
        # Every model yields exactly the columns of its record.
        have = [r["column_name"] for r in rows(con, f"describe {name}")]
        want = dict(record_columns(name.rsplit("__", 1)[1]))
        assert have == list(want), name
        castable = ", ".join(f'cast("{c}" as {t}) as "{c}"' for c, t in want.items())
        con.execute(f"select {castable} from {name}")
        # Cells of other columns give codes of the closed lists, or `other`.
        for column in want:
            if column != "role" and (not column.endswith("_code") or column == "sent_area_code"):
                continue
            known = {**shared, **lists[name]}.get(column, [])
            said = {r["v"] for r in rows(con, f"select distinct {column} as v from {name}")}
            assert said - {None, "other"} <= set(known), (name, column)
        # Days of enrolments pass as they are: a birth date is none.
        if name.endswith("__enrolments"):
            found = {v for r in rows(con, f"select * from {name}") for v in r.values()}
            assert date(2013, 12, 31) not in found
    # A row with nothing in it is a person of whom nothing is known.
    people = rows(con, f"select * from stg_{program}__persons order by source_row, role desc")
    assert [p["source_row"] for p in people[:2]] == [2, 3]
    key = {"program", "submission_id", "source_row", "source_record_id", "role", "observed_on"}
    assert {n: v for n, v in people[0].items() if n not in key and v is not None} == {}
    if f"stg_{program}__observations" in staging_models(program):
        assert rows(
            con,
            "select distinct value_number, value_code, value_sent "
            f"from stg_{program}__observations where source_row <= 3",
        ) == [{"value_number": None, "value_code": None, "value_sent": None}]


@pytest.mark.parametrize("program", PERIODS)
def test_the_source_lists_what_the_program_declares(program: str) -> None:
    root = PROJECT.parent / "pipelines" / "defs" / "programs"
    declared = yaml.safe_load((root / program / "defs.yaml").read_text("utf-8"))
    assert declared_columns(program) == list(declared["attributes"]["columns"])


CODED = [
    ("dukcapil", "status_unknown_code", "observations", "resident_status"),
    ("dukcapil", "marital_unknown_code", "observations", "marital_status"),
    ("dukcapil", "education_unknown_code", "observations", "education_level"),
    ("dukcapil", "occupation_unknown_code", "observations", "occupation"),
    ("dukcapil", "disability_unknown_code", "observations", "disability"),
    ("dukcapil", "relationship_unknown_code", "memberships", "relationship_code"),
    ("dtks_ppks", "relationship_unknown_code", "memberships", "relationship_code"),
    ("dtks_ppks", "disability_unknown_code", "observations", "disability"),
    ("dtks_ppks", "category_unknown_code", "enrolments", "component_code"),
    ("regsosek", "work_unknown_code", "observations", "working"),
    ("regsosek", "school_unknown_code", "observations", "school_participation"),
    ("regsosek", "floor_unknown_code", "observations", "floor_material"),
    ("regsosek", "wall_unknown_code", "observations", "wall_material"),
    ("regsosek", "water_unknown_code", "observations", "drinking_water"),
    ("regsosek", "sanitation_unknown_code", "observations", "toilet"),
    ("pbi_jkn", "segment_unknown_code", "enrolments", "component_code"),
    ("pbi_jkn", "status_unknown_code", "enrolments", "status_code"),
    ("blt_dd", "receipt_unknown_code", "benefits", "status_code"),
    ("atensi", "category_unknown_code", "enrolments", "component_code"),
    ("atensi", "status_unknown_code", "enrolments", "status_code"),
    ("atensi", "service_unknown_code", "service_events", "service_code"),
    ("pena", "business_unknown_code", "enrolments", "component_code"),
]


@pytest.mark.parametrize("program", PERIODS)
def test_a_word_that_the_suite_knows_has_a_code(
    con: duckdb.DuckDBPyConnection, program: str
) -> None:
    suite = json.loads((settings.EXPECTATIONS_DIR / f"{program}.json").read_text("utf-8"))
    rules = {rule["meta"]["rule_id"]: rule for rule in suite["expectations"]}
    told: list[dict[str, str | None]] = []
    expected: list[tuple[str, str, int, int]] = []
    for of, rule_id, record, what in CODED:
        if of != program:
            continue
        column, kwargs = rules[rule_id]["meta"]["column"], rules[rule_id]["kwargs"]
        listed = re.search(r"NOT IN \((.*?)\)", kwargs["unexpected_rows_query"])
        assert listed and column
        words = re.findall(r"'([^']*)'", listed[1])
        assert len(words) >= 2
        first = 2 + len(told)
        card = {c: NIK for c in ("nomor_kk",) if c in declared_columns(program)}
        told += [{**card, column: word} for word in [*words, "kata yang tidak ada"]]
        expected.append((record, what, first, first + len(words)))
    stage(con, program, told, period=PERIODS[program])
    for record, what, first, last in expected:
        column = "value_code" if record == "observations" else what
        where = f"indicator_code = '{what}'" if record == "observations" else "true"
        found = rows(
            con,
            f"select source_row, min({column}) as code from stg_{program}__{record} "
            f"where {where} and source_row between {first} and {last} group by source_row",
        )
        unknown = "unknown" if column == "status_code" else "other"
        codes = {r["source_row"]: r["code"] for r in found}
        assert sorted(codes) == list(range(first, last + 1)), what
        assert [row for row, code in codes.items() if code in (unknown, None)] == [last], what
        assert codes[last] == unknown


def test_dukcapil(con: duckdb.DuckDBPyConnection) -> None:
    card = {"nomor_kk": "1471080101160001"}
    stage(
        con,
        "dukcapil",
        [
            {
                **card,
                "nik": "'1471080101140001",
                "nama_penduduk": " SITI  AMINAH ",
                "status": " hidup ",
                "tanggal_lahir": "41640",
                "kelamin": "PEREMPUAN",
                "nik_ayah": "1471080101800001",
                "ayah": "AHMAD",
                "nik_ibu": "0000000000000000",
                "ibu": "FATIMAH",
                "shdk": "Anak",
                "rt": "6.0",
                "rw": "008",
                "tempat_lahir": "-",
                "pekerjaan": "PELAJAR/MAHASISWA",
                "cacat": None,
            },
            {
                **card,
                "nama_penduduk": "ALI",
                "status": "Mati",
                "ayah": "X",
                "nik_ayah": "14710801********",
            },
            {**card, "nama_penduduk": "BUDI", "status": "Pindah", "cacat": "TIDAK CACAT"},
            {**card, "nama_penduduk": "CICI", "status": "Tidak Valid"},
            {**card, "nama_penduduk": "DEWI", "shdk": "TETANGGA"},
        ],
        period=JULY,
    )
    people = rows(con, "select * from stg_dukcapil__persons order by source_row, role")
    # The mother has a name only; the second father's number is no more.
    assert [(p["source_row"], p["role"]) for p in people] == [
        (2, "ayah"),
        *((row, "penduduk") for row in (2, 3, 4, 5, 6)),
    ]
    father, siti, ali, budi, cici, dewi = people
    assert (father["nik"], father["full_name"], father["sex_code"]) == (
        "1471080101800001",
        "AHMAD",
        "male",
    )
    of_child = ("family_card_number", "birth_on", "address", "rt", "sent_village", "is_alive")
    assert [father[name] for name in of_child] == [None] * 6
    assert (siti["father_name"], siti["mother_name"]) == ("AHMAD", "FATIMAH")
    assert (siti["birth_on"], siti["rt"], siti["rw"]) == (date(2014, 1, 1), "6", "8")
    alive = [p["is_alive"] for p in (siti, ali, budi, cici, dewi)]
    assert alive == [True, False, None, None, None]
    members = rows(con, "select * from stg_dukcapil__memberships order by source_row")
    assert [(m["source_row"], m["relationship_code"]) for m in members] == [
        (2, "child"),
        (6, "other"),
    ]
    told = {
        (r["source_row"], r["indicator_code"]): r["value_code"]
        for r in rows(con, "select * from stg_dukcapil__observations")
    }
    assert [told[row, "resident_status"] for row in (2, 3, 4, 5, 6)] == [
        "resident",
        "dead",
        "moved",
        "invalid",
        None,
    ]
    assert told[2, "occupation"] == "student"
    assert (told[2, "disability"], told[4, "disability"]) == (None, "none"), "blank is not none"


def test_pbi_jkn(con: duckdb.DuckDBPyConnection) -> None:
    stage(
        con,
        "pbi_jkn",
        [
            {"nama": "A", "status": "AKTIF", "tmt": "14-08-2023", "segmen": "PBI APBN"},
            {"nama": "B", "status": "aktif", "tmt": "10-07-2026", "segmen": "PBI APBD"},
            {
                "nama": "C",
                "status": "NONAKTIF",
                "tat": "05-07-2026",
                "alasan_nonaktif": "Meninggal",
                "kddesa": "147108100",
            },
            {"nama": "D", "status": "AKTIF", "tat": "30-06-2026"},
            {"nama": "E", "status": "-"},
            {"nama": "F", "status": "NONAKTIF", "tat": "31/12/2013"},
        ],
        period=JULY,
    )
    listed = rows(con, "select * from stg_pbi_jkn__enrolments order by source_row")
    assert [(e["status_code"], e["valid_from"], e["valid_to"]) for e in listed] == [
        ("active", date(2026, 7, 1), date(2026, 7, 31)),
        ("active", date(2026, 7, 10), date(2026, 7, 31)),
        ("left", None, date(2026, 7, 5)),
        ("active", date(2026, 7, 1), date(2026, 7, 31)),
        ("unknown", date(2026, 7, 1), date(2026, 7, 31)),
        ("left", None, None),
    ]
    assert [e["component_code"] for e in listed[:3]] == ["pbi_apbn", "pbi_apbd", None]
    paid = rows(con, "select * from stg_pbi_jkn__benefits order by source_row")
    assert [(b["source_row"], b["amount_idr"], b["status_code"]) for b in paid] == [
        # The file tells no amount: core values it by rule.
        (2, None, "paid"),
        (3, None, "paid"),
        (5, None, "unknown"),
        (6, None, "unknown"),
    ]
    people = rows(
        con, "select is_alive, sent_area_code from stg_pbi_jkn__persons where full_name = 'C'"
    )
    assert people == [{"is_alive": False, "sent_area_code": "147108100"}]


def test_dtks_ppks(con: duckdb.DuckDBPyConnection) -> None:
    stage(
        con,
        "dtks_ppks",
        [
            {
                "id_dtks": "DTKS1",
                "nama": "A",
                "kriteria_ppks": "Penyandang Disabilitas,Fakir Miskin",
                "keterangan_disabilitas": "RUNGU/WICARA",
            },
            {"nama": "B", "kriteria_ppks": "Gelandangan, Pengemis dan Pemulung; fakir  miskin"},
            {"nama": "C", "kriteria_ppks": "Orang Kaya, FAKIR MISKIN"},
            {"nama": "D", "kriteria_ppks": "-", "nomor_kk": "0"},
            {"nama": "E", "kriteria_ppks": "Anak Jalanan, anak jalanan"},
        ],
        period=YEAR,
    )
    found = rows(con, "select * from stg_dtks_ppks__enrolments order by source_row, component_code")
    listed: dict[int, list[str | None]] = {}
    for row in found:
        listed.setdefault(row["source_row"], []).append(row["component_code"])
    assert listed == {
        2: ["fakir_miskin", "penyandang_disabilitas"],
        3: ["fakir_miskin", "gelandangan_pengemis_pemulung"],
        4: ["fakir_miskin", "other"],
        5: [None],
        6: ["anak_jalanan"],
    }
    told = {
        (r["source_row"], r["indicator_code"]): r["value_code"]
        for r in rows(con, "select * from stg_dtks_ppks__observations")
    }
    assert told[2, "disability"] == "rungu_wicara"
    assert told[2, "ppks_fakir_miskin"] == told[4, "ppks_other"] == "yes"
    assert not any(row == 5 and name.startswith("ppks_") for row, name in told)


def test_regsosek(con: duckdb.DuckDBPyConnection) -> None:
    stage(
        con,
        "regsosek",
        [
            {
                "id_keluarga": "000000138",
                "id_individu": "0000000138",
                "nama": "A",
                "jenis_kelamin": "2",
                "kode_desa_bps": "1471010001",
                "desil_nasional": "3",
                "desil_kabkota": "2.0",
                "status_bekerja": "Tidak bekerja",
                "sumber_air": "Sumur tak terlindung",
                "sanitasi": "Tidak ada",
            },
            {"nama": "B", "desil_nasional": "Belum Ada", "jenis_lantai": "Emas"},
        ],
        period=YEAR,
    )
    a, b = rows(con, "select * from stg_regsosek__persons order by source_row")
    assert (a["sent_area_code"], a["sex_code"]) == ("bps:1471010001", "female")
    assert b["sent_area_code"] is None
    assert [
        (m["group_kind"], m["group_number"])
        for m in rows(con, "select * from stg_regsosek__memberships")
    ] == [("dwelling", "000000138")]
    told = {
        (r["source_row"], r["indicator_code"]): (r["value_number"], r["value_code"])
        for r in rows(con, "select * from stg_regsosek__observations")
    }
    assert told[2, "desil_nasional"] == (3.0, None)
    assert told[2, "desil_kabkota"] == (2.0, None)
    assert told[2, "working"] == (None, "no")
    assert told[2, "drinking_water"] == (None, "unprotected_well")
    assert told[2, "toilet"] == (None, "none")
    assert told[3, "desil_nasional"] == told[3, "working"] == (None, None)
    assert told[3, "floor_material"] == (None, "other")


MONTHS = [
    ("7", 7, 7),
    ("4 (April)", 4, 4),
    ("1-3", 1, 3),
    ("4 s.d. 6", 4, 6),
    ("Agustus", 8, 8),
    ("7.0", 7, 7),
    (None, 7, 7),
    ("13", 7, 7),
    (NIK, 7, 7),
]


def test_the_months_of_village_cash(con: duckdb.DuckDBPyConnection) -> None:
    told: list[dict[str, str | None]] = [{"bulan_ke": cell} for cell, _, _ in MONTHS]
    stage(con, "blt_dd", told, period=JULY)
    paid = rows(con, "select * from stg_blt_dd__benefits order by source_row")
    assert [(b["period_from"], b["period_to"].month) for b in paid] == [
        (date(2026, first, 1), last) for _, first, last in MONTHS
    ]
    assert {b["period_to"].day for b in paid} <= {28, 30, 31}


def test_blt_dd(con: duckdb.DuckDBPyConnection) -> None:
    stage(
        con,
        "blt_dd",
        [
            {"nama_penerima": "A", "jumlah_rp": "Rp 300.000,00", "tanda_terima": " SUDAH "},
            {"nama_penerima": "B", "jumlah_rp": "300000", "desa": "BONTO", "kecamatan": "TOMPO"},
            {"nama_penerima": "C", "jumlah_rp": "-", "tanda_terima": "belum"},
        ],
        period=JULY,
    )
    paid = rows(con, "select * from stg_blt_dd__benefits order by source_row")
    assert [(b["amount_idr"], b["status_code"]) for b in paid] == [
        (300_000, "paid"),
        (300_000, "unknown"),
        (None, "ordered"),
    ]
    b = rows(con, "select * from stg_blt_dd__persons where full_name = 'B'")[0]
    assert (b["sent_district"], b["sent_village"]) == ("TOMPO", "BONTO")


def test_atensi(con: duckdb.DuckDBPyConnection) -> None:
    stage(
        con,
        "atensi",
        [
            {
                "no_kasus": "ATN-1",
                "nama": "A",
                "kategori_ppks": "Lanjut Usia",
                "tgl_asesmen": "2026-07-12",
                "jenis_layanan": '["Terapi fisik","Dukungan keluarga", "Hadiah"]',
                "lembaga": "Sentra Uji",
                "status": "terminasi",
                "tgl_terminasi": "2026-07-30",
            },
            {"nama": "B", "jenis_layanan": "[]", "status": "proses", "tgl_asesmen": "2013-12-31"},
        ],
        period=("2026-07-31", "2026-07-31"),
    )
    events = rows(con, "select * from stg_atensi__service_events order by source_row, service_code")
    assert [(e["source_row"], e["service_code"], e["happened_on"]) for e in events] == [
        (2, "assessment", date(2026, 7, 12)),
        (2, "family_support", None),
        (2, "other", None),
        (2, "physical_therapy", None),
        (3, "assessment", date(2013, 12, 31)),
    ]
    assert len({(e["source_record_id"], e["event_no"]) for e in events}) == len(events)
    cases = rows(con, "select * from stg_atensi__enrolments order by source_row")
    assert [
        (c["status_code"], c["component_code"], c["valid_from"], c["valid_to"]) for c in cases
    ] == [
        ("left", "lanjut_usia", date(2026, 7, 12), date(2026, 7, 30)),
        ("active", None, None, None),
    ]


def test_pena(con: duckdb.DuckDBPyConnection) -> None:
    stage(
        con,
        "pena",
        [
            {
                "nama": "A",
                "jenis_usaha": "Kue basah",
                "bantuan_rp": "4.000.000",
                "omzet_awal": "500000",
                "omzet_3_bulan": "Rp 750.000,00",
                "omzet_6_bulan": "-",
                "graduasi_ya_tidak": " ya ",
                "tgl_salur": "05/01/2026",
            },
            {"nama": "B", "bantuan_rp": "3000000", "omzet_awal": NIK, "omzet_3_bulan": "850000"},
        ],
        period=("2026-06-01", "2026-06-30"),
    )
    paid = rows(con, "select * from stg_pena__benefits order by source_row")
    assert [(b["amount_idr"], b["status_code"], b["paid_on"], b["period_from"]) for b in paid] == [
        (4_000_000, "paid", date(2026, 1, 5), None),
        (3_000_000, "unknown", None, None),
    ]
    told = {
        (r["source_row"], r["indicator_code"]): (r["observed_on"], r["value_number"])
        for r in rows(con, "select * from stg_pena__observations")
    }
    assert told[2, "turnover_start"] == (date(2026, 1, 5), 500.0)
    assert told[2, "turnover_3_months"] == (date(2026, 4, 5), 750.0)
    assert told[2, "turnover_6_months"] == (date(2026, 7, 5), None)
    assert told[3, "turnover_start"] == (None, None), "somebody's number is no turnover"
    assert told[3, "turnover_3_months"] == (None, 850.0)
    listed = rows(
        con, "select status_code, component_code from stg_pena__enrolments order by source_row"
    )
    assert listed == [
        {"status_code": "graduated", "component_code": "cakes"},
        {"status_code": "unknown", "component_code": None},
    ]
