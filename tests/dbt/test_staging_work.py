"""What rows on schooling, health checks, mothers, houses, work and volunteers become in staging.

All people here are invented.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
import yaml
from dbt_macros import (
    MACROS,
    PROJECT,
    STAGING,
    declared_columns,
    load,
    record_columns,
    stage,
    staging_models,
    values,
)

PROGRAMS = ["blk", "kia", "pip", "posbindu", "prakerja", "psks", "rtlh"]
YEAR = ("2026-01-01", "2026-12-31")
DECODERS = load("dialect.sql", "parse.sql", *sorted(p.name for p in MACROS.glob("decode*.sql")))
QUARTER = ("2026-07-01", "2026-09-30")
JULY = ("2026-07-01", "2026-07-31")
DAY = ("2026-07-12", "2026-07-12")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = con.execute(sql)
    names = [c[0] for c in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def told(con: duckdb.DuckDBPyConnection, program: str) -> dict[tuple[int, str], Any]:
    """What the observations say: a number, else a code, by row and indicator."""
    return {
        (r["source_row"], r["indicator_code"]): r["value_code"]
        if r["value_number"] is None
        else r["value_number"]
        for r in rows(con, f"select * from stg_{program}__observations")
    }


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_model_yields_exactly_the_columns_of_its_record(con, program: str) -> None:
    stage(con, program, [{}], period=YEAR)
    for name in staging_models(program):
        have = {r["column_name"]: r["column_type"] for r in rows(con, f"describe {name}")}
        want = dict(record_columns(name.rsplit("__", 1)[1]))
        assert list(have) == list(want), name
        castable = ", ".join(f'cast("{c}" as {t}) as "{c}"' for c, t in want.items())
        con.execute(f"select {castable} from {name}")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_row_with_nothing_in_it_still_reaches_a_record(con, program: str) -> None:
    parts = ["ibu_hamil", "imunisasi"] if program == "kia" else [None, None]
    stage(con, program, [{"source_part": part} for part in parts], period=YEAR)
    reached: set[int] = set()
    for name in staging_models(program):
        found = rows(con, f"select * from {name} order by source_row")
        reached |= {r["source_row"] for r in found}
        for row in found if name.endswith("__observations") else []:
            assert (row["value_number"], row["value_code"], row["value_sent"]) == (None, None, None)
    assert reached == {2, 3}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_source_lists_what_the_program_declares(program: str) -> None:
    root = PROJECT.parent / "pipelines" / "defs" / "programs"
    declared = yaml.safe_load((root / program / "defs.yaml").read_text("utf-8"))
    assert declared_columns(program) == list(declared["attributes"]["columns"])


def test_what_is_measured_is_declared() -> None:
    seed = (PROJECT / "seeds" / "indicators_declared.csv").read_text("utf-8").splitlines()
    declared = {line.split(",", 1)[0] for line in seed[1:]}
    types = (PROJECT / "seeds" / "benefit_types.csv").read_text("utf-8").splitlines()
    kinds = {line.split(",", 1)[0] for line in types[1:]}
    for program in PROGRAMS:
        text = yaml.safe_load((STAGING / program / f"{program}.yml").read_text("utf-8"))
        for model in text["models"]:
            codes = model.get("config", {}).get("meta", {}).get("codes", {})
            assert set(codes.get("indicator_code", [])) <= declared, program
            assert set(codes.get("benefit_type_code", [])) <= kinds, program


# Rules of the suites whose words are those of a macro: program, rule, macro.
WORDS = [
    ("pip", "level_unknown_code", "decode_school_level"),
    ("posbindu", "mind_unknown_code", "decode_mental_screening"),
    ("rtlh", "roof_unknown_code", "decode_roof"),
    ("rtlh", "floor_unknown_code", "decode_house_floor"),
    ("rtlh", "wall_unknown_code", "decode_house_wall"),
    ("rtlh", "sanitation_unknown_code", "decode_sanitation"),
    ("rtlh", "water_unknown_code", "decode_drinking_water"),
    ("rtlh", "fund_unknown_code", "decode_house_fund"),
    ("rtlh", "condition_unknown_code", "decode_house_condition"),
    ("blk", "work_before_unknown_code", "decode_work"),
    ("blk", "education_unknown_code", "decode_education"),
    ("psks", "kind_unknown_code", "decode_resource_kind"),
    ("psks", "education_unknown_code", "decode_education"),
    ("kia", "vaccine_unknown_code", "decode_vaccine"),
    ("kia", "condition_unknown_code", "decode_mother_condition"),
    ("prakerja", "status_unknown_code", "decode_card_status"),
]


@pytest.mark.parametrize(("program", "rule_id", "macro"), WORDS)
def test_suites_know_the_words_of_staging(program: str, rule_id: str, macro: str) -> None:
    """A word that a suite takes is decoded, and one that staging decodes is not complained of."""
    suite = json.loads((PROJECT.parent / "expectations" / f"{program}.json").read_text("utf-8"))
    (query,) = [
        e["kwargs"]["unexpected_rows_query"]
        for e in suite["expectations"]
        if e["meta"]["rule_id"] == rule_id
    ]
    accepted = {part for i, part in enumerate(query.rsplit(" IN (", 1)[1].split("'")) if i % 2}
    codes = values(DECODERS[macro]("sent"), sorted(accepted))
    assert not {
        word for word, code in zip(sorted(accepted), codes, strict=True) if code in (None, "other")
    }
    # The words of the macro, as its SQL compares them.
    sql = DECODERS[macro]("sent")
    listed = {
        word.upper()
        for piece in sql.split("when _words in (")[1:]
        for i, word in enumerate(piece.split(") then", 1)[0].split("'"))
        if i % 2
    }
    assert listed == accepted


def test_pip(con) -> None:
    stage(
        con,
        "pip",
        [
            {
                "nisn": "0061234567",
                "nik": "1471081501149001",
                "nama_siswa": "ANDI UMBARA",
                "nama_ibu": "SITI KHADIJAH",
                "jenjang": "Sd/Mi",
                "kelas": "VI",
                "npsn": "69900240",
                "nama_sekolah": "SD NEGERI 1",
                "nominal": "Rp 225.000,00",
                "status_pencairan": "sudah cair",
                "tgl_cair": "12/01/2027",
            },
            {"nama_siswa": "LESTARI", "jenjang": "?", "nominal": "...", "status_pencairan": "-"},
        ],
        period=YEAR,
    )
    andi, lestari = rows(con, "select * from stg_pip__persons order by source_row")
    assert (andi["role"], andi["nisn"], andi["mother_name"]) == (
        "siswa",
        "0061234567",
        "SITI KHADIJAH",
    )
    assert lestari["nik"] is None
    one, two = rows(con, "select * from stg_pip__benefits order by source_row")
    assert (one["component_code"], one["amount_idr"], one["status_code"]) == (
        "sd",
        Decimal("225000.00"),
        "paid",
    )
    assert (one["period_from"], one["paid_on"]) == (date(2026, 1, 1), date(2027, 1, 12))
    assert (two["amount_idr"], two["status_code"], two["component_code"]) == (None, "unknown", None)
    grades = rows(con, "select unit_code, unit_name from stg_pip__enrolments order by source_row")
    assert [g["unit_code"] for g in grades] == ["6", None]
    assert grades[0]["unit_name"] == "SD NEGERI 1"


def test_posbindu(con) -> None:
    stage(
        con,
        "posbindu",
        [
            {
                "tgl_kegiatan": "12/07/2026",
                "lokasi": "Balai RW 7",
                "kode_desa": "1471081001",
                "nama": "SITI",
                "jk": "2",
                "tgl_lahir": "PEKANBARU, 15-01-1990",
                "tensi": "155 / 96 mmHg",
                "gula_darah": "131 mg/dL",
                "imt": "23,8",
                "skrining_jiwa": "Perlu tindak lanjut",
                "rujuk_ke": "RSJ Tampan",
                "relawan": "Relawan 5",
                "lembaga_relawan": "BEM Univ. Uji",
            },
            {
                "tgl_kegiatan": "2026-07-12",
                "kode_desa": "14.71.08.1001",
                "nama": "BUDI",
                "tensi": "-",
                "imt": "...",
                "rujuk_ke": "tidak",
                "relawan": "Relawan 7",
                "lembaga_relawan": "BEM Univ. Uji",
            },
            {"nama": "TUTI", "tensi": "130"},
        ],
        period=DAY,
    )
    siti = rows(con, "select * from stg_posbindu__persons order by source_row")[0]
    assert (siti["sex_code"], siti["birth_on"], siti["birth_place"]) == (
        "female",
        date(1990, 1, 15),
        "PEKANBARU",
    )
    seen = told(con, "posbindu")
    assert seen[2, "blood_pressure_systolic_mmhg"] == 155
    assert seen[2, "blood_pressure_diastolic_mmhg"] == 96
    assert seen[2, "blood_sugar_mg_dl"] == 131
    assert seen[2, "body_mass_index"] == 23.8
    assert seen[2, "mental_screening"] == "follow_up_needed"
    assert seen[4, "blood_pressure_systolic_mmhg"] is None
    events = rows(con, "select source_row, service_code from stg_posbindu__service_events")
    assert {(e["source_row"], e["service_code"]) for e in events} == {
        (2, "health_check"),
        (2, "mental_health_screening"),
        (4, "health_check"),
    }
    (referral,) = rows(con, "select * from stg_posbindu__referrals")
    assert (referral["source_row"], referral["need_code"]) == (2, "mental_health_care")
    (helpers,) = rows(con, "select * from stg_posbindu__resources")
    assert (helpers["kind_code"], helpers["quantity"]) == ("student_volunteers", 2)
    assert helpers["source_record_id"] == "2:lembaga"


HOUSE = {
    "no_kk": "1471081501109001",
    "nik": "1471081501909001",
    "nama_kepala_keluarga": "AGUS",
    "desa_kel": "TUAHKARYA",
    "sumber_dana": "BSPS",
    "nilai_bantuan": "Rp 20.000.000,00",
}
BEFORE = HOUSE | {"atap": "Seng rusak", "sanitasi": "Tidak ada", "progres": "0"}
AFTER = HOUSE | {
    "atap": "Seng",
    "sanitasi": "Sendiri",
    "progres": "100%",
    "tgl_selesai": "02/09/2026",
    "kondisi_akhir": "LAYAK",
}


def test_rtlh_counts_a_house_once(con) -> None:
    other = {"no_kk": "1471081501109002", "nik": "1471081501909002"}
    stage(
        con,
        "rtlh",
        [
            BEFORE,
            AFTER,
            # The card is damaged on one row: the NIK still tells the house.
            BEFORE | other | {"no_kk": "147108150110****", "sumber_dana": "RST"},
            AFTER
            | other
            | {"sumber_dana": "RST", "progres": "0.6", "tgl_selesai": None}
            | {"kondisi_akhir": "Belum layak"},
            # The fund is not told before the work.
            BEFORE | {"no_kk": "1471081501109003", "nik": None, "sumber_dana": "-"},
            AFTER | {"no_kk": "1471081501109003", "nik": None, "sumber_dana": "CSR"},
            # Two funds on one house are two aids.
            AFTER | {"sumber_dana": "rst"},
            # Nobody knows whose house this is.
            BEFORE | {"no_kk": "0", "nik": None},
            BEFORE | {"no_kk": "-", "nik": "0", "progres": None},
        ],
        period=YEAR,
    )
    aids = rows(con, "select * from stg_rtlh__benefits order by source_row")
    assert [
        (a["source_row"], a["program_code"], a["component_code"], a["status_code"]) for a in aids
    ] == [
        (3, "bsps", "bsps", "paid"),
        (5, "rst", "rst", "ordered"),
        (7, "rtlh", "csr", "paid"),
        (8, "rst", "rst", "paid"),
        (9, "bsps", "bsps", "ordered"),
        (10, "bsps", "bsps", "unknown"),
    ]
    assert {(a["quantity"], a["unit_code"], a["benefit_type_code"]) for a in aids} == {
        (1.0, "house", "house_repair")
    }
    assert aids[0]["amount_idr"] == Decimal("20000000.00")
    assert aids[0]["paid_on"] == date(2026, 9, 2)
    seen = told(con, "rtlh")
    assert seen[2, "house_roof_before"] == "zinc_damaged"
    assert seen[3, "house_roof_after"] == "zinc"
    assert seen[2, "house_sanitation_before"] == "none"
    assert (2, "house_condition_after") not in seen
    assert seen[3, "house_condition_after"] == "fit"
    assert seen[5, "house_repair_progress_percent"] == 60
    assert not {indicator for row, indicator in seen if row == 10} - {
        "house_area_m2",
        "house_residents_count",
    }, "of a row that tells no progress nobody knows whether it is before or after"
    assert len(rows(con, "select * from stg_rtlh__persons")) == 9


def test_blk(con) -> None:
    stage(
        con,
        "blk",
        [
            {
                "angkatan": "2026-1",
                "kejuruan": "Teknik Las Listrik",
                "nama": "ANDI",
                "jk": "LK",
                "tgl_lahir": "15/01/1990",
                "pendidikan": "SLTA/SEDERAJAT",
                "no_hp": "0800912345678",
                "tgl_mulai": "05/01/2026",
                "tgl_selesai": "20/02/2026",
                "hadir_persen": "91 %",
                "lulus": "Ya",
                "no_sertifikat": "BLK-1",
                "status_kerja_awal": "Belum bekerja",
                "status_kerja_3bln": "-",
                "status_kerja_6bln": "Wirausaha",
                "gaji_6bln": "2.850.000",
            },
            {
                "angkatan": "Angkatan SITI",
                "kejuruan": "Sulap",
                "nama": "SITI",
                "lulus": "TIDAK",
                "tgl_selesai": "20/10/2026",
                "gaji_6bln": "1471081501909001",
            },
            {"nama": "BUDI", "tgl_selesai": "20/10/2026", "gaji_6bln": "61234567"},
            {"nama": "TUTI", "lulus": "mungkin", "gaji_6bln": "0", "tgl_mulai": "15/01/1990"},
        ],
        period=QUARTER,
    )
    trainings = rows(con, "select * from stg_blk__enrolments order by source_row")
    assert [(t["status_code"], t["component_code"], t["unit_code"]) for t in trainings] == [
        ("graduated", "welding", "2026-1"),
        ("left", "other", None),
        ("active", None, None),
        ("unknown", None, None),
    ]
    assert trainings[3]["valid_from"] is None, "a birth is no beginning of a training"
    assert (trainings[0]["valid_from"], trainings[0]["valid_to"]) == (
        date(2026, 1, 5),
        date(2026, 2, 20),
    )
    seen = told(con, "blk")
    assert seen[2, "training_attendance_percent"] == 91
    assert seen[2, "training_certified"] == "yes"
    assert seen[3, "training_certified"] == "no"
    assert seen[4, "training_certified"] is None, "a blank certificate is not known to be none"
    assert seen[2, "work_before_training"] == "not_working"
    assert seen[2, "work_3_months_after_training"] is None
    assert seen[2, "work_6_months_after_training"] == "self_employed"
    assert seen[2, "wage_6_months_after_training"] == 2850
    assert seen[3, "wage_6_months_after_training"] is None, "a NIK is no wage"
    assert seen[4, "wage_6_months_after_training"] is None, "neither is a NISN without its zeros"
    assert seen[5, "wage_6_months_after_training"] is None
    assert seen[2, "education_level"] == "upper_secondary"
    days = rows(
        con,
        "select indicator_code, observed_on from stg_blk__observations where source_row = 2 "
        "and indicator_code like 'work%' order by 1",
    )
    assert [d["observed_on"] for d in days] == [
        date(2026, 5, 20),
        date(2026, 8, 20),
        date(2026, 1, 5),
    ]


def test_psks(con) -> None:
    stage(
        con,
        "psks",
        [
            {
                "nama_psm": "ANDI",
                "jenis": "PSM",
                "nik_no_ktp": "1471081501909001",
                "mulai_aktif": "14/03/2016",
                "legalitas_sertifikat": "Ada",
                "jam_pelatihan": "24",
                "pendampingan": "Lansia terlantar",
                "lembaga": "LKS Uji",
                "desa": "TUAHKARYA",
            },
            {
                "nama_psm": "LKS Harapan",
                "jenis": "Lembaga Kesejahteraan Sosial",
                "nik_no_ktp": "0",
                "legalitas_sertifikat": "AHU-12/2016",
            },
            {"nama_psm": "BUDI", "jenis": "Karang Taruna", "nik_no_ktp": "1471081501909002"},
            {"nama_psm": "SITI", "jenis": "TKSK", "legalitas_sertifikat": "Tidak ada"},
            {"nama_psm": "TUTI", "jenis": "Majelis"},
            {"nama_psm": "ANI", "jenis": "LKS", "jenis_kelamin": "PEREMPUAN"},
        ],
        period=YEAR,
    )
    people = rows(con, "select * from stg_psks__persons order by source_row")
    assert [p["full_name"] for p in people] == ["ANDI", "BUDI", "SITI", "ANI"]
    found = rows(con, "select * from stg_psks__resources order by source_row")
    assert [(r["kind_code"], r["source_record_id"], r["resource_name"]) for r in found] == [
        ("psm", "2:relawan", None),
        ("lks", "3:lembaga", "LKS Harapan"),
        ("karang_taruna", "4:relawan", None),
        ("tksk", "5:relawan", None),
        ("other", "6:lembaga", "TUTI"),
        ("lks", "7:relawan", None),
    ]
    assert found[0]["valid_from"] == date(2016, 1, 1)
    seen = told(con, "psks")
    assert seen[2, "volunteer_training_hours"] == 24
    assert seen[2, "volunteer_accompanies"] == "elderly"
    assert seen[2, "volunteer_certified"] == "yes"
    assert seen[5, "volunteer_certified"] == "no"
    assert seen[4, "volunteer_certified"] is None
    assert {row for row, _ in seen} == {2, 4, 5, 7}


def test_kia(con) -> None:
    mother = {"source_part": "ibu_hamil", "kode_desa": "1471081001"}
    child = {"source_part": "imunisasi", "kode_desa": "1471081001"}
    stage(
        con,
        "kia",
        [
            mother
            | {
                "nik_ibu": "1471085501969001",
                "nama_ibu": "SITI",
                "no_kk": "1471081501109001",
                "tgl_lahir": "1996-01-15",
                "usia_kehamilan_minggu": "39",
                "kunjungan_anc": "4",
                "butir_pil_fe": "62",
                "resiko_tinggi": "Tidak",
                "tgl_persalinan": "20/07/2026",
                "penolong": "Bidan Ani",
                "kondisi_ibu": "Sehat",
            },
            mother | {"nama_ibu": "DEWI", "kunjungan_anc": "0", "resiko_tinggi": "-"},
            child
            | {
                "nik_anak": "1471081509259001",
                "nama_anak": "ANDI",
                "nama_ibu": "SITI",
                "tgl_lahir": "15-09-2025",
                "jk": "L",
                "vaksin": "dpt-hb-hib  1",
                "tgl_vaksin": "14/07/2026",
                "tempat_layanan": "PUSLING",
            },
            child | {"nama_anak": "TUTI", "vaksin": "Vitamin", "tempat_layanan": "-"},
        ],
        period=JULY,
    )
    siti, dewi, andi, tuti = rows(con, "select * from stg_kia__persons order by source_row")
    assert [p["source_record_id"] for p in (siti, dewi, andi, tuti)] == [
        "2:ibu",
        "3:ibu",
        "4:anak",
        "5:anak",
    ]
    assert (siti["full_name"], siti["mother_name"], siti["sex_code"]) == ("SITI", None, "female")
    assert (siti["is_alive"], dewi["is_alive"]) == (True, None)
    assert (andi["full_name"], andi["mother_name"], andi["nik"]) == (
        "ANDI",
        "SITI",
        "1471081509259001",
    )
    assert andi["observed_on"] == date(2026, 7, 14)
    assert [m["source_record_id"] for m in rows(con, "select * from stg_kia__memberships")] == [
        "2:ibu"
    ]
    lists = rows(con, "select source_row, component_code from stg_kia__enrolments order by 1")
    assert [(e["source_row"], e["component_code"]) for e in lists] == [
        (2, "postpartum"),
        (3, "pregnant"),
    ]
    events = rows(con, "select * from stg_kia__service_events order by source_row, event_no")
    assert [
        (e["source_record_id"], e["service_code"], e["provider_kind_code"], e["happened_on"])
        for e in events
    ] == [
        ("2:ibu", "antenatal_care", None, None),
        ("2:ibu", "delivery", "midwife", date(2026, 7, 20)),
        ("4:anak", "vaccine_dpt_hb_hib_1", "mobile_clinic", date(2026, 7, 14)),
        ("5:anak", "vaccine_other", None, None),
    ]
    assert (events[0]["quantity"], events[0]["unit_code"]) == (4, "visits_to_date")
    seen = told(con, "kia")
    assert seen[2, "antenatal_visits_count"] == 4
    assert seen[2, "high_risk_pregnancy"] == "no"
    assert seen[3, "high_risk_pregnancy"] is None
    assert seen[3, "antenatal_visits_count"] == 0
    assert {row for row, _ in seen} == {2, 3}


def test_prakerja(con) -> None:
    stage(
        con,
        "prakerja",
        [
            {
                "nik": "1471081501909001.0",
                "nama": "ANDI",
                "gelombang": "Gelombang 51",
                "tgl_ditetapkan": "2025-08-01",
                "pelatihan": "Belajar Digital Marketing",
                "saldo_pelatihan": "3500000",
                "insentif_dibayar": "600000",
                "status": "selesai",
                "updated_at": "2026-05-09 13:06",
            },
            {"nama": "SITI", "saldo_pelatihan": "3500000", "insentif_dibayar": "0"}
            | {"status": "dicabut", "updated_at": "2026-09-09 13:06"},
            {"nama": "BUDI", "insentif_dibayar": "-", "status": "null", "gelombang": "6123"}
            | {"tgl_ditetapkan": "15/01/1990"},
        ],
        period=JULY,
    )
    andi, siti, _ = rows(con, "select * from stg_prakerja__persons order by source_row")
    assert (andi["observed_on"], siti["observed_on"]) == (date(2026, 5, 9), date(2026, 7, 31))
    cards = rows(con, "select * from stg_prakerja__enrolments order by source_row")
    assert [(c["status_code"], c["component_code"], c["unit_code"]) for c in cards] == [
        ("graduated", "digital_marketing", "51"),
        ("left", None, None),
        ("unknown", None, None),
    ]
    assert (cards[0]["valid_from"], cards[0]["valid_to"]) == (date(2025, 8, 1), date(2026, 5, 9))
    assert cards[2]["valid_from"] is None, "nobody got the card before it was invented"
    help_ = rows(con, "select * from stg_prakerja__benefits order by source_row, benefit_no")
    assert [
        (h["source_row"], h["benefit_type_code"], h["amount_idr"], h["status_code"]) for h in help_
    ] == [
        (2, "cash", Decimal(600000), "paid"),
        (2, "training_voucher", Decimal(3500000), "paid"),
        (3, "cash", Decimal(0), "failed"),
        (3, "training_voucher", Decimal(3500000), "failed"),
        (4, "cash", None, "unknown"),
        (4, "training_voucher", None, "unknown"),
    ]
