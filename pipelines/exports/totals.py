"""Whether the totals that a sender writes below the rows are those of the rows.

The line of a total is no row: the parser keeps its text. Its figures are compared with the columns
that the suite reads as amounts or numbers (derived columns named `<column>__amount` or
`<column>__number`), in `totals.sql`. A list whose sums differ was cut, pasted together or typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.lake import identifier, quote

RULE_ID = "total_differs"
ENDINGS = ("__amount", "__number")
SQL = Path(__file__).with_suffix(".sql")
_RULE = (
    "warning",
    "Angka pada baris jumlah tidak sama dengan jumlah baris-baris datanya.",
    "A figure in the line of totals is not the sum of the rows.",
    "Periksa apakah ada baris yang hilang, ganda, atau salah nominal; hitung ulang jumlahnya lalu "
    "kirim daftar lengkapnya sebagai versi baru.",
    "See whether a row is missing, doubled or has a wrong amount; work the total out anew and send "
    "the whole list as a new version.",
)


def tell(
    con: duckdb.DuckDBPyConnection, derived: Sequence[str], batch: str, left_out: pa.Table
) -> None:
    """Add to check_rules and check_issues one issue per line of totals that fits no rows.

    derived: the batch's derived columns. batch: the table of all rows. left_out: submission_id,
    source_row and line of what the parser left out.
    """
    columns = [name for name in derived if name.endswith(ENDINGS)]
    if not columns or not left_out.num_rows:
        return
    con.register("left_out_lines", left_out)
    try:
        told = ", ".join(
            f"{{'column': {quote(c)}, 'value': {identifier(c)}::DOUBLE}}" for c in columns
        )
        con.execute(
            "CREATE OR REPLACE TEMP TABLE totals_values AS SELECT submission_id, source_row, "
            f"unnest([{told}], recursive := true) FROM {batch} "
            "SEMI JOIN left_out_lines USING (submission_id)"
        )
        con.execute(SQL.read_text("utf-8"))
    finally:
        con.unregister("left_out_lines")
        con.execute("DROP TABLE IF EXISTS temp.totals_values")
    con.execute(
        "INSERT INTO memory.main.check_rules SELECT $1, NULL, 'table', $2, $3, $4, $5, $6 "
        "WHERE EXISTS (FROM memory.main.check_issues WHERE rule_id = $1)",
        [RULE_ID, *_RULE],
    )
