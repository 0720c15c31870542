"""Reading values as text, running a suite, and the states that come of it."""

from __future__ import annotations

import json
import logging
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.exports import check, gx_duckdb

LATEST = "DATE '2026-12-31'"


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        check.open_checks(con)
        yield con


def value(con, expression: str, sent):
    return con.execute(f"SELECT {expression.format('$v')}", {"v": sent}).fetchone()[0]


DAYS = {
    "31/12/1990": "1990-12-31",
    "1990-12-31": "1990-12-31",
    "31-12-90": "1990-12-31",
    "31-12-05": "2005-12-31",
    "31.12.1990": "1990-12-31",
    "31 Desember 1990": "1990-12-31",
    "31-Des-90": "1990-12-31",
    "5 Mei 2001": "2001-05-05",
    "17 Agustus 1995": "1995-08-17",
    "33238": "1990-12-31",
    "33238.0": "1990-12-31",
    "BANTAENG, 31-12-1990": "1990-12-31",
    "KAB. BANTAENG,1990-12-31 00:00:00": "1990-12-31",
    "12/31/1990": "1990-12-31",
    "19901231": "1990-12-31",
    "2026-07-15T10:00:00Z": "2026-07-15",
    "'31/12/1990": "1990-12-31",
    "31/02/1990": None,
    "00/00/1990": None,
    "1990": None,
    "99999": None,
    "-": None,
    "": None,
    None: None,
    "0": None,
    "tidak tahu": None,
    "3174091504900001": None,
}


@pytest.mark.parametrize(("sent", "day"), DAYS.items())
def test_days(con, sent, day):
    found = value(con, f"parse_date_text({{}}, {LATEST})", sent)
    assert found == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("sent", "precise_to"),
    [
        ("31/12/1990", "day"),
        ("00/05/1990", "month"),
        ("12/1990", "month"),
        ("Desember 1990", "month"),
        ("00/00/1990", "year"),
        ("1990", "year"),
        ("1990.0", "year"),
        ("31/02/1990", "year"),
        ("31 Foo 1990", None),
        ("...", None),
        (None, None),
    ],
)
def test_precision_of_dates(con, sent, precise_to):
    assert value(con, f"date_precision_text({{}}, {LATEST})", sent) == precise_to


@pytest.mark.parametrize(
    ("sent", "amount"),
    [
        ("1200000", 1200000),
        ("Rp 1.200.000,00", 1200000),
        ("1,200,000", 1200000),
        ("225.000", 225000),
        ("200000.00", 200000),
        ("Rp.225.000,-", 225000),
        ("1.200,50", 1200.5),
        ("0", 0),
        ("-5000", -5000),
        ("lihat lampiran", None),
        ("2OO.OOO", None),
        ("12.34.56", None),
        ("-", None),
        ("...", None),
        (None, None),
    ],
)
def test_amounts(con, sent, amount):
    found = value(con, "parse_amount_text({})", sent)
    assert found == amount if amount is None else float(found) == amount


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ("12,5", 12.5),
        ("12.5 kg", 12.5),
        ("-2:31", -2.31),
        (".5", 0.5),
        ("1.234,5", 1234.5),
        ("9800", 9800),
        ("3.250", 3.25),
        ("Outlier", None),
        ("-", None),
        (None, None),
    ],
)
def test_numbers(con, sent, number):
    assert value(con, "parse_number_text({})", sent) == number


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ("1471081501909001", "whole"),
        ("'1471081501909001", "whole"),
        ("1471 0815 0190 9001", "whole"),
        ("1471081501909001.0", "whole"),
        ("1471085501909001", "whole"),
        ("1471082902009001", "whole"),
        ("1471083002009001", "no_date"),
        ("1471081513909001", "no_date"),
        ("1471081501900000", "zero_end"),
        ("1.471081501909E+15", "exponent"),
        ("14710815019*****", "masked"),
        ("147108150190900", "short"),
        ("14710815019090011", "long"),
        ("0", "zero"),
        ("0000000000000000", "zero"),
        ("-", "blank"),
        (None, "blank"),
        ("belum ada", "not_a_number"),
    ],
)
def test_nik_classes(con, sent, kind):
    assert value(con, "nik_class({})", sent) == kind


def test_areas_of_every_edition_are_known(con):
    assert con.execute(
        "SELECT area_code_known('1471081007'), area_code_known('14.71.13.1003'), "
        "area_code_known('147108100'), area_code_known(NULL), "
        "area_name_known('Kec. Tampan', 'kecamatan', '14.71'), "
        "area_name_known('TAMPAN', 'kecamatan', '31.74'), "
        "area_name_known('tuah madani', 'kecamatan', '14.71.08')"
    ).fetchone() == (True, True, False, False, True, False, True)


# A suite of our own --------------------------------------------------------------------------

TEXT = {"id": "Keliru.", "en": "Wrong."}


def rule(rule_id: str, severity: str, query: str, level: str = "row", **meta):
    return {
        "type": "unexpected_rows_expectation",
        "severity": severity,
        "kwargs": {"unexpected_rows_query": query},
        "meta": {
            "rule_id": rule_id,
            "column": "x",
            "level": level,
            "message": TEXT,
            "action": TEXT,
            **meta,
        },
    }


def native(kind: str, severity: str = "warning", rule_id: str = "native", **kwargs):
    made = rule(rule_id, severity, "")
    return made | {"type": kind, "kwargs": kwargs}


ROWS = "SELECT submission_id, source_row FROM {batch} WHERE "
BAD = rule("bad", "critical", ROWS + "x = 'bad'")
ODD = rule("odd", "warning", ROWS + "x = 'odd'")
NOTE = rule("note", "info", ROWS + "x = 'note'")
FEW = rule(
    "few",
    "critical",
    "SELECT submission_id FROM {batch} GROUP BY submission_id HAVING count(*) < 2",
    "table",
)


def suite(folder: Path, *expectations, derived: dict | None = None, program: str = "uji"):
    content = {"name": program, "expectations": list(expectations), "meta": {}}
    if derived:
        content["meta"]["derived"] = derived
    folder.mkdir(exist_ok=True)
    (folder / f"{program}.json").write_text(json.dumps(content), "utf-8")
    return check.load_suite(program, folder)


def batch(folder: Path, name: str, *values: str | None) -> check.Batch:
    path = folder / f"{name}.parquet"
    table = pa.table(
        {
            "source_row": pa.array(range(2, len(values) + 2), pa.int64()),
            "x": pa.array(values, pa.string()),
            "extra_columns": pa.nulls(len(values), pa.string()),
        }
    )
    pq.write_table(table, path)
    return check.Batch(name, "14.71", "2026-07", date(2026, 7, 1), date(2026, 7, 31), path)


def states(con) -> dict[str, tuple]:
    return {
        r[0]: r[1:]
        for r in con.execute(
            "SELECT submission_id, state, rows_count, accepted_count, quarantined_count, "
            "issues_critical_count, issues_warning_count, issues_info_count FROM check_states"
        ).fetchall()
    }


def test_the_four_states(con, tmp_path):
    made = suite(tmp_path, BAD, ODD, NOTE, FEW)
    check.check(
        con,
        made,
        ["x"],
        [
            batch(tmp_path, "clean", "a", "b"),
            batch(tmp_path, "noted", "note", "b"),
            batch(tmp_path, "warned", "odd", "b"),
            batch(tmp_path, "partly", "bad", "odd", "b"),
            batch(tmp_path, "useless", "bad", "bad"),
            batch(tmp_path, "short", "b"),
        ],
    )
    assert states(con) == {
        "clean": ("accepted", 2, 2, 0, 0, 0, 0),
        "noted": ("accepted", 2, 2, 0, 0, 0, 1),
        "warned": ("accepted_with_errors", 2, 2, 0, 0, 1, 0),
        "partly": ("partially_accepted", 3, 2, 1, 1, 1, 0),
        "useless": ("rejected", 2, 0, 2, 2, 0, 0),
        "short": ("rejected", 1, 0, 1, 1, 0, 0),
    }
    assert con.execute(
        "SELECT submission_id, source_row, rule_ids FROM check_quarantine ORDER BY ALL"
    ).fetchall() == [
        ("partly", 2, ["bad"]),
        ("short", 2, ["few"]),
        ("useless", 2, ["bad"]),
        ("useless", 3, ["bad"]),
    ]


def test_one_by_one_is_the_same_as_many_at_once(con, tmp_path):
    made = suite(tmp_path, BAD, ODD, NOTE, FEW)
    batches = [
        batch(tmp_path, "a", "bad", "odd", "b"),
        batch(tmp_path, "b", "note"),
        batch(tmp_path, "c", "odd", None),
    ]
    check.check(con, made, ["x"], batches)
    together = states(con)
    alone = {}
    for one in batches:
        check.check(con, made, ["x"], [one])
        alone |= states(con)
    assert together == alone


def test_expectations_of_gx_itself_tell_their_rows(con, tmp_path):
    made = suite(
        tmp_path,
        native("expect_column_values_to_not_be_null", column="x"),
        native("expect_column_values_to_be_in_set", "critical", "set", column="x", value_set=["a"]),
    )
    assert made.row_by_row
    check.check(con, made, ["x"], [batch(tmp_path, "s", "a", None, "z"), batch(tmp_path, "t", "a")])
    assert con.execute(
        "SELECT submission_id, source_row, rule_id, value_sent FROM check_issues ORDER BY ALL"
    ).fetchall() == [("s", 3, "native", None), ("s", 4, "set", "z")]


def test_expectations_about_a_whole_table_judge_each_file_alone(con, tmp_path):
    unique = native("expect_column_values_to_be_unique", column="x", rule_id="unique")
    count = native("expect_table_row_count_to_be_between", "critical", "count", min_value=2)
    count["meta"]["level"] = "table"
    made = suite(tmp_path, unique, count)
    assert not made.row_by_row
    batches = [
        batch(tmp_path, "s", "a", "b"),
        batch(tmp_path, "t", "a", "a"),
        batch(tmp_path, "u", "c"),
    ]
    check.check(con, made, ["x"], batches)
    assert {k: v[0] for k, v in states(con).items()} == {
        "s": "accepted",
        "t": "accepted_with_errors",
        "u": "rejected",
    }


def test_columns_of_one_program_are_not_taken_for_those_of_another(con, tmp_path):
    check.check(con, suite(tmp_path, ODD), ["x"], [batch(tmp_path, "s", "a")])
    other = native("expect_column_values_to_not_be_null", column="y")
    made = suite(tmp_path, other, program="lain")
    check.check(con, made, ["x", "y"], [batch(tmp_path, "s", "a")])
    assert states(con)["s"][0] == "accepted_with_errors"


@pytest.mark.parametrize(
    "broken",
    [
        rule("gone", "warning", ROWS + "no_such_column = 1"),
        native("expect_column_values_to_not_be_null", column="no_such_column", rule_id="gone"),
        rule("gone", "info", ROWS + "CAST(x AS INTEGER) = 1"),
        rule("gone", "info", "SELECT 1 AS nothing FROM {batch}"),
    ],
)
def test_a_rule_that_cannot_run_rejects_with_a_sentence(con, tmp_path, caplog, capfd, broken):
    secret = "SITI RAHASIA 1471081501909001"
    made = suite(tmp_path, broken, ODD)
    with caplog.at_level(logging.DEBUG):
        check.check(con, made, ["x"], [batch(tmp_path, "s", secret, "1")])
    row = con.execute("SELECT state, reason_id, reason_en FROM check_states").fetchone()
    assert row[0] == "rejected"
    assert "gone" in row[1]
    assert "gone" in row[2]
    assert states(con)["s"][1:4] == (2, 0, 2)
    told = caplog.text + "".join(capfd.readouterr()) + str(row)
    assert "SITI" not in told
    assert "1471081501909001" not in told


@pytest.mark.parametrize("sql", ["CAST(x AS INTEGER)", "error('secret ' || x)", "no_such_column"])
def test_derived_columns_that_cannot_be_worked_out_reject_that_file_alone(
    con, tmp_path, caplog, sql
):
    made = suite(
        tmp_path, rule("large", "warning", ROWS + "y > 5"), derived={"y": f"if(x > '0', {sql}, 1)"}
    )
    fit = "7" if sql.startswith("CAST") else "-"
    with caplog.at_level(logging.DEBUG):
        check.check(
            con,
            made,
            ["x"],
            [
                batch(tmp_path, "a", "-"),
                batch(tmp_path, "b", "SITI", "2"),
                batch(tmp_path, "c", fit),
            ],
        )
    found = {k: v[:4] for k, v in states(con).items()}
    assert found["b"] == ("rejected", 2, 0, 2)
    if sql == "no_such_column":
        assert {v[0] for v in found.values()} == {"rejected"}
    else:
        assert found["a"][0] == "accepted"
        assert found["c"][0] == ("accepted_with_errors" if fit == "7" else "accepted")
    row = con.execute(
        "SELECT reason_code, reason_column, reason_id, reason_en FROM check_states "
        "WHERE submission_id = 'b'"
    ).fetchone()
    assert row[:2] == ("rule_failed", None)
    assert all(text.endswith(".") for text in row[2:])
    assert "SITI" not in caplog.text + str(row)
    assert con.execute("SELECT DISTINCT rule_ids FROM check_quarantine").fetchall() == [
        (["derived_columns"],)
    ]


def test_a_query_is_run_once(con, tmp_path):
    con.execute("CREATE OR REPLACE SEQUENCE runs")
    counting = "SELECT submission_id, source_row FROM {batch} WHERE nextval('runs') < 0"
    check.check(con, suite(tmp_path, rule("runs", "warning", counting)), ["x"],
                [batch(tmp_path, "s", "a", "b", "c")])  # fmt: skip
    assert con.execute("SELECT nextval('runs')").fetchone() == (4,)


def test_reasons_have_a_code_and_a_column(con, tmp_path):
    made = suite(tmp_path, BAD, FEW)
    check.check(con, made, ["x"], [batch(tmp_path, "a"), batch(tmp_path, "b", "bad", "bad", "bad")])
    assert con.execute(
        "SELECT submission_id, state, reason_code, reason_column FROM check_states ORDER BY ALL"
    ).fetchall() == [("a", "rejected", "no_rows", None), ("b", "rejected", "no_usable_rows", "x")]


def test_one_bad_file_does_not_reject_the_others(con, tmp_path):
    made = suite(tmp_path, rule("number", "warning", ROWS + "CAST(x AS INTEGER) > 5"))
    check.check(
        con,
        made,
        ["x"],
        [batch(tmp_path, "a", "1"), batch(tmp_path, "b", "x"), batch(tmp_path, "c", "7")],
    )
    assert {k: v[0] for k, v in states(con).items()} == {
        "a": "accepted",
        "b": "rejected",
        "c": "accepted_with_errors",
    }


def test_failing_rows_do_not_pass_through_python(con, tmp_path, monkeypatch):
    monkeypatch.setattr(gx_duckdb, "BUFFERED_ROWS", 10)
    made = suite(tmp_path, ODD)
    check.check(con, made, ["x"], [batch(tmp_path, "s", *["odd"] * 5000)])
    assert states(con)["s"] == ("accepted_with_errors", 5000, 5000, 0, 0, 5000, 0)


def test_derived_columns_are_for_rules_only(con, tmp_path):
    made = suite(
        tmp_path,
        rule("late", "warning", ROWS + "x__date > period_to"),
        derived={"x__date": "parse_date_text(x)"},
    )
    check.check(con, made, ["x"], [batch(tmp_path, "s", "01/08/2026", "31/07/2026")])
    assert con.execute("SELECT source_row, value_sent FROM check_issues").fetchall() == [
        (2, "01/08/2026")
    ]


def test_no_files_at_all(con, tmp_path):
    check.check(con, suite(tmp_path, ODD), ["x"], [])
    assert states(con) == {}


@pytest.mark.parametrize(
    ("expectations", "words"),
    [
        ([ODD, ODD], "odd"),
        ([{**ODD, "meta": {}}], "rule_id"),
        ([{**ODD, "meta": {**ODD["meta"], "message": {"id": "Keliru."}}}], "message.en"),
        ([{**ODD, "type": "expect_nothing_like_it"}], "uji.json"),
    ],
)
def test_a_wrong_suite_is_told(tmp_path, expectations, words):
    with pytest.raises(check.SuiteError, match=words):
        suite(tmp_path, *expectations)


def test_rules_hash_follows_the_rules(tmp_path):
    first = check.rules_hash(suite(tmp_path, ODD), "declaration")
    assert first == check.rules_hash(suite(tmp_path, ODD), "declaration")
    assert first != check.rules_hash(suite(tmp_path, ODD, BAD), "declaration")
    assert first != check.rules_hash(suite(tmp_path, ODD), "other")
