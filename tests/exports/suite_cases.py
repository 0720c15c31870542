"""For every suite: rows that are right, and for every rule what must be changed to break it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Row = dict[str, str | None]
AREA = "14.71"
PERIODS = {
    "dtsen": ("2026Q3", "2026-07-01", "2026-09-30"),
    "pkh": ("2026T3", "2026-07-01", "2026-09-30"),
    "sembako": ("2026-07", "2026-07-01", "2026-07-31"),
    "dapodik": ("2026S2", "2026-07-01", "2026-12-31"),
    "eppgbm": ("2026-07", "2026-07-01", "2026-07-31"),
    "bps": ("2026", "2026-01-01", "2026-12-31"),
}
NAMES = ["ANDI UMBARA", "SITI KHADIJAH", "WAYAN GUNTUR", "LESTARI", "FRANS OHOIWUTUN"]


def nik(number: int, birth: str = "150190") -> str:
    """A whole NIK of nobody: district 14.71.08, birth ddmmyy, serial from `number`."""
    return f"147108{birth}{9001 + number:04d}"


def dtsen(i: int) -> Row:
    return {
        "id_dtsen": f"D{i:05d}",
        "nik": nik(i),
        "nama": NAMES[i % 5],
        "no_kk": nik(100 + i),
        "tgl_lahir": "15/01/1990",
        "jk": "L",
        "alamat": "JL. UJI 1",
        "kecamatan": "Tampan",
        "desa": "Tuahkarya",
        "kode_desa": "1471081007",
        "desil": "6-10" if i else "3",
        "pkh": "YA",
        "bpnt": "TIDAK",
        "pbi_jk": None,
        "update_terakhir": "2026-08-31",
    }


def pkh(i: int) -> Row:
    return {
        "no": str(i + 1),
        "id_pengurus": f"P{i:05d}",
        "nik": nik(i, "550190"),
        "nokk": nik(100 + i),
        "nama": NAMES[i % 5],
        "tanggal_lahir": "15 Januari 1990",
        "alamat": "JL. UJI 1",
        "kecamatan": "KEC. RUMBAI",
        "kelurahan": "Tuahkarya",
        "no_rekening": "9900000001",
        "komponen": "SD",
        "nama_anggota": f"ANAK {NAMES[i % 5]}",
        "nik_anggota": nik(200 + i, "150116"),
        "nominal": "Rp 225.000,00",
        "status_transaksi": "SUDAH TRANSAKSI",
        "tanggal_transaksi": "20/08/2026",
        "keterangan": None,
    }


def sembako(i: int) -> Row:
    return {
        "no": str(i + 1),
        "nik": nik(i),
        "nama_kpm": NAMES[i % 5],
        "no_kk": nik(100 + i),
        "no_kks": f"99000000000{i:03d}",
        "kecamatan": "Binawidya",
        "kelurahan": "TUAH KARYA",
        "rt": "001",
        "rw": "002",
        "bulan": "7" if i else "Juli",
        "tahun": "2026",
        "nominal": "200.000",
        "status_transaksi": "SUDAH TRANSAKSI",
        "tgl_transaksi": "2026-07-20",
        "keterangan": None,
    }


def dapodik(i: int) -> Row:
    return {
        "no": str(i + 1),
        "nama": NAMES[i % 5],
        "nipd": str(1000 + i),
        "jk": "L",
        "nisn": f"001234{i:04d}",
        "tempat_lahir": "Pekanbaru",
        "tanggal_lahir": "2014-01-15",
        "nik": nik(i, "150114"),
        "alamat": "JL. UJI 1",
        "kelurahan": "Tuahkarya",
        "kecamatan": "Kec. Tampan",
        "penerima_kps": "Tidak",
        "penerima_kip": "Ya",
        "nomor_kip": "AB1234",
        "ayah_nama": "AYAH",
        "ayah_tahun_lahir": "1985",
        "ayah_nik": nik(300 + i, "150185"),
        "ibu_nama": "IBU",
        "ibu_tahun_lahir": "1988.0",
        "ibu_nik": nik(400 + i, "550188"),
        "wali_nama": None,
        "rombel_saat_ini": "Kelas 6A",
        "no_kk": nik(100 + i),
        "berat_badan": "32",
        "tinggi_badan": "135,5",
        "lintang": "0.47",
        "bujur": "101.38",
    }


def eppgbm(i: int) -> Row:
    return {
        "no": str(i + 1),
        "nik": nik(i, "150124"),
        "nama": NAMES[i % 5],
        "jk": "L",
        "tgl_lahir": "15/01/2024",
        "nama_ortu": "AYAH / IBU",
        "kec": "TAMPAN",
        "desa_kel": "Tuahkarya",
        "posyandu": "MAWAR",
        "tanggal_pengukuran": "2026-07-12",
        "berat": "11,5",
        "tinggi": "86.5",
        "cara_ukur": "Berdiri",
        "lila": "14,2",
        "bb_u": "Berat Badan Normal",
        "zs_bb_u": "-0,98",
        "tb_u": "Pendek",
        "zs_tb_u": "-2:31",
        "bb_tb": "Outlier",
        "zs_bb_tb": "Outlier",
        "pmt_diterima_kg": "-",
        "jml_vit_a": "1",
    }


PROVINCES = ["Aceh", "DI Yogyakarta", "Kep. Riau", "DKI Jakarta", "Indonesia"]


def bps(i: int) -> Row:
    amount = {4: "400"}.get(i, "100")
    return {
        "provinsi": PROVINCES[i] if i < 5 else f"Provinsi {i}",
        "garis_kemiskinan_maret_rp": "579227",
        "garis_kemiskinan_september_rp": "...",
        "jumlah_penduduk_miskin_maret_ribu_ribu": amount,
        "jumlah_penduduk_miskin_september_ribu_ribu": "...",
        "persentase_penduduk_miskin_maret": "14.64",
        "persentase_penduduk_miskin_september": "-",
    }


GOOD: dict[str, Callable[[int], Row]] = {
    "dtsen": dtsen,
    "pkh": pkh,
    "sembako": sembako,
    "dapodik": dapodik,
    "eppgbm": eppgbm,
    "bps": bps,
}

# What is changed in the last row; a list changes as many last rows; "all" changes every row.
Change = Row | list[Row] | dict[str, Any]
SAME: Row = {"__same_as__": "0"}
EXTRA = {"extra_columns": '{"kolom_baru": "1"}'}
RAGGED = {"extra_columns": '{"_fields_sent": "9"}'}


def _number(prefix: str, column: str) -> dict[str, Change]:
    return {f"{prefix}_blank": {column: "0"}, f"{prefix}_damaged": {column: "3.174091e+15"}}


def _area(district: str, village: str) -> dict[str, Change]:
    return {
        "district_blank": {district: "-"},
        "district_unknown": {district: "Wonokromo"},
        "village_blank": {village: None},
        "village_unknown": {village: "Entah Di Mana"},
    }


def _person(number: str, sex: str, birth: str, name: str) -> dict[str, Change]:
    return {
        "nobody_named": {name: " ", number: "0000000000000000"},
        "row_repeated": SAME,
        "name_blank": {name: "..."},
        **_number("nik", number),
        "nik_date_impossible": {number: "1471083213909001"},
        "nik_ends_in_zero": {number: "1471081501909010"},
        "nik_area_unknown": {number: "0001081501909011"},
        "nik_of_several_people": [{number: nik(77), name: "BUDI"}, {number: nik(77), name: "TUTI"}],
        "sex_unknown_code": {sex: "X"},
        "sex_blank": {sex: None},
        "sex_against_nik": {sex: "Perempuan"},
        "birth_blank": {birth: "-"},
        "birth_unreadable": {birth: "tidak tahu"},
        "birth_inexact": {birth: "00/00/2014"},
        "birth_after_period": {birth: "01/09/2027"},
        "birth_too_long_ago": {birth: "01/01/1901"},
        "birth_against_nik": {birth: "16-01-2014"},
        "nik_of_somebody_older": {number: nik(9, "550160")},
        "nik_of_another_person": {number: nik(9, "030388")},
        **_area("kecamatan", "kelurahan"),
        "niks_saved_as_numbers": {"all": {number: "3.174091e+15"}},
        "fields_not_of_header": RAGGED,
        "columns_not_declared": EXTRA,
    }


def _payment(amount: str, date: str) -> dict[str, Change]:
    return {
        f"{amount}_blank": {amount: "..."},
        f"{amount}_not_a_number": {amount: "lihat lampiran"},
        f"{amount}_negative": {amount: "-200000"},
        f"{amount}_mostly_unreadable": {"all": {amount: "SUDAH TRANSAKSI"}},
        "status_blank": {"status_transaksi": None},
        "status_unknown_code": {"status_transaksi": "NANTI"},
        "status_mostly_unknown": {"all": {"status_transaksi": "200000"}},
        "paid_on_unreadable": {date: "kemarin"},
        "paid_without_date": {date: None},
        "dated_but_not_paid": {"status_transaksi": "GAGAL"},
        "paid_before_period": {date: "2026-06-01"},
        "paid_long_after_period": {date: "2028-01-01"},
    }


_dtsen = _person("nik", "jk", "tgl_lahir", "nama") | _area("kecamatan", "desa")
_eppgbm = _person("nik", "jk", "tgl_lahir", "nama") | _area("kec", "desa_kel")
_pkh = {
    k: v
    for k, v in _person("nik", "jk", "tanggal_lahir", "nama").items()
    if not k.startswith(("sex_", "name_", "birth_against"))
}
_sembako = {
    k: v
    for k, v in _person("nik", "jk", "tgl_lahir", "nama_kpm").items()
    if not k.startswith(("sex_", "birth_", "nik_of_somebody", "nik_of_another"))
}


def _measure(prefix: str, column: str, far: str) -> dict[str, Change]:
    return {f"{prefix}_unreadable": {column: "abc"}, f"{prefix}_out_of_range": {column: far}}


def _official(prefix: str, column: str, far: str) -> dict[str, Change]:
    return _measure(prefix, column, far)


BREAKS: dict[str, dict[str, Change]] = {
    "dtsen": {
        **_dtsen,
        "id_dtsen_blank": {"id_dtsen": None},
        "id_dtsen_repeated": {"id_dtsen": "D00000"},
        "person_repeated": {"nik": nik(0), "nama": NAMES[0]},
        **_number("no_kk", "no_kk"),
        "desil_unknown_code": {"desil": "11"},
        "desil_mostly_unknown": {"all": {"desil": "RUMBAI"}},
        "pkh_unknown_code": {"pkh": "MUNGKIN"},
        "bpnt_unknown_code": {"bpnt": "T"},
        "pbi_jk_unknown_code": {"pbi_jk": "X"},
        "area_code_blank": {"kode_desa": None},
        "area_code_unknown": {"kode_desa": "147108100"},
        "area_code_of_other_area": {"kode_desa": "31.74.09.1005"},
        "updated_on_unreadable": {"update_terakhir": "baru"},
        "updated_after_period": {"update_terakhir": "15/10/2026"},
    },
    "pkh": {
        **_pkh,
        "nobody_named": {"nama": None, "nik": "-", "nama_anggota": None, "nik_anggota": "0"},
        "birth_against_nik": {"tanggal_lahir": "16/01/1990"},
        "head_not_named": {"nama": "-", "nik": None},
        "member_not_named": {"nama_anggota": "-", "nik_anggota": None},
        "id_pengurus_blank": {"id_pengurus": None},
        **_number("nik_anggota", "nik_anggota"),
        "nik_anggota_date_impossible": {"nik_anggota": "1471083002169001"},
        "nik_anggota_ends_in_zero": {"nik_anggota": "1471081501169010"},
        "nik_anggota_of_head": {"nik_anggota": nik(4, "550190")},
        "nik_anggota_of_adult": {"nik_anggota": nik(9, "550190")},
        "nik_anggota_of_several_people": [
            {"nik_anggota": nik(78, "150116"), "nama_anggota": "BUDI"},
            {"nik_anggota": nik(78, "150116"), "nama_anggota": "TUTI"},
        ],
        **_number("nokk", "nokk"),
        "component_blank": {"komponen": None},
        "component_unknown_code": {"komponen": "UMUM"},
        **_payment("nominal", "tanggal_transaksi"),
        "amount_not_of_component": {"nominal": "750000"},
        "component_against_age": {"komponen": "LANSIA", "nominal": "600000"},
        "component_against_sex": {"komponen": "BUMIL", "nominal": "750000"},
        "component_repeated": [
            {"id_pengurus": "P1", "nama_anggota": "TUTI", "nokk": nik(500)},
            {"id_pengurus": "P1", "nama_anggota": "tuti", "nokk": nik(500)},
        ],
        "more_than_four_paid": [
            {"id_pengurus": "P1", "nama_anggota": f"ANAK {n}"} for n in "ABCDE"
        ],
        "account_blank": {"no_rekening": None},
        "other_period": {"all": {"tanggal_transaksi": "2026-05-05"}},
    },
    "sembako": {
        **_sembako,
        **_number("no_kk", "no_kk"),
        "card_blank": {"no_kks": None},
        "card_damaged": {"no_kks": "990000****"},
        "month_unreadable": {"bulan": "13"},
        "year_unreadable": {"tahun": None},
        "month_far_from_period": {"bulan": "1", "tahun": "2026"},
        **_payment("nominal", "tgl_transaksi"),
        "amount_not_of_program": {"nominal": "600000"},
        "card_paid_twice": [{"no_kks": "990000000099", "rt": str(n)} for n in range(2)],
        "person_paid_twice": [{"nik": nik(55), "rt": str(n)} for n in range(2)],
        "other_period": {"all": {"bulan": "Mei"}},
    },
    "dapodik": {
        **_person("nik", "jk", "tanggal_lahir", "nama"),
        "nik_of_another_person": {"nik": nik(9, "030312")},
        "nisn_blank": {"nisn": None},
        "nisn_damaged": {"nisn": "1234567"},
        "nisn_repeated": {"nisn": "0012340000"},
        "nik_of_parent": {"nik": nik(9, "550188"), "ibu_nik": nik(9, "550188")},
        "ayah_nik_damaged": {"ayah_nik": "147108150185****"},
        "ibu_nik_damaged": {"ibu_nik": "14710855018890011"},
        "wali_nik_damaged": {"wali_nik": "147108150185000"},
        "ayah_nik_ends_in_zero": {"ayah_nik": "1471081501859010"},
        "ibu_nik_ends_in_zero": {"ibu_nik": "1471085501889010"},
        "wali_nik_ends_in_zero": {"wali_nik": "1471081501859010"},
        "mother_blank": {"ibu_nama": None},
        **_number("no_kk", "no_kk"),
        "age_not_of_pupil": {"tanggal_lahir": "15/01/1990"},
        "father_birth_year_unreadable": {"ayah_tahun_lahir": "lupa"},
        "mother_birth_year_unreadable": {"ibu_tahun_lahir": "lupa"},
        "mother_too_young": {"ibu_tahun_lahir": "2010"},
        "kps_unknown_code": {"penerima_kps": "MUNGKIN"},
        "kip_unknown_code": {"penerima_kip": "MUNGKIN"},
        "kps_without_number": {"penerima_kps": "Ya"},
        "kip_without_number": {"nomor_kip": None},
        "class_blank": {"rombel_saat_ini": None},
        "weight_out_of_range": {"berat_badan": "320"},
        "height_out_of_range": {"tinggi_badan": "tinggi"},
        "place_outside_country": {"lintang": "47"},
        "birth_mostly_unreadable": {"all": {"tanggal_lahir": "Pekanbaru"}},
    },
    "eppgbm": {
        **_eppgbm,
        "nik_of_another_person": {"nik": nik(9, "030325")},
        "parents_blank": {"nama_ortu": "-"},
        "older_than_five": {"tgl_lahir": "01/01/2020"},
        "measured_before_birth": {"tgl_lahir": "20/07/2026"},
        "measured_on_blank": {"tanggal_pengukuran": None},
        "measured_on_unreadable": {"tanggal_pengukuran": "hari posyandu"},
        "measured_outside_period": {"tanggal_pengukuran": "01/08/2026"},
        "weight_blank": {"berat": None},
        **_measure("weight", "berat", "95"),
        "weight_in_grams": {"berat": "11500"},
        "height_blank": {"tinggi": "..."},
        **_measure("height", "tinggi", "860"),
        **_measure("arm", "lila", "142"),
        **_measure("zscore_wfa", "zs_bb_u", "-9,5"),
        **_measure("zscore_hfa", "zs_tb_u", "23"),
        **_measure("zscore_wfh", "zs_bb_tb", "-7.01"),
        "wfa_unknown_code": {"bb_u": "Bagus"},
        "hfa_unknown_code": {"tb_u": "Sedang"},
        "wfh_unknown_code": {"bb_tb": "Bagus"},
        "hfa_against_zscore": {"tb_u": "Normal"},
        "wfa_against_zscore": {"bb_u": "Kurang"},
        "wfh_against_zscore": {"bb_tb": "Obesitas", "zs_bb_tb": "0.4"},
        "method_unknown_code": {"cara_ukur": "Digital"},
        "supplement_unreadable": {"pmt_diterima_kg": "ada"},
        "vitamin_unreadable": {"jml_vit_a": "99"},
        "child_measured_twice": {"nik": nik(0, "150124"), "berat": "11"},
        "other_period": {"all": {"tanggal_pengukuran": "12/05/2026"}},
    },
    "bps": {
        "province_blank": {"provinsi": None},
        "row_repeated": SAME,
        "province_unknown": {"provinsi": "Atlantis"},
        "province_repeated": {"provinsi": "Aceh"},
        **_official("line_march", "garis_kemiskinan_maret_rp", "505"),
        **_official("line_september", "garis_kemiskinan_september_rp", "505"),
        **_official("poor_march", "jumlah_penduduk_miskin_maret_ribu_ribu", "-1"),
        **_official("poor_september", "jumlah_penduduk_miskin_september_ribu_ribu", "99999"),
        **_official("share_march", "persentase_penduduk_miskin_maret", "1464"),
        **_official("share_september", "persentase_penduduk_miskin_september", "-3"),
        "poor_march_not_the_sum": {"jumlah_penduduk_miskin_maret_ribu_ribu": "500"},
        "poor_september_not_the_sum": {"all": {"jumlah_penduduk_miskin_september_ribu_ribu": "7"}},
        "few_provinces": {"all": {"provinsi": "Jumlah"}},
        "fields_not_of_header": RAGGED,
        "columns_not_declared": EXTRA,
    },
}
BREAKS["pkh"]["nik_date_impossible"] = {"nik": "1471083213909001"}


def rows_of(program: str, change: Change | None) -> list[Row]:
    """Five right rows, of which the last ones are changed."""
    rows = [GOOD[program](i) for i in range(5)]
    if change is None:
        return rows
    if isinstance(change, dict) and "all" in change:
        return [row | change["all"] for row in rows]
    changes: list[Row] = change if isinstance(change, list) else [change]  # type: ignore[list-item]
    for place, one in zip(range(5 - len(changes), 5), changes, strict=True):
        rows[place] = dict(rows[0]) if one == SAME else rows[place] | one
    return rows
