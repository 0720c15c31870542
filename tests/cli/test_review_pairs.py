"""Doubtful pairs on the command line: asked, answered, explained, taken back."""

from __future__ import annotations

import json
import stat

import pytest

from pipelines import cli, fingerprint, lake
from pipelines.identity import run as linking
from tests.identity import review_vault as vault


@pytest.fixture
def asked(barn):
    """A barn in which linking has left five questions."""
    with lake.connect(write=["vault"], home=barn) as con:
        vault.fill(con)
        con.execute(
            f"CREATE TABLE vault.identity.beneficiary_id_history "
            f"({linking._EMPTY['beneficiary_id_history']})"
        )
    return barn


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = cli.main(arguments)
    return code, *capsys.readouterr()


def test_questions_go_out_and_decisions_come_back(asked, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("LUMBUNG_NOW", "2026-09-01T00:00:00+00:00")
    code, out, err = run(capsys, "review", "export", "--limit", "2")
    assert code == 0, err
    assert "2 of 5 pairs" in out and "personal data" in err
    (book,) = (asked.root / "review").iterdir()
    assert stat.S_IMODE(book.stat().st_mode) == 0o600
    assert stat.S_IMODE(book.parent.stat().st_mode) == 0o700
    named = tmp_path / "q.xlsx"
    code, out, _ = run(capsys, "review", "export", "--out", str(named), "--english", "--unmasked")
    assert code == 0 and str(named) in out and "SANTOSO" not in out

    before = fingerprint.of_inputs([])
    filled = vault.answer(named, {1: "same", 2: "different", 3: "not known"})
    code, out, err = run(capsys, "review", "import", str(filled), "--by", "Ibu Ani")
    assert code == 0 and out.startswith("1 same, 1 different, 1 not known") and "lumbung run" in err
    decided = fingerprint.of_inputs([])
    assert decided != before
    code, out, _ = run(capsys, "review", "import", str(filled), "--by", "Ibu Ani")
    assert code == 0 and out.startswith("0 same, 0 different") and "2 known before" in out
    assert fingerprint.of_inputs([]) == decided

    code, out, _ = run(capsys, "review", "list", "decisions", "--format", "json")
    listed = json.loads(out)
    assert {d["verdict"] for d in listed} == {"same", "different"}
    assert {d["decided_by"] for d in listed} == {"Ibu Ani"}
    for d in listed:
        code, out, _ = run(capsys, "review", "withdraw", d["decision_id"], "--by", "Budi")
        assert (code, out) == (0, f"{d['decision_id']} ({d['verdict']}): withdrawn.\n")
    assert fingerprint.of_inputs([]) == before


def test_a_contradiction_is_one_line_and_nothing_is_taken(asked, capsys, tmp_path):
    path = tmp_path / "q.xlsx"
    assert run(capsys, "review", "export", "--out", str(path))[0] == 0
    with lake.connect(read=["vault"], home=asked) as con:
        at = {
            frozenset((a, b)): n
            for n, a, b in con.execute(
                "SELECT pair_no, source_record_id_a, source_record_id_b FROM vault.identity.review_pairs"
            ).fetchall()
        }
    answers = {
        at[vault.pair(0, 1)]: "sama",
        at[vault.pair(1, 2)]: "sama",
        at[vault.pair(0, 2)]: "beda",
    }
    code, out, err = run(capsys, "review", "import", str(vault.answer(path, answers)))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "contradict" in err and all(str(n) in err for n in answers) and "SANTOSO" not in err
    assert json.loads(run(capsys, "review", "list", "decisions", "-f", "json")[1]) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "nothing.xlsx"), "cannot be read"),
        (("withdraw", "d0123456789abcdef0123"), "no decision"),
        (("withdraw", "SITI"), "no submission"),
        (("explain", "a", "b", "c"), "two ids"),
        (("explain", "1", "--picture", "a.png"), "html"),
        (("export", "--reviewer-may-see", "everything"), "everything"),
    ],
)
def test_what_cannot_be_done_is_said(asked, capsys, arguments, said):
    code, out, err = run(capsys, "review", *arguments)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("arguments", [("export",), ("import", "F"), ("explain", "1")])
def test_before_anything_is_linked_there_is_nothing_to_review(barn, capsys, tmp_path, arguments):
    path = tmp_path / "q.xlsx"
    with lake.connect(write=["vault"], home=barn) as con:
        vault.fill(con)
    code, _, err = run(capsys, "review", "export", "--out", str(path))
    assert code == 0, err
    with lake.connect(write=["vault"], home=barn) as con:
        con.execute("DROP TABLE vault.identity.review_queue")
    arguments = tuple(str(path) if a == "F" else a for a in arguments)
    code, _, err = run(capsys, "review", *arguments)
    assert code == 2 and "Nothing has been linked yet" in err


def test_a_pair_is_explained_masked_and_as_a_picture(barn, capsys, tmp_path):
    with lake.connect(write=["vault"], home=barn) as con:
        vault.fill(con)
        for table in ("records", "record_links", "review_queue"):
            con.execute(f"DROP TABLE vault.identity.{table}")
        linking.link_people(con, linking.settings.now())
        (one, other) = (
            r[0]
            for r in con.execute(
                "SELECT beneficiary_id FROM vault.identity.record_links "
                "ORDER BY source_record_id LIMIT 2"
            ).fetchall()
        )
    picture = tmp_path / "why.html"
    code, out, err = run(
        capsys, "review", "explain", one, other, "--english", "--picture", str(picture)
    )
    assert code == 0, err
    assert "These two are two people" in out and "Final weight" in out
    assert "SANTOSO" not in out and "31740915049" not in out
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600
    assert "SANTOSO" not in picture.read_text()
    code, out, _ = run(capsys, "review", "explain", one, other, "--unmasked")
    assert code == 0 and "ANI SANTOSO" in out and "3174091504900001" in out
