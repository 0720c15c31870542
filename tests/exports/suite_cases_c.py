"""Cases of the suites of services, voice, money and protection: see suite_cases.py."""

from __future__ import annotations

from tests.exports.suite_cases import EXTRA, NAMES, RAGGED, SAME, Change, Row, nik

PERIODS = {
    "lapor": ("2026-07-15", "2026-07-15", "2026-07-15"),
    "ikm": ("2026Q3", "2026-07-01", "2026-09-30"),
    "sipd": ("2026-07", "2026-07-01", "2026-07-31"),
    "simfoni_ppa": ("2026-07", "2026-07-01", "2026-07-31"),
    "opendk": ("2026-07", "2026-07-01", "2026-07-31"),
    "slrt": ("2026-07", "2026-07-01", "2026-07-31"),
}
ANSWERS = [f"u{number}" for number in range(1, 10)]


def lapor(i: int) -> Row:
    done = i > 0
    return {
        "tracking_id": f"2043700{i}",
        "tanggal_masuk": "2026-07-14",
        "kategori": "Bantuan Sosial",
        "dinas_tujuan": "Dinas Sosial",
        "kecamatan_final": "Tampan" if i else "Binawidya",
        "status": " selesai" if done else "Baru",
        "isi_laporan_awal": f'Petugas bilang "tunggu", sudah {i} bulan.\nMohon dicek.',
        "tanggal_tindak_lanjut": "15 Juli 2026" if done else None,
        "tanggal_selesai": "20/07/2026" if done else None,
    }


def ikm(i: int) -> Row:
    return {
        "id_responden": f"R2026Q3-{i:06d}",
        "unit_layanan": "Dinas Sosial",
        "program": "pkh",
        "tgl": "2026-08-15",
        "jk": "P",
        "usia": "41",
        "pendidikan": "SLTA",
        **{name: str(1 + (i + number) % 4) for number, name in enumerate(ANSWERS)},
        "saran": None,
    }


def sipd(i: int) -> Row:
    return {
        "tahun_anggaran": "2026",
        "kode_skpd": "1.06.0.00.0.00.01.0000",
        "nama_skpd": "DINAS SOSIAL",
        "kode_program": "1.06.05",
        "nama_program": "PERLINDUNGAN DAN JAMINAN SOSIAL",
        "kode_giat": "1.06.05.2.01",
        "kode_sub_giat": f"1.06.05.2.01.000{i}",
        "nama_sub_giat": "Pendampingan PKH",
        "kode_akun": "5.1.02.01.01.0010",
        "nama_akun": "Belanja Barang dan Jasa",
        "nama_dana": "APBD",
        "nama_lokasi": "TUAHKARYA, TAMPAN" if i else "Kota Pekanbaru",
        "versi": "Pergeseran",
        "pagu": "12.500.000,00",
        "realisasi": "6250000" if i else "0",
        "bulan": "7",
    }


def simfoni_ppa(i: int) -> Row:
    return {
        "id_kasus": f"PPA2026-0700{i}",
        "tgl_lapor": "14/07/2026",
        "tgl_kejadian": "01/07/2026",
        "kode_kabkota": "14.71",
        "kecamatan": "Binawidya",
        "tempat_kejadian": "Rumah",
        "inisial_korban": "R.",
        "nik_korban": nik(i, "550190") if i else None,
        "jk_korban": "P",
        "usia_korban": "36",
        "status_kawin_korban": "Kawin",
        "hubungan_pelaku": "Suami",
        "jumlah_pelaku": "1",
        "inisial_pelaku_1": "A.",
        "jenis_kekerasan_1": "fisik ",
        "jenis_kekerasan_2": "PSIKIS" if i else None,
        "layanan_1": "bantuan hukum",
        "tgl_layanan_awal": "15/07/2026",
        "tgl_selesai": "30/07/2026" if i else None,
        "status_kasus": "Selesai" if i else "Proses",
    }


# Parts in the order of their names: row i of a case is of part i.
PARTS = ("aki_akb", "epidemi", "imunisasi", "putus_sekolah", "sarana")
PUPILS = [f"{who}_{level}" for level in ("sd", "smp", "sma") for who in ("siswa", "anak_usia")]


def opendk(i: int) -> Row:
    cells: tuple[Row, ...] = (
        {"jumlah_aki": "0", "jumlah_akb": "1"},
        {"penyakit": "Demam Berdarah (DBD)", "jumlah_penderita": "4"},
        {"cakupan_imunisasi": "82,5"},
        dict.fromkeys(PUPILS, "40"),
        {"nama": "Posyandu Mawar", "jumlah": "3", "kategori": "kesehatan"},
    )
    return {"source_part": PARTS[i], "desa_id": "14.71.08.1007"} | cells[i]


def slrt(i: int) -> Row:
    return {
        "no_register": f"SLRT-2026-07-0000{i}",
        "tgl": "2026-07-14",
        "fasilitator": "Fasilitator 1",
        "desa": "Tuahkarya",
        "kode_desa": "1471081007",
        "nik": nik(i),
        "nama": NAMES[i % 5],
        "no_kk": nik(100 + i),
        "jenis": "permohonan",
        "kebutuhan": '["PKH","bantuan pangan"]' if i else "sembako, KIS",
        "program_tujuan": "pkh",
        "instansi_tujuan": "Dinas Sosial",
        "status": "ditolak" if i else "baru",
        "tgl_status": "2026-08-02" if i else "2026-07-14",
        "alasan": "Kuota penuh" if i else None,
    }


GOOD = {
    "opendk": opendk,
    "slrt": slrt,
    "lapor": lapor,
    "ikm": ikm,
    "sipd": sipd,
    "simfoni_ppa": simfoni_ppa,
}


def _date(rule: str, column: str, blank: bool = True) -> dict[str, Change]:
    found: dict[str, Change] = {f"{rule}_unreadable": {column: "kemarin"}}
    return found | ({f"{rule}_blank": {column: "-"}} if blank else {})


def _answers() -> dict[str, Change]:
    found: dict[str, Change] = {}
    for name in ANSWERS:
        found[f"{name}_blank"] = {name: "-"}
        found[f"{name}_out_of_range"] = {name: "5"}
    return found


def _codes() -> dict[str, Change]:
    found: dict[str, Change] = {}
    for number in range(1, 7):
        found[f"kind_{number}_unknown_code"] = {f"jenis_kekerasan_{number}": "Entah"}
    for number in range(1, 9):
        found[f"service_{number}_unknown_code"] = {f"layanan_{number}": "Entah"}
    return found


def _figures() -> dict[str, Change]:
    found: dict[str, Change] = {}
    for name in ("jumlah_aki", "jumlah_akb", "jumlah_penderita", *PUPILS, "jumlah"):
        found[f"{name}_unreadable"] = {name: "tidak ada data"}
        found[f"{name}_out_of_range"] = {name: "-3"}
    for name in ("jumlah_aki", "jumlah_akb"):
        found[f"{name}_blank"] = _part("aki_akb", {"jumlah_aki": "1", "jumlah_akb": "1", name: "-"})
    for name in PUPILS:
        found[f"{name}_blank"] = _part("putus_sekolah", dict.fromkeys(PUPILS, "4") | {name: None})
    for level in ("sd", "smp", "sma"):
        found[f"pupils_above_children_{level}"] = {
            f"siswa_{level}": "41",
            f"anak_usia_{level}": "40",
        }
    return found


def _part(part: str, cells: Row) -> Row:
    """The last row as one of another part."""
    return {"source_part": part, **dict.fromkeys(("nama", "jumlah", "kategori")), **cells}


_LINE: Row = {"kode_sub_giat": "1.06.05.2.01.0009"}
BREAKS: dict[str, dict[str, Change]] = {
    "lapor": {
        "nothing_told": {"tracking_id": "-", "isi_laporan_awal": " "},
        "row_repeated": SAME,
        "tracking_id_blank": {"tracking_id": None},
        "tracking_id_repeated": [{"tracking_id": "77"}, {"tracking_id": "77 "}],
        "text_blank": {"isi_laporan_awal": "..."},
        **_date("received_on", "tanggal_masuk"),
        "received_after_period": {"tanggal_masuk": "16/07/2026"},
        "received_long_ago": {"tanggal_masuk": "14/07/2016"},
        **_date("followed_up_on", "tanggal_tindak_lanjut", blank=False),
        **_date("closed_on", "tanggal_selesai", blank=False),
        "followed_up_before_received": {"tanggal_tindak_lanjut": "2026-07-01"},
        "closed_before_received": {"tanggal_selesai": "2026-07-01"},
        "closed_before_followed_up": {
            "tanggal_tindak_lanjut": "2026-07-19",
            "tanggal_selesai": "2026-07-17",
        },
        "status_blank": {"status": None},
        "status_unknown_code": {"status": "Entah"},
        "closed_without_date": {"tanggal_selesai": None},
        "dated_but_open": {"status": "Proses"},
        "new_but_followed_up": {"status": "Baru", "tanggal_selesai": None},
        "category_blank": {"kategori": "-"},
        "category_unknown_code": {"kategori": "Entah"},
        "agency_blank": {"dinas_tujuan": None},
        "agency_unknown_code": {"dinas_tujuan": "Entah"},
        "district_blank": {"kecamatan_final": "-"},
        "district_unknown": {"kecamatan_final": "Wonokromo"},
        "received_on_mostly_unreadable": {"all": {"tanggal_masuk": "Dinas"}},
        "status_mostly_unknown": {"all": {"status": "2026-07-14"}},
        "fields_not_of_header": RAGGED,
        "columns_not_declared": EXTRA,
    },
    "ikm": {
        "nothing_answered": dict.fromkeys(ANSWERS, "-"),
        "row_repeated": SAME,
        "respondent_blank": {"id_responden": None},
        "respondent_repeated": [{"id_responden": "R9"}, {"id_responden": "r9"}],
        **_answers(),
        "all_the_same": [dict.fromkeys(ANSWERS, "4")] * 5,
        "unit_blank": {"unit_layanan": None},
        "unit_unknown_code": {"unit_layanan": "Entah"},
        "program_blank": {"program": None},
        "program_unknown_code": {"program": "Entah"},
        **_date("answered_on", "tgl"),
        "answered_outside_period": {"tgl": "2026-01-15"},
        "other_period": {"all": {"tgl": "2026-01-15"}},
        "sex_unknown_code": {"jk": "Q"},
        "sex_blank": {"jk": None},
        "age_unreadable": {"usia": "tua"},
        "age_out_of_range": {"usia": "4"},
        "answers_mostly_unreadable": {"all": dict.fromkeys(ANSWERS[1:], "75")},
        "fields_not_of_header": RAGGED,
        "columns_not_declared": EXTRA,
    },
    "sipd": {
        "nothing_budgeted": {"kode_sub_giat": None, "nama_sub_giat": "-"},
        "row_repeated": SAME,
        "line_repeated": [_LINE, _LINE | {"realisasi": "7.000.000"}],
        "agency_code_blank": {"kode_skpd": "-"},
        "activity_code_blank": {"kode_sub_giat": None},
        "account_code_blank": {"kode_akun": None},
        "agency_code_damaged": {"kode_skpd": "DINAS SOSIAL"},
        "activity_code_damaged": {"kode_sub_giat": "38505"},
        "account_code_damaged": {"kode_akun": "Belanja"},
        "ceiling_blank": {"pagu": "-"},
        "ceiling_not_a_number": {"pagu": "lihat lampiran"},
        "ceiling_mostly_unreadable": {"all": {"pagu": "#REF!"}},
        "realised_blank": {"realisasi": "..."},
        "realised_not_a_number": {"realisasi": "2OO.OOO"},
        "realised_mostly_unreadable": {"all": {"realisasi": "APBD"}},
        "ceiling_negative": {"pagu": "-5000000"},
        "realised_negative": {"realisasi": "-5000000"},
        "realised_above_ceiling": {"realisasi": "12.500.001"},
        "realised_falls": [
            _LINE | {"bulan": "6", "realisasi": "9.000.000"},
            _LINE | {"bulan": "7", "realisasi": "8.000.000"},
        ],
        "month_unreadable": {"bulan": "13"},
        "year_unreadable": {"tahun_anggaran": "26xx"},
        "month_after_period": {"bulan": "12"},
        "other_period": {"all": {"bulan": "Maret"}},
        "version_blank": {"versi": None},
        "version_unknown_code": {"versi": "draf"},
        "fund_blank": {"nama_dana": "-"},
        "fund_unknown_code": {"nama_dana": "Entah"},
        "versions_mixed": {"versi": "murni"},
        "place_blank": {"nama_lokasi": None},
        "place_unknown": {"nama_lokasi": "Wonokromo, Entah"},
        "fields_not_of_header": RAGGED,
        "columns_not_declared": EXTRA,
    },
    "simfoni_ppa": {
        "no_case": {"id_kasus": "-", "tgl_lapor": None},
        "row_repeated": SAME,
        "case_id_blank": {"id_kasus": None},
        "case_id_repeated": [{"id_kasus": "X1"}, {"id_kasus": "x1"}],
        **_date("reported_on", "tgl_lapor"),
        **_date("happened_on", "tgl_kejadian"),
        "reported_outside_period": {"tgl_lapor": "14/08/2026"},
        "happened_after_report": {"tgl_kejadian": "15/07/2026"},
        "happened_long_before_report": {"tgl_kejadian": "15/07/2006"},
        **_date("first_help", "tgl_layanan_awal", blank=False),
        **_date("referred_on", "tgl_rujukan", blank=False),
        **_date("closed_on", "tgl_selesai", blank=False),
        "first_help_before_report": {"tgl_layanan_awal": "13/07/2026"},
        "referred_on_before_report": {"tgl_rujukan": "13/07/2026"},
        "closed_on_before_report": {"tgl_selesai": "13/07/2026"},
        "status_blank": {"status_kasus": "-"},
        "status_unknown_code": {"status_kasus": "Entah"},
        "closed_without_date": {"tgl_selesai": None},
        "dated_but_open": {"status_kasus": "Proses"},
        "kind_blank": {"jenis_kekerasan_1": None, "jenis_kekerasan_2": "-"},
        **_codes(),
        "nik_damaged": {"nik_korban": "1.47108E+15"},
        "nik_date_impossible": {"nik_korban": "1471083213909001"},
        "sex_unknown_code": {"jk_korban": "Q"},
        "sex_blank": {"jk_korban": None},
        "sex_against_nik": {"jk_korban": "L"},
        "age_blank": {"usia_korban": None},
        "age_unreadable": {"usia_korban": "muda"},
        "age_out_of_range": {"usia_korban": "136"},
        "age_against_nik": {"usia_korban": "26"},
        "married_child": {"usia_korban": "9", "hubungan_pelaku": "Tetangga"},
        "spouse_of_child": {"usia_korban": "9", "status_kawin_korban": None},
        "perpetrators_unreadable": {"jumlah_pelaku": "banyak"},
        "perpetrators_against_count": {"inisial_pelaku_2": "X."},
        "area_code_blank": {"kode_kabkota": None},
        "area_code_unknown": {"kode_kabkota": "99.99"},
        "area_code_of_other_area": {"kode_kabkota": "3174"},
        "district_blank": {"kecamatan": None},
        "district_unknown": {"kecamatan": "Wonokromo"},
        "reported_on_mostly_unreadable": {"all": {"tgl_lapor": "Rumah"}},
        "other_period": {"all": {"tgl_lapor": "14/08/2026"}},
        "fields_not_of_header": RAGGED,
        "columns_not_declared": EXTRA,
    },
    "slrt": {
        "nobody_named": {"nama": " ", "nik": "0000000000000000"},
        "row_repeated": SAME,
        "register_blank": {"no_register": None},
        "register_repeated": [{"no_register": "A1"}, {"no_register": "a1"}],
        "name_blank": {"nama": "..."},
        "nik_blank": {"nik": "0"},
        "nik_damaged": {"nik": "3.174091e+15"},
        "nik_date_impossible": {"nik": "1471083213909001"},
        "nik_of_several_people": [
            {"nik": nik(77), "nama": "BUDI"},
            {"nik": nik(77), "nama": "TUTI"},
        ],
        "no_kk_blank": {"no_kk": "0"},
        "no_kk_damaged": {"no_kk": "317409"},
        **_date("requested_on", "tgl"),
        **_date("status_on", "tgl_status", blank=False),
        "requested_outside_period": {"tgl": "2026-08-01"},
        "status_before_request": {"tgl_status": "2026-07-13"},
        "kind_blank": {"jenis": None},
        "kind_unknown_code": {"jenis": "entah"},
        "status_blank": {"status": "-"},
        "status_unknown_code": {"status": "entah"},
        "refused_without_reason": {"alasan": "-"},
        "referred_nowhere": {"status": "dirujuk", "instansi_tujuan": "-", "program_tujuan": None},
        "status_without_date": {"tgl_status": None},
        "needs_blank": {"kebutuhan": None},
        "needs_unknown_code": {"kebutuhan": '["PKH","entah"]'},
        "program_blank": {"program_tujuan": None},
        "program_unknown_code": {"program_tujuan": "entah"},
        "agency_unknown_code": {"instansi_tujuan": "entah"},
        "area_code_blank": {"kode_desa": None},
        "area_code_unknown": {"kode_desa": "1471089999"},
        "area_code_of_other_area": {"kode_desa": "3174091002"},
        "village_blank": {"desa": "-"},
        "village_unknown": {"desa": "Entah Di Mana"},
        "requested_on_mostly_unreadable": {"all": {"tgl": "Tuahkarya"}},
        "status_mostly_unknown": {"all": {"status": "2026-07-14"}},
        "fields_not_of_header": RAGGED,
        "columns_not_declared": EXTRA,
    },
    "opendk": {
        "nothing_told": {"desa_id": None, "jumlah": "-"},
        "row_repeated": SAME,
        "figures_blank": {"jumlah": "..."},
        "area_code_blank": {"desa_id": "-"},
        "area_code_zero_lost": {"desa_id": "14.71.08.101"},
        "area_code_unknown": {"desa_id": "14.71.08.9999"},
        "area_code_not_a_village": {"desa_id": "14.71.08"},
        "area_code_of_other_area": {"desa_id": "31.74.09.1002"},
        "areas_mostly_unknown": {"all": {"desa_id": "Posyandu"}},
        **_figures(),
        "deaths_implausible": _part("aki_akb", {"jumlah_aki": "0", "jumlah_akb": "51"}),
        "coverage_unreadable": _part("imunisasi", {"cakupan_imunisasi": "tinggi"}),
        "coverage_out_of_range": _part("imunisasi", {"cakupan_imunisasi": "104"}),
        "disease_blank": _part("epidemi", {"jumlah_penderita": "3", "penyakit": "-"}),
        "disease_unknown_code": _part("epidemi", {"jumlah_penderita": "3", "penyakit": "Entah"}),
        "facility_blank": {"nama": None, "kategori": "-"},
        "facility_unknown_code": {"nama": "Entah", "kategori": "entah"},
        "facility_against_category": {"nama": "SD Negeri 1"},
        "village_repeated": [
            _part("aki_akb", {"jumlah_aki": "0", "desa_id": "14.71.08.1006"}),
            _part("aki_akb", {"jumlah_aki": "1", "desa_id": "1471081006"}),
        ],
        "fields_not_of_header": RAGGED,
        "columns_not_declared": EXTRA,
    },
}
