"""What stands in the barn, in one short table: after a run, and for `lumbung status`.

Counts only, never a person. No import of Dagster or dbt.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pipelines import guard, lake, query, settings
from pipelines.exports import declaration, owed, receive
from pipelines.exports.due import Late
from pipelines.releases import catalog
from pipelines.releases.catalog import Release
from pipelines.settings import Home

if TYPE_CHECKING:
    import pandas as pd

MEASURES = (
    "programs",
    "submissions",
    "rows",
    "people",
    "households",
    "overlaps",
    "coverage gaps",
)
TRUTH = "demo_truth"
SHOWN = 10
_NEEDS = re.compile(r"^-- ([a-z ]+): ([a-z_.]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Count:
    """How many of a kind there are; None where nothing has been built that could say."""

    measure: str
    kind: str
    count: int | None


@dataclass(frozen=True)
class Status:
    """The barn's counts, its current release, and whether a known truth stands beside it.

    late: what areas owe now, the longest owed first; holes before what came last are not among it.
    unclaimed: files by folder of `landing/` that belong to no program.
    """

    counts: tuple[Count, ...]
    release: Release | None
    has_truth: bool
    late: tuple[Late, ...] = ()
    unclaimed: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "counts": [vars(c) for c in self.counts],
            "release": self.release.name if self.release else None,
            "late": [vars(item) for item in self.late],
            "unclaimed": dict(self.unclaimed),
        }


def read(home: Home | None = None) -> Status:
    """Count what stands under `home`. Raises LakeError if the barn has not been made yet."""
    home = home or settings.home()
    text = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    found: list[Count] = []
    programs = declaration.load_programs()
    with lake.connect(read=lake.LAKES, home=home) as con:
        owing = [item for item in owed.late(con, programs) if not item.is_gap]
        for statement in text.split(";"):
            needs = _NEEDS.search(statement)
            if needs and lake.table_exists(con, needs.group(2)):
                rows = con.execute(statement).fetchall()
                found += [Count(m, kind or "", int(n)) for m, kind, n in rows]
                # A table that stands and is empty has none; one that does not stand is not known.
                found += [] if rows else [Count(needs.group(1), "", 0)]
    known = {c.measure for c in found}
    missing = [Count(measure, "", None) for measure in MEASURES if measure not in known]
    order = {measure: number for number, measure in enumerate(MEASURES)}
    counts = sorted([*found, *missing], key=lambda c: order.get(c.measure, len(order)))
    return Status(
        tuple(counts),
        catalog.current(home),
        (home.root / TRUTH).is_dir(),
        tuple(sorted(owing, key=lambda i: (-i.days_late, i.program, i.area_code, i.period))),
        receive.strays(programs, home),
    )


def show(status: Status, *, out: TextIO | None = None, home: Home | None = None) -> None:
    """Print the short table, the release, and where to look next."""
    out = out or sys.stdout
    home = home or settings.home()
    rows = [
        [
            c.measure,
            c.kind.replace("_", " "),
            "not built yet" if c.count is None else f"{c.count:,}",
        ]
        for c in status.counts
    ]
    query.print_table(["what", "which", "count"], rows, out=out, right=[False, False, True])
    print(file=out)
    # One line per list and sender: its oldest debt, and how many followed.
    oldest = {(i.program, i.area_code): i for i in reversed(status.late)}
    periods = Counter((i.program, i.area_code) for i in status.late)
    for sender in list(periods)[:SHOWN]:
        item, later = oldest[sender], f", and {periods[sender] - 1:,} later"
        print(f"late      {item.message_en}{later if periods[sender] > 1 else ''}", file=out)
    if len(periods) > SHOWN:
        print(f"late      and {len(periods) - SHOWN:,} more lists: see --format json", file=out)
    for folder, count in status.unclaimed.items():
        place = f"landing/{guard.masked(folder)}"
        print(f"unclaimed {count:,} files in {place}: no program has that name", file=out)
    if status.late or status.unclaimed:
        print(file=out)
    release = status.release
    if release is None:
        print("release   none yet: start `lumbung run`", file=out)
        return
    local = release.created_at.astimezone(settings.DEFAULT_TIMEZONE)
    print(
        f"release   {release.name}  ({local:%Y-%m-%d %H:%M %Z}, "
        f"{len(release.tables)} tables, {release.rows:,} rows)",
        file=out,
    )
    print(
        f"tables    {_short(release.path)}/ (Parquet, warehouse.duckdb, dictionary.csv)", file=out
    )
    print('ask       lumbung sql "SHOW ALL TABLES"', file=out)
    print("watch     make ui", file=out)


def show_truth(home: Home | None = None, *, out: TextIO | None = None) -> None:
    """Print precision and recall against the demonstration's truth.

    Raises QueryError if no truth stands beside this barn or nothing has been built to compare.
    """
    home = home or settings.home()
    folder = home.root / TRUTH
    if not folder.is_dir():
        raise query.QueryError("No known truth stands beside this barn: `lumbung demo` makes one.")
    from demo.compare import compare, compare_damage

    needed = (
        "vault.quality.submissions",
        "vault.identity.record_links",
        "warehouse.analysis.overlaps",
        "warehouse.analysis.coverage_gaps",
    )
    with lake.connect(read=lake.LAKES, home=home) as con:
        missing = [t for t in needed if not lake.table_exists(con, t)]
        if missing:
            raise query.QueryError(f"There is no {missing[0]} yet to compare: start `lumbung run`.")
        found = compare(con, folder)
        has_damage = (folder / "damage.parquet").exists()
        damage = compare_damage(con, folder) if has_damage else None
    print("\nAgainst the demonstration's truth:", file=out or sys.stdout)
    _print_frame(found, out)
    if damage is not None:
        print("\nWhere dirty cells have ended:", file=out or sys.stdout)
        _print_frame(damage, out)


def _print_frame(found: pd.DataFrame, out: TextIO | None) -> None:
    shares = [c for c in ("precision", "recall", "f1") if c in found]
    names = [str(c) for c in found]
    counts = [c for c in names if c.endswith("_count")]
    words = [c for c in names if c not in (*shares, *counts)]
    texts = found.astype(object).where(found.notna(), None)
    columns = {
        **{c: texts[c].str.replace("_", " ") for c in words},
        **{c.removesuffix("_count"): texts[c].map("{:,}".format) for c in counts},
        **{c: texts[c].map(lambda v: "-" if v is None else f"{v:.4f}") for c in shares},
    }
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    numbers = len(columns) - len(words)
    query.print_table(list(columns), rows, out=out, right=[False] * len(words) + [True] * numbers)


def _short(path: Path) -> str:
    """The path from where the user stands, if it is below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
