"""A release knows what it was built from, and a run that built only a part does not."""

from __future__ import annotations

from pathlib import Path

from pipelines import fingerprint, lake
from pipelines.settings import Home


def test_what_a_run_began_with_is_what_it_publishes(tmp_path: Path) -> None:
    home = Home(tmp_path)
    lake.prepare(home)
    fingerprint.remember("run-1", "abc", home)
    assert fingerprint.remembered("run-1", home) == "abc"


def test_a_run_that_did_not_begin_knows_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    lake.prepare(home)
    assert fingerprint.remembered("run-2", home) != fingerprint.remembered("run-3", home)
    fingerprint.remember("run-1", "abc", home)
    assert fingerprint.remembered("run-2", home) != "abc"


def test_code_that_decides_the_result_is_in_the_hash(tmp_path: Path) -> None:
    for name, text in {
        "pipelines/a.py": "1",
        "dbt_project/models/core/a.sql": "select 1",
        "expectations/pkh.json": "{}",
        "docs/a.md": "text",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    before = fingerprint.code_hash(tmp_path)
    (tmp_path / "docs/a.md").write_text("other text")
    assert fingerprint.code_hash(tmp_path) == before
    for name in ("pipelines/a.py", "dbt_project/models/core/a.sql", "expectations/pkh.json"):
        (tmp_path / name).write_text("2")
        after = fingerprint.code_hash(tmp_path)
        assert after != before
        before = after
