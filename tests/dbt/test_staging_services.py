"""What rows of services, voice, money and protection become in staging. All people are invented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
import yaml
from dbt_macros import (
    PROJECT,
    declared_columns,
    load,
    record_columns,
    stage,
    staging_models,
    values,
)

from pipelines.exports import check

PROGRAMS = ["ikm", "lapor", "opendk", "simfoni_ppa", "sipd", "slrt"]
JULY = ("2026-07-01", "2026-07-31")
QUARTER = ("2026-07-01", "2026-09-30")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = con.execute(sql)
    names = [c[0] for c in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_model_yields_exactly_the_columns_of_its_record(con, program):
    stage(con, program, [{}], period=JULY)
    for name in staging_models(program):
        have = {r["column_name"]: r["column_type"] for r in rows(con, f"describe {name}")}
        want = dict(record_columns(name.rsplit("__", 1)[1]))
        assert list(have) == list(want), name
        castable = ", ".join(f'cast("{c}" as {t}) as "{c}"' for c, t in want.items())
        con.execute(f"select {castable} from {name}")


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_row_reaches_a_record_or_a_reason(con, program):
    stage(con, program, [{}, {}], period=JULY)
    union = " union ".join(f"select source_row from {name}" for name in staging_models(program))
    assert con.execute(f"select distinct * from ({union}) order by 1").fetchall() == [(2,), (3,)]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_source_lists_what_the_program_declares(program):
    root = PROJECT.parent / "pipelines" / "defs" / "programs"
    declared = yaml.safe_load((root / program / "defs.yaml").read_text("utf-8"))
    assert declared_columns(program) == list(declared["attributes"]["columns"])


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_code_of_a_decoder_is_declared(program, con):
    """Each phrase of each decoder, in the columns of the program, gives a declared code."""
    yml = yaml.safe_load((PROJECT / "models/staging" / program / f"{program}.yml").read_text())
    declared = {
        model["name"]: model.get("config", {}).get("meta", {}).get("codes", {})
        for model in yml["models"]
    }
    words = ["Dinas Sosial", "PKH", "Selesai", "APBD", "perubahan", "Fisik", "Konseling", "2026"]
    stage(con, program, [dict.fromkeys(declared_columns(program), w) for w in words], period=JULY)
    for name, codes in declared.items():
        for column, allowed in codes.items():
            found = {r[0] for r in con.execute(f"select distinct {column} from {name}").fetchall()}
            if isinstance(allowed, list):
                assert found - {None, "other", "unknown"} <= set(allowed), (name, column)


def test_phrases_are_found_whatever_their_spelling():
    macros = load("dialect.sql", "parse.sql", "decode.sql", "decode_services.sql")
    sent = ["fisik ", "PSIKIS", "Kekerasan Seksual (pencabulan)", "KDRT", "entah apa", " - ", None]
    found = values(macros["decode_violence"]("sent"), sent)
    assert found == ["physical", "psychological", "sexual", "domestic", "other", None, None]
    sent = ["bantuan hukum", "Bantuan Hukum", "Rumah aman", "Layanan kesehatan", "x"]
    assert values(macros["decode_protection_service"]("sent"), sent) == [
        *("legal_aid", "legal_aid", "shelter", "health", "other")
    ]
    # A word is never a part of another word: 'sd' is not in 'sdm', 'rs' is not in 'kursus'.
    assert values(macros["decode_facility"]("sent"), ["SDM", "SD Negeri 1", "Kursus"]) == [
        *("other", "primary_school", "course")
    ]
    assert values(macros["json_texts"]("sent"), ['["PKH","pangan"]', "[]", "a, b", "-", "[x"]) == [
        *(["PKH", "pangan"], [], ["a", "b"], [], ["[x"])
    ]


def test_lapor(con):
    stage(
        con,
        "lapor",
        [
            {
                "tracking_id": "20437000",
                "tanggal_masuk": "24 Juli 2026",
                "kategori": "BANTUAN SOSIAL",
                "dinas_tujuan": "Dinas PUPR",
                "kecamatan_final": "Tampan",
                "status": " SELESAI ",
                "isi_laporan_awal": 'Nama: Rosli HP: 0800912345\n"tunggu"',
                "tanggal_tindak_lanjut": "2026-07-25",
                "tanggal_selesai": "-",
            },
            {"kategori": "entah", "status": "entah", "dinas_tujuan": "RT 05"},
        ],
        period=JULY,
    )
    one, two = rows(con, "select * from stg_lapor__grievances order by source_row")
    assert one["grievance_no"] == "20437000"
    assert (one["category_code"], one["agency_code"]) == ("social_assistance", "dinas_pupr")
    assert (one["status_code"], one["received_on"]) == ("resolved", date(2026, 7, 24))
    assert (one["followed_up_on"], one["closed_on"]) == (date(2026, 7, 25), None)
    assert (two["grievance_no"], two["category_code"], two["agency_code"]) == (
        *("row 3", "other", "other"),
    )
    assert (two["status_code"], two["received_on"]) == ("other", None)
    assert not any("Rosli" in str(value) or "0800" in str(value) for value in one.values())


def test_ikm_answers_are_one_to_four_or_unknown(con):
    answers = ["1", "2", "3", "4", "5", "-", "2.5", "4.0", None]
    sent = {f"u{i}": answer for i, answer in enumerate(answers, start=1)}
    stage(
        con,
        "ikm",
        [
            {"id_responden": "R1", "unit_layanan": "UPT BLK", "program": "PKH", "tgl": "1/8/26"}
            | sent
        ],
        period=QUARTER,
    )
    found = rows(con, "select * from stg_ikm__responses order by question_code")
    assert [r["answer_number"] for r in found] == [1, 2, 3, 4, None, None, None, 4, None]
    assert {(r["unit_code"], r["program_code"], r["answered_on"]) for r in found} == {
        ("blk", "pkh", date(2026, 8, 1))
    }


def test_the_index_of_a_unit_is_the_mean_of_nine_means_times_25(con):
    # Weight 1/9 for each question, not 0.11: all fours are 100, not 99.
    four = dict.fromkeys((f"u{i}" for i in range(1, 10)), "4")
    three = dict.fromkeys((f"u{i}" for i in range(1, 10)), "3") | {"u9": None}
    index = (
        "select 25 * avg(mean) from (select question_code, avg(answer_number) as mean "
        "from stg_ikm__responses group by question_code)"
    )
    stage(con, "ikm", [four], period=QUARTER)
    assert con.execute(index).fetchone() == (100.0,)
    stage(con, "ikm", [four, three], period=QUARTER)
    assert con.execute(index).fetchone()[0] == pytest.approx(25 * (8 * 3.5 + 4) / 9)


def test_sipd(con):
    stage(
        con,
        "sipd",
        [
            {
                "tahun_anggaran": "2026",
                "kode_skpd": "1.06.0.00",
                "nama_program": "PERLINDUNGAN DAN JAMINAN SOSIAL",
                "kode_sub_giat": "1.06.05.2.01.10",
                "nama_sub_giat": "Penyaluran sembako",
                "kode_akun": "5.1.02.01.01.0010",
                "nama_dana": " apbd ",
                "nama_lokasi": "TUAHKARYA, TUAH MADANI",
                "versi": "Pergeseran",
                "pagu": "4.253.331,00",
                "realisasi": "Rp 1.000.000,00",
                "bulan": "7",
            },
            {"nama_lokasi": "Kel. Tuahkarya", "bulan": "x", "pagu": "-", "nama_dana": "null"},
            {"nama_lokasi": "Binawidya", "bulan": "Juni", "nama_sub_giat": "Beasiswa daerah"},
        ],
        period=JULY,
    )
    one, two, three = rows(con, "select * from stg_sipd__budget_lines order by source_row")
    assert (one["program_code"], one["fund_code"], one["version_code"]) == (
        *("sembako", "apbd", "pergeseran"),
    )
    assert (one["ceiling_idr"], one["realised_idr"]) == (4_253_331, 1_000_000)
    assert (one["budget_year"], one["month_on"]) == (2026, date(2026, 7, 1))
    assert (one["sent_village"], one["sent_district"]) == ("TUAHKARYA", "TUAH MADANI")
    assert (two["sent_village"], two["sent_district"]) == ("Kel. Tuahkarya", None)
    assert (two["month_on"], two["ceiling_idr"], two["fund_code"]) == (date(2026, 7, 1), None, None)
    assert (three["sent_district"], three["month_on"]) == ("Binawidya", date(2026, 6, 1))
    assert three["program_code"] is None


def _cases(count: int, **cells: str | None) -> list[dict[str, str | None]]:
    base = {"tgl_lapor": "14/07/2026", "jk_korban": "P", "usia_korban": "30"}
    return [
        base | {"id_kasus": f"PPA-{i}", "jenis_kekerasan_1": "Fisik"} | cells for i in range(count)
    ]


def _counts(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    return {
        r["dimension_code"]: r["missing_reason"] or r["value_number"]
        for r in rows(con, "select * from stg_simfoni_ppa__area_observations")
    }


def test_few_cases_give_no_breakdown_not_even_zeros(con):
    stage(con, "simfoni_ppa", _cases(9), period=JULY)
    assert _counts(con) == {"all": "withheld"}
    reasons = con.execute("select distinct reason_code from stg_simfoni_ppa__unused_rows")
    assert reasons.fetchall() == [("counted_only",)]


def test_cases_are_counted_once_and_small_counts_withheld(con):
    sent = [
        *_cases(12, jenis_kekerasan_2=" FISIK ", layanan_1="Konseling", layanan_4="konseling"),
        *_cases(1),  # the number of a case that is there already
        *[c | {"id_kasus": f"B{i}", "jk_korban": "L"} for i, c in enumerate(_cases(11))],
        {"id_kasus": "Z", "jenis_kekerasan_6": "seksual", "usia_korban": "9", "jk_korban": "L"},
    ]
    stage(con, "simfoni_ppa", sent, period=JULY)
    found = _counts(con)
    assert found["all"] == 25  # 24 cases, to the nearest 5
    assert (found["sex_female"], found["sex_male"]) == (10, 10)
    assert (found["kind_physical"], found["kind_sexual"], found["kind_neglect"]) == (
        *(25, "withheld", 0),
    )
    assert found["service_counselling"] == 10
    # One child is withheld; so are the adults, or the difference would tell.
    assert (found["age_child"], found["age_adult"], found["age_elderly"]) == (
        *("withheld", "withheld", 0),
    )


def test_no_person_of_a_restricted_list_is_a_record():
    assert staging_models("simfoni_ppa") == [
        "stg_simfoni_ppa__area_observations",
        "stg_simfoni_ppa__unused_rows",
    ]


def test_opendk_figures_are_of_a_village_and_month(con):
    village = {"desa_id": "14.71.08.1001"}
    stage(
        con,
        "opendk",
        [
            {"source_part": "aki_akb", "jumlah_aki": "0", "jumlah_akb": "-"} | village,
            {"source_part": "imunisasi", "cakupan_imunisasi": "82,5"} | village,
            {"source_part": "epidemi", "penyakit": "DBD", "jumlah_penderita": "4"} | village,
            {"source_part": "epidemi", "penyakit": "entah", "jumlah_penderita": "x"} | village,
            {"source_part": "putus_sekolah", "siswa_sd": "3", "anak_usia_sd": "5"} | village,
            {"source_part": "aki_akb", "jumlah_aki": "2", "jumlah_akb": "2", "desa_id": " "},
            {"source_part": "sarana", "nama": "Posyandu Melati", "jumlah": "2"} | village,
            {"source_part": "sarana", "nama": "Gedung X", "kategori": "kesehatan"} | village,
        ],
        period=JULY,
    )
    found = {
        (r["source_record_id"], r["indicator_code"], r["dimension_code"]): r["missing_reason"]
        or r["value_number"]
        for r in rows(con, "select * from stg_opendk__area_observations")
        if r["value_sent"]
    }
    assert found == {
        ("2:aki_akb", "maternal_deaths_count", "all"): 0,
        ("2:aki_akb", "infant_deaths_count", "all"): "dash",
        ("3:imunisasi", "immunisation_coverage_share", "all"): 0.825,
        ("4:epidemi", "disease_cases_count", "dengue"): 4,
        ("5:epidemi", "disease_cases_count", "other"): "unreadable",
        ("6:putus_sekolah", "pupils_count", "sd"): 3,
        ("6:putus_sekolah", "school_age_children_count", "sd"): 5,
    }
    # A figure without a village is not one of the regency.
    assert con.execute(
        "select source_part, source_row, reason_code from stg_opendk__unused_rows"
    ).fetchall() == [("aki_akb", 7, "area_blank")]
    assert con.execute(
        "select kind_code, quantity, valid_from from stg_opendk__resources order by source_row"
    ).fetchall() == [
        ("posyandu", 2.0, date(2026, 7, 1)),
        ("health_facility", None, date(2026, 7, 1)),
    ]


def test_slrt_refers_each_need_of_a_case(con):
    case = {
        "no_register": "SLRT-2026-07-00001",
        "tgl": "2026-07-03",
        "nama": "UJI COBA",
        "nik": "1471085212909001",
        "no_kk": "1471080101109700",
        "kode_desa": "1471081007",
        "program_tujuan": "PKH",
        "instansi_tujuan": "Dinas Sosial",
        "status": "Selesai",
        "tgl_status": "2026-08-02",
    }
    stage(
        con,
        "slrt",
        [
            case | {"jenis": "permohonan", "kebutuhan": '["PKH","bantuan pangan"]'},
            case | {"jenis": "pengaduan", "kebutuhan": "[]", "status": "ditolak"},
            {"jenis": "entah", "kebutuhan": '["sesuatu"]', "alasan": "-"},
        ],
        period=JULY,
    )
    found = rows(con, "select * from stg_slrt__referrals order by source_row, referral_no")
    assert [(r["source_record_id"], r["need_code"], r["status_code"]) for r in found] == [
        ("2:pemohon", "pkh", "completed"),
        ("2:pemohon", "food", "completed"),
        ("3:pemohon", None, "rejected"),
        ("4:pemohon", "other", "unknown"),
    ]
    assert {r["to_program_code"] for r in found} == {"pkh", None}
    (complaint,) = rows(con, "select * from stg_slrt__grievances")
    assert (complaint["status_code"], complaint["closed_on"]) == ("closed", date(2026, 8, 2))
    people = rows(con, "select * from stg_slrt__persons order by source_row")
    assert [p["sent_area_code"] for p in people] == ["1471081007", "1471081007", None]


@pytest.mark.parametrize(
    ("macro", "program", "column", "derived"),
    [
        ("complaint_category", "lapor", "kategori", "kategori__known"),
        ("grievance_status", "lapor", "status", "status__known"),
        ("agency", "lapor", "dinas_tujuan", "dinas_tujuan__known"),
        ("agency", "ikm", "unit_layanan", "unit_layanan__known"),
        ("agency", "slrt", "instansi_tujuan", "instansi_tujuan__known"),
        ("program", "ikm", "program", "program__known"),
        ("program", "slrt", "program_tujuan", "program_tujuan__known"),
        ("referral_status", "slrt", "status", "status__known"),
        ("need", "slrt", "kebutuhan", "needs__unknown_count"),
        ("fund", "sipd", "nama_dana", "nama_dana__known"),
        ("budget_version", "sipd", "versi", "versi__known"),
        ("violence", "simfoni_ppa", "jenis_kekerasan_3", "jenis_kekerasan_3__odd"),
        ("protection_service", "simfoni_ppa", "layanan_8", "layanan_8__odd"),
        ("case_status", "simfoni_ppa", "status_kasus", "status_kasus__known"),
        ("disease", "opendk", "penyakit", "penyakit__known"),
        ("facility", "opendk", "nama", "facility__known"),
        ("facility_kind", "opendk", "kategori", "facility__known"),
    ],
)
def test_suite_and_staging_know_the_same_words(con, macro, program, column, derived):
    """What staging decodes the suite lets pass, and what it calls `other` the suite reports."""
    text = (PROJECT / "macros" / "decode_services.sql").read_text("utf-8")
    body = text.split(f"macro decode_{macro}(text)")[1].split("endmacro")[0]
    phrases = [
        p for words in re.findall(r"\('[a-z_0-9]+', '([^']+)'\)", body) for p in words.split("|")
    ]
    assert len(phrases) > 4
    suite = json.loads((PROJECT.parent / "expectations" / f"{program}.json").read_text("utf-8"))
    rule = suite["meta"]["derived"][derived]
    macros = load("dialect.sql", "parse.sql", "decode.sql", "decode_services.sql")
    decode = macros[f"decode_{macro}"](column)
    check.open_checks(con)
    con.execute(f"create table words as select unnest(?) as {column}", [[*phrases, "entah apa"]])
    for other in ("kategori", "nama"):
        if derived == "facility__known" and other != column:
            con.execute(f"alter table words add column {other} varchar")
    known = {
        "needs__unknown_count": f"({rule}) = 0",
        "jenis_kekerasan_3__odd": f"not ({rule})",
        "layanan_8__odd": f"not ({rule})",
    }.get(derived, f"coalesce({rule}, false)")
    found = con.execute(
        f"select {column}, {decode} <> 'other', {known} from words order by 1"
    ).fetchall()
    assert [word for word, staged, passed in found if staged is not passed] == []
    assert ("entah apa", False, False) in found
