"""Publish: turn the warehouse as it stands into a release that outlives it."""

from __future__ import annotations

import csv
import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import metadata
from pathlib import Path

import duckdb

from pipelines import dictionary, lake, settings
from pipelines.lake import identifier, quote
from pipelines.releases import catalog, describe
from pipelines.releases.catalog import Release, ReleasedTable, ReleaseError
from pipelines.releases.protect import require_pseudonymous
from pipelines.settings import Home

SCHEMAS = ("core", "analysis", "public")
# Tables that a killed dbt leaves behind; they are copies of a table that is there.
LEFTOVERS = ("__dbt_tmp", "__dbt_backup")
DICTIONARY = "dictionary.csv"
DICTIONARY_PAGE = "dictionary.html"

Columns = dict[str, list[tuple[str, str]]]


def publish(
    home: Home,
    *,
    now: datetime,
    inputs_fingerprint: str,
    run_id: str,
    dbt_manifest: Path | None = None,
    programs_dir: Path | None = settings.PROGRAMS_DIR,
    dbt_dir: Path = settings.DBT_DIR,
) -> Release | None:
    """Publish every table of warehouse core, analysis and public as a new release.

    now: moment of the release (UTC), its name and `created_at`.
    dbt_manifest: dbt's `manifest.json`, from which grains, keys and descriptions come.
    dbt_dir: the dbt project, whose dictionary says the rest: codes, origin, needs, titles.
    Returns None, and writes no release, if tables and descriptions are those of the last one;
    then `catalog.newest` answers with the new inputs_fingerprint.
    Raises PrivacyError if a column could name a person, ReleaseError if there is nothing to
    publish or another publisher is at work, LakeError if there is no warehouse.
    """
    with catalog.exclusive(home):
        catalog.clean_up(home)
        last = catalog.current(home)
        warehouse_snapshot, vault_snapshot = _snapshots(home)
        with lake.connect(
            read=["warehouse"], snapshots={"warehouse": warehouse_snapshot}, home=home
        ) as con:
            tables = _tables(con)
            if not tables:
                raise ReleaseError("The warehouse holds no table to release: start `lumbung run`.")
            told = describe.read_dbt_manifest(dbt_manifest)
            package = dictionary.describe(
                describe.datapackage(tables, told, describe.program_sources(programs_dir)),
                dictionary.read(dbt_dir),
            )
            description_hash = _digest(package)
            if (
                last
                and last.warehouse_snapshot_id == warehouse_snapshot
                and last.description_hash == description_hash
            ):
                catalog.confirm(home, last, inputs_fingerprint)
                return None
            contents = _contents(con, tables)
            content_hash = _digest([[t.name, t.rows, t.content_hash] for t in contents])
            if last and (last.content_hash, last.description_hash) == (
                content_hash,
                description_hash,
            ):
                catalog.confirm(home, last, inputs_fingerprint)
                return None
            require_pseudonymous(con, tables)

            name = catalog.release_name(home, now, content_hash)
            building = Path(tempfile.mkdtemp(prefix=catalog.BUILDING, dir=home.releases))
            _write_tables(con, building, tables, told)
        package = {**package, "version": name, "created": now.isoformat()}
        _write_json(building / catalog.DATAPACKAGE, package)
        with (building / DICTIONARY).open("w", encoding="utf-8-sig", newline="") as handle:
            csv.writer(handle).writerows(describe.dictionary_rows(package))
        (building / DICTIONARY_PAGE).write_text(dictionary.page(package), encoding="utf-8")
        release = Release(
            name=name,
            path=home.releases / name,
            created_at=now,
            warehouse_snapshot_id=warehouse_snapshot,
            vault_snapshot_id=vault_snapshot,
            inputs_fingerprint=inputs_fingerprint,
            run_id=run_id,
            content_hash=content_hash,
            description_hash=description_hash,
            previous=last.name if last else None,
            lumbung_version=_version(),
            tables=tuple(contents),
            files=tuple(_files(building)),
        )
        _write_json(building / catalog.MANIFEST, release.to_json())
        catalog.put_in(home, building, name)
        return release


def _snapshots(home: Home) -> tuple[int, int | None]:
    """Newest snapshot of the warehouse, and of the vault if there is one."""
    with lake.connect(read=["warehouse"], home=home) as con:
        warehouse = lake.current_snapshot(con, "warehouse")
    if not lake.exists("vault", home):
        return warehouse, None
    with lake.connect(read=["vault"], home=home) as con:
        return warehouse, lake.current_snapshot(con, "vault")


def _tables(con: duckdb.DuckDBPyConnection) -> Columns:
    """Columns (name, DuckDB type) of every table and view to publish, by `schema.name`."""
    schemas = ", ".join(quote(s) for s in SCHEMAS)
    names = con.execute(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables "
        f"WHERE table_catalog = 'warehouse' AND table_schema IN ({schemas}) "
        f"ORDER BY list_position([{schemas}], table_schema), table_name"
    ).fetchall()
    return {
        name: [
            (r[0], r[1])
            for r in con.execute(f"DESCRIBE {identifier(f'warehouse.{name}')}").fetchall()
        ]
        for (name,) in names
        if not name.endswith(LEFTOVERS)
    }


def _contents(con: duckdb.DuckDBPyConnection, tables: Columns) -> list[ReleasedTable]:
    """Row count and order-free content hash of each table."""
    found = []
    for table, columns in tables.items():
        row = con.execute(
            "SELECT count(*), coalesce(bit_xor(hash(_row)), 0), coalesce(sum(hash(_row)), 0) "
            f"FROM {identifier(f'warehouse.{table}')} AS _row"
        ).fetchone()
        assert row is not None
        found.append(ReleasedTable(table, int(row[0]), _digest([columns, *map(str, row)])))
    return found


def _write_tables(
    con: duckdb.DuckDBPyConnection,
    building: Path,
    tables: Columns,
    told: Mapping[str, describe.Table],
) -> None:
    """The DuckDB file and one Parquet file per table, both in the order of the grain."""
    con.execute(f"ATTACH {quote(str(building / catalog.DATABASE))} AS released")
    for table, columns in tables.items():
        schema, _ = table.split(".")
        target = identifier(f"released.{table}")
        meaning = told.get(table, describe.Table())
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(f'released.{schema}')}")
        con.execute(
            f"CREATE TABLE {target} AS FROM {identifier(f'warehouse.{table}')} "
            f"ORDER BY {_order(meaning.key, columns)}"
        )
        if meaning.description:
            con.execute(f"COMMENT ON TABLE {target} IS {quote(meaning.description)}")
        for name, _ in columns:
            text = meaning.columns.get(name, describe.Column()).description
            if text:
                column = f'{target}."{name}"'
                con.execute(f"COMMENT ON COLUMN {column} IS {quote(text)}")
        file = building / f"{table.replace('.', '/')}.parquet"
        file.parent.mkdir(exist_ok=True)
        con.execute(f"COPY {target} TO {quote(str(file))} (FORMAT parquet, COMPRESSION zstd)")
    con.execute("DETACH released")


def _order(key: Sequence[str], columns: Sequence[tuple[str, str]]) -> str:
    if key and set(key) <= {name for name, _ in columns}:
        return ", ".join(f'"{name}"' for name in key)
    return "ALL"


def _files(building: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for path in sorted(p for p in building.rglob("*") if p.is_file()):
        with path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        found.append(
            {
                "path": path.relative_to(building).as_posix(),
                "size_bytes": path.stat().st_size,
                "sha256": digest,
            }
        )
    return found


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _write_json(path: Path, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def _version() -> str:
    try:
        return metadata.version("lumbung")
    except metadata.PackageNotFoundError:
        return "unknown"
