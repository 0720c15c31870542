"""Every rule of every suite fires on the row that breaks it, and on no right row."""

from __future__ import annotations

import importlib
import json
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import settings
from pipelines.exports import check, declaration
from pipelines.exports.table import PART_ROWS
from tests.exports.suite_cases import AREA, BREAKS, GOOD, PERIODS, rows_of

AREAS: dict[str, str] = {}
# Cases of more programs stand in files of their own beside suite_cases.py.
for _file in sorted(Path(__file__).parent.glob("suite_cases_*.py")):
    _more = importlib.import_module(f"tests.exports.{_file.stem}")
    GOOD.update(_more.GOOD)
    BREAKS.update(_more.BREAKS)
    PERIODS.update(_more.PERIODS)
    AREAS.update(getattr(_more, "AREAS", {}))
PROGRAMS = sorted(BREAKS)


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        yield con


def write(path: Path, columns: list[str], rows: list[dict], parts: list[str]) -> Path:
    schema = pa.schema(
        [
            *((c, pa.string()) for c in columns),
            ("extra_columns", pa.string()),
            ("source_row", pa.int64()),
        ]
    )
    places = [parts.index(row["source_part"]) + 1 if parts else 0 for row in rows]
    full = [
        {name: value for name, value in row.items() if name != "source_part"}
        | {"source_row": i + 2 + place * PART_ROWS}
        for i, (row, place) in enumerate(zip(rows, places, strict=True))
    ]
    pq.write_table(pa.Table.from_pylist(full, schema), path)
    return path


def declared(program: str) -> declaration.Program:
    return declaration.load_program(settings.PROGRAMS_DIR / program / "defs.yaml")


def columns_of(program: str) -> list[str]:
    return list(declared(program).columns)


@pytest.fixture(scope="module")
def checked(con, tmp_path_factory):
    """All cases of a program in one check: each case is a submission of its own."""
    done: dict[str, tuple[dict, dict]] = {}

    def run(program: str) -> tuple[dict, dict]:
        if program not in done:
            folder = tmp_path_factory.mktemp(program)
            columns, parts = columns_of(program), list(declared(program).read.parts)
            cases = {"right": None, **BREAKS[program]}
            period, first, last = PERIODS[program]
            batches = [
                check.Batch(
                    case,
                    AREAS.get(program, AREA),
                    period,
                    date.fromisoformat(first),
                    date.fromisoformat(last),
                    write(folder / f"{case}.parquet", columns, rows_of(program, change), parts),
                )
                for case, change in cases.items()
            ]
            check.check(con, check.load_suite(program), columns, batches, parts)
            found: dict[str, list] = {case: [] for case in cases}
            for case, row, rule in con.execute(
                "SELECT submission_id, source_row, rule_id FROM check_issues"
            ).fetchall():
                found[case].append((rule, row and row % PART_ROWS))
            states = dict(con.execute("SELECT submission_id, state FROM check_states").fetchall())
            done[program] = found, states
        return done[program]

    return run


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_rule_has_a_case(program):
    assert {r.rule_id for r in check.load_suite(program).rules} == set(BREAKS[program])


@pytest.mark.parametrize("program", PROGRAMS)
def test_right_rows_break_no_rule(program, checked):
    found, states = checked(program)
    assert found["right"] == []
    assert states["right"] == "accepted"


@pytest.mark.parametrize(
    ("program", "rule_id"), [(p, rule_id) for p in PROGRAMS for rule_id in BREAKS[p]]
)
def test_rule_fires_on_what_breaks_it(program, rule_id, checked):
    found, states = checked(program)
    rule = next(r for r in check.load_suite(program).rules if r.rule_id == rule_id)
    hits = [row for name, row in found[rule_id] if name == rule_id]
    assert hits
    # The first row is always right, unless every row was changed.
    change = BREAKS[program][rule_id]
    if rule.level == "row" and not (isinstance(change, dict) and "all" in change):
        with_the_first = rule_id.endswith(("_repeated", "_twice"))
        all_changed = isinstance(change, list) and len(change) == 5
        assert 2 not in hits or with_the_first or all_changed
        assert 6 in hits
    if rule.severity == "critical":
        assert states[rule_id] == ("rejected" if rule.level == "table" else "partially_accepted")
    else:
        assert states[rule_id] != "accepted" or rule.severity == "info"


@pytest.mark.parametrize("program", PROGRAMS)
def test_suite_is_a_suite_of_great_expectations(program):
    content = json.loads((settings.EXPECTATIONS_DIR / f"{program}.json").read_text("utf-8"))
    assert set(content) <= {"name", "expectations", "meta", "id", "notes"}
    assert content["name"] == program
    known = {*columns_of(program)}
    for expectation in content["expectations"]:
        meta = expectation["meta"]
        assert expectation["severity"] in ("critical", "warning", "info")
        assert meta["column"] is None or meta["column"] in known
        for text in (meta["message"], meta["action"]):
            assert text["id"].strip().endswith(".")
            assert text["en"].strip().endswith(".")
            assert text["id"] != text["en"]


def test_damaged_numbers_are_never_critical():
    for program in PROGRAMS:
        for rule in check.load_suite(program).rules:
            if "damaged" in rule.rule_id or "nik" in rule.rule_id:
                assert rule.severity != "critical"


def test_cases_use_declared_columns_only():
    for program in PROGRAMS:
        assert set(GOOD[program](0)) <= {*columns_of(program), "source_part"}
