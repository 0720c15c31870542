"""The district as it truly is: everybody's names, numbers, schooling and history.

This is the one object the exports draw from. Numbers are made so that no real person
has them: NIK serials run from 9001 and family-card serials from 9700, which no district
has ever reached on one day (real serials start anew at 0001 each day); phone numbers
use the prefix 0800-9 (no operator's); account and card numbers begin with 99.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from demo.areas import Areas
from demo.draws import (
    Bools,
    Ints,
    Pool,
    Texts,
    generator,
    joined,
    month_start,
    of_ints,
    padded,
    pick,
    texts,
    years_between,
)
from demo.life import History, live
from demo.names import PEOPLES, name_people
from demo.people import Columns, settle

NIK_SERIAL = 9001
KK_SERIAL = 9700

_STREETS = Pool(
    [
        "MERDEKA",
        "NANGKA",
        "RAYA TANJUNG BARAT",
        "SUDIRMAN",
        "MASJID",
        "MELATI",
        "KENANGA",
        "PENDIDIKAN",
        "PEMUDA",
        "DURIAN",
        "RAMBUTAN",
        "KARTINI",
        "POROS",
        "HR SOEBRANTAS",
        "GARUDA SAKTI",
        "DELIMA",
        "CIPTA KARYA",
        "PASAR",
        "ELANG",
        "MAWAR",
        "H. ABDUL GANI",
        "LENTENG AGUNG",
        "RANCHO INDAH",
        "BUNTU",
        "POROS BANTAENG",
        "TERATAI",
        "KEBON JERUK",
        "UJUNG",
        "SAWO",
        "ANGGREK",
        "K.H. MA’RUF",
        "JUM’AT",
    ]
)
_HAMLETS = Pool(
    [
        "BONTO",
        "KAMPUNG BARU",
        "SAPA",
        "BATU",
        "TALA",
        "PALLANG",
        "JATIA",
        "BISSAMPOLE",
        "LOKA",
        "BORONG",
        "BONTO TE’NE",
    ]
)
_JOBS_M = [
    "BURUH HARIAN LEPAS",
    "PETANI/PEKEBUN",
    "WIRASWASTA",
    "KARYAWAN SWASTA",
    "PEDAGANG",
    "SOPIR",
    "NELAYAN/PERIKANAN",
    "BURUH TANI/PERKEBUNAN",
    "TUKANG BATU",
    "PEGAWAI NEGERI SIPIL",
    "BELUM/TIDAK BEKERJA",
    "GURU",
    "PENSIUNAN",
]
_JOBS_F = [
    "MENGURUS RUMAH TANGGA",
    "PEDAGANG",
    "BURUH HARIAN LEPAS",
    "KARYAWAN SWASTA",
    "PETANI/PEKEBUN",
    "WIRASWASTA",
    "PEMBANTU RUMAH TANGGA",
    "GURU",
    "PEGAWAI NEGERI SIPIL",
    "BELUM/TIDAK BEKERJA",
]
_QUIT = np.array([0.002] * 11 + [0.02] + [0.006] * 5 + [0.05] + [0.012] * 6)
"""Chance to leave school after each of the 24 semesters (SD 12, SMP 6, SMA 6)."""


@dataclass(frozen=True)
class Month:
    """One simulated month."""

    index: int
    year: int
    month: int
    first: int
    """First day (days since 1970)."""
    last: int

    @property
    def label(self) -> str:
        """Period name, such as 2026-07."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def quarter(self) -> str:
        """Quarter name, such as 2026Q3."""
        return f"{self.year:04d}Q{(self.month - 1) // 3 + 1}"


@dataclass
class District:
    """Everybody and everything; people and households are rows, in one fixed order."""

    seed: int
    areas: Areas
    months: tuple[Month, ...]
    persons: Columns
    households: Columns
    history: History
    nik: Ints
    kk_number: Ints
    """Number of each family card id."""
    kk_day: Ints
    names: dict[str, Texts]
    birthplace: Texts

    @property
    def size(self) -> int:
        """Number of people, including the dead, the gone and the not yet arrived."""
        return len(self.persons)

    def draws(self, *labels: object) -> np.random.Generator:
        """Return the generator for one purpose."""
        return generator(self.seed, *labels)

    # People

    @cached_property
    def name(self) -> Texts:
        """Full name in upper case, as the register writes it."""
        return self.names["name"]

    @cached_property
    def nik_text(self) -> Texts:
        """NIK as 16 digits."""
        return of_ints(self.nik)

    @cached_property
    def kk_text(self) -> Texts:
        """Family-card number of each card id as 16 digits."""
        return of_ints(self.kk_number)

    @cached_property
    def female(self) -> Bools:
        """Tell who is female."""
        return self.persons["sex"] == 1

    @cached_property
    def born(self) -> Ints:
        """Birth day (days since 1970)."""
        return self.persons["born"]

    @cached_property
    def phone(self) -> Texts:
        """A phone number nobody has, or None."""
        rng = self.draws("phone")
        out = (
            joined("08009", padded(rng.permutation(10_000_000)[: self.size], 7))
            if (self.size <= 10_000_000)
            else joined("08009", padded(np.arange(self.size), 8))
        )
        out[(rng.random(self.size) < 0.3) | (self.born > self.months[0].first - 13 * 365)] = None
        return out

    @cached_property
    def religion(self) -> Texts:
        """Religion as the register writes it."""
        rng = self.draws("religion")
        batak = self.persons["people"] == PEOPLES.index("BATAK")
        root = self.root
        draw = rng.random(self.size)[root]
        return np.where(
            np.where(batak[root], draw < 0.7, draw < 0.02), texts(["KRISTEN"]), texts(["ISLAM"])
        )

    @cached_property
    def root(self) -> Ints:
        """The oldest known father (else mother) of each person: what families share."""
        root = np.arange(self.size)
        father, mother = self.persons["father"], self.persons["mother"]
        parent = np.where(father >= 0, father, mother)
        for _ in range(5):
            root = np.where(parent[root] >= 0, parent[root], root)
        return root

    @cached_property
    def disability(self) -> Texts:
        """Kind of disability, None for most."""
        rng = self.draws("disability")
        age = years_between(self.born, self.months[0].first)
        share = np.where(age >= 60, 0.07, 0.018)
        kinds = pick(
            rng,
            ["FISIK", "NETRA/BUTA", "RUNGU/WICARA", "MENTAL/JIWA", "FISIK DAN MENTAL", "LAINNYA"],
            [5, 3, 3, 3, 1, 1],
            self.size,
        )
        kinds[rng.random(self.size) > share] = None
        return kinds

    @cached_property
    def severe(self) -> Bools:
        """Tell who is severely disabled."""
        has = self.disability != np.array(None)
        return has & (self.draws("severe").random(self.size) < 0.3)

    @cached_property
    def job(self) -> Texts:
        """Occupation of adults; children are BELUM/TIDAK BEKERJA or PELAJAR/MAHASISWA."""
        rng = self.draws("job")
        men = pick(rng, _JOBS_M, [9, 8, 7, 7, 4, 3, 2, 3, 3, 2, 2, 1, 1], self.size)
        women = pick(rng, _JOBS_F, [16, 4, 3, 4, 3, 2, 2, 1, 1, 1], self.size)
        out = np.where(self.female, women, men)
        age = years_between(self.born, self.months[-1].last)
        out[age < 24] = "PELAJAR/MAHASISWA"
        out[age < 6] = "BELUM/TIDAK BEKERJA"
        return out

    @cached_property
    def education(self) -> Texts:
        """Highest school finished by adults."""
        rng = self.draws("education")
        levels = ["TIDAK/BELUM SEKOLAH", "TAMAT SD/SEDERAJAT", "SLTP/SEDERAJAT", "SLTA/SEDERAJAT"]
        levels.append("DIPLOMA IV/STRATA I")
        old = pick(rng, levels, [30, 40, 15, 12, 3], self.size)
        young = pick(rng, levels, [4, 18, 24, 44, 10], self.size)
        return np.where(self.born < -365, old, young)

    # Schooling

    @cached_property
    def school_late(self) -> Ints:
        """Years of age above six at school entry (0-2)."""
        return np.searchsorted([0.45, 0.95], self.draws("school_late").random(self.size))

    @cached_property
    def madrasah(self) -> Bools:
        """Tell who goes to a madrasah, which dapodik does not list."""
        return self.draws("madrasah").random(self.size) < 0.1

    @cached_property
    def quit_after(self) -> Ints:
        """Number of semesters a person stays at school (24 = finishes)."""
        rng = self.draws("quit")
        hurdle = rng.random(self.size)
        child_home = np.maximum(self.history.hh[0], 0)
        poor = self.history.desil[0][child_home] <= 3
        stay_poor = np.cumprod(1 - np.minimum(_QUIT * 2.2, 1))
        stay = np.cumprod(1 - _QUIT * 0.7)
        out = np.where(
            poor,
            24 - np.searchsorted(stay_poor[::-1], hurdle),
            24 - np.searchsorted(stay[::-1], hurdle),
        )
        out[rng.random(self.size) < 0.006] = 0
        return np.clip(out, 0, 24)

    def semester(self, year: int, half: int) -> Ints:
        """Return each person's school semester (0-23) in that half-year, -1 if not at school.

        Half 1 is January to June (the school year's second semester), 2 July to December.
        """
        school_year = year if half == 2 else year - 1
        grade = years_between(self.born, month_start(school_year, 7)) - 5 - self.school_late
        term = (grade - 1) * 2 + (half == 1)
        return np.where((grade >= 1) & (grade <= 12) & (term < self.quit_after), term, -1)

    # Households in time

    def home(self, month: int) -> Ints:
        """Return each person's household at the end of a month, -1 for none."""
        return self.history.hh[month].astype(np.int64)

    @cached_property
    def street(self) -> Texts:
        """Street and house number of each address id."""
        count = int(self.history.address.max()) + 1
        rng = self.draws("street")
        number = joined(" NO. ", of_ints(rng.integers(1, 120, count)))
        number[rng.random(count) < 0.3] = None
        lane = joined("JL. ", _STREETS.draw(rng, count), number)
        hamlet = joined("DUSUN ", _HAMLETS.draw(rng, count))
        village = np.zeros(count, dtype=np.int64)
        for month in (0, len(self.months) - 1):
            known = self.history.address[month] >= 0
            village[self.history.address[month][known]] = self.history.village[month][known]
        rural = (self.areas.site[village] == 2) & (rng.random(count) < 0.6)
        return np.where(rural, hamlet, lane)

    @cached_property
    def rt(self) -> Ints:
        """RT of each address id."""
        return self.draws("rt").integers(1, 13, int(self.history.address.max()) + 1)

    @cached_property
    def rw(self) -> Ints:
        """RW of each address id."""
        return self.draws("rw").integers(1, 9, int(self.history.address.max()) + 1)

    @cached_property
    def last_home(self) -> np.ndarray:
        """Per month, each person's latest household so far (kept after death or leaving)."""
        out = self.history.hh.astype(np.int32).copy()
        for month in range(1, len(out)):
            out[month] = np.where(out[month] < 0, out[month - 1], out[month])
        return out

    def relation(self, month: int) -> Texts:
        """Return each person's relation to the head of the household (SHDK), None outside."""
        history, persons = self.history, self.persons
        home = self.home(month)
        inside = home >= 0
        head = np.where(inside, history.head[month][np.maximum(home, 0)], -1)
        spouse = history.spouse[month].astype(np.int64)
        head_spouse = np.where(head >= 0, spouse[np.maximum(head, 0)], -2)
        me = np.arange(self.size)
        mother, father = persons["mother"], persons["father"]

        def child_of(person: Ints, parent: Ints) -> Bools:
            known = (person >= 0) & (parent >= 0)
            return known & ((mother[person] == parent) | (father[person] == parent))

        child = child_of(me, head) | child_of(me, head_spouse)
        grandchild = (
            child_of(mother, head)
            | child_of(father, head)
            | child_of(mother, head_spouse)
            | child_of(father, head_spouse)
        )
        in_law = (spouse >= 0) & (child_of(spouse, head) | child_of(spouse, head_spouse))
        parent = child_of(head, me)
        parent_in_law = child_of(head_spouse, me)
        out = np.select(
            [me == head, me == head_spouse, child, in_law, grandchild, parent, parent_in_law],
            list(
                texts(
                    ["KEPALA KELUARGA", "ISTRI", "ANAK", "MENANTU", "CUCU", "ORANG TUA", "MERTUA"]
                )
            ),
            "FAMILI LAIN",
        ).astype(object)
        out[(out == "ISTRI") & ~self.female] = "SUAMI"
        out[~inside] = None
        return out


def found(seed: int, people: int, years: int, until: str, areas: Areas) -> District:
    """Settle the district, let it live `years` years up to month `until` and name everybody.

    Raises ValueError if `until` is not a month or there are too few people or years.
    """
    try:
        last_year, last_month = (int(part) for part in until.split("-"))
        month_start(last_year, last_month)
    except ValueError as error:
        raise ValueError(f"until must be a month such as 2026-06, not {until!r}") from error
    if people < 50 or years < 1:
        raise ValueError("a district needs at least 50 people and one year")
    count = years * 12
    serial = last_year * 12 + last_month - 1 - (count - 1) + np.arange(count + 1)
    firsts = np.array([month_start(int(s) // 12, int(s) % 12 + 1) for s in serial])
    months = tuple(
        Month(
            i, int(serial[i]) // 12, int(serial[i]) % 12 + 1, int(firsts[i]), int(firsts[i + 1]) - 1
        )
        for i in range(count)
    )
    population = settle(seed, people, int(firsts[0]), count, areas)
    history = live(seed, population, firsts, areas)
    persons = population.persons
    names = name_people(
        seed,
        sex=persons["sex"],
        born=persons["born"],
        people=persons["people"],
        father=persons["father"],
        mother=persons["mother"],
        twin_of=persons["twin_of"],
    )
    rng = generator(seed, "numbers")
    area, place = _origins(rng, population.persons, history, areas)
    nik = _niks(area, persons["born"], persons["sex"], persons["mother"])
    kk_day = np.concatenate(population.kk_day)
    kk_village = np.concatenate(population.kk_village)
    old = kk_day < month_start(2020, 7)
    kk_area = np.where(old, areas.old_code[kk_village], areas.code[kk_village])
    kk_six = pd.Series(kk_area, dtype="str").str.replace(".", "", regex=False).str[:6]
    kk = _serials(kk_six.astype(np.int64).to_numpy() * 10**6 + _ddmmyy(kk_day), KK_SERIAL, 9999)
    return District(
        seed=seed,
        areas=areas,
        months=months,
        persons=persons,
        households=population.households,
        history=history,
        nik=nik,
        kk_number=kk,
        kk_day=kk_day,
        names=names,
        birthplace=place,
    )


def _ddmmyy(days: Ints) -> Ints:
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    day = (date - month).astype(np.int64) + 1
    months = month.astype(np.int64)
    return day * 10_000 + (months % 12 + 1) * 100 + (months // 12 + 1970) % 100


def _serials(stem: Ints, first: int, last: int) -> Ints:
    """Append the serial within equal stems, in row order. ValueError when a day runs over."""
    count = pd.Series(stem).groupby(stem).cumcount().to_numpy()
    if len(count) and count.max() > last - first:
        raise ValueError("too many people for the serials nobody has: make the district smaller")
    return stem * 10_000 + first + count


def _niks(area: Ints, born: Ints, sex: np.ndarray, mother: Ints) -> Ints:
    """Issue NIKs; the serials of twins stand next to each other."""
    stem = area * 10**6 + _ddmmyy(born) + (sex == 1) * 400_000
    # Twins of different sex do not share a stem; the others are issued mother by mother.
    order = np.lexsort((np.arange(len(stem)), mother, born))
    out = np.empty(len(stem), dtype=np.int64)
    out[order] = _serials(stem[order], NIK_SERIAL, KK_SERIAL - 1)
    return out


def _origins(
    rng: np.random.Generator, persons: Columns, history: History, areas: Areas
) -> tuple[Ints, Texts]:
    """Return the six-digit district that issued each NIK, and the place of birth."""
    size = len(persons)
    first = (history.hh >= 0).argmax(axis=0)
    home = np.maximum(history.hh[first, np.arange(size)], 0)
    village = np.maximum(history.village[first, home], 0).astype(np.int64)
    born_here = persons["birth_village"] >= 0
    village = np.where(born_here, persons["birth_village"], village)
    site = areas.site[village]
    code = np.where(
        persons["born"] < month_start(2020, 7), areas.old_code[village], areas.code[village]
    )
    six = pd.Series(code, dtype="str").str.replace(".", "", regex=False).str[:6]
    area: np.ndarray = six.astype(np.int64).to_numpy(copy=True)
    place = texts(["JAKARTA", "PEKANBARU", "BANTAENG"])[site]
    away = np.flatnonzero((persons["outsider"] == 1) & ~born_here)
    near = rng.random(len(away)) < 0.75
    choice = rng.integers(0, len(areas.elsewhere_code), len(away))
    for index in range(3):
        chosen = np.flatnonzero(near & (site[away] == index))
        choice[chosen] = rng.choice(areas.site_elsewhere[index], len(chosen))
    area[away] = areas.elsewhere_code[choice].astype(np.int64)
    place[away] = areas.elsewhere_name[choice]
    # Brothers and sisters mostly come from one place.
    parent = np.where(persons["mother"] >= 0, persons["mother"], persons["father"])
    child = np.flatnonzero((persons["outsider"] == 1) & (parent >= 0) & ~born_here)
    siblings = parent[child]
    leader = pd.Series(child).groupby(siblings).transform("first").to_numpy()
    area[child], place[child] = area[leader], place[leader]
    return area, place
