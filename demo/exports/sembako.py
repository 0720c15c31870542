"""Sembako (BPNT): food money per family, monthly or three months in one file, CSV."""

from __future__ import annotations

import numpy as np

from demo.draws import NOTHING, Ints, generator, of_days, of_ints, padded, texts
from demo.exports.common import Office, account, at_home, not_yet, statuses, upper
from demo.ledger import PAID
from demo.register import Month
from demo.sending import Batch, Layout
from demo.soil import Soil

AMOUNT = 200_000

LAYOUT = Layout(
    program="sembako",
    extension="csv",
    columns=(
        "no",
        "nik",
        "nama_kpm",
        "no_kk",
        "no_kks",
        "kecamatan",
        "kelurahan",
        "rt",
        "rw",
        "bulan",
        "tahun",
        "nominal",
        "status_transaksi",
        "tgl_transaksi",
        "keterangan",
    ),
    number_column="no",
    totals=("nominal",),
)


def write(office: Office) -> None:
    """Write all months; in one quarter out of six three months come in one file."""
    district = office.district
    together = district.draws("sembako").random(len(district.months) + 3) < 0.17
    waiting: list[Month] = []
    for month in district.months:
        office.tick("sembako", month.index, len(district.months))
        start = month.index - (month.month - 1) % 3
        whole = start >= 0 and start + 2 < len(district.months)
        waiting.append(month)
        if whole and together[max(start, 0)] and month.index < start + 2:
            continue
        _send(office, waiting)
        waiting = []


def _send(office: Office, months: list[Month]) -> None:
    district, ledger = office.district, office.ledger
    areas, history = district.areas, district.history
    kpm_parts: list[Ints] = []
    house_parts: list[Ints] = []
    month_parts: list[Ints] = []
    second_parts: list[np.ndarray] = []
    for month in months:
        index = month.index
        lagged = ledger.carer(max(index - 3, 0))
        first = np.where(lagged >= 0, lagged, ledger.carer(index))
        enrolled = ledger.enrolled["sembako"][index] & (first >= 0)
        enrolled &= history.village[index] >= 0
        # A family that has no living member here is dropped in the end, but not at once.
        alive = np.zeros(len(enrolled), dtype=bool)
        home = district.last_home[max(index - 4, 0)]
        present = district.home(max(index - 4, 0))
        alive[home[present >= 0]] = True
        house = np.flatnonzero(enrolled & (alive | (index < 5)))
        # The husband holds a second card in some families.
        head = history.head[index].astype(np.int64)
        other = np.where(head[house] != first[house], head[house], -1)
        double = house[ledger.second_kpm[index][house] & (other >= 0)]
        house_parts += [house, double]
        kpm_parts += [first[house], head[double]]
        month_parts += [np.full(len(house) + len(double), index)]
        second_parts += [np.zeros(len(house), bool), np.ones(len(double), bool)]
    kpm, house = np.concatenate(kpm_parts), np.concatenate(house_parts)
    at, second = np.concatenate(month_parts), np.concatenate(second_parts)
    last = months[-1]
    place = at_home(district, last.index, kpm, house)
    order = place.order
    kpm, at, second, house = kpm[order], at[order], second[order], place.household
    rng = generator(district.seed, "sembako", last.label)
    status = statuses(rng, len(kpm))
    first_day = np.array([month.first for month in district.months])
    on = np.where(status == PAID, first_day[at] + rng.integers(4, 27, len(kpm)), -1_000_000)
    note = np.empty(len(kpm), dtype=object)
    note[status == "GAGAL"] = "KARTU TERBLOKIR"
    old_card = history.kk[0][house]
    old_card = np.where(
        (old_card >= 0) & (old_card != history.kk[last.index][house]),
        old_card,
        district.households["kk_before"][house],
    )
    year = np.array([month.year for month in district.months])
    number = np.array([month.month for month in district.months])
    cells = {
        "no": of_ints(np.arange(len(kpm))),
        "nik": district.nik_text[kpm],
        "nama_kpm": district.name[kpm],
        "no_kk": np.where(second, district.kk_text[old_card], place.kk),
        "no_kks": account(house * 2 + second, "9946"),
        "kecamatan": upper(areas.district)[place.village],
        "kelurahan": upper(areas.name)[place.village],
        "rt": padded(place.rt, 3),
        "rw": padded(place.rw, 3),
        "bulan": of_ints(number[at]),
        "tahun": of_ints(year[at]),
        "nominal": texts([str(AMOUNT)])[np.zeros(len(kpm), dtype=int)],
        "status_transaksi": status,
        "tgl_transaksi": of_days(on),
        "keterangan": note,
    }
    batch = Batch(
        last.label,
        last.index,
        last.last,
        areas.site[place.village],
        cells,
        {"kpm": kpm},
        {"household": house, "village": place.village, "on": on, "at": at},
    )
    arrived = office.desk.send(LAYOUT, batch, _soil, _earlier)
    ledger.tell("sembako", [month.index for month in months], batch.sender[arrived])
    for month in months:
        paid = arrived & (status == PAID) & (at == month.index)
        sender = batch.sender[paid]
        ledger.pay("sembako", [month.index], kpm[paid], house[paid], kpm[paid], sender)


def _soil(soil: Soil, batch: Batch) -> None:
    kpm, house = batch.roles["kpm"], batch.extra["household"]
    soil.name("nama_kpm", kpm)
    soil.nik("nik", kpm)
    soil.kk("no_kk", house, batch.month)
    soil.area(house, batch.extra["village"], district_column="kecamatan")
    soil.amount("nominal")
    soil.date("tgl_transaksi", batch.extra["on"], "iso", partial=False)
    soil.label("status_transaksi", missing=False)
    soil.formula("keterangan")
    soil.blank_key("nik", "nama_kpm")


def _earlier(batch: Batch) -> None:
    draw = generator(2, "earlier", batch.period, batch.size).random(batch.size)
    status = not_yet(batch.cells["status_transaksi"], draw)
    paid = status == PAID
    batch.cells["tgl_transaksi"] = np.where(paid, batch.cells["tgl_transaksi"], NOTHING)
    batch.extra["on"] = np.where(paid, batch.extra["on"], -1_000_000)
    batch.cells["status_transaksi"] = status
