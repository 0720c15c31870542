"""Whatever stands in whatever column of complaints, services, budgets and restricted cases: no name,
number or birth date of a person leaves the vault."""

from __future__ import annotations

from pathlib import Path

import micro
import pytest
from dbt_macros import PROJECT, declared_columns
from test_core_micro import build
from test_core_services import TABLES, project
from test_shifted_columns import CELLS, TRACES

from pipelines import lake
from pipelines.settings import Home

pytestmark = pytest.mark.slow  # a run of dbt over six programs, half a minute

PROGRAMS = ("ikm", "lapor", "opendk", "simfoni_ppa", "sipd", "slrt")
PARTS = ("aki_akb", "epidemi", "imunisasi", "putus_sekolah", "sarana")
# What makes a row reach every record, whatever else stands in it.
FIXED = {"slrt": {"jenis": "pengaduan"}}
# An amount may be any number of rupiah, and a budget names nobody.
AMOUNTS = {"ceiling_idr", "realised_idr"}


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
        con.execute("CREATE SCHEMA IF NOT EXISTS vault.submissions")
        for program in PROGRAMS:
            con.execute(
                "INSERT INTO vault.quality.submissions SELECT * REPLACE "
                f"('{program}-1' AS submission_id, '{program}' AS program, "
                "'SITI RAHASIA' AS file_name) FROM one"
            )
            fixed = FIXED.get(program, {})
            listed = ", ".join(
                f"'{fixed[name]}' AS \"{name}\"" if name in fixed else f'c.cell AS "{name}"'
                for name in declared_columns(program)
            )
            parts = PARTS if program == "opendk" else (None,)
            con.execute(
                f"CREATE TABLE vault.submissions.{program} AS SELECT '{program}-1' AS "
                f"submission_id, p.part AS source_part, c.row AS source_row, {listed}, "
                "c.cell AS extra_columns FROM cells AS c, "
                "(SELECT unnest(?::VARCHAR[]) AS part) AS p",
                [list(parts)],
            )
        con.execute(
            "CREATE OR REPLACE TABLE vault.identity.record_links AS SELECT 'slrt' AS program, "
            "'slrt-1' AS submission_id, row || ':pemohon' AS source_record_id, 'p' || row AS "
            "beneficiary_id, 'H1' AS household_id, 1.0 AS match_probability, 'micro' AS method "
            "FROM cells"
        )


def test_no_cell_leaves_the_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    lake.prepare(home)
    fill(home)
    models = sorted(
        path.stem
        for program in PROGRAMS
        for path in (PROJECT / "models" / "staging" / program).glob("stg_*.sql")
    )
    monkeypatch.setattr(micro, "STAGING_MODELS", ",".join(models))
    wanted = (*TABLES, "person_records", "submissions", "data_quality_issues")
    done = build(
        project(tmp_path / "project", PROGRAMS),
        home,
        *("run", "--select", *wanted, *models, "int_persons"),
        *("int_area_resolution", "int_area_current"),
    )
    assert done.returncode == 0, done.stdout[-4000:]
    with lake.connect(read=lake.LAKES, home=home) as con:
        looked = [f"warehouse.core.{table}" for table in wanted]
        for table in looked[:-1]:
            row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert row and row[0] > 0, f"{table} is empty: nothing was looked at"
        # Core takes figures of areas as staging has them.
        looked += [
            "vault.staging.stg_opendk__area_observations",
            "vault.staging.stg_simfoni_ppa__area_observations",
        ]
        leaks = set()
        for table in looked:
            for column in [r[0] for r in con.execute(f"DESCRIBE {table}").fetchall()]:
                if table.startswith("vault") and column in ("value_sent", "sent_area_code"):
                    continue
                found = con.execute(
                    f"SELECT count(*) FROM {table} "
                    f"WHERE regexp_matches(lower(\"{column}\"::VARCHAR), '{TRACES}')"
                ).fetchone()
                if found != (0,) and column not in AMOUNTS:
                    leaks.add(f"{table}.{column}")
        assert not leaks
