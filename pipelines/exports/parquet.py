"""Parquet as a table of text: every type in one way, row group by row group.

A whole number is written without a decimal sign, a day at midnight as a date, true and false as
words, lists and structs as JSON text; anything else as DuckDB writes it. Records are numbered
from 1.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.exports.declaration import Read
from pipelines.exports.refusals import damaged, password_protected, too_large, too_many_columns
from pipelines.exports.table import Batch, Contents, Head, Limits

ROWS = 50_000
MEMORY = "1GB"
_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT")


def _as_text(name: str, kind: str) -> str:
    """SQL that writes the column `name` of type `kind` as text."""
    column = _quoted(name)
    if kind.endswith("]") or kind.startswith(_NESTED):
        text = f"to_json({column})::VARCHAR"
    elif kind in ("DOUBLE", "FLOAT"):
        # 3.174091504900001e+15 is the number of a card, too.
        text = (
            f"CASE WHEN {column} = trunc({column}) AND abs({column}) < 1e18 "
            f"THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
        )
    elif kind.startswith("TIMESTAMP"):
        text = (
            f"CASE WHEN {column}::TIMESTAMP = date_trunc('day', {column}::TIMESTAMP) "
            f"THEN strftime({column}::TIMESTAMP, '%Y-%m-%d') ELSE {column}::TIMESTAMP::VARCHAR END"
        )
    else:
        text = f"{column}::VARCHAR"
    return f"nullif({text}, '')"


class ParquetTable:
    """The records of one Parquet file. Columns of one name in different case are kept apart."""

    label: str | None = None

    def __init__(self, path: Path, file_name: str, kinds: dict[str, str]) -> None:
        self.path, self.file_name, self.kinds = path, file_name, kinds
        self.names: Sequence[str] | None = tuple(kinds)

    def merged(self) -> Sequence[tuple[int, int, int]]:
        """Records have no merged cells."""
        return ()

    def head(self, records: int) -> Head:
        """The first records."""
        for batch in self._read(f"LIMIT {records}"):
            return batch.records()
        return []

    def batches(self) -> Iterator[Batch]:
        """All records in the file's order."""
        return self._read("")

    def _read(self, limit: str) -> Iterator[Batch]:
        texts = ", ".join(
            f"{_as_text(name, kind)} AS c{i}" for i, (name, kind) in enumerate(self.kinds.items())
        )
        first = 1
        with contextlib.closing(_connect()) as con:
            try:
                reader = con.execute(
                    f"SELECT {texts} FROM read_parquet($path) {limit}", {"path": str(self.path)}
                ).to_arrow_reader(ROWS)
                for batch in reader:
                    columns = [column.cast(pa.string()) for column in batch.columns]
                    yield Batch(columns, np.arange(first, first + len(batch), dtype=np.int64))
                    first += len(batch)
            except duckdb.OutOfMemoryException:
                raise too_large(self.file_name) from None
            except (duckdb.Error, pa.ArrowException, OSError):
                raise _damaged(self.file_name) from None


def _damaged(file_name: str) -> Exception:
    return damaged(file_name, "Berkas Parquet", "Parquet file")


def _connect() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": ""})
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")
    return con


def read_parquet(path: Path, file_name: str, limits: Limits, work: Path, read: Read) -> Contents:
    """A Parquet file as one table; measured before its values are read."""
    with contextlib.closing(_connect()) as con:
        given = {"path": str(path)}
        try:
            described = con.execute("DESCRIBE SELECT * FROM read_parquet($path)", given).fetchall()
            if len(described) > limits.columns:
                raise too_many_columns(file_name, limits.columns)
            kinds = {row[0]: row[1] for row in described}
            row = con.execute("SELECT count(*) FROM read_parquet($path)", given).fetchone()
            if row and row[0] * len(kinds) > limits.streamed_cells:
                raise too_large(file_name)
            # A value is stored once and may stand in every row: what all come to is added up.
            size = {"VARCHAR": "strlen", "BLOB": "octet_length"}
            texts = [f"{size[kind]}({_quoted(n)})" for n, kind in kinds.items() if kind in size]
            if texts:
                length = " + ".join(f"coalesce({text}, 0)" for text in texts)
                row = con.execute(
                    f"SELECT sum({length}), max({length}) FROM read_parquet($path)", given
                ).fetchone()
                if row and (
                    (row[0] or 0) > limits.expanded_bytes or (row[1] or 0) > limits.record_bytes
                ):
                    raise too_large(file_name)
        except duckdb.OutOfMemoryException:
            raise too_large(file_name) from None
        except duckdb.Error as error:
            if "encrypt" in str(error).lower():
                raise password_protected(file_name) from None
            raise _damaged(file_name) from None
    return Contents("parquet", [ParquetTable(path, file_name, kinds)])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
