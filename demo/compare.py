"""Compare what the pipeline found in the demonstration district with what is really so there."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from pipelines import lake
from pipelines.exports import check, declaration
from pipelines.identity import names

TABLES = ("rows", "overlaps", "coverage_gaps")
# Truths that an older demonstration lacks: without them these measures are not compared.
LATER_TABLES = ("dropouts", "deceased_paid", "transitions")
_LATER_FOUND = ("risk_list", "transitions")
DAMAGE = "damage"
_HERE = Path(__file__).parent
# What a row says, by the type of the column it says it in.
_KINDS = (
    ("data_type = 'DATE'", "date", "{column}::VARCHAR"),
    (
        "data_type = 'DOUBLE' OR data_type LIKE 'DECIMAL%'",
        "number",
        "round({column}::DOUBLE, 6)::VARCHAR",
    ),
    ("column_name = 'sex_code'", "sex", "{column}"),
)
_RECORDS = (
    *(("identifier", column) for column in ("nik_number", "kk_number")),
    *(("name", column) for column in ("name_sorted_key", "mother_key", "father_key")),
)


def compare(con: duckdb.DuckDBPyConnection, truth_dir: Path) -> pd.DataFrame:
    """Precision, recall and F1 (shares, 0-1; missing where nothing can be divided).

    con: both lakes attached as `vault` and `warehouse`. truth_dir: `demo_truth` of the barn.
    One row per measure and kind: `people` and `households` over pairs of person records that
    belong together; `overlaps` by verdict, `coverage_gaps` by class, `dropouts` by semester,
    `deceased_paid` by program and `transitions` by kind and change over single facts, a true
    person or household standing for the id that most of its records got.
    Columns: measure, kind, true_count, found_count, right_count, precision, recall, f1.
    """
    for table in TABLES:
        _attach(con, truth_dir, table)
    con.execute((_HERE / "compare.sql").read_text(encoding="utf-8"))
    if all((truth_dir / f"{table}.parquet").exists() for table in LATER_TABLES) and all(
        lake.table_exists(con, f"warehouse.analysis.{table}") for table in _LATER_FOUND
    ):
        for table in LATER_TABLES:
            _attach(con, truth_dir, table)
        con.execute((_HERE / "compare_aftermath.sql").read_text(encoding="utf-8"))
    con.execute((_HERE / "compare_counts.sql").read_text(encoding="utf-8"))
    return con.execute("FROM compared").df()


def compare_damage(con: duckdb.DuckDBPyConnection, truth_dir: Path) -> pd.DataFrame:
    """Where the cells that were made dirty have ended; call `compare` first, on the same con.

    One row per kind of damage and per place it should end in (`repaired`, `warning`,
    `quarantined`, `unknown`: kept, since nobody could tell). Columns: kind, expected, cells_count
    (cells of files in force), right_count, wrong_count (another value came out and nobody was
    told), recall (right of all), precision (repaired: right of right and wrong; warning and
    quarantined: of all cells flagged by the same rules, those that really are damaged).
    """
    _attach(con, truth_dir, DAMAGE)
    check.open_checks(con)
    columns = [
        (program.name, key, name)
        for program in declaration.load_programs()
        for key, name in program.by_key.items()
    ]
    con.register(
        "declared_columns", pd.DataFrame(columns, columns=["program", "header_key", "column_name"])
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE clean_names AS SELECT DISTINCT clean_value AS name "
        "FROM truth_damage WHERE kind LIKE 'name_%' OR kind = 'both_parents'"
    )
    names.keys(con, "clean_names", "name", "name_keys")
    con.execute(f"CREATE OR REPLACE TEMP TABLE staged_values AS {_staged_values(con)}")
    con.execute((_HERE / "damage.sql").read_text(encoding="utf-8"))
    return con.execute("FROM compared_damage").df()


def _attach(con: duckdb.DuckDBPyConnection, truth_dir: Path, table: str) -> None:
    path = lake.quote(str(truth_dir / f"{table}.parquet"))
    con.execute(f"CREATE OR REPLACE TEMP VIEW truth_{table} AS FROM read_parquet({path})")


def _staged_values(con: duckdb.DuckDBPyConnection) -> str:
    """SQL: everything that the staging models and the linker's records say of a row."""
    parts = []
    for condition, kind, said in _KINDS:
        found = con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'vault' "
            "AND schema_name = 'staging' AND (table_name LIKE 'stg\\_%' ESCAPE '\\' "
            f"OR table_name = 'persons') AND ({condition}) ORDER BY ALL"
        ).fetchall()
        parts += [
            f"SELECT program, submission_id, source_row, '' AS source_part, '{kind}' AS kind, "
            f"{said.format(column=lake.identifier(column))} AS said FROM vault.staging.{table} "
            f"WHERE {lake.identifier(column)} IS NOT NULL"
            for table, column in found
        ]
    parts += [
        f"SELECT program, submission_id, source_row, '', '{kind}', {column} "
        f"FROM vault.identity.records WHERE {column} IS NOT NULL"
        for kind, column in _RECORDS
    ]
    areas = con.execute(
        "SELECT table_name FROM duckdb_columns() WHERE database_name = 'warehouse' "
        "AND schema_name = 'core' AND column_name IN ('source_row', 'area_code', "
        "'current_area_code') GROUP BY ALL HAVING count(*) = 3 ORDER BY ALL"
    ).fetchall()
    parts += [
        f"SELECT program, submission_id, source_row, '', 'area', {column} "
        f"FROM warehouse.core.{table} WHERE {column} IS NOT NULL"
        for (table,) in areas
        for column in ("area_code", "current_area_code")
    ]
    return "SELECT DISTINCT * FROM (" + " UNION ALL ".join(parts) + ")"
