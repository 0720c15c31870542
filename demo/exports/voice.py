"""One-stop service and voice: SLRT, complaints (SP4N-LAPOR) and the satisfaction survey (IKM)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo.draws import (
    NO_DAY,
    NOTHING,
    Ints,
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
from demo.exports.common import Office, at_home, plain, soil_person, split
from demo.register import Month
from demo.sending import Batch, Layout
from demo.soil import UNKNOWN, Option, Soil, back, one_of, series
from demo.tables import json_records

SLRT = Layout(
    program="slrt",
    extension="json",
    columns=split(
        "no_register,tgl,fasilitator,desa,kode_desa,nik,nama,no_kk,jenis,kebutuhan,program_tujuan,"
        "instansi_tujuan,status,tgl_status,alasan"
    ),
    raw=frozenset({"kebutuhan"}),
)
_NEEDS = (
    '["bantuan pangan"]',
    '["PKH","bantuan pangan"]',
    '["KIS/PBI-JKN"]',
    '["KIP","seragam"]',
    '["alat bantu disabilitas"]',
    "[]",
)
_TARGETS = ("sembako", "pkh", "pbi_jkn", "pip", "atensi", "rtlh")
_OFFICES = ("Dinas Sosial", "Dinas Sosial", "BPJS Kesehatan", "Dinas Pendidikan", "Sentra", "PUPR")


def write_slrt(office: Office) -> None:
    """Write each month's cases as one page, and all of them for a server that stands in.

    The server's records are `home/demo_api/slrt/layanan.jsonl`, by date of status, and those of
    each sender `layanan_<area>.jsonl`.
    """
    district = office.district
    whole: list[tuple[Texts, Texts, Ints]] = []
    for month in district.months:
        office.tick("slrt", month.index, len(district.months))
        batch = _cases(office, month)
        office.desk.send(SLRT, batch, _soil_slrt)
        body = [batch.cells[name] for name in SLRT.columns]
        records = json_records(SLRT.columns, body, SLRT.raw)
        texts_of = records.to_numpy(zero_copy_only=False)
        whole.append((batch.cells["tgl_status"], texts_of, batch.sender))
    days = np.concatenate([day for day, _, _ in whole]).astype(str)
    records = np.concatenate([record for _, record, _ in whole])
    sender = np.concatenate([sender for _, _, sender in whole])
    order = np.lexsort((np.arange(len(days)), days))
    folder = office.desk.home / "demo_api" / "slrt"
    folder.mkdir(parents=True, exist_ok=True)
    parts = {"": order}
    for number, area in enumerate(SLRT.senders):
        parts[f"_{area}"] = order[sender[order] == number]
    for suffix, rows in parts.items():
        lines = pa.array(records[rows], pa.string()).to_pylist()
        (folder / f"layanan{suffix}.jsonl").write_text("".join(f"{line}\n" for line in lines))


def _cases(office: Office, month: Month) -> Batch:
    district, areas = office.district, office.district.areas
    rng = generator(district.seed, "slrt", month.label)
    home = district.home(month.index)
    desil = district.history.desil[month.index][np.maximum(home, 0)]
    age = years_between(district.born, month.last)
    chance = np.where(desil <= 4, 0.003, 0.0006)
    person = np.flatnonzero((home >= 0) & (age >= 17) & (rng.random(district.size) < chance))
    place = at_home(district, month.index, person, home[person])
    person = person[place.order]
    size = len(person)
    came = month.first + rng.integers(0, 28, size)
    target = np.searchsorted(np.cumsum([0.3, 0.25, 0.2, 0.12, 0.08]), rng.random(size))
    status = pick(
        rng, ["selesai", "dirujuk", "diproses", "ditolak", "baru"], [45, 20, 15, 12, 8], size
    )
    moved = np.minimum(came + rng.integers(1, 60, size), district.months[-1].last)
    cells = {
        "no_register": joined("SLRT-", month.label, "-", padded(person % 100_000, 5)),
        "tgl": of_days(came),
        "fasilitator": joined("Fasilitator ", of_ints(place.village % 12 + 1)),
        "desa": areas.name[place.village],
        "kode_desa": plain(areas.code)[place.village],
        "nik": district.nik_text[person],
        "nama": district.name[person],
        "no_kk": place.kk,
        "jenis": pick(rng, ["permohonan", "pengaduan", "rujukan"], [5, 3, 2], size),
        "kebutuhan": pick(rng, _NEEDS, [5, 4, 4, 3, 2, 1], size),
        "program_tujuan": texts(_TARGETS)[target],
        "instansi_tujuan": texts(_OFFICES)[target],
        "status": status,
        "tgl_status": of_days(np.where(status == "baru", came, moved)),
        "alasan": np.where(
            status == "ditolak",
            pick(rng, ["Tidak masuk DTSEN", "Data tidak lengkap", "Kuota penuh"], [3, 2, 1], size),
            NOTHING,
        ),
    }
    return Batch(
        month.label,
        month.index,
        month.last,
        areas.site[place.village],
        cells,
        {"pemohon": person},
        {"household": place.household, "village": place.village},
    )


def _soil_slrt(soil: Soil, batch: Batch) -> None:
    soil_person(soil, batch, batch.roles["pemohon"], name="nama", nik="nik")
    soil.kk("no_kk", batch.extra["household"], batch.month)
    soil.area(batch.extra["household"], batch.extra["village"], code_column="kode_desa")
    soil.label("status")


LAPOR = Layout(
    program="lapor",
    extension="csv",
    columns=split(
        "tracking_id,tanggal_masuk,kategori,dinas_tujuan,kecamatan_final,status,isi_laporan_awal,"
        "tanggal_tindak_lanjut,tanggal_selesai"
    ),
)
_COMPLAINTS = (
    "Saya sudah terdaftar di DTSEN tetapi belum menerima bantuan.",
    'Petugas bilang "tunggu saja", sudah tiga bulan, mohon ditindaklanjuti.',
    "Bantuan sembako bulan ini belum masuk ke kartu.\nMohon dicek.",
    "Tetangga yang mampu justru dapat PKH; kami tidak.",
    "Jalan menuju posyandu rusak, sulit dilewati saat hujan.",
    "Antrean di puskesmas terlalu lama.",
)


def write_lapor(office: Office) -> None:
    """Write the complaints of every week, in a file dated with its last day."""
    district, areas = office.district, office.district.areas
    first, last = district.months[0].first, district.months[-1].last
    # A feed of days with few complaints each: one file per week keeps their number bearable.
    for day in range(first + 6, last + 1, 7):
        office.tick("lapor", day - first, last - first)
        rng = generator(district.seed, "lapor", day)
        index = int(np.searchsorted([m.first for m in district.months], day, side="right")) - 1
        home = district.home(index)
        age = years_between(district.born, day)
        person = np.flatnonzero((home >= 0) & (age >= 17) & (rng.random(district.size) < 0.0004))
        if not len(person):
            continue
        place = at_home(district, index, person, home[person])
        person = person[place.order]
        size = len(person)
        came = day - rng.integers(0, 7, size)
        status = pick(
            rng, ["Selesai", "Proses", "Baru", "Tutup", "Tertunda"], [50, 20, 12, 12, 6], size
        )
        started = np.where(status == "Baru", NO_DAY, came + rng.integers(1, 10, size))
        done = np.isin(status.astype(str), ["Selesai", "Tutup"])
        ended = np.where(done, started + rng.integers(1, 40, size), NO_DAY)
        phone = district.phone[person]
        words = pick(rng, _COMPLAINTS, [4, 3, 4, 3, 2, 2], size)
        with_name = rng.random(size) < 0.3
        signed = joined(words, " Nama: ", back(series(district.name[person]).str.title()))
        with_phone = (phone != NOTHING) & (rng.random(size) < 0.3)
        text = np.where(with_name, signed, words)
        text = np.where(with_phone, joined(text, " HP: ", phone), text)
        cells = {
            "tracking_id": joined(padded(day * 1000 + np.arange(size), 8)),
            "tanggal_masuk": of_days(came),
            "kategori": pick(
                rng,
                ["Bantuan Sosial", "Kesehatan", "Infrastruktur", "Pendidikan"],
                [5, 2, 2, 1],
                size,
            ),
            "dinas_tujuan": pick(
                rng, ["Dinas Sosial", "Dinas Kesehatan", "Dinas PUPR"], [5, 2, 2], size
            ),
            "kecamatan_final": areas.district[place.village],
            "status": status,
            "isi_laporan_awal": text,
            "tanggal_tindak_lanjut": of_days(started),
            "tanggal_selesai": of_days(ended),
        }
        batch = Batch(
            str(np.datetime64(day, "D")),
            index,
            day,
            areas.site[place.village],
            cells,
            {"pelapor": person},
            {"household": place.household, "village": place.village, "came": came},
        )
        office.desk.send(LAPOR, batch, _soil_lapor)


def _soil_lapor(soil: Soil, batch: Batch) -> None:
    soil.area(
        batch.extra["household"],
        batch.extra["village"],
        district_column="kecamatan_final",
        upper=False,
    )
    soil.date("tanggal_masuk", batch.extra["came"], "iso", partial=False)
    soil.formula("isi_laporan_awal")
    soil.label("status", missing=False)


IKM = Layout(
    program="ikm",
    extension="csv",
    columns=split(
        "id_responden,unit_layanan,program,tgl,jk,usia,pendidikan,U1,U2,U3,U4,U5,U6,U7,U8,U9,saran"
    ),
)


def write_ikm(office: Office) -> None:
    """Write each quarter's survey among those served."""
    district, areas = office.district, office.district.areas
    for month in (m for m in district.months if m.month % 3 == 0 and m.index >= 2):
        office.tick("ikm", month.index, len(district.months))
        rng = generator(district.seed, "ikm", month.label)
        home = district.home(month.index)
        age = years_between(district.born, month.last)
        person = np.flatnonzero((home >= 0) & (age >= 17) & (rng.random(district.size) < 0.012))
        place = at_home(district, month.index, person, home[person])
        person = person[place.order]
        size = len(person)
        mood = 3.15 + rng.normal(0, 0.35, size) - (place.village % 4 == 0) * 0.2
        cells = {
            "id_responden": joined("R", month.quarter, "-", padded(np.arange(size) + 1, 6)),
            "unit_layanan": pick(
                rng, ["Dinas Sosial", "Puskesmas", "Kelurahan", "BLK"], [4, 3, 3, 1], size
            ),
            "program": pick(rng, ["pkh", "sembako", "kia", "slrt", "blk"], [3, 3, 2, 2, 1], size),
            "tgl": of_days(month.first - 58 + rng.integers(0, 85, size)),
            "jk": texts(["L", "P"])[district.female[person].astype(int)],
            "usia": of_ints(age[person]),
            "pendidikan": district.education[person],
            **{
                f"U{number}": of_ints(
                    np.clip(np.round(mood + rng.normal(0, 0.6, size)), 1, 4).astype(np.int64)
                )
                for number in range(1, 10)
            },
            "saran": pick(
                rng,
                ["", "Pelayanan sudah baik", "Antrean lama; tolong ditambah loket"],
                [6, 2, 1],
                size,
            ),
        }
        batch = Batch(month.quarter, month.index, month.last, areas.site[place.village], cells, {})
        batch.extra["person"] = person
        office.desk.send(IKM, batch, _soil_ikm)


def _soil_ikm(soil: Soil, batch: Batch) -> None:
    soil.sex("jk", batch.extra["person"])
    for number in range(1, 10):
        soil.spread(
            f"U{number}",
            [Option("number_missing", soil.rates.number_missing, one_of("-", None), UNKNOWN)],
        )
