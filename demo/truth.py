"""What is really so, written beside the exports for those who judge the pipeline.

The pipeline never reads these tables. All are Parquet in `home/demo_truth/`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from demo.draws import NO_DAY, Texts
from demo.register import District

SCHEMAS: dict[str, pa.Schema] = {
    "files": pa.schema(
        [
            ("program", pa.string()),
            ("file_name", pa.string()),
            ("area_code", pa.string()),
            ("period", pa.string()),
            ("version", pa.int32()),
            ("superseded", pa.bool_()),
            ("broken", pa.string()),
            ("rows_count", pa.int64()),
            ("header_row", pa.int32()),
            ("events", pa.string()),
            ("member", pa.string()),
        ]
    ),
    "rows": pa.schema(
        [
            ("program", pa.string()),
            ("file_name", pa.string()),
            ("source_row", pa.int64()),
            ("role", pa.string()),
            ("person_id", pa.int64()),
            ("household_id", pa.int64()),
            ("member", pa.string()),
        ]
    ),
    "damage": pa.schema(
        [
            ("program", pa.string()),
            ("file_name", pa.string()),
            ("source_row", pa.int64()),
            ("column", pa.string()),
            ("kind", pa.string()),
            ("sent_value", pa.string()),
            ("clean_value", pa.string()),
            ("expected", pa.string()),
            ("member", pa.string()),
        ]
    ),
    "overlaps": pa.schema(
        [
            ("level", pa.string()),
            ("household_id", pa.int64()),
            ("person_id", pa.int64()),
            ("program_a", pa.string()),
            ("program_b", pa.string()),
            ("month", pa.string()),
            ("verdict", pa.string()),
        ]
    ),
    "coverage_gaps": pa.schema(
        [
            ("program", pa.string()),
            ("household_id", pa.int64()),
            ("period", pa.string()),
            ("gap_class", pa.string()),
        ]
    ),
    "dropouts": pa.schema([("person_id", pa.int64()), ("period", pa.string())]),
    "deceased_paid": pa.schema([("person_id", pa.int64()), ("program", pa.string())]),
    "transitions": pa.schema(
        [
            ("kind", pa.string()),
            ("program", pa.string()),
            ("person_id", pa.int64()),
            ("household_id", pa.int64()),
            ("period", pa.string()),
            ("change", pa.string()),
        ]
    ),
}


class TruthBook:
    """Writes the truth tables; those that grow with the exports in chunks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.counts: dict[str, int] = {}

    def add(self, table: str, **columns: object) -> None:
        """Append equally long columns (or scalars, repeated) to a table of SCHEMAS."""
        schema = SCHEMAS[table]
        size = max(len(value) for value in columns.values() if isinstance(value, np.ndarray))
        if size == 0:
            return
        arrays = []
        for entry in schema:
            value = columns[entry.name]
            if isinstance(value, np.ndarray):
                arrays.append(pa.array(value, entry.type, from_pandas=True))
            else:
                arrays.append(pa.repeat(pa.scalar(value, entry.type), size))
        if table not in self._writers:
            self._writers[table] = pq.ParquetWriter(
                self.folder / f"{table}.parquet", schema, compression="zstd"
            )
        self._writers[table].write_table(pa.table(arrays, schema=schema), row_group_size=1 << 20)
        self.counts[table] = self.counts.get(table, 0) + size

    def whole(self, table: str, columns: dict[str, pa.Array | np.ndarray]) -> None:
        """Write one table at once."""
        data = pa.table(
            {name: pa.array(value, from_pandas=True) for name, value in columns.items()}
        )
        pq.write_table(data, self.folder / f"{table}.parquet", compression="zstd")
        self.counts[table] = len(data)

    def close(self) -> None:
        """Finish all files, also those of tables without rows."""
        for table, schema in SCHEMAS.items():
            if table not in self._writers:
                self._writers[table] = pq.ParquetWriter(self.folder / f"{table}.parquet", schema)
        for writer in self._writers.values():
            writer.close()


def person_ids(index: np.ndarray) -> np.ndarray:
    """Return person ids (1 and up) of indices; -1 becomes 0, for nobody."""
    return np.asarray(index, dtype=np.int64) + 1


def _dates(days: np.ndarray) -> pa.Array:
    known = np.asarray(days) != NO_DAY
    return pa.array(np.where(known, days, 0).astype(np.int32), pa.int32(), mask=~known).cast(
        pa.date32()
    )


def write_people(book: TruthBook, district: District) -> None:
    """Write `people`, `households` (as they are in the end) and `household_membership`."""
    persons = district.persons

    def parent(name: str) -> pa.Array:
        index = persons[name]
        return pa.array(index + 1, mask=index < 0)

    areas, history = district.areas, district.history
    home = history.hh
    present = (home >= 0).any(axis=0)
    ids = np.flatnonzero(present)
    # Everybody who can be named in a row: those present, and parents known to the register.
    named = np.unique(
        np.r_[ids, persons["mother"][ids], persons["father"][ids], persons["spouse"][ids]]
    )
    named = named[named >= 0]
    everybody = {
        "person_id": pa.array(person_ids(np.arange(district.size))),
        "name": pa.array(district.name, pa.string()),
        "given_name": pa.array(district.names["given"], pa.string()),
        "marga": pa.array(district.names["marga"], pa.string(), from_pandas=True),
        "daeng_name": pa.array(district.names["daeng"], pa.string(), from_pandas=True),
        "sex": pa.array(np.where(district.female, "female", "male").astype(object), pa.string()),
        "born_on": _dates(persons["born"]),
        "birthplace": pa.array(district.birthplace, pa.string()),
        "died_on": _dates(persons["died"]),
        "left_on": _dates(persons["left"]),
        "nik": pa.array(district.nik_text, pa.string()),
        "mother_id": parent("mother"),
        "father_id": parent("father"),
        "twin_of_id": parent("twin_of"),
        "disability": pa.array(district.disability, pa.string(), from_pandas=True),
    }
    pick = pa.array(named)
    book.whole("people", {name: column.take(pick) for name, column in everybody.items()})
    households = np.flatnonzero(district.households["arrives"] < len(district.months))
    head = district.households["head"][households]
    first = np.array([month.first for month in district.months])
    book.whole(
        "households",
        {
            "household_id": households + 1,
            "kk_number": district.kk_text[district.households["kk"][households]],
            "area_code": areas.code[district.households["village"][households]],
            "head_person_id": pa.array(head + 1, mask=head < 0),
            "here_from": _dates(first[district.households["arrives"][households]]),
        },
    )
    _memberships(book, district, areas.code)


def _memberships(book: TruthBook, district: District, codes: Texts) -> None:
    """Write one row per person, household, card and village without a break.

    `valid_to` is the first day on which it no longer holds, null if it still does.
    """
    history = district.history
    months = len(district.months)
    inside = history.hh >= 0
    safe = np.maximum(history.hh, 0)
    row = np.arange(months)[:, None]
    kk = np.where(inside, history.kk[row, safe], -1)
    village = np.where(inside, history.village[row, safe], -1)
    before_hh = np.vstack([np.full((1, inside.shape[1]), -2), history.hh[:-1]])
    changed = history.hh != before_hh
    changed[1:] |= (kk[1:] != kk[:-1]) | (village[1:] != village[:-1])
    month, person = np.nonzero(changed.T)[::-1]
    # Sorted by person, then month: a spell ends where the person's next one begins.
    next_month = np.r_[month[1:], 0]
    has_next = np.r_[person[1:] == person[:-1], False]
    first = np.array([m.first for m in district.months], dtype=np.int64)
    valid_from = first[month]
    fresh = inside[month, person] & (month == 0)
    valid_from = np.where(
        fresh, np.maximum(district.born[person], district.kk_day[kk[month, person]]), valid_from
    )
    valid_from = np.minimum(valid_from, np.where(fresh, first[0], valid_from))
    newborn = district.born[person] >= first[month]
    valid_from = np.where(newborn, district.born[person], valid_from)
    valid_to = np.where(has_next, first[next_month], NO_DAY)
    died = district.persons["died"][person]
    valid_to = np.where(
        has_next & (died != NO_DAY) & (history.hh[next_month, person] < 0), died + 1, valid_to
    )
    keep = inside[month, person]
    month, person = month[keep], person[keep]
    book.whole(
        "household_membership",
        {
            "person_id": person_ids(person),
            "household_id": history.hh[month, person].astype(np.int64) + 1,
            "kk_number": district.kk_text[kk[month, person]],
            "area_code": codes[village[month, person]],
            "valid_from": _dates(valid_from[keep]),
            "valid_to": _dates(valid_to[keep]),
        },
    )
