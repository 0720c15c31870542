"""Fixtures: barns with two releases behind them, and one with a small vault."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines import lake, releases
from pipelines.settings import Home

JULY = datetime(2026, 7, 31, 10, 0, tzinfo=UTC)
AUGUST = datetime(2026, 8, 31, 10, 0, tzinfo=UTC)


def write(home: Home, table: str, source: str, *key: str) -> None:
    with lake.connect(write=[table.split(".")[0]], home=home) as con:  # type: ignore[list-item]
        lake.write_by_difference(con, table, source, key)


def release(home: Home, now: datetime) -> releases.Release:
    made = releases.publish(home, now=now, inputs_fingerprint=str(now), run_id="run")
    assert made is not None
    return made


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three benefits known in July, five in August, seven now; a benefit and its check together."""
    home = Home(tmp_path_factory.mktemp("cli") / "barn")
    lake.prepare(home)
    for count, now in ((3, JULY), (5, AUGUST), (7, None)):
        source = (
            "SELECT 'f' || range AS benefit_id, DATE '2026-07-01' AS paid_on, "
            f"200000.50::DECIMAL(18, 2) AS amount_idr FROM range({count})"
        )
        write(home, "warehouse.core.benefits", source, "benefit_id")
        write(home, "warehouse.analysis.totals", f"SELECT 1 AS n, {count} AS benefits_count", "n")
        write(home, "vault.staging.persons", f"SELECT 'SITI {count}' AS full_name", "full_name")
        if now:
            release(home, now)
    return home.root


@pytest.fixture
def barn(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A barn of the test's own, configured as the home."""
    root = tmp_path / "barn"
    shutil.copytree(template, root, symlinks=True)
    monkeypatch.setenv("LUMBUNG_HOME", str(root))
    return Home(root)
