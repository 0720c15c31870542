"""Errors name nobody, and one process writes at a time."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines import guard, lake
from pipelines.settings import Home

HOLDER = """
import sys, time
from pathlib import Path
from pipelines import guard
from pipelines.settings import Home
with guard.writer(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "barn")
    lake.prepare(made)
    return made


def test_an_error_keeps_its_values_in_the_vault(home: Home) -> None:
    with (
        pytest.raises(guard.StepError) as told,
        guard.quiet_errors("checking pkh", home),
    ):
        raise ValueError("could not convert SITI AMINAH 3174095504909001")
    sentence = str(told.value)
    assert "checking pkh failed (ValueError)" in sentence
    assert "SITI" not in sentence
    assert "3174" not in sentence
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__
    (log,) = (home.vault / "logs").glob("*errors.log")
    assert "SITI AMINAH" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_step_error_passes_as_it_is(home: Home) -> None:
    with (
        pytest.raises(guard.StepError, match=r"^inner$"),
        guard.quiet_errors("outer", home),
    ):
        raise guard.StepError("inner")


def test_long_numbers_are_masked() -> None:
    assert guard.masked("file pkh_3174095504909001.xlsx of 2026-07") == "file pkh_….xlsx of 2026-07"


def test_the_lock_of_a_killed_writer_is_free(home: Home) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.root)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    waiting = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.root)], stdout=subprocess.PIPE, text=True
    )
    assert waiting.stdout is not None
    try:
        time.sleep(0.5)
        assert waiting.poll() is None
        holder.send_signal(signal.SIGKILL)
        assert waiting.stdout.readline() == "held\n"
    finally:
        for process in (holder, waiting):
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
