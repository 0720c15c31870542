"""Whatever stands in whatever column: no name, number or birth date of a person leaves the vault.

Every program that is declared, in one barn, each with rows as of a file whose columns slipped.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import micro
import pytest
import yaml
from dbt_macros import STAGING, declared_columns, staging_models

from pipelines import lake
from pipelines.exports.declaration import Program, load_programs
from pipelines.settings import Home
from tests.dbt_runs import dbt

pytestmark = pytest.mark.slow  # one run of dbt over all programs

PROGRAMS = load_programs()
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
# A second row per cell in which these columns hold what opens a way further for the others.
OPENING = {
    "dukcapil": {"status": "Hidup"},
    "pbi_jkn": {"status": "AKTIF"},
    "pena": {"tgl_salur": "01/07/2026"},
    "atensi": {"status": "terminasi"},
    "slrt": {"jenis": "pengaduan"},
}
# An amount may be any number of rupiah: neither a budget nor an area's poverty line names anybody.
NO_AMOUNTS = {
    "warehouse.core.budget_lines": "EXCLUDE (ceiling_idr, realised_idr)",
    "warehouse.core.area_observations": "REPLACE (CASE WHEN NOT ends_with(indicator_code, '_idr') "
    "THEN value_number END AS value_number)",
}
# Figures of areas, taken by core as staging has them, and what is told by code and key alone.
STAGED = {
    "stg_opendk__area_observations": None,
    "stg_simfoni_ppa__area_observations": None,
    "stg_posbindu__referrals": ("_code", "_id", "_no"),
    "stg_posbindu__resources": ("_code", "_id", "_no", "quantity", "valid_from", "valid_to"),
    "stg_psks__resources": ("_code", "_id", "_no", "quantity", "valid_from", "valid_to"),
}


def roles(program: str) -> list[str]:
    """The roles of people in the program's rows, as its staging YAML lists them."""
    said = yaml.safe_load((STAGING / program / f"{program}.yml").read_text("utf-8"))
    (found,) = [
        m["config"]["meta"]["codes"]["role"]
        for m in said["models"]
        if m["name"] == f"stg_{program}__persons"
    ] or [[]]
    return list(found)


def submitted(con: duckdb.DuckDBPyConnection, program: Program) -> None:
    """The rows of the program's one submission: one for each cell, opening and part."""
    name, opening = program.name, OPENING.get(program.name, {})
    columns = declared_columns(name)
    assert set(opening) <= set(columns)
    listed = ", ".join(
        f"CASE WHEN w.opened THEN '{opening[column]}' ELSE c.cell END AS \"{column}\""
        if column in opening
        else f'c.cell AS "{column}"'
        for column in columns
    )
    con.execute(
        f"CREATE TABLE vault.submissions.{name} AS SELECT '{name}-1' AS submission_id, "
        f"p.part AS source_part, c.row + if(w.opened, {len(CELLS)}, 0) AS source_row, {listed}, "
        "c.cell AS extra_columns FROM cells AS c, (SELECT unnest(?::VARCHAR[]) AS part) AS p, "
        "(SELECT unnest(?::BOOLEAN[]) AS opened) AS w",
        [list(program.read.parts) or [None], [False, True] if opening else [False]],
    )
    con.execute(
        "INSERT INTO vault.identity.record_links SELECT ? AS program, submission_id, source_row "
        "|| ':' || role AS source_record_id, 'p' || source_row AS beneficiary_id, 'H1' AS "
        "household_id, 1.0 AS match_probability, 'micro' AS method "
        f"FROM (SELECT DISTINCT submission_id, source_row FROM vault.submissions.{name}), "
        "(SELECT unnest(?::VARCHAR[]) AS role)",
        [name, roles(name)],
    )


def fill(home: Home) -> None:
    """One serving submission per program, and everybody linked."""
    with lake.connect(write=lake.LAKES, home=home) as con:
        micro.fill(con)
        names = [program.name for program in PROGRAMS]
        con.execute("CREATE TABLE names AS SELECT unnest(?::VARCHAR[]) AS name", [names])
        # A sender may name a file or a sheet as he likes, and the reason for him may quote it.
        con.execute(
            "CREATE OR REPLACE TABLE vault.quality.submissions AS SELECT one.* REPLACE "
            "(name || '-1' AS submission_id, name AS program, 'SITI RAHASIA.siti' AS file_name, "
            "'Lembar SITI RAHASIA' AS reason_id, 'Sheet SITI RAHASIA' AS reason_en) FROM names, "
            "(FROM vault.quality.submissions WHERE submission_id = 'dtsen-3') AS one"
        )
        con.execute(
            "CREATE OR REPLACE TABLE vault.quality.programs AS SELECT one.* REPLACE "
            "(name AS program) FROM names, (FROM vault.quality.programs LIMIT 1) AS one"
        )
        con.execute("UPDATE vault.quality.issues SET submission_id = 'pkh-1'")
        con.execute("CREATE TABLE cells (row BIGINT, cell VARCHAR)")
        con.executemany("INSERT INTO cells VALUES (?, ?)", list(enumerate(CELLS, start=2)))
        con.execute("CREATE SCHEMA IF NOT EXISTS vault.submissions")
        con.execute("DELETE FROM vault.identity.record_links")
        for program in PROGRAMS:
            submitted(con, program)


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The lakes after dbt has run over all programs."""
    base = tmp_path_factory.mktemp("shifted")
    home = Home(base / "home")
    lake.prepare(home)
    fill(home)
    names = tuple(program.name for program in PROGRAMS)
    folder = micro.project(base / "project", names, everything=True)
    # Views are made quicker; the records' unions over them are tables, so each is read once.
    settings = yaml.safe_load((folder / "dbt_project.yml").read_text("utf-8"))
    settings["models"]["lumbung"]["staging"]["+materialized"] = "view"
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(settings), "utf-8")
    models = ",".join(sorted(model for name in names for model in staging_models(name)))
    done = dbt(folder, home, "build", "--exclude-resource-type", "test", models=models)
    assert done.returncode == 0, done.stdout[-4000:]
    with lake.connect(read=lake.LAKES, home=home) as reading:
        yield reading


def leaks(con: duckdb.DuckDBPyConnection, table: str, endings: tuple[str, ...] | None) -> list[str]:
    """Columns of `table` (those with one of `endings`, if given) in which a cell is to be seen."""
    rows = f"(SELECT * {NO_AMOUNTS.get(table, '')} FROM {table})"
    columns = [r[0] for r in con.execute(f"DESCRIBE FROM {rows}").fetchall()]
    if endings:
        columns = [c for c in columns if c.endswith(endings) and not c.startswith("sent")]
    elif table.startswith("vault."):
        columns = [c for c in columns if c not in ("value_sent", "sent_area_code")]
    seen = ", ".join(
        f"coalesce(bool_or(regexp_matches(lower(\"{c}\"::VARCHAR), '{TRACES}')), false)"
        for c in columns
    )
    row = con.execute(f"SELECT {seen} FROM {rows}").fetchone() or ()
    return [f"{table.split('.', 1)[1]}.{c}" for c, found in zip(columns, row, strict=True) if found]


def test_no_cell_leaves_the_vault(con: duckdb.DuckDBPyConnection) -> None:
    tables = [
        name
        for (name,) in con.execute(
            "SELECT 'warehouse.' || schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE database_name = 'warehouse' AND schema_name IN ('core', 'analysis', 'public')"
        ).fetchall()
    ]
    assert len(tables) >= 30
    found = {leak for table in tables for leak in leaks(con, table, None)}
    for model, endings in STAGED.items():
        found |= set(leaks(con, f"vault.staging.{model}", endings))
    assert not found


def test_every_record_of_every_program_was_looked_at(con: duckdb.DuckDBPyConnection) -> None:
    facts = {
        *("benefits", "enrolments", "observations", "service_events", "person_records"),
        *("grievances", "referrals", "responses", "budget_lines", "resources", "submissions"),
    }
    empty = {
        fact
        for fact in facts
        if con.execute(f"SELECT count(*) FROM warehouse.core.{fact}").fetchone() == (0,)
    }
    assert not empty, f"nothing was looked at in {empty}"
    paid = con.execute("SELECT DISTINCT program_code FROM warehouse.core.benefits").fetchall()
    assert {"pbi_jkn", "blt_dd", "pena"} <= {name for (name,) in paid}
    told = con.execute("SELECT DISTINCT program FROM warehouse.core.person_records").fetchall()
    assert {name for (name,) in told} == {p.name for p in PROGRAMS if roles(p.name)}


def test_what_no_list_has_is_not_lost(con: duckdb.DuckDBPyConnection) -> None:
    other = con.execute(
        "SELECT count(*) FROM warehouse.core.benefits "
        "WHERE component_code = 'other' AND submission_id = 'pkh-1'"
    ).fetchone()
    assert other == (len(CELLS),)
