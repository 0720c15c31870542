"""Read the dictionary: tables and columns from dbt's YAML, codes from the glossary.

No SQL is read and nothing is asked of a database. What a column comes from is what
`dbt_project/lineage.yml` states, which `pipelines.dictionary.lineage` writes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from pipelines import settings

SCHEMAS = ("core", "analysis", "public")
GLOSSARY = "codes.yml"
LINEAGE = "lineage.yml"
# Where a code's two names stand in a seed: its key, English, Indonesian.
SEEDS = {
    "benefit_types": ("benefit_type_code", "title_en", "title_id"),
    "indicators_declared": ("indicator_code", "name_en", "name_id"),
}
_CODED = re.compile(r"(_codes?|^(gap_class|verdict|rule_verdict|missing_reason|group_kind))$")
_AREA = re.compile(r"(^|_)(area|district|regency|province)_code$")
_GRAIN = re.compile(r"(?:grain,\s*)?\b(one row per\b.*)", re.IGNORECASE | re.DOTALL)
_GRAIN_ID = re.compile(r"\b(satu baris per\b.*)", re.IGNORECASE | re.DOTALL)
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Json = dict[str, Any]


class DictionaryError(ValueError):
    """A file of the dictionary says what cannot be; the message names the file."""


@dataclass(frozen=True)
class Code:
    """A code and what it means."""

    code: str
    en: str
    id: str


@dataclass(frozen=True)
class CodeList:
    """Codes of some columns; `pattern` says what codes of no closed list look like."""

    name: str
    codes: tuple[Code, ...] = ()
    pattern: tuple[str, str] | None = None
    joined: bool = False


@dataclass(frozen=True)
class Column:
    """A column: contract type, meaning, unit, codes, origin, class of personal data, needs.

    sources: columns of exports (`program.column`) or of other tables (`core.benefits`);
    allowed: codes that a test of the model allows, () where none does.
    """

    name: str
    type: str = ""
    description: str = ""
    description_id: str = ""
    unit: str = ""
    personal: str = ""
    needs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    codes: CodeList | None = None

    @property
    def is_coded(self) -> bool:
        """Whether it holds codes of the warehouse's own, which need a meaning each."""
        if self.type != "varchar" or _AREA.search(self.name):
            return False
        return bool(self.allowed or _CODED.search(self.name))

    @property
    def meanings(self) -> tuple[Code, ...]:
        """The codes it may hold: those its test allows, else all of its list."""
        known = self.codes.codes if self.codes else ()
        return tuple(c for c in known if not self.allowed or c.code in self.allowed)


@dataclass(frozen=True)
class Table:
    """A published table (`schema.name`) with its columns in the order of the contract."""

    name: str
    description: str = ""
    description_id: str = ""
    needs: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    made_of: tuple[str, ...] = ()
    columns: Mapping[str, Column] = field(default_factory=dict)

    @property
    def grain(self) -> str:
        """The sentence that says what one row is, in English; '' where none does."""
        return _sentence(_GRAIN, self.description)

    @property
    def grain_id(self) -> str:
        """The same in Indonesian."""
        return _sentence(_GRAIN_ID, self.description_id)

    @property
    def title(self) -> str:
        """The first sentence of its description, without the full stop."""
        return first_sentence(self.description)

    @property
    def title_id(self) -> str:
        """The same in Indonesian."""
        return first_sentence(self.description_id)


@dataclass(frozen=True)
class Dictionary:
    """Tables by `schema.name`, lists of codes by name, titles of programs (English, Indonesian)."""

    tables: Mapping[str, Table]
    lists: Mapping[str, CodeList]
    programs: Mapping[str, tuple[str, str]]

    def column(self, name: str) -> Column:
        """The column `schema.table.column`. Raises KeyError."""
        table, _, column = name.rpartition(".")
        return self.tables[table].columns[column]


def first_sentence(text: str) -> str:
    """The first sentence of a text, without what ends it."""
    return re.split(r"(?<=[^.\d])[.:;](?:\s|$)", text, maxsplit=1)[0].rstrip(".")


def _sentence(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return first_sentence(found.group(1)) if found else ""


def load(path: Path) -> Any:
    """A YAML file, {} where it is empty or missing. Raises DictionaryError if it is no YAML."""
    if not path.is_file():
        return {}
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_YAML) or {}
    except yaml.YAMLError as error:
        raise DictionaryError(f"{path.name} is no YAML: {error}") from None


@lru_cache(maxsize=4)
def read(
    dbt_dir: Path = settings.DBT_DIR, programs_dir: Path = settings.PROGRAMS_DIR
) -> Dictionary:
    """The dictionary of a dbt project. Raises DictionaryError."""
    programs = _programs(programs_dir)
    glossary = load(dbt_dir / GLOSSARY)
    lists = _lists(glossary, dbt_dir / "seeds", programs)
    patterns = [(p, name) for name, said in glossary.items() for p in said.get("columns") or ()]
    lineage = load(dbt_dir / LINEAGE)
    tables: dict[str, Table] = {}
    for schema in SCHEMAS:
        for model in _models(dbt_dir / "models" / schema):
            if not model.get("columns"):
                continue  # an intermediate model: it is not published
            table = _table(schema, model, lineage)
            columns = {
                name: _with_codes(table.name, column, patterns, lists)
                for name, column in table.columns.items()
            }
            tables[table.name] = Table(**{**vars(table), "columns": columns})
    return Dictionary(tables, lists, programs)


def _models(folder: Path) -> Iterator[Json]:
    for path in sorted(folder.glob("*.yml")):
        yield from load(path).get("models") or ()


def meta(thing: Json) -> Json:
    """What a model or column of dbt's YAML says under `meta`, in either place."""
    return {**(thing.get("meta") or {}), **((thing.get("config") or {}).get("meta") or {})}


def _words(text: object) -> str:
    return " ".join(str(text or "").split())


def _tests(thing: Json) -> Iterator[tuple[str, Json]]:
    for test in thing.get("data_tests") or ():
        if isinstance(test, dict):
            for name, said in test.items():
                yield name, {**(said or {}), **((said or {}).get("arguments") or {})}


def _table(schema: str, model: Json, lineage: Json) -> Table:
    name = f"{schema}.{model['name']}"
    said = meta(model)
    allowed: dict[str, tuple[str, ...]] = {}
    for test, arguments in _tests(model):
        if test == "one_of":
            allowed |= {c: tuple(map(str, v)) for c, v in arguments["codes"].items()}
    origin = (lineage.get("tables") or {}).get(name) or {}
    columns = {}
    for column in model["columns"]:
        own = meta(column)
        for test, arguments in _tests(column):
            if test == "accepted_values":
                allowed[column["name"]] = tuple(map(str, arguments["values"]))
        columns[column["name"]] = Column(
            name=column["name"],
            type=str(column.get("data_type") or ""),
            description=_words(column.get("description")),
            description_id=_words(own.get("description_id")),
            unit=str(own.get("unit") or ""),
            personal=str(own.get("personal") or ""),
            needs=tuple(own.get("needs") or ()),
            sources=tuple(
                own.get("sources") or (origin.get("columns") or {}).get(column["name"]) or ()
            ),
            allowed=allowed.get(column["name"], ()),
        )
    return Table(
        name=name,
        description=_words(model.get("description")),
        description_id=_words(said.get("description_id")),
        needs=tuple(said.get("needs") or ()),
        programs=tuple(origin.get("programs") or ()),
        made_of=tuple(origin.get("made_of") or ()),
        columns=columns,
    )


def _with_codes(
    table: str,
    column: Column,
    patterns: Iterable[tuple[str, str]],
    lists: Mapping[str, CodeList],
) -> Column:
    full = f"{table}.{column.name}"
    found = [(p != full, name) for p, name in patterns if fnmatchcase(full, p)]
    if column.type != "varchar" or not found:
        return column
    # A column named in full goes before a pattern; of equals the first list.
    chosen = min(found, key=lambda f: f[0])[1]
    return Column(**{**vars(column), "codes": lists[chosen]})


def _lists(
    glossary: Json, seeds: Path, programs: Mapping[str, tuple[str, str]]
) -> dict[str, CodeList]:
    made: dict[str, CodeList] = {}

    def make(name: str) -> CodeList:
        if name in made:
            return made[name]
        if name not in glossary:
            raise DictionaryError(f"{GLOSSARY}: there is no list {name}.")
        said = glossary[name]
        codes = {c.code: c for other in said.get("also") or () for c in make(other).codes}
        codes |= {c.code: c for c in _listed_elsewhere(said.get("from"), seeds, programs)}
        for code, texts in (said.get("codes") or {}).items():
            if not isinstance(code, str) or not isinstance(texts, list) or len(texts) != 2:
                raise DictionaryError(
                    f"{GLOSSARY}: {name}.{code} is not `code: [English, Indonesian]` in quotes "
                    "where it holds a comma."
                )
            codes[code] = Code(code, *map(_words, texts))
        looks = said.get("pattern")
        made[name] = CodeList(
            name,
            tuple(codes.values()),
            (_words(looks[0][0]), _words(looks[0][1])) if looks else None,
            bool(said.get("joined")),
        )
        return made[name]

    for name in glossary:
        make(name)
    return made


def _listed_elsewhere(
    where: str | None, seeds: Path, programs: Mapping[str, tuple[str, str]]
) -> list[Code]:
    if where is None:
        return []
    if where == "programs":
        return [Code(name, *titles) for name, titles in programs.items()]
    key, en, id_ = SEEDS[where]
    with (seeds / f"{where}.csv").open(encoding="utf-8", newline="") as handle:
        return [Code(row[key], row[en], row[id_]) for row in csv.DictReader(handle)]


def _programs(folder: Path) -> dict[str, tuple[str, str]]:
    found = {}
    for path in sorted(folder.glob("*/defs.yaml")):
        title = (load(path).get("attributes") or {}).get("title") or {}
        name = path.parent.name
        found[name] = (str(title.get("en") or name), str(title.get("id") or name))
    return found
