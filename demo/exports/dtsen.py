"""DTSEN: the quarterly register with deciles and flags of help, CSV with semicolons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from demo.draws import NOTHING, joined, of_days, padded, texts
from demo.exports.common import Office, at_home, plain, upper
from demo.ledger import quarters
from demo.sending import Batch, Layout
from demo.soil import Soil

LAYOUT = Layout(
    program="dtsen",
    extension="csv",
    separator=";",
    columns=(
        "id_dtsen",
        "nik",
        "nama",
        "no_kk",
        "tgl_lahir",
        "jk",
        "alamat",
        "kecamatan",
        "desa",
        "kode_desa",
        "desil",
        "pkh",
        "bpnt",
        "pbi_jk",
        "update_terakhir",
    ),
    titles=False,
)


def write(office: Office) -> None:
    """Write all quarters."""
    district, ledger, desk = office.district, office.ledger, office.desk
    history, areas = district.history, district.areas
    rng = district.draws("dtsen")
    households = int(history.desil.shape[1])
    # What a household is known by stays: the form of its decile, and whether it is listed.
    form = rng.random(households)
    listed_late = rng.random(households)
    flag_luck = rng.random((3, households))
    labels = texts([str(number) for number in range(11)])
    # Known to help evaluators: the state insurance covers most of deciles 1-5.
    flags = texts(["TIDAK", "YA"])
    desil_all, day_all = ledger.listed
    for index, quarter in enumerate(quarters(district)):
        office.tick("dtsen", index, len(quarters(district)))
        month = quarter.index
        home = district.home(month)
        # Some of the dead are still listed a quarter later.
        recent = (
            (district.persons["died"] > quarter.first - 150)
            & (home < 0)
            & (district.last_home[month] >= 0)
            & (rng.random(district.size) < 0.35)
        )
        known = np.where(recent, district.last_home[month], home)
        person = np.flatnonzero((known >= 0) & (district.born < quarter.first - 25))
        person = person[listed_late[known[person]] > 0.03]
        place = at_home(district, month, person, known[person])
        person, house = person[place.order], place.household
        desil = desil_all[index][house]
        text = labels[desil]
        f = form[house]
        text[(desil >= 6) & (f < 0.25)] = "6-10"
        text[(desil >= 6) & (f > 0.25) & (f < 0.258)] = "6-10 Dalam Proses penurunan"
        text[(f > 0.96) & (f < 0.98)] = "Belum Ada Desl"
        text[f > 0.985] = None
        pkh = ledger.enrolled["pkh"][month][house]
        bpnt = ledger.enrolled["sembako"][month][house]
        pbi = (desil <= 5) & (flag_luck[2][house] < 0.85)
        late = flag_luck[0][house]
        cells = {
            "id_dtsen": joined("DT", padded(person * 7 + 100_003, 9)),
            "nik": district.nik_text[person],
            "nama": district.name[person],
            "no_kk": place.kk,
            "tgl_lahir": of_days(district.born[person]),
            "jk": texts(["L", "P"])[district.female[person].astype(int)],
            "alamat": place.address,
            "kecamatan": upper(areas.district)[place.village],
            "desa": upper(areas.name)[place.village],
            "kode_desa": plain(areas.code)[place.village],
            "desil": text,
            "pkh": np.where(late < 0.03, NOTHING, flags[pkh.astype(int)]),
            "bpnt": np.where(late > 0.97, NOTHING, flags[bpnt.astype(int)]),
            "pbi_jk": flags[pbi.astype(int)],
            "update_terakhir": of_days(day_all[index][house]),
        }
        batch = Batch(
            quarter.quarter,
            month,
            quarter.last,
            areas.site[place.village],
            cells,
            {"person": person},
            {"household": house, "village": place.village},
        )
        arrived = desk.send(LAYOUT, batch, _soil)
        ledger.lists[quarter.quarter] = pd.DataFrame(
            {
                "household": house[arrived],
                "sender": batch.sender[arrived],
                "desil": text[arrived],
            }
        )


def _soil(soil: Soil, batch: Batch) -> None:
    district = soil.district
    person, house = batch.roles["person"], batch.extra["household"]
    mother = district.persons["mother"][person]
    child = district.born[person] > batch.sent_day - 17 * 365
    soil.name("nama", person)
    soil.nik("nik", person, np.where(child, mother, -1))
    soil.kk("no_kk", house, batch.month)
    soil.date(
        "tgl_lahir",
        district.born[person],
        "iso",
        person=person,
        place=district.birthplace[person],
    )
    soil.sex("jk", person)
    soil.area(house, batch.extra["village"], district_column="kecamatan", code_column="kode_desa")
    soil.formula("alamat")
    soil.blank_key("nik", "nama")
