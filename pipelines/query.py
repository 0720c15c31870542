"""Ask the lakes a question: reading only, live or as known then, as a table, CSV or JSON.

No import of Dagster or dbt: an answer takes as long as DuckDB needs.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import time as clock
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Literal, TextIO

import duckdb

from pipelines import lake, settings
from pipelines.lake import Lake, LakeError, quote
from pipelines.releases import catalog
from pipelines.settings import Home

Format = Literal["table", "csv", "json"]
FORMATS: tuple[Format, ...] = ("table", "csv", "json")
BATCH = 10_000
LOCK_TRIES = 6
CELL_WIDTH = 60
_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+)?(?=\w)", re.IGNORECASE)
# Table functions a question may use: they make rows or look at what is attached. Any other one can
# open files and databases, or do upkeep.
TABLE_FUNCTIONS = frozenset(
    {
        *("range", "generate_series", "unnest", "repeat", "pragma_table_info"),
        *("duckdb_columns", "duckdb_constraints", "duckdb_databases", "duckdb_functions"),
        *("duckdb_schemas", "duckdb_tables", "duckdb_types", "duckdb_views"),
        *("ducklake_snapshots", "ducklake_table_info", "ducklake_list_files"),
        *("ducklake_table_changes", "ducklake_table_insertions", "ducklake_table_deletions"),
    }
)
_UPKEEP = re.compile(
    r"query|query_table|getenv|write_log|(en|dis)able_.*|(sqlite|postgres|mysql)_.*"
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\d{6,}")


class QueryError(RuntimeError):
    """A question that cannot be answered; the message is one line."""


def parse_moment(text: str) -> datetime:
    """The moment (UTC) that an ISO date or datetime means; without a zone it is in Asia/Jakarta.

    A date alone means the end of that day. Raises QueryError.
    """
    try:
        day: date | None = date.fromisoformat(text)
    except ValueError:
        day = None
    try:
        moment = datetime.combine(day, time.max) if day else datetime.fromisoformat(text)
        return _utc(moment)
    except (ValueError, OverflowError):
        raise QueryError(
            f"{text} is not a date or time: write 2026-07-31 or 2026-07-31T14:00."
        ) from None


def _utc(moment: datetime) -> datetime:
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=settings.DEFAULT_TIMEZONE)
    return zoned.astimezone(UTC)


def require_reading(sql: str) -> None:
    """Raise QueryError unless `sql` is one statement that only reads."""
    explained = _EXPLAIN.match(sql)
    rest = sql[explained.end() :] if explained else sql
    try:
        statements = duckdb.extract_statements(rest)
    except duckdb.Error as error:
        raise QueryError(_one_line(error)) from None
    if len(statements) != 1:
        raise QueryError(f"Give one statement; here are {len(statements)}.")
    if statements[0].type != duckdb.StatementType.SELECT:
        kind = str(statements[0].type).split(".")[-1]
        raise QueryError(f"Only questions are answered here, and {kind} is none: write a SELECT.")
    for function, is_table_function in _functions(rest):
        if (is_table_function and function not in TABLE_FUNCTIONS) or _UPKEEP.fullmatch(function):
            raise QueryError(f"The function {function} is not open to questions.")


def _functions(select: str) -> Iterator[tuple[str, bool]]:
    """Every function the parsed statement calls, in lower case, and whether it makes a table."""
    with duckdb.connect() as con:
        row = con.execute("SELECT json_serialize_sql(?)", [select]).fetchone()
    parsed = json.loads(row[0]) if row else {"error": True}
    if parsed.get("error"):
        raise QueryError("This form of question is not read here: write it as a plain SELECT.")
    waiting: list[Any] = [parsed]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if "function_name" in node:
                yield str(node["function_name"]).lower(), False
            if node.get("type") == "TABLE_FUNCTION":
                yield str(node["function"].get("function_name", "")).lower(), True
            waiting += node.values()


@contextmanager
def reader(
    *,
    as_of: datetime | None = None,
    vault: bool = False,
    release: str | None = None,
    home: Home | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can only read, with `warehouse` as its database, and locked.

    as_of: the warehouse as the newest release created by then knew it (and the vault of that
    moment, while the vault still keeps it). release: the tables of that release instead of the
    lake. Raises LakeError, ReleaseError or QueryError.
    """
    home = home or settings.home()
    if as_of and release:
        raise QueryError("Give a moment or a release, not both.")
    if vault and release:
        raise QueryError("A release does not hold the vault: ask without --release.")
    lakes: list[Lake] = ["vault"] if vault else []
    snapshots: dict[Lake, int] = {}
    if release is not None:
        found = catalog.find(home, release)
        with lake.connect(home=home) as con:
            con.execute(f"ATTACH {quote(str(found.database))} AS warehouse (READ_ONLY)")
            _lock(con, [str(found.path)])
            yield con
        return
    if as_of:
        then = catalog.release_at(home, as_of)
        snapshots["warehouse"] = then.warehouse_snapshot_id
        if vault and then.vault_snapshot_id is not None:
            snapshots["vault"] = then.vault_snapshot_id
    lakes.append("warehouse")
    with ExitStack() as stack:
        try:
            con = stack.enter_context(lake.connect(read=lakes, snapshots=snapshots, home=home))
            _lock(con, [lake.attachment(name, home).data_path for name in lakes])
        except duckdb.Error:
            if as_of:
                _require_kept(home, then, snapshots)
            raise
        yield con


def _require_kept(home: Home, then: catalog.Release, snapshots: dict[Lake, int]) -> None:
    """Refuse a moment whose snapshot the lake no longer keeps."""
    for name, snapshot in snapshots.items():
        with lake.connect(read=[name], home=home) as con:
            kept = {
                row[0]
                for row in con.execute(
                    f"SELECT snapshot_id FROM ducklake_snapshots({quote(name)})"
                ).fetchall()
            }
        if snapshot in kept:
            continue
        if name == "vault":
            raise QueryError(
                f"The vault no longer keeps what it held at release {then.name}: "
                "ask without --vault, or without --as-of."
            )
        still = [r for r in catalog.released(home) if r.warehouse_snapshot_id in kept]
        earliest = (
            f"the earliest moment that can be asked about is {_moment(still[0].created_at)}."
            if still
            else "no release's snapshot is kept."
        )
        raise QueryError(f"The warehouse of release {then.name} has been expired; {earliest}")


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _lock(con: duckdb.DuckDBPyConnection, folders: Sequence[str]) -> None:
    """Make `warehouse` the default, allow no file but the lakes', and allow no change of that."""
    con.execute("USE warehouse")
    con.execute(f"SET allowed_directories = [{', '.join(map(quote, folders))}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def run_sql(
    sql: str,
    *,
    as_of: str | None = None,
    vault: bool = False,
    release: str | None = None,
    format: Format = "table",
    limit: int | None = 200,
    home: Home | None = None,
    out: TextIO | None = None,
) -> int:
    """Answer one question on `out` (default stdout) and return the number of rows written.

    limit: rows shown as a table (None: all); CSV and JSON always give all rows. Raises QueryError,
    LakeError or ReleaseError, each with one line.
    """
    out = out or sys.stdout
    if format not in FORMATS:
        raise QueryError(f"There is no format {format}: choose {', '.join(FORMATS)}.")
    require_reading(sql)
    moment = parse_moment(as_of) if as_of is not None else None
    if vault:
        print("These answers may hold personal data: keep them as such.", file=sys.stderr)
    for attempt in range(LOCK_TRIES):
        try:
            with reader(as_of=moment, vault=vault, release=release, home=home) as con:
                con.execute(sql)
                return _WRITERS[format](con, out, limit)
        except duckdb.Error as error:
            # Nothing has been written yet when a lock is met: the first rows come after it.
            if lake.is_locked_error(error) and attempt + 1 < LOCK_TRIES:
                clock.sleep(0.1 * 2**attempt)
                continue
            raise QueryError(_one_line(error, quiet=vault)) from None
    raise LakeError("The lake is locked by another process: try again.")


def _one_line(error: duckdb.Error, *, quiet: bool = False) -> str:
    """The first line of DuckDB's message; without the values it quotes where `quiet`."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else type(error).__name__
    if len(lines) > 1 and lines[1].startswith("Did you mean"):
        text = f"{text} {lines[1]}"
    is_about_values = not isinstance(error, duckdb.ParserException | duckdb.CatalogException)
    if quiet and is_about_values and not isinstance(error, duckdb.BinderException):
        text = _QUOTED.sub("…", text)
    return text


def _batches(con: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
    while rows := con.fetchmany(BATCH):
        yield rows


def _columns(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [column[0] for column in con.description or ()]


def _plain(value: Any) -> Any:
    """A value as JSON has it: ISO dates, decimals as numbers, bytes as hexadecimal."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(v) for v in value]
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def _text(value: Any) -> str:
    """A value as a cell: empty for NULL, ISO dates, `true`, JSON for what is nested."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple | bytes | datetime | date | time):
        found = _plain(value)
        return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    return str(value)


def _write_csv(con: duckdb.DuckDBPyConnection, out: TextIO, limit: int | None) -> int:
    names, count = _columns(con), 0
    writer = csv.writer(out)  # RFC 4180: commas, CRLF, quotes where needed
    writer.writerow(names)
    for rows in _batches(con):
        writer.writerows(map(_text, row) for row in rows)
        count += len(rows)
    return count


def _write_json(con: duckdb.DuckDBPyConnection, out: TextIO, limit: int | None) -> int:
    names, count = _distinct(_columns(con)), 0
    out.write("[")
    for rows in _batches(con):
        parts = (
            json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False)
            for row in rows
        )
        out.write((",\n" if count else "\n") + ",\n".join(parts))
        count += len(rows)
    out.write("\n]\n" if count else "]\n")
    return count


def _distinct(names: Sequence[str]) -> list[str]:
    """Column names as object keys: a second `n` becomes `n_2`, so that no value is lost."""
    found: list[str] = []
    for name in names:
        key, number = name, 2
        while key in found:
            key, number = f"{name}_{number}", number + 1
        found.append(key)
    return found


def _write_table(con: duckdb.DuckDBPyConnection, out: TextIO, limit: int | None) -> int:
    names = _columns(con)
    rows = con.fetchall() if limit is None else con.fetchmany(limit + 1)
    more = limit is not None and len(rows) > limit
    shown = rows[:limit] if more else rows
    is_number = [
        bool(shown)
        and all(v is None or (_is_number(v)) for v in values)
        and any(v is not None for v in values)
        for values in zip(*shown, strict=True)
    ]
    print_table(names, [[_text(v) for v in row] for row in shown], out=out, right=is_number)
    if more:
        print(f"Only the first {limit} rows are shown: --limit 0 shows all.", file=sys.stderr)
    return len(shown)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def print_table(
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    out: TextIO | None = None,
    right: Sequence[bool] = (),
    title: str | None = None,
) -> None:
    """Print text cells under `names`: ruled on a terminal, plain columns elsewhere."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = out or sys.stdout
    aligned: list[Literal["left", "right"]] = ["right" if r else "left" for r in right]
    aligned += ["left"] * (len(names) - len(aligned))
    cells = [[_shortened(cell) for cell in row] for row in rows]
    console = Console(file=out, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        # As wide as it must be: whoever reads a file or a pipe has no edge.
        width = sum(
            max([len(name), *(len(row[i]) for row in cells)]) + 3 for i, name in enumerate(names)
        )
        console = Console(file=out, highlight=False, width=max(width + 4, 80), no_color=True)
    table = Table(
        box=box.SIMPLE_HEAD if console.is_terminal else box.ASCII2,
        title=title,
        title_justify="left",
        show_edge=False,
    )
    for name, justify in zip(names, aligned, strict=True):
        table.add_column(Text(name), justify=justify, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def _shortened(cell: str) -> str:
    line = "".join(c if c.isprintable() else " " for c in cell)
    return line if len(line) <= CELL_WIDTH else line[: CELL_WIDTH - 1] + "…"


Writer = Callable[[duckdb.DuckDBPyConnection, TextIO, int | None], int]
_WRITERS: dict[str, Writer] = {"table": _write_table, "csv": _write_csv, "json": _write_json}
