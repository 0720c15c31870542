"""Take received files into the vault: parse, check, and write each submission whole or not at all.

Files of one program are parsed and checked many at a time and written in one transaction per
chunk, so that a killed process leaves every submission either wholly there or not at all, and the
lake gets a few files instead of one per export. A submission that was judged under today's rules is
skipped before it is parsed; one that was judged under others is judged anew, and only what comes
out otherwise is written.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines import lake, settings
from pipelines.exports import check, declaration, parse, periods, serving, totals
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
ISSUES = _HERE / "ingest_issues.sql"
STATES = _HERE / "ingest_states.sql"
_SUBMISSIONS = _HERE / "ingest_submissions.sql"
_COUNTS = (
    "records_count",
    "title_count",
    "header_count",
    "repeated_header_count",
    "blank_count",
    "footer_count",
)
_ADD_UP = f"{_COUNTS[0]} = rows_count + {' + '.join(_COUNTS[1:])}"


class IngestError(RuntimeError):
    """Rows would have been lost or invented; nothing was written."""


@dataclass(frozen=True)
class SubmissionResult:
    """What became of one received file. Counts are of rows and of findings; no values.

    state: accepted, accepted_with_errors, partially_accepted or rejected; waiting or refused where
    a person has to decide or has refused. reason_*: one sentence, of a file that is rejected, waits
    or was refused, which may quote its name; reason_code and reason_column (a declared column) say
    the same without quoting anything.
    """

    submission_id: str
    state: str
    reason_id: str | None
    reason_en: str | None
    reason_code: str | None
    reason_column: str | None
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
    parsed: parse.Parsed

    @property
    def path(self) -> Path | None:
        return self.parsed.path

    @property
    def rows_count(self) -> int:
        return self.parsed.rows_count

    @property
    def counts(self) -> list[int]:
        """The values of `_COUNTS`: what the records of the file were beside rows."""
        p = self.parsed
        if p.problem is not None:
            return [0] * len(_COUNTS)
        return [
            p.records_count,
            p.title_rows,
            p.header_rows,
            p.repeated_headers,
            p.blank_rows,
            p.footer_rows,
        ]


def submission_id(receipt: Receipt) -> str:
    """`<program>-<area>-<period>-v<N>-<sha256[:8]>`; `unknown` for what the name does not tell."""
    area = (receipt.area_code or "unknown").replace(".", "")
    period = receipt.period or "unknown"
    return f"{receipt.program}-{area}-{period}-v{receipt.version}-{receipt.sha256[:8]}"


def recorded_ids(
    con: duckdb.DuckDBPyConnection, programs: Iterable[Program] | None = None
) -> set[str]:
    """Ids of the submissions that need no more work: judged, and under the rules of today.

    programs: whose (default: all that are declared). Not among them is what was judged under
    another suite, declaration or parser, and what was rejected because its period had not begun,
    once it has. con: with the vault attached for reading at least.
    """
    declared = declaration.load_programs() if programs is None else programs
    today = {p.name: rules_hash(p) for p in declared}
    return {
        name
        for name, (program, judged_under) in _recorded(con).items()
        if judged_under is not None and judged_under == today.get(program)
    }


def _recorded(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str | None]]:
    """Program and rules_hash of every recorded submission; no hash where it must be judged anew."""
    if not lake.table_exists(con, "vault.quality.submissions"):
        return {}
    described = con.execute("DESCRIBE vault.quality.submissions").fetchall()
    # The second: written before the table had these columns.
    anew = (
        "state = 'rejected' AND reason_code = 'future_period' AND period_from <= $today "
        "OR records_count IS NULL"
    )
    if not {"reason_code", "records_count"} <= {column[0] for column in described}:
        anew = "$today IS NOT NULL"
    rows = con.execute(
        f"SELECT submission_id, program, CASE WHEN {anew} THEN NULL ELSE rules_hash END "
        "FROM vault.quality.submissions",
        {"today": periods.current("day").first_day},
    ).fetchall()
    return {name: (program, judged_under) for name, program, judged_under in rows}


def all_ids(con: duckdb.DuckDBPyConnection, program: Program) -> set[str]:
    """Ids of all recorded submissions of `program`, under whatever rules they were judged."""
    return {name for name, (of, _) in _recorded(con).items() if of == program.name}


def rules_hash(program: Program, suite: check.Suite | None = None) -> str:
    """Hash of everything that decides how a file of `program` is read and judged.

    suite: the program's own by default, for which Great Expectations is not needed.
    """
    return check.rules_hash(
        suite or check.content_hash(program.name),
        declaration.declaration_hash(program),
        f"parser {parse.PARSER_VERSION}",
        ISSUES.read_text("utf-8"),
        STATES.read_text("utf-8"),
        totals.SQL.read_text("utf-8"),
    )


def ensure_tables(con: duckdb.DuckDBPyConnection, program: Program) -> None:
    """Make the vault's tables for `program`, and add the columns that they lack.

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
    _ensure_quality(con)
    table = f"vault.submissions.{program.name}"
    wanted = [*program.columns, "source_part", "extra_columns"]
    if not lake.table_exists(con, table):
        con.execute("CREATE SCHEMA IF NOT EXISTS vault.submissions")
        columns = ", ".join(f"{identifier(c)} VARCHAR" for c in wanted if c != "source_part")
        con.execute(
            f"CREATE TABLE {identifier(table)} "
            f"(submission_id VARCHAR, source_part VARCHAR, source_row BIGINT, {columns})"
        )
        return
    have = {r[0] for r in con.execute(f"DESCRIBE {identifier(table)}").fetchall()}
    for column in wanted:
        if column not in have:
            con.execute(f"ALTER TABLE {identifier(table)} ADD COLUMN {identifier(column)} VARCHAR")


def _ensure_quality(con: duckdb.DuckDBPyConnection) -> None:
    have: dict[str, set[str]] = {}
    for table, column in con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE database_name = 'vault' AND schema_name = 'quality'"
    ).fetchall():
        have.setdefault(table, set()).add(column)
    wanted = _quality_columns()
    if any(table not in have for table, _, _ in wanted):
        con.execute(_TABLES.read_text("utf-8"))
    for table, column, kind in wanted:
        if table in have and column not in have[table]:
            con.execute(
                f"ALTER TABLE vault.quality.{identifier(table)} "
                f"ADD COLUMN {identifier(column)} {kind}"
            )


@cache
def _quality_columns() -> list[tuple[str, str, str]]:
    """Table, column and type of all that `ingest_tables.sql` makes."""
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS vault")
        con.execute(_TABLES.read_text("utf-8"))
        return con.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE database_name = 'vault' ORDER BY table_name, column_index"
        ).fetchall()


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
    recheck: bool = True,
    home: Home | None = None,
) -> SubmissionResult | None:
    """Take one received file in; None if nothing is left to be done. See `ingest_many`."""
    results = ingest_many(con, program, [receipt], recheck=recheck, home=home)
    return results[0] if results else None


def ingest_many(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    receipts: Iterable[Receipt],
    *,
    on_progress: Callable[[int, int], None] | None = None,
    recheck: bool = True,
    home: Home | None = None,
    suite: check.Suite | None = None,
    chunk_rows: int = CHUNK_ROWS,
    chunk_files: int = CHUNK_FILES,
    instead: Callable[[], None] | None = None,
) -> list[SubmissionResult]:
    """Parse, check and record `receipts` of `program`; one result per submission newly judged.

    con: from `lake.connect(write=["vault"])`, outside a transaction. Submissions that were judged
    under today's rules are skipped (see `recorded_ids`); those judged under others are judged anew,
    unless `recheck` is false: then all that are recorded are skipped. on_progress is told how many
    of how many files are done. instead: called for each chunk that has been judged (tables
    `check_*` and `ingest_*` of the connection); then all receipts are judged, nothing is written
    and nothing returned. Raises OSError if a received file cannot be opened, IngestError if
    rows do not add up; chunks written before stand.
    """
    if instead is None:
        ensure_tables(con, program)
    judged_under = rules_hash(program, suite)
    known = _recorded(con)
    wanted: dict[str, Receipt] = {}
    for receipt in receipts:
        name = submission_id(receipt)
        is_judged = name in known and (not recheck or known[name][1] == judged_under)
        if instead is not None or not is_judged:
            wanted.setdefault(name, receipt)
    total = len(wanted)
    if not total:
        return []
    suite = suite or check.load_suite(program.name)
    scratch = (home or settings.home()).work
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    others = [p for p in declaration.load_programs(settings.PROGRAMS_DIR) if p.name != program.name]
    results: list[SubmissionResult] = []
    with (
        tempfile.TemporaryDirectory(dir=scratch, prefix="ingest-") as folder,
        con.cursor() as beside,
        ThreadPoolExecutor(max_workers=1) as worker,
    ):
        # The register of areas is made ready while the first file is read.
        opened = worker.submit(check.open_checks, beside)
        chunk: list[_Read] = []
        for done, (name, receipt) in enumerate(wanted.items(), start=1):
            chunk.append(_read(program, receipt, name, others, Path(folder)))
            is_full = len(chunk) >= chunk_files or sum(r.rows_count for r in chunk) >= chunk_rows
            if is_full or done == total:
                opened.result()
                results += _record(con, program, suite, judged_under, chunk, set(known), instead)
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
    problem = receipt.problem
    parsed = parse.Parsed(path=None, problem=problem)
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
            problem = parsed.problem
            if parsed.left_out.num_rows != parsed.footer_rows:
                raise IngestError(f"lines left out are not the lines counted: {name}")
    if problem is not None and parsed.problem is None:
        parsed = parse.Parsed(path=None, problem=problem)
    return _Read(receipt, name, first, last, problem, parsed)


def _record(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    suite: check.Suite,
    judged_under: str,
    chunk: Sequence[_Read],
    known: set[str],
    instead: Callable[[], None] | None = None,
) -> list[SubmissionResult]:
    batches = [
        check.Batch(
            r.submission_id,
            r.receipt.area_code,
            r.receipt.period,
            r.period_from,
            r.period_to,
            r.path,
            r.parsed.unknown_members,
            r.parsed.missing_parts,
            r.parsed.left_out,
        )
        for r in chunk
        if r.path is not None
    ]
    try:
        check.check(con, suite, list(program.columns), batches, list(program.read.parts))
        _stage(con, program, chunk, judged_under)
        _same_rows(con, chunk)
        if instead is not None:
            instead()
            return []
        with _transaction(con):
            _write(con, program, sorted({r.submission_id for r in chunk} & known))
        return _results(con)
    finally:
        check.close(con)
        serving.close(con)
        for table in ("new", "left_out", "unknown", "filled"):
            con.execute(f"DROP TABLE IF EXISTS memory.main.ingest_{table}")
        for table in ("states", "rows", "changed"):
            con.execute(f"DROP TABLE IF EXISTS temp.ingest_{table}")


def _stage(
    con: duckdb.DuckDBPyConnection, program: Program, chunk: Sequence[_Read], judged_under: str
) -> None:
    con.execute(
        "CREATE OR REPLACE TABLE memory.main.ingest_new (submission_id VARCHAR, program VARCHAR, "
        "area_code VARCHAR, period VARCHAR, version INTEGER, file_name VARCHAR, sha256 VARCHAR, "
        "received_at TIMESTAMP, sent_at TIMESTAMP, period_from DATE, period_to DATE, "
        "rules_hash VARCHAR, problem_code VARCHAR, problem_column VARCHAR, problem_id VARCHAR, "
        "problem_en VARCHAR, headers_sent VARCHAR, "
        f"{', '.join(f'{name} BIGINT' for name in _COUNTS)})"
    )
    con.executemany(
        f"INSERT INTO memory.main.ingest_new VALUES ({', '.join('?' * (17 + len(_COUNTS)))})",
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
                r.problem.column if r.problem else None,
                r.problem.message_id if r.problem else None,
                r.problem.message_en if r.problem else None,
                json.dumps(r.parsed.headers, ensure_ascii=False) if r.parsed.headers else None,
                *r.counts,
            ]
            for r in chunk
        ],
    )
    lines = [
        r.parsed.left_out.append_column(
            "submission_id", pa.array([r.submission_id] * r.parsed.left_out.num_rows, pa.string())
        )
        for r in chunk
    ]
    left_out = pa.concat_tables(lines)
    con.execute(
        "CREATE OR REPLACE TABLE memory.main.ingest_left_out AS "
        "SELECT submission_id, source_row, line FROM left_out"
    )
    del left_out
    con.execute(
        "CREATE OR REPLACE TABLE memory.main.ingest_unknown "
        "(submission_id VARCHAR, source_part VARCHAR, label VARCHAR)"
    )
    unknown = [
        [r.submission_id, part, label]
        for r in chunk
        for part, name, label in r.parsed.headers
        if name not in program.columns
    ]
    if unknown:
        con.executemany("INSERT INTO memory.main.ingest_unknown VALUES (?, ?, ?)", unknown)
    # How many cells of each column say something, to see when a column turns empty. The signs for
    # nothing are the usual ones alone: all of them would take longer than the checks.
    # No FILTER, which would copy all columns for each; what is longer than any sign says something.
    filled = ", ".join(
        f"count(CASE WHEN strlen({identifier(c)}) > 4 THEN 1 "
        f"WHEN {identifier(c)} NOT IN ('', '-', '--', '...', 'null', 'NULL') THEN 1 END)"
        for c in program.columns
    )
    con.execute(
        "CREATE OR REPLACE TABLE memory.main.ingest_filled AS SELECT submission_id, "
        f"map([{', '.join(quote(c) for c in program.columns)}], [{filled}]) AS filled_counts "
        f"FROM memory.main.{check.ROWS} GROUP BY submission_id"
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
    columns = [*program.columns, "extra_columns"]
    sent = ", ".join(f"b.{identifier(c)}" for c in columns)
    paths = con.execute("SELECT submission_id, path FROM memory.main.check_files").fetchall()
    rows, order = "memory.main.check_batch", "ORDER BY b.submission_id, b.source_row"
    if len(paths) == 1:
        # The file of one submission holds its rows in their order; sorting costs more than writing.
        name, path = paths[0]
        rows = (
            f"(SELECT {quote(name)} AS submission_id, memory.main.part_of(source_row) "
            f"AS source_part, * FROM read_parquet({quote(path)}))"
        )
        order = ""
    accepted = _put(
        con,
        f"vault.submissions.{program.name}",
        ["submission_id", "source_part", "source_row", *columns],
        "SELECT b.submission_id, b.source_part, memory.main.row_of(b.source_row), "
        f"{sent} FROM {rows} AS b "
        "SEMI JOIN (SELECT submission_id FROM memory.main.check_states WHERE state <> 'rejected') "
        "AS s USING (submission_id) "
        f"ANTI JOIN memory.main.check_quarantine AS q USING (submission_id, source_row) {order}",
        replaced,
    )
    row_sent = ", ".join(
        f"{quote(c)}, b.{identifier(c)}"
        if c != "extra_columns"
        else f"{quote(c)}, try_cast(b.extra_columns AS JSON)"
        for c in columns
    )
    quarantined = _put(
        con,
        "vault.quality.quarantine",
        ["submission_id", "program", "source_part", "source_row", "rule_ids", "row_sent"],
        f"SELECT q.submission_id, {quote(program.name)}, b.source_part, "
        "memory.main.row_of(q.source_row), q.rule_ids, "
        f"json_object({row_sent}) FROM memory.main.check_quarantine AS q "
        f"JOIN memory.main.{check.ROWS} AS b USING (submission_id, source_row) "
        "ORDER BY q.submission_id, q.source_row",
        replaced,
    )
    issues = [column for table, column, _ in _quality_columns() if table == "issues"]
    _put(con, "vault.quality.issues", issues, ISSUES.read_text("utf-8"), replaced)
    if replaced:
        con.execute(
            "DELETE FROM vault.quality.submissions WHERE submission_id IN (SELECT unnest(?))",
            [list(replaced)],
        )
    con.execute(STATES.read_text("utf-8"))
    serving.judge(con, [program])
    con.execute(_SUBMISSIONS.read_text("utf-8"))
    told = con.execute(
        "SELECT coalesce(sum(accepted_count), 0), coalesce(sum(quarantined_count), 0), "
        f"coalesce(bool_and({_ADD_UP}), true) FROM ingest_states"
    ).fetchone()
    if told != (accepted, quarantined, True):
        raise IngestError("rows written are not rows accepted + rows quarantined")


def _put(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[str],
    select: str,
    replaced: Sequence[str],
) -> int:
    """Write the chunk's rows to `table`; how many rows the chunk has for it.

    Of the submissions in `replaced` only those are written whose rows came out otherwise.
    """
    target = identifier(table)
    names = ", ".join(identifier(c) for c in columns)
    if not replaced:
        row = con.execute(f"INSERT INTO {target} ({names}) {select}").fetchone()
        return int(row[0]) if row else 0
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE ingest_rows AS SELECT * FROM ({select}) AS made({names})"
    )
    new = f"SELECT {names} FROM ingest_rows"
    ids = ", ".join(quote(name) for name in replaced)
    old = f"SELECT {names} FROM {target} WHERE submission_id IN ({ids})"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE ingest_changed AS SELECT DISTINCT submission_id FROM ("
        f"(({old}) EXCEPT ALL ({new})) UNION ALL (({new}) EXCEPT ALL ({old}))) "
        f"WHERE submission_id IN ({ids})"
    )
    row = con.execute("SELECT count(*) FROM ingest_changed").fetchone()
    if row and row[0]:
        con.execute(
            f"DELETE FROM {target} "
            "WHERE submission_id IN (SELECT submission_id FROM ingest_changed)"
        )
    con.execute(
        f"INSERT INTO {target} ({names}) SELECT * FROM ({new}) WHERE submission_id NOT IN ({ids}) "
        "OR submission_id IN (SELECT submission_id FROM ingest_changed)"
    )
    row = con.execute("SELECT count(*) FROM ingest_rows").fetchone()
    return int(row[0]) if row else 0


def _results(con: duckdb.DuckDBPyConnection) -> list[SubmissionResult]:
    rows = con.execute(
        "SELECT submission_id, v.state, v.reason_id, v.reason_en, v.reason_code, v.reason_column, "
        "s.rows_count, accepted_count, quarantined_count, issues_critical_count, "
        "issues_warning_count, issues_info_count, is_serving FROM ingest_states AS s "
        "JOIN serving_verdicts AS v USING (submission_id) ORDER BY submission_id"
    ).fetchall()
    return [SubmissionResult(*row) for row in rows]
