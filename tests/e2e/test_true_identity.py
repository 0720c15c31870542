"""With the identity that is really so, the analysis finds what is really so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from demo.compare import compare
from demo.true_identity import BUILT, write_true_identity
from pipelines import dbt_cli, lake, settings
from pipelines.settings import Home
from tests.conftest import Barn
from tests.dbt_runs import dbt

pytestmark = pytest.mark.slow  # half a minute of dbt

MEASURES = ("overlaps", "coverage_gaps", "dropouts", "deceased_paid", "transitions")
ENOUGH = 0.97


def with_true_identity(barn: Barn, folder: Path) -> pd.DataFrame:
    """The comparison with the truth of a copy of the barn's lakes, linked as the truth says."""
    home = Home(folder / "home")
    for name in ("vault", "warehouse"):
        shutil.copytree(barn.home.root / name, home.root / name, symlinks=True)
    write_true_identity(home, barn.truth)
    project = folder / "project"
    shutil.copytree(
        settings.DBT_DIR, project, ignore=shutil.ignore_patterns("target", "logs", "barn")
    )
    # Areas and seeds stand as they were built: no identity changes them.
    built = dbt(
        project,
        home,
        *("build", *BUILT),
        *("path:models/intermediate", "path:seeds"),
        models=",".join(dbt_cli.staging_models()),
    )
    assert built.returncode == 0, "dbt could not build the copy"
    with lake.connect(read=lake.LAKES, home=home) as con:
        return compare(con, barn.truth)


@pytest.fixture(scope="module")
def found(whole_district: Barn, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return with_true_identity(whole_district, tmp_path_factory.mktemp("true"))


def test_every_record_is_with_its_person(found: pd.DataFrame) -> None:
    people = found[found["measure"].isin(["people", "households"])]
    assert len(people) == 2
    assert (people["true_count"] == people["right_count"]).all()
    assert (people["true_count"] == people["found_count"]).all()


@pytest.mark.parametrize("measure", MEASURES)
def test_analysis_finds_what_is_so(found: pd.DataFrame, measure: str) -> None:
    row = found[(found["measure"] == measure) & (found["kind"] == "all")].iloc[0]
    assert row["true_count"] > 0
    assert row["precision"] >= ENOUGH, row.to_dict()
    assert row["recall"] >= ENOUGH, row.to_dict()
