"""All programs: each file has its program's header at the row the truth says, and its rows."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from demo import PROGRAMS, Rates, Summary, write_district
from demo.exports import (
    assistance,
    dapodik,
    dtsen,
    eppgbm,
    livelihood,
    pkh,
    registers,
    resources,
    sembako,
    services,
    voice,
)
from demo.sending import Layout

EXPECTED = {
    "dukcapil": "Nomor KK; NIK; Nama Penduduk; Status; Tempat Lahir; Tanggal Lahir; Kelamin; "
    "NIK Ayah; Ayah; NIK Ibu; Ibu; Status Kawin; SHDK; Agama; Kecamatan; Desa/Kel; Alamat; RT; RW; "
    "Pendidikan; Pekerjaan; Gol. Darah; Cacat",
    "dtks_ppks": "id_dtks; provinsi; kabupatenkota; kecamatan; desakeluarahan; alamat; dusun; rt; "
    "rw; nomor_kk; nomor_nik; nama; tanggal_lahir; tempat_lahir; jenis_kelamin; nama_ibu_kandung; "
    "hubungan_keluarga; kriteria_ppks; keterangan_disabilitas",
    "regsosek": "id_keluarga; id_individu; nik; nama; tanggal_lahir; jenis_kelamin; kode_desa_bps; "
    "desil_nasional; desil_kabkota; status_bekerja; partisipasi_sekolah; jenis_lantai; "
    "jenis_dinding; sumber_air; sanitasi",
    "pbi_jkn": "nokapst; nik; nama; tgllahir; jk; kddesa; segmen; status; tmt; tat; "
    "alasan_nonaktif",
    "blt_dd": "No; Nama Penerima; NIK; No. KK; Dusun; Pekerjaan; Bulan ke-; Jumlah (Rp); "
    "Tanda Terima",
    "atensi": "no_kasus; nik; nama; tgl_lahir; jk; kategori_ppks; tgl_asesmen; jenis_layanan; "
    "lembaga; status; tgl_terminasi; catatan",
    "pena": "No; NIK; Nama; No KK; JK; Jenis Usaha; Bantuan (Rp); Omzet Awal; Omzet 3 Bulan; "
    "Omzet 6 Bulan; Graduasi (Ya/Tidak); Tgl Salur",
    "pip": "nisn; nik; nama_siswa; nama_ibu; jenjang; kelas; npsn; nama_sekolah; no_sk; tgl_sk; "
    "nominal; status_pencairan; tgl_cair",
    "kia/ibu_hamil.csv": "nik_ibu; nama_ibu; no_kk; tgl_lahir; kode_desa; usia_kehamilan_minggu; "
    "kunjungan_anc; butir_pil_fe; resiko_tinggi; tgl_persalinan; penolong; kondisi_ibu",
    "kia/imunisasi.csv": "nik_anak; nama_anak; nama_ibu; tgl_lahir; jk; kode_desa; vaksin; "
    "tgl_vaksin; tempat_layanan",
    "posbindu": "tgl_kegiatan; lokasi; kode_desa; nik; nama; jk; tgl_lahir; tensi; gula_darah; "
    "imt; skrining_jiwa; rujuk_ke; relawan; lembaga_relawan",
    "rtlh": "No; No KK; NIK; Nama Kepala Keluarga; Alamat; Desa/Kel; Lat; Long; Atap; Lantai; "
    "Dinding; Luas (m2); Penghuni; Sanitasi; Air Minum; Sumber Dana; Nilai Bantuan; Progres (%); "
    "Tgl Selesai; Kondisi Akhir",
    "blk": "angkatan; kejuruan; nik; nama; tgl_lahir; jk; pendidikan; no_hp; tgl_mulai; "
    "tgl_selesai; hadir_persen; lulus; no_sertifikat; status_kerja_awal; status_kerja_3bln; "
    "status_kerja_6bln; gaji_6bln",
    "prakerja": "nik; nama; gelombang; tgl_ditetapkan; pelatihan; saldo_pelatihan; "
    "insentif_dibayar; status; updated_at",
    "slrt": "no_register; tgl; fasilitator; desa; kode_desa; nik; nama; no_kk; jenis; kebutuhan; "
    "program_tujuan; instansi_tujuan; status; tgl_status; alasan",
    "lapor": "tracking_id; tanggal_masuk; kategori; dinas_tujuan; kecamatan_final; status; "
    "isi_laporan_awal; tanggal_tindak_lanjut; tanggal_selesai",
    "ikm": "id_responden; unit_layanan; program; tgl; jk; usia; pendidikan; U1; U2; U3; U4; U5; "
    "U6; U7; U8; U9; saran",
    "sipd": "tahun_anggaran; kode_skpd; nama_skpd; kode_program; nama_program; kode_giat; "
    "kode_sub_giat; nama_sub_giat; kode_akun; nama_akun; nama_dana; nama_lokasi; versi; pagu; "
    "realisasi; bulan",
    "opendk/aki_akb.csv": "desa_id; jumlah_aki; jumlah_akb",
    "opendk/imunisasi.csv": "desa_id; cakupan_imunisasi",
    "opendk/epidemi.csv": "desa_id; penyakit; jumlah_penderita",
    "opendk/putus_sekolah.csv": "desa_id; siswa_sd; anak_usia_sd; siswa_smp; anak_usia_smp; "
    "siswa_sma; anak_usia_sma",
    "opendk/sarana.csv": "desa_id; nama; jumlah; kategori",
    "psks": "nama_psm; jenis; jenis_kelamin; pendidikan_terakhir; nik_no_ktp; alamat_rumah; no_hp; "
    "email; mulai_aktif; legalitas_sertifikat; jenis_diklat; jam_pelatihan; pendampingan; lembaga; "
    "desa; kabupaten_kota",
}
MODULES = (
    assistance,
    dapodik,
    dtsen,
    eppgbm,
    livelihood,
    pkh,
    registers,
    resources,
    sembako,
    services,
    voice,
)
LAYOUTS = {
    f"{layout.program}/{layout.member}" if layout.member else layout.program: layout
    for module in MODULES
    for value in vars(module).values()
    for layout in (value if isinstance(value, tuple) else (value,))
    if isinstance(layout, Layout)
}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """A small district with all programs, no dirt in the cells."""
    home = tmp_path_factory.mktemp("everything")
    rates = Rates.clean().with_(file_empty_rows=0.3, file_repeated_header=0.3, file_bom=0.3)
    return write_district(home, seed=5, people=900, years=1, programs=list(PROGRAMS), rates=rates)


def grid(path: Path, member: str | None, separator: str) -> list[list[object]]:
    """Return all lines of a file as its sender sees them."""
    if path.suffix == ".xlsx":
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        return sheet.to_python(skip_empty_area=False)
    content = path.read_bytes()
    if member:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = archive.read(member)
    text = content.decode("utf-8-sig")
    return [list(row) for row in csv.reader(io.StringIO(text), delimiter=separator)]


def records(path: Path) -> list[dict[str, object]]:
    """Return the records of a JSON, Parquet or SQLite file."""
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    if path.suffix == ".json":
        return json.loads(path.read_text())["data"]
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    with sqlite3.connect(path) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("select * from peserta")]


@pytest.mark.parametrize("key", sorted(EXPECTED))
def test_columns_are_those_of_the_program(key: str, everything: Summary) -> None:
    columns = EXPECTED[key].split("; ")
    program, _, member = key.partition("/")
    files = pd.read_parquet(everything.truth / "files.parquet")
    mine = files[files["program"] == program]
    mine = mine[mine["member"] == member] if member else mine
    assert len(mine) > 0
    for row in mine.itertuples():
        path = everything.landing / program / row.file_name
        if path.suffix in (".csv", ".xlsx", ".zip"):
            separator = LAYOUTS[key].separator if key in LAYOUTS else ","
            lines = grid(path, member or None, separator)
            assert lines[row.header_row - 1] == columns
            data = [line for line in lines[row.header_row :] if any(line) and line != columns]
            assert len(data) == row.rows_count
        else:
            found = records(path)
            assert len(found) == row.rows_count
            assert all(list(record) == columns for record in found)


def test_simfoni_has_64_columns() -> None:
    assert len(livelihood.SIMFONI.columns) == 64


def test_every_person_row_is_in_the_truth(everything: Summary) -> None:
    files = pd.read_parquet(everything.truth / "files.parquet").fillna({"member": ""})
    rows = pd.read_parquet(everything.truth / "rows.parquet").fillna({"member": ""})
    named = rows.drop_duplicates(["file_name", "member", "source_row"])
    count = named.groupby(["file_name", "member"]).size().rename("named").reset_index()
    joined = files.merge(count, on=["file_name", "member"], how="left")
    nobody = {"bps", "ikm", "sipd", "opendk"}
    with_people = joined[~joined["program"].isin(nobody)]
    assert set(with_people["program"]) == set(PROGRAMS) - nobody
    assert (with_people["named"] == with_people["rows_count"]).all()


def test_the_stand_in_server_has_all_cases(everything: Summary) -> None:
    path = everything.landing.parent / "demo_api" / "slrt" / "layanan.jsonl"
    served = [json.loads(line) for line in path.read_text().splitlines()]
    pages = [record for page in (everything.landing / "slrt").iterdir() for record in records(page)]
    assert len(served) == len(pages) > 0
    days = [record["tgl_status"] for record in served]
    assert days == sorted(days)
