"""Registers and targeting: Dukcapil's residents, people in need (DTKS/PPKS) and Regsosek."""

from __future__ import annotations

import numpy as np

from demo.draws import NOTHING, joined, of_days, of_ints, padded, pick, texts, years_between
from demo.exports.common import Office, at_home, same, sexes, soil_person, upper, yearly
from demo.sending import Batch, Layout
from demo.soil import Soil

DUKCAPIL = Layout(
    program="dukcapil",
    extension="xlsx",
    columns=(
        "Nomor KK",
        "NIK",
        "Nama Penduduk",
        "Status",
        "Tempat Lahir",
        "Tanggal Lahir",
        "Kelamin",
        "NIK Ayah",
        "Ayah",
        "NIK Ibu",
        "Ibu",
        "Status Kawin",
        "SHDK",
        "Agama",
        "Kecamatan",
        "Desa/Kel",
        "Alamat",
        "RT",
        "RW",
        "Pendidikan",
        "Pekerjaan",
        "Gol. Darah",
        "Cacat",
    ),
    numbers=frozenset({"Tanggal Lahir", "RT", "RW"}),
    sheet="penduduk",
)


def write_dukcapil(office: Office) -> None:
    """Write the register of residents of every month."""
    district, areas = office.district, office.district.areas
    rng = district.draws("dukcapil")
    blood = pick(rng, ["O", "A", "B", "AB", "-"], [20, 12, 13, 3, 52], district.size)
    lost = rng.random(district.size)
    persons = district.persons
    for month in district.months:
        office.tick("dukcapil", month.index, len(district.months))
        home = district.home(month.index)
        last = district.last_home[month.index].astype(np.int64)
        # The dead and the gone stay in the list for half a year with their status.
        dead = (persons["died"] > month.first - 180) & (home < 0) & (last >= 0)
        gone = (persons["left"] > month.first - 180) & (home < 0) & (last >= 0) & ~dead
        person = np.flatnonzero((home >= 0) | dead | gone)
        place = at_home(district, month.index, person, last[person])
        person = person[place.order]
        size = len(person)
        status = same("Hidup", size)
        status[dead[person]] = "Mati"
        status[gone[person]] = "Pindah"
        status[lost[person] < 0.002] = "Tidak Valid"
        father, mother = persons["father"][person], persons["mother"][person]
        spouse = district.history.spouse[month.index][person]
        age = years_between(district.born[person], month.last)
        married = texts(["BELUM KAWIN", "KAWIN"])[(spouse >= 0).astype(int)]
        married[(spouse < 0) & (age > 45)] = "CERAI MATI"
        relation = district.relation(month.index)[person]
        relation = np.where(relation == NOTHING, texts(["FAMILI LAIN"]), relation)
        cells = {
            "Nomor KK": place.kk,
            "NIK": district.nik_text[person],
            "Nama Penduduk": district.name[person],
            "Status": status,
            "Tempat Lahir": district.birthplace[person],
            "Tanggal Lahir": of_days(district.born[person], "serial"),
            "Kelamin": sexes(district, person, ("Laki-laki", "PEREMPUAN")),
            "NIK Ayah": np.where(father >= 0, district.nik_text[father], NOTHING),
            "Ayah": np.where(father >= 0, district.name[father], NOTHING),
            "NIK Ibu": np.where(mother >= 0, district.nik_text[mother], NOTHING),
            "Ibu": np.where(mother >= 0, district.name[mother], NOTHING),
            "Status Kawin": married,
            "SHDK": relation,
            "Agama": district.religion[person],
            "Kecamatan": upper(areas.district)[place.village],
            "Desa/Kel": upper(areas.name)[place.village],
            "Alamat": place.address,
            "RT": joined(of_ints(place.rt), ".0"),
            "RW": joined(of_ints(place.rw), ".0"),
            "Pendidikan": np.where(age < 18, texts(["BELUM TAMAT SD"]), district.education[person]),
            "Pekerjaan": district.job[person],
            "Gol. Darah": blood[person],
            "Cacat": district.disability[person],
        }
        batch = Batch(
            month.label,
            month.index,
            month.last,
            areas.site[place.village],
            cells,
            {"penduduk": person, "ayah": father, "ibu": mother},
            {"household": place.household, "village": place.village},
        )
        arrived = office.desk.send(DUKCAPIL, batch, _soil_dukcapil)
        office.ledger.tell_dead(month.last, person[arrived & (status == "Mati")])


def _soil_dukcapil(soil: Soil, batch: Batch) -> None:
    person = batch.roles["penduduk"]
    soil_person(
        soil,
        batch,
        person,
        name="Nama Penduduk",
        nik="NIK",
        born="Tanggal Lahir",
        form="serial",
        sex="Kelamin",
        sex_form=("Laki-laki", "PEREMPUAN"),
        address="Alamat",
    )
    for role, name in (("ayah", "Ayah"), ("ibu", "Ibu")):
        soil.name(name, batch.roles[role])
        soil.nik(f"NIK {name}", batch.roles[role])
    soil.kk("Nomor KK", batch.extra["household"], batch.month)
    soil.area(batch.extra["household"], batch.extra["village"], district_column="Kecamatan")
    soil.label("SHDK")


PPKS = Layout(
    program="dtks_ppks",
    extension="xlsx",
    columns=(
        "id_dtks",
        "provinsi",
        "kabupatenkota",
        "kecamatan",
        "desakeluarahan",
        "alamat",
        "dusun",
        "rt",
        "rw",
        "nomor_kk",
        "nomor_nik",
        "nama",
        "tanggal_lahir",
        "tempat_lahir",
        "jenis_kelamin",
        "nama_ibu_kandung",
        "hubungan_keluarga",
        "kriteria_ppks",
        "keterangan_disabilitas",
    ),
    sheet="PPKS",
)


def write_dtks_ppks(office: Office) -> None:
    """Write the yearly list of people in need of social services."""
    district, areas = office.district, office.district.areas
    rng = district.draws("ppks")
    luck = rng.random((3, district.size))
    for index, month in enumerate(yearly(district)):
        office.tick("dtks_ppks", index, len(yearly(district)))
        home = district.home(month.index)
        desil = district.history.desil[month.index][np.maximum(home, 0)]
        age = years_between(district.born, month.last)
        widow = (
            district.female
            & (district.history.spouse[month.index] < 0)
            & (age >= 22)
            & (age < 60)
            & (district.history.head[month.index][np.maximum(home, 0)] == np.arange(district.size))
        )
        poor = desil <= 3
        category = np.select(
            [
                (age < 18) & (age >= 0) & (district.disability != NOTHING),
                district.disability != NOTHING,
                (age >= 60) & poor & (luck[0] < 0.45),
                widow & poor,
                (age < 5) & (age >= 0) & (desil <= 1) & (luck[0] < 0.15),
                (age >= 5) & (age < 18) & (desil <= 1) & (luck[0] < 0.04),
                (age >= 18) & (age < 60) & (desil <= 1) & (luck[0] < 0.03),
            ],
            [1, 2, 3, 4, 5, 6, 7],
            0,
        )
        person = np.flatnonzero((home >= 0) & (category > 0) & (luck[1] < 0.8))
        place = at_home(district, month.index, person, home[person])
        person = person[place.order]
        names = texts(
            [
                "",
                "Anak Dengan Kedisabilitasan",
                "Penyandang Disabilitas",
                "Lanjut Usia Telantar",
                "Perempuan Rawan Sosial Ekonomi",
                "Anak Balita Telantar",
                "Anak Telantar",
                "Gelandangan, Pengemis dan Pemulung".replace(",", ""),
            ]
        )
        criterion = names[category[person]]
        both = luck[2][person]
        # A second category: in the same cell, or on a row of its own.
        in_cell = both < 0.06
        criterion[in_cell] = joined(criterion[in_cell], ",Fakir Miskin")
        again = np.flatnonzero((both > 0.06) & (both < 0.1))
        rows = np.r_[np.arange(len(person)), again]
        second = np.r_[np.zeros(len(person), bool), np.ones(len(again), bool)]
        order = np.argsort(rows, kind="stable")
        rows, second = rows[order], second[order]
        criterion = np.where(second, texts(["Fakir Miskin"]), criterion[rows])
        person, village = person[rows], place.village[rows]
        mother = district.persons["mother"][person]
        relation = district.relation(month.index)[person]
        cells = {
            "id_dtks": joined("DTKS", padded(person * 13 + 1_000, 10)),
            "provinsi": upper(areas.province)[village],
            "kabupatenkota": upper(areas.regency)[village],
            "kecamatan": upper(areas.district)[village],
            "desakeluarahan": upper(areas.name)[village],
            "alamat": place.address[rows],
            "dusun": same("-", len(rows)),
            "rt": padded(place.rt[rows], 3),
            "rw": padded(place.rw[rows], 3),
            "nomor_kk": place.kk[rows],
            "nomor_nik": district.nik_text[person],
            "nama": district.name[person],
            "tanggal_lahir": of_days(district.born[person], "dmy-"),
            "tempat_lahir": district.birthplace[person],
            "jenis_kelamin": sexes(district, person, ("LAKI-LAKI", "PEREMPUAN")),
            "nama_ibu_kandung": np.where(mother >= 0, district.name[mother], NOTHING),
            "hubungan_keluarga": relation,
            "kriteria_ppks": criterion,
            "keterangan_disabilitas": district.disability[person],
        }
        batch = Batch(
            str(month.year),
            month.index,
            month.last,
            areas.site[village],
            cells,
            {"penerima": person},
            {"household": place.household[rows], "village": village},
        )
        office.desk.send(PPKS, batch, _soil_ppks)


def _soil_ppks(soil: Soil, batch: Batch) -> None:
    soil_person(
        soil,
        batch,
        batch.roles["penerima"],
        name="nama",
        nik="nomor_nik",
        born="tanggal_lahir",
        form="dmy-",
        sex="jenis_kelamin",
        sex_form=("LAKI-LAKI", "PEREMPUAN"),
        address="alamat",
    )
    soil.kk("nomor_kk", batch.extra["household"], batch.month)
    soil.area(batch.extra["household"], batch.extra["village"], district_column="kecamatan")


REGSOSEK = Layout(
    program="regsosek",
    extension="parquet",
    columns=(
        "id_keluarga",
        "id_individu",
        "nik",
        "nama",
        "tanggal_lahir",
        "jenis_kelamin",
        "kode_desa_bps",
        "desil_nasional",
        "desil_kabkota",
        "status_bekerja",
        "partisipasi_sekolah",
        "jenis_lantai",
        "jenis_dinding",
        "sumber_air",
        "sanitasi",
    ),
    raw=frozenset({"desil_nasional", "desil_kabkota"}),
)


def write_regsosek(office: Office) -> None:
    """Write the older census, once, as things stood in the first month."""
    district, areas = office.district, office.district.areas
    month = district.months[0]
    rng = district.draws("regsosek")
    home = district.home(0)
    counted = rng.random(int(district.history.desil.shape[1])) < 0.95
    person = np.flatnonzero(home >= 0)
    person = person[counted[home[person]]]
    place = at_home(district, 0, person, home[person])
    person, house = person[place.order], place.household
    desil = district.history.desil[0].astype(np.int64)
    old = np.clip(desil + rng.integers(-2, 3, len(desil)), 1, 10)
    local = np.clip(old + rng.integers(-1, 2, len(desil)), 1, 10)
    luck = rng.random((4, len(desil)))[:, house]
    poor = old[house] <= 3
    age = years_between(district.born[person], month.last)
    term = district.semester(month.year, 1 if month.month <= 6 else 2)[person]
    works = (age >= 18) & (age < 65) & (luck[0] < np.where(district.female[person], 0.45, 0.85))
    cells = {
        "id_keluarga": padded(house + 1, 9),
        "id_individu": padded(person + 1, 10),
        "nik": district.nik_text[person],
        "nama": district.name[person],
        "tanggal_lahir": of_days(district.born[person]),
        "jenis_kelamin": sexes(district, person, ("1", "2")),
        "kode_desa_bps": areas.bps_code[place.village],
        "desil_nasional": of_ints(old[house]),
        "desil_kabkota": of_ints(local[house]),
        "status_bekerja": np.where(
            age < 5, NOTHING, texts(["Tidak bekerja", "Bekerja"])[works.astype(int)]
        ),
        "partisipasi_sekolah": np.where(
            age < 5,
            NOTHING,
            texts(["Tidak bersekolah", "Masih bersekolah"])[(term >= 0).astype(int)],
        ),
        "jenis_lantai": texts(["Keramik", "Semen", "Tanah", "Kayu"])[
            np.where(poor, (luck[1] * 4).astype(int), (luck[1] * 1.6).astype(int))
        ],
        "jenis_dinding": texts(["Tembok", "Kayu/papan", "Bambu"])[
            np.where(poor, (luck[2] * 3).astype(int), (luck[2] * 1.3).astype(int))
        ],
        "sumber_air": texts(["Leding", "Sumur bor", "Sumur tak terlindung"])[
            (luck[3] * np.where(poor, 3, 2)).astype(int)
        ],
        "sanitasi": texts(["Sendiri", "Bersama", "Tidak ada"])[
            (luck[3] * np.where(poor, 3, 1.2)).astype(int)
        ],
    }
    batch = Batch(
        str(month.year),
        0,
        month.last,
        areas.site[place.village],
        cells,
        {"individu": person},
        {"household": house},
    )
    office.desk.send(REGSOSEK, batch, _soil_regsosek)


def _soil_regsosek(soil: Soil, batch: Batch) -> None:
    soil_person(
        soil,
        batch,
        batch.roles["individu"],
        name="nama",
        nik="nik",
        born="tanggal_lahir",
        sex="jenis_kelamin",
        sex_form=("1", "2"),
    )
