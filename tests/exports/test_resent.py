"""Bytes that are sent again after wrong ones serve again, and nothing is judged anew for it."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from pipelines import lake, settings
from pipelines.exports import declaration, ingest, receive, resent

NAME = "bps_00_2022.csv"
REAL = sorted((settings.REFERENCE_DIR / "bps_poverty_raw").glob("*2022*"))[0]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LUMBUNG_HOME", str(tmp_path))
    monkeypatch.setenv("LUMBUNG_NOW", "2026-07-20T02:00:00+00:00")
    home = settings.home()
    lake.prepare(home)
    return home


def test_it_regains_service(home):
    bps = declaration.load_program(settings.PROGRAMS_DIR / "bps" / "defs.yaml")
    good = REAL.read_bytes()
    wrong = good.replace(b"ACEH", b"ATJEH", 1).replace(b"Aceh", b"Atjeh", 1)
    assert wrong != good
    path = home.landing / "bps" / NAME
    path.parent.mkdir(parents=True)
    served = []
    with lake.connect(write=["vault"], home=home) as con:
        for day, content in enumerate((good, wrong, good, wrong), start=1):
            path.write_bytes(content)
            sent = datetime(2026, 7, day, tzinfo=UTC).timestamp()
            os.utime(path, (sent, sent))
            receive.receive(bps, home=home)
            receipts = receive.received(bps, home)
            due = resent.ids(con, receipts)
            results = ingest.ingest_many(con, bps, receipts, home=home)
            changed = resent.settle(con, bps, receipts)
            assert (len(due), len(results)) == ((0, 1) if day < 3 else (1, 0))
            assert len(changed) == (0 if day < 3 else 2)
            assert resent.settle(con, bps, receipts) == []
            served += con.execute(
                "SELECT sha256 FROM vault.quality.submissions WHERE is_serving"
            ).fetchall()
    assert [sha for (sha,) in served[::2]] == [served[0][0]] * 2
    assert [sha for (sha,) in served[1::2]] == [served[1][0]] * 2
    assert served[0] != served[1]
