"""A program's suite of rules as its JSON file in `expectations/` gives it, and its hashes.

A rule is an expectation whose `meta` holds rule_id, column, level, message and action. Its query
selects `submission_id, source_row` (level row) or `submission_id` (level table) of what is wrong
from `{batch}`, so that it means the same for one submission and for many.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines import settings
from pipelines.exports import gx_duckdb

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite

_HERE = Path(__file__).parent
MACROS = _HERE / "check_macros.sql"
AREAS = _HERE / "check_areas.sql"
STATES = _HERE / "check_states.sql"

# GX's own expectations that judge each row by itself; others judge a table as a whole, or rows
# against each other, and are run over one submission at a time.
_ROW_BY_ROW = frozenset(
    {
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_null",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_not_be_in_set",
        "expect_column_value_lengths_to_equal",
        "expect_column_value_lengths_to_be_between",
        "expect_column_values_to_be_between",
        "expect_column_pair_values_to_be_equal",
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_pair_values_to_be_in_set",
        "expect_select_column_values_to_be_unique_within_record",
    }
)

Severity = Literal["critical", "warning", "info"]
Level = Literal["row", "table"]


class SuiteError(ValueError):
    """A suite cannot be used; the message names the file, the expectation and what is expected."""


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _Meta(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    rule_id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)
    column: str | None = None
    level: Level = "row"
    message: _Text
    action: _Text


@dataclass(frozen=True)
class Rule:
    """One expectation: what it is about, how grave it is, what to tell the sender.

    query: SQL with `{batch}` that selects what fails; None for GX's own expectations.
    """

    rule_id: str
    column: str | None
    level: Level
    severity: Severity
    message_id: str
    message_en: str
    action_id: str
    action_en: str
    query: str | None


@dataclass(frozen=True)
class Suite:
    """The rules of one program. `derived`: columns worked out once from those as sent, as SQL."""

    program: str
    rules: tuple[Rule, ...]
    derived: dict[str, str]
    gx: ExpectationSuite
    content_hash: str

    @property
    def row_by_row(self) -> bool:
        """Whether many submissions may be checked in one go."""
        return all(
            rule.query is not None or (kind in _ROW_BY_ROW and mostly in (None, 1, 1.0))
            for rule, (kind, mostly) in zip(self.rules, self._kinds(), strict=True)
        )

    def _kinds(self) -> list[tuple[str, Any]]:
        return [
            (e.expectation_type, e.configuration.kwargs.get("mostly")) for e in self.gx.expectations
        ]


def load_suite(program: str, folder: Path | None = None) -> Suite:
    """The suite `<folder>/<program>.json` (default folder: `expectations/`). Raises SuiteError."""
    return parse_suite(*_read(program, folder))


def _read(program: str, folder: Path | None) -> tuple[str, bytes]:
    path = (folder or settings.EXPECTATIONS_DIR) / f"{program}.json"
    try:
        return path.name, path.read_bytes()
    except OSError:
        raise SuiteError(f"{path.name}: the suite cannot be opened.") from None


@cache
def parse_suite(name: str, data: bytes) -> Suite:
    """The suite that the bytes of the file `name` hold. Raises SuiteError."""
    try:
        content = json.loads(data)
        hashed = _content_hash(content)  # GX changes what it is given
        gx_suite = gx_duckdb.load_suite(content)
    except ValueError as error:
        raise SuiteError(f"{name}: not a Great Expectations suite ({error}).") from None
    if len(gx_suite.expectations) != len(content["expectations"]):
        # GX leaves out what it does not know, and only logs it.
        known = {e.expectation_type for e in gx_suite.expectations}
        unknown = sorted({str(raw.get("type")) for raw in content["expectations"]} - known)
        raise SuiteError(f"{name}: not known to Great Expectations: {', '.join(unknown)}.")
    rules = tuple(
        _rule(name, i, raw, gx_suite.expectations[i].severity)
        for i, raw in enumerate(content["expectations"])
    )
    ids = [r.rule_id for r in rules]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise SuiteError(f"{name}: rule_id is given twice: {', '.join(twice)}.")
    derived = (content.get("meta") or {}).get("derived") or {}
    return Suite(
        program=Path(name).stem,
        rules=rules,
        derived=dict(derived),
        gx=gx_suite,
        content_hash=hashed,
    )


def _rule(name: str, number: int, raw: dict[str, Any], severity: Any) -> Rule:
    try:
        meta = _Meta.model_validate(raw.get("meta") or {})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SuiteError(
            f"{name}: expectation {number + 1} ({raw.get('type')}): meta.{where}: {first['msg']}."
        ) from None
    return Rule(
        rule_id=meta.rule_id,
        column=meta.column,
        level=meta.level,
        severity=getattr(severity, "value", severity),
        message_id=meta.message.id,
        message_en=meta.message.en,
        action_id=meta.action.id,
        action_en=meta.action.en,
        query=(raw.get("kwargs") or {}).get("unexpected_rows_query"),
    )


def content_hash(program: str, folder: Path | None = None) -> str:
    """`Suite.content_hash` of a program's suite, without Great Expectations. Raises SuiteError."""
    name, data = _read(program, folder)
    try:
        return _content_hash(json.loads(data))
    except ValueError:
        raise SuiteError(f"{name}: the suite is no JSON.") from None


def rule_messages(program: str, folder: Path | None = None) -> dict[str, tuple[str, str]]:
    """What a program's rules tell senders, by rule_id: (Indonesian, English); none if no suite."""
    try:
        _, data = _read(program, folder)
        found = [e["meta"] for e in json.loads(data)["expectations"]]
        return {m["rule_id"]: (m["message"]["id"], m["message"]["en"]) for m in found}
    except (SuiteError, ValueError, LookupError, TypeError):
        return {}


def _content_hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def rules_hash(suite: Suite | str, *others: str) -> str:
    """Hash of the rules: suite (or its content_hash), macros, area register, and what else decides.

    others: e.g. the hash of the declaration and the parser's version.
    """
    digest = hashlib.sha256((suite if isinstance(suite, str) else suite.content_hash).encode())
    own = (MACROS.read_text("utf-8"), AREAS.read_text("utf-8"), STATES.read_text("utf-8"))
    for part in (*own, _register_hash(), *others):
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()[:16]


def _register_hash() -> str:
    path = settings.REFERENCE_DIR / "area_editions.parquet"
    return _file_hash(path, path.stat().st_mtime_ns)


@cache
def _file_hash(path: Path, _modified: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
