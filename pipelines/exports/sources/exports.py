"""What a database and an API have in common: exports by period, and their versions.

Both are written to the shelf as files of their own making, named as a sender would name them. The
manifest of each says under `pull` what was taken; nothing else is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import settings
from pipelines.exports import periods
from pipelines.exports.declaration import Program
from pipelines.exports.periods import Kind, Period
from pipelines.exports.sources import shelf
from pipelines.settings import Home


@dataclass(frozen=True)
class Taken:
    """The newest export of a period that a source gave: its receipt, and its manifest's `pull`."""

    receipt: shelf.Receipt
    pull: dict[str, Any]


def kind(program: Program) -> Kind:
    """The kind of period that exports are cut by; that of the first one where any is right."""
    return periods.kind_of(program.cadence.kind) or program.cadence.first.kind


def taken(program: Program, url: str, area: str, home: Home | None) -> dict[str, Taken]:
    """By period, the newest export that the source at `url` gave for `area` (without dots)."""
    found: dict[str, Taken] = {}
    for receipt, manifest in shelf.manifests(program, home):
        pull = manifest.get("pull")
        if not pull or receipt.source_url != url or pull.get("area") != area or not receipt.period:
            continue
        known = found.get(receipt.period)
        if known is None or known.receipt.version < receipt.version:
            found[receipt.period] = Taken(receipt, pull)
    return found


def keep(
    program: Program,
    target: Path,
    part: Path,
    *,
    url: str,
    area: str,
    period: Period | str,
    extension: str,
    pull: dict[str, Any],
    home: Home | None,
) -> shelf.Receipt | None:
    """Put an export on the shelf under its next version; None, and `part` is gone, if it is known.

    Known is what equals the newest that the source gave for the area and period. The version
    follows the highest that ever came for them, also from the drop folder.
    """
    digest, size = shelf.hashed(part)
    mine = taken(program, url, area, home).get(str(period))
    if mine is not None and mine.receipt.sha256 == digest:
        part.unlink()
        return None
    dotted = periods.dotted_area(area)
    others = [
        r.version
        for r, _ in shelf.manifests(program, home)
        if r.area_code == dotted and r.period == str(period)
    ]
    version = max(others, default=0) + 1
    suffix = f"_v{version}" if version > 1 else ""
    arrival = shelf.Arrival(
        name=f"{program.name}_{area}_{period}{suffix}.{extension}",
        url=url,
        sha256=digest,
        size=size,
        modified=settings.now(),
        more={"pull": {**pull, "area": area}},
    )
    return shelf.keep(program, target, part, arrival, set())
