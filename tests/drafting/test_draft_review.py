"""What `--check` says of programs that lack something."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import csv, person

from pipelines.drafting import draft as drafts
from pipelines.drafting import files, review, staging

NAME = "bantu"


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drafted program in a project of its own."""
    root = tmp_path_factory.mktemp("drafted")
    for folder in (files.PROGRAMS, files.EXPECTATIONS, staging.STAGING):
        (root / folder).mkdir(parents=True)
    people = [person(i) for i in range(40)]
    rows = [
        [p["nik"], p["name"], "600000", ["Aktif", "Nonaktif"][i % 2], str(i % 9)]
        for i, p in enumerate(people)
    ]
    header = ["NIK", "Nama", "Nominal", "Status", "Xyzzy"]
    sample = csv(root / review.SAMPLES / NAME / "bantu_3174_2026-05.csv", header, rows)
    files.write(drafts.make(NAME, [sample]), root)
    return root


@pytest.fixture
def project(drafted: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(drafted, tmp_path / "project"))


def answered(root: Path) -> None:
    """Answer every question: the comments go, and what was asked is taken as right."""
    for path in [
        root / files.PROGRAMS / NAME / "defs.yaml",
        *(root / staging.STAGING / NAME).glob("*"),
    ]:
        kept = [
            re.sub(r"\s*(?:#|--) CHECK:.*", "", line)
            for line in path.read_text("utf-8").splitlines()
        ]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    path = root / files.EXPECTATIONS / f"{NAME}.json"
    suite = json.loads(path.read_text("utf-8"))
    for rule in suite["expectations"]:
        rule["meta"].pop("notes", None)
    path.write_text(json.dumps(suite), encoding="utf-8")


def texts(root: Path) -> list[str]:
    return [f"{f.place}: {f.text}" for f in review.review(NAME, root).findings if f.blocks]


def test_a_fresh_draft_asks_and_an_answered_one_does_not(project: Path) -> None:
    fresh = review.review(NAME, project)
    assert fresh.blocks >= 5
    assert all("defs.yaml" in f.place or ".sql" in f.place or ".json" in f.place
               for f in fresh.findings if f.blocks)  # fmt: skip
    answered(project)
    after = review.review(NAME, project)
    assert [f for f in after.findings if f.blocks] == []
    assert after.tried[0] == "1 samples with 40 rows: 1 accepted"
    # xyzzy has no description, since nothing is known of it.
    assert [f.text for f in after.findings] == ["column xyzzy has no description"]


def test_what_is_not_there(tmp_path: Path) -> None:
    assert texts(tmp_path) == [
        "pipelines/defs/programs/bantu: is not there",
        "expectations/bantu.json: is not there",
        "dbt_project/models/staging/bantu: is not there",
    ]


def test_gaps_are_found(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "_try", lambda *_: None)
    answered(project)
    folder = project / staging.STAGING / NAME

    persons = folder / "stg_bantu__persons.sql"
    whole = persons.read_text("utf-8")
    persons.write_text(whole.replace("    cast(null as varchar) as phone,\n", ""), encoding="utf-8")
    assert any("lacks columns of persons: phone" in t for t in texts(project))
    persons.write_text(whole, encoding="utf-8")

    observations = folder / "stg_bantu__observations.sql"
    kept = observations.read_text("utf-8")
    observations.write_text(kept.replace("xyzzy", "nominal"), encoding="utf-8")
    assert any("column xyzzy is read by no model" in t for t in texts(project))
    # A column that is only spoken of is not read.
    observations.write_text(kept.replace("xyzzy", "nominal") + "-- xyzzy\n", encoding="utf-8")
    assert any("column xyzzy is read by no model" in t for t in texts(project))
    observations.write_text(kept, encoding="utf-8")

    suite = project / files.EXPECTATIONS / "bantu.json"
    content = json.loads(suite.read_text("utf-8"))
    content["expectations"][0]["meta"]["message"]["en"] = ""
    suite.write_text(json.dumps(content), encoding="utf-8")
    assert any("no message or action" in t for t in texts(project))
    suite.write_text("{", encoding="utf-8")
    assert any("does not load" in t for t in texts(project))


def test_a_column_in_yaml_that_is_not_declared(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "_try", lambda *_: None)
    answered(project)
    defs = project / files.PROGRAMS / NAME / "defs.yaml"
    text = defs.read_text("utf-8")
    defs.write_text(text.replace("    nominal:\n", "    nominal_lama:\n", 1), encoding="utf-8")
    assert any("defs.yaml" in t for t in texts(project))


def test_samples_that_are_another_export(project: Path) -> None:
    answered(project)
    other = csv(
        project / review.SAMPLES / NAME / "x.csv",
        ["desa_id", "jumlah"],
        [["31.74.09.1001", "2"]] * 5,
    )
    found = texts(project)
    assert len(found) == 1 and other.name in found[0]
