"""Dagster's events are kept as Dagster keeps them, by connections that stay open."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from pipelines import event_log, instance
from pipelines.settings import Home


@dg.asset
def counted() -> int:
    """Something to materialise."""
    return 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh instance folder, as `lumbung` prepares it."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    return instance.prepare(Home(tmp_path))


def run_once(inst: dg.DagsterInstance) -> str:
    return dg.materialize([counted], instance=inst).run_id


def test_events_stand_where_dagster_looks_for_them(folder: Path) -> None:
    with dg.DagsterInstance.get() as inst:
        assert isinstance(inst.event_log_storage, event_log.KeptOpenEventLog)
        run_id = run_once(inst)
        kept = [e.dagster_event_type for e in inst.all_logs(run_id)]
        assert dg.DagsterEventType.ASSET_MATERIALIZATION in kept
    own = SqliteEventLogStorage(str(folder / "history" / "runs"))
    assert [e.dagster_event_type for e in own.get_logs_for_run(run_id)] == kept


def test_another_process_sees_each_event_at_once(folder: Path) -> None:
    """The UI reads while a run writes: nothing waits for a file to be closed."""
    with dg.DagsterInstance.get() as writer, dg.DagsterInstance.get() as reader:
        for runs in range(1, 4):
            run_once(writer)
            records = reader.fetch_materializations(counted.key, limit=10).records
            assert len(records) == runs


def test_more_runs_than_stay_open(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "KEPT", 2)
    with dg.DagsterInstance.get() as inst:
        ids = [run_once(inst) for _ in range(4)]
        assert len({len(inst.all_logs(run_id)) for run_id in ids}) == 1
        storage = inst.event_log_storage
        assert isinstance(storage, event_log.KeptOpenEventLog)
        assert len(storage._engines) <= 2


def test_what_is_wiped_is_gone_and_the_next_run_is_kept(folder: Path) -> None:
    with dg.DagsterInstance.get() as inst:
        first = run_once(inst)
        inst.wipe()
        assert list(inst.all_logs(first)) == []
        assert len(inst.all_logs(run_once(inst))) > 5
