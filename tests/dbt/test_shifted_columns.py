"""Whatever stands in whatever column: no name, number or birth date of a person leaves the vault."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import micro
import pytest
from dbt_macros import PROJECT, declared_columns
from test_core_micro import DBT

from pipelines import lake
from pipelines.settings import Home

pytestmark = pytest.mark.slow  # a run of dbt over all programs, half a minute

PROGRAMS = ("dapodik", "dtsen", "eppgbm", "pkh", "sembako")
# One row each in which every column of the file holds this, as in a file whose columns slipped.
CELLS = (
    "SITI RAHASIA",
    "1471010101900001",
    "31/12/2013",
    "081298765432",
    "0061234567",
    "Kelas SITI RAHASIA 6",
)
# Text of a cell in any spelling; numbers also where a column holds them as numbers.
TRACES = "rahasia|siti|147101010190|2013-12-31|8129876543|61234567|1[.]4710101|8[.]1298765"
ROLES = ("siswa", "ayah", "ibu", "wali", "person", "anak", "pengurus", "anggota", "kpm")


def fill(home: Home) -> None:
    """One serving submission per program, with one row per cell, and everybody linked."""
    with lake.connect(write=lake.LAKES, home=home) as con:
        micro.fill(con)
        con.execute(
            "DELETE FROM vault.quality.submissions WHERE submission_id NOT IN "
            "('dapodik-2', 'dtsen-3', 'eppgbm-8', 'pkh-3', 'sembako-q')"
        )
        # A sender may name a file or a sheet as he likes, and the reason for him may quote it.
        con.execute(
            "UPDATE vault.quality.submissions SET file_name = 'SITI RAHASIA.siti', "
            "reason_id = 'Lembar SITI RAHASIA', reason_en = 'Sheet SITI RAHASIA'"
        )
        con.execute("CREATE TABLE cells (row BIGINT, cell VARCHAR)")
        con.executemany("INSERT INTO cells VALUES (?, ?)", list(enumerate(CELLS, start=2)))
        con.execute("CREATE TABLE roles AS SELECT unnest(?::VARCHAR[]) AS role", [list(ROLES)])
        con.execute("CREATE SCHEMA IF NOT EXISTS vault.submissions")
        for program in PROGRAMS:
            listed = ", ".join(f'c.cell AS "{name}"' for name in declared_columns(program))
            con.execute(
                f"CREATE TABLE vault.submissions.{program} AS SELECT s.submission_id, "
                f"c.row AS source_row, {listed}, c.cell AS extra_columns "
                f"FROM cells c, vault.quality.submissions s WHERE s.program = '{program}'"
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
    models = sorted(path.stem for path in (PROJECT / "models" / "staging").glob("*/stg_*.sql"))
    done = subprocess.run(
        [
            *(str(DBT), "--no-use-colors", "build", "--exclude-resource-type", "test"),
            *("--project-dir", str(folder), "--profiles-dir", str(folder)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        ],
        env={
            **os.environ,
            **lake.dbt_environment(home),
            "LUMBUNG_STAGING_MODELS": ",".join(m for m in models if m.split("_")[1] in PROGRAMS),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    with lake.connect(read=["warehouse"], home=home) as con:
        tables = con.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE database_name = 'warehouse' AND schema_name IN ('core', 'analysis', 'public')"
        ).fetchall()
        assert len(tables) >= 15
        for fact in ("benefits", "enrolments", "observations", "service_events", "person_records"):
            row = con.execute(f"SELECT count(*) FROM warehouse.core.{fact}").fetchone()
            assert row and row[0] > 0, f"{fact} is empty: nothing was looked at"
        leaks = set()
        for (table,) in tables:
            for column in [r[0] for r in con.execute(f"DESCRIBE warehouse.{table}").fetchall()]:
                found = con.execute(
                    f"SELECT count(*) FROM warehouse.{table} "
                    f"WHERE regexp_matches(lower(\"{column}\"::VARCHAR), '{TRACES}')"
                ).fetchone()
                if found != (0,):
                    leaks.add(f"{table}.{column}")
        assert not leaks
        # It is not lost either: it is counted as something that no list has.
        other = con.execute(
            "SELECT count(*) FROM warehouse.core.benefits WHERE component_code = 'other'"
        ).fetchone()
        assert other == (len(CELLS),)
