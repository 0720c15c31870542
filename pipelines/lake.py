"""The two lakes, vault and warehouse, and nothing else: how they are attached, written and read.

Each lake is a DuckLake: Parquet files and a SQL catalog (an SQLite file in WAL mode, or
PostgreSQL by configuration). Only this module knows catalogs and paths. Tables are written by
difference, so that a table that comes out the same adds no snapshot and no file.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb

from pipelines import settings
from pipelines.settings import Home

Lake = Literal["vault", "warehouse"]
LAKES: tuple[Lake, ...] = ("vault", "warehouse")
EXTENSIONS = ("sqlite_scanner", "postgres_scanner", "ducklake")
_WHEELS = {
    "ducklake": "duckdb_extension_ducklake",
    "sqlite_scanner": "duckdb_extension_sqlite_scanner",
    "postgres_scanner": "duckdb_extension_postgres",
}
BUSY_TIMEOUT_MS = 30_000


class LakeError(RuntimeError):
    """A lake cannot be attached or does not hold what was asked; the message says what to do."""


def quote(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier; dotted names are quoted part by part."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


@dataclass(frozen=True)
class Attachment:
    """How one lake is attached: DuckLake path and options, for SQL and for dbt's profile alike."""

    lake: Lake
    path: str
    data_path: str
    is_sqlite: bool

    def sql(self, *, read_only: bool = False, snapshot: int | None = None) -> str:
        """The ATTACH statement. `snapshot` pins the lake to one snapshot and implies reading."""
        # A barn may be moved or restored elsewhere: its folder, not the catalog, says where it is.
        options = [f"DATA_PATH {quote(self.data_path)}", "OVERRIDE_DATA_PATH true"]
        if self.is_sqlite:
            options += ["META_JOURNAL_MODE 'WAL'", f"META_BUSY_TIMEOUT {BUSY_TIMEOUT_MS}"]
        if snapshot is not None:
            options.append(f"SNAPSHOT_VERSION {snapshot}")
        if read_only or snapshot is not None:
            options.append("READ_ONLY")
        return f"ATTACH {quote(self.path)} AS {self.lake} ({', '.join(options)})"


def is_embedded() -> bool:
    """Whether both catalogs are SQLite files, so that one writer works at a time.

    Raises LakeError when only one lake is configured to stand on PostgreSQL.
    """
    served = [lake for lake in LAKES if settings.catalog_url(lake)]
    if len(served) == 1:
        raise LakeError(
            "Both lakes stand on PostgreSQL or neither: set LUMBUNG_VAULT_CATALOG and "
            "LUMBUNG_WAREHOUSE_CATALOG, or unset both."
        )
    return not served


def attachment(lake: Lake, home: Home | None = None) -> Attachment:
    """Where `lake` stands under `home` (default: the configured one)."""
    root = getattr(home or settings.home(), lake)
    catalog = settings.catalog_url(lake)
    data_path = settings.data_url(lake) or f"{root / 'lake'}/"
    if catalog:
        return Attachment(lake, f"ducklake:postgres:{catalog}", data_path, is_sqlite=False)
    return Attachment(lake, f"ducklake:sqlite:{root / 'catalog.sqlite'}", data_path, is_sqlite=True)


def exists(lake: Lake, home: Home | None = None) -> bool:
    """Whether the lake has been made. A PostgreSQL catalog is taken to exist."""
    home = home or settings.home()
    return bool(settings.catalog_url(lake)) or (getattr(home, lake) / "catalog.sqlite").exists()


def _private_folder(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    if stat.S_IMODE(path.stat().st_mode) != 0o700:
        path.chmod(0o700)


def prepare(home: Home | None = None) -> None:
    """Make the folders and both catalogs if they are missing. Changes nothing on a second call."""
    home = home or settings.home()
    home.root.mkdir(parents=True, exist_ok=True)
    for folder in (home.landing, home.vault, home.feedback, home.keys, home.work):
        _private_folder(folder)
    for folder in (home.warehouse, home.releases):
        folder.mkdir(parents=True, exist_ok=True)
    extension_directory(home)
    missing = [lake for lake in LAKES if not exists(lake, home)]
    if missing:
        with connect(write=LAKES, home=home):
            pass


def extension_directory(home: Home | None = None) -> Path:
    """The folder DuckDB loads its extensions from, filled from the installed wheels.

    The wheels carry DuckDB's own signed extensions, so nothing is downloaded at run time. They are
    unpacked once per Python environment, or into the barn's cache where that cannot be written.
    """
    shared = Path(sys.prefix)
    root = shared if os.access(shared, os.W_OK) else (home or settings.home()).cache
    folder = root / "duckdb-extensions"
    marker = folder / f"v{duckdb.__version__}.installed"
    if not marker.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with duckdb.connect(config={"extension_directory": str(folder)}) as con:
                for name in EXTENSIONS:
                    con.execute(f"INSTALL {quote(str(_wheel_file(name)))}")
            marker.touch()
    return folder


def _wheel_file(name: str) -> Path:
    module = importlib.import_module(_WHEELS[name])
    root = Path(str(module.__file__)).parent
    found = sorted(root.glob(f"extensions/v{duckdb.__version__}/*.duckdb_extension"))
    if not found:
        raise LakeError(
            f"The wheel of the DuckDB extension {name} has no file for DuckDB "
            f"{duckdb.__version__}; install the versions of requirements.lock."
        )
    return found[0]


def _raw_connection(home: Home) -> duckdb.DuckDBPyConnection:
    extensions = extension_directory(home)
    # Signatures were checked when the extensions were installed; to check 110 MB at every
    # connection takes 0.4 s. In the environment they stand among the code that is run anyway.
    checked = extensions.is_relative_to(sys.prefix)
    con = duckdb.connect(
        config={
            "extension_directory": str(extensions),
            "autoinstall_known_extensions": "false",
            "allow_unsigned_extensions": str(checked).lower(),
        }
    )
    for name in EXTENSIONS:
        con.execute(f"LOAD {name}")
    con.execute("SET TimeZone = 'UTC'")
    # DuckDB's own bar would be written over the run's.
    con.execute("SET enable_progress_bar = false")
    con.execute(f"SET memory_limit = {quote(settings.memory())}")
    return con


@contextmanager
def connect(
    *,
    read: Sequence[Lake] = (),
    write: Sequence[Lake] = (),
    snapshots: dict[Lake, int] | None = None,
    home: Home | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection with the named lakes attached as `vault` and `warehouse`.

    `read` lakes are attached read-only, `write` lakes for writing; `snapshots` pins a lake that
    is read to one snapshot id. Session time zone is UTC. Raises LakeError if a lake that is to
    be read has not been made yet.
    """
    home = home or settings.home()
    con = _raw_connection(home)
    try:
        con.execute(f"SET temp_directory = {quote(str(home.work / 'spill'))}")
        for lake in write:
            con.execute(attachment(lake, home).sql())
        for lake in read:
            if not exists(lake, home):
                raise LakeError(
                    f"There is no {lake} yet under {home.root.name}/: start `make run`."
                )
            con.execute(
                attachment(lake, home).sql(read_only=True, snapshot=(snapshots or {}).get(lake))
            )
        yield con
    finally:
        con.close()


def current_snapshot(con: duckdb.DuckDBPyConnection, lake: Lake) -> int:
    """Id of the newest snapshot of an attached lake."""
    row = con.execute(f"SELECT max(snapshot_id) FROM ducklake_snapshots({quote(lake)})").fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def forget(con: duckdb.DuckDBPyConnection, lake: Lake, before: datetime) -> int:
    """Drop the snapshots of `lake` made before `before`, and the files only they need.

    The newest snapshot always stays. Returns how many snapshots went; none go, nothing is written.
    """
    dropped = con.execute(
        f"CALL ducklake_expire_snapshots({quote(lake)}, older_than => ?::TIMESTAMPTZ)", [before]
    ).fetchall()
    if dropped:
        con.execute(f"CALL ducklake_cleanup_old_files({quote(lake)}, cleanup_all => true)")
    return len(dropped)


def table_exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether `lake.schema.table` exists in an attached lake."""
    lake, schema, name = table.split(".")
    row = con.execute(
        "SELECT count(*) FROM duckdb_tables() "
        "WHERE database_name = ? AND schema_name = ? AND table_name = ?",
        [lake, schema, name],
    ).fetchone()
    return bool(row and row[0])


@dataclass(frozen=True)
class Difference:
    """Rows inserted or updated, and rows deleted, by one write."""

    written: int
    deleted: int

    @property
    def changed(self) -> bool:
        """Whether the table changed at all."""
        return bool(self.written or self.deleted)


def write_by_difference(
    con: duckdb.DuckDBPyConnection,
    table: str,
    source: str,
    key: Sequence[str],
    *,
    scope: str | None = None,
) -> Difference:
    """Make `table` hold exactly the rows of `source`, touching only the rows that differ.

    table: `lake.schema.name`, made on first use with the columns of `source`; columns that
    `source` has and the table lacks are added, those it lacks are kept and filled with NULL.
    A column whose type cannot hold the values of `source` is widened to the type of `source`;
    LakeError where that type cannot hold the table's values either. Nothing is ever rounded.
    source: a SELECT or the name of a relation, unique and not null on `key`.
    scope: a condition on the table's rows; rows outside it are left alone (e.g. one submission).
    Runs inside the caller's transaction if there is one, else in its own.
    """
    own = not _in_transaction(con)
    if own:
        con.execute("BEGIN")
    try:
        difference = _write(con, table, source, key, scope)
        if own:
            con.execute("COMMIT")
    except BaseException:
        if own:
            con.execute("ROLLBACK")
        raise
    return difference


def _in_transaction(con: duckdb.DuckDBPyConnection) -> bool:
    # Outside a transaction every statement has its own id; inside, two statements share one.
    first = con.execute("SELECT txid_current()").fetchone()
    second = con.execute("SELECT txid_current()").fetchone()
    return first == second


def _write(
    con: duckdb.DuckDBPyConnection, table: str, source: str, key: Sequence[str], scope: str | None
) -> Difference:
    lake, schema, _ = table.split(".")
    target = identifier(table)
    select = source if source.lstrip().lower().startswith(("select", "with", "from")) else None
    select = select or f"SELECT * FROM {source}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE _difference_source AS {select}")
    columns = [r[0] for r in con.execute("DESCRIBE _difference_source").fetchall()]
    if not table_exists(con, table):
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(f'{lake}.{schema}')}")
        con.execute(f"CREATE TABLE {target} AS SELECT * FROM _difference_source")
        row = con.execute("SELECT count(*) FROM _difference_source").fetchone()
        con.execute("DROP TABLE _difference_source")
        return Difference(int(row[0]) if row else 0, 0)

    have = {r[0]: r[1] for r in con.execute(f"DESCRIBE {target}").fetchall()}
    for name, kind, *_ in con.execute("DESCRIBE _difference_source").fetchall():
        if name not in have:
            con.execute(f"ALTER TABLE {target} ADD COLUMN {identifier(name)} {kind}")
        elif kind != have[name]:
            _agree_on_type(con, table, name, have[name], kind)
    on = " AND ".join(f"d.{identifier(k)} = s.{identifier(k)}" for k in key)
    values = [c for c in columns if c not in set(key)]
    differs = (
        " OR ".join(f"d.{identifier(c)} IS DISTINCT FROM s.{identifier(c)}" for c in values)
        or "false"
    )
    names = ", ".join(identifier(c) for c in columns)
    inserted = ", ".join(f"s.{identifier(c)}" for c in columns)
    update = ", ".join(f"{identifier(c)} = s.{identifier(c)}" for c in values)
    matched = f"WHEN MATCHED AND ({differs}) THEN UPDATE SET {update} " if values else ""
    merged = con.execute(
        f"MERGE INTO {target} d USING _difference_source s ON ({on}) {matched}"
        f"WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({inserted})"
    ).fetchone()
    deleted = con.execute(
        f"DELETE FROM {target} d WHERE ({scope or 'true'}) "
        f"AND NOT EXISTS (SELECT 1 FROM _difference_source s WHERE {on})"
    ).fetchone()
    con.execute("DROP TABLE _difference_source")
    return Difference(int(merged[0]) if merged else 0, int(deleted[0]) if deleted else 0)


def _agree_on_type(
    con: duckdb.DuckDBPyConnection, table: str, name: str, have: str, want: str
) -> None:
    """Gives column `name` one type in `table` (now `have`) and in the source (`want`)."""
    target, column = identifier(table), identifier(name)
    if _holds(con, "_difference_source", column, have, want):
        con.execute(f"ALTER TABLE _difference_source ALTER {column} TYPE {have}")
    elif _holds(con, target, column, want, have):
        wider = identifier("_difference_wider")
        con.execute(f"ALTER TABLE {target} ADD COLUMN {wider} {want}")
        con.execute(f"UPDATE {target} SET {wider} = {column}")
        con.execute(f"ALTER TABLE {target} DROP COLUMN {column}")
        con.execute(f"ALTER TABLE {target} RENAME COLUMN {wider} TO {column}")
    else:
        raise LakeError(
            f"Column {name} of {table} is {have} and comes as {want}: neither type holds the "
            "values of the other. Give the new column another name."
        )


def _holds(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, other: str, own: str
) -> bool:
    """Whether type `other` holds every value of a column of type `own` unchanged."""
    row = con.execute(
        f"SELECT count(*) FROM {relation} WHERE {column} IS NOT NULL "
        f"AND TRY_CAST(TRY_CAST({column} AS {other}) AS {own}) IS DISTINCT FROM {column}"
    ).fetchone()
    return not (row and row[0])


def dbt_environment(home: Home | None = None) -> dict[str, str]:
    """Environment variables from which `dbt_project/profiles.yml` attaches the same two lakes."""
    home = home or settings.home()
    env = {
        "LUMBUNG_EXTENSIONS": str(extension_directory(home)),
        "LUMBUNG_SPILL": str(home.work / "spill"),
        "LUMBUNG_MEMORY": settings.memory(),
        "LUMBUNG_REFERENCE": str(settings.REFERENCE_DIR),
        "LUMBUNG_DBT_PROFILE": "embedded" if is_embedded() else "served",
    }
    for lake in LAKES:
        found = attachment(lake, home)
        env[f"LUMBUNG_{lake.upper()}_PATH"] = found.path
        env[f"LUMBUNG_{lake.upper()}_DATA_PATH"] = found.data_path
    return env


def is_locked_error(error: BaseException) -> bool:
    """Whether an error says that another process is writing to the same SQLite catalog."""
    return "database is locked" in str(error)


def process_environment(home: Home | None = None) -> dict[str, str]:
    """The whole environment of a dbt process: this one's plus `dbt_environment`."""
    return {**os.environ, **dbt_environment(home)}
