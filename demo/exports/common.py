"""What the programs' export modules share: places, card numbers and small text helpers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from demo.draws import Ints, Texts, joined, of_ints, padded, pick, texts
from demo.ledger import PAID, Ledger
from demo.register import District, Month
from demo.sending import Batch, Desk
from demo.soil import Soil, back, series

STATUSES = (PAID, "BELUM TRANSAKSI", "GAGAL", "SP2D", "SI")


@dataclass
class Office:
    """What an export module works with."""

    district: District
    ledger: Ledger
    desk: Desk
    progress: Callable[[str, int, int], None] | None = None

    def tick(self, program: str, done: int, total: int) -> None:
        """Report progress."""
        if self.progress:
            self.progress(program, done, total)


@dataclass(frozen=True)
class Place:
    """Where people live in a month, sorted by village and household."""

    order: Ints
    """Order of the given persons in which the other fields stand."""
    household: Ints
    village: Ints
    kk: Texts
    address: Texts
    rt: Ints
    rw: Ints


def at_home(
    district: District, month: int, person: Ints, household: Ints, *, sort: bool = True
) -> Place:
    """Return the places of persons, sorted by village, household and age unless told not to."""
    history = district.history
    village = history.village[month][household].astype(np.int64)
    order = (
        np.lexsort((person, district.born[person], household, village))
        if sort
        else np.arange(len(person))
    )
    household, village = household[order], village[order]
    address = history.address[month][household]
    return Place(
        order,
        household,
        village,
        district.kk_text[history.kk[month][household]],
        district.street[address],
        district.rt[address],
        district.rw[address],
    )


def upper(values: Texts) -> Texts:
    """Return texts in upper case."""
    return back(series(values).str.upper())


def plain(codes: Texts) -> Texts:
    """Return dotted codes without dots."""
    return back(series(codes).str.replace(".", "", regex=False))


def account(number: Ints, prefix: str = "99") -> Texts:
    """Return invented account or card numbers of 12 digits plus the prefix."""
    scattered = (np.asarray(number, dtype=np.int64) + 1) * 7_654_321 % 10**10
    return joined(prefix, padded(scattered, 10))


def statuses(rng: np.random.Generator, size: int) -> Texts:
    """Draw transaction statuses: mostly paid."""
    return pick(rng, STATUSES, [0.925, 0.03, 0.015, 0.015, 0.015], size)


def running(sender: np.ndarray) -> Texts:
    """Return running numbers that start at 1 for each sender."""
    count = pd.Series(sender).groupby(sender).cumcount().to_numpy() + 1
    return of_ints(count)


def not_yet(statuses_: Texts, draw: np.ndarray) -> Texts:
    """Return statuses as they stood earlier: some payments were still on their way."""
    return np.where((statuses_ == PAID) & (draw < 0.15), "SI", statuses_)


def yearly(district: District) -> list[Month]:
    """Return the last month of each calendar year that ends in the simulated time."""
    return [month for month in district.months if month.month == 12]


def sexes(district: District, person: Ints, form: tuple[str, str] = ("L", "P")) -> Texts:
    """Return the sex of persons in this form."""
    return texts(form)[district.female[person].astype(int)]


def same(text: str | None, size: int) -> Texts:
    """Return this text in every row."""
    return texts([text])[np.zeros(size, dtype=int)]


def soil_person(
    soil: Soil,
    batch: Batch,
    person: Ints,
    *,
    name: str | None = None,
    nik: str | None = None,
    born: str | None = None,
    form: str = "iso",
    sex: str | None = None,
    sex_form: tuple[str, str] = ("L", "P"),
    address: str | None = None,
) -> None:
    """Make a person's usual columns dirty."""
    district = soil.district
    if name:
        soil.name(name, person)
    if nik:
        young = district.born[person] > batch.sent_day - 17 * 365
        mother = np.where(young & (person >= 0), district.persons["mother"][person], -1)
        soil.nik(nik, person, mother)
    if born:
        place = district.birthplace[person]
        soil.date(born, district.born[person], form, person=person, place=place)
    if sex:
        soil.sex(sex, person, sex_form)
    if address:
        soil.formula(address)
    if name and nik:
        soil.blank_key(nik, name)


def split(names: str, separator: str | None = None) -> tuple[str, ...]:
    """Return the names in a header line; the separator is `; ` or `;` or `,` unless given."""
    mark = separator or next(m for m in ("; ", ";", ",") if m in names)
    return tuple(names.split(mark))
