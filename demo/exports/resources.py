"""Money and resources: budgets (SIPD), district indicators (OpenDK) and volunteers (PSKS)."""

from __future__ import annotations

import numpy as np

from demo.draws import (
    Ints,
    Texts,
    generator,
    joined,
    months_between,
    of_ints,
    padded,
    pick,
    texts,
    years_between,
)
from demo.exports.common import Office, at_home, same, sexes, soil_person, split, upper, yearly
from demo.register import Month
from demo.sending import Batch, Layout
from demo.soil import Soil, back, per_value, series

SIPD = Layout(
    program="sipd",
    extension="xlsx",
    columns=split(
        "tahun_anggaran; kode_skpd; nama_skpd; kode_program; nama_program; kode_giat; "
        "kode_sub_giat; nama_sub_giat; kode_akun; nama_akun; nama_dana; nama_lokasi; versi; pagu; "
        "realisasi; bulan"
    ),
    sheet="Anggaran",
)
_ACTIVITIES = (
    (
        "1.06.0.00",
        "DINAS SOSIAL",
        "1.06.05",
        "PERLINDUNGAN DAN JAMINAN SOSIAL",
        "Penyaluran sembako",
    ),
    ("1.06.0.00", "DINAS SOSIAL", "1.06.05", "PERLINDUNGAN DAN JAMINAN SOSIAL", "Pendampingan PKH"),
    ("1.06.0.00", "DINAS SOSIAL", "1.06.04", "REHABILITASI SOSIAL", "Layanan ATENSI"),
    ("1.02.0.00", "DINAS KESEHATAN", "1.02.02", "UPAYA KESEHATAN", "Pemberian makanan tambahan"),
    ("1.02.0.00", "DINAS KESEHATAN", "1.02.02", "UPAYA KESEHATAN", "Puskesmas keliling"),
    ("1.01.0.00", "DINAS PENDIDIKAN", "1.01.02", "PENGELOLAAN PENDIDIKAN", "Beasiswa daerah"),
    ("1.04.0.00", "DINAS PERUMAHAN", "1.04.03", "PERUMAHAN", "Perbaikan rumah tidak layak huni"),
    (
        "2.07.0.00",
        "DINAS TENAGA KERJA",
        "2.07.03",
        "PELATIHAN KERJA",
        "Pelatihan berbasis kompetensi",
    ),
)


def _village_people(office: Office, month: Month) -> Ints:
    """Return the number of people per village in a month."""
    district = office.district
    home = district.home(month.index)
    village = district.history.village[month.index][home[home >= 0]]
    return np.bincount(village, minlength=len(district.areas.code))


def write_sipd(office: Office) -> None:
    """Write budgets and spending to date of every month, per activity and village."""
    district, areas = office.district, office.district.areas
    villages, activities = len(areas.code), len(_ACTIVITIES)
    village = np.repeat(np.arange(villages), activities)
    activity = np.tile(np.arange(activities), villages)
    columns = list(zip(*_ACTIVITIES, strict=True))
    stable = district.draws("sipd").random((3, len(village)))
    for month in district.months:
        office.tick("sipd", month.index, len(district.months))
        rng = generator(district.seed, "sipd", month.label)
        people = _village_people(office, month)[village]
        # Some villages get less per head than others: that is for the analysis to find.
        pagu = np.round(people * 24_000 * (0.5 + stable[0]) * (1 - 0.4 * (village % 4 == 0)))
        pagu = np.maximum(pagu.astype(np.int64), 500) * 100
        share = np.clip(month.month / 12 * (0.62 + 0.4 * stable[1]) + rng.normal(0, 0.02), 0, 1.02)
        spent = (pagu * share).astype(np.int64)
        version = ("murni", "pergeseran", "perubahan")[(month.month > 4) + (month.month > 9) * 1]
        fund = np.searchsorted([0.5, 0.8, 0.93, 0.97], stable[2])
        size = len(village)

        def of(index: int) -> Texts:
            return texts(list(columns[index]))[activity]

        cells = {
            "tahun_anggaran": same(str(month.year), size),
            "kode_skpd": of(0),
            "nama_skpd": of(1),
            "kode_program": of(2),
            "nama_program": of(3),
            "kode_giat": joined(of(2), ".2.01"),
            "kode_sub_giat": joined(of(2), ".2.01.", padded(activity + 10, 2)),
            "nama_sub_giat": of(4),
            "kode_akun": same("5.1.02.01.01.0010", size),
            "nama_akun": same("Belanja Barang dan Jasa", size),
            "nama_dana": texts(["APBD", "APBN", "DAK", "CSR", "DONOR"])[fund],
            "nama_lokasi": joined(upper(areas.name)[village], ", ", upper(areas.district)[village]),
            "versi": same(version, size),
            "pagu": _money(pagu),
            "realisasi": _money(spent),
            "bulan": same(str(month.month), size),
        }
        batch = Batch(month.label, month.index, month.last, areas.site[village], cells, {})
        office.desk.send(SIPD, batch, _soil_sipd)


def _money(values: Ints) -> Texts:
    """Return amounts as the system exports them: text with dots and two decimals."""
    return per_value(lambda text: f"{int(text):,}".replace(",", ".") + ",00")(
        np.arange(len(values)), of_ints(values), np.zeros(len(values))
    )


def _soil_sipd(soil: Soil, batch: Batch) -> None:
    soil.amount("realisasi")
    soil.label("nama_dana")
    soil.label("versi", missing=False)


def _opendk(member: str, names: str) -> Layout:
    return Layout(
        program="opendk",
        extension="zip",
        member=member,
        columns=split(names),
        encoding="utf-8-sig",
        titles=False,
    )


OPENDK = (
    _opendk("aki_akb.csv", "desa_id,jumlah_aki,jumlah_akb"),
    _opendk("imunisasi.csv", "desa_id,cakupan_imunisasi"),
    _opendk("epidemi.csv", "desa_id,penyakit,jumlah_penderita"),
    _opendk(
        "putus_sekolah.csv",
        "desa_id,siswa_sd,anak_usia_sd,siswa_smp,anak_usia_smp,siswa_sma,anak_usia_sma",
    ),
    _opendk("sarana.csv", "desa_id,nama,jumlah,kategori"),
)


def write_opendk(office: Office) -> None:
    """Write five indicator tables per month, in one zip per sender."""
    district, areas = office.district, office.district.areas
    villages = len(areas.code)
    for month in district.months:
        office.tick("opendk", month.index, len(district.months))
        rng = generator(district.seed, "opendk", month.label)
        home = district.home(month.index)
        where = np.where(home >= 0, district.history.village[month.index][home], -1)
        age = years_between(district.born, month.last)
        term = district.semester(month.year, 1 if month.month <= 6 else 2)

        def count(chosen: np.ndarray, where: np.ndarray = where) -> Ints:
            inside = where[chosen & (where >= 0)]
            return np.bincount(inside, minlength=villages)

        last = district.last_home[month.index].astype(np.int64)
        there = np.where(last >= 0, district.history.village[month.index][last], -1)
        died = district.persons["died"]
        infants = (died >= month.first) & (died <= month.last) & (died - district.born < 365)
        due = months_between(district.born, month.last) == 10
        pupils = [
            count((term >= low) & (term < high)) for low, high in ((0, 12), (12, 18), (18, 24))
        ]
        of_age = [
            count((age >= low) & (age <= high)) for low, high in ((7, 12), (13, 15), (16, 18))
        ]
        code = areas.code
        tables: list[tuple[np.ndarray, dict[str, Texts]]] = [
            (
                np.arange(villages),
                {
                    "desa_id": code,
                    "jumlah_aki": of_ints((rng.random(villages) < 0.002).astype(np.int64)),
                    "jumlah_akb": of_ints(count(infants, there)),
                },
            ),
            (
                np.arange(villages),
                {
                    "desa_id": code,
                    "cakupan_imunisasi": of_ints(
                        np.clip(82 + rng.normal(0, 6, villages) + (count(due) > 0), 40, 100).astype(
                            np.int64
                        )
                    ),
                },
            ),
        ]
        illness = np.repeat(np.arange(villages), 3)
        tables.append(
            (
                illness,
                {
                    "desa_id": code[illness],
                    "penyakit": texts(["DBD", "Diare", "ISPA"])[np.tile(np.arange(3), villages)],
                    "jumlah_penderita": of_ints(rng.poisson(count(age >= 0)[illness] * 0.004)),
                },
            )
        )
        tables.append(
            (
                np.arange(villages),
                {
                    "desa_id": code,
                    "siswa_sd": of_ints(pupils[0]),
                    "anak_usia_sd": of_ints(of_age[0]),
                    "siswa_smp": of_ints(pupils[1]),
                    "anak_usia_smp": of_ints(of_age[1]),
                    "siswa_sma": of_ints(pupils[2]),
                    "anak_usia_sma": of_ints(of_age[2]),
                },
            )
        )
        tables.append(
            (
                illness,
                {
                    "desa_id": code[illness],
                    "nama": texts(["Posyandu", "SD Negeri", "Puskesmas pembantu"])[
                        np.tile(np.arange(3), villages)
                    ],
                    "jumlah": of_ints(1 + illness % 3),
                    "kategori": texts(["kesehatan", "pendidikan", "kesehatan"])[
                        np.tile(np.arange(3), villages)
                    ],
                },
            )
        )
        for layout, (village, cells) in zip(OPENDK, tables, strict=True):
            batch = Batch(
                month.label,
                month.index,
                month.last,
                areas.site[village],
                cells,
                {},
                {"village": village},
            )
            office.desk.send(layout, batch, _soil_opendk)
        office.desk.seal()


def _soil_opendk(soil: Soil, batch: Batch) -> None:
    village = batch.extra["village"]
    soil.area(village, village, code_column="desa_id", dotted=True)


PSKS = Layout(
    program="psks",
    extension="xlsx",
    columns=split(
        "nama_psm; jenis; jenis_kelamin; pendidikan_terakhir; nik_no_ktp; alamat_rumah; no_hp; "
        "email; mulai_aktif; legalitas_sertifikat; jenis_diklat; jam_pelatihan; pendampingan; "
        "lembaga; desa; kabupaten_kota"
    ),
    sheet="PSKS",
)


def write_psks(office: Office) -> None:
    """Write each year's volunteers and community resources."""
    district, areas = office.district, office.district.areas
    keen = district.draws("psks").random(district.size)
    for index, month in enumerate(yearly(district)):
        office.tick("psks", index, len(yearly(district)))
        rng = generator(district.seed, "psks", month.label)
        home = district.home(month.index)
        age = years_between(district.born, month.last)
        person = np.flatnonzero((home >= 0) & (age >= 20) & (age < 65) & (keen < 0.008))
        place = at_home(district, month.index, person, home[person])
        person = person[place.order]
        size = len(person)
        kind = (keen[person] * 125 * 5).astype(int).clip(0, 4)
        started = np.maximum(2008 + (keen[person] * 125 * 97).astype(int) % 17, 2008)
        hours = (keen[person] * 125 * 31).astype(int) % 6 * 8
        cells = {
            "nama_psm": district.name[person],
            "jenis": texts(["PSM", "TKSK", "LKS", "Karang Taruna", "Mitra"])[kind],
            "jenis_kelamin": sexes(district, person, ("Laki-laki", "PEREMPUAN")),
            "pendidikan_terakhir": district.education[person],
            "nik_no_ktp": district.nik_text[person],
            "alamat_rumah": place.address,
            "no_hp": district.phone[person],
            "email": joined("psm", of_ints(person), "@example.id"),
            "mulai_aktif": of_ints(np.minimum(started, month.year)),
            "legalitas_sertifikat": texts(["Tidak ada", "Ada"])[(hours > 0) * 1],
            "jenis_diklat": np.where(hours > 0, texts(["Diklat dasar"]), texts(["-"])),
            "jam_pelatihan": of_ints(hours),
            "pendampingan": pick(
                rng, ["PKH", "Lansia", "Disabilitas", "Bencana"], [3, 2, 2, 1], size
            ),
            "lembaga": joined("LKS ", back(series(areas.name[place.village]).str.title())),
            "desa": upper(areas.name)[place.village],
            "kabupaten_kota": areas.regency[place.village],
        }
        batch = Batch(
            str(month.year),
            month.index,
            month.last,
            areas.site[place.village],
            cells,
            {"relawan": person},
        )
        office.desk.send(PSKS, batch, _soil_psks)


def _soil_psks(soil: Soil, batch: Batch) -> None:
    soil_person(
        soil,
        batch,
        batch.roles["relawan"],
        name="nama_psm",
        nik="nik_no_ktp",
        sex="jenis_kelamin",
        sex_form=("Laki-laki", "PEREMPUAN"),
        address="alamat_rumah",
    )
