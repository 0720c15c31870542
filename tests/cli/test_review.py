"""Deciding about submissions on the command line, and what it shows."""

from __future__ import annotations

import json
from collections import Counter

import pytest
import typer

from pipelines import cli, fingerprint, lake, review, runner
from pipelines.exports import ingest, recheck

JUNE, JULY = "sembako-1471-2026-06-v1-aaaaaaaa", "sembako-1471-2026-07-v1-bbbbbbbb"


@pytest.fixture
def waiting(barn):
    """A barn in which July's list of sembako has a tenth of June's rows."""
    with lake.connect(write=["vault"], home=barn) as con:
        ingest._ensure_quality(con)
        for name, month, rows, state in (
            (JUNE, 6, 400, "accepted"),
            (JULY, 7, 40, "waiting"),
        ):
            con.execute(
                "INSERT INTO vault.quality.submissions (submission_id, program, area_code, period, "
                "version, file_name, sha256, received_at, sent_at, state, checked_state, "
                "reason_code, rows_count, accepted_count, quarantined_count, expected_rows_count, "
                "issues_critical_count, issues_warning_count, issues_info_count, period_from, "
                "period_to, is_serving) VALUES (?, 'sembako', '14.71', ?, 1, 'f.csv', ?, "
                "'2026-08-01', '2026-08-01', ?, 'accepted', ?, ?, ?, 0, ?, 0, 0, 0, ?, ?, ?)",
                [
                    *(name, f"2026-{month:02d}", name[-8:], state),
                    "rows_changed" if state == "waiting" else None,
                    *(rows, rows, 400 if month == 7 else None),
                    *(f"2026-{month:02d}-01", f"2026-{month:02d}-28", month == 6),
                ],
            )
    return barn


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = cli.main(arguments)
    return code, *capsys.readouterr()


def test_both_counts_and_the_reason_are_shown(waiting, capsys):
    code, out, _ = run(capsys, "review", "list", "submissions", "--format", "json")
    assert code == 0
    (shown,) = json.loads(out)
    assert shown["submission_id"] == JULY
    assert (shown["rows_count"], shown["expected_rows_count"]) == (40, 400)
    assert "number of rows" in shown["reason"] and "jumlah baris" in shown["alasan"]
    code, out, _ = run(capsys, "review", "list")
    assert (code, JULY in out) == (0, True)


def test_approving_serves_is_logged_answered_and_noticed(waiting, capsys):
    before = fingerprint.of_inputs([])
    code, out, err = run(capsys, "review", "approve", JULY, "--by", "siti", "--note", "asked")
    assert (code, out) == (0, f"{JULY}: accepted, serves\n")
    assert "lumbung run" in err
    assert fingerprint.of_inputs([]) != before
    (answer,) = (waiting.feedback / "sembako").glob("*2026-07*.xlsx")
    with lake.connect(read=["vault"], home=waiting) as con:
        log = con.execute(
            "SELECT submission_id, decision, decided_by, note FROM vault.quality.approvals"
        ).fetchall()
    assert log == [(JULY, "approve", "siti", "asked")]
    assert run(capsys, "review", "list", "submissions", "-f", "json")[1] == "[]\n"
    assert JULY in run(capsys, "review", "list", "submissions", "--decided")[1]
    first = answer.read_bytes()
    assert run(capsys, "review", "withdraw", JULY)[1] == f"{JULY}: waiting\n"
    assert fingerprint.of_inputs([]) == before
    assert answer.read_bytes() != first
    assert run(capsys, "review", "refuse", JULY)[1] == f"{JULY}: refused\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("approve", JUNE), "does not wait"),
        (("withdraw", JULY), "no decision"),
        (("refuse", "sembako-9999-2026-07-v1-cccccccc"), "no submission"),
        (("approve", "SITI"), "no submission"),
    ],
)
def test_what_cannot_be_decided_is_one_sentence(waiting, capsys, arguments, said):
    code, out, err = run(capsys, "review", *arguments)
    assert (code, out) == (2, "")
    assert said in err and err.count("\n") == 1


def test_answers_are_written_anew(waiting, capsys):
    code, out, _ = run(capsys, "feedback", "--program", "sembako")
    assert code == 0 and out.startswith("2 answers")
    assert run(capsys, "feedback")[1].startswith("0 answers")
    assert run(capsys, "feedback", "--english")[1].startswith("2 answers")
    code, _, err = run(capsys, "feedback", "--program", "nothing")
    assert code == 2 and "no program nothing" in err


def test_one_kind_at_a_time_for_machines(waiting, capsys):
    code, _, err = run(capsys, "review", "list", "all", "--format", "json")
    assert code == 2 and "one kind" in err


def test_rechecking_what_has_not_changed_replaces_nothing(waiting, capsys):
    code, out, _ = run(capsys, "run", "--recheck", "--yes")
    assert code == 0 and "change nothing" in out


@pytest.mark.parametrize(("said", "replaced"), [(True, True), (False, False)])
def test_a_changed_rule_is_shown_before_it_is_asked_about(
    waiting, capsys, monkeypatch, said, replaced
):
    difference = recheck.Difference(
        "sembako",
        submissions_count=2,
        states=[recheck.StateChange(JULY, "accepted", "partially_accepted", 40, 40, 0, 3)],
        lost=Counter({("nik_blank", "warning"): 7}),
        gained=Counter({("nik_blank", "critical"): 3}),
        to_quarantine_count=3,
    )
    order = []
    monkeypatch.setattr(review, "preview", lambda: [difference])
    monkeypatch.setattr(typer, "confirm", lambda _: order.append("asked") or said)
    monkeypatch.setattr(
        runner, "run", lambda **_: order.append("ran") or runner.Outcome(False, True, None)
    )
    code, out, _ = run(capsys, "run", "--recheck")
    assert code == 0
    assert order == ["asked", "ran"][: 1 + replaced]
    for told in (JULY, "partially_accepted", "nik_blank", "critical", " 7 ", " 3 "):
        assert told in out
    order.clear()
    assert run(capsys, "run", "--recheck", "--yes")[0] == 0
    assert order == ["ran"]
