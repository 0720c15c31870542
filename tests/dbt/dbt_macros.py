"""The project's dbt macros as Python functions, without dbt: to test one expression at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import jinja2

MACROS = Path(__file__).resolve().parents[2] / "dbt_project" / "macros"


class _Adapter:
    """`adapter.dispatch` as DuckDB resolves it: `duckdb__<name>` before `default__<name>`."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def dispatch(self, name: str, _package: str | None = None) -> Any:
        for prefix in ("duckdb__", "default__"):
            if prefix + name in self.names:
                return self.names[prefix + name]
        raise KeyError(name)


def load(*files: str) -> dict[str, Any]:
    """Macros of the named files by name; each takes SQL expressions and yields a SQL expression."""
    environment = jinja2.Environment(
        extensions=["jinja2.ext.do"], trim_blocks=False, undefined=jinja2.StrictUndefined
    )
    names: dict[str, Any] = {}
    environment.globals.update(adapter=_Adapter(names))
    for file in files:
        module = environment.from_string((MACROS / file).read_text("utf-8")).make_module()
        found = {k: v for k, v in vars(module).items() if not k.startswith("_")}
        names.update(found)
        environment.globals.update(found)
    return names


def values(expression: str, texts: list[str | None], **columns: str) -> list[Any]:
    """What `expression` over the column `sent` gives for each text, in the order of the texts.

    columns: further columns of the same value in every row, as SQL expressions.
    """
    more = "".join(f", {sql} as {name}" for name, sql in columns.items())
    with duckdb.connect() as con:
        con.execute("create table t (i integer, sent varchar)")
        con.executemany("insert into t values (?, ?)", list(enumerate(texts)))
        rows = con.execute(
            f"select {expression} from (select *{more} from t) order by i"
        ).fetchall()
    return [row[0] for row in rows]
