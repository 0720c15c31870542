"""Fixtures: an empty barn, one with a small warehouse, and a publisher."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from small_warehouse import BENEFICIARIES, BENEFITS, NOW, PUBLIC, manifest

from pipelines import lake
from pipelines.settings import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty barn; the configured one too, for what runs in another process."""
    barn = Home(tmp_path / "barn")
    lake.prepare(barn)
    monkeypatch.setenv("LUMBUNG_HOME", str(barn.root))
    return barn


@pytest.fixture
def warehouse(home: Home) -> Home:
    with lake.connect(write=["warehouse"], home=home) as con:
        for table, source, key in (
            ("core.beneficiaries", BENEFICIARIES, "beneficiary_id"),
            ("core.benefits", BENEFITS, "benefit_id"),
            ("public.areas", PUBLIC, "area_code"),
        ):
            lake.write_by_difference(con, f"warehouse.{table}", source, [key])
    return home


@pytest.fixture
def dbt_manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest()), encoding="utf-8")
    return path


Publisher = Callable[..., Any]


@pytest.fixture
def publish(dbt_manifest: Path) -> Publisher:
    from pipelines import releases

    def do(home: Home, now: datetime = NOW, inputs: str = "inputs-1", **more: Any) -> Any:
        return releases.publish(
            home,
            now=now,
            inputs_fingerprint=inputs,
            run_id="run-1",
            **{"dbt_manifest": dbt_manifest, **more},
        )

    return do
