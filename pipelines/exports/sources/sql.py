"""A table of a database, through SQLAlchemy: one Parquet export per period, only read.

Each row belongs to the period of its `period` column (the cursor, if none is declared), so at any
time every row stands in one export. One question counts the rows and finds the newest change per
day; a period is pulled if its count or newest change is not that of its last export, and always if
it holds the newest change of all or was pulled within a day of its newest change: then rows of the
same moment, or of a transaction that ended late, may have come since. Same rows give the same
bytes: values as text, in a total order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, NoSuchTableError, SQLAlchemyError

from pipelines.exports import periods
from pipelines.exports.declaration import Program, SqlSource
from pipelines.exports.periods import Period
from pipelines.exports.sources import exports, retry, secrets, shelf, told
from pipelines.exports.sources.told import Pulled, SourceError, TransientError
from pipelines.settings import Home

# Rows of one fetch, and of one row group: part of what makes the bytes the same.
BATCH_ROWS = 50_000
CONNECT_SECONDS = 15
_DAY = r"____-__-__"


@dataclass(frozen=True)
class _Plan:
    """One period to pull: its rows and the newest change among them, as the database tells."""

    period: Period
    days: tuple[str, ...]
    rows: int
    until: str


def pull(program: Program, source: SqlSource, home: Home, wanted: Callable[[str], bool]) -> Pulled:
    """Bring the periods of the table that have changed onto the shelf.

    wanted: tells by its name whether an export is asked for.
    """
    pulled = Pulled()
    if not secrets.is_connected(source.url):
        pulled.is_connected = False
        return pulled

    def once() -> None:
        attempt = Pulled()
        engine = None
        try:
            engine = _engine(source)
            with _snapshot(engine, source) as con:
                _pull(con, program, source, home, wanted, attempt)
        except DBAPIError as error:
            raise _plain(error, source) from None
        except SQLAlchemyError as error:
            why = type(error).__name__
            raise SourceError(told.bad_answer(_where(source), why, why)) from None
        finally:
            pulled.receipts += attempt.receipts
            if engine is not None:
                engine.dispose()
        pulled.unchanged, pulled.told = attempt.unchanged, attempt.told
        pulled.counts, pulled.ignored = attempt.counts, attempt.ignored

    try:
        retry.again(once)
    except SourceError as error:
        pulled.told.append(error.told)
    except TransientError as error:
        pulled.told.append(told.unreachable(_where(source), error.kind))
    return pulled


def _where(source: SqlSource) -> str:
    return secrets.masked(source.url)


def _url(source: SqlSource) -> str:
    """What manifests call the source: its declared address and table."""
    return f"{secrets.masked(source.url)}#{source.table}"


def _plain(error: DBAPIError, source: SqlSource) -> Exception:
    kind = type(error.orig).__name__
    code = str(getattr(error.orig, "pgcode", None) or "")
    text = str(error.orig).lower()
    if code[:2] == "28" or "password authentication failed" in text or "no password" in text:
        return SourceError(told.refused(_where(source), kind))
    if code == "42501":
        return SourceError(told.refused(_where(source), "insufficient privilege"))
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.InternalError):
        return TransientError(kind)
    return SourceError(told.bad_answer(_where(source), kind, kind))


def _engine(source: SqlSource) -> Engine:
    try:
        url = make_url(str(secrets.filled(source.url)))
        backend = url.get_backend_name()
        if backend == "sqlite":
            path = Path(url.database or "")
            if not path.is_file():
                raise SourceError(told.not_found(_where(source)))
            # Through SQLAlchemy's own a missing file would be made, and an existing one written.
            address = f"{path.resolve().as_uri()}?mode=ro"
            return sa.create_engine(
                "sqlite://",
                creator=lambda: sqlite3.connect(address, uri=True, timeout=CONNECT_SECONDS),
                poolclass=sa.pool.NullPool,
            )
        arguments: dict[str, Any] = {}
        if backend == "postgresql":
            zone = f"-c TimeZone={source.time_zone} -c DateStyle=ISO,YMD -c bytea_output=hex"
            arguments = {"connect_timeout": CONNECT_SECONDS, "options": zone}
        return sa.create_engine(url, connect_args=arguments, poolclass=sa.pool.NullPool)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        kind = type(error).__name__
        why = (f"alamatnya keliru ({kind})", f"its address is wrong ({kind})")
        raise SourceError(told.bad_answer(_where(source), *why)) from None


def _snapshot(engine: Engine, source: SqlSource) -> Connection:
    """A connection that only reads, and sees one state of the table throughout."""
    con = engine.connect()
    if engine.dialect.name == "postgresql":
        return con.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    if engine.dialect.name == "sqlite":
        con.exec_driver_sql("BEGIN")
    return con


def _pull(
    con: Connection,
    program: Program,
    source: SqlSource,
    home: Home,
    wanted: Callable[[str], bool],
    pulled: Pulled,
) -> None:
    table = _table(con, source)
    plans = _plans(con, program, source, table, pulled)
    known = exports.taken(program, _url(source), source.area, home)
    newest = max((t.pull["until"] for t in known.values()), default="")
    open_plans = []
    for plan in plans:
        mine = known.get(str(plan.period))
        if not wanted(f"{program.name}_{source.area}_{plan.period}.parquet"):
            pulled.ignored["other_period"] += 1
        elif mine is None or _may_differ(plan, mine, newest, source):
            open_plans.append(plan)
        else:
            pulled.unchanged += 1
    if not open_plans:
        return
    with shelf.locked(program, home) as target:
        for plan in open_plans:
            part = shelf.part_file(target, "-sql")
            rows = _write(con, source, table, plan, part)
            if rows != plan.rows:
                # Only where the database keeps no snapshot: the table changed while it was read.
                part.unlink(missing_ok=True)
                pulled.ignored["incomplete"] += 1
                continue
            receipt = exports.keep(
                program,
                target,
                part,
                url=_url(source),
                area=source.area,
                period=plan.period,
                extension="parquet",
                pull={"rows": rows, "until": plan.until},
                home=home,
            )
            pulled.counts["rows"] += rows
            if receipt is None:
                pulled.unchanged += 1
            else:
                pulled.receipts.append(receipt)


def _may_differ(plan: _Plan, mine: exports.Taken, newest: str, source: SqlSource) -> bool:
    pull = mine.pull
    if (pull["rows"], pull["until"]) != (plan.rows, plan.until) or plan.until == newest:
        return True
    try:
        changed = date.fromisoformat(plan.until[:10])
    except ValueError:
        return True
    pulled_on = mine.receipt.received_at.astimezone(ZoneInfo(source.time_zone)).date()
    return changed >= pulled_on - timedelta(days=1)


def _table(con: Connection, source: SqlSource) -> sa.Table:
    schema, _, name = source.table.rpartition(".")
    try:
        table = sa.Table(name, sa.MetaData(), schema=schema or None, autoload_with=con)
    except NoSuchTableError:
        why = (f"tidak ada tabel '{source.table}'", f"there is no table '{source.table}'")
        raise SourceError(told.bad_answer(_where(source), *why)) from None
    for column in (source.cursor, source.period or source.cursor):
        if column not in table.columns:
            why = (f"tidak ada kolom '{column}'", f"there is no column '{column}'")
            raise SourceError(told.bad_answer(_where(source), *why))
    return table


def _text(con: Connection, column: Any) -> Any:
    """A column as text, without losing a digit, and sorting the same everywhere."""
    text: Any = sa.cast(column, sa.String)
    if con.dialect.name == "sqlite":
        # SQLite's own cast keeps 15 digits of a float; 17 are enough for every one.
        short = sa.cast(text, sa.REAL) == column
        long = sa.func.printf("%!.17g", column)
        text = sa.case(
            (sa.and_(sa.func.typeof(column) == "real", sa.not_(short)), long), else_=text
        )
    if con.dialect.name == "postgresql":
        text = sa.collate(text, "C")
    return text


def _day(con: Connection, source: SqlSource, table: sa.Table) -> Any:
    """The day that decides on a row's period, as text; NULL or no day where it cannot be told."""
    cursor = sa.func.substr(_text(con, table.columns[source.cursor]), 1, 10)
    if source.period is None:
        return cursor
    own = sa.func.substr(_text(con, table.columns[source.period]), 1, 10)
    return sa.case((own.like(_DAY), own), else_=cursor)


def _plans(
    con: Connection, program: Program, source: SqlSource, table: sa.Table, pulled: Pulled
) -> list[_Plan]:
    """Rows and newest change of every period, oldest first."""
    day = _day(con, source, table)
    cursor = _text(con, table.columns[source.cursor])
    question = sa.select(
        day.label("day"),
        sa.func.count().label("rows"),
        sa.func.max(cursor).label("until"),
        sa.func.sum(sa.case((cursor.is_(None), 1), else_=0)).label("unknown"),
    ).group_by(day)
    kind = exports.kind(program)
    days: dict[Period, list[str]] = {}
    rows: dict[Period, int] = {}
    until: dict[Period, str] = {}
    without = unchanging = 0
    # One line per day, not per row.
    for text, count, newest, unknown in con.execute(question):
        try:
            moment = datetime.combine(date.fromisoformat(text), datetime.min.time())
            zone = ZoneInfo("UTC")
            period = periods.current(kind, moment.replace(tzinfo=zone), zone)
            if not periods.FIRST_YEAR <= period.year <= 9998:
                raise ValueError
        except (TypeError, ValueError):
            without += count
            continue
        days.setdefault(period, []).append(text)
        rows[period] = rows.get(period, 0) + count
        until[period] = max(until.get(period, ""), newest or "")
        unchanging += int(unknown or 0)
    if without:
        pulled.counts["rows_without_time"] += without
        pulled.told.append(told.without_time(without, source.period or source.cursor))
    if unchanging:
        pulled.counts["rows_without_cursor"] += unchanging
        pulled.told.append(_unchanging(unchanging, source.cursor))
    return [_Plan(p, tuple(sorted(days[p])), rows[p], until[p]) for p in sorted(rows)]


def _unchanging(count: int, column: str) -> told.Told:
    return told.Told(
        "rows_without_cursor",
        f"{count:,} baris tanpa '{column}': ikut ditarik, tetapi perubahannya tidak terlihat.",
        f"{count:,} rows without '{column}': they are pulled, but a change of them is not seen.",
        is_failure=False,
    )


def _write(con: Connection, source: SqlSource, table: sa.Table, plan: _Plan, part: Path) -> int:
    """Stream the rows of one period into a Parquet file; how many they are."""
    day = _day(con, source, table)
    columns = list(table.columns)
    texts = [_text(con, c).label(f"c{n}") for n, c in enumerate(columns)]
    # A key makes the order total; without one all columns do.
    tie = [_text(con, c) for c in table.primary_key.columns] or texts
    question = (
        sa.select(*texts)
        .where(day.in_(plan.days))
        .order_by(day, _text(con, table.columns[source.cursor]), *tie)
    )
    schema = pa.schema([pa.field(c.name, pa.string()) for c in columns])
    count = 0
    with pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for table_part in _tables(con, question, schema):
            writer.write_table(table_part, row_group_size=BATCH_ROWS)
            count += table_part.num_rows
    return count


def _tables(con: Connection, question: Any, schema: pa.Schema) -> Iterator[pa.Table]:
    options = {"stream_results": True, "yield_per": BATCH_ROWS}
    with con.execution_options(**options).execute(question) as result:
        for rows in result.partitions(BATCH_ROWS):
            # The driver hands over rows; turned at once into columns.
            columns = [pa.array(values, pa.string()) for values in zip(*rows, strict=True)]
            yield pa.table(columns, schema=schema)
