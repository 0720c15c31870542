"""Who is listed, entitled and enrolled, and who was really paid: shared by the programs.

The register of DTSEN and the enrolments in PKH and Sembako hang together, so they are
drawn once here, whichever programs are written. Payments that stand in a file in force
are booked here, and the true overlaps and coverage gaps follow from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from demo import aftermath
from demo.draws import Bools, Ints, Texts, texts, years_between
from demo.register import District, Month
from demo.truth import TruthBook

PAID = "SUDAH TRANSAKSI"


def quarters(district: District) -> list[Month]:
    """Return the last month of each quarter that lies wholly in the simulated time."""
    return [m for m in district.months if m.month % 3 == 0 and m.index >= 2]


def semesters(district: District) -> list[tuple[str, Month, Month]]:
    """Return (period, month the list is drawn up, last month) of each whole semester."""
    out = []
    for last in district.months:
        if last.month in (6, 12) and last.index >= 5:
            half = 1 if last.month == 6 else 2
            out.append((f"{last.year}S{half}", district.months[last.index - 3], last))
    return out


@dataclass
class Ledger:
    """Lists, enrolments and payments of one district."""

    district: District
    payments: list[dict[str, np.ndarray | str | int]] = field(default_factory=list)
    lists: dict[str, pd.DataFrame] = field(default_factory=dict)
    """Per quarter: household, its sender and desil text as listed, of DTSEN rows in force."""
    pupils: dict[str, Ints] = field(default_factory=dict)
    """Per semester: persons in a dapodik list in force."""
    classes: list[pd.DataFrame] = field(default_factory=list)
    """Of those lists: person, sender, grade and semester, counted from the first one."""
    deaths_told: dict[int, Ints] = field(default_factory=dict)
    """By the last day of a list's period: whom lists in force say to have died."""
    told: set[tuple[str, int, int]] = field(default_factory=set)
    """Program, month and sender of the payment lists in force."""

    @cached_property
    def listed(self) -> tuple[np.ndarray, np.ndarray]:
        """Decile in the DTSEN of each quarter and household, and the day it was updated.

        The register lags behind life: three in ten households are looked at per quarter.
        """
        district = self.district
        history = district.history
        months = quarters(district)
        households = int(history.desil.shape[1])
        desil = np.zeros((len(months), households), dtype=np.int8)
        day = np.zeros((len(months), households), dtype=np.int64)
        rng = district.draws("listed")
        first = history.desil[0].copy()
        # A new household starts with the decile it is first seen with.
        seen_first = (history.desil > 0).argmax(axis=0)
        first = history.desil[seen_first, np.arange(households)]
        current = np.clip(first + rng.integers(-1, 2, households), 1, 10).astype(np.int8)
        updated = district.months[0].first - rng.integers(10, 400, households)
        for index, month in enumerate(months):
            seen = history.desil[month.index] > 0
            looked = (rng.random(households) < 0.3) & seen
            slip = (rng.random(households) < 0.15) * rng.integers(-1, 2, households)
            now = np.clip(history.desil[month.index] + slip, 1, 10).astype(np.int8)
            current = np.where(looked, now, current)
            updated = np.where(looked, month.first - rng.integers(0, 80, households), updated)
            desil[index], day[index] = current, updated
        return desil, day

    def listed_at(self, month: int) -> np.ndarray:
        """Return the listed decile of each household that holds in a month."""
        indices = [m.index for m in quarters(self.district)]
        at = int(np.searchsorted(indices, month, side="right")) - 1
        return self.listed[0][max(at, 0)]

    @cached_property
    def _luck(self) -> np.ndarray:
        households = int(self.district.history.desil.shape[1])
        return self.district.draws("luck").random((4, households))

    @cached_property
    def enrolled(self) -> dict[str, np.ndarray]:
        """Households enrolled in `pkh` and `sembako`, per month: Boolean matrices."""
        district = self.district
        history = district.history
        households = int(history.desil.shape[1])
        out = {
            key: np.zeros((len(district.months), households), dtype=bool)
            for key in ("pkh", "sembako")
        }
        luck = self._luck
        current = {key: np.zeros(households, dtype=bool) for key in out}
        for month in district.months:
            desil = self.listed_at(month.index)
            exists = history.desil[month.index] > 0
            for key, mine, share in (("pkh", luck[0], 0.74), ("sembako", luck[1], 0.8)):
                poor = desil <= 4
                # Once in, a family stays until the yearly review; late ones enter by and by.
                if month.index == 0 or month.month == 1:
                    wrong = (desil >= 5) & (desil <= 8) & (luck[2] < 0.05)
                    current[key] = (poor & (mine < share)) | wrong
                    kept = (luck[3] < 0.12) & (desil <= 6) & (mine < share)
                    current[key] |= kept
                else:
                    entering = poor & (mine < share) & ((mine * 997 + month.index * 0.31) % 1 < 0.1)
                    current[key] |= entering
                out[key][month.index] = current[key] & exists
        return out

    @cached_property
    def second_kpm(self) -> np.ndarray:
        """Months and households served by Sembako under two cards: a Boolean matrix."""
        district = self.district
        history = district.history
        luck = district.draws("second kpm").random((2, history.kk.shape[1]))
        moved = np.zeros(history.kk.shape[1], dtype=np.int64) + 10**6
        out = np.zeros(history.kk.shape, dtype=bool)
        for month in range(1, len(history.kk)):
            changed = (history.kk[month] != history.kk[month - 1]) & (history.kk[month] >= 0)
            moved[changed] = month
            lately = (month >= moved) & (month < moved + 14)
            out[month] = lately & (luck[0] < 0.5)
        out |= luck[1] < 0.015
        return out

    def carer(self, month: int) -> Ints:
        """Return who collects for each household: a wife, else the head; -1 for none."""
        history, district = self.district.history, self.district
        head = history.head[month].astype(np.int64)
        spouse = np.where(head >= 0, history.spouse[month][np.maximum(head, 0)], -1)
        wife = (spouse >= 0) & district.female[np.maximum(spouse, 0)]
        at_home = history.hh[month][np.maximum(spouse, 0)] == np.arange(len(head))
        return np.where(wife & at_home, spouse, head)

    def tell(self, program: str, months: list[int], sender: np.ndarray) -> None:
        """Book whose payment lists in force speak of these months: the senders of their rows."""
        self.told |= {(program, month, int(one)) for month in months for one in np.unique(sender)}

    def pay(
        self,
        program: str,
        months: list[int],
        person: Ints,
        family: Ints,
        carer: Ints,
        sender: np.ndarray,
    ) -> None:
        """Book paid rows: for whom, the program's family number, who collected, who sent it."""
        for month in months:
            home = self.district.last_home[month][carer].astype(np.int64)
            self.payments.append(
                {
                    "program": program,
                    "month": month,
                    "person": person,
                    "family": family,
                    "carer": carer,
                    # Who has not arrived yet is of the family that it is listed with.
                    "household": np.where(home >= 0, home, family),
                    "sender": sender,
                }
            )

    def tell_dead(self, last_day: int, person: Ints) -> None:
        """Note whom a list in force, of a period that ends on `last_day`, says to have died."""
        before = self.deaths_told.get(last_day, np.empty(0, dtype=np.int64))
        self.deaths_told[last_day] = np.union1d(before, person)

    def teach(self, semester: int, person: Ints, sender: Ints, grade: Ints) -> None:
        """Note the pupils of a semester's lists in force, the senders by their number."""
        self.classes.append(
            pd.DataFrame({"person": person, "sender": sender, "grade": grade, "semester": semester})
        )

    def _booked(self) -> pd.DataFrame:
        parts = [
            pd.DataFrame(entry)
            for entry in self.payments
            if len(entry["person"])  # type: ignore[arg-type]
        ]
        if not parts:
            columns = ("program", "month", "person", "family", "carer", "household", "sender")
            return pd.DataFrame({name: [] for name in columns})
        return pd.concat(parts, ignore_index=True)

    def close(self, book: TruthBook) -> None:
        """Write what follows from the lists in force: overlaps, gaps, deaths paid, transitions."""
        booked = self._booked()
        aftermath.write(self, book, booked)
        labels = texts([month.label for month in self.district.months])
        booked = booked[booked["household"] >= 0]
        pkh = booked[booked["program"] == "pkh"]
        sembako = booked[booked["program"] == "sembako"]
        both = (
            pkh[["household", "month"]]
            .drop_duplicates()
            .merge(sembako[["household", "month"]].drop_duplicates(), on=["household", "month"])
        )
        self._overlap(book, labels, both, "household", "pkh", "sembako", "allowed")
        village_cash = booked[booked["program"] == "blt_dd"][["household", "month"]]
        with_pkh = (
            pkh[["household", "month"]]
            .drop_duplicates()
            .merge(village_cash.drop_duplicates(), on=["household", "month"])
        )
        self._overlap(book, labels, with_pkh, "household", "blt_dd", "pkh", "forbidden")
        twice = sembako.drop_duplicates(["household", "month", "person"])
        twice = twice.groupby(["household", "month"]).size().reset_index(name="n")
        self._overlap(
            book, labels, twice[twice.n > 1], "household", "sembako", "sembako", "forbidden"
        )
        double = pkh.drop_duplicates(["person", "month", "family"])
        double = double.groupby(["person", "month"]).size().reset_index(name="n")
        self._overlap(book, labels, double[double.n > 1], "person", "pkh", "pkh", "forbidden")
        for quarter in quarters(self.district):
            if quarter.quarter in self.lists:
                self._gaps(book, quarter, booked)

    @staticmethod
    def _overlap(
        book: TruthBook,
        labels: Texts,
        found: pd.DataFrame,
        level: str,
        first: str,
        second: str,
        verdict: str,
    ) -> None:
        found = found.sort_values(["month", level])
        ids = found[level].to_numpy(np.int64) + 1
        none = np.empty(len(found), dtype=object)
        book.add(
            "overlaps",
            level=level,
            household_id=ids if level == "household" else none,
            person_id=ids if level == "person" else none,
            program_a=first,
            program_b=second,
            month=labels[found["month"].to_numpy(np.int64)],
            verdict=verdict,
        )

    def _component(self, quarter: Month) -> Bools:
        """Tell which households have a member a PKH component is known of."""
        district = self.district
        home = district.home(quarter.index)
        age = years_between(district.born, quarter.last)
        known = (age < 7) | (age >= 60)
        half = 1 if quarter.month <= 6 else 2
        known[self.pupils.get(f"{quarter.year}S{half}", np.empty(0, dtype=np.int64))] = True
        out = np.zeros(district.history.desil.shape[1], dtype=bool)
        out[home[known & (home >= 0)]] = True
        return out

    def _gaps(self, book: TruthBook, quarter: Month, booked: pd.DataFrame) -> None:
        households = int(self.district.history.desil.shape[1])
        listed = self.lists[quarter.quarter]
        number = pd.to_numeric(listed["desil"], errors="coerce")
        above = listed["desil"].astype(object).fillna("").str.startswith("6-10")
        value = number.where(~above, 6.0)
        best = value.groupby(listed["household"]).min()
        desil = np.full(households, -1.0)
        desil[best.index.to_numpy(np.int64)] = best.fillna(0.0).to_numpy()
        component = self._component(quarter)
        months = [quarter.index - 2, quarter.index - 1, quarter.index]
        by_sender = listed.drop_duplicates("household")
        lister = np.full(households, -1)
        lister[by_sender["household"].to_numpy(np.int64)] = by_sender["sender"].to_numpy(np.int64)
        for program in ("pkh", "sembako"):
            mine = booked[(booked["program"] == program) & booked["month"].isin(months)]
            served = np.zeros(households, dtype=bool)
            # Whom the payment reached, seen at the quarter's end.
            served[mine["household"].to_numpy(np.int64)] = True
            # Where no register came, nobody can be missing from it.
            registered = mine[mine["sender"].isin(listed["sender"])]
            checked = np.zeros(households, dtype=bool)
            checked[registered["household"].to_numpy(np.int64)] = True
            # All months of the quarter: a list that is missing may hold the payment.
            tellers = [
                one
                for one in {sender for _, _, sender in self.told}
                if all((program, month, one) in self.told for month in months)
            ]
            known = np.isin(lister, tellers)
            eligible = (desil >= 1) & (desil <= 4)
            if program == "pkh":
                eligible &= component
            for name, found in (
                ("eligible_unserved", eligible & ~served & known),
                ("service_unknown", eligible & ~served & ~known),
                ("served_not_eligible", served & (desil > 4)),
                ("eligibility_unknown", served & (desil == 0)),
                ("served_unlisted", checked & (desil == -1)),
            ):
                book.add(
                    "coverage_gaps",
                    program=program,
                    household_id=np.flatnonzero(found) + 1,
                    period=quarter.quarter,
                    gap_class=name,
                )
