"""Other social assistance: health insurance (PBI-JKN), village cash, ATENSI and PENA."""

from __future__ import annotations

import numpy as np

from demo.draws import (
    MONTHS,
    NO_DAY,
    NOTHING,
    Texts,
    generator,
    joined,
    of_days,
    of_ints,
    padded,
    pick,
    texts,
    years_between,
)
from demo.exports.common import Office, at_home, plain, same, sexes, soil_person
from demo.sending import Batch, Layout
from demo.sheets import Literal
from demo.soil import Soil

PBI = Layout(
    program="pbi_jkn",
    extension="csv",
    separator="|",
    columns=(
        "nokapst",
        "nik",
        "nama",
        "tgllahir",
        "jk",
        "kddesa",
        "segmen",
        "status",
        "tmt",
        "tat",
        "alasan_nonaktif",
    ),
)


def write_pbi_jkn(office: Office) -> None:
    """Write the insured of every month; the dead are struck off late."""
    district, areas, ledger = office.district, office.district.areas, office.ledger
    rng = district.draws("pbi")
    luck = rng.random((3, district.history.desil.shape[1]))
    late = rng.integers(20, 400, district.size)
    start = district.months[0].first - rng.integers(100, 1500, district.size)
    for month in district.months:
        office.tick("pbi_jkn", month.index, len(district.months))
        home = district.home(month.index)
        last = district.last_home[month.index].astype(np.int64)
        desil = ledger.listed_at(month.index)
        insured = ((desil <= 5) & (luck[0] < 0.85)) | ((desil <= 8) & (luck[1] < 0.04))
        died = district.persons["died"]
        dead = (home < 0) & (died > month.first - 500) & (last >= 0)
        person = np.flatnonzero(((home >= 0) | dead) & (district.born < month.first - 40))
        person = person[insured[last[person]]]
        place = at_home(district, month.index, person, last[person])
        person = person[place.order]
        struck = dead[person] & (died[person] + late[person] < month.first)
        other = luck[2][place.household] < 0.02
        cells = {
            "nokapst": joined("0009", padded((person + 1) * 7919 % 10**9, 9)),
            "nik": district.nik_text[person],
            "nama": district.name[person],
            "tgllahir": of_days(district.born[person], "dmy-"),
            "jk": sexes(district, person),
            "kddesa": plain(areas.code)[place.village],
            "segmen": texts(["PBI APBN", "PBI APBD"])[other.astype(int)],
            "status": texts(["AKTIF", "NONAKTIF"])[struck.astype(int)],
            "tmt": of_days(np.maximum(start[person], district.born[person] + 30), "dmy-"),
            "tat": np.where(struck, of_days(died[person], "dmy-"), NOTHING),
            "alasan_nonaktif": np.where(struck, texts(["MENINGGAL"]), NOTHING),
        }
        batch = Batch(
            month.label,
            month.index,
            month.last,
            areas.site[place.village],
            cells,
            {"peserta": person},
            {"household": place.household, "village": place.village},
        )
        arrived = office.desk.send(PBI, batch, _soil_pbi)
        ledger.tell_dead(month.last, person[arrived & struck])
        ledger.tell("pbi_jkn", [month.index], batch.sender[arrived])
        paid = arrived & ~struck
        family, by = place.household[paid], batch.sender[paid]
        ledger.pay("pbi_jkn", [month.index], person[paid], family, person[paid], by)


def _soil_pbi(soil: Soil, batch: Batch) -> None:
    soil_person(
        soil,
        batch,
        batch.roles["peserta"],
        name="nama",
        nik="nik",
        born="tgllahir",
        form="dmy-",
        sex="jk",
    )
    soil.area(batch.extra["household"], batch.extra["village"], code_column="kddesa")
    soil.label("status")


BLT_COLUMNS = [
    "No",
    "Nama Penerima",
    "NIK",
    "No. KK",
    "Dusun",
    "Pekerjaan",
    "Bulan ke-",
    "Jumlah (Rp)",
    "Tanda Terima",
]


def _blt_layout(office: Office) -> tuple[Layout, np.ndarray]:
    """Return the layout with one sender per desa, and each village's sender (-1 for none)."""
    areas = office.district.areas
    # Village funds go to desa (2xxx), not to kelurahan (1xxx).
    desa = np.flatnonzero(np.array([code[9] == "2" for code in areas.code]))
    sender = np.full(len(areas.code), -1)
    sender[desa] = np.arange(len(desa))
    codes = tuple(plain(areas.code)[desa].tolist())
    places = dict(zip(codes, desa.tolist(), strict=True))

    def head(batch: Batch, area: str) -> list[list[Literal]]:
        village = places[area]
        name, district_name = str(areas.name[village]), str(areas.district[village])
        return [
            ["DAFTAR PENERIMA BANTUAN LANGSUNG TUNAI (BLT) DANA DESA"],
            [f"DESA {name.upper()} KECAMATAN {district_name.upper()}"],
            [str(areas.regency[village]).upper()],
            [f"TAHUN ANGGARAN {batch.period[:4]}"],
        ]

    layout = Layout(
        program="blt_dd",
        extension="xlsx",
        columns=tuple(BLT_COLUMNS),
        numbers=frozenset({"No", "Jumlah (Rp)"}),
        number_column="No",
        sheet="BLT DD",
        head=head,
        titles=False,
        totals=("Jumlah (Rp)",),
        senders=codes,
    )
    return layout, sender


def write_blt_dd(office: Office) -> None:
    """Write one workbook per desa and month: decile 1 outside PKH, with some inside it."""
    district, ledger = office.district, office.ledger
    layout, sender = _blt_layout(office)
    luck = district.draws("blt").random((2, district.history.desil.shape[1]))
    for month in district.months:
        office.tick("blt_dd", month.index, len(district.months))
        desil = ledger.listed_at(month.index)
        pkh = ledger.enrolled["pkh"][month.index]
        village = district.history.village[month.index]
        carer = ledger.carer(month.index)
        served = (village >= 0) & (carer >= 0) & (sender[np.maximum(village, 0)] >= 0)
        served &= ((desil <= 2) & ~pkh & (luck[0] < 0.7)) | (pkh & (luck[1] < 0.03))
        house = np.flatnonzero(served)
        place = at_home(district, month.index, carer[house], house)
        person = carer[house][place.order]
        rng = generator(district.seed, "blt", month.label)
        signed = rng.random(len(person)) < 0.96
        cells = {
            "No": of_ints(np.arange(len(person))),
            "Nama Penerima": district.name[person],
            "NIK": district.nik_text[person],
            "No. KK": place.kk,
            "Dusun": place.address,
            "Pekerjaan": district.job[person],
            "Bulan ke-": joined(
                same(str(month.month), len(person)), " (", MONTHS[month.month - 1], ")"
            )
            if month.month % 4 == 0
            else same(str(month.month), len(person)),
            "Jumlah (Rp)": same("300000", len(person)),
            "Tanda Terima": np.where(signed, texts(["sudah"]), NOTHING),
        }
        batch = Batch(
            month.label,
            month.index,
            month.last,
            sender[place.village],
            cells,
            {"penerima": person},
            {"household": place.household},
        )
        arrived = office.desk.send(layout, batch, _soil_blt)
        paid = arrived & signed
        ledger.tell("blt_dd", [month.index], batch.sender[arrived])
        family = place.household[paid]
        by = batch.sender[paid]
        ledger.pay("blt_dd", [month.index], person[paid], family, person[paid], by)


def _soil_blt(soil: Soil, batch: Batch) -> None:
    soil_person(soil, batch, batch.roles["penerima"], name="Nama Penerima", nik="NIK")
    soil.kk("No. KK", batch.extra["household"], batch.month)
    soil.amount("Jumlah (Rp)")


ATENSI = Layout(
    program="atensi",
    extension="jsonl",
    columns=(
        "no_kasus",
        "nik",
        "nama",
        "tgl_lahir",
        "jk",
        "kategori_ppks",
        "tgl_asesmen",
        "jenis_layanan",
        "lembaga",
        "status",
        "tgl_terminasi",
        "catatan",
    ),
    raw=frozenset({"jenis_layanan"}),
)
_SERVICES = (
    '["Dukungan pemenuhan hidup layak"]',
    '["Perawatan sosial","Dukungan keluarga"]',
    '["Terapi fisik","Terapi psikososial"]',
    '["Pelatihan vokasional","Pembinaan kewirausahaan"]',
    '["Bantuan sosial","Dukungan aksesibilitas"]',
    "[]",
)


def write_atensi(office: Office) -> None:
    """Write the cases assessed in each month, as a feed dated with its last day."""
    district, areas = office.district, office.district.areas
    for month in district.months:
        office.tick("atensi", month.index, len(district.months))
        rng = generator(district.seed, "atensi", month.label)
        home = district.home(month.index)
        desil = district.history.desil[month.index][np.maximum(home, 0)]
        age = years_between(district.born, month.last)
        weight = (desil <= 3) * 0.0008 + (district.disability != NOTHING) * 0.006
        weight = weight + (age >= 65) * (desil <= 2) * 0.004
        person = np.flatnonzero((home >= 0) & (rng.random(district.size) < weight) & (age >= 0))
        place = at_home(district, month.index, person, home[person])
        person = person[place.order]
        size = len(person)
        assessed = month.first + rng.integers(0, 27, size)
        ended = rng.random(size) < 0.55
        kind = np.select(
            [district.disability[person] != NOTHING, age[person] >= 60, age[person] < 18],
            [0, 1, 2],
            3,
        )
        cells: dict[str, Texts] = {
            "no_kasus": joined("ATN-", month.label, "-", padded(person % 100_000, 5)),
            "nik": district.nik_text[person],
            "nama": district.name[person],
            "tgl_lahir": of_days(district.born[person]),
            "jk": sexes(district, person),
            "kategori_ppks": texts(
                ["Penyandang Disabilitas", "Lanjut Usia", "Anak", "Kelompok Rentan"]
            )[kind],
            "tgl_asesmen": of_days(assessed),
            "jenis_layanan": pick(rng, _SERVICES, [5, 4, 4, 3, 3, 1], size),
            "lembaga": pick(
                rng, ["Sentra Handayani", "Sentra Abiseka", "Sentra Wirajaya"], [1, 1, 1], size
            ),
            "status": texts(["proses", "terminasi"])[ended.astype(int)],
            "tgl_terminasi": of_days(
                np.where(ended, assessed + 30 + rng.integers(0, 120, size), NO_DAY)
            ),
            "catatan": pick(
                rng,
                ["", 'Klien menyebut "tidak ada biaya"', "Perlu kunjungan ulang\nminggu depan"],
                [6, 1, 1],
                size,
            ),
        }
        batch = Batch(
            str(np.datetime64(month.last, "D")),
            month.index,
            month.last,
            areas.site[place.village],
            cells,
            {"klien": person},
        )
        office.desk.send(ATENSI, batch, _soil_atensi)


def _soil_atensi(soil: Soil, batch: Batch) -> None:
    soil_person(
        soil,
        batch,
        batch.roles["klien"],
        name="nama",
        nik="nik",
        born="tgl_lahir",
        sex="jk",
    )
    soil.label("status")


PENA = Layout(
    program="pena",
    extension="xlsx",
    columns=(
        "No",
        "NIK",
        "Nama",
        "No KK",
        "JK",
        "Jenis Usaha",
        "Bantuan (Rp)",
        "Omzet Awal",
        "Omzet 3 Bulan",
        "Omzet 6 Bulan",
        "Graduasi (Ya/Tidak)",
        "Tgl Salur",
    ),
    numbers=frozenset({"No", "Bantuan (Rp)", "Omzet Awal", "Omzet 3 Bulan", "Omzet 6 Bulan"}),
    number_column="No",
    sheet="PENA",
    totals=("Bantuan (Rp)",),
)


def write_pena(office: Office) -> None:
    """Write a batch of new small businesses per half-year."""
    district, areas, ledger = office.district, office.district.areas, office.ledger
    batches = [month for month in district.months if month.month in (6, 12) and month.index >= 5]
    for index, month in enumerate(batches):
        office.tick("pena", index, len(batches))
        rng = generator(district.seed, "pena", month.label)
        desil = ledger.listed_at(month.index)
        carer = ledger.carer(month.index)
        village = district.history.village[month.index]
        chosen = (desil <= 4) & (carer >= 0) & (village >= 0) & (rng.random(len(desil)) < 0.04)
        house = np.flatnonzero(chosen)
        place = at_home(district, month.index, carer[house], house)
        person = carer[house][place.order]
        size = len(person)
        before = rng.integers(6, 30, size) * 50_000
        gain = np.exp(rng.normal(0.15, 0.35, size))
        three = np.round(before * gain / 50_000).astype(np.int64) * 50_000
        six = np.round(three * np.exp(rng.normal(0.08, 0.3, size)) / 50_000).astype(np.int64)
        six = six * 50_000
        cells = {
            "No": of_ints(np.arange(size)),
            "NIK": district.nik_text[person],
            "Nama": district.name[person],
            "No KK": place.kk,
            "JK": sexes(district, person),
            "Jenis Usaha": pick(
                rng,
                ["Warung kelontong", "Kuliner", "Jahit", "Ternak ayam", "Kue basah", "Laundry"],
                [5, 5, 2, 2, 3, 1],
                size,
            ),
            "Bantuan (Rp)": of_ints(rng.integers(4, 13, size) * 500_000),
            "Omzet Awal": of_ints(before),
            "Omzet 3 Bulan": np.where(rng.random(size) < 0.93, of_ints(three), NOTHING),
            "Omzet 6 Bulan": np.where(rng.random(size) < 0.85, of_ints(six), NOTHING),
            "Graduasi (Ya/Tidak)": texts(["Tidak", "Ya"])[(six > before * 1.5).astype(int)],
            "Tgl Salur": of_days(month.first - 150 + rng.integers(0, 40, size), "dmy/"),
        }
        batch = Batch(
            month.label,
            month.index,
            month.last,
            areas.site[place.village],
            cells,
            {"penerima": person},
            {"household": place.household},
        )
        office.desk.send(PENA, batch, _soil_pena)


def _soil_pena(soil: Soil, batch: Batch) -> None:
    soil_person(soil, batch, batch.roles["penerima"], name="Nama", nik="NIK", sex="JK")
    soil.kk("No KK", batch.extra["household"], batch.month)
    for column in ("Bantuan (Rp)", "Omzet Awal", "Omzet 3 Bulan", "Omzet 6 Bulan"):
        soil.amount(column, broken=column == "Bantuan (Rp)")
    soil.label("Graduasi (Ya/Tidak)")
