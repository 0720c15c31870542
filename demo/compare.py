"""Compare what the pipeline found in the demonstration district with what is really so there."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

TABLES = ("rows", "overlaps", "coverage_gaps")


def compare(con: duckdb.DuckDBPyConnection, truth_dir: Path) -> pd.DataFrame:
    """Precision, recall and F1 (shares, 0-1; missing where nothing can be divided).

    con: both lakes attached as `vault` and `warehouse`. truth_dir: `demo_truth` of the barn.
    One row per measure and kind: `people` and `households` over pairs of person records that
    belong together; `overlaps` by verdict and `coverage_gaps` by class over single facts, a true
    person or household standing for the id that most of its records got.
    Columns: measure, kind, true_count, found_count, right_count, precision, recall, f1.
    """
    for table in TABLES:
        path = str(truth_dir / f"{table}.parquet").replace("'", "''")
        con.execute(f"CREATE OR REPLACE TEMP VIEW truth_{table} AS FROM read_parquet('{path}')")
    con.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    return con.execute("FROM compared").df()
