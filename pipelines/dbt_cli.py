"""How dbt is called: its environment, its manifest, and what the staging folder holds.

Plain functions without Dagster. The union models pick their inputs by name, so the list of
staging models is handed to dbt as an environment variable and a new program touches no model.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from pipelines import guard, lake, settings
from pipelines.settings import Home

PROFILES_DIR = settings.DBT_DIR
# dbt as this project starts it (pipelines/dbt_process.py), beside the running Python.
EXECUTABLE = Path(sys.executable).parent / "lumbung-dbt"


def staging_models(project: Path = settings.DBT_DIR) -> list[str]:
    """Names of the `stg_<program>__<record>` models of the programs in force, sorted."""
    resting = resting_programs(project)
    return sorted(
        path.stem
        for path in (project / "models" / "staging").glob("*/stg_*__*.sql")
        if path.parent.name not in resting
    )


def resting_programs(project: Path = settings.DBT_DIR) -> set[str]:
    """Programs that have staging models but are not in force (`LUMBUNG_PROGRAMS`)."""
    chosen = settings.programs()
    if chosen is None:
        return set()
    return {p.parent.name for p in (project / "models" / "staging").glob("*/stg_*__*.sql")} - chosen


def target_path(home: Home | None = None) -> Path:
    """Where dbt writes its manifest, results and log: in the vault, because errors quote rows."""
    return (home or settings.home()).vault / "dbt"


def environment(home: Home | None = None) -> dict[str, str]:
    """What dbt needs on top of this process's environment."""
    return {
        **lake.dbt_environment(home),
        "LUMBUNG_STAGING_MODELS": ",".join(staging_models()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_LOG_PATH": str(target_path(home)),
        "DBT_TARGET_PATH": str(target_path(home)),
        "DBT_PROFILES_DIR": str(PROFILES_DIR),
        # Absolute, because dbt keeps it in its cache and looks for seeds under it later.
        "DBT_PROJECT_DIR": str(settings.DBT_DIR),
    }


def source_files(project: Path = settings.DBT_DIR) -> Iterable[Path]:
    """Every file of the dbt project that can change what it builds, sorted."""
    folders = ("models", "macros", "seeds", "tests")
    files = [project / "dbt_project.yml", project / "profiles.yml"]
    for folder in folders:
        files += [p for p in (project / folder).rglob("*") if p.suffix in {".sql", ".yml", ".csv"}]
    return sorted(files)


def source_hash(home: Home | None = None) -> str:
    """SHA-256 over the dbt project's files and the environment that parsing depends on."""
    digest = hashlib.sha256()
    for path in source_files():
        digest.update(str(path.relative_to(settings.DBT_DIR)).encode())
        digest.update(path.read_bytes())
    for name, value in sorted(environment(home).items()):
        digest.update(f"{name}={value}\n".encode())
    return digest.hexdigest()


def manifest(home: Home | None = None) -> Path:
    """Path of an up-to-date `manifest.json`; runs `dbt parse` only when the project has changed.

    Raises StepError, with dbt's own words in the vault's log, when the project does not parse.
    """
    home = home or settings.home()
    target = target_path(home)
    path, mark = target / "manifest.json", target / "manifest.sha256"
    wanted = source_hash(home)
    if path.exists() and mark.exists() and mark.read_text() == wanted:
        return path
    target.mkdir(parents=True, exist_ok=True)
    with guard.quiet_errors("dbt parse", home):
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.dbt_process", "--no-use-colors", "parse"],
            env={**os.environ, **environment(home), "LUMBUNG_HOME": str(home.root)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
    mark.write_text(wanted)
    return path
