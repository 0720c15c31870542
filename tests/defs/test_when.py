"""From a declaration to Dagster: the sensor, the schedule and the checks, on one real program."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines import lake, settings
from pipelines.components import program as component
from pipelines.defs import arrivals, lateness
from pipelines.exports import declaration, due, periods
from pipelines.settings import Home

NOW = "2026-07-20T02:00:00+00:00"
REAL = settings.REFERENCE_DIR / "bps_poverty_raw"


@pytest.fixture(scope="module")
def bps() -> declaration.Program:
    return declaration.load_program(settings.PROGRAMS_DIR / "bps" / "defs.yaml")


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    monkeypatch.setenv("LUMBUNG_HOME", str(tmp_path / "barn"))
    monkeypatch.setenv("LUMBUNG_NOW", NOW)
    made = settings.home()
    lake.prepare(made)
    return made


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def definitions(bps) -> dg.Definitions:
    job = component.receive_job(bps)
    late = lateness.checks([bps])
    return dg.Definitions(
        assets=[component.program_assets(bps)],
        asset_checks=[late],
        jobs=[
            job,
            dg.define_asset_job(
                "what_is_late", selection=dg.AssetSelection.checks(*late.check_keys)
            ),
        ],
        schedules=[component._schedule(bps, job)],
    )


def put(home: Home, year: int, name: str | None = None) -> Path:
    path = home.landing / "bps" / (name or f"bps_00_{year}.csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    source = sorted(REAL.glob(f"*{year}*"))[0]
    shutil.copyfile(source, path)
    return path


def tick(look, instance, cursor=None):
    return look(dg.build_sensor_context(instance=instance, cursor=cursor))


def ranges(request):
    return [v for k, v in sorted(request.tags.items()) if "range" in k][::-1]


def test_the_sensor_asks_once_for_what_stands_still(bps, home, instance):
    look = arrivals.evaluate([bps])
    put(home, 2021)
    put(home, 2022)
    put(home, 2022, "bps_00_2020.csv.part")
    first = tick(look, instance)
    assert not first.run_requests
    assert "bps" in first.skip_reason.skip_message
    second = tick(look, instance, first.cursor)
    (request,) = second.run_requests
    assert ranges(request) == ["2021", "2022"]
    assert [k.path for k in request.asset_selection] == [["landing", "bps"], ["submissions", "bps"]]
    third = tick(look, instance, second.cursor)
    assert not third.run_requests
    # Lost between evaluation and run: the same key again, which Dagster starts but once.
    again = tick(look, instance, first.cursor)
    assert [r.run_key for r in again.run_requests] == [request.run_key]


@pytest.mark.slow
def test_the_request_runs_and_leaves_nothing_to_ask_for(bps, home, instance):
    look = arrivals.evaluate([bps])
    put(home, 2021)
    put(home, 2022)
    first = tick(look, instance)
    (request,) = tick(look, instance, first.cursor).run_requests
    whole = definitions(bps).resolve_implicit_global_asset_job_def()
    result = whole.execute_in_process(
        instance=instance,
        asset_selection=list(request.asset_selection),
        tags=dict(request.tags),
    )
    assert result.success
    made = {e.partition for e in result.get_asset_materialization_events()}
    assert made == {"2021", "2022"}
    checks = {e.check_name: e for e in result.get_asset_check_evaluations()}
    assert checks["source_readable"].passed
    assert checks["nothing_lost"].passed
    # Everything is received: a lost cursor starts no run.
    before = tick(look, instance)
    assert not tick(look, instance, before.cursor).run_requests
    result = definitions(bps).resolve_job_def("what_is_late").execute_in_process(instance=instance)
    (late,) = result.get_asset_check_evaluations()
    assert (late.check_name, late.passed, late.metadata["late"].value) == ("in_time", False, 2)
    assert "2023 for 00 is" in late.description


def test_a_folder_of_no_program_is_a_failed_check(bps, home, monkeypatch):
    monkeypatch.setattr(declaration, "load_programs", lambda: [bps])
    assert arrivals.nothing_unclaimed().passed
    path = put(home, 2022)
    stray = home.landing / "bpss" / path.name
    stray.parent.mkdir()
    path.rename(stray)
    found = arrivals.nothing_unclaimed()
    assert (found.passed, found.metadata["files"].value) == (False, 1)
    assert found.description == "landing/bpss: 1 files"


def test_the_schedule_asks_on_the_due_day_and_until_it_has_come(bps, home, instance):
    repository = definitions(bps).get_repository_def()
    schedule = repository.get_schedule_def("bps_when_due")
    due_on = due.due_on(bps, periods.parse_period("2025"))

    def asked(day):
        moment = datetime(day.year, day.month, day.day, 6, tzinfo=settings.DEFAULT_TIMEZONE)
        context = dg.build_schedule_context(
            instance=instance, scheduled_execution_time=moment, repository_def=repository
        )
        return schedule.evaluate_tick(context).run_requests or []

    (request,) = asked(due_on)
    assert ranges(request) == ["2025", "2025"]
    assert asked(due_on - timedelta(days=1)) == []
    # Nobody has ever sent it, so nobody owes it; one who has, is asked until it has come.
    assert asked(due_on + timedelta(days=1)) == []
    put(home, 2022, "bps_00_2024.csv")
    component.receive.receive(bps, home=home)
    assert [ranges(r) for r in asked(due_on + timedelta(days=1))] == [["2025", "2025"]]


def test_a_source_that_fails_is_a_failed_check_and_one_not_connected_is_none(
    bps, home, monkeypatch
):
    monkeypatch.delenv("BPS_URL", raising=False)
    monkeypatch.delenv("BPS_KEY", raising=False)
    key = dg.AssetKey(["landing", "bps"])

    def check(**source):
        changed = {**bps.model_dump(), "source": source}
        own = declaration.program_from_attributes(changed, "x")
        return component._source_check(key, component.receive.receive(own, home=home))

    missing = check(url="http://127.0.0.1:9/x", options={"headers": {"K": "{env:BPS_KEY}"}})
    assert (missing.passed, "BPS_KEY" in missing.description) == (False, True)
    assert missing.severity is dg.AssetCheckSeverity.ERROR
    away = check(url="{env:BPS_URL}/x")
    assert (away.passed, away.metadata["connected"].value) == (True, False)
    assert away.description.startswith("Not connected")
