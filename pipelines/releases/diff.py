"""What changed between two releases: rows added, removed and changed, table by table."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import duckdb

from pipelines.lake import identifier, quote
from pipelines.releases.catalog import Release


@dataclass(frozen=True)
class TableDiff:
    """Rows of one table in the former and in the later release, and what became of them.

    `changed` counts rows with the same key and another value; it is None where the table states
    no key, and then a changed row counts as one removed and one added. A table that only one of
    the releases holds has `rows` None in the other.
    """

    table: str
    rows_before: int | None
    rows_after: int | None
    added: int = 0
    removed: int = 0
    changed: int | None = 0
    changed_columns: dict[str, int] = field(default_factory=dict)
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether rows and columns are those they were."""
        return not (
            self.added
            or self.removed
            or self.changed
            or self.columns_added
            or self.columns_removed
            or self.rows_before is None
            or self.rows_after is None
        )

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


def diff(before: Release, after: Release) -> list[TableDiff]:
    """Compare two releases table by table, in the order of the later one."""
    then = {table.name: table for table in before.tables}
    now = {table.name: table for table in after.tables}
    keys = {**_keys(before), **_keys(after)}
    found: list[TableDiff] = []
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        for alias, release in (("a", before), ("b", after)):
            con.execute(f"ATTACH {quote(str(release.database))} AS {alias} (READ_ONLY)")
        for name in [*now, *(n for n in then if n not in now)]:
            if name not in then:
                found.append(TableDiff(name, None, now[name].rows, added=now[name].rows))
            elif name not in now:
                found.append(TableDiff(name, then[name].rows, None, removed=then[name].rows))
            elif then[name].content_hash == now[name].content_hash:
                found.append(TableDiff(name, then[name].rows, now[name].rows))
            else:
                found.append(_compare(con, name, keys.get(name, ())))
    return found


def _keys(release: Release) -> dict[str, tuple[str, ...]]:
    return {
        item["name"]: tuple(item["schema"]["primaryKey"])
        for item in release.datapackage()["resources"]
        if item["schema"].get("primaryKey")
    }


def _compare(con: duckdb.DuckDBPyConnection, table: str, key: tuple[str, ...]) -> TableDiff:
    a, b = identifier(f"a.{table}"), identifier(f"b.{table}")
    then = {r[0]: r[1] for r in con.execute(f"DESCRIBE {a}").fetchall()}
    now = {r[0]: r[1] for r in con.execute(f"DESCRIBE {b}").fetchall()}
    common = [c for c in now if c in then]
    columns = (tuple(c for c in now if c not in then), tuple(c for c in then if c not in now))
    if not key or not set(key) <= set(common):
        names = ", ".join(f'CAST("{c}" AS VARCHAR)' for c in common)
        row = con.execute(
            f"SELECT (SELECT count(*) FROM {a}), (SELECT count(*) FROM {b}), "
            f"(SELECT count(*) FROM (SELECT {names} FROM {b} EXCEPT ALL SELECT {names} FROM {a})), "
            f"(SELECT count(*) FROM (SELECT {names} FROM {a} EXCEPT ALL SELECT {names} FROM {b}))"
        ).fetchone()
        assert row is not None
        return TableDiff(
            table,
            rows_before=row[0],
            rows_after=row[1],
            added=row[2],
            removed=row[3],
            changed=None,
            columns_added=columns[0],
            columns_removed=columns[1],
        )

    def differs(column: str) -> str:
        if then[column] == now[column]:
            return f'(a."{column}" IS DISTINCT FROM b."{column}")'
        return f'(CAST(a."{column}" AS VARCHAR) IS DISTINCT FROM CAST(b."{column}" AS VARCHAR))'

    values = [c for c in common if c not in key]
    both = "a._there AND b._there"
    on = " AND ".join(f'a."{k}" IS NOT DISTINCT FROM b."{k}"' for k in key)
    counts = [
        "count(a._there)",
        "count(b._there)",
        "count(*) FILTER (a._there IS NULL)",
        "count(*) FILTER (b._there IS NULL)",
        f"count(*) FILTER ({both} AND ({' OR '.join(map(differs, values)) or 'false'}))",
        *(f"count(*) FILTER ({both} AND {differs(c)})" for c in values),
    ]
    row = con.execute(
        f"SELECT {', '.join(counts)} FROM (SELECT *, true AS _there FROM {a}) AS a "
        f"FULL JOIN (SELECT *, true AS _there FROM {b}) AS b ON {on}"
    ).fetchone()
    assert row is not None
    by_column = {c: n for c, n in zip(values, row[5:], strict=True) if n}
    return TableDiff(
        table,
        rows_before=row[0],
        rows_after=row[1],
        added=row[2],
        removed=row[3],
        changed=row[4],
        changed_columns=by_column,
        columns_added=columns[0],
        columns_removed=columns[1],
    )
