"""From received files to the vault: whole or not at all, once, in any order."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipelines import lake, settings
from pipelines.exports import check, declaration, ingest, messages, periods, report, serving
from pipelines.exports.problem import Problem
from pipelines.exports.receive import Receipt
from tests.exports.suite_cases import sembako
from tests.exports.suite_cases_b import child, mother

SENT = datetime(2026, 8, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def program():
    return declaration.load_program(settings.PROGRAMS_DIR / "sembako" / "defs.yaml")


@pytest.fixture
def home(tmp_path):
    home = settings.Home(tmp_path / "home")
    lake.prepare(home)
    return home


@pytest.fixture
def vault(home):
    with lake.connect(write=["vault"], home=home) as con:
        yield con


def receipt(
    folder: Path,
    program,
    rows: list[dict] | None,
    *,
    period: str | None = "2026-07",
    version: int = 1,
    sent_at: datetime = SENT,
    content: bytes | None = None,
    problem: Problem | None = None,
) -> Receipt:
    path = folder / f"sent_{version}_{len(list(folder.iterdir()))}.csv"
    if content is None:
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, [c.header for c in program.columns.values()])
            writer.writeheader()
            writer.writerows(rows or [])
    else:
        path.write_bytes(content)
    data = path.read_bytes()
    return Receipt(
        program=program.name,
        area_code="14.71",
        period=period,
        version=version,
        file_name=f"sembako_1471_{period}_v{version}.csv",
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        received_at=sent_at,
        sent_at=sent_at,
        source_url="test",
        problem=problem,
    )


def rows(*changes: dict) -> list[dict]:
    return [sembako(i) | change for i, change in enumerate(changes)]


def recorded(con) -> dict[str, tuple]:
    found = con.execute(
        "SELECT submission_id, state, rows_count, accepted_count, quarantined_count, is_serving "
        "FROM vault.quality.submissions ORDER BY submission_id"
    ).fetchall()
    return {r[0]: r[1:] for r in found}


def counts(con) -> tuple[int, int, int]:
    return con.execute(
        "SELECT (SELECT count(*) FROM vault.submissions.sembako), "
        "(SELECT count(*) FROM vault.quality.quarantine), "
        "(SELECT count(*) FROM vault.quality.submissions)"
    ).fetchone()


def test_every_row_is_accepted_or_quarantined_with_its_reasons(vault, home, program, tmp_path):
    sent = rows({}, {"nominal": "lihat lampiran"}, {"no_kk": "0"}, {"nama_kpm": "-", "nik": "-"})
    one = receipt(tmp_path, program, sent)
    result = ingest.ingest(vault, program, one, home=home)
    assert result is not None
    assert (result.state, result.rows_count) == ("partially_accepted", 4)
    assert (result.accepted_count, result.quarantined_count) == (2, 2)
    assert result.is_serving
    assert result.reason_id is None
    assert vault.execute(
        "SELECT source_row, nominal FROM vault.submissions.sembako ORDER BY source_row"
    ).fetchall() == [(2, "200.000"), (4, "200.000")]
    held = vault.execute(
        "SELECT source_row, rule_ids, row_sent FROM vault.quality.quarantine ORDER BY source_row"
    ).fetchall()
    assert [(r[0], r[1]) for r in held] == [
        (3, ["nominal_not_a_number"]),
        (5, ["nobody_named"]),
    ]
    assert json.loads(held[0][2])["nominal"] == "lihat lampiran"
    issues = vault.execute(
        "SELECT source_row, column_name, rule_id, severity, value_sent, length(message_id) > 9, "
        "length(action_en) > 9, area_code, period FROM vault.quality.issues "
        "WHERE rule_id IN ('nominal_not_a_number', 'no_kk_blank') ORDER BY source_row"
    ).fetchall()
    assert issues == [
        (
            3,
            "nominal",
            "nominal_not_a_number",
            "critical",
            "lihat lampiran",
            True,
            True,
            "14.71",
            "2026-07",
        ),
        (4, "no_kk", "no_kk_blank", "warning", "0", True, True, "14.71", "2026-07"),
    ]
    assert list(home.work.iterdir()) == []


def _table(program, part: str, sent: list[dict]) -> str:
    names = [n for n, c in program.columns.items() if not c.parts or part in c.parts]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, extrasaction="ignore")
    writer.writerow({name: program.columns[name].header for name in names})
    writer.writerows(sent)
    return out.getvalue()


def _archive(program, **parts: list[dict]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for part, sent in parts.items():
            archive.writestr(zipfile.ZipInfo(f"{part}.csv"), _table(program, part, sent))
    return data.getvalue()


def test_rows_of_each_part_are_numbered_and_kept_apart(vault, home, tmp_path):
    """Row 3 of the mothers and row 3 of the children are two rows, all the way to the vault."""
    kia = declaration.load_program(settings.PROGRAMS_DIR / "kia" / "defs.yaml")
    nobody = {"nama_ibu": "", "nik_ibu": "", "nama_anak": "", "nik_anak": ""}
    sent = _archive(
        kia,
        ibu_hamil=[mother(0), mother(1) | nobody, mother(2) | {"usia_kehamilan_minggu": "99"}],
        imunisasi=[child(0), child(1) | {"tgl_vaksin": "kemarin"}, child(2) | nobody],
    )
    one = receipt(tmp_path, kia, None, content=sent)
    one = replace(one, file_name="kia_1471_2026-07.zip")
    result = ingest.ingest(vault, kia, one, home=home)
    assert result is not None
    assert (result.state, result.rows_count) == ("partially_accepted", 6)
    assert (result.accepted_count, result.quarantined_count) == (4, 2)
    assert vault.execute(
        "SELECT source_part, source_row, nama_ibu IS NOT NULL, nama_anak IS NOT NULL "
        "FROM vault.submissions.kia ORDER BY ALL"
    ).fetchall() == [
        ("ibu_hamil", 2, True, False),
        ("ibu_hamil", 4, True, False),
        ("imunisasi", 2, True, True),
        ("imunisasi", 3, True, True),
    ]
    held = vault.execute(
        "SELECT source_part, source_row, rule_ids FROM vault.quality.quarantine ORDER BY ALL"
    ).fetchall()
    assert held == [
        ("ibu_hamil", 3, ["mother_not_named"]),
        ("imunisasi", 4, ["child_not_named"]),
    ]
    told = vault.execute(
        "SELECT source_part, source_row, column_name FROM vault.quality.issues "
        "WHERE value_sent IN ('99', 'kemarin') ORDER BY ALL"
    ).fetchall()
    assert set(told) == {
        ("ibu_hamil", 4, "usia_kehamilan_minggu"),
        ("imunisasi", 3, "tgl_vaksin"),
    }
    rows_told = "SELECT count(*) FROM vault.quality.issues WHERE source_row NOT BETWEEN 2 AND 4"
    assert vault.execute(rows_told).fetchone() == (0,)

    # Corrected and sent again as a whole, the new version serves with all of its rows.
    again = _archive(
        kia, ibu_hamil=[mother(i) for i in range(3)], imunisasi=[child(i) for i in range(3)]
    )
    two = receipt(tmp_path, kia, None, content=again, version=2)
    result = ingest.ingest(vault, kia, replace(two, file_name="kia_1471_2026-07_v2.zip"), home=home)
    assert result is not None
    assert (result.accepted_count, result.quarantined_count, result.is_serving) == (6, 0, True)
    serving_ids = vault.execute(
        "SELECT version FROM vault.quality.submissions WHERE is_serving"
    ).fetchall()
    assert serving_ids == [(2,)]


def test_a_second_time_changes_nothing(vault, home, program, tmp_path):
    received = [
        receipt(tmp_path, program, rows({}, {})),
        receipt(tmp_path, program, None, version=2, content=b"\x00\x01 not a list"),
    ]
    first = ingest.ingest_many(vault, program, received, home=home)
    before = lake.current_snapshot(vault, "vault")
    assert len(first) == 2
    assert ingest.ingest_many(vault, program, received, home=home) == []
    ingest.register_programs(vault, [program])
    registered = lake.current_snapshot(vault, "vault")
    ingest.register_programs(vault, [program])
    ingest.ensure_tables(vault, program)
    assert lake.current_snapshot(vault, "vault") == registered
    assert before < registered
    assert ingest.recorded_ids(vault) == {r.submission_id for r in first}


def test_what_cannot_be_read_is_rejected_and_the_last_good_one_serves(
    vault, home, program, tmp_path
):
    good = receipt(tmp_path, program, rows({}, {}))
    broken = receipt(tmp_path, program, None, version=2, content=b"PK\x03\x04 cut off")
    useless = receipt(tmp_path, program, rows({"nama_kpm": "", "nik": "0"}), version=3)
    other = receipt(tmp_path, program, rows({"bulan": "2"}, {"bulan": "2"}), version=4)
    nameless = receipt(
        tmp_path,
        program,
        rows({}),
        period=None,
        problem=Problem("bad_file_name", "Nama berkas keliru.", "The file name is wrong."),
    )
    results = ingest.ingest_many(
        vault, program, [good, broken, useless, other, nameless], home=home
    )
    by_version = {
        r.submission_id.split("-v")[1][0]: r for r in results if "unknown" not in r.submission_id
    }
    assert by_version["1"].state == "accepted"
    assert [by_version[v].state for v in "234"] == ["rejected"] * 3
    assert [by_version[v].rows_count for v in "1234"] == [2, 0, 1, 2]
    assert all(r.rows_count == r.accepted_count + r.quarantined_count for r in results)
    assert [v for v in "1234" if by_version[v].is_serving] == ["1"]
    for r in results:
        if r.state == "rejected":
            assert r.reason_id
            assert r.reason_en
            assert r.accepted_count == 0
            assert r.issues_critical_count >= 1
    unnamed = next(r for r in results if "unknown" in r.submission_id)
    assert (unnamed.state, unnamed.reason_en) == ("rejected", "The file name is wrong.")
    accepted, quarantined, _ = counts(vault)
    assert accepted == sum(r.accepted_count for r in results)
    assert quarantined == sum(r.quarantined_count for r in results)

    summary = report.summarise(vault, program)
    assert summary.total.files_count == 5
    assert summary.total.rejected_count == 4
    assert summary.total.adds_up
    assert summary.of(None).states["rejected"] == 1
    assert summary.of("2026-07").serving_count == 1
    assert report.summarise(vault, program, periods=["2026-08"]).of("2026-07") is None


def test_chunks_make_no_difference(tmp_path, program):
    received = [
        receipt(tmp_path, program, rows({}, {"nominal": "x"}, {}), version=v) for v in (1, 3, 2)
    ] + [receipt(tmp_path, program, rows({"bulan": "6"}, {"bulan": "Juni"}), period="2026-06")]
    found = []
    for number, (order, size) in enumerate([(received, 100), (received[::-1], 1)]):
        home = settings.Home(tmp_path / f"home{number}")
        lake.prepare(home)
        with lake.connect(write=["vault"], home=home) as con:
            told: list[tuple[int, int]] = []
            ingest.ingest_many(
                con,
                program,
                order,
                home=home,
                chunk_files=size,
                on_progress=lambda done, total, told=told: told.append((done, total)),
            )
            assert told[-1] == (4, 4)
            found.append(recorded(con))
    assert found[0] == found[1]
    serving = sorted(name for name, row in found[0].items() if row[-1])
    assert len(serving) == 2
    assert "-v3-" in serving[1]


def test_other_rules_judge_anew_what_is_recorded(vault, home, program, tmp_path, monkeypatch):
    one = receipt(tmp_path, program, rows({}, {"nominal": "x"}))
    ingest.ingest(vault, program, one, home=home)
    before = counts(vault)
    strict = tmp_path / "strict"
    strict.mkdir()
    content = json.loads((settings.EXPECTATIONS_DIR / "sembako.json").read_text("utf-8"))
    content["expectations"] = [
        e for e in content["expectations"] if e["meta"]["rule_id"] != "nominal_not_a_number"
    ]
    (strict / "sembako.json").write_text(json.dumps(content), "utf-8")
    suite = check.load_suite("sembako", strict)
    other = ingest.ingest_many(vault, program, [one], home=home, suite=suite, recheck=False)
    assert other == []
    again = ingest.ingest_many(vault, program, [one], home=home, suite=suite)
    assert [r.quarantined_count for r in again] == [0]
    assert before == (1, 1, 1)
    assert counts(vault) == (2, 0, 1)
    assert ingest.ingest_many(vault, program, [one], home=home, suite=suite) == []
    # Under the rules of the project it is work again.
    assert ingest.recorded_ids(vault, [program]) == set()
    monkeypatch.setattr(settings, "EXPECTATIONS_DIR", strict)
    assert ingest.recorded_ids(vault, [program]) == {again[0].submission_id}


def test_a_failure_while_writing_leaves_nothing(vault, home, program, tmp_path, monkeypatch):
    one = receipt(tmp_path, program, rows({}, {"nominal": "x"}))
    broken = tmp_path / "broken.sql"
    broken.write_text("SELECT no_such_column FROM memory.main.ingest_new", "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(ingest, "_SUBMISSIONS", broken)
        with pytest.raises(duckdb.Error):
            ingest.ingest(vault, program, one, home=home)
    assert counts(vault) == (0, 0, 0)
    assert ingest.ingest(vault, program, one, home=home).rows_count == 2


def test_a_new_column_is_added_and_old_rows_do_not_have_it(vault, home, program, tmp_path):
    ingest.ingest(vault, program, receipt(tmp_path, program, rows({})), home=home)
    wider = declaration.Program.model_validate(
        program.model_dump()
        | {
            "columns": program.model_dump()["columns"]
            | {"desil": {"header": "desil", "required": False}}
        }
    )
    ingest.ensure_tables(vault, wider)
    assert vault.execute("SELECT desil FROM vault.submissions.sembako").fetchall() == [(None,)]


def test_a_newly_declared_column_gets_its_values(vault, home, program, tmp_path):
    declared = program.model_dump()
    declared["columns"] = declared["columns"] | {"desil": {"header": "desil", "required": False}}
    wider = declaration.Program.model_validate(declared)
    one = receipt(tmp_path, wider, rows({"desil": "4"}, {"desil": ""}))
    june = rows({"bulan": "6", "nominal": "x"}, {"bulan": "6"})
    two = receipt(tmp_path, program, june, period="2026-06")
    ingest.ingest_many(vault, program, [one, two], home=home)
    assert vault.execute(
        "SELECT extra_columns FROM vault.submissions.sembako WHERE extra_columns IS NOT NULL"
    ).fetchall() == [('{"desil":"4"}',)]  # fmt: skip
    assert ingest.recorded_ids(vault, [wider]) == set()
    assert len(ingest.ingest_many(vault, wider, [one, two], home=home)) == 2
    assert vault.execute(
        "SELECT submission_id LIKE '%2026-07%', desil, extra_columns "
        "FROM vault.submissions.sembako ORDER BY 1, 2"
    ).fetchall() == [(False, None, None), (True, "4", None), (True, None, None)]
    assert counts(vault) == (3, 1, 2)


def test_judged_anew_with_the_same_result_writes_no_row_again(
    vault, home, program, tmp_path, monkeypatch
):
    sent = [
        receipt(tmp_path, program, rows({}, {"nominal": "x"}, {"no_kk": "0"})),
        receipt(tmp_path, program, rows({}), period="2026-06"),
    ]
    ingest.ingest_many(vault, program, sent, home=home)
    tables = ("submissions.sembako", "quality.issues", "quality.quarantine")

    def state():
        return [
            vault.execute(f"SELECT rowid, t FROM vault.{name} AS t ORDER BY ALL").fetchall()
            for name in tables
        ]

    before, known = state(), ingest.recorded_ids(vault)
    monkeypatch.setattr(ingest.parse, "PARSER_VERSION", 999)
    assert ingest.recorded_ids(vault) == set()
    assert len(ingest.ingest_many(vault, program, sent, home=home)) == 2
    assert state() == before
    assert ingest.recorded_ids(vault) == known
    assert len(recorded(vault)) == 2


def test_every_record_of_a_file_is_counted_and_left_out_lines_are_kept(
    vault, home, program, tmp_path
):
    one = receipt(tmp_path, program, rows({}, {}))
    text = one.path.read_text("utf-8")
    head = text.splitlines()[0]
    width = head.count(",")
    body = text + "\n" + head + "\n" + text.splitlines()[1] + "\nTOTAL,,,,9" + "," * (width - 4)
    content = ("Dinas Sosial\n\n" + body + "\n").encode()
    result = ingest.ingest(
        vault, program, receipt(tmp_path, program, None, content=content), home=home
    )
    assert result.rows_count == 3
    assert vault.execute(
        "SELECT records_count, title_count, header_count, repeated_header_count, blank_count, "
        "footer_count, issues_info_count > 0 FROM vault.quality.submissions"
    ).fetchall() == [(9, 1, 1, 1, 2, 1, True)]  # fmt: skip
    assert vault.execute(
        "SELECT source_row, severity, value_sent, length(message_en) > 9 "
        "FROM vault.quality.issues WHERE rule_id = 'line_left_out'"
    ).fetchall() == [(9, "info", "TOTAL | 9", True)]


def test_tables_that_stand_get_the_new_columns_and_are_judged_anew(vault, home, program, tmp_path):
    one = receipt(tmp_path, program, rows({}, {}))
    ingest.ingest(vault, program, one, home=home)
    for column in (*ingest._COUNTS, "reason_code", "reason_column"):
        vault.execute(f"ALTER TABLE vault.quality.submissions DROP COLUMN {column}")
    assert ingest.recorded_ids(vault) == set()
    assert len(ingest.ingest_many(vault, program, [one], home=home)) == 1
    assert vault.execute(
        "SELECT records_count, header_count FROM vault.quality.submissions"
    ).fetchall() == [(3, 1)]  # fmt: skip
    before = lake.current_snapshot(vault, "vault")
    ingest.ensure_tables(vault, program)
    assert lake.current_snapshot(vault, "vault") == before


def test_a_period_to_come_is_judged_again_once_it_has_begun(
    vault, home, program, tmp_path, monkeypatch
):
    monkeypatch.setenv("LUMBUNG_NOW", "2026-06-20T00:00:00+00:00")
    early = receipt(tmp_path, program, rows({}, {}))
    problem = periods.period_problem(
        early.file_name, periods.parse_period("2026-07"), "month", settings.now()
    )
    rejected = ingest.ingest(vault, program, replace(early, problem=problem), home=home)
    assert (rejected.state, rejected.reason_code) == ("rejected", "future_period")
    assert ingest.recorded_ids(vault) == {rejected.submission_id}
    monkeypatch.setenv("LUMBUNG_NOW", "2026-07-03T00:00:00+00:00")
    assert ingest.recorded_ids(vault) == set()
    again = ingest.ingest(vault, program, early, home=home)
    assert (again.submission_id, again.state) == (rejected.submission_id, "accepted")
    assert again.is_serving
    assert counts(vault) == (2, 0, 1)
    assert ingest.recorded_ids(vault) == {again.submission_id}
    assert report.summarise(vault, program).total.rejected_count == 0


def test_reasons_told_outside_quote_nothing_that_was_sent(vault, home, program, tmp_path):
    secret = "SITI_RAHASIA_1471"
    one = receipt(tmp_path, program, rows({}))
    renamed = one.path.read_text("utf-8").replace("nama_kpm", "Nama " + secret, 1).encode()
    sent = [
        replace(receipt(tmp_path, program, None, content=renamed), file_name=f"{secret}.csv"),
        receipt(tmp_path, program, rows({"bulan": "2"}, {"bulan": "2"}), version=2),
    ]
    first, second = ingest.ingest_many(vault, program, sent, home=home)
    assert (first.reason_code, first.reason_column) == ("renamed_column", "nama_kpm")
    assert secret in first.reason_en
    assert second.reason_code in {r.rule_id for r in check.load_suite("sembako").rules}
    reasons = report.summarise(vault, program).total.reasons
    assert [r[0] for r in reasons] == [first.submission_id, second.submission_id]
    assert all(r[0] in r[1] and r[0] in r[2] and r[1] != r[2] for r in reasons)
    assert "'nama_kpm'" in reasons[0][1]
    assert secret not in repr(reasons)


def test_a_rejection_is_answered_by_a_newer_good_file(vault, home, program, tmp_path):
    bad = receipt(tmp_path, program, None, content=b"PK\x03\x04 cut off")
    good = receipt(tmp_path, program, rows({}), version=2)
    later = receipt(tmp_path, program, None, content=b"PK\x03\x04 cut", version=3)
    named = Problem("bad_file_name", "Nama berkas keliru.", "The file name is wrong.")
    nameless = replace(good, area_code=None, period=None, problem=named)
    other = receipt(tmp_path, program, rows({}, {}), period=None, problem=named)

    def now(*sent):
        ingest.ingest_many(vault, program, sent, home=home)
        total = report.summarise(vault, program).total
        return total.states["rejected"], total.answered_count, total.rejected_count

    assert now(bad, replace(nameless, area_code=None)) == (2, 0, 2)
    assert now(good) == (2, 2, 0)
    assert report.summarise(vault, program).total.reasons == ()
    assert now(later, other) == (4, 2, 2)
    assert len(report.summarise(vault, program).total.reasons) == 2


def test_every_reason_has_words(program):
    source = "".join(p.read_text("utf-8") for p in Path(messages.__file__).parent.glob("*.py"))
    told = set(re.findall(r'(?:fail|Problem)\(\s*"([a-z_]+)"', source))
    assert told > {"truncated", "future_period"}
    for name in ("check_states.sql", "serving.sql"):
        states = Path(check.__file__).with_name(name).read_text("utf-8")
        told |= set(re.findall(r"then '([a-z_]+)'\n", states))
    told -= {"table_rule", "rejected", "waiting"}
    told -= {"partially_accepted", "accepted_with_errors", "accepted"}
    assert told == set(messages.TEXTS)
    for code in [*told, "removed_rule", None]:
        for column in ("nik", None):
            texts = messages.reason("s", code, column)
            assert all(t.startswith("s: ") and t.endswith(".") and "{" not in t for t in texts[1:])


def test_no_personal_data_is_told(vault, home, program, tmp_path, caplog, capfd):
    sent = rows({"nama_kpm": "RAHASIA BINTI RAHASIA", "nominal": "0812-3456"}, {"nik": "147*"}, {})
    with caplog.at_level(logging.DEBUG):
        result = ingest.ingest(vault, program, receipt(tmp_path, program, sent), home=home)
        summary = report.summarise(vault, program)
    told = caplog.text + "".join(capfd.readouterr()) + repr(result) + repr(summary)
    for secret in ("RAHASIA", "0812", "147*", str(sent[2]["nik"]), str(sent[2]["no_kks"])):
        assert secret not in told


# Which submission serves ----------------------------------------------------------------------


def _name(version: tuple) -> tuple:
    return (*version[:3], version[4])


VERSIONS = st.lists(
    st.tuples(
        st.sampled_from(["14.71", "31.74"]),
        st.sampled_from(["2026-06", "2026-07"]),
        st.integers(1, 3),
        st.integers(1, 3),
        st.sampled_from("abcd"),
        st.sampled_from(["accepted", "partially_accepted", "rejected"]),
    ),
    min_size=1,
    max_size=8,
    unique_by=_name,
)


@hypothesis_settings(max_examples=40)
@given(versions=VERSIONS, data=st.data())
def test_the_newest_good_one_serves_in_any_order_of_arrival(program, versions, data):
    named_p = program.model_copy(update={"name": "p"})
    order = data.draw(st.permutations(versions))
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=len(order), max_size=len(order)))
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS vault")
        con.execute(ingest._TABLES.read_text("utf-8"))
        waiting = list(order)
        for size in sizes:
            part, waiting = waiting[:size], waiting[size:]
            if part:
                arrive(con, named_p, part)
        found = con.execute(
            "SELECT area_code, period, version, day(sent_at), sha256, state "
            "FROM vault.quality.submissions WHERE is_serving"
        ).fetchall()
    expected = {}
    for version in versions:
        if version[5] != "rejected":
            key = version[:2]
            expected[key] = max(expected.get(key, version), version, key=lambda v: v[2:5])
    assert sorted(found) == sorted(expected.values())


def arrive(con, program, part) -> None:
    con.execute(
        "CREATE OR REPLACE TABLE memory.main.ingest_new AS SELECT 'p-' || a || b || c || e AS "
        "submission_id, 'p' AS program, a AS area_code, b AS period, c AS version, "
        "'f' AS file_name, e AS sha256, make_timestamp(2026, 1, d, 0, 0, 0) AS received_at, "
        "make_timestamp(2026, 1, d, 0, 0, 0) AS sent_at, NULL::DATE AS period_from, "
        "NULL::DATE AS period_to, 'r' AS rules_hash, NULL::VARCHAR AS problem_code, "
        "NULL::VARCHAR AS problem_id, NULL::VARCHAR AS problem_en, NULL::VARCHAR AS problem_column, "
        "NULL::VARCHAR AS headers_sent, "
        "2 AS records_count, 0 AS title_count, 1 AS header_count, 0 AS repeated_header_count, "
        "0 AS blank_count, 0 AS footer_count, f AS state "
        f"FROM (VALUES {', '.join(str(tuple(v)) for v in part)}) AS v(a, b, c, d, e, f)"
    )
    con.execute(
        "CREATE OR REPLACE TABLE memory.main.check_states AS SELECT submission_id, state, "
        "NULL::VARCHAR AS reason_id, NULL::VARCHAR AS reason_en, NULL::VARCHAR AS reason_code, "
        "NULL::VARCHAR AS reason_column, 1 AS rows_count, "
        "1 AS accepted_count, 0 AS quarantined_count, 0 AS issues_critical_count, "
        "0 AS issues_warning_count, 0 AS issues_info_count "
        "FROM memory.main.ingest_new"
    )
    con.execute("ALTER TABLE memory.main.ingest_new DROP COLUMN state")
    con.execute(
        "CREATE OR REPLACE TABLE memory.main.ingest_filled AS SELECT submission_id, "
        "NULL::MAP(VARCHAR, BIGINT) AS filled_counts FROM memory.main.ingest_new"
    )
    con.execute(
        "CREATE OR REPLACE TABLE memory.main.ingest_unknown (submission_id VARCHAR, label VARCHAR)"
    )
    con.execute(ingest.STATES.read_text("utf-8"))
    serving.judge(con, [program])
    con.execute(ingest._SUBMISSIONS.read_text("utf-8"))
