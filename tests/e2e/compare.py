"""Whether two barns hold the same warehouse, although their opaque ids were drawn apart."""

from __future__ import annotations

from tests.conftest import Barn

# People and households are told by their smallest record instead of by id.
NAMES = """
    CREATE OR REPLACE TEMP TABLE told AS
    SELECT beneficiary_id AS id, min(submission_id || ':' || source_record_id) AS told
    FROM vault.identity.record_links GROUP BY 1
    UNION ALL
    SELECT household_id, 'household of ' || min(submission_id || ':' || source_record_id)
    FROM vault.identity.record_links WHERE household_id IS NOT NULL GROUP BY 1
"""
PEOPLE_COLUMNS = ("beneficiary_id", "household_id", "subject_id")
# When which id was published is other in each barn by nature.
OWN_TABLES = {"core.beneficiary_id_history"}


def tables(barn: Barn) -> dict[str, list[str]]:
    """Columns of every table of the warehouse, and of the vault's register and links."""
    rows = barn.query(
        """
        SELECT database_name || '.' || schema_name || '.' || table_name, column_name
        FROM duckdb_columns()
        WHERE (database_name = 'warehouse' AND schema_name IN ('core', 'analysis', 'public'))
           OR (database_name = 'vault' AND schema_name = 'quality' AND table_name = 'issues')
           OR (database_name = 'vault' AND table_name = 'record_links')
        ORDER BY ALL
        """
    )
    found: dict[str, list[str]] = {}
    for table, column in rows:
        if table.removeprefix("warehouse.") not in OWN_TABLES:
            found.setdefault(table, []).append(column)
    return found


def answers(barn: Barn, table: str, columns: list[str]) -> list[tuple]:
    """The rows of a table with people told by their records, in a total order."""
    told, joins = [], []
    for i, column in enumerate(columns):
        if column.endswith(PEOPLE_COLUMNS):
            joins.append(f'LEFT JOIN told AS t{i} ON t{i}.id = x."{column}"')
            told.append(f't{i}.told, x."{column}" IS NULL')
        else:
            told.append(f'x."{column}"')
    sql = f"SELECT {', '.join(told)} FROM {table} AS x {' '.join(joins)} ORDER BY ALL"
    with barn.connect() as con:
        con.execute(NAMES)
        return con.execute(sql).fetchall()


def same_warehouse(left: Barn, right: Barn) -> None:
    """Fail, without showing a row, if the two differ in any table."""
    wanted = tables(left)
    assert wanted == tables(right)
    assert len(wanted) > 15
    wrong = []
    for table, columns in wanted.items():
        a, b = answers(left, table, columns), answers(right, table, columns)
        differ = len(set(a) ^ set(b)) + abs(len(a) - len(b))
        if differ:
            wrong.append(f"{table}: {differ} rows differ of {len(a)} and {len(b)}")
    assert not wrong, "; ".join(wrong)
