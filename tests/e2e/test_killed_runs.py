"""A run that is really killed, at every station, leaves the last release readable and does no harm."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Barn, by_age, send
from tests.e2e.compare import same_warehouse

pytestmark = pytest.mark.slow

# The line of the run's progress at which it is killed: stage, and how many lines of it are let by.
MOMENTS = [
    ("receive", 0),
    ("check", 0),
    ("stage", 3),
    ("link", 1),
    ("build", 4),
    ("release", 0),
]


def kill_at(barn: Barn, stage: str, lines: int) -> bool:
    """Start a run and kill it with SIGKILL at the moment; False if the moment never came."""
    process = subprocess.Popen(
        barn.command("run"), env=barn.environment(), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    seen = 0
    for line in process.stderr:
        if line.startswith(stage):
            seen += 1
            if seen > lines:
                process.send_signal(signal.SIGKILL)
                process.wait()
                process.stderr.close()
                return True
    process.wait()
    return False


def read_release(barn: Barn) -> list[tuple]:
    """What a BI tool reads from the current release."""
    with duckdb.connect(
        str(barn.home.releases / "current" / "warehouse.duckdb"), read_only=True
    ) as con:
        return con.execute("SELECT count(*), max(last_seen_on) FROM core.beneficiaries").fetchall()


def test_killed_at_every_station(district: Barn, half_district: Barn, tmp_path: Path) -> None:
    """Half the files are released; then the rest comes, and every attempt is killed further on."""
    barn = half_district.copy(tmp_path / "barn")
    before = read_release(barn)
    send(barn, by_age(district)[1::2])

    killed = []
    for stage, lines in MOMENTS:
        if kill_at(barn, stage, lines):
            killed.append(stage)
            assert read_release(barn) == before, f"the release changed when killed at {stage}"
            assert barn.lumbung("sql", "SELECT count(*) FROM core.beneficiaries").returncode == 0
    assert killed == [stage for stage, _ in MOMENTS]

    barn.lumbung("run")
    assert read_release(barn) != before
    same_warehouse(barn, district)
    leftovers = [
        p.name
        for p in barn.home.releases.iterdir()
        if p.name.startswith((".building-", ".removing-"))
    ]
    assert leftovers == []
