"""Whatever stands in whatever column of the programs on schooling, health, houses and work: no name,
number or birth date of a person leaves the vault."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import micro
import pytest
from dbt_macros import PROJECT, declared_columns
from test_core_micro import DBT
from test_shifted_columns import CELLS, TRACES

from pipelines import lake
from pipelines.settings import Home

pytestmark = pytest.mark.slow  # a run of dbt over seven programs, half a minute

PROGRAMS = ("blk", "kia", "pip", "posbindu", "prakerja", "psks", "rtlh")
ROLES = ("siswa", "peserta", "kepala", "relawan", "ibu", "anak")
# Beside them what makes a row reach every record.
PARTS = ("ibu_hamil", "imunisasi")


def fill(home: Home) -> None:
    """One serving submission per program, with one row per cell and part, and everybody linked."""
    with lake.connect(write=lake.LAKES, home=home) as con:
        micro.fill(con)
        con.execute(
            "CREATE TABLE one AS SELECT * FROM vault.quality.submissions "
            "WHERE submission_id = 'dtsen-3'"
        )
        con.execute("DELETE FROM vault.quality.submissions")
        con.execute("CREATE TABLE cells (row BIGINT, cell VARCHAR)")
        con.executemany("INSERT INTO cells VALUES (?, ?)", list(enumerate(CELLS, start=2)))
        con.execute("CREATE TABLE roles AS SELECT unnest(?::VARCHAR[]) AS role", [list(ROLES)])
        con.execute("CREATE TABLE parts AS SELECT unnest(?::VARCHAR[]) AS part", [list(PARTS)])
        con.execute("CREATE SCHEMA IF NOT EXISTS vault.submissions")
        for program in PROGRAMS:
            con.execute(
                "INSERT INTO vault.quality.submissions SELECT * REPLACE "
                f"('{program}-1' AS submission_id, '{program}' AS program, "
                "'SITI RAHASIA' AS file_name) FROM one"
            )
            listed = ", ".join(f'c.cell AS "{name}"' for name in declared_columns(program))
            part, rows = "NULL::VARCHAR", "cells AS c"
            if program == "kia":
                part, rows = "p.part", "cells AS c CROSS JOIN parts AS p"
            con.execute(
                f"CREATE TABLE vault.submissions.{program} AS SELECT '{program}-1' AS "
                f"submission_id, {part} AS source_part, c.row AS source_row, {listed}, "
                f"c.cell AS extra_columns FROM {rows}"
            )
        con.execute(
            "CREATE OR REPLACE TABLE vault.identity.record_links AS SELECT s.program, "
            "s.submission_id, c.row || ':' || r.role AS source_record_id, 'p' || c.row AS "
            "beneficiary_id, 'H1' AS household_id, 1.0 AS match_probability, 'micro' AS method "
            "FROM vault.quality.submissions s, cells c, roles r"
        )


def test_no_cell_leaves_the_vault(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    lake.prepare(home)
    fill(home)
    folder = micro.project(tmp_path / "project", PROGRAMS)
    models = sorted(
        path.stem
        for program in PROGRAMS
        for path in (PROJECT / "models" / "staging" / program).glob("stg_*.sql")
    )
    done = subprocess.run(
        [
            *(str(DBT), "--no-use-colors", "build", "--exclude-resource-type", "test"),
            *("--project-dir", str(folder), "--profiles-dir", str(folder)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        ],
        env={
            **os.environ,
            **lake.dbt_environment(home),
            "LUMBUNG_STAGING_MODELS": ",".join(models),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    with lake.connect(read=["warehouse", "vault"], home=home) as con:
        tables = con.execute(
            "SELECT 'warehouse.' || schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE database_name = 'warehouse' AND schema_name IN ('core', 'analysis', 'public')"
        ).fetchall()
        for fact in ("benefits", "enrolments", "observations", "service_events", "person_records"):
            row = con.execute(f"SELECT count(*) FROM warehouse.core.{fact}").fetchone()
            assert row and row[0] > 0, f"{fact} is empty: nothing was looked at"
        leaks = set()
        for (table,) in tables:
            for column in [r[0] for r in con.execute(f"DESCRIBE {table}").fetchall()]:
                found = con.execute(
                    f"SELECT count(*) FROM {table} "
                    f"WHERE regexp_matches(lower(\"{column}\"::VARCHAR), '{TRACES}')"
                ).fetchone()
                if found != (0,):
                    leaks.add(f"{table}.{column}")
        # Names may stand in the vault's records, but not in their codes and keys.
        for program, record in (
            ("posbindu", "referrals"),
            ("posbindu", "resources"),
            ("psks", "resources"),
        ):
            table = f"vault.staging.stg_{program}__{record}"
            columns = [
                r[0]
                for r in con.execute(f"DESCRIBE {table}").fetchall()
                if r[0].endswith(("_code", "_id", "_no", "quantity", "valid_from", "valid_to"))
                and not r[0].startswith("sent")
            ]
            for column in columns:
                found = con.execute(
                    f"SELECT count(*) FROM {table} "
                    f"WHERE regexp_matches(lower(\"{column}\"::VARCHAR), '{TRACES}')"
                ).fetchone()
                if found != (0,):
                    leaks.add(f"{table}.{column}")
        assert not leaks
