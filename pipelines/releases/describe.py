"""What the tables of a release mean: grain, columns, keys and sources, from dbt's manifest.

The YAML beside each model is the one source of the data dictionary. Here it becomes a Frictionless
Data Package descriptor (version 1, tabular) and a bilingual list of columns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]

# The parser in C is ten times as quick; not every build of PyYAML has it.
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

TITLE = {
    "id": "Lumbung: gudang data sosial terpadu",
    "en": "Lumbung: an integrated social data warehouse",
}
_TYPES: tuple[tuple[str, str], ...] = (
    (r".*\]$", "array"),
    (r"STRUCT|MAP|JSON", "object"),
    (r"BOOLEAN", "boolean"),
    (r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER", "integer"),
    (r"DECIMAL|DOUBLE|FLOAT", "number"),
    (r"DATE", "date"),
    (r"TIMESTAMP", "datetime"),
    (r"TIME", "time"),
)
_REF = re.compile(r"ref\(\s*(?:['\"][^'\"]+['\"]\s*,\s*)?['\"]([^'\"]+)['\"]")


@dataclass(frozen=True)
class ForeignKey:
    """Columns of one table that name rows of another (`schema.name`)."""

    columns: tuple[str, ...]
    table: str
    to_columns: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """Meaning of a column in English and Indonesian, and its unit."""

    description: str = ""
    description_id: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """Meaning of a table: grain (`key`), columns by name, foreign keys, programs it comes from."""

    description: str = ""
    description_id: str = ""
    key: tuple[str, ...] = ()
    columns: Mapping[str, Column] = field(default_factory=dict)
    foreign_keys: tuple[ForeignKey, ...] = ()
    programs: tuple[str, ...] = ()
    licenses: tuple[Json, ...] = ()
    sources: tuple[Json, ...] = ()


def read_dbt_manifest(path: Path | None) -> dict[str, Table]:
    """Tables by `schema.name` as dbt's `manifest.json` describes them; empty without a manifest."""
    if path is None:
        return {}
    manifest = json.loads(path.read_text(encoding="utf-8"))
    nodes: dict[str, Json] = manifest.get("nodes", {})
    models = {
        uid: node
        for uid, node in nodes.items()
        if node.get("resource_type") in ("model", "seed", "snapshot")
    }
    place = {uid: f"{n['schema']}.{n.get('alias') or n['name']}" for uid, n in models.items()}
    by_name = {n["name"]: place[uid] for uid, n in models.items()}
    related = _related(nodes, place, by_name)
    return {
        place[uid]: _table(node, related.get(uid, ()), by_name, _programs(manifest, uid))
        for uid, node in models.items()
    }


def _meta(thing: Json) -> Json:
    return {**(thing.get("meta") or {}), **((thing.get("config") or {}).get("meta") or {})}


def _words(text: object) -> str:
    return " ".join(str(text or "").split())


def _table(
    node: Json, related: Iterable[ForeignKey], by_name: Mapping[str, str], programs: Sequence[str]
) -> Table:
    key = (node.get("config") or {}).get("unique_key") or ()
    meta = _meta(node)
    columns = {}
    for name, column in (node.get("columns") or {}).items():
        said = _meta(column)
        columns[name] = Column(
            _words(column.get("description")),
            _words(said.get("description_id")),
            _words(said.get("unit")),
        )
    keys = dict.fromkeys([*_constraints(node, by_name), *related])
    return Table(
        description=_words(node.get("description")),
        description_id=_words(meta.get("description_id")),
        key=(key,) if isinstance(key, str) else tuple(key),
        columns=columns,
        foreign_keys=tuple(sorted(keys, key=lambda k: (k.columns, k.table))),
        programs=tuple(programs),
        licenses=tuple(meta.get("licenses") or ()),
        sources=tuple(meta.get("sources") or ()),
    )


def _constraints(node: Json, by_name: Mapping[str, str]) -> list[ForeignKey]:
    """Foreign keys that the model's contract states."""
    stated = [(c, c.get("columns") or ()) for c in node.get("constraints") or ()]
    for name, column in (node.get("columns") or {}).items():
        stated += [(c, (name,)) for c in column.get("constraints") or ()]
    found = []
    for constraint, columns in stated:
        if constraint.get("type") != "foreign_key" or not constraint.get("to"):
            continue
        named = _REF.search(constraint["to"])
        last = constraint["to"].replace('"', "").split(".")[-1]
        table = by_name.get(named.group(1) if named else last)
        if table:
            found.append(
                ForeignKey(tuple(columns), table, tuple(constraint.get("to_columns") or columns))
            )
    return found


def _related(
    nodes: Mapping[str, Json], place: Mapping[str, str], by_name: Mapping[str, str]
) -> dict[str, list[ForeignKey]]:
    """Foreign keys that `relationships` tests hold for every row, by the model they are of."""
    found: dict[str, list[ForeignKey]] = {}
    for node in nodes.values():
        test = node.get("test_metadata") or {}
        if node.get("resource_type") != "test" or test.get("name") != "relationships":
            continue
        config, kwargs = node.get("config") or {}, test.get("kwargs") or {}
        kwargs = {**kwargs, **(kwargs.get("arguments") or {})}
        model = node.get("attached_node") or ""
        to = _REF.search(str(kwargs.get("to", "")))
        # A test on some rows, or one that only warns, is no key.
        if config.get("where") or str(config.get("severity", "ERROR")).upper() != "ERROR":
            continue
        if model in place and to and to.group(1) in by_name and kwargs.get("column_name"):
            found.setdefault(model, []).append(
                ForeignKey((kwargs["column_name"],), by_name[to.group(1)], (kwargs["field"],))
            )
    return found


def _programs(manifest: Json, uid: str) -> list[str]:
    """Programs whose submissions a model is made of, through all the models before it."""
    parents: dict[str, list[str]] = manifest.get("parent_map") or {}
    sources: dict[str, Json] = manifest.get("sources") or {}
    seen: set[str] = set()
    todo = [uid]
    while todo:
        for parent in parents.get(todo.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                todo.append(parent)
    return sorted(
        sources[s]["name"]
        for s in seen
        if s in sources and sources[s].get("source_name") == "submissions"
    )


def program_sources(programs_dir: Path | None) -> dict[str, Json]:
    """Frictionless `sources` entries by program, from the declarations."""
    found: dict[str, Json] = {}
    if programs_dir is None or not programs_dir.is_dir():
        return found
    for path in sorted(programs_dir.glob("*/defs.yaml")):
        text = path.read_text(encoding="utf-8")
        said = (yaml.load(text, Loader=_YAML) or {}).get("attributes") or {}
        title = said.get("title") or {}
        entry: Json = {"title": title.get("id") or title.get("en") or path.parent.name}
        if title.get("en"):
            entry["title_en"] = title["en"]
        if said.get("owner"):
            entry["owner"] = said["owner"]
        found[path.parent.name] = entry
    return found


def field_type(kind: str) -> str:
    """The Table Schema type of a DuckDB type; `string` for what has no other."""
    for pattern, name in _TYPES:
        if re.match(pattern, kind):
            return name
    return "string"


def resource(
    table: str, columns: Sequence[tuple[str, str]], told: Table, programs: Mapping[str, Json]
) -> Json:
    """A tabular data resource for `table` with the given (name, DuckDB type) columns."""
    fields = []
    for name, kind in columns:
        column = told.columns.get(name, Column())
        item: Json = {"name": name, "type": field_type(kind)}
        for word in ("description", "description_id", "unit"):
            if getattr(column, word):
                item[word] = getattr(column, word)
        if name in told.key:
            item["constraints"] = {"required": True}
        fields.append(item)
    names = {name for name, _ in columns}
    schema: Json = {"fields": fields, "missingValues": [""]}
    if told.key and set(told.key) <= names:
        schema["primaryKey"] = list(told.key)
    found: Json = {
        "name": table,
        "path": f"{table.replace('.', '/')}.parquet",
        "profile": "tabular-data-resource",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
    }
    if told.description:
        found["description"] = told.description
    if told.description_id:
        found["description_id"] = told.description_id
    if told.licenses:
        found["licenses"] = list(told.licenses)
    sources = [programs.get(p, {"title": p}) for p in told.programs] + list(told.sources)
    if sources:
        found["sources"] = sources
    return {**found, "schema": schema}


def datapackage(
    tables: Mapping[str, Sequence[tuple[str, str]]],
    told: Mapping[str, Table],
    programs: Mapping[str, Json],
) -> Json:
    """The descriptor of all tables (`schema.name` to columns), without version and date."""
    resources = [
        resource(table, columns, told.get(table, Table()), programs)
        for table, columns in tables.items()
    ]
    for item in resources:
        known = {name for name, _ in tables[item["name"]]}
        keys = [
            {
                "fields": list(key.columns),
                "reference": {
                    "resource": "" if key.table == item["name"] else key.table,
                    "fields": list(key.to_columns),
                },
            }
            for key in told.get(item["name"], Table()).foreign_keys
            if key.table in tables
            and set(key.columns) <= known
            and set(key.to_columns) <= {name for name, _ in tables[key.table]}
        ]
        if keys:
            item["schema"]["foreignKeys"] = keys
    sources = {json.dumps(s, sort_keys=True): s for r in resources for s in r.get("sources", ())}
    package: Json = {
        "profile": "tabular-data-package",
        "name": "lumbung",
        "title": TITLE["en"],
        "title_id": TITLE["id"],
        "resources": resources,
    }
    if sources:
        package["sources"] = [sources[k] for k in sorted(sources)]
    return package


def dictionary_rows(package: Json) -> list[list[str]]:
    """The data dictionary as rows of text, header first, in English and Indonesian."""
    header = ["table", "column", "type", "unit", "key", "description", "keterangan"]
    rows = [header]
    for item in package["resources"]:
        schema = item["schema"]
        rows.append(
            [
                item["name"],
                "",
                "",
                "",
                "",
                item.get("description", ""),
                item.get("description_id", ""),
            ]
        )
        rows += [
            [
                item["name"],
                f["name"],
                f["type"],
                f.get("unit", ""),
                "yes" if f["name"] in schema.get("primaryKey", ()) else "",
                f.get("description", ""),
                f.get("description_id", ""),
            ]
            for f in schema["fields"]
        ]
    return rows
