"""`python -m demo --home DIR --people N --seed S`: write a district without the command line."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from demo import PROGRAMS, Rates, write_district


def main() -> int:
    """Write a district as the arguments ask and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder for landing/ and truth")
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--until", default="2026-06", help="last month, YYYY-MM")
    parser.add_argument("--seed", type=int, default=20260601)
    parser.add_argument("--dirt", type=float, default=1.0, help="factor on all rates of dirt")
    parser.add_argument(
        "--programs",
        nargs="*",
        default=None,
        help=f"some of {' '.join(PROGRAMS)}; default: all",
    )
    options = parser.parse_args()
    start = time.perf_counter()
    spent: dict[str, float] = {}
    last = start

    def progress(program: str, done: int, total: int) -> None:
        nonlocal last
        now = time.perf_counter()
        spent[program] = spent.get(program, 0.0) + now - last
        last = now

    summary = write_district(
        options.home,
        seed=options.seed,
        people=options.people,
        years=options.years,
        until=options.until,
        programs=options.programs,
        rates=Rates().scaled(options.dirt),
        progress=progress,
    )
    for program, seconds in spent.items():
        print(f"{program:12} {seconds:6.1f} s", file=sys.stderr)
    print(
        f"{summary.people} people, {summary.households} households, {summary.files} files, "
        f"{summary.rows} rows in {time.perf_counter() - start:.1f} s"
    )
    for table, rows in sorted(summary.truth_rows.items()):
        print(f"  truth {table}: {rows}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
