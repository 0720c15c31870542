"""The project's macros and staging models without dbt: to test one of them at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
MACROS = PROJECT / "macros"
STAGING = PROJECT / "models" / "staging"


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


def record_columns(record: str) -> list[tuple[str, str]]:
    """Columns and types of a canonical record, in order, as macros/records.sql has them."""
    found: list[list[tuple[str, str]]] = []
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals["return"] = found.append
    module = environment.from_string((MACROS / "records.sql").read_text("utf-8")).make_module()
    module.record_columns(record)  # type: ignore[attr-defined]
    return found[0]


def declared_columns(program: str) -> list[str]:
    """Columns of the program's source table, as its staging YAML lists them."""
    text = (STAGING / program / f"{program}.yml").read_text("utf-8")
    (source,) = yaml.safe_load(text)["sources"]
    (table,) = source["tables"]
    return [column["name"] for column in table["columns"]]


def staging_models(program: str) -> list[str]:
    """Names of the program's staging models; those that others read come first."""
    names = sorted(path.stem for path in (STAGING / program).glob("stg_*.sql"))
    first = [f"stg_{program}__persons", f"stg_{program}__benefits"]
    return [name for name in first if name in names] + [name for name in names if name not in first]


def stage(
    con: duckdb.DuckDBPyConnection,
    program: str,
    rows: list[dict[str, str | None]],
    *,
    period: tuple[str, str],
    submission_id: str = "s",
) -> None:
    """Make each staging model of `program` a table of `con`, from rows as `submitted` yields them.

    rows: declared columns and their text; columns that are not given are NULL, so is source_part.
    source_row counts from 2, as in a file with one header line. period: first and last day of the submission.
    """
    columns = declared_columns(program)
    unknown = {name for row in rows for name in row} - {*columns, "source_part"}
    if unknown:
        raise KeyError(f"not declared by {program}: {sorted(unknown)}")
    listed = ", ".join(f'"{name}" varchar' for name in columns)
    con.execute(
        f"create or replace table submitted_{program} (submission_id varchar, source_part varchar, "
        f"source_row bigint, {listed}, extra_columns varchar, sender_area_code varchar, period varchar, "
        "period_from date, period_to date)"
    )
    con.executemany(
        f"insert into submitted_{program} values ({', '.join('?' * (len(columns) + 8))})",
        [
            [
                submission_id,
                row.get("source_part"),
                2 + i,
                *(row.get(name) for name in columns),
                *(None, "14.71", period[0], *period),
            ]
            for i, row in enumerate(rows)
        ],
    )
    decoders = sorted(path.name for path in MACROS.glob("decode*.sql"))
    macros = load("dialect.sql", "parse.sql", *decoders)
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.globals.update(
        macros,
        config=lambda **_: "",
        record_key=lambda record: record,
        ref=lambda name: name,
        var=lambda _name, default: default,
        submitted=lambda name: f"select * from submitted_{name}",
    )
    for name in staging_models(program):
        sql = environment.from_string((STAGING / program / f"{name}.sql").read_text("utf-8"))
        con.execute(f"create or replace table {name} as {sql.render()}")
