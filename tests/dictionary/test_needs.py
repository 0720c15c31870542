"""Needs and questions: answered or explained, from columns that are there, by queries that run."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.dictionary import needs
from pipelines.dictionary.read import Dictionary, DictionaryError
from pipelines.query import require_reading

ANSWERS = needs.read_answers()
QUESTIONS = needs.read_questions()
QUERIES = sorted(p.stem for p in needs.QUERIES.glob("*.sql"))


def test_the_pages_are_current() -> None:
    for path, text in needs.pages().items():
        assert path.read_text(encoding="utf-8") == text, (
            f"{path.name} is behind: .venv/bin/python -m pipelines.dictionary.needs"
        )


def test_every_need_is_served_or_explained() -> None:
    assert list(ANSWERS) == list(needs.read_needs())
    for need_id, answer in ANSWERS.items():
        served = bool(answer.query and answer.columns)
        assert served != bool(answer.not_served), need_id
        assert not (answer.not_served and answer.part), need_id


def test_the_yaml_claims_what_is_answered_and_nothing_else(told: Dictionary) -> None:
    wrong = []
    for need_id, answer in ANSWERS.items():
        for name in answer.columns:
            table, _, column = name.rpartition(".")
            said = (*told.tables[table].needs, *told.tables[table].columns[column].needs)
            if need_id not in said:
                wrong.append((need_id, name, "the YAML does not claim it"))
    for table in told.tables.values():
        claimed = {*table.needs, *(n for c in table.columns.values() for n in c.needs)}
        wrong += [
            (n, table.name, "claimed and not served")
            for n in sorted(claimed)
            if n not in ANSWERS or ANSWERS[n].not_served
        ]
    assert wrong == []


def test_a_query_asks_the_tables_of_its_columns_or_of_what_they_are_made_of() -> None:
    """Each query stands for its needs: at least one of the tables they name is read by it."""
    for need_id, answer in ANSWERS.items():
        if answer.query:
            text = needs.sql(answer.query)
            assert any(c.rpartition(".")[0] in text for c in answer.columns), need_id


def test_every_query_is_used_and_orders_its_rows() -> None:
    used = {a.query for a in ANSWERS.values() if a.query} | {q.query for q in QUESTIONS}
    assert set(QUERIES) == used
    for query in QUERIES:
        require_reading(needs.sql(query))
        assert "ORDER BY" in needs.sql(query), query


def test_fifteen_questions_in_both_languages() -> None:
    assert len(QUESTIONS) == len({q.query for q in QUESTIONS}) == 15
    assert all(q.en.endswith("?") and q.id.endswith("?") and q.en != q.id for q in QUESTIONS)


def test_wrong_files_are_refused(tmp_path: Path, told: Dictionary) -> None:
    wrong = tmp_path / "needs.yaml"
    wrong.write_text("N001: {not_served: [One, of two, Satu]}")
    with pytest.raises(DictionaryError, match=r"N001\.not_served"):
        needs.read_answers(wrong)
    with pytest.raises(DictionaryError, match="no query nothing"):
        needs.sql("nothing")
    need = {"N001": next(iter(needs.read_needs().values()))}
    for columns in (("core.benefits.nothing",), ("nothing",)):
        with pytest.raises(DictionaryError, match="no column"):
            needs.needs_page(need, {"N001": needs.Answer("ppks", columns)}, told)


@pytest.fixture(scope="module")
def contracts(told: Dictionary) -> duckdb.DuckDBPyConnection:
    """Empty tables with the names and types of the contracts."""
    con = duckdb.connect()
    for schema in ("core", "analysis", "public"):
        con.execute(f"CREATE SCHEMA {schema}")
    for table in told.tables.values():
        columns = ", ".join(f'"{c.name}" {c.type}' for c in table.columns.values())
        con.execute(f"CREATE TABLE {table.name} ({columns})")
    return con


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_fits_the_contracts(query: str, contracts: duckdb.DuckDBPyConnection) -> None:
    contracts.execute(needs.sql(query)).fetchall()


@pytest.fixture(scope="module")
def release(whole_district) -> duckdb.DuckDBPyConnection:
    """The released warehouse of a small district with all programs, as an analyst opens it."""
    from pipelines.releases import catalog

    current = catalog.current(whole_district.home)
    assert current
    return duckdb.connect(str(current.database), read_only=True)


@pytest.mark.slow
def test_queries_answer_from_a_release(release: duckdb.DuckDBPyConnection) -> None:
    """Every query runs; the questions have an answer, whatever the small district may lack."""
    counts = {query: len(release.execute(needs.sql(query)).fetchall()) for query in QUERIES}
    # A forbidden overlap and a training are rare among 900 people.
    rare = {"same_help_twice", "training_to_work"}
    assert [q.query for q in QUESTIONS if not counts[q.query] and q.query not in rare] == []
    # No query may be empty by mistake of its conditions: nearly all have rows.
    assert sum(1 for n in counts.values() if n) >= 0.9 * len(counts)
