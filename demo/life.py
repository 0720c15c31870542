"""Three years of life, month by month: births, deaths, weddings, moves, welfare.

All steps act on whole arrays. What the exports and the truth need of the past is kept
as month-by-month snapshots in `History`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.areas import Areas
from demo.draws import generator
from demo.people import Population

_DECILE_CUTS = np.array([-1.2816, -0.8416, -0.5244, -0.2533, 0.0, 0.2533, 0.5244, 0.8416, 1.2816])


@dataclass(frozen=True)
class History:
    """Snapshots at the end of each month; rows are months, columns persons or households."""

    first_days: np.ndarray
    """First day of each month and, last, of the month after (days since 1970)."""
    hh: np.ndarray
    """Household of each person, -1 if unborn, dead, gone or not yet arrived."""
    kk: np.ndarray
    """Family card id of each household."""
    village: np.ndarray
    address: np.ndarray
    head: np.ndarray
    desil: np.ndarray
    """True decile 1-10 of each household."""
    due: np.ndarray
    """Month in which each person is to give birth, -1 if not pregnant."""
    spouse: np.ndarray
    """Spouse's index, -1 without one."""


def live(seed: int, pop: Population, first_days: np.ndarray, areas: Areas) -> History:
    """Run all months and return their snapshots; `pop` ends as it is after the last."""
    months = len(first_days) - 1
    kept: dict[str, list[np.ndarray]] = {
        key: [] for key in ("hh", "kk", "village", "address", "head", "desil", "due", "spouse")
    }
    for month in range(months):
        rng = generator(seed, "life", month)
        day, end = int(first_days[month]), int(first_days[month + 1])
        _die(rng, pop, month, day, end)
        _give_birth(rng, pop, month, day, end)
        _conceive(rng, pop, month, day)
        _marry(rng, pop, month, day, areas)
        _move(rng, pop, month, day, areas)
        if month % 3 == 0:
            drift = rng.normal(0, 0.13, len(pop.score))
            shock = (rng.random(len(pop.score)) < 0.016) * rng.normal(-0.4, 0.9, len(pop.score))
            pop.score = pop.score * 0.997 + drift + shock
        here = pop.households["arrives"] <= month
        hh = pop.persons["hh"].copy()
        hh[hh >= 0] = np.where(here[hh[hh >= 0]], hh[hh >= 0], -1)
        kept["hh"].append(hh.astype(np.int32))
        for key in ("kk", "village", "address", "head"):
            kept[key].append(pop.households[key].astype(np.int32))
        kept["desil"].append((np.searchsorted(_DECILE_CUTS, pop.score) + 1).astype(np.int8))
        kept["due"].append(pop.persons["due"].astype(np.int16))
        kept["spouse"].append(pop.persons["spouse"].astype(np.int32))
    persons, households = len(pop.persons), len(pop.households)

    def stacked(key: str, width: int, default: int) -> np.ndarray:
        out = np.full((months, width), default, dtype=kept[key][0].dtype)
        for month, values in enumerate(kept[key]):
            out[month, : len(values)] = values
        return out

    return History(
        first_days=first_days,
        hh=stacked("hh", persons, -1),
        due=stacked("due", persons, -1),
        spouse=stacked("spouse", persons, -1),
        **{
            key: stacked(key, households, -1)
            for key in ("kk", "village", "address", "head", "desil")
        },
    )


def _active(pop: Population, month: int) -> np.ndarray:
    """Tell who lives in the district this month."""
    hh = pop.persons["hh"]
    active = hh >= 0
    active[active] = pop.households["arrives"][hh[active]] <= month
    return active


def _new_heads(pop: Population, households: np.ndarray) -> None:
    """Make the spouse, or else the oldest member, the head of these households."""
    households = np.unique(households)
    if not len(households):
        return
    persons = pop.persons
    wanted = np.zeros(len(pop.households), dtype=bool)
    wanted[households] = True
    members = np.flatnonzero(persons["hh"] >= 0)
    members = members[wanted[persons["hh"][members]]]
    former = pop.households["head"][persons["hh"][members]]
    is_spouse = (former >= 0) & (persons["spouse"][members] == former)
    rank = np.where(is_spouse, -(10**9), persons["born"][members])
    order = np.lexsort((members, rank, persons["hh"][members]))
    members = members[order]
    first = np.r_[True, np.diff(persons["hh"][members]) != 0] if len(members) else np.empty(0, bool)
    pop.households["head"][households] = -1
    pop.households["head"][persons["hh"][members[first]]] = members[first]


def _die(rng: np.random.Generator, pop: Population, month: int, day: int, end: int) -> None:
    persons = pop.persons
    active = np.flatnonzero(_active(pop, month))
    age = (day - persons["born"][active]) / 365.2425
    hazard = np.where(age < 1, 0.016, np.where(age < 5, 0.0014, 0.0004))
    hazard = hazard + 0.000045 * np.exp(0.091 * np.clip(age, 0, 105))
    dead = active[(rng.random(len(active)) < hazard / 12) & (age >= 0)]
    if not len(dead):
        return
    persons["died"][dead] = rng.integers(day, end, len(dead))
    households = persons["hh"][dead]
    was_head = pop.households["head"][households] == dead
    mates = persons["spouse"][dead]
    persons["hh"][dead] = -1
    persons["due"][dead] = -1
    _new_heads(pop, households[was_head])
    persons["spouse"][mates[mates >= 0]] = -1
    persons["spouse"][dead] = -1


def _give_birth(rng: np.random.Generator, pop: Population, month: int, day: int, end: int) -> None:
    persons = pop.persons
    mothers = np.flatnonzero((persons["due"] == month) & (persons["hh"] >= 0))
    if len(mothers):
        twins = mothers[rng.random(len(mothers)) < 0.012]
        born = rng.integers(day, end, len(mothers))
        father = persons["spouse"][mothers]
        people = np.where(
            father >= 0, persons["people"][np.maximum(father, 0)], persons["people"][mothers]
        )
        village = pop.households["village"][persons["hh"][mothers]]
        kids = persons.append(
            len(mothers),
            born=born,
            sex=rng.random(len(mothers)) < 0.488,
            hh=persons["hh"][mothers],
            mother=mothers,
            father=father,
            people=people,
            birth_village=village,
        )
        place = np.searchsorted(mothers, twins)
        persons.append(
            len(twins),
            born=born[place],
            sex=np.where(
                rng.random(len(twins)) < 0.65,
                persons["sex"][kids[place]],
                rng.random(len(twins)) < 0.5,
            ),
            hh=persons["hh"][twins],
            mother=twins,
            father=father[place],
            people=people[place],
            birth_village=village[place],
            twin_of=kids[place],
        )
        persons["last_birth"][mothers] = month
    persons["due"][persons["due"] == month] = -1


def _conceive(rng: np.random.Generator, pop: Population, month: int, day: int) -> None:
    persons = pop.persons
    age = (day - persons["born"]) / 365.2425
    fertile = (
        _active(pop, month)
        & (persons["sex"] == 1)
        & (persons["spouse"] >= 0)
        & (persons["due"] < 0)
        & (persons["last_birth"] < month - 12)
        & (age > 17)
        & (age < 44)
    )
    chosen = np.flatnonzero(fertile)
    chance = 0.024 * np.exp(-(((age[chosen] - 27) / 7.5) ** 2))
    chosen = chosen[rng.random(len(chosen)) < chance]
    persons["due"][chosen] = month + 8 + (rng.random(len(chosen)) < 0.5)


def _marry(rng: np.random.Generator, pop: Population, month: int, day: int, areas: Areas) -> None:
    persons, households = pop.persons, pop.households
    age = (day - persons["born"]) / 365.2425
    single = _active(pop, month) & (persons["spouse"] < 0)
    single[households["head"][households["head"] >= 0]] = False
    site = np.full(len(persons), -1)
    inside = persons["hh"] >= 0
    site[inside] = areas.site[households["village"][persons["hh"][inside]]]
    brides, grooms = [], []
    for index in range(3):
        women = np.flatnonzero(
            single & (persons["sex"] == 1) & (age > 19) & (age < 32) & (site == index)
        )
        women = women[rng.random(len(women)) < 0.011]
        men = np.flatnonzero(
            single & (persons["sex"] == 0) & (age > 21) & (age < 36) & (site == index)
        )
        men = rng.permutation(men)[: len(women)]
        women = rng.permutation(women)[: len(men)]
        apart = persons["hh"][women] != persons["hh"][men]
        brides.append(women[apart])
        grooms.append(men[apart])
    bride, groom = np.concatenate(brides), np.concatenate(grooms)
    if not len(bride):
        return
    persons["spouse"][bride] = groom
    persons["spouse"][groom] = bride
    own = rng.random(len(bride)) < 0.8
    persons["hh"][bride[~own]] = persons["hh"][groom[~own]]
    bride, groom = bride[own], groom[own]
    village = households["village"][persons["hh"][groom]]
    old = persons["hh"][groom]
    score = (pop.score[old] + pop.score[persons["hh"][bride]]) / 2 + rng.normal(-0.2, 0.4, len(old))
    # One in three couples stays at the address of the groom's parents.
    stays = rng.random(len(old)) < 0.33
    address = np.where(stays, households["address"][old], pop.new_address(len(old)))
    new = households.append(
        len(old),
        village=village,
        kk=pop.new_kk(village, np.full(len(old), day) + rng.integers(0, 20, len(old))),
        kk_before=households["kk"][old],
        address=address,
        head=groom,
        arrives=month,
    )
    pop.score = np.concatenate([pop.score, score])
    persons["hh"][bride] = new
    persons["hh"][groom] = new


def _move(rng: np.random.Generator, pop: Population, month: int, day: int, areas: Areas) -> None:
    households = pop.households
    here = np.flatnonzero((households["arrives"] <= month) & (households["gone"] == 0))
    drawn = rng.random(len(here))
    leaving = here[drawn < 0.0012]
    near = here[(drawn >= 0.0012) & (drawn < 0.0030)]
    far = here[(drawn >= 0.0030) & (drawn < 0.0058)]
    if len(leaving):
        gone = np.isin(pop.persons["hh"], leaving)
        pop.persons["left"][gone] = day
        pop.persons["hh"][gone] = -1
        pop.persons["due"][gone] = -1
        households["gone"][leaving] = 1
    # Within the village only the address changes; to another one also the family card.
    households["address"][near] = pop.new_address(len(near))
    if len(far):
        site = areas.site[households["village"][far]].astype(np.int64)
        cross = rng.random(len(far)) < 0.06
        site = np.where(cross, (site + rng.integers(1, 3, len(far))) % 3, site)
        village = np.empty(len(far), dtype=np.int64)
        for index in range(3):
            chosen = np.flatnonzero(site == index)
            choices = np.flatnonzero(areas.site == index)
            flat = areas.weight[choices] ** 0.5
            village[chosen] = rng.choice(choices, len(chosen), p=flat / flat.sum())
        changed = village != households["village"][far]
        far, village = far[changed], village[changed]
        households["village"][far] = village
        households["address"][far] = pop.new_address(len(far))
        households["kk_before"][far] = households["kk"][far]
        households["kk"][far] = pop.new_kk(village, day + rng.integers(0, 20, len(far)))
