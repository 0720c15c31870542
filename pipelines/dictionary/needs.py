"""The needs: what people asked for, which columns answer it, and the page that says so."""
from __future__ import annotations
import csv
from dataclasses import dataclass
from pathlib import Path
from pipelines import settings
NEEDS = settings.REFERENCE_DIR / "needs.csv"
@dataclass(frozen=True)
class Need:
    """A need as somebody stated it."""
    need_id: str
    place: str
    phrase: str
    capability: str
    indicator: str
    basis: str
def read_needs(path: Path = NEEDS) -> dict[str, Need]:
    """Needs by id, in the order of the list."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return {row["need_id"]: Need(**row) for row in csv.DictReader(handle)}
