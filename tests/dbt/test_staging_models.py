"""What rows of the five programs become in staging. All people here are invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt_macros import PROJECT, declared_columns, record_columns, stage, staging_models

PROGRAMS = ["dapodik", "dtsen", "eppgbm", "pkh", "sembako"]
QUARTER = ("2026-07-01", "2026-09-30")
JULY = ("2026-07-01", "2026-07-31")
SEMESTER = ("2026-07-01", "2026-12-31")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = con.execute(sql)
    names = [c[0] for c in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_model_yields_exactly_the_columns_of_its_record(
    con: duckdb.DuckDBPyConnection, program: str
) -> None:
    stage(con, program, [{}], period=QUARTER)
    for name in staging_models(program):
        have = {r["column_name"]: r["column_type"] for r in rows(con, f"describe {name}")}
        want = dict(record_columns(name.rsplit("__", 1)[1]))
        assert list(have) == list(want), name
        castable = ", ".join(f'cast("{c}" as {t}) as "{c}"' for c, t in want.items())
        con.execute(f"select {castable} from {name}")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_row_with_nothing_in_it_still_reaches_a_record(
    con: duckdb.DuckDBPyConnection, program: str
) -> None:
    stage(con, program, [{}, {}], period=QUARTER)
    people = rows(con, f"select * from stg_{program}__persons order by source_row")
    assert [p["source_row"] for p in people] == [2, 3]
    told = set(people[0]) - {
        "program",
        "submission_id",
        "source_row",
        "source_record_id",
        "role",
        "observed_on",
    }
    assert {name: people[0][name] for name in told if people[0][name] is not None} == {}
    for name in staging_models(program):
        if name.endswith("__observations"):
            values = rows(
                con,
                f"select distinct value_number, value_code, value_sent from {name} "
                "where indicator_code <> 'school_enrolled'",
            )
            assert values == [{"value_number": None, "value_code": None, "value_sent": None}]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_source_lists_what_the_program_declares(program: str) -> None:
    root = PROJECT.parent / "pipelines" / "defs" / "programs"
    declared = yaml.safe_load((root / program / "defs.yaml").read_text("utf-8"))
    assert declared_columns(program) == list(declared["attributes"]["columns"])


@pytest.mark.parametrize("path", sorted((PROJECT / "models" / "staging").glob("*/stg_*.sql")))
def test_every_model_is_described_and_named_after_a_record(path: Path) -> None:
    program = path.parent.name
    texts = [yaml.safe_load(f.read_text("utf-8")) for f in path.parent.glob("*.yml")]
    described = {m["name"]: m.get("description", "") for t in texts for m in t.get("models", [])}
    assert path.stem.startswith(f"stg_{program}__")
    assert record_columns(path.stem.rsplit("__", 1)[1])
    assert described.get(path.stem), f"{path.stem} has no description"


def test_dtsen(con: duckdb.DuckDBPyConnection) -> None:
    stage(
        con,
        "dtsen",
        [
            {
                "id_dtsen": "D1",
                "nik": "'1471085212900001",
                "nama": " SITI  AMINAH ",
                "no_kk": "1471080101100001",
                "tgl_lahir": "PEKANBARU, 12-12-1990",
                "jk": "2",
                "kode_desa": "14.71.08.1001",
                "kecamatan": "TAMPAN",
                "desil": "4",
                "pkh": "YA",
                "bpnt": "TIDAK",
                "update_terakhir": "2026-08-15",
            },
            {
                "nama": "ALI",
                "no_kk": "0",
                "desil": "6-10 Dalam Proses penurunan",
                "pkh": "",
                "update_terakhir": "2027-01-01",
            },
            {"nama": "BUDI", "desil": "Belum Ada Desl", "pkh": "mungkin"},
        ],
        period=QUARTER,
    )
    siti, ali, budi = rows(con, "select * from stg_dtsen__persons order by source_row")
    assert (siti["full_name"], siti["sex_code"]) == ("SITI AMINAH", "female")
    assert siti["nik"] == "'1471085212900001", "identity judges numbers, staging does not"
    assert (siti["birth_on"], siti["birth_precision"]) == (date(1990, 12, 12), "day")
    assert (siti["birth_place"], siti["birth_sent"]) == ("PEKANBARU", "PEKANBARU, 12-12-1990")
    assert siti["observed_on"] == date(2026, 8, 15)
    assert ali["observed_on"] == date(2026, 9, 30), "not updated after the period it speaks of"
    assert budi["sex_code"] is None
    told = {
        (r["source_row"], r["indicator_code"]): (r["value_number"], r["value_code"])
        for r in rows(con, "select * from stg_dtsen__observations")
    }
    assert len(told) == 12
    assert told[2, "desil"] == (4.0, None)
    assert told[3, "desil"] == (None, "6-10_being_lowered")
    assert told[4, "desil"] == (None, "not_assigned")
    assert told[2, "dtsen_flag_pkh"] == (None, "yes")
    assert told[2, "dtsen_flag_bpnt"] == (None, "no")
    assert told[3, "dtsen_flag_pkh"] == told[4, "dtsen_flag_pkh"] == (None, None)
    assert told[2, "dtsen_flag_pbi_jk"] == (None, None)
    assert rows(con, "select distinct observed_on from stg_dtsen__observations") == [
        {"observed_on": None}
    ]
    cards = rows(con, "select group_number from stg_dtsen__memberships order by source_row")
    assert [c["group_number"] for c in cards] == ["1471080101100001", "0"]


def test_pkh(con: duckdb.DuckDBPyConnection) -> None:
    stage(
        con,
        "pkh",
        [
            {
                "id_pengurus": "P1",
                "nik": "1",
                "nokk": "9",
                "nama": "SITI",
                "tanggal_lahir": "1990",
                "no_rekening": "77",
                "komponen": "SD",
                "nama_anggota": "ANI",
                "nik_anggota": "2",
                "nominal": "Rp 225.000,00",
                "status_transaksi": "SUDAH TRANSAKSI",
                "tanggal_transaksi": "20/07/2026",
            },
            {
                "nama": "ROSI",
                "nik": "3",
                "nokk": "8",
                "komponen": "BUMIL",
                "nama_anggota": "ROSI",
                "nik_anggota": "3",
                "nominal": "2OO.OOO",
                "status_transaksi": "SP2D",
            },
            {
                "nama": "IDA",
                "komponen": "LAIN",
                "nama_anggota": "-",
                "nominal": "",
                "status_transaksi": "?",
            },
        ],
        period=QUARTER,
    )
    people = {
        r["source_record_id"]: r for r in rows(con, "select * from stg_pkh__persons order by all")
    }
    assert set(people) == {"2:pengurus", "2:anggota", "3:pengurus", "3:anggota", "4:pengurus"}
    assert people["2:pengurus"]["birth_precision"] == "year"
    assert people["2:pengurus"]["account_number"] == "77"
    assert people["2:anggota"]["account_number"] is None, "the account is not the child's"
    assert people["2:anggota"]["birth_on"] is None, "the birth is the mother's"
    assert people["2:anggota"]["family_card_number"] == "9"
    paid, ordered, odd = rows(con, "select * from stg_pkh__benefits order by source_row")
    assert (paid["source_record_id"], paid["for_record_id"]) == ("2:pengurus", "2:anggota")
    assert (paid["status_code"], float(paid["amount_idr"])) == ("paid", 225000.0)
    assert (paid["period_from"], paid["period_to"]) == (date(2026, 7, 1), date(2026, 9, 30))
    assert paid["paid_on"] == date(2026, 7, 20)
    assert (ordered["status_code"], ordered["amount_idr"]) == ("ordered", None)
    assert (odd["status_code"], odd["component_code"], odd["for_record_id"]) == (
        "unknown",
        "other",
        None,
    )
    components = rows(
        con, "select source_record_id, component_code from stg_pkh__enrolments order by all"
    )
    assert {r["source_record_id"]: r["component_code"] for r in components} == {
        "2:anggota": "sd",
        "2:pengurus": None,
        "3:anggota": "bumil",
        "3:pengurus": None,
        "4:pengurus": None,
    }


@pytest.mark.parametrize(
    ("months", "period", "read"),
    [
        # One file, three months.
        (
            [("7", "2026"), ("Agustus", "26"), ("SEP", "2026")],
            JULY,
            [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)],
        ),
        # The file speaks of one month: a blank cell means that one.
        ([("7", "2026"), ("", "2026")], QUARTER, [date(2026, 7, 1), date(2026, 7, 1)]),
        # Of several months: a blank cell is unknown.
        (
            [("7", "2026"), ("8", "2026"), ("-", None)],
            JULY,
            [date(2026, 7, 1), date(2026, 8, 1), None],
        ),
        # No row tells: the month of the file's name, if it is one month.
        ([(None, None)], JULY, [date(2026, 7, 1)]),
        ([(None, None)], QUARTER, [None]),
        # No year: the last such month before the period ends.
        ([("12", "")], ("2026-01-01", "2026-01-31"), [date(2025, 12, 1)]),
        ([("1", "")], ("2026-01-01", "2026-01-31"), [date(2026, 1, 1)]),
    ],
)
def test_the_month_of_a_sembako_row(
    con: duckdb.DuckDBPyConnection,
    months: list[tuple[str | None, str | None]],
    period: tuple[str, str],
    read: list[date | None],
) -> None:
    sent = [{"bulan": month, "tahun": year} for month, year in months]
    stage(con, "sembako", sent, period=period)
    found = rows(
        con, "select period_from, period_to from stg_sembako__benefits order by source_row"
    )
    assert [r["period_from"] for r in found] == read
    for row in found:
        if row["period_from"]:
            assert row["period_to"].month == row["period_from"].month
            assert row["period_to"].day >= 28
    enrolled = rows(con, "select valid_from from stg_sembako__enrolments order by source_row")
    assert [r["valid_from"] for r in enrolled] == read


def test_sembako(con: duckdb.DuckDBPyConnection) -> None:
    stage(
        con,
        "sembako",
        [
            {
                "nik": "3",
                "nama_kpm": "ROSI",
                "no_kk": "8",
                "no_kks": "6032",
                "rt": "003",
                "rw": "-",
                "bulan": "7",
                "tahun": "2026",
                "nominal": "200,000",
                "status_transaksi": "GAGAL",
            }
        ],
        period=JULY,
    )
    (person,) = rows(con, "select * from stg_sembako__persons")
    assert (person["role"], person["welfare_card_number"]) == ("kpm", "6032")
    assert (person["rt"], person["rw"]) == ("3", None)
    (benefit,) = rows(con, "select * from stg_sembako__benefits")
    assert (benefit["status_code"], float(benefit["amount_idr"])) == ("failed", 200000.0)


def test_dapodik(con: duckdb.DuckDBPyConnection) -> None:
    stage(
        con,
        "dapodik",
        [
            {
                "nama": "ANI",
                "nipd": "12",
                "nisn": "0012345678",
                "jk": "P",
                "tempat_lahir": "BANTAENG",
                "tanggal_lahir": "1 Mei 2015",
                "no_kk": "9",
                "alamat": "JL. MAWAR",
                "kecamatan": "BISSAPPU",
                "jenis_tinggal": "Bersama orang tua",
                "hp": "081234567890",
                "ayah_nama": "ALI",
                "ayah_tahun_lahir": "1980",
                "ayah_nik": "5",
                "ayah_pekerjaan": "Sudah Meninggal",
                "ibu_nama": "SITI",
                "ibu_tahun_lahir": "1985.0",
                "wali_nama": "PAMAN",
                "rombel_saat_ini": "Kelas 6A",
                "penerima_kip": "Ya",
                "penerima_kps": "-",
                "layak_pip_usulan_dari_sekolah": "Tidak",
                "berat_badan": "31,5",
                "tinggi_badan": "1,2,3",
                "kebutuhan_khusus": "Tidak ada",
            },
            {
                "nama": "BUDI",
                "jenis_tinggal": "Asrama",
                "alamat": "ASRAMA",
                "no_kk": "7",
                "ayah_nama": "-",
                "ibu_nama": "TIDAK DIKETAHUI",
                "wali_nama": "",
                "rombel_saat_ini": "TK A",
            },
            {
                "nama": "CICI",
                "jenis_tinggal": "Wali",
                "alamat": "JL. NENEK",
                "wali_nama": "NENEK",
                "ibu_nama": "EKA",
            },
        ],
        period=SEMESTER,
    )
    people = {r["source_record_id"]: r for r in rows(con, "select * from stg_dapodik__persons")}
    assert set(people) == {
        "2:siswa",
        "2:ayah",
        "2:ibu",
        "2:wali",
        "3:siswa",
        "4:siswa",
        "4:ibu",
        "4:wali",
    }
    pupil, father, guardian = people["2:siswa"], people["2:ayah"], people["2:wali"]
    assert (pupil["father_name"], pupil["mother_name"]) == ("ALI", "SITI")
    assert (pupil["birth_on"], pupil["birth_place"]) == (date(2015, 5, 1), "BANTAENG")
    assert (pupil["nisn"], pupil["program_number"]) == ("0012345678", "12")
    assert (father["birth_on"], father["birth_precision"]) == (date(1980, 1, 1), "year")
    assert people["2:ibu"]["birth_on"] == date(1985, 1, 1)
    assert (father["sex_code"], people["2:ibu"]["sex_code"]) == ("male", "female")
    assert guardian["sex_code"] is None
    # A divorced or dead parent is on another card, or on none.
    assert {r: p["family_card_number"] for r, p in people.items() if p["family_card_number"]} == {
        "2:siswa": "9",
        "3:siswa": "7",
    }
    groups = rows(con, "select source_row, unit_code, unit_name from stg_dapodik__enrolments")
    assert {(r["source_row"], r["unit_code"], r["unit_name"]) for r in groups} == {
        (2, "6a", "Kelas 6A"),
        (3, None, "TK A"),
        (4, None, None),
    }
    assert (father["is_alive"], pupil["is_alive"]) == (False, None)
    assert (father["address"], guardian["address"]) == ("JL. MAWAR", None)
    assert (people["4:wali"]["address"], people["4:ibu"]["address"]) == ("JL. NENEK", None)
    assert {father["phone"], father["nisn"], father["program_number"]} == {None}
    told = {
        (r["source_row"], r["indicator_code"]): (r["value_number"], r["value_code"])
        for r in rows(con, "select * from stg_dapodik__observations")
    }
    assert told[2, "school_enrolled"] == (None, "yes")
    assert told[2, "school_grade"] == (6.0, None)
    assert told[2, "school_level"] == (None, "sd")
    assert told[3, "school_level"] == (None, None)
    assert told[2, "weight_kg"] == (31.5, None)
    assert told[2, "height_cm"] == (None, None)
    assert told[2, "kip_receipt"] == (None, "yes")
    assert told[2, "kps_receipt"] == (None, None)
    assert told[2, "pip_proposed"] == (None, "no")
    assert told[2, "special_need"] == (None, "none")
    assert told[3, "special_need"] == (None, None)
    cards = rows(con, "select source_record_id from stg_dapodik__memberships order by all")
    assert [c["source_record_id"] for c in cards] == ["2:siswa", "3:siswa"]


def test_eppgbm(con: duckdb.DuckDBPyConnection) -> None:
    stage(
        con,
        "eppgbm",
        [
            {
                "nama": "ANI",
                "jk": "P",
                "tgl_lahir": "44927",
                "nama_ortu": "ALI / SITI",
                "posyandu": "MELATI",
                "tanggal_pengukuran": "2026-07-15",
                "berat": "9500",
                "tinggi": "80,5",
                "zs_tb_u": "-2:31",
                "tb_u": "Pendek",
                "zs_bb_u": "-1,25",
                "bb_u": "Normal",
                "zs_bb_tb": "Outlier",
                "bb_tb": "Outlier",
                "bb_lahir": "3100",
                "naik_berat_badan": "T",
                "pmt_diterima_kg": "3",
                "jml_vit_a": "0",
                "kpsp": "Sesuai",
                "mbg": "Ya",
            },
            {
                "nama": "BUDI",
                "nama_ortu": "ROSI",
                "tanggal_pengukuran": "-",
                "berat": "tdk ditimbang",
                "mbg": "Tidak",
            },
            {
                "nama": "CICI",
                "tgl_lahir": "31-12-26",
                "tanggal_pengukuran": "16/07/26",
                "berat": "9.5",
            },
        ],
        period=JULY,
    )
    ani, budi, cici = rows(con, "select * from stg_eppgbm__persons order by source_row")
    assert (ani["birth_on"], ani["father_name"], ani["mother_name"]) == (
        date(2023, 1, 1),
        "ALI",
        "SITI",
    )
    assert (budi["father_name"], budi["mother_name"], budi["parent_name"]) == (None, None, "ROSI")
    assert ani["parent_name"] is None
    assert cici["birth_on"] == date(1926, 12, 31), "a two-digit year is never after the list"
    told = {
        (r["source_row"], r["indicator_code"]): (r["value_number"], r["value_code"])
        for r in rows(con, "select * from stg_eppgbm__observations")
    }
    assert told[2, "weight_kg"] == (9.5, None)
    assert told[4, "weight_kg"] == (9.5, None)
    assert told[2, "birth_weight_kg"] == (3.1, None)
    assert told[2, "height_cm"] == (80.5, None)
    assert told[2, "zscore_hfa"] == (-2.31, None)
    assert told[2, "zscore_wfa"] == (-1.25, None)
    assert told[2, "zscore_wfh"] == (None, "outlier")
    assert told[2, "stunting_code"] == (None, "stunted")
    assert told[2, "wasting_code"] == (None, "outlier")
    assert told[2, "weight_gain"] == (None, "no")
    assert told[2, "vitamin_a_count"] == (0.0, None)
    assert told[3, "vitamin_a_count"] == (None, None)
    assert told[3, "weight_kg"] == (None, None)
    events = rows(
        con,
        "select source_row, service_code, happened_on, quantity "
        "from stg_eppgbm__service_events order by 1, 2",
    )
    assert [tuple(e.values()) for e in events] == [
        (2, "development_screening", date(2026, 7, 15), None),
        (2, "free_nutritious_meal", date(2026, 7, 15), None),
        (2, "growth_measurement", date(2026, 7, 15), None),
        (2, "supplementary_food", date(2026, 7, 15), 3.0),
        (4, "growth_measurement", date(2026, 7, 16), None),
    ]
