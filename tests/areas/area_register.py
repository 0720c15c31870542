"""Building part of the dbt project in a lake of its own, for the tests of areas."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from pipelines import lake, settings
from pipelines.settings import Home

REGISTER = (
    "area_edition_documents",
    "area_code_pairs",
    "int_area_editions",
    "int_area_village_links",
    "int_area_current",
)


def build(home: Home, models: Sequence[str], *, staging: Sequence[str] = ()) -> None:
    """Run dbt on `models`, without their tests; the lakes under `home` must be prepared.

    staging: names of the staging models that the unions take.
    """
    only = ["--resource-type", "model", "--resource-type", "seed"]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "build", *only),
            *("--project-dir", str(settings.DBT_DIR), "--profiles-dir", str(settings.DBT_DIR)),
            *("--target-path", str(home.cache / "dbt"), "--log-path", str(home.vault / "logs")),
            *("--select", *models),
        ],
        env={**lake.process_environment(home), "LUMBUNG_STAGING_MODELS": ",".join(staging)},
        cwd=settings.PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
