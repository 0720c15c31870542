"""What changed rules would do is shown beforehand, and nothing is written for it."""

from __future__ import annotations

import json

import pytest

from pipelines import lake, settings
from pipelines.exports import check, declaration, feedback, ingest, intake, recheck
from pipelines.exports.suite import parse_suite
from tests.exports.suite_cases import sembako
from tests.exports.test_ingest import receipt


@pytest.fixture(scope="module")
def program():
    return declaration.load_program(settings.PROGRAMS_DIR / "sembako" / "defs.yaml")


@pytest.fixture
def home(tmp_path):
    home = settings.Home(tmp_path / "home")
    lake.prepare(home)
    return home


def changed_suite(change) -> check.Suite:
    """The suite of sembako, changed by `change(rules by id)`."""
    content = json.loads((settings.EXPECTATIONS_DIR / "sembako.json").read_text("utf-8"))
    change({e["meta"]["rule_id"]: e for e in content["expectations"]})
    return parse_suite("sembako.json", json.dumps(content).encode())


def test_the_difference_is_what_replacing_would_do(home, program, tmp_path):
    sent = [sembako(0), sembako(1) | {"nominal": "lihat lampiran"}, sembako(2) | {"no_kk": "0"}]
    july = receipt(tmp_path, program, sent)
    again = receipt(tmp_path, program, [sembako(3), sembako(4)], version=2)

    def change(rules):
        rules["nominal_not_a_number"]["severity"] = "warning"
        rules["no_kk_blank"]["severity"] = "critical"

    suite = changed_suite(change)
    with lake.connect(write=["vault"], home=home) as con:
        taken = intake.take_in(con, program, [july, again], home=home)
        assert taken.answers_count == 2
        assert feedback.missing(con, program, home) == []
    with lake.connect(read=["vault"], home=home) as con:
        before = lake.current_snapshot(con, "vault")
        same = recheck.compare(con, program, [july, again], home=home)
        assert (same.submissions_count, same.changed) == (2, False)
        found = recheck.compare(con, program, [july, again], suite=suite, home=home)
        assert lake.current_snapshot(con, "vault") == before
    assert found.changed
    # The same rows, the same state: one row is quarantined for another.
    assert found.states == []
    assert (found.to_quarantine_count, found.to_accepted_count) == (1, 1)
    assert dict(found.lost) == {
        ("nominal_not_a_number", "critical"): 1,
        ("no_kk_blank", "warning"): 1,
    }
    assert dict(found.gained) == {
        ("nominal_not_a_number", "warning"): 1,
        ("no_kk_blank", "critical"): 1,
    }
    with lake.connect(write=["vault"], home=home) as con:
        # Nothing has changed that the next run would have to settle.
        assert intake.settle(con, [program], home) == []
        assert lake.current_snapshot(con, "vault") == before
        ingest.ingest_many(con, program, [july, again], suite=suite, home=home)
        held = con.execute("SELECT source_row, rule_ids FROM vault.quality.quarantine").fetchall()
        assert held == [(4, ["no_kk_blank"])]
        after = recheck.compare(con, program, [july, again], suite=suite, home=home)
        assert not after.changed


def test_a_column_that_nobody_declared_is_an_issue_that_names_it(home, program, tmp_path):
    text = (
        "nik;" + ";".join(c.header for n, c in program.columns.items() if n != "nik") + ";Surel\n"
    )
    row = sembako(0)
    cells = [row["nik"], *(row[n] or "" for n in program.columns if n != "nik"), "a@b.example"]
    july = receipt(tmp_path, program, None, content=(text + ";".join(cells) + "\n").encode())
    with lake.connect(write=["vault"], home=home) as con:
        result = ingest.ingest(con, program, july, home=home)
        issues = con.execute(
            "SELECT value_sent, severity FROM vault.quality.issues WHERE rule_id = 'unknown_column'"
        ).fetchall()
        counted, headers, filled = con.execute(
            "SELECT issues_info_count = (SELECT count(*) FROM vault.quality.issues "
            "WHERE severity = 'info'), headers_sent, filled_counts['nik'] "
            "FROM vault.quality.submissions"
        ).fetchone()
    assert issues == [("Surel", "info")]
    assert (result.state, counted, filled) == ("accepted", True, 1)
    sent = json.loads(headers)
    assert sent[0] == [None, "nik", "nik"] and sent[-1] == [None, "surel", "Surel"]


def test_states_that_would_change_are_named_with_their_counts(home, program, tmp_path):
    july = receipt(tmp_path, program, [sembako(0), sembako(1) | {"nominal": "x"}])
    new = receipt(tmp_path, program, [sembako(7)], period="2026-06")

    def change(rules):
        rules["nominal_not_a_number"]["severity"] = "info"

    with lake.connect(write=["vault"], home=home) as con:
        result = ingest.ingest(con, program, july, home=home)
        # What the vault does not hold yet is not what is compared.
        found = recheck.compare(con, program, [july, new], suite=changed_suite(change), home=home)
        assert con.execute("SELECT count(*) FROM vault.quality.submissions").fetchone() == (1,)
    assert found.submissions_count == 1
    assert found.states == [
        recheck.StateChange(result.submission_id, "partially_accepted", "accepted", 2, 2, 1, 0)
    ]
    assert "lihat" not in repr(found) and str(sembako(1)["nik"]) not in repr(found)
