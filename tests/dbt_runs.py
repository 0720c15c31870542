"""dbt within the test's own process: its imports are paid for once, not at every run."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import lake
from pipelines.settings import Home


@dataclass(frozen=True)
class Done:
    """What a run of dbt ended with: 0 or 1, and what it printed."""

    returncode: int
    stdout: str


def dbt(folder: Path, home: Home, *words: str, models: str = "") -> Done:
    """`dbt <words>` of the project in `folder` over the barn `home`.

    models: names of the staging models in force, separated by commas. Nothing that the run opened
    or set stays: neither a connection to the lakes nor a variable of the environment. A project is
    parsed once, also for several barns.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    # dbt parses anew when a path in the profile changes, so every barn is found in one place.
    place = folder / "barn"
    place.unlink(missing_ok=True)
    place.symlink_to(home.root, target_is_directory=True)
    environment: Mapping[str, str] = {
        **lake.dbt_environment(Home(place)),
        "LUMBUNG_STAGING_MODELS": models,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    options = {
        "--project-dir": folder,
        "--profiles-dir": folder,
        "--target-path": folder / "target",
        "--log-path": folder / "logs",  # made, and left empty
    }
    said = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patched,
        contextlib.chdir(folder),
        contextlib.redirect_stdout(said),
    ):
        for name, value in environment.items():
            patched.setenv(name, value)
        try:
            result = dbtRunner().invoke(
                [
                    *("--no-use-colors", "--no-write-json", "--log-level-file", "none"),
                    *words,
                    *(str(part) for option in options.items() for part in option),
                ]
            )
        finally:
            # dbt-duckdb keeps its instance, and with it the catalogs' files, for the next run.
            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()
                DuckDBConnectionManager._ENV = None
    if result.exception is not None:
        said.write(f"\n{type(result.exception).__name__}: {result.exception}\n")
    return Done(0 if result.success else 1, said.getvalue())
