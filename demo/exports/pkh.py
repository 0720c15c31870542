"""PKH: conditional cash, four *tahap* a year, one row per component member, .xlsx."""

from __future__ import annotations

import numpy as np
import pandas as pd

from demo.draws import (
    NOTHING,
    Ints,
    generator,
    joined,
    of_days,
    of_ints,
    padded,
    texts,
    years_between,
)
from demo.exports.common import Office, account, at_home, not_yet, statuses, upper
from demo.ledger import PAID, quarters
from demo.register import Month
from demo.sending import Batch, Layout
from demo.soil import Soil

COMPONENTS = ("BUMIL", "AUD", "SD", "SMP", "SMA", "LANSIA", "DISABILITAS BERAT")
AMOUNTS = np.array([750_000, 750_000, 225_000, 375_000, 500_000, 600_000, 600_000])
MOST_PAID = 4

LAYOUT = Layout(
    program="pkh",
    extension="xlsx",
    columns=(
        "NO",
        "ID_PENGURUS",
        "NIK",
        "NOKK",
        "NAMA",
        "TANGGAL LAHIR",
        "ALAMAT",
        "KECAMATAN",
        "KELURAHAN",
        "NO_REKENING",
        "KOMPONEN",
        "NAMA_ANGGOTA",
        "NIK_ANGGOTA",
        "NOMINAL",
        "STATUS_TRANSAKSI",
        "TANGGAL_TRANSAKSI",
        "KETERANGAN",
    ),
    numbers=frozenset({"NO", "NOMINAL"}),
    number_column="NO",
    sheet="PKH",
    totals=("NOMINAL",),
)


def component(office: Office, month: Month) -> Ints:
    """Return the PKH component of each person in a month (index of COMPONENTS, -1 none)."""
    district = office.district
    age = years_between(district.born, month.last)
    half = 1 if month.month <= 6 else 2
    term = district.semester(month.year, half)
    due = district.history.due[month.index]
    out = np.select(
        [
            due > month.index,
            (term >= 0) & (term < 12),
            (term >= 12) & (term < 18),
            term >= 18,
            (age >= 0) & (age < 7),
            age >= 60,
            district.severe,
        ],
        [0, 2, 3, 4, 1, 5, 6],
        -1,
    )
    out[district.born > month.last] = -1
    return out


def write(office: Office) -> None:
    """Write all tahap."""
    district, ledger = office.district, office.ledger
    rng = district.draws("pkh")
    persists = rng.random(district.size)
    elsewhere = np.flatnonzero(rng.random(district.size) < 0.03)
    second = rng.random(len(elsewhere))
    periods = quarters(district)
    for index, quarter in enumerate(periods):
        office.tick("pkh", index, len(periods))
        month = quarter.index
        part = component(office, quarter)
        enrolled = ledger.enrolled["pkh"][month - 2]
        last = district.last_home[month].astype(np.int64)
        now = district.home(month)
        # The dead stay listed for a while in one family out of three.
        died = district.persons["died"]
        dead_listed = (now < 0) & (died > quarter.first - 400) & (persists < 0.35) & (last >= 0)
        member = np.flatnonzero(((now >= 0) | dead_listed) & (part >= 0))
        family = last[member]
        # One in four who married or moved lately is still listed in the old family as well.
        before = district.last_home[max(month - 9, 0)].astype(np.int64)
        stayed = np.flatnonzero(
            (now >= 0) & (before >= 0) & (before != now) & (part >= 0) & (persists < 0.25)
        )
        # And some children are listed with relatives too.
        here = np.flatnonzero(enrolled)
        if len(here):
            relatives = _relatives(office, month, elsewhere, second, ledger.enrolled["pkh"][0])
            child = (part[elsewhere] >= 1) & (part[elsewhere] <= 3) & (now[elsewhere] >= 0)
            child &= (relatives >= 0) & (relatives != now[elsewhere])
        else:
            relatives, child = np.empty(0, dtype=np.int64), np.zeros(len(elsewhere), bool)
        member = np.r_[member, stayed, elsewhere[child]]
        family = np.r_[family, before[stayed], relatives[child]]
        inside = enrolled[family] & (district.history.village[month][family] >= 0)
        member, family = member[inside], family[inside]
        batch = _batch(office, quarter, member, family, part[member], last)
        nominal = batch.extra["nominal"]
        arrived = office.desk.send(LAYOUT, batch, _soil, _earlier)
        paid = arrived & (batch.cells["STATUS_TRANSAKSI"] == PAID) & (nominal > 0)
        covered = [month - 2, month - 1, month]
        ledger.tell("pkh", covered, batch.sender[arrived])
        ledger.pay(
            "pkh",
            covered,
            batch.roles["anggota"][paid],
            batch.extra["household"][paid],
            batch.roles["pengurus"][paid],
            batch.sender[paid],
        )


def _relatives(
    office: Office, month: int, person: Ints, draw: np.ndarray, enrolled: np.ndarray
) -> Ints:
    """Return a second family for each person: one enrolled from the start in the same place."""
    district = office.district
    areas, history = district.areas, district.history
    out = np.full(len(person), -1, dtype=np.int64)
    first_home = district.last_home[month][person]
    site = areas.site[history.village[month][np.maximum(first_home, 0)]]
    start = history.village[0]
    for index in range(3):
        choices = np.flatnonzero(
            enrolled & (start >= 0) & (areas.site[np.maximum(start, 0)] == index)
        )
        mine = np.flatnonzero(site == index)
        if len(choices):
            out[mine] = choices[(draw[mine] * len(choices)).astype(int)]
    return out


def _batch(
    office: Office, quarter: Month, member: Ints, family: Ints, part: Ints, last: Ints
) -> Batch:
    district, ledger = office.district, office.ledger
    month = quarter.index
    rng = generator(district.seed, "pkh", quarter.label)
    # Who collected at the end of the quarter before; the dead are found out late.
    carer = ledger.carer(max(month - 3, 0))
    carer = np.where(carer >= 0, carer, ledger.carer(month))
    known = carer[family] >= 0
    member, family, part = member[known], family[known], part[known]
    place = at_home(district, month, member, family)
    member, part, house = member[place.order], part[place.order], place.household
    keeper = carer[house]
    rank = pd.Series(house).groupby(house).cumcount().to_numpy()
    nominal = np.where(rank < MOST_PAID, AMOUNTS[part], 0)
    families = int(district.history.desil.shape[1])
    status_of = statuses(rng, families)
    status = status_of[house]
    status[nominal == 0] = "BELUM TRANSAKSI"
    day_of = quarter.first - 59 + rng.integers(0, 85, families)
    on = np.where(status == PAID, day_of[house], -1_000_000)
    note = np.empty(len(house), dtype=object)
    note[nominal == 0] = "MAKSIMAL 4 KOMPONEN"
    note[status == "GAGAL"] = "REKENING TIDAK AKTIF"
    areas = district.areas
    site = areas.site[place.village]
    regency = texts(["3174", "1471", "7303"])[site]
    cells = {
        "NO": of_ints(np.arange(len(house))),
        "ID_PENGURUS": joined("PKH", regency, padded(house + 1, 8)),
        "NIK": district.nik_text[keeper],
        "NOKK": place.kk,
        "NAMA": district.name[keeper],
        "TANGGAL LAHIR": of_days(district.born[keeper], "dmy/"),
        "ALAMAT": place.address,
        "KECAMATAN": upper(areas.district)[place.village],
        "KELURAHAN": upper(areas.name)[place.village],
        "NO_REKENING": account(house),
        "KOMPONEN": texts(COMPONENTS)[part],
        "NAMA_ANGGOTA": district.name[member],
        "NIK_ANGGOTA": district.nik_text[member],
        "NOMINAL": of_ints(nominal),
        "STATUS_TRANSAKSI": status,
        "TANGGAL_TRANSAKSI": of_days(on, "dmy/"),
        "KETERANGAN": note,
    }
    return Batch(
        f"{quarter.year}T{quarter.month // 3}",
        month,
        quarter.last,
        site,
        cells,
        {"pengurus": keeper, "anggota": member},
        {"household": house, "village": place.village, "nominal": nominal, "on": on},
    )


def _soil(soil: Soil, batch: Batch) -> None:
    district = soil.district
    keeper, member = batch.roles["pengurus"], batch.roles["anggota"]
    house = batch.extra["household"]
    mother = district.persons["mother"][member]
    child = district.born[member] > batch.sent_day - 17 * 365
    soil.name("NAMA", keeper)
    soil.name("NAMA_ANGGOTA", member)
    soil.nik("NIK", keeper)
    soil.nik("NIK_ANGGOTA", member, np.where(child, mother, -1))
    soil.kk("NOKK", house, batch.month)
    soil.date(
        "TANGGAL LAHIR",
        district.born[keeper],
        "dmy/",
        person=keeper,
        place=district.birthplace[keeper],
    )
    soil.date("TANGGAL_TRANSAKSI", batch.extra["on"], "dmy/", partial=False)
    soil.area(house, batch.extra["village"], district_column="KECAMATAN")
    soil.amount("NOMINAL")
    soil.label("STATUS_TRANSAKSI", missing=False)
    soil.label("KOMPONEN", missing=False)
    soil.formula("ALAMAT")
    soil.blank_key("NIK_ANGGOTA", "NAMA_ANGGOTA")


def _earlier(batch: Batch) -> None:
    draw = generator(1, "earlier", batch.period, batch.size).random(batch.size)
    status = not_yet(batch.cells["STATUS_TRANSAKSI"], draw)
    batch.cells["TANGGAL_TRANSAKSI"] = np.where(
        status == PAID, batch.cells["TANGGAL_TRANSAKSI"], NOTHING
    )
    batch.extra["on"] = np.where(status == PAID, batch.extra["on"], -1_000_000)
    batch.cells["STATUS_TRANSAKSI"] = status
