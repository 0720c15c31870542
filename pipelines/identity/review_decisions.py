"""The decisions in force about pairs of records: a light module, for whoever only asks for them."""

from __future__ import annotations

import duckdb

from pipelines import lake
from pipelines.settings import Home

TABLE = "vault.identity.decisions"
_ONE = "concat_ws('|', program_a, submission_id_a, source_record_id_a)"
_OTHER = "concat_ws('|', program_b, submission_id_b, source_record_id_b)"


def in_force_sql(table: str = TABLE) -> str:
    """`(decision_id, verdict, key_a, key_b)` of each, as a subquery; keys name records, a < b."""
    return (
        f"(SELECT decision_id, verdict, least({_ONE}, {_OTHER}) AS key_a, "
        f"greatest({_ONE}, {_OTHER}) AS key_b FROM {table} "
        "WHERE withdrawn_at IS NULL AND verdict IN ('same', 'different'))"
    )


def in_force(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """(key_a, key_b, verdict) of each, sorted."""
    if not lake.table_exists(con, TABLE):
        return []
    return con.execute(
        f"SELECT key_a, key_b, verdict FROM {in_force_sql()} ORDER BY ALL"
    ).fetchall()


def of_barn(home: Home | None = None) -> list[tuple[str, str, str]]:
    """As `in_force`, of a barn; none without a vault."""
    if not lake.exists("vault", home):
        return []
    with lake.connect(read=["vault"], home=home) as con:
        return in_force(con)
