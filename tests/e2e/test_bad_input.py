"""Bad files in the landing: each is answered with a sentence, and the run ends green."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Barn

pytestmark = pytest.mark.slow

# Nobody: a name and a number that only these tests use.
NAME, NIK = "ZULAIKHA TERLARANG", "3174095504909999"


def spoil(barn: Barn) -> dict[str, str]:
    """Put bad files beside the good ones; returns the reason expected for each file name."""
    landing = barn.home.landing
    good = sorted((landing / "sembako").glob("sembako_3174_*.csv"))[0].read_text("utf-8", "replace")
    lines = good.splitlines()
    head = next(i for i, line in enumerate(lines) if "nama_kpm" in line)
    header, rows = lines[head], lines[head + 1 :]
    book = sorted((landing / "pkh").glob("pkh_3174_*.xlsx"))[0].read_bytes()
    dtsen = sorted((landing / "dtsen").glob("dtsen_3174_*.csv"))[0].read_bytes()

    def of(*parts: str) -> bytes:
        return "\n".join(parts).encode()

    bad: dict[str, tuple[bytes, str]] = {
        "sembako/sembako_3174_2020-01.csv": (b"", "empty_file"),
        "sembako/sembako_3174_2020-02.csv": (of(header), "header_only"),
        "sembako/sembako_3174_2020-03.csv": (of(header, header, *rows), "header_twice"),
        "sembako/sembako_3174_2020-04.csv": (
            of(header.replace("nama_kpm", ""), *rows),
            "missing_column",
        ),
        "sembako/sembako_3174_2020-05.csv": (
            of(header.replace("nama_kpm", "nik"), *rows),
            "doubled_column",
        ),
        "sembako/sembako_3174_2020-06.csv": (
            of(header.replace("nama_kpm", "penerima_manfaat"), *rows),
            "renamed_column",
        ),
        "sembako/sembako_3174_2020-07.csv": (dtsen, "other_program"),
        "sembako/sembako_3174_2031-01.csv": (of(header, *rows), "future_period"),
        "sembako/daftar penerima.csv": (of(header, *rows), "bad_file_name"),
        # Not the same bytes: without a period to tell them apart they would be one export.
        f"sembako/sembako_{NAME}_2020-08.csv": (of(header, *rows[:-1]), "bad_area"),
        f"sembako/sembako_{NIK}_2020-08.csv": (of(header, *rows[:-2]), "bad_area"),
        "pkh/pkh_3174_2020T1.xlsx": (book[: len(book) // 2], "truncated"),
        "pkh/pkh_3174_2020T2.xlsx": (b"%PDF-1.7\n%binary\n" + os.urandom(64), "wrong_type"),
    }
    for name, (content, _) in bad.items():
        (landing / name).write_bytes(content)
    return {Path(name).name: reason for name, (_, reason) in bad.items()}


@pytest.fixture(scope="module")
def spoiled(district: Barn, tmp_path_factory: pytest.TempPathFactory) -> tuple[Barn, dict, dict]:
    """A barn that has had its good files, then the bad ones, and a correction that is broken."""
    barn = district.copy(tmp_path_factory.mktemp("spoiled") / "barn")
    before = dict(
        barn.query(
            "SELECT program, count(*) FROM vault.quality.submissions WHERE is_serving GROUP BY 1"
        )
    )
    expected = spoil(barn)
    good = sorted((barn.home.landing / "dtsen").glob("dtsen_7303_*.csv"))[-1]
    broken = good.with_name(good.stem.split("_v")[0] + "_v9.csv")
    broken.write_bytes(b"")
    expected[broken.name] = "empty_file"
    done = barn.lumbung("run", check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stdout + done.stderr
    return barn, before, expected


def test_each_bad_file_is_rejected_with_one_sentence(spoiled) -> None:
    barn, _, expected = spoiled
    for name, reason in sorted(expected.items()):
        (row,) = barn.query(
            "SELECT state, reason_code, reason_id, reason_en, is_serving "
            f"FROM vault.quality.submissions WHERE file_name = '{name}'"
        )
        state, code, indonesian, english, serves = row
        assert (state, serves) == ("rejected", False), reason
        assert code == reason
        assert name in english
        assert name in indonesian
        assert "\n" not in english


def test_what_was_good_goes_on_serving(spoiled) -> None:
    barn, before, _ = spoiled
    serving = dict(
        barn.query(
            "SELECT program, count(*) FROM vault.quality.submissions WHERE is_serving GROUP BY 1"
        )
    )
    assert serving == before


def test_the_checks_of_these_programs_fail_and_a_release_is_made(
    spoiled, district: Barn, monkeypatch: pytest.MonkeyPatch
) -> None:
    barn, _, _ = spoiled
    import dagster as dg

    monkeypatch.setenv("DAGSTER_HOME", str(barn.home.dagster))

    with dg.DagsterInstance.from_config(str(barn.home.dagster)) as instance:
        for program, passed in {"sembako": False, "pkh": False, "dtsen": False}.items():
            key = dg.AssetCheckKey(dg.AssetKey(["submissions", program]), "nothing_rejected")
            (record,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
            assert record.event is not None
            evaluation = record.event.dagster_event.asset_check_evaluation_data
            assert evaluation.passed is passed
    current = (barn.home.releases / "current").resolve().name
    assert current != (district.home.releases / "current").resolve().name


def test_names_of_files_name_nobody_outside_the_vault(spoiled) -> None:
    barn, _, _ = spoiled
    for words in (NAME, NAME.split()[1], NIK):
        found = barn.query(
            f"SELECT count(*) FROM warehouse.core.submissions AS s WHERE contains(s::VARCHAR, '{words}')"
        )
        assert found == [(0,)]
        for path in barn.home.dagster.rglob("*.db"):
            with sqlite3.connect(path) as con:
                text = "\n".join(con.iterdump())
            assert words not in text, f"{path.name} holds a file's name"
