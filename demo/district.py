"""The one call that makes a demonstration district: its exports and its truth."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.areas import load_areas
from demo.exports import PROGRAMS
from demo.exports.common import Office
from demo.ledger import Ledger
from demo.rates import Rates
from demo.register import found
from demo.sending import Desk
from demo.truth import TruthBook, write_people


@dataclass(frozen=True)
class Summary:
    """What was written."""

    landing: Path
    truth: Path
    people: int
    """People who live in the district at some time."""
    households: int
    files: int
    rows: int
    truth_rows: dict[str, int]
    """Rows of each truth table."""


def write_district(
    home: Path,
    *,
    seed: int = 20260601,
    people: int = 20_000,
    years: int = 3,
    until: str = "2026-06",
    programs: Sequence[str] | None = None,
    rates: Rates = Rates(),  # noqa: B008 (frozen)
    progress: Callable[[str, int, int], None] | None = None,
) -> Summary:
    """Write the district's exports to `home/landing` and its truth to `home/demo_truth`.

    Equal arguments give equal bytes. `people` live there on average over `years` years of
    periods that end with month `until` (YYYY-MM). `programs` names members of
    `demo.exports.PROGRAMS` (default: all). `progress(program, done, total)`
    is called per period. An earlier truth in `home` and the chosen programs' earlier exports
    are replaced.

    Raises ValueError for an unknown program, a malformed `until` or too few people or years.
    """
    chosen = list(PROGRAMS if programs is None else programs)
    unknown = sorted(set(chosen) - set(PROGRAMS))
    if unknown:
        raise ValueError(f"unknown programs {unknown}; known are {sorted(PROGRAMS)}")
    home = Path(home)
    areas = load_areas()
    district = found(seed, people, years, until, areas)
    truth = home / "demo_truth"
    if truth.exists():
        shutil.rmtree(truth)
    book = TruthBook(truth)
    ledger = Ledger(district)
    desk = Desk(home, district, rates, book)
    office = Office(district, ledger, desk, progress)
    for program, write in PROGRAMS.items():
        if program not in chosen:
            continue
        for old in (home / "landing" / program).glob(f"{program}_*"):
            old.unlink()
        write(office)
        desk.caches.pop(program, None)
        if progress:
            progress(program, 1, 1)
    ledger.close(book)
    write_people(book, district)
    book.close()
    present = int((district.history.hh >= 0).any(axis=0).sum())
    return Summary(
        landing=home / "landing",
        truth=truth,
        people=present,
        households=book.counts["households"],
        files=desk.files,
        rows=desk.rows,
        truth_rows=dict(book.counts),
    )
