"""The families that live in the district on the first day, before anything happens.

Only who is whose spouse, parent or child, ages, places and welfare: names, numbers and
everything else that follows from these is added in `register`, once all lives are known.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from demo.areas import SITE_SHARES, Areas
from demo.draws import NO_DAY, generator
from demo.names import SITE_PEOPLES

_COUPLE, _WIDOW, _WIDOWER, _ELDER, _ALONE = range(5)
_PEOPLE_PER_HOUSEHOLD = 3.42
_SITE_WELFARE = (0.25, 0.0, -0.35)

PERSON_FIELDS: dict[str, tuple[type, int]] = {
    "born": (np.int64, 0),
    "died": (np.int64, NO_DAY),
    "left": (np.int64, NO_DAY),
    "sex": (np.int8, 0),
    "hh": (np.int64, -1),
    "mother": (np.int64, -1),
    "father": (np.int64, -1),
    "spouse": (np.int64, -1),
    "twin_of": (np.int64, -1),
    "people": (np.int8, 0),
    "origin": (np.int64, -1),
    "birth_village": (np.int64, -1),
    "due": (np.int64, -1),
    "last_birth": (np.int64, -99),
    "outsider": (np.int8, 0),
}
"""Columns of a person: type and default. `hh` is -1 once dead or gone. Months count from 0."""

HOUSEHOLD_FIELDS: dict[str, tuple[type, int]] = {
    "village": (np.int64, 0),
    "kk": (np.int64, -1),
    "kk_before": (np.int64, -1),
    "address": (np.int64, -1),
    "head": (np.int64, -1),
    "arrives": (np.int64, 0),
    "gone": (np.int8, 0),
}


@dataclass
class Columns:
    """A table that grows: equally long arrays by name."""

    fields: dict[str, tuple[type, int]]
    data: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, (kind, _) in self.fields.items():
            self.data.setdefault(name, np.empty(0, dtype=kind))

    def __getitem__(self, name: str) -> np.ndarray:
        return self.data[name]

    def __len__(self) -> int:
        return len(next(iter(self.data.values())))

    def append(self, size: int, **values: np.ndarray | int) -> np.ndarray:
        """Add `size` rows and return their indices; fields not given get their default."""
        start = len(self)
        for name, (kind, default) in self.fields.items():
            new: np.ndarray = np.empty(size, dtype=kind)
            new[:] = values.get(name, default)
            self.data[name] = np.concatenate([self.data[name], new])
        return np.arange(start, start + size)


@dataclass
class Population:
    """People and households, and the numbers handed out so far."""

    persons: Columns
    households: Columns
    score: np.ndarray
    """Welfare of each household as a standard normal score; deciles are cut from it."""
    kk_day: list[np.ndarray]
    """Issue day of each family card (days since 1970), in chunks."""
    kk_village: list[np.ndarray]
    kk_count: int = 0
    address_count: int = 0

    def new_kk(self, villages: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Issue family cards and return their ids."""
        self.kk_day.append(np.asarray(days, dtype=np.int64))
        self.kk_village.append(np.asarray(villages, dtype=np.int64))
        ids = np.arange(self.kk_count, self.kk_count + len(villages))
        self.kk_count += len(villages)
        return ids

    def new_address(self, size: int) -> np.ndarray:
        """Return ids of addresses nobody has had before."""
        ids = np.arange(self.address_count, self.address_count + size)
        self.address_count += size
        return ids


def settle(seed: int, people: int, first_day: int, months: int, areas: Areas) -> Population:
    """Return about `people` people in families; some arrive only in a later month."""
    rng = generator(seed, "settle")
    size = max(30, round(people / _PEOPLE_PER_HOUSEHOLD * (1 + 0.0012 * months)))
    site = np.searchsorted(np.cumsum(SITE_SHARES), rng.random(size), side="right").clip(0, 2)
    village = np.empty(size, dtype=np.int64)
    for index in range(3):
        here = np.flatnonzero(site == index)
        choices = np.flatnonzero(areas.site == index)
        village[here] = rng.choice(choices, len(here), p=areas.weight[choices])
    order = np.lexsort((rng.random(size), village))
    site, village = site[order], village[order]
    kind = np.searchsorted(np.cumsum([0.78, 0.09, 0.04, 0.05, 0.04]), rng.random(size)).clip(0, 4)
    arrives = np.where(
        rng.random(size) < 0.0012 * months / (1 + 0.0012 * months),
        rng.integers(1, max(2, months), size),
        0,
    )
    score = np.array(_SITE_WELFARE)[site] + rng.normal(0, 1.0, size)
    score = score - np.isin(kind, [_WIDOW, _ELDER]) * 0.35
    population = Population(Columns(PERSON_FIELDS), Columns(HOUSEHOLD_FIELDS), score, [], [])
    before = population.new_kk(village, first_day - rng.integers(4000, 6000, size))
    now = population.new_kk(village, first_day - rng.integers(30, 3900, size))
    population.households.append(
        size,
        village=village,
        kk=now,
        kk_before=before,
        address=population.new_address(size),
        arrives=arrives,
    )
    _fill(rng, population, kind, site, first_day)
    return population


def _fill(
    rng: np.random.Generator, pop: Population, kind: np.ndarray, site: np.ndarray, day: int
) -> None:
    """Put heads, spouses, children and grandparents into the households."""
    size = len(kind)
    households = np.arange(size)
    head_age = np.clip(rng.normal(44, 12.5, size), 21, 82)
    head_age = np.where(kind == _ELDER, rng.uniform(60, 90, size), head_age)
    head_age = np.where(kind == _ALONE, rng.uniform(20, 45, size), head_age)
    head_age = np.where(kind == _WIDOW, np.clip(head_age + 6, 25, 85), head_age)
    female = (kind == _WIDOW) | ((kind == _ELDER) & (rng.random(size) < 0.7))
    female |= (kind == _ALONE) & (rng.random(size) < 0.4)
    shares = np.cumsum(np.array(SITE_PEOPLES), axis=1)
    origin = (rng.random(size)[:, None] > shares[site]).sum(axis=1).clip(0, 7)
    persons = pop.persons

    def born(age: np.ndarray) -> np.ndarray:
        return np.floor(day - age * 365.2425).astype(np.int64)

    arrival = pop.households["arrives"]
    heads = persons.append(
        size,
        born=born(head_age),
        sex=female,
        hh=households,
        people=origin,
        outsider=(rng.random(size) < 0.3) | (arrival > 0),
    )
    pop.households["head"][:] = heads
    couples = np.flatnonzero(kind == _COUPLE)
    wife_age = np.clip(head_age[couples] - rng.normal(3.2, 3.2, len(couples)), 18, 80)
    mixed = rng.random(len(couples)) < 0.2
    other = (rng.random(len(couples))[:, None] > shares[site[couples]]).sum(axis=1).clip(0, 7)
    wives = persons.append(
        len(couples),
        born=born(wife_age),
        sex=1,
        hh=couples,
        spouse=heads[couples],
        people=np.where(mixed, other, origin[couples]),
        outsider=(rng.random(len(couples)) < 0.35) | (arrival[couples] > 0),
    )
    persons["spouse"][heads[couples]] = wives
    mother = np.full(size, -1, dtype=np.int64)
    mother[couples] = wives
    mother[kind == _WIDOW] = heads[kind == _WIDOW]
    father = np.where((kind == _COUPLE) | (kind == _WIDOWER), heads, -1)
    mother_age = np.where(mother >= 0, 0.0, head_age - 3)
    mother_age[mother >= 0] = (day - persons["born"][mother[mother >= 0]]) / 365.2425
    with_children = np.isin(kind, [_COUPLE, _WIDOW, _WIDOWER])
    ever = np.minimum(rng.poisson(np.where(mother_age > 50, 3.6, 2.6)), 6) * with_children
    at_birth = np.clip(rng.normal(22.3, 3.4, size), 17, 38)
    for number in range(6):
        age = mother_age - at_birth
        home = np.select([age < 18, age < 22, age < 27, age < 40], [0.98, 0.8, 0.45, 0.12], 0.05)
        chosen = np.flatnonzero(
            (number < ever) & (age >= 0) & (at_birth < 46) & (rng.random(size) < home)
        )
        days = born(age[chosen])
        kids = persons.append(
            len(chosen),
            born=days,
            sex=rng.random(len(chosen)) < 0.488,
            hh=chosen,
            mother=mother[chosen],
            father=father[chosen],
            people=origin[chosen],
            outsider=(arrival[chosen] > 0) | (rng.random(len(chosen)) < 0.06),
        )
        twins = np.flatnonzero(rng.random(len(chosen)) < 0.012)
        persons.append(
            len(twins),
            born=days[twins],
            sex=np.where(
                rng.random(len(twins)) < 0.65,
                persons["sex"][kids[twins]],
                rng.random(len(twins)) < 0.5,
            ),
            hh=chosen[twins],
            mother=mother[chosen[twins]],
            father=father[chosen[twins]],
            people=origin[chosen[twins]],
            twin_of=kids[twins],
            outsider=persons["outsider"][kids[twins]],
        )
        youngest = age < 1.2
        has_mother = youngest[chosen] & (mother[chosen] >= 0)
        persons["last_birth"][mother[chosen[has_mother]]] = -6
        at_birth = at_birth + 1.6 + rng.gamma(1.9, 1.3, size)
    old = np.flatnonzero(
        with_children & (rng.random(size) < 0.13) & (head_age > 24) & (head_age < 62)
    )
    grand_age = np.minimum(head_age[old] + rng.uniform(19, 34, len(old)), 98)
    grand = persons.append(
        len(old),
        born=born(grand_age),
        sex=rng.random(len(old)) < 0.72,
        hh=old,
        people=origin[old],
        outsider=rng.random(len(old)) < 0.5,
    )
    is_mother = persons["sex"][grand] == 1
    persons["mother"][heads[old[is_mother]]] = grand[is_mother]
    persons["father"][heads[old[~is_mother]]] = grand[~is_mother]
    pregnant = np.flatnonzero(
        (persons["sex"] == 1)
        & (persons["spouse"] >= 0)
        & (persons["born"] > day - 40 * 365)
        & (persons["last_birth"] < -12)
        & (rng.random(len(persons)) < 0.07)
    )
    persons["due"][pregnant] = rng.integers(0, 9, len(pregnant))
