"""Questions are answered live or as known then, in three formats, and can change nothing."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from pipelines import lake, query
from pipelines.query import QueryError
from pipelines.releases import ReleaseError, catalog


def ask(sql: str, **more) -> list[dict]:
    out = io.StringIO()
    count = query.run_sql(sql, format="json", out=out, **more)
    found = json.loads(out.getvalue())
    assert len(found) == count
    return found


def count(**more) -> int:
    return ask("SELECT count(*) AS n FROM core.benefits", **more)[0]["n"]


def text(sql: str, **more) -> str:
    out = io.StringIO()
    query.run_sql(sql, out=out, **more)
    return out.getvalue()


def test_both_names_of_a_table_are_understood(barn):
    for table in ("core.benefits", "warehouse.core.benefits"):
        assert ask(f"SELECT count(*) AS n FROM {table}") == [{"n": 7}]


@pytest.mark.parametrize(
    ("as_of", "known"),
    [
        ("2026-07-31", 3),  # the release is of 17:00 in Jakarta, the day ends later
        ("2026-07-31T17:00:00", 3),
        ("2026-07-31T10:00:00Z", 3),
        ("2026-08-31T16:59:59", 3),
        ("2026-08-31T16:59:59+07:00", 3),
        ("2026-08-31 17:00", 5),
        ("2030-01-01", 5),
        (None, 7),
    ],
)
def test_as_of_answers_what_had_been_released_by_then(barn, as_of, known):
    assert count(as_of=as_of) == known
    assert ask("SELECT benefits_count FROM analysis.totals", as_of=as_of) == [
        {"benefits_count": known}
    ]


def test_as_of_reaches_the_vault_of_that_release(barn):
    sql = "SELECT full_name FROM vault.staging.persons"
    assert ask(sql, as_of="2026-07-31", vault=True) == [{"full_name": "SITI 3"}]
    assert ask(sql, vault=True) == [{"full_name": "SITI 7"}]


@pytest.mark.parametrize("as_of", ["2026-07-30", "2026-07-31T16:59:59"])
def test_before_the_first_release_nothing_was_known(barn, as_of):
    with pytest.raises(ReleaseError, match="earliest release is of 2026-07-31T10:00:00"):
        count(as_of=as_of)


@pytest.mark.parametrize("as_of", ["yesterday", "2026-13-01", "2026-7", ""])
def test_what_is_no_moment_is_refused(barn, as_of):
    with pytest.raises(QueryError, match="not a date or time"):
        query.parse_moment(as_of)


def test_a_day_ends_at_midnight_in_jakarta():
    assert query.parse_moment("2026-07-31") == datetime(2026, 7, 31, 16, 59, 59, 999999, tzinfo=UTC)


def test_an_expired_moment_names_the_earliest_that_is_kept(barn):
    july, august = catalog.releases(barn)
    with lake.connect(write=["warehouse"], home=barn) as con:
        expired = f"[{', '.join(map(str, range(august.warehouse_snapshot_id)))}]"
        con.execute(f"CALL ducklake_expire_snapshots('warehouse', versions => {expired})")
    with pytest.raises(QueryError) as error:
        count(as_of="2026-08-01")
    assert july.name in str(error.value)
    assert "2026-08-31T10:00:00" in str(error.value)
    assert "\n" not in str(error.value)
    assert count(as_of="2026-08-31") == 5


def test_an_expired_vault_is_told_apart(barn):
    with lake.connect(write=["vault"], home=barn) as con:
        newest = lake.current_snapshot(con, "vault")
        expired = f"[{', '.join(map(str, range(newest)))}]"
        con.execute(f"CALL ducklake_expire_snapshots('vault', versions => {expired})")
    with pytest.raises(QueryError, match="vault no longer keeps"):
        count(as_of="2026-08-31", vault=True)
    assert count(as_of="2026-08-31") == 5


def test_a_pruned_release_can_still_be_asked_about(barn):
    catalog.prune(barn, 1)
    assert count(as_of="2026-08-01") == 3


def test_a_release_answers_from_its_own_file(barn):
    name = catalog.releases(barn)[0].name
    assert count(release=name) == 3
    assert count(release="current") == 5
    for more in ({"vault": True}, {"as_of": "2026-08-01"}):
        with pytest.raises(QueryError):
            count(release=name, **more)


def test_answers_come_while_a_writer_holds_a_transaction(barn):
    with lake.connect(write=["warehouse"], home=barn) as con:
        con.execute("BEGIN")
        con.execute("DELETE FROM warehouse.core.benefits")
        con.execute("CREATE TABLE warehouse.core.more AS FROM range(100000)")
        assert count() == 7
        assert count(as_of="2026-07-31") == 3
        con.execute("COMMIT")
    assert count() == 0


WRITES = [
    "INSERT INTO core.benefits FROM core.benefits",
    "UPDATE core.benefits SET amount_idr = 0",
    "DELETE FROM core.benefits",
    "CREATE TABLE core.x AS SELECT 1",
    "CREATE TEMP TABLE x AS SELECT 1",
    "DROP TABLE core.benefits",
    "ALTER TABLE core.benefits ADD COLUMN x INTEGER",
    "COPY core.benefits TO '{root}/warehouse/lake/x.csv'",
    "EXPLAIN ANALYZE COPY core.benefits TO '{root}/warehouse/lake/x.csv'",
    "EXPLAIN ANALYZE DELETE FROM core.benefits",
    "EXPORT DATABASE '{root}/out'",
    "ATTACH '{root}/x.duckdb'",
    "DETACH warehouse",
    "INSTALL httpfs",
    "LOAD sqlite_scanner",
    "SET lock_configuration = false",
    "USE memory",
    "CALL ducklake_expire_snapshots('warehouse', older_than => now())",
    "FROM ducklake_expire_snapshots('warehouse', older_than => now())",
    "FROM ducklake_cleanup_old_files('warehouse', cleanup_all => true)",
    "FROM read_text('{root}/vault/catalog.sqlite')",
    "FROM read_csv('/etc/passwd')",
    "FROM glob('{root}/vault/*')",
    "FROM sqlite_scan('{root}/vault/catalog.sqlite', 'ducklake_snapshot')",
    "FROM sqlite_scan/**/('{root}/vault/catalog.sqlite', 'ducklake_snapshot')",
    "FROM sqlite_scan -- x\n('{root}/vault/catalog.sqlite', 'ducklake_snapshot')",
    "FROM main.sqlite_scan/*x*/('{root}/vault/catalog.sqlite', 'ducklake_snapshot')",
    "SUMMARIZE FROM sqlite_scan('{root}/vault/catalog.sqlite', 'ducklake_snapshot')",
    "WITH a AS (FROM query/**/('SELECT 1')) FROM a",
    "FROM postgres_scan/**/('host=127.0.0.1', 'public', 't')",
    "FROM read_text/**/('{root}/vault/catalog.sqlite')",
    "FROM \"sqlite_scan\"('{root}/vault/catalog.sqlite', 'ducklake_snapshot')",
    "SELECT * FROM query('SELECT 1')",
    "FROM vault.staging.persons",
    "SELECT 1; SELECT 2",
    "",
]


@pytest.mark.parametrize("sql", WRITES)
def test_nothing_but_reading(barn, sql):
    before = {p: p.stat().st_mtime_ns for p in (barn.warehouse / "lake").rglob("*.parquet")}
    with pytest.raises(QueryError) as error:
        text(sql.format(root=barn.root))
    assert "\n" not in str(error.value)
    assert count() == 7
    after = {p: p.stat().st_mtime_ns for p in (barn.warehouse / "lake").rglob("*") if p.is_file()}
    assert {p: t for p, t in after.items() if p.suffix == ".parquet"} == before
    assert not [p for p in after if p.suffix == ".csv"]
    assert not list(barn.root.glob("*.duckdb"))
    assert not (barn.root / "out").exists()


def test_the_connection_itself_cannot_write_either(barn):
    """Behind the check of the statement stands DuckDB's own lock."""
    with query.reader(vault=True, home=barn) as con:
        others = ["ATTACH 'x.db'", "SET threads = 1", "FROM read_csv('/etc/passwd')"]
        for sql in [*WRITES[:2], *others]:
            with pytest.raises(lake.duckdb.Error):
                con.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SHOW ALL TABLES",
        "DESCRIBE core.benefits",
        "SUMMARIZE core.benefits",
        "EXPLAIN SELECT 1",
        "explain analyze select count(*) from core.benefits",
        "WITH x AS (SELECT 1 AS a) FROM x",
        "FROM core.benefits AT (VERSION => 1)",
        "FROM ducklake_snapshots('warehouse')",
        "-- a comment\nVALUES (1), (2);",
        "(SELECT 1)",
    ],
)
def test_other_ways_of_reading(barn, sql):
    assert text(sql)


def test_vault_only_when_asked_for(barn, capsys):
    assert ask("SELECT count(*) AS n FROM vault.staging.persons", vault=True) == [{"n": 1}]
    assert "personal data" in capsys.readouterr().err


def test_an_error_over_the_vault_quotes_no_value(barn):
    sql = "SELECT full_name::INTEGER FROM vault.staging.persons"
    with pytest.raises(QueryError) as error:
        text(sql, vault=True)
    assert "SITI" not in str(error.value)
    assert "Conversion Error" in str(error.value)


EVERYTHING = """
SELECT DATE '2026-07-31' AS day, TIMESTAMPTZ '2026-07-31 10:00:00+00' AS moment,
       1200000.50::DECIMAL(18, 2) AS amount, 3::DECIMAL(18, 0) AS whole, 0.1 + 0.2 AS sum,
       'nan'::DOUBLE AS nan, true AS yes, NULL AS nothing, [1, NULL] AS list,
       {'a': DATE '2026-01-01'} AS struct, 'x, "y"' || chr(10) || 'z' AS text,
       170141183460469231731 AS big
"""


def test_json_has_iso_dates_and_numbers(barn):
    assert ask(EVERYTHING) == [
        {
            "day": "2026-07-31",
            "moment": "2026-07-31T10:00:00+00:00",
            "amount": 1200000.5,
            "whole": 3,
            "sum": 0.3,
            "nan": None,
            "yes": True,
            "nothing": None,
            "list": [1, None],
            "struct": {"a": "2026-01-01"},
            "text": 'x, "y"\nz',
            "big": 170141183460469231731,
        }
    ]
    assert ask("SELECT 1 AS n WHERE false") == []
    assert ask("SELECT 1 AS n, 2 AS n") == [{"n": 1, "n_2": 2}]


def test_csv_is_that_of_rfc_4180(barn):
    raw = text(EVERYTHING, format="csv")
    assert raw.count("\r\n") == 2
    header, row = list(csv.reader(io.StringIO(raw, newline="")))
    assert dict(zip(header, row, strict=True)) == {
        "day": "2026-07-31",
        "moment": "2026-07-31T10:00:00+00:00",
        "amount": "1200000.50",
        "whole": "3",
        "sum": "0.3",
        "nan": "nan",
        "yes": "true",
        "nothing": "",
        "list": "[1, null]",
        "struct": '{"a": "2026-01-01"}',
        "text": 'x, "y"\nz',
        "big": "170141183460469231731",
    }


@pytest.mark.parametrize("format", ["csv", "json"])
def test_csv_and_json_give_every_row(barn, format):
    raw = text("SELECT range AS n FROM range(25000)", format=format, limit=10)
    rows = (
        [int(r["n"]) for r in json.loads(raw)]
        if format == "json"
        else [int(line) for line in raw.split()[1:]]
    )
    assert rows == list(range(25000))


def test_a_table_is_cut_and_says_so(barn, capsys):
    shown = text("SELECT range AS n FROM range(300)")
    assert len(shown.split()) == 200 + 2
    assert "first 200 rows" in capsys.readouterr().err
    assert len(text("SELECT range AS n FROM range(300)", limit=None).split()) == 302
    assert len(text("SELECT range AS n FROM range(200)").split()) == 202
    assert capsys.readouterr().err == ""


def test_cells_stay_on_one_line_and_markup_is_text(barn):
    shown = text("SELECT repeat('ab', 200) AS long, '[bold]x' || chr(10) || 'y' AS marked")
    assert "[bold]x y" in shown
    assert "…" in shown
    assert len(shown.splitlines()) == 3


def test_a_mistake_is_told_in_one_line(barn):
    with pytest.raises(QueryError, match="nope") as error:
        text("SELECT nope FROM core.benefits")
    assert "\n" not in str(error.value)
    with pytest.raises(QueryError, match="no format"):
        text("SELECT 1", format="xml")


def test_a_lock_is_waited_for(barn, monkeypatch):
    real, calls = query.reader, []

    def locked(**more):
        calls.append(1)
        if len(calls) < 3:
            raise lake.duckdb.IOException("database is locked")
        return real(**more)

    monkeypatch.setattr(query, "reader", locked)
    monkeypatch.setattr(query.clock, "sleep", lambda seconds: None)
    assert count() == 7
    assert len(calls) == 3
