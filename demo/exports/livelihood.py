"""Housing, work and protection: RTLH, BLK, Prakerja and SIMFONI PPA."""

from __future__ import annotations

import numpy as np

from demo.draws import (
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
from demo.exports.common import (
    Office,
    at_home,
    same,
    sexes,
    soil_person,
    split,
    upper,
    yearly,
)
from demo.exports.eppgbm import decimal
from demo.sending import Batch, Layout
from demo.soil import Soil, back, series

RTLH = Layout(
    program="rtlh",
    extension="xlsx",
    columns=split(
        "No; No KK; NIK; Nama Kepala Keluarga; Alamat; Desa/Kel; Lat; Long; Atap; Lantai; Dinding; "
        "Luas (m2); Penghuni; Sanitasi; Air Minum; Sumber Dana; Nilai Bantuan; Progres (%); "
        "Tgl Selesai; Kondisi Akhir"
    ),
    numbers=frozenset({"No", "Lat", "Long", "Luas (m2)", "Penghuni", "Nilai Bantuan"}),
    number_column="No",
    sheet="RTLH",
)


def write_rtlh(office: Office) -> None:
    """Write each year's repaired houses, before and after on two rows."""
    district, areas, ledger = office.district, office.district.areas, office.ledger
    unfit = district.draws("unfit").random(district.history.desil.shape[1])
    for index, month in enumerate(yearly(district)):
        office.tick("rtlh", index, len(yearly(district)))
        rng = generator(district.seed, "rtlh", month.label)
        desil = ledger.listed_at(month.index)
        head = district.history.head[month.index].astype(np.int64)
        village = district.history.village[month.index]
        draw = rng.random(len(desil))
        chosen = (desil <= 4) & (unfit < 0.35) & (draw < 0.06) & (head >= 0) & (village >= 0)
        house = np.flatnonzero(chosen | ((desil > 6) & (draw < 0.0008) & (head >= 0)))
        house = house[village[house] >= 0]
        place = at_home(district, month.index, head[house], house)
        person, house = head[house][place.order], place.household
        size = len(person)
        home = district.home(month.index)
        people = np.bincount(home[home >= 0], minlength=len(desil))[house]
        done = rng.integers(40, 101, size)
        done[rng.random(size) < 0.7] = 100
        fund = pick(rng, ["BSPS", "RST", "DAK", "APBD", "CSR"], [5, 2, 2, 2, 1], size)
        value = np.where(fund == "BSPS", 20_000_000, 15_000_000)
        lat = areas.latitude[place.village] + (rng.random(size) - 0.5) * 0.012
        long = areas.longitude[place.village] + (rng.random(size) - 0.5) * 0.012
        area = rng.integers(18, 60, size)
        before: dict[str, Texts] = {
            "Atap": pick(rng, ["Rumbia", "Seng rusak", "Genteng rusak"], [2, 5, 3], size),
            "Lantai": pick(rng, ["Tanah", "Kayu", "Semen rusak"], [3, 4, 3], size),
            "Dinding": pick(rng, ["Bambu", "Kayu lapuk", "Seng"], [3, 5, 2], size),
            "Sanitasi": pick(rng, ["Tidak ada", "Bersama"], [5, 3], size),
            "Air Minum": pick(rng, ["Sumur tak terlindung", "Sumur bor"], [4, 3], size),
            "Progres (%)": same("0", size),
            "Tgl Selesai": of_days(np.full(size, NO_DAY)),
            "Kondisi Akhir": same(None, size),
        }
        after: dict[str, Texts] = {
            "Atap": same("Seng", size),
            "Lantai": pick(rng, ["Semen", "Keramik"], [3, 1], size),
            "Dinding": pick(rng, ["Tembok", "Kayu"], [3, 2], size),
            "Sanitasi": same("Sendiri", size),
            "Air Minum": pick(rng, ["Sumur bor", "Leding"], [3, 1], size),
            "Progres (%)": joined(of_ints(done), "%"),
            "Tgl Selesai": of_days(
                np.where(done == 100, month.first - rng.integers(0, 150, size), NO_DAY), "dmy/"
            ),
            "Kondisi Akhir": np.where(done == 100, texts(["LAYAK"]), texts(["BELUM LAYAK"])),
        }
        common = {
            "No": of_ints(np.arange(size)),
            "No KK": place.kk,
            "NIK": district.nik_text[person],
            "Nama Kepala Keluarga": district.name[person],
            "Alamat": place.address,
            "Desa/Kel": upper(areas.name)[place.village],
            "Lat": decimal(np.round(lat * 10_000), 4),
            "Long": decimal(np.round(long * 10_000), 4),
            "Luas (m2)": of_ints(area),
            "Penghuni": of_ints(people),
            "Sumber Dana": fund,
            "Nilai Bantuan": of_ints(value),
        }
        rows = np.repeat(np.arange(size), 2)
        later = np.tile([False, True], size)
        cells = {name: column[rows] for name, column in common.items()}
        cells |= {name: np.where(later, after[name][rows], before[name][rows]) for name in before}
        batch = Batch(
            str(month.year),
            month.index,
            month.last,
            areas.site[place.village][rows],
            cells,
            {"kepala": person[rows]},
            {"household": house[rows]},
        )
        office.desk.send(RTLH, batch, _soil_rtlh)


def _soil_rtlh(soil: Soil, batch: Batch) -> None:
    soil_person(
        soil,
        batch,
        batch.roles["kepala"],
        name="Nama Kepala Keluarga",
        nik="NIK",
        address="Alamat",
    )
    soil.kk("No KK", batch.extra["household"], batch.month)
    soil.amount("Nilai Bantuan")
    soil.label("Sumber Dana")


BLK = Layout(
    program="blk",
    extension="csv",
    separator=";",
    columns=split(
        "angkatan;kejuruan;nik;nama;tgl_lahir;jk;pendidikan;no_hp;tgl_mulai;tgl_selesai;"
        "hadir_persen;lulus;no_sertifikat;status_kerja_awal;status_kerja_3bln;status_kerja_6bln;"
        "gaji_6bln"
    ),
)


def write_blk(office: Office) -> None:
    """Write each quarter's training batch and what became of its trainees."""
    district, areas = office.district, office.district.areas
    drive = district.draws("drive").normal(0, 1, district.size)
    batches = [month for month in district.months if month.month % 3 == 0 and month.index >= 2]
    for index, month in enumerate(batches):
        office.tick("blk", index, len(batches))
        rng = generator(district.seed, "blk", month.label)
        home = district.home(month.index)
        age = years_between(district.born, month.last)
        chosen = (home >= 0) & (age >= 18) & (age < 45) & (rng.random(district.size) < 0.004)
        person = np.flatnonzero(chosen)
        place = at_home(district, month.index, person, home[person])
        person = person[place.order]
        size = len(person)
        start = month.first - 240
        present = np.clip(88 + drive[person] * 8, 30, 100).astype(np.int64)
        passed = (present >= 75) & (rng.random(size) < 0.92)
        works = 0.32 + 0.22 * passed + 0.08 * drive[person]
        three, six = rng.random(size) < works - 0.06, rng.random(size) < works
        at_start = rng.random(size) < 0.2
        wage = np.clip(2_600_000 + drive[person] * 450_000 + passed * 350_000, 900_000, None)
        work = texts(["Belum bekerja", "Bekerja"])
        cells = {
            "angkatan": joined(str(month.year), "-", of_ints(np.full(size, index % 4 + 1))),
            "kejuruan": pick(
                rng,
                ["Menjahit", "Las", "Otomotif", "Komputer", "Tata boga", "Listrik"],
                [4, 2, 3, 4, 3, 2],
                size,
            ),
            "nik": district.nik_text[person],
            "nama": district.name[person],
            "tgl_lahir": of_days(district.born[person], "dmy/"),
            "jk": sexes(district, person),
            "pendidikan": district.education[person],
            "no_hp": district.phone[person],
            "tgl_mulai": of_days(np.full(size, start), "dmy/"),
            "tgl_selesai": of_days(np.full(size, start + 45), "dmy/"),
            "hadir_persen": of_ints(present),
            "lulus": texts(["TIDAK", "YA"])[passed.astype(int)],
            "no_sertifikat": np.where(passed, joined("BLK-", padded(person, 7)), NOTHING),
            "status_kerja_awal": work[at_start.astype(int)],
            "status_kerja_3bln": np.where(rng.random(size) < 0.9, work[three * 1], NOTHING),
            "status_kerja_6bln": np.where(rng.random(size) < 0.8, work[six * 1], NOTHING),
            "gaji_6bln": np.where(
                six, of_ints(np.round(wage / 50_000).astype(np.int64) * 50_000), NOTHING
            ),
        }
        batch = Batch(
            month.quarter,
            month.index,
            month.last,
            areas.site[place.village],
            cells,
            {"peserta": person},
        )
        office.desk.send(BLK, batch, _soil_blk)


def _soil_blk(soil: Soil, batch: Batch) -> None:
    soil_person(
        soil,
        batch,
        batch.roles["peserta"],
        name="nama",
        nik="nik",
        born="tgl_lahir",
        form="dmy/",
        sex="jk",
    )
    soil.amount("gaji_6bln", broken=False)
    soil.label("lulus")


PRAKERJA = Layout(
    program="prakerja",
    extension="sqlite",
    columns=split(
        "nik, nama, gelombang, tgl_ditetapkan, pelatihan, saldo_pelatihan, insentif_dibayar, "
        "status, updated_at",
        ", ",
    ),
    senders=("00",),
)


def write_prakerja(office: Office) -> None:
    """Write the agency's database as a SQLite file with one table, `peserta`."""
    district, desk = office.district, office.desk
    rng = district.draws("prakerja")
    last = district.months[-1]
    age = years_between(district.born, last.first - 500)
    present = (district.history.hh >= 0).any(axis=0)
    person = np.flatnonzero(present & (age >= 18) & (age < 50) & (rng.random(district.size) < 0.05))
    size = len(person)
    month = np.sort(rng.integers(0, len(district.months), size))
    first = np.array([m.first for m in district.months])[month]
    changed = np.minimum(first + rng.integers(5, 300, size), last.last)
    paid = rng.random(size) < 0.85
    cells = {
        "nik": district.nik_text[person],
        "nama": district.name[person],
        "gelombang": of_ints(50 + month),
        "tgl_ditetapkan": of_days(first),
        "pelatihan": pick(
            rng,
            ["Barista", "Digital marketing", "Administrasi", "Menjahit", "Bahasa Inggris"],
            [2, 4, 3, 2, 3],
            size,
        ),
        "saldo_pelatihan": same("3500000", size),
        "insentif_dibayar": np.where(paid, texts(["600000"]), texts(["0"])),
        "status": texts(["dicabut", "selesai"])[paid.astype(int)],
        "updated_at": joined(
            of_days(changed), " ", padded(rng.integers(7, 20, size), 2), ":", padded(person % 60, 2)
        ),
    }
    batch = Batch(
        last.label, last.index, last.last, np.zeros(size, dtype=int), cells, {"peserta": person}
    )
    desk.send(PRAKERJA, batch, _soil_prakerja)


def _soil_prakerja(soil: Soil, batch: Batch) -> None:
    soil_person(soil, batch, batch.roles["peserta"], name="nama", nik="nik")
    soil.label("status")


_PERPETRATOR = ("inisial", "jk", "usia", "pendidikan", "pekerjaan", "hubungan")
SIMFONI = Layout(
    program="simfoni_ppa",
    extension="csv",
    columns=(
        *split(
            "id_kasus, tgl_lapor, tgl_kejadian, kode_kabkota, kecamatan, tempat_kejadian, "
            "inisial_korban, nik_korban, jk_korban, usia_korban, pendidikan_korban, "
            "pekerjaan_korban, status_kawin_korban, disabilitas_korban, kewarganegaraan_korban, "
            "hubungan_pelaku, jumlah_pelaku",
            ", ",
        ),
        *(f"{name}_pelaku_{number}" for name in _PERPETRATOR for number in (1, 2, 3)),
        *split(
            "lembaga_penerima, petugas, cara_pengaduan, pelapor, hubungan_pelapor, "
            "bentuk_tindak_lanjut, rujukan_ke, tgl_rujukan, tgl_layanan_awal, tgl_selesai, "
            "rumah_aman, visum, laporan_polisi, catatan",
            ", ",
        ),
        *(f"jenis_kekerasan_{number}" for number in range(1, 7)),
        *(f"layanan_{number}" for number in range(1, 9)),
        "status_kasus",
    ),
)
_VIOLENCE = (
    "Fisik",
    "psikis",
    "PSIKIS",
    "Seksual",
    "Penelantaran",
    "fisik ",
    "KDRT",
    "Eksploitasi",
)
_HELP = ("Pengaduan", "Kesehatan", "bantuan hukum", "Bantuan Hukum", "Konseling", "Rumah aman")


def write_simfoni_ppa(office: Office) -> None:
    """Write the cases of violence of each month: restricted, few, free spelling."""
    district, areas = office.district, office.district.areas
    for month in district.months:
        office.tick("simfoni_ppa", month.index, len(district.months))
        rng = generator(district.seed, "simfoni", month.label)
        home = district.home(month.index)
        age = years_between(district.born, month.last)
        at_risk = (home >= 0) & (age >= 3) & (district.female | (age < 18))
        person = np.flatnonzero(at_risk & (rng.random(district.size) < 0.0012))
        place = at_home(district, month.index, person, home[person])
        person = person[place.order]
        size = len(person)
        reported = month.first + rng.integers(0, 27, size)
        count = 1 + (rng.random(size) < 0.12)
        initials = back(series(district.name[person]).str[:1] + ".")
        kinds = [pick(rng, _VIOLENCE, [4, 2, 1, 3, 2, 1, 2, 1], size) for _ in range(6)]
        helps = [pick(rng, _HELP, [4, 3, 2, 2, 2, 1], size) for _ in range(8)]
        number_of_kinds = 1 + rng.integers(0, 3, size)
        number_of_helps = 1 + rng.integers(0, 4, size)
        closed = rng.random(size) < 0.5
        cells: dict[str, Texts] = {name: same(None, size) for name in SIMFONI.columns}
        cells |= {
            "id_kasus": joined("PPA", month.label, padded(person % 10_000, 4)),
            "tgl_lapor": of_days(reported, "dmy/"),
            "tgl_kejadian": of_days(reported - rng.integers(0, 90, size), "dmy/"),
            "kode_kabkota": texts(["31.74", "14.71", "73.03"])[areas.site[place.village]],
            "kecamatan": areas.district[place.village],
            "tempat_kejadian": pick(
                rng, ["Rumah", "Sekolah", "Tempat umum", "Lainnya"], [6, 2, 1, 1], size
            ),
            "inisial_korban": initials,
            "nik_korban": np.where(rng.random(size) < 0.7, district.nik_text[person], NOTHING),
            "jk_korban": sexes(district, person),
            "usia_korban": of_ints(age[person]),
            "kewarganegaraan_korban": same("WNI", size),
            "disabilitas_korban": np.where(
                district.disability[person] != NOTHING, texts(["Ya"]), texts(["Tidak"])
            ),
            "hubungan_pelaku": pick(
                rng, ["Suami", "Orang tua", "Pacar", "Tetangga", "Lainnya"], [4, 2, 2, 2, 1], size
            ),
            "jumlah_pelaku": of_ints(count),
            "inisial_pelaku_1": pick(rng, ["A.", "B.", "S.", "M."], [1, 1, 1, 1], size),
            "jk_pelaku_1": pick(rng, ["L", "P"], [9, 1], size),
            "usia_pelaku_1": of_ints(rng.integers(17, 60, size)),
            "inisial_pelaku_2": np.where(count > 1, texts(["X."]), NOTHING),
            "lembaga_penerima": same("UPTD PPA", size),
            "cara_pengaduan": pick(rng, ["Datang langsung", "Telepon", "Rujukan"], [5, 2, 2], size),
            "tgl_layanan_awal": of_days(reported + rng.integers(0, 9, size), "dmy/"),
            "tgl_selesai": of_days(
                np.where(closed, reported + rng.integers(20, 150, size), NO_DAY), "dmy/"
            ),
            "catatan": pick(
                rng,
                ["", 'Korban menyatakan "takut pulang"', "Pendampingan lanjut"],
                [5, 1, 2],
                size,
            ),
            "status_kasus": texts(["Proses", "Selesai"])[closed.astype(int)],
        }
        for index, kind in enumerate(kinds):
            cells[f"jenis_kekerasan_{index + 1}"] = np.where(index < number_of_kinds, kind, NOTHING)
        for index, service in enumerate(helps):
            cells[f"layanan_{index + 1}"] = np.where(index < number_of_helps, service, NOTHING)
        batch = Batch(
            month.label,
            month.index,
            month.last,
            areas.site[place.village],
            cells,
            {"korban": person},
            {"household": place.household, "village": place.village},
        )
        office.desk.send(SIMFONI, batch, _soil_simfoni)


def _soil_simfoni(soil: Soil, batch: Batch) -> None:
    soil_person(soil, batch, batch.roles["korban"], nik="nik_korban", sex="jk_korban")
    soil.area(
        batch.extra["household"],
        batch.extra["village"],
        district_column="kecamatan",
        upper=False,
    )
