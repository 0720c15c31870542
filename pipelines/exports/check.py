"""Check parsed rows against a program's Great Expectations suite; say which rows and files fail.

Many submissions of one program are checked at once. Everything happens in tables of the caller's
DuckDB connection (`memory.main.check_*`), so rows that fail never pass through Python:

    check_files       one row per submission: submission_id, area_code, period, ..., rows_count
    check_batch       all their rows: the columns of check_files, source_row, source_part (the part
                      of the export the row stands in, NULL for an export of one table), the
                      declared columns as text, extra_columns, and those of the suite's derived
                      columns that are asked row by row (`sieve.py`)
    check_rules       one row per rule: severity, level, column, messages
    check_issues      submission_id, source_row (null for the file), rule_id, value_sent
    check_quarantine  submission_id, source_row, rule_ids
    check_states      submission_id, state, reason, counts

A rule is an expectation whose `meta` holds rule_id, column, level, message and action. Its query
selects `submission_id, source_row` (level row) or `submission_id` (level table) of what is wrong
from `{batch}`, so that it means the same for one submission and for many. `source_row` is unique
in a submission; where it has parts, `row_of(source_row)` is the row's number in its part, and
`part_of(source_row)` the part.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines import settings
from pipelines.exports import derive, fellows, gx_duckdb, sieve, totals
from pipelines.exports.table import PART_ROWS
from pipelines.lake import identifier, quote

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite

log = logging.getLogger(__name__)

BATCH = "check_batch"
# Stands for the rule's id where the suite's derived columns cannot be worked out.
DERIVED = "derived_columns"
# Rules of archives, by the field of Batch that breaks them: id, severity, messages and actions.
_ARCHIVE_RULES = {
    "unknown_members": (
        "unknown_member",
        "info",
        "Berkas ini ada di dalam arsip, tetapi tidak diminta program ini, sehingga tidak dibaca.",
        "This file is in the archive, but the program does not ask for it, so it was not read.",
        "Jika berkas ini bagian dari ekspor, beri nama sesuai ketentuan lalu kirim ulang arsipnya.",
        "If it is part of the export, name it as agreed and send the archive again.",
    ),
    "missing_parts": (
        "part_not_sent",
        "warning",
        "Bagian ini tidak ada di dalam arsip, sehingga isinya untuk periode ini tidak diketahui.",
        "This part is not in the archive, so what it says of the period is not known.",
        "Jika memang tidak ada data, sertakan berkas yang hanya berisi baris judul kolom.",
        "If there is nothing to tell, add the file with its header row alone.",
    ),
}
FILE_COLUMNS = ("submission_id", "area_code", "period", "period_from", "period_to")
INDEX = ("submission_id", "source_row")
_HERE = Path(__file__).parent
MACROS = _HERE / "check_macros.sql"
_AREAS = _HERE / "check_areas.sql"
_STATES = _HERE / "check_states.sql"

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


class CheckError(RuntimeError):
    """Checking came to an impossible result; nothing may be written."""


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


@dataclass(frozen=True)
class Batch:
    """One parsed submission to check. `path`: Parquet with text columns and `source_row`.

    unknown_members: files of the archive that were not read; missing_parts: parts that are not in
    it. Both are told to its sender. left_out: source_row and line of totals and notes.
    """

    submission_id: str
    area_code: str | None
    period: str | None
    period_from: Any
    period_to: Any
    path: Path
    unknown_members: tuple[str, ...] = ()
    missing_parts: tuple[str, ...] = ()
    left_out: pa.Table | None = None


def load_suite(program: str, folder: Path | None = None) -> Suite:
    """The suite `<folder>/<program>.json` (default folder: `expectations/`). Raises SuiteError."""
    return _suite(*_read(program, folder))


def _read(program: str, folder: Path | None) -> tuple[str, bytes]:
    path = (folder or settings.EXPECTATIONS_DIR) / f"{program}.json"
    try:
        return path.name, path.read_bytes()
    except OSError:
        raise SuiteError(f"{path.name}: the suite cannot be opened.") from None


@cache
def _suite(name: str, data: bytes) -> Suite:
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
    own = (MACROS.read_text("utf-8"), _AREAS.read_text("utf-8"), _STATES.read_text("utf-8"))
    for part in (*own, _register_hash(), *others):
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()[:16]


def _register_hash() -> str:
    path = settings.REFERENCE_DIR / "area_editions.parquet"
    return _file_hash(path, path.stat().st_mtime_ns)


@cache
def _file_hash(path: Path, _modified: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def open_checks(con: duckdb.DuckDBPyConnection) -> None:
    """Register the macros and the area register on `con`. Does nothing the second time."""
    row = con.execute(
        "SELECT count(*) FROM duckdb_tables() "
        "WHERE database_name = 'memory' AND table_name = 'reference_area_names'"
    ).fetchone()
    if row and row[0]:
        return
    con.execute(_AREAS.read_text("utf-8").format(areas=_areas_path()))
    con.execute(MACROS.read_text("utf-8"))
    con.execute(
        # DISTINCT: villages of one name in several districts, and one name in several editions.
        "INSERT INTO memory.main.reference_area_names SELECT DISTINCT left(code, 5), level, "
        "area_name_key(name) AS name_key, left(code, 5) || ' ' || level || ' ' || name_key "
        "FROM memory.main.reference_areas WHERE area_name_key(name) IS NOT NULL"
    )


def _areas_path() -> str:
    return str(settings.REFERENCE_DIR / "area_editions.parquet").replace("'", "''")


def check(
    con: duckdb.DuckDBPyConnection,
    suite: Suite,
    columns: Sequence[str],
    batches: Sequence[Batch],
    parts: Sequence[str] = (),
) -> None:
    """Check `batches` and fill the tables named in the module's docstring.

    columns: the declared columns; those a Parquet file lacks are NULL. parts: the declared parts of
    the export, in order. Does not raise for what
    is wrong with the rows, nor for a rule that cannot be run: then its submissions are rejected.
    """
    open_checks(con)
    _number_parts(con, parts)
    unfit, plan = _load(con, suite, columns, batches)
    ids = [b.submission_id for b in batches if b.submission_id not in unfit]
    if not ids:
        _find_states(con, suite, batches)
        return
    counts: dict[str, int] = {}
    if plan is not None:
        try:
            counts = sieve.judge(con, BATCH, plan)
        except duckdb.Error as error:
            # Which rule it was shows when each is asked by itself.
            log.info("%s is checked rule by rule: %s", suite.program, type(error).__name__)
            plan = None
            unfit, _ = _load(con, suite, columns, batches, by_value=False)
    if len(batches) == 1:
        # The table holds the submission and nothing else: no copy of it is needed.
        _mark_broken(con, _run(con, suite, ids[0], counts), ids[0])
        _find_states(con, suite, batches)
        return
    if not unfit and suite.row_by_row and not _run(con, suite, None, counts):
        _find_states(con, suite, batches)
        return
    if plan is not None:
        unfit, _ = _load(con, suite, columns, batches, by_value=False)
    con.execute("DELETE FROM memory.main.check_issues")
    con.execute(f"ALTER TABLE memory.main.{BATCH} RENAME TO check_all")
    # A rule that fails to run in a batch of many may be the fault of one: each stands alone.
    for submission_id in ids:
        con.execute(
            f"CREATE OR REPLACE TABLE memory.main.{BATCH} AS "
            "SELECT * FROM memory.main.check_all WHERE submission_id = ?",
            [submission_id],
        )
        _mark_broken(con, _run(con, suite, submission_id, {}), submission_id)
    con.execute(f"DROP TABLE memory.main.{BATCH}")
    con.execute(f"ALTER TABLE memory.main.check_all RENAME TO {BATCH}")
    _find_states(con, suite, batches)


def _mark_broken(con: duckdb.DuckDBPyConnection, broken: str | None, submission_id: str) -> None:
    if broken:
        con.execute(
            "UPDATE memory.main.check_files SET broken_rule_id = ? WHERE submission_id = ?",
            [broken, submission_id],
        )


def close(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the rows of the last check from the connection."""
    for table in ("batch", "sent", "all", "files", "issues", "rules", "quarantine", "states"):
        con.execute(f"DROP TABLE IF EXISTS memory.main.check_{table}")
    known = con.execute(
        "SELECT table_name FROM duckdb_tables() "
        "WHERE database_name = 'memory' AND starts_with(table_name, ?)",
        [derive.KNOWN],
    ).fetchall()
    for (table,) in known:
        con.execute(f"DROP TABLE memory.main.{table}")


def _load(
    con: duckdb.DuckDBPyConnection,
    suite: Suite,
    columns: Sequence[str],
    batches: Sequence[Batch],
    by_value: bool = True,
) -> tuple[set[str], sieve.Plan | None]:
    """Fill check_files, check_rules and check_batch, and make check_issues.

    Returns the submissions whose derived columns cannot be worked out, and which rules may be
    judged by their values (`by_value`); without that check_batch has all derived columns.
    """
    close(con)
    _load_rules(con, suite)
    con.execute(
        "CREATE TABLE memory.main.check_files (submission_id VARCHAR, area_code VARCHAR, "
        "period VARCHAR, period_from DATE, period_to DATE, path VARCHAR, broken_rule_id VARCHAR)"
    )
    scan = "(SELECT NULL::VARCHAR AS path, NULL::BIGINT AS source_row WHERE false)"
    if batches:
        con.executemany(
            "INSERT INTO memory.main.check_files VALUES (?, ?, ?, ?, ?, ?, NULL)",
            [
                [b.submission_id, b.area_code, b.period, b.period_from, b.period_to, str(b.path)]
                for b in batches
            ],
        )
        paths = ", ".join(quote(str(b.path)) for b in batches)
        scan = f"read_parquet([{paths}], filename = 'path', union_by_name = true)"
    present = {r[0] for r in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()}
    wanted = [*columns, "extra_columns"]
    selected = ", ".join(
        f"CAST(r.{identifier(c)} AS VARCHAR) AS {identifier(c)}"
        if c in present
        else f"NULL::VARCHAR AS {identifier(c)}"
        for c in wanted
    )
    of_file = ", ".join(f"f.{c}" for c in FILE_COLUMNS)
    joined = f"{scan} AS r JOIN memory.main.check_files AS f USING (path)"
    constant: dict[str, str] = {}
    if len(batches) == 1:
        # What is the same in all rows need not be looked up for each.
        kinds = dict.fromkeys(FILE_COLUMNS, "VARCHAR") | {
            "period_from": "DATE",
            "period_to": "DATE",
        }
        constant = {c: f"{_constant(getattr(batches[0], c))}::{kinds[c]}" for c in FILE_COLUMNS}
        of_file = ", ".join(f"{sql} AS {c}" for c, sql in constant.items())
        joined = f"{scan} AS r"
    sent = (
        f"SELECT {of_file}, r.source_row::BIGINT AS source_row, "
        f"memory.main.part_of(r.source_row) AS source_part, {selected} FROM {joined}"
    )
    derived = "".join(f", {sql} AS {identifier(name)}" for name, sql in suite.derived.items())
    try:
        plan = _plan(con, suite, sent, constant) if by_value else None
        if plan is None:
            derive.make_batch(con, BATCH, sent, suite.derived)
        else:
            derive.make_batch(con, BATCH, sent, plan.derived, plan.few)
    except duckdb.Error as error:
        if not derived:
            raise
        log.error("Derived columns of %s: %s", suite.program, type(error).__name__)
    else:
        return set(), plan
    con.execute(f"CREATE TABLE memory.main.check_sent AS {sent}")
    return _derive_one_by_one(con, suite, derived), None


def _plan(
    con: duckdb.DuckDBPyConnection, suite: Suite, sent: str, constant: dict[str, str]
) -> sieve.Plan | None:
    """Which rules to judge by values; None where GX itself words a rule."""
    if any(rule.query is None for rule in suite.rules):
        return None
    simple, others = [], [name for name in suite.derived if name.endswith(totals.ENDINGS)]
    for rule in suite.rules:
        asked = sieve.condition(rule.query) if rule.level == "row" else None
        if asked is None:
            others.append(f"{rule.query} {rule.column or ''}")
        else:
            simple.append(sieve.Simple(rule.rule_id, rule.column, asked))
    return sieve.plan(con, sent, simple, suite.derived, constant, others)


def _constant(value: Any) -> str:
    return "NULL" if value is None else quote(str(value))


def _derive_one_by_one(con: duckdb.DuckDBPyConnection, suite: Suite, derived: str) -> set[str]:
    """Make check_batch of check_sent file by file, so that one odd file does not stop the others.

    A file that does not let its columns be derived keeps its rows and gets a broken rule.
    """
    select = f"SELECT *{derived} FROM memory.main.check_sent WHERE submission_id = ?"
    try:
        con.execute(f"CREATE TABLE memory.main.{BATCH} AS {select}", [None])
    except duckdb.Error:
        nulls = "".join(f", NULL::VARCHAR AS {identifier(name)}" for name in suite.derived)
        con.execute(
            f"CREATE TABLE memory.main.{BATCH} AS SELECT *{nulls} FROM memory.main.check_sent "
            "WHERE false"
        )
    unfit = set()
    ids = con.execute("SELECT submission_id FROM memory.main.check_files ORDER BY ALL").fetchall()
    for (submission_id,) in ids:
        try:
            con.execute(f"INSERT INTO memory.main.{BATCH} BY NAME {select}", [submission_id])
        except duckdb.Error:
            unfit.add(submission_id)
            con.execute(
                f"INSERT INTO memory.main.{BATCH} BY NAME "
                "SELECT * FROM memory.main.check_sent WHERE submission_id = ?",
                [submission_id],
            )
            con.execute(
                "UPDATE memory.main.check_files SET broken_rule_id = ? WHERE submission_id = ?",
                [DERIVED, submission_id],
            )
    con.execute("DROP TABLE memory.main.check_sent")
    return unfit


def _load_rules(con: duckdb.DuckDBPyConnection, suite: Suite) -> None:
    con.execute(
        "CREATE TABLE memory.main.check_rules (rule_id VARCHAR, column_name VARCHAR, "
        "level VARCHAR, severity VARCHAR, message_id VARCHAR, message_en VARCHAR, "
        "action_id VARCHAR, action_en VARCHAR)"
    )
    con.executemany(
        "INSERT INTO memory.main.check_rules VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            [
                r.rule_id,
                r.column,
                r.level,
                r.severity,
                r.message_id,
                r.message_en,
                r.action_id,
                r.action_en,
            ]
            for r in suite.rules
        ],
    )
    con.execute(
        "CREATE TABLE memory.main.check_issues "
        "(submission_id VARCHAR, source_row BIGINT, rule_id VARCHAR, value_sent VARCHAR)"
    )


def _run(
    con: duckdb.DuckDBPyConnection,
    suite: Suite,
    submission_id: str | None,
    counts: Mapping[str, int],
) -> str | None:
    """Run the suite over check_batch into check_issues; the id of a rule that could not be run.

    submission_id: the only one in check_batch, None if there are several. counts: how many rows
    fail, by rule, of what is in check_issues already.
    """
    by_id = {rule.rule_id: rule for rule in suite.rules}
    by_query: dict[str, list[Rule]] = {}
    for rule in suite.rules:
        if rule.query is not None:
            by_query.setdefault(rule.query, []).append(rule)

    def count(query: str) -> int:
        """How much fails of what GX asks about; what is not in check_issues yet is put there."""
        rules = by_query[query]
        if all(rule.rule_id in counts for rule in rules):
            return max(counts[rule.rule_id] for rule in rules)
        failing = fellows.narrowed(query).format(batch=f"memory.main.{BATCH}")
        return max(_keep(con, rule, failing, submission_id) for rule in rules)

    try:
        outcomes = gx_duckdb.run_suite(con, suite.gx, BATCH, INDEX, count)
    except (duckdb.Error, gx_duckdb.GXError) as error:
        log.error("The suite of %s could not be run: %s", suite.program, type(error).__name__)
        return _broken(con, "suite", submission_id)
    for outcome in outcomes:
        rule = by_id[outcome.meta["rule_id"]]
        if outcome.error:
            log.error("Rule %s of %s: %s", rule.rule_id, suite.program, outcome.error)
            return _broken(con, rule.rule_id, submission_id)
        if outcome.success or rule.query is not None:
            continue
        try:
            _keep(con, rule, outcome.index_query, submission_id)
        except duckdb.Error as error:
            # The text of a DuckDB error may quote a value.
            log.error("Rule %s of %s: %s", rule.rule_id, suite.program, type(error).__name__)
            return _broken(con, rule.rule_id, submission_id)
    return None


def _broken(con: duckdb.DuckDBPyConnection, rule_id: str, submission_id: str | None) -> str:
    """Take back what was found in submissions that a rule could not be run on."""
    of_one = "" if submission_id is None else f" WHERE submission_id = {quote(submission_id)}"
    con.execute(f"DELETE FROM memory.main.check_issues{of_one}")
    return rule_id


def _keep(
    con: duckdb.DuckDBPyConnection, rule: Rule, failing: str | None, submission_id: str | None
) -> int:
    """Put what `failing` selects into check_issues; how many rows or files that are."""
    row = con.execute(_issues_sql(rule, failing, submission_id)).fetchone()
    return int(row[0]) if row else 0


# A query that takes rows of the batch one by one can give the value as well.
_ROW_BY_ROW_QUERY = re.compile(
    rf"SELECT submission_id, source_row (FROM memory\.main\.{BATCH} (?:WHERE|QUALIFY) .*)",
    re.DOTALL,
)
_NOT_ROW_BY_ROW = re.compile(r"\b(GROUP BY|UNION|EXCEPT|INTERSECT|LIMIT|HAVING|JOIN)\b")


def _issues_sql(rule: Rule, failing: str | None, submission_id: str | None) -> str:
    """Rows of check_issues for a rule that failed. SEMI JOIN: a row counts once for a rule."""
    insert = f"INSERT INTO memory.main.check_issues SELECT {{}}, {quote(rule.rule_id)}, "
    if rule.level == "row":
        if failing is None:
            raise duckdb.InvalidInputException("the expectation does not tell its rows")
        simple = _ROW_BY_ROW_QUERY.fullmatch(failing)
        if simple and not _NOT_ROW_BY_ROW.search(failing):
            value = f"{identifier(rule.column)}::VARCHAR" if rule.column else "NULL"
            return insert.format("submission_id, source_row") + f"{value} {simple[1]}"
        value = f"b.{identifier(rule.column)}::VARCHAR" if rule.column else "NULL"
        return (
            insert.format("b.submission_id, b.source_row") + f"{value} FROM memory.main.{BATCH} "
            f"AS b SEMI JOIN ({failing}) AS q USING (submission_id, source_row)"
        )
    if rule.query:
        return (
            insert.format("f.submission_id, NULL") + "NULL FROM memory.main.check_files AS f "
            f"SEMI JOIN ({failing}) AS q USING (submission_id)"
        )
    if submission_id is None:
        raise CheckError(f"rule {rule.rule_id} judges one submission at a time")
    return insert.format(f"{quote(submission_id)}, NULL") + "NULL"


def _number_parts(con: duckdb.DuckDBPyConnection, parts: Sequence[str]) -> None:
    """Make the macros that take the number of a row (`write.py`) apart."""
    names = ", ".join(quote(part) for part in parts)
    con.execute(
        "CREATE OR REPLACE MACRO memory.main.part_of(number) AS "
        f"([{names}]::VARCHAR[])[number // {PART_ROWS}]"
    )
    con.execute(f"CREATE OR REPLACE MACRO memory.main.row_of(number) AS (number % {PART_ROWS})")


def _tell_members(con: duckdb.DuckDBPyConnection, batches: Sequence[Batch]) -> None:
    """An issue for each file of an archive that was not read, and each part that is not there."""
    for field, (rule_id, severity, *texts) in _ARCHIVE_RULES.items():
        told = [[b.submission_id, rule_id, name] for b in batches for name in getattr(b, field)]
        if not told:
            continue
        con.execute(
            "INSERT INTO memory.main.check_rules VALUES (?, NULL, 'table', ?, ?, ?, ?, ?)",
            [rule_id, severity, *texts],
        )
        con.executemany("INSERT INTO memory.main.check_issues VALUES (?, NULL, ?, ?)", told)


def _left_out(batches: Sequence[Batch]) -> pa.Table:
    """submission_id, source_row and line of all that the parser left out."""
    kinds = [("submission_id", pa.string()), ("source_row", pa.int64()), ("line", pa.string())]
    tables = [
        b.left_out.add_column(
            0, "submission_id", pa.array([b.submission_id] * b.left_out.num_rows, pa.string())
        )
        for b in batches
        if b.left_out is not None and b.left_out.num_rows
    ]
    return pa.concat_tables(tables) if tables else pa.schema(kinds).empty_table()


def _find_states(con: duckdb.DuckDBPyConnection, suite: Suite, batches: Sequence[Batch]) -> None:
    _tell_members(con, batches)
    totals.tell(con, list(suite.derived), f"memory.main.{BATCH}", _left_out(batches))
    con.execute(_STATES.read_text("utf-8"))
    row = con.execute(
        "SELECT count(*) FROM memory.main.check_states "
        "WHERE rows_count <> accepted_count + quarantined_count"
    ).fetchone()
    if row is None or row[0]:
        raise CheckError("rows in the file are not rows accepted + rows quarantined")
