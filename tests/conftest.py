"""What all tests share: no surprise from the environment, and barns that are filled only once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from pipelines import lake
from pipelines.settings import Home

# The same examples on every machine and in every run.
hypothesis_settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("repeatable")

NOW = "2026-07-20T02:00:00+00:00"
PEOPLE = 1_500
# Lists of every kind the analysis needs; the tests that take the longest are content with them.
FEW = ("bps", "dapodik", "dtsen", "eppgbm", "pkh", "sembako")

for _name in [n for n in os.environ if n.startswith(("LUMBUNG_", "DAGSTER_", "DBT_"))]:
    del os.environ[_name]
os.environ["LUMBUNG_NOW"] = NOW


# What takes minutes begins first, so that no worker ends long after the other.
LONGEST = ("test_killed_at_every_station", "test_order_and_batches_do_not_matter")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole runs before everything else; else the order in which the tests stand."""

    def rank(item: pytest.Item) -> int:
        if item.path.parent.name != "e2e":
            return len(LONGEST) + 1
        return LONGEST.index(item.name) if item.name in LONGEST else len(LONGEST)

    items.sort(key=rank)


class Barn:
    """A barn under test and the command line that works on it, as a user would type it."""

    def __init__(self, root: Path, programs: Sequence[str] = ()):
        """`programs`: those in force; none means all that are declared."""
        self.home = Home(root)
        self.programs = tuple(programs)

    @property
    def truth(self) -> Path:
        """The demonstration's truth tables."""
        return self.home.root / "demo_truth"

    def environment(self) -> dict[str, str]:
        """This process's environment with the barn as home and a clock that stands."""
        return {
            **os.environ,
            "LUMBUNG_HOME": str(self.home.root),
            "DAGSTER_HOME": str(self.home.dagster),
            **({"LUMBUNG_PROGRAMS": ",".join(self.programs)} if self.programs else {}),
        }

    def command(self, *arguments: str) -> list[str]:
        """`lumbung …` as a list of words."""
        return [sys.executable, "-m", "pipelines.cli", *arguments]

    def lumbung(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `lumbung …`; with `check`, a failure shows what it said."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=1800,
        )
        if check and done.returncode:
            raise AssertionError(
                f"lumbung {arguments[0]} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
            )
        return done

    @contextmanager
    def connect(self) -> Iterator[lake.duckdb.DuckDBPyConnection]:
        """Both lakes for reading."""
        lake.prepare(self.home)
        with lake.connect(read=lake.LAKES, home=self.home) as con:
            yield con

    def query(self, sql: str) -> list[tuple]:
        """Rows of a query over both lakes."""
        with self.connect() as con:
            return con.execute(sql).fetchall()

    def snapshots(self) -> dict[str, int]:
        """Newest snapshot id of each lake."""
        with self.connect() as con:
            return {name: lake.current_snapshot(con, name) for name in lake.LAKES}

    def copy(self, to: Path) -> Barn:
        """A barn of its own with the same content. Paths in catalogs are relative to the home."""
        shutil.copytree(self.home.root, to, symlinks=True)
        return Barn(to, self.programs)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of a parallel run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def write_demo(barn: Barn, *options: str, people: int = PEOPLE) -> None:
    """Have `lumbung demo` write a year of the exports of the barn's programs."""
    chosen = [word for program in barn.programs for word in ("--program", program)]
    barn.lumbung("demo", "--people", str(people), "--years", "1", *chosen, *options)


def filled(
    folder: Path, name: str, fill: Callable[[Barn], None], programs: Sequence[str] = FEW
) -> Barn:
    """A barn made once by `fill`, whichever worker comes first."""
    barn = Barn(folder / name, programs)
    with FileLock(folder / f"{name}.lock"):
        done = folder / f"{name}.done"
        if not done.exists():
            fill(barn)
            done.touch()
    return barn


@pytest.fixture(scope="session")
def district(shared_folder: Path) -> Barn:
    """A small district with the usual dirt, run once. Tests must not change it; they copy it."""

    def fill(barn: Barn) -> None:
        write_demo(barn)
        barn.lumbung("run")

    return filled(shared_folder, "district", fill)


def by_age(barn: Barn) -> list[Path]:
    """The exports of a barn's programs, the newest first."""
    found = (p for p in barn.home.landing.glob("*/*") if p.parent.name in barn.programs)
    return sorted(found, key=lambda p: (p.stat().st_mtime, p.name), reverse=True)


def send(barn: Barn, files: Sequence[Path]) -> None:
    """Put files of another barn's landing into this one's, with their times."""
    for path in files:
        target = barn.home.landing / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


@pytest.fixture(scope="session")
def half_district(shared_folder: Path, district: Barn) -> Barn:
    """Every other file of `district`, the newest first, run once; to be copied."""

    def fill(barn: Barn) -> None:
        shutil.copytree(district.home.keys, barn.home.keys)
        send(barn, by_age(district)[::2])
        barn.lumbung("run")

    return filled(shared_folder, "half_district", fill)


@pytest.fixture(scope="session")
def whole_district(shared_folder: Path) -> Barn:
    """Fewer people, and every program that there is, with the usual dirt."""

    def fill(barn: Barn) -> None:
        write_demo(barn, people=900)
        barn.lumbung("run")

    return filled(shared_folder, "whole_district", fill, programs=())


@pytest.fixture(scope="session")
def clean_district(shared_folder: Path) -> Barn:
    """The same district as its programs would send it without a single error."""

    def fill(barn: Barn) -> None:
        write_demo(barn, "--dirt", "0")
        barn.lumbung("run")

    return filled(shared_folder, "clean_district", fill)
