"""The commands exist, answer quickly without the orchestrator, and fail in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from pipelines import cli
from pipelines.releases import catalog

HEAVY = ("dagster", "dbt", "splink", "great_expectations", "sqlalchemy")
COMMANDS = ("demo", "run", "status", "sql", "releases", "diff", "review", "feedback", "ui")


def lumbung(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", [*COMMANDS, "releases prune", "review list", "review approve"])
def test_every_command_explains_itself(command, capsys):
    assert cli.main([*command.split(), "--help"]) == 0
    assert f"Usage: lumbung {command}" in capsys.readouterr().out


def test_reading_never_imports_the_orchestrator(barn):
    code = f"""
import sys
from pipelines import cli
for arguments in (["--help"], ["sql", "FROM core.benefits"], ["status"], ["releases"],
                  ["sql", "--as-of", "2026-08-01", "-f", "csv", "FROM core.benefits"],
                  ["diff", "2026-07", "current"], ["releases", "prune", "--keep", "9"]):
    assert cli.main(arguments) == 0, arguments
loaded = [m for m in {HEAVY!r} if m in sys.modules]
assert not loaded, loaded
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_answers_go_to_stdout_and_notes_to_stderr(barn):
    done = lumbung("sql", "--vault", "--format", "csv", "SELECT 1 AS n")
    assert (done.returncode, done.stdout) == (0, "n\n1\n")
    assert "personal data" in done.stderr


def test_an_error_is_one_line_and_exit_code_2(barn, capfd):
    done = lumbung("sql", "SELECT nope")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("lumbung: ")
    # The same within this process: a process of its own takes a second each.
    for arguments in (
        ["sql", "SELECT nope"],
        ["sql", "DROP TABLE core.benefits"],
        ["sql", "--as-of", "2020-01-01", "SELECT 1"],
        ["sql", "--as-of", "soon", "SELECT 1"],
        ["diff", "2026", "nothing"],
        ["review", "list"],
        ["status", "--truth"],
    ):
        code, said = cli.main(arguments), capfd.readouterr().err
        assert code == 2, arguments
        assert len(said.splitlines()) == 1, (arguments, said)
        assert said.startswith("lumbung: ")


def test_wrong_usage_is_exit_code_2(barn):
    for arguments in (["nope"], ["sql"], ["sql", "--format", "xml", "SELECT 1"]):
        done = lumbung(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr


def test_a_barn_that_is_not_there(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LUMBUNG_HOME", str(tmp_path / "none"))
    for command in (["status"], ["sql", "SELECT 1"]):
        assert cli.main(command) == 2
        assert "There is no" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_an_unforeseen_error_tells_no_value(barn, monkeypatch, capsys):
    def broken(*_, **__):
        raise ValueError("SITI 3174091504900001")

    monkeypatch.setattr("pipelines.status.read", broken)
    assert cli.main(["status"]) == 2
    told = capsys.readouterr().err
    assert "SITI" not in told
    assert "ValueError" in told
    (log,) = (barn.vault / "logs").glob("*.log")
    assert "SITI 3174091504900001" in log.read_text()


def test_a_reader_that_has_seen_enough(barn):
    command = f"{sys.executable} -m pipelines.cli sql -f csv 'SELECT range FROM range(2000000)'"
    done = subprocess.run(
        f"{command} | head -n 2",
        shell=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.splitlines(), done.stderr) == (["range", "0"], "")


def test_the_question_may_come_by_standard_input(barn):
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "sql", "-f", "json", "-"],
        input="SELECT count(*) AS n\nFROM core.benefits",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout) == [{"n": 7}]


def test_releases_are_listed_with_their_snapshot(barn, capsys):
    assert cli.main(["releases", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    kept = catalog.releases(barn)
    assert [r["release"] for r in listed] == [r.name for r in kept]
    assert [r["snapshot_id"] for r in listed] == [r.warehouse_snapshot_id for r in kept]
    assert [r["rows"] for r in listed] == [4, 6]
    assert [r["is_current"] for r in listed] == [False, True]
    assert listed[0]["size_bytes"] == sum(
        p.stat().st_size
        for p in kept[0].path.rglob("*")
        if p.name != "manifest.json" and p.is_file()
    )


def test_prune_by_command(barn, capsys):
    first, second = catalog.releases(barn)
    assert cli.main(["releases", "prune", "--keep", "1"]) == 0
    assert capsys.readouterr().out.split() == [first.name]
    assert [r.name for r in catalog.releases(barn)] == [second.name]


def test_diff_by_command(barn, capsys):
    assert cli.main(["diff", "2026-07", "current", "--format", "json"]) == 0
    found = {d["table"]: d for d in json.loads(capsys.readouterr().out)}
    assert found["core.benefits"]["rows_before"] == 3
    assert found["core.benefits"]["added"] == 2
    assert cli.main(["diff", "2026-07", "current"]) == 0
    assert "core.benefits" in capsys.readouterr().out


def test_demo_writes_exports_and_builds_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LUMBUNG_HOME", str(tmp_path / "barn"))
    assert cli.main(["demo", "--people", "200", "--years", "1", "--program", "dtsen"]) == 0
    assert "Next: lumbung run" in capsys.readouterr().out
    assert list((tmp_path / "barn" / "landing" / "dtsen").iterdir())
    assert (tmp_path / "barn" / "demo_truth" / "rows.parquet").exists()
    assert not (tmp_path / "barn" / "warehouse").exists()
    assert cli.main(["demo", "--program", "nothing"]) == 2
    assert "unknown programs" in capsys.readouterr().err


class Ran:
    def __init__(self, worked: bool, failures: list[str]):
        self.worked, self.failures, self.succeeded = worked, failures, not failures


@pytest.mark.parametrize(("failures", "code"), [([], 0), (["core: failed"], 1)])
def test_run_shows_the_status_and_fails_when_a_step_did(barn, monkeypatch, capsys, failures, code):
    asked = []

    def run(**more):
        asked.append(more)
        return Ran(True, failures)

    monkeypatch.setattr("pipelines.runner.run", run)
    assert cli.main(["run", "--force"]) == code
    assert asked == [{"force": True, "demo": False}]
    said = capsys.readouterr()
    assert "release   2026-08-31" in said.out
    assert said.err.splitlines() == failures
