"""Check parsed rows against a program's Great Expectations suite; say which rows and files fail.

Many submissions of one program are checked at once. Everything happens in tables of the caller's
DuckDB connection (`memory.main.check_*`), so rows that fail never pass through Python:

    check_files       one row per submission: submission_id, area_code, period, ..., rows_count
    check_batch       all their rows: the columns of check_files, source_row, source_part (the part
                      of the export the row stands in, NULL for an export of one table), the
                      declared columns as text, extra_columns, and those of the suite's derived
                      columns that are asked row by row (`sieve.py`); of one large file only what
                      rules over the whole file ask for (`onepass.py`)
    check_rows        all their rows with the columns as sent, whatever check_batch holds
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

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines import settings
from pipelines.exports import derive, fellows, gx_duckdb, onepass, sieve, totals
from pipelines.exports.suite import (
    AREAS,
    MACROS,
    STATES,
    Rule,
    Suite,
    SuiteError,
    content_hash,
    load_suite,
    rule_messages,
    rules_hash,
)
from pipelines.exports.table import PART_ROWS
from pipelines.lake import identifier, quote

__all__ = [
    "BATCH",
    "Batch",
    "CheckError",
    "Rule",
    "Suite",
    "SuiteError",
    "check",
    "close",
    "content_hash",
    "load_suite",
    "open_checks",
    "rule_messages",
    "rules_hash",
]

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
# All rows as sent: the batch, or the file itself where the batch holds less.
ROWS = "check_rows"


class CheckError(RuntimeError):
    """Checking came to an impossible result; nothing may be written."""


@dataclass(frozen=True)
class _Judged:
    """What is in check_issues before Great Expectations asks: by rule, how many rows fail.

    tables: the table that a query is to be asked of, where it is not the batch.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)


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


def open_checks(con: duckdb.DuckDBPyConnection) -> None:
    """Register the macros and the area register on `con`. Does nothing the second time."""
    row = con.execute(
        "SELECT count(*) FROM duckdb_tables() "
        "WHERE database_name = 'memory' AND table_name = 'reference_area_names'"
    ).fetchone()
    if row and row[0]:
        return
    con.execute(AREAS.read_text("utf-8").format(areas=_areas_path()))
    con.execute(MACROS.read_text("utf-8"))
    con.execute(
        # DISTINCT: villages of one name in several districts, and one name in several editions.
        # And each name is read once, whatever regencies it stands in.
        "INSERT INTO memory.main.reference_area_names "
        "SELECT DISTINCT left(code, 5), level, name_key, "
        "left(code, 5) || ' ' || level || ' ' || name_key "
        "FROM memory.main.reference_areas JOIN (SELECT name, area_name_key(name) AS name_key "
        "FROM (SELECT DISTINCT name FROM memory.main.reference_areas)) USING (name) "
        "WHERE name_key IS NOT NULL"
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
    unfit: set[str] = set()
    judged = _load_judged(con, suite, columns, batches)
    if judged is None:
        unfit = _load(con, suite, columns, batches)
    ids = [b.submission_id for b in batches if b.submission_id not in unfit]
    if not ids:
        _find_states(con, suite, batches)
        return
    if len(batches) == 1:
        # The table holds the submission and nothing else: no copy of it is needed.
        broken = _run(con, suite, ids[0], judged or _Judged())
        _mark_broken(con, broken, ids[0])
        _find_states(con, suite, batches)
        return
    if not unfit and suite.row_by_row and not _run(con, suite, None, judged or _Judged()):
        _find_states(con, suite, batches)
        return
    if judged is not None:
        unfit = _load(con, suite, columns, batches)
    con.execute("DELETE FROM memory.main.check_issues")
    con.execute(f"ALTER TABLE memory.main.{BATCH} RENAME TO check_all")
    # A rule that fails to run in a batch of many may be the fault of one: each stands alone.
    for submission_id in ids:
        con.execute(
            f"CREATE OR REPLACE TABLE memory.main.{BATCH} AS "
            "SELECT * FROM memory.main.check_all WHERE submission_id = ?",
            [submission_id],
        )
        _mark_broken(con, _run(con, suite, submission_id, _Judged()), submission_id)
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
    con.execute(f"DROP VIEW IF EXISTS memory.main.{ROWS}")
    for table in (
        *("batch", "sent", "all", "files", "issues", "rules", "quarantine", "states"),
        *("fellows", "alike"),
    ):
        con.execute(f"DROP TABLE IF EXISTS memory.main.check_{table}")
    known = con.execute(
        "SELECT table_name FROM duckdb_tables() "
        "WHERE database_name = 'memory' AND starts_with(table_name, ?)",
        [derive.KNOWN],
    ).fetchall()
    for (table,) in known:
        con.execute(f"DROP TABLE memory.main.{table}")


def _load_judged(
    con: duckdb.DuckDBPyConnection,
    suite: Suite,
    columns: Sequence[str],
    batches: Sequence[Batch],
) -> _Judged | None:
    """Fill check_files, check_rules and check_batch; put what can be told soon into check_issues.

    None where that cannot be done: then all is to be asked rule by rule, which shows the reason.
    """
    if any(rule.query is None for rule in suite.rules):
        return None
    sent, constant = _prepare(con, suite, columns, batches)
    simple, others = [], []
    for rule in suite.rules:
        asked = sieve.condition(rule.query) if rule.level == "row" else None
        if asked is None:
            others.append(onepass.Query(rule.query or "", rule.column))
        else:
            simple.append(sieve.Simple(rule.rule_id, rule.column, asked))
    texts = [name for name in suite.derived if name.endswith(totals.ENDINGS)]
    texts += [f"{q.query} {q.column or ''}" for q in others]
    try:
        plan = sieve.plan(con, sent, simple, suite.derived, constant, texts)
        if constant and plan.rows >= derive.LEAST_ROWS:
            con.execute(f"CREATE VIEW memory.main.{ROWS} AS {sent}")
            return _Judged(*onepass.judge(con, BATCH, sent, plan, simple, others, suite.derived))
        derive.make_batch(con, BATCH, sent, plan.derived, plan.few)
        return _Judged(sieve.judge(con, BATCH, plan))
    except duckdb.Error as error:
        log.info("%s is checked rule by rule: %s", suite.program, type(error).__name__)
        return None


def _prepare(
    con: duckdb.DuckDBPyConnection,
    suite: Suite,
    columns: Sequence[str],
    batches: Sequence[Batch],
) -> tuple[str, dict[str, str]]:
    """Fill check_files and check_rules, make check_issues; the query of all rows as sent.

    With it, as SQL, its columns that are the same in all rows: those of the file where it is one.
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
    return sent, constant


def _load(
    con: duckdb.DuckDBPyConnection,
    suite: Suite,
    columns: Sequence[str],
    batches: Sequence[Batch],
) -> set[str]:
    """Fill check_files, check_rules and check_batch with all columns, and make check_issues.

    Returns the submissions whose derived columns cannot be worked out.
    """
    sent, _ = _prepare(con, suite, columns, batches)
    derived = "".join(f", {sql} AS {identifier(name)}" for name, sql in suite.derived.items())
    try:
        derive.make_batch(con, BATCH, sent, suite.derived)
    except duckdb.Error as error:
        if not derived:
            raise
        log.error("Derived columns of %s: %s", suite.program, type(error).__name__)
    else:
        return set()
    con.execute(f"CREATE TABLE memory.main.check_sent AS {sent}")
    return _derive_one_by_one(con, suite, derived)


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
    judged: _Judged,
) -> str | None:
    """Run the suite over check_batch into check_issues; the id of a rule that could not be run.

    submission_id: the only one in check_batch, None if there are several.
    """
    by_id = {rule.rule_id: rule for rule in suite.rules}
    by_query: dict[str, list[Rule]] = {}
    for rule in suite.rules:
        if rule.query is not None:
            by_query.setdefault(rule.query, []).append(rule)

    def count(query: str) -> int:
        """How much fails of what GX asks about; what is not in check_issues yet is put there."""
        rules = by_query[query]
        if all(rule.rule_id in judged.counts for rule in rules):
            return max(judged.counts[rule.rule_id] for rule in rules)
        table = judged.tables.get(query, BATCH)
        asked = fellows.narrowed(query) if table == BATCH else query
        failing = asked.format(batch=f"memory.main.{table}")
        return max(_keep(con, rule, failing, submission_id, table) for rule in rules)

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
    con: duckdb.DuckDBPyConnection,
    rule: Rule,
    failing: str | None,
    submission_id: str | None,
    table: str = BATCH,
) -> int:
    """Put what `failing` selects from `table` into check_issues; how many rows or files."""
    row = con.execute(_issues_sql(rule, failing, submission_id, table)).fetchone()
    return int(row[0]) if row else 0


_NOT_ROW_BY_ROW = re.compile(r"\b(GROUP BY|UNION|EXCEPT|INTERSECT|LIMIT|HAVING|JOIN)\b")


def _issues_sql(
    rule: Rule, failing: str | None, submission_id: str | None, table: str = BATCH
) -> str:
    """Rows of check_issues for a rule that failed. SEMI JOIN: a row counts once for a rule."""
    insert = f"INSERT INTO memory.main.check_issues SELECT {{}}, {quote(rule.rule_id)}, "
    if rule.level == "row":
        if failing is None:
            raise duckdb.InvalidInputException("the expectation does not tell its rows")
        # A query that takes rows one by one can give the value as well.
        simple = re.fullmatch(
            rf"SELECT submission_id, source_row (FROM memory\.main\.{table} (?:WHERE|QUALIFY) .*)",
            failing,
            re.DOTALL,
        )
        if simple and not _NOT_ROW_BY_ROW.search(failing):
            value = f"{identifier(rule.column)}::VARCHAR" if rule.column else "NULL"
            return insert.format("submission_id, source_row") + f"{value} {simple[1]}"
        value = f"b.{identifier(rule.column)}::VARCHAR" if rule.column else "NULL"
        return (
            insert.format("b.submission_id, b.source_row") + f"{value} FROM memory.main.{table} "
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
    for names, (rule_id, severity, *texts) in _ARCHIVE_RULES.items():
        told = [[b.submission_id, rule_id, name] for b in batches for name in getattr(b, names)]
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
    con.execute(STATES.read_text("utf-8"))
    con.execute(f"CREATE VIEW IF NOT EXISTS memory.main.{ROWS} AS FROM memory.main.{BATCH}")
    row = con.execute(
        "SELECT count(*) FROM memory.main.check_states "
        "WHERE rows_count <> accepted_count + quarantined_count"
    ).fetchone()
    if row is None or row[0]:
        raise CheckError("rows in the file are not rows accepted + rows quarantined")
