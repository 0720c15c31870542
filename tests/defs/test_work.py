"""What `lumbung run` finds to do: pulled exports, sources that fail, files sent again."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import pytest

from pipelines import fingerprint, lake, runner, settings
from pipelines.exports import declaration, ingest, receive
from pipelines.exports.sources import retry

CASE = {
    "no_register": "SLRT-1",
    "tgl": "2026-05-04",
    "nik": "0",
    "jenis": "rujukan",
    "status": "selesai",
    "tgl_status": "2026-06-10",
}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LUMBUNG_HOME", str(tmp_path))
    monkeypatch.setenv("LUMBUNG_NOW", "2026-07-20T02:00:00+00:00")
    monkeypatch.setattr(retry, "sleep", lambda seconds: None)
    for name in ("LUMBUNG_SLRT_URL", "LUMBUNG_SLRT_AREAS", "LUMBUNG_PRAKERJA_URL"):
        monkeypatch.delenv(name, raising=False)
    home = settings.home()
    lake.prepare(home)
    return home


def program(name):
    return declaration.load_program(settings.PROGRAMS_DIR / name / "defs.yaml")


def test_the_demonstrations_api_is_pulled_while_it_is_served(home):
    folder = home.root / "demo_api" / "slrt"
    folder.mkdir(parents=True)
    (folder / "layanan.jsonl").write_text(json.dumps(CASE) + "\n")
    slrt = program("slrt")
    # Only all cases, and not each sender's: they would stand beside the senders' files.
    with runner._demonstration_api(home):
        assert runner.find_work([slrt]) == []
    (folder / "layanan_1471.jsonl").write_text(json.dumps(CASE) + "\n")
    with runner._demonstration_api(home):
        (work,) = runner.find_work([slrt])
    assert work.periods == ["2026-05"]
    assert [r.file_name for r in receive.received(slrt)] == ["slrt_1471_2026-05.json"]
    assert "LUMBUNG_SLRT_URL" not in os.environ
    assert "LUMBUNG_SLRT_AREAS" not in os.environ


def test_a_source_that_fails_is_work_so_that_its_check_says_so(home, monkeypatch):
    assert runner.find_work([program("slrt"), program("prakerja")]) == []
    monkeypatch.setenv("LUMBUNG_SLRT_URL", "http://127.0.0.1:9/api")
    assert [(w.program.name, w.periods) for w in runner.find_work([program("slrt")])] == [
        ("slrt", [])
    ]


def test_a_file_that_is_sent_again_is_work(home):
    bps = program("bps")
    good = sorted((settings.REFERENCE_DIR / "bps_poverty_raw").glob("*2022*"))[0].read_bytes()
    path = home.landing / "bps" / "bps_00_2022.csv"
    path.parent.mkdir(parents=True)
    seen = []
    for day, content in enumerate((good, good + b"\n", good), start=1):
        path.write_bytes(content)
        sent = datetime(2026, 7, day, tzinfo=UTC).timestamp()
        os.utime(path, (sent, sent))
        assert [w.periods for w in runner.find_work([bps])] == [["2022"]]
        receive.receive(bps)
        seen.append(fingerprint.of_inputs([bps]))
        if day < 3:
            with lake.connect(write=["vault"], home=home) as con:
                ingest.ingest_many(con, bps, receive.received(bps))
    assert len(set(seen)) == 3
    assert [w.periods for w in runner.find_work([bps])] == [["2022"]]
