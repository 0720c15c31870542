"""`LUMBUNG_PROGRAMS`: an agency that gets six lists is not shown twenty-six."""

from pathlib import Path

import pytest

from pipelines import dbt_cli, fingerprint, settings
from pipelines.exports import declaration


def test_all_are_in_force_by_default() -> None:
    names = [p.name for p in declaration.load_programs()]
    assert names == sorted(p.parent.name for p in settings.PROGRAMS_DIR.glob("*/defs.yaml"))
    assert dbt_cli.resting_programs() == set()


def test_only_those_named_are_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    every = dbt_cli.staging_models()
    monkeypatch.setenv("LUMBUNG_PROGRAMS", " pkh, dtsen ,")
    assert [p.name for p in declaration.load_programs()] == ["dtsen", "pkh"]
    assert {m.split("__")[0] for m in dbt_cli.staging_models()} == {"stg_dtsen", "stg_pkh"}
    assert {"pip", "sembako"} <= dbt_cli.resting_programs()
    assert set(dbt_cli.staging_models()) < set(every)
    # A file of another program is recognised all the same.
    assert len(declaration.load_programs(settings.PROGRAMS_DIR)) > 20


def test_a_name_that_is_not_declared_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBUNG_PROGRAMS", "pkh,nothing_like_it")
    with pytest.raises(declaration.DeclarationError, match="nothing_like_it"):
        declaration.load_programs()


def test_a_change_of_programs_is_work_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LUMBUNG_HOME", str(tmp_path))
    before = fingerprint.of_inputs(declaration.load_programs())
    monkeypatch.setenv("LUMBUNG_PROGRAMS", "pkh")
    assert fingerprint.of_inputs(declaration.load_programs()) != before
