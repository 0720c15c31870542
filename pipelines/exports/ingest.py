"""Take received files into the vault: parse, check, and write each submission whole or not at all.

Files of one program are parsed and checked many at a time and written in one transaction per
chunk, so that a killed process leaves every submission either wholly there or not at all, and the
lake gets a few files instead of one per export. A submission that is recorded is skipped before it
is parsed.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from pipelines import lake, settings
from pipelines.exports import check, declaration, parse, periods
from pipelines.exports.declaration import Program
from pipelines.exports.problem import Problem
from pipelines.exports.receive import Receipt
from pipelines.lake import identifier, quote
from pipelines.settings import Home

log = logging.getLogger(__name__)

# A chunk ends when it holds so many rows or files; it is checked and written as one.
CHUNK_ROWS = 400_000
CHUNK_FILES = 200
_HERE = Path(__file__).parent
_TABLES = _HERE / "ingest_tables.sql"
_ISSUES = _HERE / "ingest_issues.sql"
_SERVING = _HERE / "serving.sql"
_QUALITY = ("submissions", "issues", "quarantine")


class IngestError(RuntimeError):
    """Rows would have been lost or invented; nothing was written."""


@dataclass(frozen=True)
class SubmissionResult:
    """What became of one received file. Counts are of rows and of findings; no values.

    state: accepted, accepted_with_errors, partially_accepted or rejected. reason_*: one sentence,
    of a rejected file only.
    """

    submission_id: str
    state: str
    reason_id: str | None
    reason_en: str | None
    rows_count: int
    accepted_count: int
    quarantined_count: int
    issues_critical_count: int
    issues_warning_count: int
    issues_info_count: int
    is_serving: bool


@dataclass(frozen=True)
class _Read:
    receipt: Receipt
    submission_id: str
    period_from: date | None
    period_to: date | None
    problem: Problem | None
    path: Path | None
    rows_count: int


def submission_id(receipt: Receipt) -> str:
    """`<program>-<area>-<period>-v<N>-<sha256[:8]>`; `unknown` for what the name does not tell."""
    area = (receipt.area_code or "unknown").replace(".", "")
    period = receipt.period or "unknown"
    return f"{receipt.program}-{area}-{period}-v{receipt.version}-{receipt.sha256[:8]}"


def recorded_ids(con: duckdb.DuckDBPyConnection, program: str | None = None) -> set[str]:
    """Ids of the submissions the vault has answered, of one program or of all."""
    return set(_recorded(con, program))


def _recorded(con: duckdb.DuckDBPyConnection, program: str | None) -> dict[str, str]:
    if not lake.table_exists(con, "vault.quality.submissions"):
        return {}
    rows = con.execute(
        "SELECT submission_id, rules_hash FROM vault.quality.submissions "
        "WHERE program = coalesce(?, program)",
        [program],
    ).fetchall()
    return dict(rows)


def rules_hash(program: Program, suite: check.Suite) -> str:
    """Hash of everything that decides how a file of `program` is read and judged."""
    return check.rules_hash(
        suite, declaration.declaration_hash(program), f"parser {parse.PARSER_VERSION}"
    )


def ensure_tables(con: duckdb.DuckDBPyConnection, program: Program) -> None:
    """Make the vault's tables for `program`, and add columns it has newly declared.

    Changes nothing, and makes no snapshot, when they stand.
    """
    with _transaction(con):
        _ensure_tables(con, program)


@contextmanager
def _transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    con.execute("BEGIN")
    try:
        yield
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise


def _ensure_tables(con: duckdb.DuckDBPyConnection, program: Program) -> None:
    if not all(lake.table_exists(con, f"vault.quality.{name}") for name in _QUALITY):
        con.execute(_TABLES.read_text("utf-8"))
    table = f"vault.submissions.{program.name}"
    wanted = [*program.columns, "extra_columns"]
    if not lake.table_exists(con, table):
        con.execute("CREATE SCHEMA IF NOT EXISTS vault.submissions")
        columns = ", ".join(f"{identifier(c)} VARCHAR" for c in wanted)
        con.execute(
            f"CREATE TABLE {identifier(table)} "
            f"(submission_id VARCHAR, source_row BIGINT, {columns})"
        )
        return
    have = {r[0] for r in con.execute(f"DESCRIBE {identifier(table)}").fetchall()}
    for column in wanted:
        if column not in have:
            con.execute(f"ALTER TABLE {identifier(table)} ADD COLUMN {identifier(column)} VARCHAR")


def register_programs(
    con: duckdb.DuckDBPyConnection, programs: Sequence[Program]
) -> lake.Difference:
    """Write the declared programs to `vault.quality.programs`; make every program's tables."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE declared_programs (program VARCHAR, title_id VARCHAR, "
        "title_en VARCHAR, description_id VARCHAR, description_en VARCHAR, owner VARCHAR, "
        "team VARCHAR, sector VARCHAR, government_level VARCHAR, cadence_kind VARCHAR, "
        "area_level VARCHAR)"
    )
    for p in programs:
        con.execute(
            "INSERT INTO declared_programs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                p.name,
                p.title.id,
                p.title.en,
                p.description.id,
                p.description.en,
                p.owner,
                p.team,
                p.sector,
                p.government_level,
                p.cadence.kind,
                p.area_level,
            ],
        )
    with _transaction(con):
        for program in programs:
            _ensure_tables(con, program)
        return lake.write_by_difference(
            con, "vault.quality.programs", "SELECT * FROM declared_programs", key=["program"]
        )


def ingest(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    receipt: Receipt,
    *,
    recheck: bool = False,
    home: Home | None = None,
) -> SubmissionResult | None:
    """Take one received file in; None if it is recorded already. See `ingest_many`."""
    results = ingest_many(con, program, [receipt], recheck=recheck, home=home)
    return results[0] if results else None


def ingest_many(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    receipts: Iterable[Receipt],
    *,
    on_progress: Callable[[int, int], None] | None = None,
    recheck: bool = False,
    home: Home | None = None,
    suite: check.Suite | None = None,
    chunk_rows: int = CHUNK_ROWS,
    chunk_files: int = CHUNK_FILES,
) -> list[SubmissionResult]:
    """Parse, check and record `receipts` of `program`; one result per submission newly recorded.

    con: from `lake.connect(write=["vault"])`, outside a transaction. Recorded submissions are
    skipped; with `recheck` those that were judged under other rules are judged anew. on_progress
    is told how many of how many files are done. Raises OSError if a received file cannot be
    opened, IngestError if rows do not add up; chunks written before stand.
    """
    suite = suite or check.load_suite(program.name)
    ensure_tables(con, program)
    judged_under = rules_hash(program, suite)
    known = _recorded(con, program.name)
    wanted: dict[str, Receipt] = {}
    for receipt in receipts:
        name = submission_id(receipt)
        if name not in known or (recheck and known[name] != judged_under):
            wanted.setdefault(name, receipt)
    total = len(wanted)
    if not total:
        return []
    scratch = (home or settings.home()).work
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    others = [p for p in declaration.load_programs() if p.name != program.name]
    results: list[SubmissionResult] = []
    with tempfile.TemporaryDirectory(dir=scratch, prefix="ingest-") as folder:
        chunk: list[_Read] = []
        for done, (name, receipt) in enumerate(wanted.items(), start=1):
            chunk.append(_read(program, receipt, name, others, Path(folder)))
            is_full = len(chunk) >= chunk_files or sum(r.rows_count for r in chunk) >= chunk_rows
            if is_full or done == total:
                results += _record(con, program, suite, judged_under, chunk, set(known))
                for read in chunk:
                    if read.path:
                        read.path.unlink()
                chunk = []
            if on_progress:
                on_progress(done, total)
    return results


def _read(
    program: Program, receipt: Receipt, name: str, others: Sequence[Program], folder: Path
) -> _Read:
    period = periods.parse_period(receipt.period) if receipt.period else None
    first, last = (period.first_day, period.last_day) if period else (None, None)
    problem, path, rows = receipt.problem, None, 0
    if problem is None and (receipt.area_code is None or period is None):
        problem = Problem(
            "bad_file_name",
            "Nama berkas tidak menyebut wilayah dan periodenya; ubah namanya lalu kirim ulang.",
            "The file name does not tell its area and period; rename it and send it again.",
        )
    if problem is None:
        try:
            parsed = parse.parse(
                receipt.path,
                program,
                folder / f"{name}.parquet",
                file_name=receipt.file_name,
                programs=others,
            )
        except (OSError, MemoryError):
            raise
        except Exception as error:  # a file that breaks the parser must not stop the others
            log.error("%s could not be parsed: %s", name, type(error).__name__)
            problem = Problem(
                "unreadable",
                "Berkas tidak dapat dibaca; ekspor ulang dari aplikasi asalnya lalu kirim lagi.",
                "The file cannot be read; export it again and send it anew.",
            )
        else:
            problem, path, rows = parsed.problem, parsed.path, parsed.rows_count
    return _Read(receipt, name, first, last, problem, path, rows)


def _record(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    suite: check.Suite,
    judged_under: str,
    chunk: Sequence[_Read],
    known: set[str],
) -> list[SubmissionResult]:
    batches = [
        check.Batch(
            r.submission_id,
            r.receipt.area_code,
            r.receipt.period,
            r.period_from,
            r.period_to,
            r.path,
        )
        for r in chunk
        if r.path is not None
    ]
    try:
        check.check(con, suite, list(program.columns), batches)
        _stage(con, chunk, judged_under)
        _same_rows(con, chunk)
        with _transaction(con):
            _write(con, program, [r.submission_id for r in chunk if r.submission_id in known])
        return _results(con)
    finally:
        check.close(con)
        for table in ("memory.main.ingest_new", "temp.ingest_states", "temp.ingest_serving"):
            con.execute(f"DROP TABLE IF EXISTS {table}")


def _stage(con: duckdb.DuckDBPyConnection, chunk: Sequence[_Read], judged_under: str) -> None:
    con.execute(
        "CREATE OR REPLACE TABLE memory.main.ingest_new (submission_id VARCHAR, program VARCHAR, "
        "area_code VARCHAR, period VARCHAR, version INTEGER, file_name VARCHAR, sha256 VARCHAR, "
        "received_at TIMESTAMP, sent_at TIMESTAMP, period_from DATE, period_to DATE, "
        "rules_hash VARCHAR, problem_code VARCHAR, problem_id VARCHAR, problem_en VARCHAR)"
    )
    con.executemany(
        f"INSERT INTO memory.main.ingest_new VALUES ({', '.join('?' * 15)})",
        [
            [
                r.submission_id,
                r.receipt.program,
                r.receipt.area_code,
                r.receipt.period,
                r.receipt.version,
                r.receipt.file_name,
                r.receipt.sha256,
                _utc(r.receipt.received_at),
                _utc(r.receipt.sent_at),
                r.period_from,
                r.period_to,
                judged_under,
                r.problem.code if r.problem else None,
                r.problem.message_id if r.problem else None,
                r.problem.message_en if r.problem else None,
            ]
            for r in chunk
        ],
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _same_rows(con: duckdb.DuckDBPyConnection, chunk: Sequence[_Read]) -> None:
    counted = dict(
        con.execute("SELECT submission_id, rows_count FROM memory.main.check_states").fetchall()
    )
    wrong = [r.submission_id for r in chunk if counted.get(r.submission_id, 0) != r.rows_count]
    if wrong:
        raise IngestError(f"rows parsed are not the rows checked: {', '.join(sorted(wrong))}")


def _write(con: duckdb.DuckDBPyConnection, program: Program, replaced: Sequence[str]) -> None:
    table = identifier(f"vault.submissions.{program.name}")
    if replaced:
        ids = ", ".join(quote(i) for i in replaced)
        for name in (table, "vault.quality.issues", "vault.quality.quarantine"):
            con.execute(f"DELETE FROM {name} WHERE submission_id IN ({ids})")
        con.execute(f"DELETE FROM vault.quality.submissions WHERE submission_id IN ({ids})")
    columns = [*program.columns, "extra_columns"]
    names = ", ".join(identifier(c) for c in columns)
    sent = ", ".join(f"b.{identifier(c)}" for c in columns)
    accepted = con.execute(
        f"INSERT INTO {table} (submission_id, source_row, {names}) "
        f"SELECT b.submission_id, b.source_row, {sent} FROM memory.main.check_batch AS b "
        "SEMI JOIN (SELECT submission_id FROM memory.main.check_states WHERE state <> 'rejected') "
        "AS s USING (submission_id) "
        "ANTI JOIN memory.main.check_quarantine AS q USING (submission_id, source_row) "
        "ORDER BY b.submission_id, b.source_row"
    ).fetchone()
    row_sent = ", ".join(
        f"{quote(c)}, b.{identifier(c)}"
        if c != "extra_columns"
        else f"{quote(c)}, try_cast(b.extra_columns AS JSON)"
        for c in columns
    )
    quarantined = con.execute(
        "INSERT INTO vault.quality.quarantine (submission_id, program, source_row, rule_ids, "
        f"row_sent) SELECT q.submission_id, {quote(program.name)}, q.source_row, q.rule_ids, "
        f"json_object({row_sent}) FROM memory.main.check_quarantine AS q "
        "JOIN memory.main.check_batch AS b USING (submission_id, source_row) "
        "ORDER BY q.submission_id, q.source_row"
    ).fetchone()
    con.execute(_ISSUES.read_text("utf-8"))
    con.execute(_SERVING.read_text("utf-8"))
    told = con.execute(
        "SELECT coalesce(sum(accepted_count), 0), coalesce(sum(quarantined_count), 0) "
        "FROM ingest_states"
    ).fetchone()
    if told != (accepted and accepted[0], quarantined and quarantined[0]):
        raise IngestError("rows written are not rows accepted + rows quarantined")


def _results(con: duckdb.DuckDBPyConnection) -> list[SubmissionResult]:
    rows = con.execute(
        "SELECT submission_id, state, reason_id, reason_en, rows_count, accepted_count, "
        "quarantined_count, issues_critical_count, issues_warning_count, issues_info_count, "
        "is_serving FROM ingest_states JOIN ingest_serving "
        "USING (submission_id) ORDER BY submission_id"
    ).fetchall()
    return [SubmissionResult(*row) for row in rows]
