"""One pass over a large file finds what the rules' own queries find."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from pipelines.exports import check, derive, onepass
from tests.exports.suite_cases import rows_of
from tests.exports.test_suites import AREA, AREAS, BREAKS, PERIODS, columns_of, declared, write

TABLES = ("check_issues", "check_quarantine", "check_states")


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        yield con


@pytest.mark.parametrize("program", ["dtsen", "pkh", "kia"])
def test_all_dirt_in_one_file_is_found_alike(con, tmp_path, monkeypatch, program):
    parts = list(declared(program).read.parts)
    period, first, last = PERIODS[program]
    # Every case twice, so that rows have fellows further away, too.
    rows = [
        row for change in [None, *BREAKS[program].values()] * 2 for row in rows_of(program, change)
    ]
    columns = columns_of(program)
    batch = check.Batch(
        "one",
        AREAS.get(program, AREA),
        period,
        date.fromisoformat(first),
        date.fromisoformat(last),
        write(tmp_path / "one.parquet", columns, rows, parts),
    )
    found, passes = [], []
    plain = onepass.judge
    monkeypatch.setattr(onepass, "judge", lambda *a: passes.append(1) or plain(*a))
    for least in (10**9, 1):
        monkeypatch.setattr(derive, "LEAST_ROWS", least)
        check.check(con, check.load_suite(program), columns, [batch], parts)
        found.append([con.execute(f"FROM {t} ORDER BY ALL").fetchall() for t in TABLES])
        assert con.execute("SELECT count(*) FROM check_rows").fetchone() == (len(rows),)
        assert set(columns) < {r[0] for r in con.execute("DESCRIBE check_rows").fetchall()}
    assert passes == [1]
    assert found[0] == found[1]
    assert len(found[0][0]) > 20


@pytest.mark.parametrize(
    ("condition", "parts"),
    [
        ("a AND b > 1", ["a", "b > 1"]),
        ("f(a AND b) AND c = ' AND '", ["f(a AND b)", "c = ' AND '"]),
        ("a OR b AND c", ["a OR b AND c"]),
        ("a BETWEEN 1 AND 2 AND b", ["a BETWEEN 1 AND 2 AND b"]),
        ("(a BETWEEN 1 AND 2) AND b", ["(a BETWEEN 1 AND 2)", "b"]),
        ("CASE WHEN a AND b THEN c END", ["CASE WHEN a AND b THEN c END"]),
    ],
)
def test_only_a_plain_and_is_taken_apart(condition, parts):
    assert onepass._conjuncts(condition) == parts


@pytest.mark.parametrize(
    ("query", "reads_all"),
    [
        ("SELECT submission_id FROM {batch} GROUP BY 1 HAVING count(*) > 0.5 * sum(a)", False),
        ("SELECT submission_id FROM {batch} AS b WHERE b.a", False),
        ("SELECT submission_id FROM {batch} AS b WHERE hash(b) = 1", True),
        ("SELECT submission_id FROM (SELECT * FROM {batch})", True),
        ("SELECT submission_id FROM (FROM {batch})", True),
    ],
)
def test_a_query_that_may_read_all_columns_is_seen(query, reads_all):
    assert onepass._reads_all(query) is reads_all
