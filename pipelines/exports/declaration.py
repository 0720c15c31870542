"""What a program declares about itself: the `attributes` of `pipelines/defs/programs/*/defs.yaml`.

One source of truth for where an export comes from, when it is due, how it is read and which columns
it has. Reads YAML and nothing else; no orchestrator is imported.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from pipelines import settings
from pipelines.exports import periods

RESERVED_COLUMNS = frozenset({"submission_id", "source_part", "source_row", "extra_columns"})
DEFAULT_FOOTERS = (
    r"(sub|grand)?[\s.-]*total\b",
    r"jumlah\b",
    r"(catatan|keterangan|ket|note|notes|footnote)\s*(:|\.|$)",
    r"\*+\s*\)?\s*\S",
    r"sumber(\s+data)?\s*[:=]",
    r"source\s*:",
    r"(mengetahui|menyetujui|dicetak|tanda tangan|ttd|printed|nip)\b",
)

Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Format = Literal["csv", "xlsx", "xls", "ods", "json", "parquet", "sqlite", "zip"]
AreaLevel = Literal["nation", "provinsi", "kabkota", "kecamatan", "desa_kelurahan"]
PersonalClass = Literal["none", "general", "specific", "child", "finance", "health"]
IdentifierType = Literal[
    "nik", "family_card", "nisn", "welfare_card", "insurance", "account", "phone", "program"
]


class DeclarationError(ValueError):
    """A declaration is wrong; the message names the file, the key and what is expected."""


def column_name(header: str, under: str | None = None) -> str:
    """The name of the column that is headed `header`, below the merged header `under` if any.

    Lower case, every run of other characters than letters and digits turned to `_`, trimmed. A
    merged header loses the word *Data*: `Nama` under `Data Ayah` is `ayah_nama`. May be empty.
    """
    name = _plain(header)
    if under:
        prefix = re.sub(r"^data_", "", _plain(under))
        name = "_".join(part for part in (prefix, name) if part)
    return name


def _plain(text: str) -> str:
    lowered = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\W_]+", "_", lowered).strip("_")


def match_key(header: str, under: str | None = None) -> str:
    """What two spellings of one header have in common: letters and digits alone."""
    return column_name(header, under).replace("_", "")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Bilingual(_Model):
    """One text in Bahasa Indonesia and in English."""

    id: Text
    en: Text


_PASSWORD = re.compile(r"://[^/@:\s]*:(?!\{env:)[^/@\s]+@")
Option = str | int | bool | dict[str, Any]


def _without_password(value: str) -> str:
    if _PASSWORD.search(value):
        raise ValueError("a password does not belong into a file; write {env:NAME} instead")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{value!r} is not a time zone such as Asia/Makassar") from None
    return value


Url = Annotated[str, Field(min_length=1), AfterValidator(_without_password)]
Zone = Annotated[str, AfterValidator(_zone)]


class _Source(_Model):
    """What sources have in common. `{env:NAME}` in any text is filled when something is pulled.

    url: where the export comes from. areas: the senders' codes without dots, separated by commas,
    one of them for each `{area}` in the address.
    """

    url: Url
    areas: Text | None = None


class FileSource(_Source):
    """Files of a folder: its fsspec URL, and which names in it are taken.

    With `{period}` in it the URL is one file's address, asked for every period and area. options:
    what fsspec's file system takes. extension: where the address does not end in the file's kind.
    """

    type: Literal["files"] = "files"
    pattern: Text = "*"
    options: dict[str, Option] = {}
    extension: Text | None = None

    @model_validator(mode="after")
    def _template_is_whole(self) -> FileSource:
        if "{area}" in self.url and not ("{period}" in self.url and self.areas):
            raise ValueError("url: with {area} it needs {period} too, and the codes in areas")
        return self


class SqlSource(_Source):
    """A table of a database, one export per period; see `exports/sources/sql.py`.

    url: as SQLAlchemy writes it. table: with its schema if it needs one. cursor: the column that
    tells when a row was last changed. period: the column whose day decides to which period a row
    belongs (default: the cursor). area: the sender. time_zone: on whose calendar days are cut.
    """

    type: Literal["sql"]
    table: Text
    cursor: Text
    period: Text | None = None
    area: Text = "00"
    time_zone: Zone = str(settings.DEFAULT_TIMEZONE)


class RestSource(_Source):
    """A paged API, one export per period and area; see `exports/sources/rest.py`.

    cursor, period, area, time_zone: as for a table, but of the fields of a record. key: the field
    that tells one record from another. data, next: where a page keeps its records and the next
    page. since, page: what the questions are called. overlap_days: how many are asked for again.
    """

    type: Literal["rest"]
    cursor: Text
    period: Text | None = None
    key: Text | None = None
    area: Text = "00"
    time_zone: Zone = str(settings.DEFAULT_TIMEZONE)
    token: Text | None = None
    headers: dict[str, str] = {}
    params: dict[str, str] = {}
    data: Text = "data"
    next: Text = "next"
    since: Text = "since"
    page: Text = "page"
    overlap_days: int = Field(default=1, ge=0, le=366)
    timeout_seconds: int = Field(default=60, ge=1, le=3600)


Source = Annotated[FileSource | SqlSource | RestSource, Field(discriminator="type")]


class CadenceRule(_Model):
    """When the export is due: `due_day` days after the end of its period, and how late is late.

    A submission whose number of rows differs from the last one's of its area by more than
    `rows_tolerance_share` of it, and by more than `rows_tolerance_min` rows, waits for approval.
    Without a share (feeds of events, whose number differs by nature) none waits for that.
    """

    kind: periods.Cadence
    first_period: Text
    due_day: int = Field(ge=0, le=366)
    tolerance_days: int = Field(default=0, ge=0, le=366)
    rows_tolerance_share: float | None = Field(default=None, ge=0)
    rows_tolerance_min: int = Field(default=20, ge=0)

    @field_validator("first_period", mode="before")
    @classmethod
    def _year_is_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _period_of_kind(self) -> CadenceRule:
        period = periods.parse_period(self.first_period)
        wanted = periods.kind_of(self.kind)
        if wanted is not None and period.kind != wanted:
            raise ValueError(f"first_period must be a {wanted}, not a {period.kind}")
        return self

    @property
    def first(self) -> periods.Period:
        """The first period the program sends."""
        return periods.parse_period(self.first_period)


class Part(_Model):
    """One of several tables of an export: the member of an archive whose name matches `pattern`.

    required: without it the export is rejected; an optional part that is not there is told.
    """

    pattern: Text
    required: bool = True


class Read(_Model):
    """How the file is read. All of it is generic: no program has code of its own.

    header_rows: 2 where sub-headers stand under merged headers. header_within: the header is
    looked for in the first so many rows. sheet: the sheet's name where it is fixed. footers:
    expressions of a row's first filled cell that mark totals and notes, beside the usual ones.
    parts: the tables of an export that holds several. table: the table's name in a database file.
    """

    formats: tuple[Format, ...] = ("csv", "xlsx", "xls")
    header_rows: Literal[1, 2] = 1
    header_within: int = Field(default=20, ge=1, le=200)
    sheet: str | None = None
    footers: tuple[Text, ...] = ()
    parts: dict[Name, Part] = {}
    table: str | None = None

    @field_validator("footers")
    @classmethod
    def _compiles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is not a regular expression ({error})") from None
        return value

    @cached_property
    def footer_pattern(self) -> re.Pattern[str]:
        """Matches at the beginning of the first filled cell of a total, a note or a signature."""
        alternatives = "|".join(f"(?:{p})" for p in (*DEFAULT_FOOTERS, *self.footers))
        return re.compile(rf"\s*(?:{alternatives})", re.IGNORECASE)


class Identifier(_Model):
    """A number that points at a person, a family or an account, and how far it is to be trusted."""

    type: IdentifierType
    trust: Literal["high", "medium", "low"] = "medium"


NumberColumn = Literal[
    "nik",
    "family_card_number",
    "nisn",
    "welfare_card_number",
    "insurance_number",
    "account_number",
    "program_number",
    "phone",
]
_NUMBER_TYPES = {"family_card_number": "household", "program_number": "program", "phone": "contact"}
_OWN_KINDS = ("nisn", "welfare_card_number", "insurance_number", "account_number")


class LinkedNumber(_Model):
    """How linking reads a number of this program's person records, where not as its profile says.

    column: of the person records, as staging fills it. roles: of whom; all if none is named. kind:
    a name for numbers that the profile does not know; numbers of one kind are compared with one
    another, in whatever program they stand, and with no others. validator: what its characters
    are. least, most: how many. pattern: what all of them together must match. trust: `high`:
    agreement and difference are evidence; `medium`: agreement alone; `low`: it is not compared.
    """

    column: NumberColumn
    type: Literal["person", "household", "program", "contact"] | None = None
    roles: tuple[Name, ...] = ()
    kind: Name | None = None
    validator: Literal["digits", "letters_and_digits"] = "letters_and_digits"
    least: int = Field(default=5, ge=3, le=40)
    most: int = Field(default=24, ge=3, le=40)
    pattern: Text | None = None
    trust: Literal["high", "medium", "low"] = "high"

    @model_validator(mode="after")
    def _means_something(self) -> LinkedNumber:
        is_type = _NUMBER_TYPES.get(self.column, "person")
        if self.type not in (None, is_type):
            raise ValueError(f"type: {self.column} is a number of type {is_type}")
        if self.kind is None:
            told = self.model_fields_set & {"validator", "least", "most", "pattern"}
            if told:
                raise ValueError(f"{min(told)}: expected a kind with it, such as student_card")
            if self.trust == "medium":
                raise ValueError("trust: medium needs a kind; without one expected high or low")
        elif self.column not in _OWN_KINDS:
            raise ValueError(f"kind: a number of its own kind stands in {', '.join(_OWN_KINDS)}")
        if self.least > self.most:
            raise ValueError("least: expected no more than most")
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"pattern: not a regular expression ({error})") from None
        return self


class Column(_Model):
    """One column as sent. `key` columns say whom or what a row is about: a total has none of them.

    `required`: the file must have the column (its cells may be empty). `own_name`: the name differs
    from `column_name(header, under)` on purpose. `personal`: class under UU 27/2022. `title`: the
    value stands above the header, not below it: an expression with one group, searched in each cell
    of the title rows; what it finds first holds for all rows. `parts`: the parts of the export that
    have the column; all of them if none is named.
    """

    header: Text
    under: Text | None = None
    aliases: tuple[Text, ...] = ()
    required: bool = True
    key: bool = False
    personal: PersonalClass = "none"
    identifier: Identifier | None = None
    own_name: bool = False
    title: Text | None = None
    parts: tuple[Name, ...] = ()
    description: Bilingual | None = None

    @property
    def label(self) -> str:
        """The header as its sender sees it."""
        return f"{self.under} / {self.header}" if self.under else self.header

    def match_keys(self) -> list[str]:
        """Keys under which a header of a file is this column; the declared spelling comes first."""
        return [match_key(self.header, self.under)] + [match_key(alias) for alias in self.aliases]


class Program(_Model):
    """One program, as declared. `columns` keeps the declared order.

    identifiers: numbers that linking reads in another way than its profile says.
    """

    name: Name
    title: Bilingual
    description: Bilingual
    owner: Name
    team: Text
    sector: Text
    government_level: Literal["national", "provinsi", "kabkota", "desa"]
    source: Source
    cadence: CadenceRule
    area_level: AreaLevel
    read: Read = Read()
    columns: dict[str, Column] = Field(min_length=1)
    identifiers: tuple[LinkedNumber, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _default_source(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        if "source" not in data and "name" in data:
            data = {**data, "source": {"url": f"{{landing}}/{data['name']}"}}
        source = data.get("source")
        if isinstance(source, dict) and "type" not in source:
            data = {**data, "source": {"type": "files", **source}}
        return data

    @model_validator(mode="after")
    def _columns_agree(self) -> Program:
        if self.name == "received":
            raise ValueError("name: 'received' is the folder of received files, take another")
        seen: dict[str, str] = {}
        for name, column in self.columns.items():
            expected = column_name(column.header, column.under)
            if name in RESERVED_COLUMNS:
                raise ValueError(f"columns.{name}: this name is taken, give another with own_name")
            if not re.fullmatch(r"[^\W_]+(?:_[^\W_]+)*", name):
                raise ValueError(f"columns.{name}: expected a lower-case name such as {expected!r}")
            if name != expected and not column.own_name:
                raise ValueError(
                    f"columns.{name}: the header {column.label!r} is named {expected!r}; use that "
                    "name, or say own_name: true"
                )
            for key in column.match_keys():
                if not key:
                    raise ValueError(f"columns.{name}: a header or alias has no letter or digit")
                if seen.setdefault(key, name) != name:
                    raise ValueError(
                        f"columns.{name}: its header or alias is also that of {seen[key]!r}; each "
                        "header belongs to one column"
                    )
            for part in column.parts:
                if part not in self.read.parts:
                    raise ValueError(f"columns.{name}.parts: {part!r} is not among read.parts")
            if column.title is not None and re.compile(column.title).groups != 1:
                raise ValueError(f"columns.{name}.title: expected an expression with one group")
        read: set[tuple[str, str]] = set()
        for place, number in enumerate(self.identifiers):
            for role in number.roles or ("",):
                if {(number.column, role), (number.column, "")} & read or (
                    not role and any(c == number.column for c, _ in read)
                ):
                    raise ValueError(
                        f"identifiers.{place}: {number.column} is declared twice for one role"
                    )
                read.add((number.column, role))
        if any(c.under for c in self.columns.values()) and self.read.header_rows != 2:
            raise ValueError("read.header_rows: expected 2, because columns stand under others")
        return self

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns the file must have."""
        return tuple(name for name, column in self.columns.items() if column.required)

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns that say whom or what a row is about."""
        return tuple(name for name, column in self.columns.items() if column.key)

    @cached_property
    def by_key(self) -> dict[str, str]:
        """From a header's match key to the name of its column."""
        return {key: name for name, column in self.columns.items() for key in column.match_keys()}


class _UniqueKeys(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which a key that is given twice is an error, not the last one winning."""


def _mapping(loader: _UniqueKeys, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} is given twice", key_node.start_mark
            )
        seen.add(key)
    loader.flatten_mapping(node)
    return yaml.constructor.SafeConstructor.construct_mapping(loader, node, deep=deep)


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def program_from_attributes(attributes: Any, where: str) -> Program:
    """The program that `attributes` declares; `where` names their file in an error."""
    try:
        return Program.model_validate(attributes)
    except ValidationError as error:
        raise DeclarationError(_sentence(error, where)) from None


def _sentence(error: ValidationError, where: str) -> str:
    first = error.errors()[0]
    # The kind of a source stands in pydantic's path, and not in the file.
    at = [p for n, p in enumerate(first["loc"]) if (n, first["loc"][0]) != (1, "source")]
    key = ".".join(str(part) for part in at)
    expected = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        expected = "this key is not known; remove it or correct its spelling"
    elif first["type"] == "missing":
        expected = "this key is missing"
    return f"{where}: attributes{'.' + key if key else ''}: {expected}."


def load_program(path: Path) -> Program:
    """The program declared in a `defs.yaml`. Raises DeclarationError."""
    where = "/".join(path.parts[-3:])
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    except OSError:
        raise DeclarationError(f"{where}: the file cannot be opened.") from None
    except UnicodeDecodeError:
        raise DeclarationError(f"{where}: expected UTF-8 text.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or "it is not YAML"
        raise DeclarationError(f"{where}: cannot be read{line}: {reason}.") from None
    if not isinstance(document, dict) or "attributes" not in document:
        raise DeclarationError(f"{where}: attributes: this key is missing.")
    program = program_from_attributes(document["attributes"], where)
    if path.name == "defs.yaml" and path.parent.name != program.name:
        raise DeclarationError(
            f"{where}: attributes.name: expected {path.parent.name!r}, the name of its folder."
        )
    return program


def load_programs(folder: Path | None = None) -> list[Program]:
    """The programs in force (of `folder`: all), sorted by name.

    Raises DeclarationError at the first wrong one, or if `LUMBUNG_PROGRAMS` names one that is not
    declared.
    """
    files = {
        path.parent.name: path for path in (folder or settings.PROGRAMS_DIR).glob("*/defs.yaml")
    }
    chosen = None if folder else settings.programs()
    if chosen is not None and (unknown := sorted(chosen - set(files))):
        raise DeclarationError(f"LUMBUNG_PROGRAMS names no declared program: {', '.join(unknown)}.")
    return sorted(
        (load_program(path) for name, path in files.items() if chosen is None or name in chosen),
        key=lambda program: program.name,
    )


def declaration_hash(program: Program) -> str:
    """Hash of what decides how a file is read and which columns it yields: name, read, columns."""
    content = program.model_dump(mode="json", include={"name", "read", "columns"})
    content["columns"] = list(content["columns"].items())
    for _, column in content["columns"]:
        column.pop("description")
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def missing(program: Program, present: Iterable[str]) -> list[str]:
    """Required columns that are not among `present`, in declared order."""
    have = set(present)
    return [name for name in program.required if name not in have]
