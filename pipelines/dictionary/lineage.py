"""Write `dbt_project/lineage.yml`: what each published table and column comes from.

    python -m pipelines.dictionary.lineage

The one part of the dictionary that reads SQL, when somebody changes the models and never at run
time; a test says when the file is behind. In a staging model each item `<expression> as <column>`
is followed back, through the model's own subqueries, to columns that the program declares: their
text enters the expression. What a macro writes as a whole cannot be followed, and has no entry.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines import settings
from pipelines.dictionary.read import LINEAGE, SCHEMAS, load

HEADER = """\
# What each published table and column comes from, as the models' SQL says. Written by
# `python -m pipelines.dictionary.lineage`; a `meta.sources` of a column in the YAML goes before it.
"""
# Columns of core that bear another name in the canonical record, or come from several of its.
OTHER_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "*": {"area_code": ("sent_area_code", "sent_district", "sent_village")},
    "person_records": {"role_code": ("role",), "stated_on": ("observed_on",)},
    "beneficiaries": {"birth_year": ("birth_on",), "birth_month": ("birth_on",)},
    "benefits": {"valid_from": ("period_from", "paid_on"), "valid_to": ("period_to", "paid_on")},
    "area_observations": {"valid_from": ("period_from",), "valid_to": ("period_to",)},
    "referrals": {"reason_code": ("reason",)},
}
# Which canonical records a table of core is made of, where it is not the one of its name.
RECORDS = {
    "person_records": ("persons",),
    "beneficiaries": ("persons",),
    "households": ("persons", "memberships"),
    "household_members": ("memberships",),
    "entitlements": ("benefits", "enrolments"),
}
_COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)
_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|\{\{|\}\}|\{%.*?%\}|[A-Za-z_][\w.]*|[(),;]", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_]\w*")
_REF = re.compile(r"ref\(\s*'([^']+)'")
_OPEN, _CLOSE = {"(", "{{"}, {")", "}}"}
_ENDS = {"from", "where", "group", "order", "union", "qualify", "having", ";", None}


def items(sql: str) -> Iterator[tuple[str, set[str]]]:
    """Columns that a model's text gives a name to, with all names that stand in the expression."""
    stack: list[list[str]] = [[]]
    tokens = [*_TOKEN.findall(_COMMENT.sub(" ", sql)), None]
    for token in tokens:
        lower = token.lower() if token else None
        if token in _OPEN:
            stack.append([])
        elif token in _CLOSE and len(stack) > 1:
            yield from _item(stack[-1])
            inner = stack.pop()
            stack[-1] += [f"<{t}" for t in inner]
        elif token == "," or lower in _ENDS:
            yield from _item(stack[-1])
            stack[-1] = []
        elif lower == "select":
            stack[-1] = []
        elif token is not None and not token.startswith("{%"):
            stack[-1].append(token)


def _item(words: list[str]) -> Iterator[tuple[str, set[str]]]:
    """`… as name`, or a bare column; words of inner parentheses are marked with `<`."""
    if not words or words[-1].startswith("<"):
        return
    name = words[-1].split(".")[-1].strip("'\"")
    if len(words) > 1 and words[-2].lower() == "as":
        said = words[:-2]
    elif len(words) == 1 and not words[0].startswith("'"):
        said = words
    else:
        return
    names = {n for word in said for n in _names(word.lstrip("<"))}
    if names:
        yield name, names


def _names(word: str) -> list[str]:
    """Names in a word: the last part of `s.nik`, of a macro's argument `'s.nik'` as well."""
    inner = word.strip("'\"")
    if word[:1] in "'\"":
        return [n.split(".")[-1] for n in re.findall(r"[A-Za-z_][\w.]*", inner)]
    return _NAME.findall(inner)[-1:]


def columns_from(sql: str, declared: set[str]) -> dict[str, list[str]]:
    """For each named column of a staging model's text, the declared columns that enter it."""
    edges: dict[str, set[str]] = defaultdict(set)
    for name, said in items(sql):
        edges[name] |= said
    found = {}
    for name in edges:
        seen: set[str] = set()
        todo = set(edges[name])
        while todo:
            seen |= todo
            todo = {n for t in todo if t not in declared for n in edges.get(t, ())} - seen
        if seen & declared:
            found[name] = sorted(seen & declared)
    return found


def lineage(dbt_dir: Path = settings.DBT_DIR) -> dict[str, Any]:
    """The content of `lineage.yml`."""
    models = {p.stem: p for p in sorted((dbt_dir / "models").rglob("*.sql"))}
    refs = {
        name: sorted(set(_REF.findall(_COMMENT.sub(" ", path.read_text(encoding="utf-8")))))
        for name, path in models.items()
    }
    schema = {
        name: path.parent.name for name, path in models.items() if path.parent.name in SCHEMAS
    }
    published = {
        model["name"]
        for s in SCHEMAS
        for path in sorted((dbt_dir / "models" / s).glob("*.yml"))
        for model in load(path).get("models") or ()
        if model.get("columns")
    }
    staged = _staged(dbt_dir, models)
    seeds = {p.stem for p in (dbt_dir / "seeds").glob("*.csv")}
    tables: dict[str, Any] = {}
    for name in sorted(published & schema.keys()):
        programs, columns = _from_exports(name, staged) if schema[name] == "core" else ((), {})
        made_of = {
            f"{schema[r]}.{r}" if r in schema else f"seeds.{r}"
            for r in _through(name, refs, published)
            if r in schema or r in seeds
        }
        tables[f"{schema[name]}.{name}"] = {
            k: v
            for k, v in (
                ("programs", sorted(programs)),
                ("made_of", sorted(made_of)),
                ("columns", columns),
            )
            if v
        }
    return {"tables": tables}


def _through(name: str, refs: Mapping[str, list[str]], published: set[str]) -> set[str]:
    """Published tables and seeds a model reads, through models that are not published."""
    found: set[str] = set()
    seen: set[str] = set()
    todo = list(refs[name])
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        if one in published or one not in refs:
            found.add(one)
        else:
            todo += refs[one]
    return found - {name}


def _staged(
    dbt_dir: Path, models: Mapping[str, Path]
) -> dict[str, dict[str, dict[str, list[str]]]]:
    """By record kind and program: canonical columns with the declared columns that enter them."""
    found: dict[str, dict[str, dict[str, list[str]]]] = defaultdict(dict)
    for folder in sorted((dbt_dir / "models" / "staging").iterdir()):
        if not folder.is_dir():
            continue
        declared = {
            column["name"]
            for path in sorted(folder.glob("*.yml"))
            for source in load(path).get("sources") or ()
            for table in source.get("tables") or ()
            for column in table.get("columns") or ()
        }
        for name, path in models.items():
            if path.parent == folder and "__" in name:
                record = name.rpartition("__")[2]
                text = path.read_text(encoding="utf-8")
                found[record][folder.name] = columns_from(text, declared)
    return found


def _from_exports(
    table: str, staged: Mapping[str, Mapping[str, Mapping[str, list[str]]]]
) -> tuple[set[str], dict[str, list[str]]]:
    programs: set[str] = set()
    columns: dict[str, set[str]] = defaultdict(set)
    other = {**OTHER_NAMES["*"], **OTHER_NAMES.get(table, {})}
    renamed = {canonical: name for name, all_ in other.items() for canonical in all_}
    for record in RECORDS.get(table, (table,)):
        for program, found in staged.get(record, {}).items():
            programs.add(program)
            for canonical, sources in found.items():
                for name in {canonical, renamed.get(canonical, canonical)}:
                    columns[name] |= {f"{program}.{s}" for s in sources}
                for name, all_ in other.items():
                    if canonical in all_:
                        columns[name] |= {f"{program}.{s}" for s in sources}
    return programs, {name: sorted(columns[name]) for name in sorted(columns)}


def written(dbt_dir: Path = settings.DBT_DIR) -> str:
    """`lineage.yml` as it should be: only columns that the contracts have."""
    made = lineage(dbt_dir)
    contracts = {
        f"{schema}.{model['name']}": {c["name"] for c in model["columns"]}
        for schema in SCHEMAS
        for path in sorted((dbt_dir / "models" / schema).glob("*.yml"))
        for model in load(path).get("models") or ()
        if model.get("columns")
    }
    for name, table in made["tables"].items():
        kept = {c: s for c, s in table.get("columns", {}).items() if c in contracts[name]}
        table.pop("columns", None)
        if kept:
            table["columns"] = kept
    return HEADER + yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=110)


def main() -> int:
    """Write the file; 0."""
    (settings.DBT_DIR / LINEAGE).write_text(written(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
