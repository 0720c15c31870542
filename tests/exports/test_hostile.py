"""Hostile files end in a clear sentence or in their rows; nothing is lost, run or told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import hostile
import pytest

from pipelines.exports import messages

SECONDS = 300
PEAK_MIB = 2_048


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What came of every file, read in one process of limited memory and time."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, case in hostile.CASES.items():
        case.make(folder / name)
    done = subprocess.run(
        [sys.executable, hostile.__file__, str(folder)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(messages.__file__).parents[2])},
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (found[-1:], done.stderr[-2000:])
    for secret in hostile.SECRETS:
        assert secret not in done.stderr
    return {outcome["name"]: outcome for outcome in found}


def test_there_are_many():
    assert len(hostile.CASES) >= 60


@pytest.mark.parametrize("name", hostile.CASES)
def test_every_file_ends_well(outcomes, name):
    outcome = outcomes[name]
    expected = hostile.CASES[name].expected
    accepted = expected if isinstance(expected, tuple) else (expected,)
    assert (outcome["code"] or outcome["rows"]) in accepted
    assert outcome["left_behind"] == []
    if outcome["code"] is None:
        assert outcome["records"] == outcome["accounted"]
        return
    assert outcome["rows"] == 0
    assert outcome["code"] in messages.TEXTS
    for message in outcome["messages"]:
        assert f"{name}.dat" in message
        assert message.endswith(".")
        assert "\n" not in message
        assert len(message) < 600
        for secret in hostile.SECRETS:
            assert secret not in message


def test_nothing_takes_long_or_all_memory(outcomes):
    slow = {name: o["seconds"] for name, o in outcomes.items() if o["seconds"] > 30}
    assert not slow
    assert max(o["peak_mib"] for o in outcomes.values()) < PEAK_MIB


def test_nothing_is_run_or_written_elsewhere(outcomes):
    assert not Path("/tmp/lumbung-hostile-escape.csv").exists()
