"""Rules judged by values find what their queries find, row by row."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.exports import derive, sieve

DERIVED = {"code__known": "code IN ('A', 'B')", "name__short": "length(name) < 3"}
RULES = (
    sieve.Simple("unknown", "code", "NOT code__known"),
    sieve.Simple("blank", "code", "code IS NULL"),
    sieve.Simple("elsewhere", None, "code = area"),
    sieve.Simple("never", "code", "code = 'nowhere'"),
    sieve.Simple("short", "name", "name__short"),
    sieve.Simple("first", "code", "source_row = 1"),
)


def sent(rows, areas):
    return (
        f"SELECT ['s1', 's2'][1 + i % {areas}] AS submission_id, ['A', 'C'][1 + i % {areas}] AS area, "
        "i AS source_row, ['A', 'B', 'C', NULL][1 + i % 4] AS code, 'n' || i AS name "
        f"FROM range({rows}) AS t(i)"
    )


@pytest.mark.parametrize("rows", [30, derive.LEAST_ROWS + 30])
@pytest.mark.parametrize("areas", [1, 2])
def test_values_tell_the_rows_that_queries_tell(rows, areas):
    constant = {"submission_id": "'s1'", "area": "'A'"} if areas == 1 else {}
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE check_issues (submission_id VARCHAR, source_row BIGINT, "
            "rule_id VARCHAR, value_sent VARCHAR)"
        )
        select = sent(rows, areas)
        plan = sieve.plan(con, select, RULES, DERIVED, constant, [])
        derive.make_batch(con, "check_batch", select, plan.derived, plan.few)
        counts = sieve.judge(con, "check_batch", plan)
        by_value = {r.rule_id for _, rules in plan.by_value for r in rules}
        # Names are all different, and a row's number is no value.
        assert by_value == (set() if rows == 30 else {"unknown", "blank", "elsewhere", "never"})
        assert set(counts) == by_value
        values = ", ".join(f"{sql} AS {name}" for name, sql in DERIVED.items())
        con.execute(f"CREATE TABLE whole AS SELECT *, {values} FROM ({select})")
        for rule in RULES:
            told = rule.column or "NULL"
            wanted = con.execute(
                f"SELECT submission_id, source_row, {told} FROM whole WHERE {rule.condition} "
                "ORDER BY ALL"
            ).fetchall()
            if rule.rule_id in by_value:
                found = con.execute(
                    "SELECT submission_id, source_row, value_sent FROM check_issues "
                    "WHERE rule_id = ? ORDER BY ALL",
                    [rule.rule_id],
                ).fetchall()
                assert found == wanted
                assert counts[rule.rule_id] == len(wanted)
            else:
                assert con.execute(
                    f"SELECT count(*) FROM check_batch WHERE {rule.condition}"
                ).fetchone() == (len(wanted),)


@pytest.mark.parametrize(
    "query",
    [
        None,
        "SELECT submission_id FROM {batch} WHERE a",
        "SELECT submission_id, source_row FROM {batch} WHERE a QUALIFY count(*) OVER () > 1",
        "SELECT submission_id, source_row FROM {batch} WHERE a IN (SELECT a FROM {batch})",
        "SELECT submission_id, source_row FROM {batch} WHERE a UNION ALL FROM b",
        "SELECT submission_id, source_row FROM {batch} WHERE sum(a) OVER () > 1",
    ],
)
def test_queries_that_do_not_take_rows_one_by_one_are_left_alone(query):
    assert sieve.condition(query) is None


def test_a_condition_is_what_stands_after_where():
    query = "SELECT submission_id, source_row FROM {batch} WHERE is_blank(a) AND b > 1"
    assert sieve.condition(query) == "is_blank(a) AND b > 1"
