"""Every program of the demonstration goes the whole way, and every dirty cell to its place."""

from __future__ import annotations

import pandas as pd
import pytest

from demo.compare import compare, compare_damage
from pipelines.exports import declaration
from tests.conftest import Barn

pytestmark = pytest.mark.slow

# Fewer cells than this say nothing about a kind.
ENOUGH = 15


@pytest.fixture(scope="module")
def ended(whole_district: Barn) -> dict[str, pd.DataFrame]:
    """The comparison with the truth, and where dirty cells have ended."""
    with whole_district.connect() as con:
        found = compare(con, whole_district.truth)
        damage = compare_damage(con, whole_district.truth)
    return {"found": found, "damage": damage[damage["cells_count"] >= ENOUGH]}


def test_every_program_serves(whole_district: Barn) -> None:
    serving = whole_district.query(
        "SELECT DISTINCT program FROM vault.quality.submissions WHERE is_serving ORDER BY ALL"
    )
    assert [p for (p,) in serving] == [p.name for p in declaration.load_programs()]


def test_every_accepted_row_says_something(whole_district: Barn) -> None:
    """Each reaches a canonical record, or is counted with its reason."""
    for program in declaration.load_programs():
        models = whole_district.query(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'vault' AND "
            f"schema_name = 'staging' AND starts_with(table_name, 'stg_{program.name}__') ORDER BY 1"
        )
        told = " UNION ALL ".join(
            f"SELECT submission_id, source_row FROM vault.staging.{name}" for (name,) in models
        )
        lost = whole_district.query(
            f"SELECT count(*) FROM (SELECT submission_id, source_row "
            f"FROM vault.submissions.{program.name} "
            "SEMI JOIN (FROM vault.quality.submissions WHERE is_serving) USING (submission_id) "
            f"EXCEPT ({told}))"
        )
        assert lost == [(0,)], program.name


@pytest.mark.parametrize(
    ("expected", "share"), [("quarantined", 0.9), ("repaired", 0.95), ("unknown", 0.95)]
)
def test_dirty_cells_end_in_their_place(
    ended: dict[str, pd.DataFrame], expected: str, share: float
) -> None:
    damage = ended["damage"]
    kinds = damage[damage["expected"] == expected]
    assert len(kinds)
    assert list(kinds[kinds["recall"] < share]["kind"]) == []


def test_what_can_be_seen_is_flagged(ended: dict[str, pd.DataFrame]) -> None:
    """A number on a stranger cannot be seen within a file unless its owner stands there too."""
    damage = ended["damage"]
    kinds = damage[(damage["expected"] == "warning") & (damage["kind"] != "nik_shared")]
    assert len(kinds)
    assert list(kinds[kinds["recall"] < 0.8]["kind"]) == []


def test_what_is_put_right_is_right(ended: dict[str, pd.DataFrame]) -> None:
    damage = ended["damage"]
    put_right = damage[damage["expected"] == "repaired"]
    assert list(put_right[put_right["precision"] < 0.95]["kind"]) == []


def test_people_are_told_apart_over_all_lists(ended: dict[str, pd.DataFrame]) -> None:
    found = ended["found"]
    people = found[found["measure"] == "people"].iloc[0]
    assert people["precision"] >= 0.998
    assert people["recall"] >= 0.95
