"""Right rows and broken ones for the suites of schooling, health checks, housing, work, volunteers."""

from __future__ import annotations

from collections.abc import Callable

from tests.exports.suite_cases import EXTRA, NAMES, RAGGED, SAME, Change, Row, nik

PERIODS = {
    "pip": ("2026", "2026-01-01", "2026-12-31"),
    "posbindu": ("2026-07-12", "2026-07-12", "2026-07-12"),
    "rtlh": ("2026", "2026-01-01", "2026-12-31"),
    "blk": ("2026Q3", "2026-07-01", "2026-09-30"),
    "psks": ("2026", "2026-01-01", "2026-12-31"),
    "kia": ("2026-07", "2026-07-01", "2026-07-31"),
    "prakerja": ("2026-07", "2026-07-01", "2026-07-31"),
}
MOTHERS = ["SITI KHADIJAH", "LESTARI", "WAYAN SUKARTI", "DEWI", "MARIA OHOIWUTUN"]


def pip(i: int) -> Row:
    final = i % 2 == 0
    return {
        "nisn": f"001234{i:04d}",
        "nik": nik(i, "150114"),
        "nama_siswa": NAMES[i % 5],
        "nama_ibu": MOTHERS[i % 5],
        "jenjang": "SD" if final else "Sd/Mi",
        "kelas": "6" if final else "Kelas V",
        "npsn": "69900240",
        "nama_sekolah": "SD NEGERI 1 UJI",
        "no_sk": "SK/1/PIP/2026",
        "tgl_sk": "2026-07-01",
        "nominal": "225000" if final else "Rp 450.000,00",
        "status_pencairan": "Sudah Cair",
        "tgl_cair": "12/01/2027",
    }


def posbindu(i: int) -> Row:
    return {
        "tgl_kegiatan": "2026-07-12",
        "lokasi": f"Balai RW {i + 1}",
        "kode_desa": "1471081007",
        "nik": nik(i),
        "nama": NAMES[i % 5],
        "jk": "L",
        "tgl_lahir": "15/01/1990",
        "tensi": "130/85" if i else "130 / 85 mmHg",
        "gula_darah": "131" if i else "131 mg/dL",
        "imt": "23,8",
        "skrining_jiwa": "NORMAL",
        "rujuk_ke": "Puskesmas Rumbai" if i == 1 else None,
        "relawan": "Relawan 5",
        "lembaga_relawan": "BEM Univ. Uji",
    }


def rtlh(i: int) -> Row:
    """Two houses, before and after."""
    after = i % 2 == 1
    house = i // 2
    return {
        "no": str(i + 1),
        "no_kk": nik(100 + house),
        "nik": nik(house),
        "nama_kepala_keluarga": NAMES[house],
        "alamat": "JL. UJI 1",
        "desa_kel": "Tuahkarya",
        "lat": "0.47",
        "long": "101,38",
        "atap": "Seng" if after else "Seng rusak",
        "lantai": "Keramik" if after else "Tanah",
        "dinding": "Tembok" if after else "Kayu lapuk",
        "luas_m2": "36",
        "penghuni": "4.0",
        "sanitasi": "Sendiri" if after else "Tidak ada",
        "air_minum": "Sumur bor",
        "sumber_dana": "BSPS",
        "nilai_bantuan": "Rp 20.000.000,00",
        "progres": "100%" if after else "0",
        "tgl_selesai": "02/09/2026" if after else None,
        "kondisi_akhir": "LAYAK" if after else None,
    }


def _rtlh_right(i: int) -> Row:
    # The fifth row tells how far the second house was on the way.
    if i < 4:
        return rtlh(i)
    return rtlh(3) | {
        "no": "5",
        "progres": "60%",
        "tgl_selesai": None,
        "kondisi_akhir": "Belum layak",
    }


def blk(i: int) -> Row:
    return {
        "angkatan": "2025-4",
        "kejuruan": "Tata boga",
        "nik": nik(i),
        "nama": NAMES[i % 5],
        "tgl_lahir": "15/01/1990",
        "jk": "Laki-laki",
        "pendidikan": "SLTA/SEDERAJAT",
        "no_hp": "0800912345678",
        "tgl_mulai": "05/01/2026",
        "tgl_selesai": "20/02/2026",
        "hadir_persen": "91" if i else "91 %",
        "lulus": "YA" if i else "Ya",
        "no_sertifikat": f"BLK-{i:07d}",
        "status_kerja_awal": "Belum bekerja",
        "status_kerja_3bln": "Bekerja",
        "status_kerja_6bln": "Wirausaha",
        "gaji_6bln": "2.850.000",
    }


def psks(i: int) -> Row:
    return {
        "nama_psm": NAMES[i % 5],
        "jenis": "PSM" if i else "Karang Taruna",
        "jenis_kelamin": "Laki-laki" if i else None,
        "pendidikan_terakhir": "DIPLOMA IV/STRATA I",
        "nik_no_ktp": nik(i) if i else None,
        "alamat_rumah": "JL. UJI 1",
        "no_hp": "0800912345678",
        "email": "psm@example.id",
        "mulai_aktif": "2016",
        "legalitas_sertifikat": "Ada" if i else "LKS/2016/03",
        "jenis_diklat": "Diklat dasar",
        "jam_pelatihan": "24",
        "pendampingan": "Lansia",
        "lembaga": "LKS Uji",
        "desa": "TUAHKARYA",
        "kabupaten_kota": "Kota Pekanbaru",
    }


def mother(i: int) -> Row:
    """A row of ibu_hamil.csv: the last one has just given birth."""
    born = i == 4
    return {
        "source_part": "ibu_hamil",
        "nik_ibu": nik(i, "550196"),
        "nama_ibu": MOTHERS[i % 5],
        "no_kk": nik(100 + i),
        "tgl_lahir": "1996-01-15",
        "kode_desa": "14.71.08.1007",
        "usia_kehamilan_minggu": "39" if born else "28",
        "kunjungan_anc": "4",
        "butir_pil_fe": "62",
        "resiko_tinggi": "TIDAK",
        "tgl_persalinan": "20/07/2026" if born else None,
        "penolong": "BIDAN" if born else None,
        "kondisi_ibu": "Sehat" if born else None,
    }


def child(i: int) -> Row:
    """A row of imunisasi.csv."""
    return {
        "source_part": "imunisasi",
        "nik_anak": nik(i, "150925"),
        "nama_anak": NAMES[i % 5],
        "nama_ibu": MOTHERS[i % 5],
        "tgl_lahir": "15-09-2025",
        "jk": "L",
        "kode_desa": "1471081007",
        "vaksin": "Campak Rubella" if i else "Campak-Rubella (MR)",
        "tgl_vaksin": "2026-07-14",
        "tempat_layanan": "PUSLING" if i else "Posyandu Mawar",
    }


def prakerja(i: int) -> Row:
    return {
        "nik": nik(i),
        "nama": NAMES[i % 5],
        "gelombang": str(60 + i) if i else "Gelombang 60",
        "tgl_ditetapkan": "2025-10-01",
        "pelatihan": "Belajar Digital Marketing",
        "saldo_pelatihan": "3500000",
        "insentif_dibayar": "600000",
        "status": "selesai",
        "updated_at": "2026-07-09 13:06",
    }


GOOD: dict[str, Callable[[int], Row]] = {
    "pip": pip,
    "posbindu": posbindu,
    "rtlh": _rtlh_right,
    "blk": blk,
    "psks": psks,
    "kia": lambda i: child(i) if i < 3 else mother(i),
    "prakerja": prakerja,
}


def _nik(column: str, name: str, prefix: str = "nik", birth: str = "150190") -> dict[str, Change]:
    shared = nik(77, birth)
    return {
        f"{prefix}_blank": {column: "0"},
        f"{prefix}_damaged": {column: "3.174091e+15"},
        f"{prefix}_date_impossible": {column: "1471083213909001"},
        f"{prefix}_of_several_people": [
            {column: shared, name: "BUDI"},
            {column: shared, name: "TUTI"},
        ],
    }


def _birth(column: str) -> dict[str, Change]:
    return {
        "birth_blank": {column: "-"},
        "birth_unreadable": {column: "tidak tahu"},
        "birth_inexact": {column: "00/00/1990"},
        "birth_after_period": {column: "01/09/2026"},
        "birth_too_long_ago": {column: "01/01/1901"},
        "birth_against_nik": {column: "16-01-1990"},
    }


def _sex(column: str, opposite: str = "Perempuan") -> dict[str, Change]:
    return {
        "sex_unknown_code": {column: "X"},
        "sex_blank": {column: None},
        "sex_against_nik": {column: opposite},
    }


def _number(prefix: str, column: str, far: str, blank: bool = True) -> dict[str, Change]:
    found: dict[str, Change] = {
        f"{prefix}_unreadable": {column: "abc"},
        f"{prefix}_out_of_range": {column: far},
    }
    return found | ({f"{prefix}_blank": {column: "..."}} if blank else {})


def _amount(prefix: str, column: str) -> dict[str, Change]:
    return {
        f"{prefix}_blank": {column: "..."},
        f"{prefix}_not_a_number": {column: "2OO.OOO"},
        f"{prefix}_negative": {column: "-200000"},
        f"{prefix}_mostly_unreadable": {"all": {column: "SUDAH CAIR"}},
    }


def _code_area(column: str) -> dict[str, Change]:
    return {
        "area_code_blank": {column: None},
        "area_code_unknown": {column: "147108100"},
        "area_code_of_other_area": {column: "31.74.09.1005"},
    }


_ALWAYS: dict[str, Change] = {
    "row_repeated": SAME,
    "fields_not_of_header": RAGGED,
    "columns_not_declared": EXTRA,
}
_PERSON: dict[str, Change] = {
    **_ALWAYS,
    "nobody_named": {"nama": " ", "nik": "0000000000000000"},
    "name_blank": {"nama": "..."},
    **_nik("nik", "nama"),
    "niks_saved_as_numbers": {"all": {"nik": "3.174091e+15"}},
}
_VILLAGE: dict[str, Change] = {
    "village_blank": {"desa_kel": None},
    "village_unknown": {"desa_kel": "Entah Di Mana"},
}
_HOUSE = ("atap", "roof"), ("lantai", "floor"), ("dinding", "wall"), ("sanitasi", "sanitation")

BREAKS: dict[str, dict[str, Change]] = {
    "pip": {
        **_PERSON,
        "nobody_named": {"nama_siswa": " ", "nik": "0000000000000000"},
        "name_blank": {"nama_siswa": "..."},
        **_nik("nik", "nama_siswa", birth="150114"),
        "nisn_blank": {"nisn": None},
        "nisn_damaged": {"nisn": "1234567"},
        "nik_of_adult": {"nik": nik(9, "550188")},
        "mother_blank": {"nama_ibu": None},
        "level_blank": {"jenjang": None},
        "level_unknown_code": {"jenjang": "PAUD BARU"},
        "class_blank": {"kelas": None},
        "class_unreadable": {"kelas": "14"},
        "class_against_level": {"jenjang": "SMP", "nominal": "375000"},
        "class_against_age": {"nik": nik(9, "150122")},
        "npsn_damaged": {"npsn": "6990024"},
        "school_blank": {"nama_sekolah": "-"},
        "decree_blank": {"no_sk": None},
        "decree_on_blank": {"tgl_sk": None},
        "decree_on_unreadable": {"tgl_sk": "Juli lalu"},
        "decree_outside_year": {"tgl_sk": "01/07/2025"},
        **_amount("nominal", "nominal"),
        "amount_not_of_level": {"nominal": "500000"},
        "amount_against_class": {"nominal": "450000"},
        "status_blank": {"status_pencairan": None},
        "status_unknown_code": {"status_pencairan": "NANTI"},
        "status_mostly_unknown": {"all": {"status_pencairan": "450000"}},
        "paid_on_unreadable": {"tgl_cair": "kemarin"},
        "paid_without_date": {"tgl_cair": None},
        "dated_but_not_paid": {"status_pencairan": "BELUM CAIR"},
        "paid_before_decree": {"tgl_cair": "2026-06-01"},
        "paid_before_period": {"tgl_cair": "2025-12-01"},
        "paid_long_after_period": {"tgl_cair": "2028-01-01"},
        "pupil_paid_twice": [{"nisn": "0012349999", "kelas": f"{n}"} for n in ("5", "6")],
        "person_paid_twice": [{"nik": nik(55, "150114"), "kelas": n} for n in ("5", "6")],
        "other_period": {"all": {"tgl_sk": "2025-05-05"}},
    },
    "posbindu": {
        **_PERSON,
        **_sex("jk"),
        **_birth("tgl_lahir"),
        "nik_of_another": {"nik": nik(8, "160285")},
        "held_on_blank": {"tgl_kegiatan": None},
        "held_on_unreadable": {"tgl_kegiatan": "Minggu"},
        "held_outside_period": {"tgl_kegiatan": "13/07/2026"},
        "held_before_birth": {"tgl_kegiatan": "1989-07-12"},
        "younger_than_fifteen": {"tgl_lahir": "01/01/2014"},
        "place_blank": {"lokasi": "-"},
        **_code_area("kode_desa"),
        "pressure_blank": {"tensi": None},
        "pressure_unreadable": {"tensi": "130"},
        "pressure_out_of_range": {"tensi": "300/85"},
        "pressure_upside_down": {"tensi": "85/130"},
        "pressure_mostly_unreadable": {"all": {"tensi": "PUSKESMAS"}},
        **_number("sugar", "gula_darah", "1310"),
        **_number("bmi", "imt", "238"),
        "mind_blank": {"skrining_jiwa": "-"},
        "mind_unknown_code": {"skrining_jiwa": "ENTAH"},
        "referral_unknown_code": {"rujuk_ke": "Pak Lurah"},
        "referral_missing": {"tensi": "190/100"},
        "person_checked_twice": [{"nik": nik(55), "lokasi": n} for n in ("Balai A", "Balai B")],
        "volunteer_without_institution": {"lembaga_relawan": None},
        "other_period": {"all": {"tgl_kegiatan": "2026-05-12"}},
    },
    "rtlh": {
        **_PERSON,
        "nobody_named": {"nama_kepala_keluarga": " ", "nik": "-"},
        "name_blank": {"nama_kepala_keluarga": "..."},
        **_nik("nik", "nama_kepala_keluarga"),
        "no_kk_blank": {"no_kk": "0"},
        "no_kk_damaged": {"no_kk": "147108150190****"},
        **_VILLAGE,
        "place_unreadable": {"lat": "utara"},
        "place_outside_country": {"lat": "47"},
        **{f"{rule}_blank": {column: None} for column, rule in _HOUSE},
        **{f"{rule}_unknown_code": {column: "Emas"} for column, rule in _HOUSE},
        "water_blank": {"air_minum": "..."},
        "water_unknown_code": {"air_minum": "Entah"},
        **_number("area", "luas_m2", "3600"),
        **_number("residents", "penghuni", "99"),
        "fund_blank": {"sumber_dana": "null"},
        "fund_unknown_code": {"sumber_dana": "BANPRES"},
        **_amount("value", "nilai_bantuan"),
        "value_out_of_range": {"nilai_bantuan": "20000"},
        **_number("progress", "progres", "120"),
        "finished_on_unreadable": {"tgl_selesai": "segera"},
        "condition_unknown_code": {"kondisi_akhir": "BAGUS"},
        "finished_without_date": {"progres": "100", "kondisi_akhir": "LAYAK"},
        "dated_but_not_finished": {"progres": "80%", "tgl_selesai": "02/09/2026"},
        "finished_after_period": {"progres": "100", "tgl_selesai": "02/02/2027"},
        "finished_before_period": {"progres": "100", "tgl_selesai": "02/09/2025"},
        "condition_blank_when_finished": {"progres": "100", "kondisi_akhir": None},
        "condition_against_progress": {"progres": "60", "kondisi_akhir": "LAYAK"},
        "house_with_one_row": {"no_kk": nik(177)},
        "house_stage_repeated": {"progres": "100 %"},
        "house_of_several_funds": {"sumber_dana": "RST"},
        "value_differs_between_rows": {"nilai_bantuan": "15.000.000"},
    },
    "blk": {
        **_PERSON,
        **_sex("jk"),
        **_birth("tgl_lahir"),
        "birth_after_period": {"tgl_lahir": "01/12/2026"},
        "nik_of_another": {"nik": nik(8, "160285")},
        "batch_blank": {"angkatan": None},
        "course_blank": {"kejuruan": None},
        "course_unknown_code": {"kejuruan": "Sulap"},
        "education_blank": {"pendidikan": None},
        "education_unknown_code": {"pendidikan": "Pesantren Kilat"},
        "phone_blank": {"no_hp": None},
        "phone_damaged": {"no_hp": "8.00912E+11"},
        "started_on_blank": {"tgl_mulai": None},
        "started_on_unreadable": {"tgl_mulai": "awal tahun"},
        "ended_on_blank": {"tgl_selesai": None},
        "ended_on_unreadable": {"tgl_selesai": "nanti"},
        "ended_before_start": {"tgl_selesai": "20/12/2025"},
        "training_too_long": {"tgl_mulai": "05/01/2025"},
        "started_after_period": {"tgl_mulai": "05/10/2026", "tgl_selesai": "20/11/2026"},
        "ended_long_before_period": {"tgl_mulai": "05/10/2024", "tgl_selesai": "20/11/2024"},
        "trainee_age": {"tgl_lahir": "15/01/2014"},
        **_number("attendance", "hadir_persen", "910"),
        "passed_unknown_code": {"lulus": "MUNGKIN"},
        "passed_blank": {"lulus": "-"},
        "passed_mostly_unknown": {"all": {"lulus": "91"}},
        "certificate_without_passing": {"lulus": "TIDAK"},
        "passed_without_certificate": {"no_sertifikat": None},
        "certificate_repeated": {"no_sertifikat": "BLK-0000000"},
        "passed_with_no_attendance": {"hadir_persen": "20"},
        "passed_before_end": {"tgl_mulai": "05/09/2026", "tgl_selesai": "20/10/2026"},
        **{
            f"work_{when}_blank": {column: None}
            for when, column in (
                ("before", "status_kerja_awal"),
                ("3_months", "status_kerja_3bln"),
                ("6_months", "status_kerja_6bln"),
            )
        },
        **{
            f"work_{when}_unknown_code": {column: "ENTAH"}
            for when, column in (
                ("before", "status_kerja_awal"),
                ("3_months", "status_kerja_3bln"),
                ("6_months", "status_kerja_6bln"),
            )
        },
        "work_3_months_too_early": {"tgl_mulai": "05/08/2026", "tgl_selesai": "20/09/2026"},
        "work_6_months_too_early": {"tgl_mulai": "05/05/2026", "tgl_selesai": "20/06/2026"},
        **_number("wage", "gaji_6bln", "2850", blank=False),
        "wage_without_work": {"status_kerja_6bln": "Belum bekerja"},
        "work_without_wage": {"gaji_6bln": None},
        "person_repeated": [{"nik": nik(55), "hadir_persen": n} for n in ("80", "81")],
        "other_period": {"all": {"tgl_mulai": "2020-05-05"}},
    },
    "psks": {
        **_ALWAYS,
        "nobody_named": {"nama_psm": " ", "nik_no_ktp": "-"},
        "name_blank": {"nama_psm": "..."},
        **_nik("nik_no_ktp", "nama_psm"),
        "niks_saved_as_numbers": {"all": {"nik_no_ktp": "3.174091e+15"}},
        "kind_blank": {"jenis": None},
        "kind_unknown_code": {"jenis": "Majelis Taklim"},
        "kind_mostly_unknown": {"all": {"jenis": "Laki-laki"}},
        **_sex("jenis_kelamin"),
        "education_blank": {"pendidikan_terakhir": None},
        "education_unknown_code": {"pendidikan_terakhir": "Pesantren Kilat"},
        "phone_damaged": {"no_hp": "0800****5678"},
        "email_damaged": {"email": "psm example.id"},
        "active_since_blank": {"mulai_aktif": None},
        "active_since_unreadable": {"mulai_aktif": "lama"},
        "active_since_out_of_range": {"mulai_aktif": "2027"},
        **_number("hours", "jam_pelatihan", "24000"),
        "certificate_unknown_code": {"legalitas_sertifikat": "Entah"},
        "training_without_hours": {"jam_pelatihan": "0"},
        "hours_without_training": {"jenis_diklat": "-"},
        "certificate_without_hours": {"jam_pelatihan": "0", "jenis_diklat": None},
        "accompanies_unknown_code": {"pendampingan": "Entah"},
        "institution_blank": {"lembaga": None},
        "village_blank": {"desa": None},
        "village_unknown": {"desa": "Entah Di Mana"},
        "regency_of_other_area": {"kabupaten_kota": "Kabupaten Bantaeng"},
        "person_repeated": [{"nik_no_ktp": nik(55), "no_hp": n} for n in (None, "080091234567")],
    },
    "kia": {
        **_ALWAYS,
        # The last row is a mother, the first three are children.
        "mother_not_named": {"nama_ibu": " ", "nik_ibu": "0"},
        "mother_name_blank": {"nama_ibu": "..."},
        **_nik("nik_ibu", "nama_ibu", "nik_ibu", "550196"),
        "mother_niks_saved_as_numbers": [mother(i) | {"nik_ibu": "3.174091e+15"} for i in range(5)],
        "mother_male_by_nik": {"nik_ibu": nik(8, "150196")},
        "nik_ibu_of_another": {"nik_ibu": nik(8, "560285")},
        "no_kk_blank": {"no_kk": "0"},
        "no_kk_damaged": {"no_kk": "147108150190****"},
        **_birth("tgl_lahir"),
        "birth_inexact": {"tgl_lahir": "00/00/1996"},
        "birth_against_nik": {"tgl_lahir": "16-01-1996"},
        **_code_area("kode_desa"),
        "mother_age": {"tgl_lahir": "15/01/1956"},
        **_number("weeks", "usia_kehamilan_minggu", "280"),
        **_number("visits", "kunjungan_anc", "44"),
        **_number("iron", "butir_pil_fe", "999"),
        "visits_against_weeks": {"usia_kehamilan_minggu": "3"},
        "iron_without_visit": {"kunjungan_anc": "0"},
        "risk_unknown_code": {"resiko_tinggi": "MUNGKIN"},
        "risk_blank": {"resiko_tinggi": "null"},
        "delivered_on_unreadable": {"tgl_persalinan": "subuh"},
        "delivered_after_period": {"tgl_persalinan": "2026-08-10"},
        "delivered_long_before_period": {"tgl_persalinan": "2026-03-10"},
        "delivery_against_weeks": {"usia_kehamilan_minggu": "12"},
        "overdue_without_delivery": {"tgl_persalinan": None, "usia_kehamilan_minggu": "43"},
        "delivered_before_birth": {"tgl_persalinan": "1990-07-20"},
        "attendant_unknown_code": {"penolong": "ENTAH"},
        "attendant_without_delivery": {"tgl_persalinan": "-"},
        "delivery_without_attendant": {"penolong": None},
        "condition_unknown_code": {"kondisi_ibu": "ENTAH"},
        "mother_repeated": [
            mother(3) | {"nik_ibu": nik(5, "550196")},
            {"nik_ibu": nik(5, "550196")},
        ],
        "child_not_named": child(4) | {"nama_anak": None, "nik_anak": "-"},
        "child_name_blank": child(4) | {"nama_anak": "..."},
        "nik_anak_blank": child(4) | {"nik_anak": None},
        "nik_anak_damaged": child(4) | {"nik_anak": "147108150925****"},
        "nik_anak_date_impossible": child(4) | {"nik_anak": "1471083213259001"},
        "nik_anak_of_several_people": [
            child(3) | {"nik_anak": nik(77, "150925"), "nama_anak": "BUDI"},
            child(4) | {"nik_anak": nik(77, "150925"), "nama_anak": "TUTI"},
        ],
        "nik_of_adult": child(4) | {"nik_anak": nik(9, "150196")},
        "nik_anak_of_another": child(4) | {"nik_anak": nik(8, "160224")},
        "sex_unknown_code": child(4) | {"jk": "X"},
        "sex_blank": child(4) | {"jk": None},
        "sex_against_nik": child(4) | {"jk": "P"},
        "mother_blank": child(4) | {"nama_ibu": None},
        "vaccine_blank": child(4) | {"vaksin": None},
        "vaccine_unknown_code": child(4) | {"vaksin": "Vitamin"},
        "vaccine_mostly_unknown": [child(i) | {"vaksin": "POSYANDU"} for i in range(5)],
        "vaccinated_on_blank": child(4) | {"tgl_vaksin": None},
        "vaccinated_on_unreadable": child(4) | {"tgl_vaksin": "hari posyandu"},
        "vaccinated_outside_period": child(4) | {"tgl_vaksin": "01/08/2026"},
        "vaccinated_before_birth": child(4) | {"tgl_lahir": "20/07/2026"},
        "vaccine_against_age": child(4) | {"vaksin": "HB0"},
        "child_too_old": child(4) | {"tgl_lahir": "15/09/1995"},
        "place_unknown_code": child(4) | {"tempat_layanan": "Entah"},
        "place_blank": child(4) | {"tempat_layanan": "-"},
        "child_vaccinated_twice": [
            child(3) | {"nik_anak": nik(55, "150925"), "tempat_layanan": "RSUD"},
            child(4) | {"nik_anak": nik(55, "150925")},
        ],
        "other_period": {"all": {"tgl_vaksin": "12/05/2026"}},
    },
    "prakerja": {
        **_PERSON,
        **_number("wave", "gelombang", "6000"),
        "awarded_on_blank": {"tgl_ditetapkan": None},
        "awarded_on_unreadable": {"tgl_ditetapkan": "baru"},
        "awarded_after_period": {"tgl_ditetapkan": "2026-09-01"},
        "awarded_before_program": {"tgl_ditetapkan": "2019-09-01"},
        "holder_age": {"nik": nik(9, "150115")},
        "training_blank": {"pelatihan": None},
        "training_unknown_code": {"pelatihan": "Sulap"},
        **_amount("balance", "saldo_pelatihan"),
        "balance_out_of_range": {"saldo_pelatihan": "35000000"},
        **{k: v for k, v in _amount("incentive", "insentif_dibayar").items() if "mostly" not in k},
        "incentive_out_of_range": {"insentif_dibayar": "6000000"},
        "status_blank": {"status": "null"},
        "status_unknown_code": {"status": "ENTAH"},
        "paid_though_revoked": {"status": "dicabut"},
        "finished_without_incentive": {"insentif_dibayar": "0"},
        "updated_at_blank": {"updated_at": None},
        "updated_at_unreadable": {"updated_at": "baru saja"},
        "updated_before_award": {"updated_at": "2025-09-09 13:06"},
        "person_repeated": [{"nik": nik(55), "gelombang": n} for n in ("61", "62")],
    },
}
