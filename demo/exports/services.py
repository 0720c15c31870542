"""School money and health services: PIP, mother and child care (KIA), Posbindu."""

from __future__ import annotations

import numpy as np

from demo.draws import (
    NO_DAY,
    NOTHING,
    generator,
    joined,
    months_between,
    of_days,
    of_ints,
    padded,
    pick,
    texts,
    years_between,
)
from demo.exports.common import Office, at_home, plain, same, sexes, soil_person, yearly
from demo.exports.dapodik import nisn, schools
from demo.register import Month
from demo.sending import Batch, Layout
from demo.soil import Soil

PIP = Layout(
    program="pip",
    extension="csv",
    columns=(
        "nisn",
        "nik",
        "nama_siswa",
        "nama_ibu",
        "jenjang",
        "kelas",
        "npsn",
        "nama_sekolah",
        "no_sk",
        "tgl_sk",
        "nominal",
        "status_pencairan",
        "tgl_cair",
    ),
    totals=("nominal",),
)


def write_pip(office: Office) -> None:
    """Write each year's scholarships, in three decrees (SK)."""
    district, areas, ledger = office.district, office.district.areas, office.ledger
    numbers = nisn(district)
    for index, month in enumerate(yearly(district)):
        office.tick("pip", index, len(yearly(district)))
        rng = generator(district.seed, "pip", month.label)
        term = district.semester(month.year, 2)
        home = district.home(month.index)
        desil = ledger.listed_at(month.index)[np.maximum(home, 0)]
        pkh = ledger.enrolled["pkh"][month.index][np.maximum(home, 0)]
        draw = rng.random(district.size)
        chosen = ((desil <= 4) & (draw < 0.6)) | (pkh & (draw < 0.8)) | (draw < 0.015)
        person = np.flatnonzero((home >= 0) & (term >= 0) & chosen)
        place = at_home(district, month.index, person, home[person])
        person = person[place.order]
        size = len(person)
        grade = term[person] // 2 + 1
        level = np.clip((grade > 6) * 1 + (grade > 9) * 1, 0, 2)
        amount = np.array([450_000, 750_000, 1_800_000])[level]
        amount = np.where(np.isin(grade, [6, 9, 12]), amount // 2, amount)
        decree = rng.integers(0, 3, size)
        decided = district.months[max(month.index - 8, 0)].first + decree * 75
        paid = rng.random(size) < 0.9
        mother = district.persons["mother"][person]
        cells = {
            "nisn": numbers[person],
            "nik": district.nik_text[person],
            "nama_siswa": district.name[person],
            "nama_ibu": np.where(mother >= 0, district.name[mother], NOTHING),
            "jenjang": texts(["SD", "SMP", "SMA"])[level],
            "kelas": of_ints(grade),
            "npsn": padded(place.village * 40 + level * 10 + 69_900_000, 8),
            "nama_sekolah": schools(district, grade, place.village),
            "no_sk": joined("SK/", of_ints(decree + 1), "/PIP/", str(month.year)),
            "tgl_sk": of_days(decided),
            "nominal": of_ints(amount),
            "status_pencairan": texts(["BELUM CAIR", "SUDAH CAIR"])[paid.astype(int)],
            "tgl_cair": of_days(np.where(paid, decided + rng.integers(10, 70, size), NO_DAY)),
        }
        batch = Batch(
            str(month.year),
            month.index,
            month.last,
            areas.site[place.village],
            cells,
            {"siswa": person},
        )
        office.desk.send(PIP, batch, _soil_pip)


def _soil_pip(soil: Soil, batch: Batch) -> None:
    soil_person(soil, batch, batch.roles["siswa"], name="nama_siswa", nik="nik")
    soil.amount("nominal")
    soil.label("status_pencairan", missing=False)


PREGNANT = Layout(
    program="kia",
    extension="zip",
    member="ibu_hamil.csv",
    columns=(
        "nik_ibu",
        "nama_ibu",
        "no_kk",
        "tgl_lahir",
        "kode_desa",
        "usia_kehamilan_minggu",
        "kunjungan_anc",
        "butir_pil_fe",
        "resiko_tinggi",
        "tgl_persalinan",
        "penolong",
        "kondisi_ibu",
    ),
)
IMMUNISATION = Layout(
    program="kia",
    extension="zip",
    member="imunisasi.csv",
    columns=(
        "nik_anak",
        "nama_anak",
        "nama_ibu",
        "tgl_lahir",
        "jk",
        "kode_desa",
        "vaksin",
        "tgl_vaksin",
        "tempat_layanan",
    ),
)
_VACCINES = (
    (0, "HB0"),
    (1, "BCG"),
    (2, "DPT-HB-Hib 1"),
    (3, "DPT-HB-Hib 2"),
    (4, "DPT-HB-Hib 3"),
    (9, "Campak Rubella"),
    (18, "DPT-HB-Hib lanjutan"),
)


def write_kia(office: Office) -> None:
    """Write pregnant women and vaccinations of every month: two CSVs in one zip."""
    district = office.district
    for month in district.months:
        office.tick("kia", month.index, len(district.months))
        office.desk.send(PREGNANT, _pregnant(office, month), _soil_pregnant)
        office.desk.send(IMMUNISATION, _vaccinated(office, month), _soil_vaccinated)
        office.desk.seal()


def _pregnant(office: Office, month: Month) -> Batch:
    district, areas = office.district, office.district.areas
    rng = generator(district.seed, "kia", month.label)
    comes = district.draws("kia comes").random(district.size)
    home = district.home(month.index)
    due = district.history.due[month.index].astype(np.int64)
    # Who gave birth this month is no longer pregnant at its end.
    born = np.zeros(district.size, dtype=bool)
    this_month = (district.born >= month.first) & (district.born <= month.last)
    mothers = district.persons["mother"][this_month & (district.persons["birth_village"] >= 0)]
    born[mothers[mothers >= 0]] = True
    person = np.flatnonzero((home >= 0) & ((due > month.index) | born) & (comes < 0.9))
    place = at_home(district, month.index, person, home[person])
    person = person[place.order]
    size = len(person)
    weeks = np.where(born[person], 39, 40 - (due[person] - month.index) * 4.3).astype(np.int64)
    weeks = np.clip(weeks + rng.integers(-1, 2, size), 4, 41)
    delivered = np.full(district.size, NO_DAY, dtype=np.int64)
    children = np.flatnonzero(this_month & (district.persons["mother"] >= 0))
    delivered[district.persons["mother"][children]] = district.born[children]
    on = np.where(born[person], delivered[person], NO_DAY)
    age = years_between(district.born[person], month.last)
    cells = {
        "nik_ibu": district.nik_text[person],
        "nama_ibu": district.name[person],
        "no_kk": place.kk,
        "tgl_lahir": of_days(district.born[person]),
        "kode_desa": plain(areas.code)[place.village],
        "usia_kehamilan_minggu": of_ints(weeks),
        "kunjungan_anc": of_ints(np.clip(weeks // 6 - (comes[person] > 0.6), 0, 7)),
        "butir_pil_fe": of_ints(np.clip(weeks * 2 + rng.integers(-10, 11, size), 0, 90)),
        "resiko_tinggi": texts(["TIDAK", "YA"])[((age < 20) | (age > 35)).astype(int)],
        "tgl_persalinan": of_days(on),
        "penolong": np.where(
            born[person], pick(rng, ["BIDAN", "DOKTER", "DUKUN"], [80, 17, 3], size), NOTHING
        ),
        "kondisi_ibu": np.where(born[person], same("SEHAT", size), NOTHING),
    }
    return Batch(
        month.label,
        month.index,
        month.last,
        areas.site[place.village],
        cells,
        {"ibu": person},
        {"household": place.household, "village": place.village},
    )


def _vaccinated(office: Office, month: Month) -> Batch:
    district, areas = office.district, office.district.areas
    rng = generator(district.seed, "imunisasi", month.label)
    comes = district.draws("imunisasi comes").random(district.size)
    home = district.home(month.index)
    age = months_between(district.born, month.last)
    vaccine = np.full(district.size, -1)
    for index, (due, _) in enumerate(_VACCINES):
        vaccine[age == due] = index
    person = np.flatnonzero((home >= 0) & (vaccine >= 0) & (comes < 0.88))
    place = at_home(district, month.index, person, home[person])
    person = person[place.order]
    size = len(person)
    mother = district.persons["mother"][person]
    given = np.maximum(month.first + rng.integers(0, 28, size), district.born[person])
    # Villages off the road are reached by the mobile unit.
    far = place.village % 4 == 0
    cells = {
        "nik_anak": np.where(age[person] < 2, NOTHING, district.nik_text[person]),
        "nama_anak": district.name[person],
        "nama_ibu": np.where(mother >= 0, district.name[mother], NOTHING),
        "tgl_lahir": of_days(district.born[person]),
        "jk": sexes(district, person),
        "kode_desa": plain(areas.code)[place.village],
        "vaksin": texts([name for _, name in _VACCINES])[vaccine[person]],
        "tgl_vaksin": of_days(given),
        "tempat_layanan": np.where(
            far & (rng.random(size) < 0.7),
            texts(["PUSLING"]),
            pick(rng, ["POSYANDU", "PUSKESMAS"], [3, 1], size),
        ),
    }
    return Batch(
        month.label,
        month.index,
        month.last,
        areas.site[place.village],
        cells,
        {"anak": person},
        {"household": place.household, "village": place.village, "on": given},
    )


def _soil_pregnant(soil: Soil, batch: Batch) -> None:
    soil_person(soil, batch, batch.roles["ibu"], name="nama_ibu", nik="nik_ibu", born="tgl_lahir")
    soil.kk("no_kk", batch.extra["household"], batch.month)
    soil.area(batch.extra["household"], batch.extra["village"], code_column="kode_desa")
    soil.label("resiko_tinggi")


def _soil_vaccinated(soil: Soil, batch: Batch) -> None:
    soil_person(
        soil,
        batch,
        batch.roles["anak"],
        name="nama_anak",
        nik="nik_anak",
        born="tgl_lahir",
        sex="jk",
    )
    soil.area(batch.extra["household"], batch.extra["village"], code_column="kode_desa")
    soil.date("tgl_vaksin", batch.extra["on"], "iso", partial=False)


POSBINDU = Layout(
    program="posbindu",
    extension="csv",
    columns=(
        "tgl_kegiatan",
        "lokasi",
        "kode_desa",
        "nik",
        "nama",
        "jk",
        "tgl_lahir",
        "tensi",
        "gula_darah",
        "imt",
        "skrining_jiwa",
        "rujuk_ke",
        "relawan",
        "lembaga_relawan",
    ),
)
_VOLUNTEERS = ("BEM Univ. Riau", "PMI Bantaeng", "Karang Taruna RW 05", "HMI Jakarta Selatan")


def write_posbindu(office: Office) -> None:
    """Write one day of health checks per month."""
    district, areas = office.district, office.district.areas
    body = district.draws("posbindu").normal(0, 1, (2, district.size))
    for month in district.months:
        office.tick("posbindu", month.index, len(district.months))
        rng = generator(district.seed, "posbindu", month.label)
        day = month.first + 11
        home = district.home(month.index)
        age = years_between(district.born, day)
        chance = np.where(age >= 45, 0.05, 0.015)
        # One village in three has its turn.
        turn = district.history.village[month.index][np.maximum(home, 0)] % 3 == month.index % 3
        person = np.flatnonzero(
            (home >= 0) & (age >= 15) & turn & (rng.random(district.size) < chance)
        )
        place = at_home(district, month.index, person, home[person])
        person = person[place.order]
        size = len(person)
        years = age[person]
        upper_mm = np.clip(105 + years * 0.55 + body[0][person] * 11, 90, 220).astype(np.int64)
        sugar = np.clip(85 + years * 0.7 + body[1][person] * 26, 65, 380).astype(np.int64)
        index = np.clip(22.5 + body[0][person] * 3.2, 14, 42)
        mind = rng.random(size) < 0.06
        refer = (upper_mm > 160) | (sugar > 200) | mind
        cells = {
            "tgl_kegiatan": of_days(np.full(size, day)),
            "lokasi": joined("Balai RW ", of_ints(place.rw)),
            "kode_desa": plain(areas.code)[place.village],
            "nik": district.nik_text[person],
            "nama": district.name[person],
            "jk": sexes(district, person),
            "tgl_lahir": of_days(district.born[person]),
            "tensi": joined(of_ints(upper_mm), "/", of_ints(upper_mm * 62 // 100)),
            "gula_darah": of_ints(sugar),
            "imt": joined(
                of_ints(index.astype(np.int64)), ".", of_ints((index * 10).astype(np.int64) % 10)
            ),
            "skrining_jiwa": texts(["NORMAL", "PERLU TINDAK LANJUT"])[mind.astype(int)],
            "rujuk_ke": np.where(refer, texts(["PUSKESMAS"]), NOTHING),
            "relawan": joined("Relawan ", of_ints(person % 9 + 1)),
            "lembaga_relawan": texts(_VOLUNTEERS)[place.village % len(_VOLUNTEERS)],
        }
        batch = Batch(
            str(np.datetime64(day, "D")),
            month.index,
            day,
            areas.site[place.village],
            cells,
            {"peserta": person},
            {"household": place.household, "village": place.village},
        )
        office.desk.send(POSBINDU, batch, _soil_posbindu)


def _soil_posbindu(soil: Soil, batch: Batch) -> None:
    soil_person(
        soil,
        batch,
        batch.roles["peserta"],
        name="nama",
        nik="nik",
        born="tgl_lahir",
        sex="jk",
    )
    soil.area(batch.extra["household"], batch.extra["village"], code_column="kode_desa")
    soil.decimal("imt")
