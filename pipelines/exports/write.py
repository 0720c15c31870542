"""Writes the rows of the chosen tables to one Parquet file of text columns.

`source_row` is one number for each row of a submission: the number of the row as its sender sees
it, plus `PART_ROWS` times the place of its part among the declared ones (from 1; an export of one
table has no parts, and its rows keep their numbers). `check.py` takes the two apart again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.exports.choose import Chosen
from pipelines.exports.declaration import Program
from pipelines.exports.rows import LEFT_OUT, Rows, header_only
from pipelines.exports.table import PART_ROWS, Batch

FIELDS_SENT = "_fields_sent"


@dataclass
class Written:
    """Counts of what was written and left out, and columns that are not declared or not there."""

    records_count: int = 0
    rows_count: int = 0
    header_rows: int = 0
    title_rows: int = 0
    blank_rows: int = 0
    repeated_headers: int = 0
    footer_rows: int = 0
    short_rows: int = 0
    long_rows: int = 0
    unknown_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    headers: tuple[tuple[str | None, str, str], ...] = ()
    left_out: pa.Table = field(default_factory=LEFT_OUT.empty_table)


def schema(program: Program) -> pa.Schema:
    """Columns of the Parquet file that is written for `program`."""
    names = [*program.columns, "extra_columns"]
    return pa.schema([*((name, pa.string()) for name in names), ("source_row", pa.int64())])


def write(tables: Sequence[Chosen], name: str, program: Program, target: Path) -> Written:
    """Write all `tables` of the file called `name` to `target`. Raises ProblemError."""
    layout = schema(program)
    order = list(program.read.parts)
    done = Written()
    repeated: list[tuple[Rows, int]] = []
    with (
        contextlib.ExitStack() as opened,
        # A batch is written while the next is read; never more than one waits.
        ThreadPoolExecutor(max_workers=1) as worker,
    ):
        writer: pq.ParquetWriter | None = None
        written: Future[None] | None = None
        for chosen in tables:
            offset = (order.index(chosen.part) + 1) * PART_ROWS if chosen.part else 0
            rows = Rows(chosen.table, chosen.header, chosen.name, chosen.program)
            for batch in rows:
                made = _record_batch(batch, rows, chosen, program, offset, layout)
                if writer is None:
                    writer = opened.enter_context(
                        pq.ParquetWriter(
                            target, layout, compression="snappy", use_dictionary=_repeating(made)
                        )
                    )
                if written:
                    written.result()
                written = worker.submit(writer.write_batch, made)
            if rows.counts.repeated:
                repeated.append((rows, offset))
            _add(done, rows, chosen, offset)
        if written:
            written.result()
        if not done.rows_count:
            raise header_only(name)
    for rows, offset in repeated:
        headers = [offset + row for row in rows.counts.repeated]
        if _is_doubled(target, offset, headers, list(program.columns)):
            raise rows.twice()
    return done


def _repeating(batch: pa.RecordBatch) -> list[str]:
    """Columns whose values repeat: only for these is a dictionary worth its making."""
    most = batch.num_rows // 2
    return [
        name
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
        if pc.count_distinct(column, mode="all").as_py() <= most
    ]


def _record_batch(
    batch: Batch, rows: Rows, chosen: Chosen, program: Program, offset: int, layout: pa.Schema
) -> pa.RecordBatch:
    full = batch.padded(len(chosen.header.columns))
    empty = pa.nulls(len(full), pa.string())
    arrays = []
    for column in program.columns:
        if column in rows.place and column in chosen.program.columns:
            arrays.append(full.columns[rows.place[column]])
        elif column in chosen.titles:
            arrays.append(pa.repeat(pa.scalar(chosen.titles[column], pa.string()), len(full)))
        else:
            arrays.append(empty)
    arrays += [_extras(full, rows), pa.array(full.rows + offset, pa.int64())]
    return pa.RecordBatch.from_arrays(arrays, schema=layout)


def _add(done: Written, rows: Rows, chosen: Chosen, offset: int) -> None:
    counts = rows.counts
    done.records_count += counts.records
    done.rows_count += counts.rows
    done.header_rows += chosen.header.rows
    done.title_rows += counts.titles
    done.blank_rows += counts.blank
    done.repeated_headers += len(counts.repeated)
    done.footer_rows += counts.footers
    done.short_rows += counts.short
    done.long_rows += counts.long
    header = chosen.header
    done.unknown_columns += tuple(header.labels[i][0] for i in header.unknown())
    names = header.extra_names(len(header.columns))
    done.headers += tuple(
        (chosen.part, column or names[i], f"{under} / {text}" if under else text)
        for i, (column, (text, under)) in enumerate(zip(header.columns, header.labels, strict=True))
        if text.strip()
    )
    have = {*header.found, *chosen.titles}
    done.missing_columns += tuple(
        c for c in chosen.program.columns if c not in have and c not in done.missing_columns
    )
    left_out = pa.Table.from_batches(rows.left_out, schema=LEFT_OUT).sort_by("source_row")
    numbers = left_out.column("source_row").to_numpy() + np.int64(offset)
    left_out = left_out.set_column(0, LEFT_OUT.field(0), pa.array(numbers, pa.int64()))
    done.left_out = pa.concat_tables([done.left_out, left_out])


def _extras(batch: Batch, rows: Rows) -> pa.Array:
    """What the declaration does not know of each record, as a JSON object or NULL."""
    names = {
        i: name
        for i, name in rows.header.extra_names(len(batch.columns)).items()
        if batch.columns[i].null_count < len(batch)
    }
    arrays = [batch.columns[i] for i in names]
    keys = list(names.values())
    if batch.widths is not None:
        ragged = (batch.widths < rows.width) | rows.too_long(batch)
        if ragged.any():
            arrays.append(pa.array(batch.widths, mask=~ragged).cast(pa.string()))
            keys.append(FIELDS_SENT)
    if not arrays:
        return pa.nulls(len(batch), pa.string())
    columns = [f"c{i}" for i in range(len(arrays))]
    extra = pa.table(dict(zip(columns, arrays, strict=True)))
    pairs = ", ".join(f"?, {column}" for column in columns)
    # Merging into an empty object leaves out the members that are null.
    # Most files have nothing extra, and a connection costs more than reading a small file.
    with contextlib.closing(duckdb.connect()) as con:
        con.execute("SET enable_progress_bar = false")
        made = con.execute(
            f"SELECT CASE WHEN coalesce({', '.join(columns)}) IS NOT NULL "
            f"THEN json_merge_patch('{{}}', json_object({pairs}))::VARCHAR END AS j FROM extra",
            keys,
        ).to_arrow_table()
    del extra
    return made.column("j").combine_chunks().cast(pa.string())


def _is_doubled(path: Path, offset: int, headers: Sequence[int], columns: Sequence[str]) -> bool:
    """Whether the repeated headers cut the rows into parts that are all the same: a table twice."""
    names = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
    with contextlib.closing(duckdb.connect()) as con:
        con.execute("SET enable_progress_bar = false")
        parts = con.execute(
            "SELECT count(*), sum(hash(place, cells)) FROM ("
            " SELECT part, cells,"
            "  row_number() OVER (PARTITION BY part ORDER BY source_row) AS place"
            f" FROM (SELECT source_row, hash({names}) AS cells,"
            "  len(list_filter($headers, h -> h < source_row)) AS part FROM read_parquet($path)"
            "  WHERE source_row BETWEEN $first AND $last))"
            " GROUP BY part",
            {
                "headers": list(headers),
                "path": str(path),
                "first": offset,
                "last": offset + PART_ROWS - 1,
            },
        ).fetchall()
    return len(parts) == len(headers) + 1 and len(set(parts)) == 1
