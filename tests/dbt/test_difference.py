"""The strategy `difference`: nothing stale stays, nothing is rounded, nothing stands twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from dbt_macros import PROJECT

from pipelines import lake
from pipelines.settings import Home
from tests.dbt_runs import dbt

pytestmark = pytest.mark.slow  # a run of dbt takes some seconds

CONTRACT = """models:
  - name: figures
    columns:
      - {{name: id, data_type: integer, constraints: [{{type: not_null}}]}}
      - {{name: figure, data_type: {kind}}}
{more}
"""
NAME = "      - {name: name, data_type: varchar}"


class Small:
    """A project of one model in core, over a barn of its own."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.folder = folder / "project"
        lake.prepare(self.home)
        shutil.copytree(PROJECT / "macros", self.folder / "macros")
        for name in ("dbt_project.yml", "profiles.yml"):
            shutil.copy(PROJECT / name, self.folder / name)
        (self.folder / "models" / "core").mkdir(parents=True)

    def run(self, sql: str, kind: str, more: str = "", key: str = "'id'") -> int:
        """Runs the model and yields the warehouse's newest snapshot."""
        models = self.folder / "models" / "core"
        (models / "figures.sql").write_text(f"{{{{ config(unique_key={key}) }}}}\n{sql}", "utf-8")
        (models / "figures.yml").write_text(CONTRACT.format(kind=kind, more=more), "utf-8")
        done = dbt(self.folder, self.home, "run")
        assert done.returncode == 0, done.stdout[-3000:]
        with lake.connect(read=["warehouse"], home=self.home) as con:
            return lake.current_snapshot(con, "warehouse")

    def table(self, snapshot: int | None = None) -> tuple[dict[str, str], list[tuple]]:
        pinned = {"warehouse": snapshot} if snapshot else None
        with lake.connect(read=["warehouse"], snapshots=pinned, home=self.home) as con:
            columns = con.execute("describe warehouse.core.figures").fetchall()
            rows = con.execute("from warehouse.core.figures order by id").fetchall()
        return {name: kind for name, kind, *_ in columns}, rows


def test_columns_that_change_make_the_table_anew(tmp_path: Path) -> None:
    small = Small(tmp_path)
    first = small.run("select 1 as id, 1 as figure, 'old' as name", "integer", NAME)

    # A column that is gone does not stay with its old values.
    small.run("select 1 as id, 1 as figure", "integer")
    assert small.table() == ({"id": "INTEGER", "figure": "INTEGER"}, [(1, 1)])

    # A type that changed: nothing is rounded, and the second run finds nothing to write.
    sql = "select 1 as id, cast(0.4 as double) as figure"
    second = small.run(sql, "double")
    assert small.table() == ({"id": "INTEGER", "figure": "DOUBLE"}, [(1, 0.4)])
    assert small.run(sql, "double") == second

    # The contract's constraints are there again, and earlier snapshots are as they were.
    with (
        lake.connect(write=["warehouse"], home=small.home) as con,
        pytest.raises(lake.duckdb.Error, match="NOT NULL"),
    ):
        con.execute("insert into warehouse.core.figures values (null, 1)")
    assert small.table(first)[1] == [(1, 1, "old")]

    # A new column is filled for every row.
    small.run("select 1 as id, cast(0.4 as double) as figure, 'new' as name", "double", NAME)
    assert small.table()[1] == [(1, 0.4, "new")]


def test_rows_that_stand_twice_are_mended_and_unknown_keys_kept(tmp_path: Path) -> None:
    small, key = Small(tmp_path), "['id', 'figure']"
    rows = "select 1 as id, 1 as figure union all select 1, null union all select 2, 2"
    # A wrong model writes a row twice before its grain test stops the build.
    small.run(rows + " union all select 2, 2", "integer", key=key)
    assert small.table()[1].count((2, 2)) == 2

    mended = small.run(rows, "integer", key=key)
    assert sorted(small.table()[1], key=str) == [(1, 1), (1, None), (2, 2)]
    assert small.run(rows, "integer", key=key) == mended

    small.run("select 1 as id, cast(null as integer) as figure", "integer", key=key)
    assert small.table()[1] == [(1, None)]
