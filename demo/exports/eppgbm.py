"""e-PPGBM: growth of under-fives as measured at the posyandu, monthly, .xlsx."""

from __future__ import annotations

import numpy as np

from demo.draws import (
    MONTHS,
    NOTHING,
    Ints,
    Texts,
    generator,
    joined,
    months_between,
    of_days,
    of_ints,
    padded,
    texts,
)
from demo.exports.common import Office, at_home, upper
from demo.register import District, Month
from demo.sending import Batch, Layout
from demo.sheets import Literal
from demo.soil import REPAIRED, UNKNOWN, WARNING, Option, Soil, back, constant, one_of, series

COLUMNS = (
    "No",
    "NIK",
    "Nama",
    "JK",
    "Tgl Lahir",
    "BB Lahir",
    "TB Lahir",
    "Nama Ortu",
    "Prov",
    "Kab/Kota",
    "Kec",
    "Pukesmas",
    "Desa/Kel",
    "Posyandu",
    "RT",
    "RW",
    "Alamat",
    "Usia Saat Ukur",
    "Tanggal Pengukuran",
    "Berat",
    "Tinggi",
    "Cara Ukur",
    "LiLA",
    "BB/U",
    "ZS BB/U",
    "TB/U",
    "ZS TB/U",
    "BB/TB",
    "ZS BB/TB",
    "Naik Berat Badan",
    "PMT Diterima (kg)",
    "Jml Vit A",
    "KPSP",
    "KIA",
    "Kelas Ibu Balita",
    "MBG",
    "Detail",
)

# WHO medians by month of age, rounded, and the spread of height; enough to be plausible.
_AGE = np.array([0, 3, 6, 9, 12, 18, 24, 30, 36, 42, 48, 54, 60], dtype=float)
_HEIGHT = np.array(
    [
        [49.9, 61.4, 67.6, 72.0, 75.7, 82.3, 87.1, 91.9, 96.1, 99.9, 103.3, 106.7, 110.0],
        [49.1, 59.8, 65.7, 70.1, 74.0, 80.7, 85.7, 90.7, 95.1, 99.0, 102.7, 106.2, 109.4],
    ]
)
_HEIGHT_SD = np.array(
    [
        [1.9, 2.0, 2.1, 2.2, 2.4, 2.7, 3.1, 3.4, 3.7, 3.9, 4.2, 4.4, 4.6],
        [1.9, 2.1, 2.3, 2.4, 2.6, 2.9, 3.2, 3.6, 3.8, 4.1, 4.3, 4.6, 4.8],
    ]
)
_WEIGHT = np.array(
    [
        [3.3, 6.4, 7.9, 8.9, 9.6, 10.9, 12.2, 13.3, 14.3, 15.3, 16.3, 17.3, 18.3],
        [3.2, 5.8, 7.3, 8.2, 8.9, 10.2, 11.5, 12.7, 13.9, 15.0, 16.1, 17.2, 18.2],
    ]
)
_WEIGHT_CV = 0.125


def _head(batch: Batch, area: str) -> list[list[Literal]]:
    year, month = int(batch.period[:4]), int(batch.period[5:])
    day = str(np.datetime64(batch.sent_day, "D"))
    rows: list[list[Literal]] = [
        ["LAPORAN HASIL PENGUKURAN BALITA"],
        [f"Dinas Kesehatan {area}"],
        [f"Bulan {MONTHS[month - 1]} {year}"],
        [f"data tanggal: {day}"],
        [],
    ]
    # Every office has its own number of rows above the header.
    return rows + [[]] * (int(area) % 4)


LAYOUT = Layout(
    program="eppgbm",
    extension="xlsx",
    columns=COLUMNS,
    numbers=frozenset(
        {"No", "BB Lahir", "TB Lahir", "Berat", "Tinggi", "LiLA", "ZS BB/U", "ZS TB/U", "ZS BB/TB"}
        | {"PMT Diterima (kg)", "Jml Vit A"}
    ),
    number_column="No",
    sheet="Data Balita",
    head=_head,
    titles=False,
)


def decimal(values: np.ndarray, places: int) -> Texts:
    """Return numbers as text with a decimal point, from whole units of the last place."""
    whole = np.asarray(values, dtype=np.int64)
    scale = 10**places
    sign = np.where(whole < 0, texts(["-"]), texts([""]))
    return joined(sign, of_ints(np.abs(whole) // scale), ".", padded(np.abs(whole) % scale, places))


def _between(age: np.ndarray, female: np.ndarray, table: np.ndarray) -> np.ndarray:
    return np.where(female, np.interp(age, _AGE, table[1]), np.interp(age, _AGE, table[0]))


class Growth:
    """Each child's way of growing: height and weight scores, and what food help does to them."""

    def __init__(self, district: District) -> None:
        rng = district.draws("growth")
        home = np.maximum(district.last_home[-1], 0)
        desil = district.history.desil[-1][home]
        self.height = rng.normal(-0.35, 0.95, district.size) - np.clip(5 - desil, 0, 4) * 0.17
        self.weight = self.height * 0.45 + rng.normal(-0.2, 0.85, district.size)
        self.gain = np.zeros(district.size)
        self.helped = rng.random(district.size)
        self.comes = 0.55 + rng.random(district.size) * 0.45
        self.before = np.zeros(district.size)

    def scores(
        self, age: np.ndarray, child: Ints, wobble: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return z-scores of height and weight for age (in months)."""
        # Growth falters between six and twenty-four months.
        falter = -0.75 * np.clip((age - 5) / 18, 0, 1)
        height = self.height[child] + falter + self.gain[child]
        weight = self.weight[child] + falter * 0.6 + self.gain[child] * 0.8 + wobble
        return height, weight


def write(office: Office) -> None:
    """Write all months."""
    district = office.district
    growth = Growth(district)
    for month in district.months:
        office.tick("eppgbm", month.index, len(district.months))
        batch = _batch(district, growth, month)
        if batch.size:
            office.desk.send(LAYOUT, batch, _soil)


def _batch(district: District, growth: Growth, month: Month) -> Batch:
    areas = district.areas
    rng = generator(district.seed, "eppgbm", month.label)
    attends = rng.random(district.size)
    wobble = rng.normal(0, 0.12, district.size)
    day_in_month = rng.integers(4, 25, len(areas.code))
    home = district.home(month.index)
    age_now = months_between(district.born, month.last)
    child = np.flatnonzero((home >= 0) & (age_now >= 0) & (age_now < 60))
    on_all = month.first + day_in_month[district.history.village[month.index][home[child]]]
    born_before = district.born[child] <= on_all
    child = child[born_before & (attends[child] < growth.comes[child])]
    place = at_home(district, month.index, child, home[child])
    child = child[place.order]
    on = month.first + day_in_month[place.village]
    age = (on - district.born[child]) / 30.4375
    female = district.female[child]
    height_z, weight_z = growth.scores(age, child, wobble[child])
    median, spread = _between(age, female, _HEIGHT), _between(age, female, _HEIGHT_SD)
    height = np.round((median + spread * height_z) * 10).astype(np.int64)
    weight = np.round(_between(age, female, _WEIGHT) * np.exp(weight_z * _WEIGHT_CV) * 100).astype(
        np.int64
    )
    hfa = np.round((height / 10 - median) / spread * 100).astype(np.int64)
    wfa = np.round(np.log(weight / 100 / _between(age, female, _WEIGHT)) / _WEIGHT_CV * 100)
    wfa = wfa.astype(np.int64)
    wfh = np.clip(np.round((wfa - 0.45 * hfa) / 0.87), -480, 480).astype(np.int64)
    # Food goes to most of the thin and stunted children, not to all.
    helped = ((hfa < -200) | (wfh < -200)) & (growth.helped[child] < 0.6) & (age > 6)
    growth.gain[child[helped]] += 0.045
    grew = np.where(weight > growth.before[child], texts(["Y"]), texts(["T"]))
    grew[growth.before[child] == 0] = None
    growth.before[child] = weight
    mother, father = district.persons["mother"][child], district.persons["father"][child]
    parent = np.where(mother >= 0, mother, father)
    birth_weight = np.round((3.1 + 0.28 * growth.weight[child]) * 10).clip(16, 48).astype(np.int64)
    birth_height = np.round(49.3 + 1.3 * growth.height[child]).clip(42, 54).astype(np.int64)
    village_name, district_name = upper(areas.name), upper(areas.district)
    vitamin = (month.month in (2, 8)) & (age >= 6)
    months = _whole_months(district, child, on)
    cells = {
        "No": of_ints(np.arange(len(child))),
        "NIK": district.nik_text[child],
        "Nama": district.name[child],
        "JK": texts(["L", "P"])[female.astype(int)],
        "Tgl Lahir": of_days(district.born[child]),
        "BB Lahir": decimal(birth_weight, 1),
        "TB Lahir": of_ints(birth_height),
        "Nama Ortu": np.where(parent >= 0, district.name[parent], NOTHING),
        "Prov": upper(areas.province)[place.village],
        "Kab/Kota": upper(areas.regency)[place.village],
        "Kec": district_name[place.village],
        "Pukesmas": joined("PUSKESMAS ", district_name[place.village]),
        "Desa/Kel": village_name[place.village],
        "Posyandu": joined(
            texts(["MELATI ", "MAWAR ", "ANGGREK "])[place.rw % 3], of_ints(place.rw)
        ),
        "RT": padded(place.rt, 3),
        "RW": padded(place.rw, 3),
        "Alamat": place.address,
        "Usia Saat Ukur": joined(
            of_ints(months // 12), " Tahun - ", of_ints(months % 12), " Bulan"
        ),
        "Tanggal Pengukuran": of_days(on),
        "Berat": decimal(weight // 10, 1),
        "Tinggi": decimal(height, 1),
        "Cara Ukur": texts(["Terlentang", "Berdiri"])[(months >= 24).astype(int)],
        "LiLA": np.where(months >= 6, decimal(np.clip(147 + wfh // 10, 95, 190), 1), NOTHING),
        "BB/U": _weight_class(wfa),
        "ZS BB/U": decimal(wfa, 2),
        "TB/U": _height_class(hfa),
        "ZS TB/U": decimal(hfa, 2),
        "BB/TB": _wasting_class(wfh),
        "ZS BB/TB": decimal(wfh, 2),
        "Naik Berat Badan": grew,
        "PMT Diterima (kg)": np.where(helped, texts(["3"]), texts(["0"])),
        "Jml Vit A": np.where(vitamin, texts(["1"]), texts(["0"])),
        "KPSP": np.where(rng.random(len(child)) < 0.5, texts(["Sesuai"]), NOTHING),
        "KIA": texts(["Ya"])[np.zeros(len(child), int)],
        "Kelas Ibu Balita": texts(["Tidak", "Ya"])[(rng.random(len(child)) < 0.4).astype(int)],
        "MBG": texts(["Tidak", "Ya"])[(rng.random(len(child)) < 0.3).astype(int)],
        "Detail": np.empty(len(child), dtype=object),
    }
    return Batch(
        month.label,
        month.index,
        month.last,
        areas.site[place.village],
        cells,
        {"anak": child},
        {
            "household": place.household,
            "village": place.village,
            "on": on,
            "mother": mother,
            "father": father,
            "grams": weight // 10 * 100,
        },
    )


def _whole_months(district: District, child: Ints, on: Ints) -> Ints:
    born = district.born[child].astype("datetime64[D]")
    day = on.astype("datetime64[D]")
    born_month, month = born.astype("datetime64[M]"), day.astype("datetime64[M]")
    before = (day - month).astype(np.int64) < (born - born_month).astype(np.int64)
    return (month - born_month).astype(np.int64) - before


def _height_class(score: Ints) -> Texts:
    return texts(["Sangat Pendek", "Pendek", "Normal", "Tinggi"])[
        np.searchsorted([-300, -200, 301], score, side="right")
    ]


def _weight_class(score: Ints) -> Texts:
    names = ["Berat Badan Sangat Kurang", "Berat Badan Kurang", "Berat Badan Normal"]
    names.append("Risiko Berat Badan Lebih")
    return texts(names)[np.searchsorted([-300, -200, 101], score, side="right")]


def _wasting_class(score: Ints) -> Texts:
    names = [
        "Gizi Buruk",
        "Gizi Kurang",
        "Gizi Baik",
        "Risiko Gizi Lebih",
        "Gizi Lebih",
        "Obesitas",
    ]
    return texts(names)[np.searchsorted([-300, -200, 101, 201, 301], score, side="right")]


def _soil(soil: Soil, batch: Batch) -> None:
    district, rates = soil.district, soil.rates
    child, house = batch.roles["anak"], batch.extra["household"]
    mother, father = batch.extra["mother"], batch.extra["father"]
    soil.name("Nama", child)
    soil.nik("NIK", child, mother)
    soil.sex("JK", child)
    soil.date("Tgl Lahir", district.born[child], "iso", person=child)
    soil.date("Tanggal Pengukuran", batch.extra["on"], "iso", partial=False)
    soil.spread(
        "Nama Ortu",
        [
            Option(
                "both_parents",
                rates.both_parents,
                lambda rows, clean, draw: joined(
                    district.name[father[rows]], " / ", district.name[mother[rows]]
                ),
                REPAIRED,
                where=(mother >= 0) & (father >= 0),
            )
        ],
    )
    soil.area(house, batch.extra["village"], district_column="Kec")
    grams = batch.extra["grams"]
    soil.spread(
        "Berat",
        [
            Option(
                "number_grams",
                rates.number_grams,
                lambda rows, clean, draw: of_ints(grams[rows]),
                REPAIRED,
                number=True,
            ),
            Option(
                "number_comma",
                rates.number_comma,
                lambda rows, clean, draw: _comma(clean),
                REPAIRED,
            ),
            Option(
                "number_missing", rates.number_missing, one_of("-", "...", "#N/A", None), UNKNOWN
            ),
            # The row still says who was seen and how tall the child is: it is kept.
            Option("beyond_repair", rates.beyond_repair, constant("tdk ditimbang"), WARNING),
        ],
    )
    soil.decimal("Tinggi")
    for column in ("ZS BB/U", "ZS TB/U", "ZS BB/TB"):
        soil.decimal(column, colon=True)
    for column in ("BB/U", "TB/U", "BB/TB"):
        soil.spread(
            column,
            [Option("value_outlier", rates.value_outlier, constant("Outlier"), UNKNOWN)],
        )
    soil.formula("Alamat")
    soil.blank_key("NIK", "Nama")


def _comma(values: Texts) -> Texts:
    return back(series(values).str.replace(".", ",", regex=False))
