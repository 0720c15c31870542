"""Building part of the dbt project in a lake of its own, for the tests of areas."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import yaml

from pipelines import settings
from pipelines.settings import Home
from tests.dbt_runs import dbt

REGISTER = (
    "area_edition_documents",
    "area_code_pairs",
    "int_area_editions",
    "int_area_village_links",
    "int_area_current",
)


def _project(folder: Path, staging: Sequence[str], more: Mapping[str, str | None]) -> Path:
    """The part of the project that tells of areas and their figures: less is parsed sooner."""
    real = settings.DBT_DIR
    for part in ("macros", "seeds", "models/intermediate"):
        shutil.copytree(real / part, folder / part)
    for program in sorted({name.split("__")[0].removeprefix("stg_") for name in staging}):
        part = f"models/staging/{program}"
        shutil.copytree(real / part, folder / part)
    files = ["profiles.yml", "models/staging/sources.yml"]
    for model in ("areas", "area_succession", "area_observations", "indicators"):
        files += [f"models/core/{model}.sql", f"models/core/{model}.yml"]
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        if (real / file).exists():
            shutil.copy(real / file, folder / file)
    for name, text in more.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text or (real / name).read_text("utf-8"), "utf-8")
    said = yaml.safe_load((real / "dbt_project.yml").read_text("utf-8"))
    # The tests that a YAML states may be about models that are not here; none is run.
    del said["flags"]["warn_error_options"]
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(said), "utf-8")
    return folder


def build(
    home: Home,
    models: Sequence[str],
    *,
    staging: Sequence[str] = (),
    more: Mapping[str, str | None] = MappingProxyType({}),
) -> None:
    """Run dbt on `models`, without their tests; the lakes under `home` must be prepared.

    staging: names of the staging models that the unions take.
    more: files of the project that are needed besides, and what stands in them; None: as it is.
    """
    done = dbt(
        _project(home.cache / "project", staging, more),
        home,
        *("build", "--resource-type", "model", "--resource-type", "seed", "--select", *models),
        models=",".join(staging),
    )
    assert done.returncode == 0, done.stdout[-3000:]
