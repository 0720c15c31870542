"""Right and broken rows of the registers and of social assistance (see suite_cases.py)."""

from __future__ import annotations

from collections.abc import Callable

from tests.exports.suite_cases import EXTRA, NAMES, RAGGED, SAME, Change, Row, nik

JULY = ("2026-07", "2026-07-01", "2026-07-31")
PERIODS = {
    "dukcapil": JULY,
    "pbi_jkn": JULY,
    "blt_dd": JULY,
    "dtks_ppks": ("2026", "2026-01-01", "2026-12-31"),
    "regsosek": ("2026", "2026-01-01", "2026-12-31"),
    "atensi": ("2026-07-31", "2026-07-31", "2026-07-31"),
    "pena": ("2026-06", "2026-06-01", "2026-06-30"),
}
# A village sends its own list.
AREAS = {"blt_dd": "14.71.08.1007"}


def dukcapil(i: int) -> Row:
    return {
        "nomor_kk": nik(100 + i),
        "nik": nik(i),
        "nama_penduduk": NAMES[i],
        "status": "Hidup",
        "tempat_lahir": "PEKANBARU",
        "tanggal_lahir": "32888",
        "kelamin": "Laki-laki",
        "nik_ayah": nik(300 + i, "150160"),
        "ayah": "AYAH",
        "nik_ibu": nik(400 + i, "550165"),
        "ibu": "IBU",
        "status_kawin": "KAWIN",
        "shdk": "KEPALA KELUARGA",
        "agama": "ISLAM",
        "kecamatan": "TAMPAN",
        "desa_kel": "TUAHKARYA",
        "alamat": "JL. UJI 1",
        "rt": "6.0",
        "rw": "8.0",
        "pendidikan": "SLTA/SEDERAJAT",
        "pekerjaan": "BURUH HARIAN LEPAS",
        "gol_darah": "-",
        "cacat": None,
    }


def pbi_jkn(i: int) -> Row:
    return {
        "nokapst": f"0009{i:09d}",
        "nik": nik(i),
        "nama": NAMES[i],
        "tgllahir": "15-01-1990",
        "jk": "L",
        "kddesa": "14.71.08.1007" if i else "1471081007",
        "segmen": "PBI APBN",
        "status": "Aktif" if i else "NONAKTIF",
        "tmt": "01-03-2023",
        "tat": None if i else "30-06-2026",
        "alasan_nonaktif": None if i else "MENINGGAL",
    }


def dtks_ppks(i: int) -> Row:
    kinds = [
        "Lanjut Usia Telantar",
        "Fakir Miskin, Penyandang Disabilitas",
        "Gelandangan, Pengemis dan Pemulung",
        "Orang dengan HIV/AIDS (ODHA)",
        "Fakir Miskin",
    ]
    return {
        "id_dtks": f"DTKS{i:010d}",
        "provinsi": "RIAU",
        "kabupatenkota": "KOTA PEKANBARU",
        "kecamatan": "TAMPAN",
        "desakeluarahan": "TUAHKARYA",
        "alamat": "JL. UJI 1",
        "dusun": "-",
        "rt": "006",
        "rw": "007",
        "nomor_kk": nik(100 + i),
        "nomor_nik": nik(i, "150150"),
        "nama": NAMES[i],
        "tanggal_lahir": "15-01-1950",
        "tempat_lahir": "PEKANBARU",
        "jenis_kelamin": "LAKI-LAKI",
        "nama_ibu_kandung": None,
        "hubungan_keluarga": "ORANG TUA",
        "kriteria_ppks": kinds[i],
        "keterangan_disabilitas": "RUNGU/WICARA" if i == 1 else None,
    }


def regsosek(i: int) -> Row:
    return {
        "id_keluarga": f"{i // 2:09d}1",
        "id_individu": f"{i:09d}1",
        "nik": nik(i),
        "nama": NAMES[i],
        "tanggal_lahir": "1990-01-15 00:00:00",
        "jenis_kelamin": "1",
        "kode_desa_bps": "1471010001",
        "desil_nasional": str(i // 2 + 1),
        "desil_kabkota": str(i // 2 + 2),
        "status_bekerja": "Bekerja",
        "partisipasi_sekolah": "Tidak bersekolah",
        "jenis_lantai": "Keramik",
        "jenis_dinding": "Kayu/papan",
        "sumber_air": "Sumur tak terlindung",
        "sanitasi": "Tidak ada",
    }


def blt_dd(i: int) -> Row:
    return {
        "desa": "TUAHKARYA",
        "kecamatan": "TAMPAN",
        "tahun": "2026",
        "no": str(i + 1),
        "nama_penerima": NAMES[i],
        "nik": nik(i),
        "no_kk": nik(100 + i),
        "dusun": "DUSUN I",
        "pekerjaan": "PETANI/PEKEBUN",
        "bulan_ke": ["7 (Juli)", "7", "Juli", "6-8", "7.0"][i],
        "jumlah_rp": "900.000" if i == 3 else "Rp 300.000",
        "tanda_terima": "sudah",
    }


def atensi(i: int) -> Row:
    return {
        "no_kasus": f"ATN-2026-07-{i:05d}",
        "nik": nik(i, "150150"),
        "nama": NAMES[i],
        "tgl_lahir": "1950-01-15",
        "jk": "L",
        "kategori_ppks": ["Lanjut Usia", "Penyandang Disabilitas", "Kelompok Rentan"][i % 3],
        "tgl_asesmen": "2026-07-12",
        "jenis_layanan": '["Perawatan sosial","Dukungan keluarga"]',
        "lembaga": "Sentra Uji",
        "status": "proses" if i else "terminasi",
        "tgl_terminasi": None if i else "2026-07-30",
        "catatan": None,
    }


def pena(i: int) -> Row:
    return {
        "no": str(i + 1),
        "nik": nik(i, "550190"),
        "nama": NAMES[i],
        "no_kk": nik(100 + i),
        "jk": "P",
        "jenis_usaha": "Warung kelontong",
        "bantuan_rp": "5.000.000",
        "omzet_awal": "600000",
        "omzet_3_bulan": "Rp 750.000,00",
        "omzet_6_bulan": None if i == 1 else "1,200,000",
        "graduasi_ya_tidak": "Ya",
        "tgl_salur": "16/01/2026",
    }


GOOD: dict[str, Callable[[int], Row]] = {
    "dukcapil": dukcapil,
    "pbi_jkn": pbi_jkn,
    "dtks_ppks": dtks_ppks,
    "regsosek": regsosek,
    "blt_dd": blt_dd,
    "atensi": atensi,
    "pena": pena,
}


def _named(number: str, name: str, birth: str = "150190") -> dict[str, Change]:
    """Rules of every list: who is named, and what state the NIK is in."""
    return {
        "nobody_named": {name: " ", number: "0000000000000000"},
        "row_repeated": SAME,
        "name_blank": {name: "..."},
        "nik_blank": {number: "-"},
        "nik_damaged": {number: "3.174091e+15"},
        "nik_date_impossible": {number: "1471083213909001"},
        "nik_area_unknown": {number: nik(9, birth).replace("147108", "998877")},
        "nik_ends_in_zero": {number: nik(9, birth)[:15] + "0"},
        "nik_of_several_people": [
            {number: nik(77, birth), name: "BUDI"},
            {number: nik(77, birth), name: "TUTI"},
        ],
        "niks_saved_as_numbers": {"all": {number: "3.174091e+15"}},
        "fields_not_of_header": RAGGED,
        "columns_not_declared": EXTRA,
    }


def _sex(column: str, opposite: str) -> dict[str, Change]:
    return {
        "sex_unknown_code": {column: "X"},
        "sex_blank": {column: None},
        "sex_against_nik": {column: opposite},
    }


def _birth(column: str, number: str) -> dict[str, Change]:
    return {
        "birth_blank": {column: "-"},
        "birth_unreadable": {column: "tidak tahu"},
        "birth_inexact": {column: "00/00/1990"},
        "birth_after_period": {column: "01/02/2027"},
        "birth_too_long_ago": {column: "01/01/1901"},
        "birth_against_nik": {column: "16-01-1990"},
        "birth_mostly_unreadable": {"all": {column: "Pekanbaru"}},
        "nik_of_somebody_older": {column: "01/01/2015"},
        "nik_of_another_person": {number: nik(9, "170392")},
    }


def _card(column: str) -> dict[str, Change]:
    return {
        "card_number_blank": {column: "0"},
        "card_number_damaged": {column: "147108190199****"},
    }


def _area(district: str, village: str) -> dict[str, Change]:
    return {
        "district_blank": {district: "-"},
        "district_unknown": {district: "Wonokromo"},
        "village_blank": {village: None},
        "village_unknown": {village: "Entah Di Mana"},
    }


def _same_person(number: str, name: str) -> dict[str, Change]:
    return {"person_repeated": {number: nik(0), name: NAMES[0]}}


def _amount(column: str) -> dict[str, Change]:
    return {
        "amount_blank": {column: "..."},
        "amount_not_a_number": {column: "lihat lampiran"},
        "amount_negative": {column: "-200000"},
        "amount_mostly_unreadable": {"all": {column: "sudah"}},
    }


CHILD: Row = {"tanggal_lahir": "15/01/2016", "nik": nik(60, "150116")}

BREAKS: dict[str, dict[str, Change]] = {
    "dukcapil": {
        **_named("nik", "nama_penduduk"),
        **_same_person("nik", "nama_penduduk"),
        **_card("nomor_kk"),
        **_sex("kelamin", "PEREMPUAN"),
        **_birth("tanggal_lahir", "nik"),
        **_area("kecamatan", "desa_kel"),
        "nik_ayah_damaged": {"nik_ayah": "147108150160"},
        "nik_ibu_damaged": {"nik_ibu": "14710855016500011"},
        "nik_ayah_ends_in_zero": {"nik_ayah": "1471081502609010"},
        "nik_ibu_ends_in_zero": {"nik_ibu": "1471085502659010"},
        "nik_of_parent": {"nik": nik(404, "550165")},
        "mother_too_young": {"nik_ibu": nik(404, "550185")},
        "father_too_young": {"nik_ayah": nik(404, "150180")},
        "parent_against_sex": {"nik_ibu": nik(404, "150165")},
        "status_blank": {"status": None},
        "status_unknown_code": {"status": "Ragu"},
        "status_mostly_unknown": {"all": {"status": "PEKANBARU"}},
        "status_all_blank": {"all": {"status": "-"}},
        "relationship_blank": {"shdk": "null"},
        "relationship_unknown_code": {"shdk": "TETANGGA"},
        "relationship_against_sex": {"shdk": "ISTRI"},
        "relationship_against_age": {"shdk": "MENANTU", **CHILD},
        "several_heads": [{"nomor_kk": nik(500)}, {"nomor_kk": nik(500)}],
        "no_head": {"shdk": "ANAK"},
        "marital_unknown_code": {"status_kawin": "RAHASIA"},
        "marriage_against_age": CHILD,
        "religion_unknown_code": {"agama": "ENTAH"},
        "education_unknown_code": {"pendidikan": "PESANTREN KILAT"},
        "occupation_unknown_code": {"pekerjaan": "ASTRONOT"},
        "blood_unknown_code": {"gol_darah": "Z"},
        "disability_unknown_code": {"cacat": "SAKIT"},
        "block_unreadable": {"rt": "dekat masjid"},
    },
    "pbi_jkn": {
        **_named("nik", "nama"),
        **_same_person("nik", "nama"),
        **_sex("jk", "P"),
        **_birth("tgllahir", "nik"),
        "card_blank": {"nokapst": "0"},
        "card_damaged": {"nokapst": "9000000001"},
        "card_of_several_people": [
            {"nokapst": "0009000000099", "nama": "BUDI"},
            {"nokapst": "0009000000099", "nama": "TUTI"},
        ],
        "card_repeated": {"nokapst": "0009000000000", "nama": NAMES[0]},
        "area_code_blank": {"kddesa": None},
        "area_code_unknown": {"kddesa": "147108100"},
        "area_code_of_other_area": {"kddesa": "3174091005"},
        "segment_blank": {"segmen": None},
        "segment_unknown_code": {"segmen": "PPU"},
        "status_blank": {"status": "null"},
        "status_unknown_code": {"status": "TUNDA"},
        "status_mostly_unknown": {"all": {"status": "PBI APBN"}},
        "status_all_blank": {"all": {"status": "null"}},
        "start_blank": {"tmt": None},
        "start_unreadable": {"tmt": "dulu"},
        "end_unreadable": {"tat": "nanti"},
        "start_after_period": {"tmt": "01-08-2026"},
        "start_before_birth": {"tmt": "01-01-1989"},
        "end_before_start": {"tat": "01-01-2020"},
        "active_but_ended": {"tat": "30-06-2026"},
        "inactive_without_end": {"status": "NONAKTIF"},
        "end_after_period": {"status": "NONAKTIF", "tat": "01-09-2026"},
        "active_with_reason": {"alasan_nonaktif": "MENINGGAL"},
        "inactive_without_reason": {"status": "NONAKTIF", "tat": "30-06-2026"},
        "reason_unknown_code": {"alasan_nonaktif": "ENTAH"},
    },
    "dtks_ppks": {
        **_named("nomor_nik", "nama", "150150"),
        **_card("nomor_kk"),
        **_sex("jenis_kelamin", "PEREMPUAN"),
        **_birth("tanggal_lahir", "nomor_nik"),
        **_area("kecamatan", "desakeluarahan"),
        "birth_inexact": {"tanggal_lahir": "1950"},
        "birth_against_nik": {"tanggal_lahir": "16-01-1950"},
        "id_dtks_blank": {"id_dtks": None},
        "id_dtks_of_several_people": [
            {"id_dtks": "DTKS1", "nama": "BUDI"},
            {"id_dtks": "DTKS1", "nama": "TUTI"},
        ],
        "category_blank": {"kriteria_ppks": "-"},
        "category_unknown_code": {"kriteria_ppks": "Fakir Miskin, Orang Kaya"},
        "category_mostly_unknown": {"all": {"kriteria_ppks": "PEKANBARU"}},
        "category_all_blank": {"all": {"kriteria_ppks": None}},
        "category_against_age": {"kriteria_ppks": "Anak Balita Telantar"},
        "category_against_sex": {"kriteria_ppks": "Perempuan Rawan Sosial Ekonomi"},
        "disability_without_kind": {"kriteria_ppks": "Penyandang Disabilitas"},
        "disability_unknown_code": {"keterangan_disabilitas": "SAKIT"},
        "person_category_repeated": {
            "id_dtks": "DTKS0000000000",
            "kriteria_ppks": "lanjut usia telantar",
        },
        "relationship_unknown_code": {"hubungan_keluarga": "TETANGGA"},
        "mother_of_child_blank": {"tanggal_lahir": "15-01-2014"},
        "regency_of_other_area": {"kabupatenkota": "KABUPATEN BANTAENG"},
        "province_unknown": {"provinsi": "ATLANTIS"},
    },
    "regsosek": {
        **_named("nik", "nama"),
        **_sex("jenis_kelamin", "2"),
        **_birth("tanggal_lahir", "nik"),
        "id_individu_blank": {"id_individu": None},
        "id_individu_repeated": {"id_individu": "0000000001"},
        "id_keluarga_blank": {"id_keluarga": None},
        "area_code_blank": {"kode_desa_bps": None},
        "area_code_unreadable": {"kode_desa_bps": "147101"},
        "area_code_of_other_province": {"kode_desa_bps": "3171010001"},
        "national_decile_blank": {"desil_nasional": None},
        "national_decile_unknown_code": {"desil_nasional": "11"},
        "regency_decile_blank": {"desil_kabkota": None},
        "regency_decile_unknown_code": {"desil_kabkota": "miskin"},
        "decile_mostly_unknown": {"all": {"desil_nasional": "Keramik"}},
        "decile_all_blank": {"all": {"desil_nasional": None}},
        "deciles_far_apart": {"desil_kabkota": "10"},
        "family_decile_differs": [
            {"id_keluarga": "77", "desil_nasional": "1"},
            {"id_keluarga": "77", "desil_nasional": "5"},
        ],
        "family_area_differs": [
            {"id_keluarga": "77", "desil_nasional": "3"},
            {"id_keluarga": "77", "kode_desa_bps": "1471010002"},
        ],
        "work_unknown_code": {"status_bekerja": "mungkin"},
        "work_against_age": {"tanggal_lahir": "2024-01-15"},
        "school_unknown_code": {"partisipasi_sekolah": "libur"},
        "school_against_age": {
            "partisipasi_sekolah": "Masih bersekolah",
            "tanggal_lahir": "1950-01-15",
        },
        "floor_unknown_code": {"jenis_lantai": "Emas"},
        "wall_unknown_code": {"jenis_dinding": "Emas"},
        "water_unknown_code": {"sumber_air": "Emas"},
        "sanitation_unknown_code": {"sanitasi": "Emas"},
    },
    "blt_dd": {
        **_named("nik", "nama_penerima"),
        **_card("no_kk"),
        **_amount("jumlah_rp"),
        "month_unreadable": {"bulan_ke": "13"},
        "month_of_other_period": {"bulan_ke": "5 (Mei)"},
        "amount_above_program": {"jumlah_rp": "600000"},
        "receipt_unknown_code": {"tanda_terima": "lihat foto"},
        "receipt_blank": {"tanda_terima": None},
        "receipt_without_amount": {"jumlah_rp": "0"},
        "person_paid_twice": [{"nik": nik(55), "bulan_ke": m} for m in ("7", "Juli")],
        "family_paid_twice": [{"no_kk": nik(55), "bulan_ke": m} for m in ("7", "Juli")],
        "village_not_told": {"all": {"desa": None}},
        "village_unknown": {"all": {"desa": "ENTAH DI MANA"}},
        "other_village": {"all": {"desa": "SIDOMULYO BARAT"}},
        "other_year": {"all": {"tahun": "2025"}},
        "other_month": {"all": {"bulan_ke": "3"}},
    },
    "atensi": {
        **_named("nik", "nama", "150150"),
        **_sex("jk", "P"),
        **_birth("tgl_lahir", "nik"),
        "birth_inexact": {"tgl_lahir": "1950"},
        "birth_against_nik": {"tgl_lahir": "16-01-1950"},
        "case_blank": {"no_kasus": None},
        "case_of_several_people": [
            {"no_kasus": "ATN-1", "nama": "BUDI"},
            {"no_kasus": "ATN-1", "nama": "TUTI"},
        ],
        "case_repeated": {"no_kasus": "ATN-2026-07-00000", "nama": NAMES[0]},
        "category_blank": {"kategori_ppks": None},
        "category_unknown_code": {"kategori_ppks": "Orang Kaya"},
        "category_against_age": {"kategori_ppks": "Anak"},
        "assessed_on_blank": {"tgl_asesmen": None},
        "assessed_on_unreadable": {"tgl_asesmen": "kemarin"},
        "assessed_after_period": {"tgl_asesmen": "2026-08-01"},
        "assessed_long_ago": {"tgl_asesmen": "2020-07-12"},
        "ended_on_unreadable": {"tgl_terminasi": "nanti"},
        "ended_before_assessed": {"status": "terminasi", "tgl_terminasi": "2026-07-01"},
        "status_blank": {"status": None},
        "status_unknown_code": {"status": "hilang"},
        "status_mostly_unknown": {"all": {"status": "Sentra Uji"}},
        "ended_without_date": {"status": "Selesai"},
        "open_with_end": {"tgl_terminasi": "2026-07-30"},
        "ended_after_file": {"status": "terminasi", "tgl_terminasi": "2026-09-11"},
        "service_blank": {"jenis_layanan": "[]"},
        "service_unknown_code": {"jenis_layanan": '["Dukungan keluarga","Hadiah"]'},
        "provider_blank": {"lembaga": None},
    },
    "pena": {
        **_named("nik", "nama", "550190"),
        **_same_person("nik", "nama"),
        **_card("no_kk"),
        **_sex("jk", "L"),
        **_amount("bantuan_rp"),
        "person_repeated": {"nik": nik(0, "550190"), "nama": NAMES[0]},
        "business_blank": {"jenis_usaha": None},
        "business_unknown_code": {"jenis_usaha": "Roket"},
        "amount_out_of_range": {"bantuan_rp": "50.000.000"},
        "turnover_start_unreadable": {"omzet_awal": "banyak"},
        "turnover_start_out_of_range": {"omzet_awal": "1471080101900001"},
        "turnover_start_blank": {"omzet_awal": "-"},
        "turnover_3_months_unreadable": {"omzet_3_bulan": "banyak"},
        "turnover_3_months_out_of_range": {"omzet_3_bulan": "-5"},
        "turnover_6_months_unreadable": {"omzet_6_bulan": "banyak"},
        "turnover_6_months_out_of_range": {"omzet_6_bulan": "150000000"},
        "paid_on_unreadable": {"tgl_salur": "kemarin"},
        "paid_on_blank": {"tgl_salur": None},
        "paid_after_period": {"tgl_salur": "01/07/2026"},
        "paid_long_ago": {"tgl_salur": "01/01/2020"},
        "turnover_before_its_time": {"tgl_salur": "20/06/2026"},
        "graduation_blank": {"graduasi_ya_tidak": None},
        "graduation_unknown_code": {"graduasi_ya_tidak": "Hampir"},
        "graduated_without_growth": {"omzet_6_bulan": "500000"},
    },
}
