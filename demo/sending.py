"""From a batch of clean rows to the files its senders put into the landing folder.

A batch holds one program's rows of one period for all senders. Here it is made dirty,
split by sender, given the file-level dirt of that sender, written, and its truth noted.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from demo.areas import REGENCIES
from demo.draws import Bools, Ints, Texts, generator, of_ints, texts
from demo.rates import Rates
from demo.register import District
from demo.sheets import Literal, Sheet, body_row_numbers, write_workbook
from demo.soil import Soil
from demo.tables import Style, line, render_table, write_records, write_table
from demo.truth import TruthBook, person_ids


@dataclass
class Batch:
    """Clean rows of one program and period, for all senders."""

    period: str
    month: int
    """Index of the month whose households hold for these rows (the period's last)."""
    sent_day: int
    """Last day of the period (days since 1970); files are sent some days later."""
    sender: np.ndarray
    """Index of the sender of each row (into `senders` of the layout)."""
    cells: dict[str, Texts]
    roles: dict[str, Ints]
    """Person index of each role in each row, -1 for nobody."""
    extra: dict[str, np.ndarray] = field(default_factory=dict)
    """Whatever else the program's dirt and truth need, by row."""

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.sender)

    def take(self, rows: Ints) -> Batch:
        """Return a batch of these rows."""
        return Batch(
            self.period,
            self.month,
            self.sent_day,
            self.sender[rows],
            {name: column[rows] for name, column in self.cells.items()},
            {name: column[rows] for name, column in self.roles.items()},
            {name: column[rows] for name, column in self.extra.items()},
        )


def dotted(code: str) -> str:
    """Return an area code with its dots (`3174` -> `31.74`)."""
    parts = [code[0:2], code[2:4], code[4:6], code[6:10]]
    return ".".join(part for part in parts if part)


Head = Callable[[Batch, str], list[list[Literal]]]


@dataclass(frozen=True)
class Layout:
    """How a program's files look."""

    program: str
    extension: str
    """`csv`, `xlsx`, `zip` (of CSVs), `jsonl`, `json` (pages), `parquet`
    or `sqlite`."""
    columns: tuple[str, ...]
    """Cell columns in the order of the file."""
    header: tuple[str, ...] | None = None
    """Header texts; the columns' names unless given."""
    separator: str = ","
    numbers: frozenset[str] = frozenset()
    """Columns that are number cells in a workbook."""
    sheet: str = "Sheet1"
    head: Head | None = None
    """Literal rows above the header, for a batch and a sender."""
    sub_header: tuple[Literal, ...] | None = None
    merges: tuple[str, ...] = ()
    titles: bool = True
    """Whether a sender may put title rows above the header."""
    totals: tuple[str, ...] = ()
    """Columns that a totals row adds up."""
    senders: tuple[str, ...] = REGENCIES
    number_column: str | None = None
    """Running number that starts at 1 in each file."""
    member: str | None = None
    """Name of the CSV inside a zip; several layouts may share one zip."""
    encoding: str | None = None
    """Encoding of all the program's text files, if its senders have no say in it."""
    raw: frozenset[str] = frozenset()
    """Columns whose text is JSON already (lists), or whole numbers in Parquet."""


@dataclass
class Desk:
    """Writes a program's batches into the landing folder and their truth into the book."""

    home: Path
    district: District
    rates: Rates
    book: TruthBook
    progress: Callable[[str, int, int], None] | None = None
    files: int = 0
    rows: int = 0
    caches: dict[str, dict[object, np.ndarray]] = field(default_factory=dict)
    pending: dict[Path, list[tuple[str, bytes, int]]] = field(default_factory=dict)
    """Members of zips that are not sealed yet: name, content and time of the file."""

    def folder(self, program: str) -> Path:
        """Return (and make) the landing folder of a program."""
        folder = self.home / "landing" / program
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def send(
        self,
        layout: Layout,
        batch: Batch,
        soil: Callable[[Soil, Batch], None],
        earlier: Callable[[Batch], None] | None = None,
    ) -> Bools:
        """Write a batch and tell which of its rows are in a readable file that is in force.

        `soil` makes the cells dirty; `earlier` changes a first, later corrected version.
        """
        rates = self.rates
        if rates.row_duplicated:
            rng = generator(self.district.seed, "duplicate", layout.program, batch.period)
            twice = np.flatnonzero(rng.random(batch.size) < rates.row_duplicated)
        else:
            twice = np.empty(0, dtype=np.int64)
        doubled = batch.take(np.sort(np.r_[np.arange(batch.size), twice], kind="stable"))
        doubled.extra["_origin"] = np.sort(np.r_[np.arange(batch.size), twice], kind="stable")
        dirty = self._dirty(layout, doubled, soil, "final")
        arrived = np.zeros(batch.size, dtype=bool)
        for sender in range(len(layout.senders)):
            rng = generator(
                self.district.seed, "event", layout.program, batch.period, layout.senders[sender]
            )
            missing, late = rng.random(2) < (rates.event_missing_period, rates.event_late_v2)
            rows = np.flatnonzero(doubled.sender == sender)
            if missing or not len(rows):
                continue
            broken = self._broken(layout, batch.period, sender, rng)
            if late:
                first = doubled.take(rows[rng.random(len(rows)) > 0.04])
                if earlier:
                    earlier(first)
                draft = self._dirty(layout, first, soil, "draft")
                self._write(layout, first, draft, np.arange(first.size), sender, 1, True, "")
            self._write(layout, doubled, dirty, rows, sender, 2 if late else 1, False, broken)
            if not broken:
                arrived[doubled.extra["_origin"][rows]] = True
        return arrived

    def _broken(self, layout: Layout, period: str, sender: int, rng: np.random.Generator) -> str:
        rates = self.rates
        kinds = [
            ("truncated", rates.broken_truncated if layout.extension == "xlsx" else 0.0),
            ("password", rates.broken_password if layout.extension == "xlsx" else 0.0),
            ("csv_named_xlsx", rates.broken_csv_named_xlsx if layout.extension == "xlsx" else 0.0),
            ("header_renamed", rates.broken_header_renamed),
            ("column_missing", rates.broken_column_missing),
        ]
        draws = rng.random(len(kinds))
        for (kind, rate), draw in zip(kinds, draws, strict=True):
            if draw < rate:
                return kind
        return ""

    def _dirty(
        self, layout: Layout, batch: Batch, soil: Callable[[Soil, Batch], None], version: str
    ) -> Soil:
        cache = self.caches.setdefault(layout.program, {})
        dirty = Soil(
            self.district,
            self.rates,
            layout.program,
            batch.period,
            version,
            batch.cells,
            batch.size,
            layout.numbers,
            cache=cache,
        )
        soil(dirty, batch)
        return dirty

    def _write(
        self,
        layout: Layout,
        batch: Batch,
        dirty: Soil,
        rows: Ints,
        sender: int,
        version: int,
        superseded: bool,
        broken: str,
    ) -> None:
        area = layout.senders[sender]
        rng = generator(self.district.seed, "file", layout.program, batch.period, area, version)
        suffix = f"_v{version}" if version > 1 else ""
        name = f"{layout.program}_{area}_{batch.period}{suffix}.{layout.extension}"
        path = self.folder(layout.program) / name
        events: list[str] = []
        columns, header = list(layout.columns), list(layout.header or layout.columns)
        if broken == "header_renamed":
            header[min(3, len(header) - 1)] = "KOLOM BARU"
        if broken == "column_missing":
            del columns[min(3, len(columns) - 1)], header[min(3, len(header) - 1)]
        body = [dirty.cells[column][rows] for column in columns]
        if layout.number_column:
            body[columns.index(layout.number_column)] = of_ints(np.arange(1, len(rows) + 1))
        head = layout.head(batch, area) if layout.head else []
        flat = layout.extension in ("jsonl", "json", "parquet", "sqlite")
        if (
            layout.titles
            and not flat
            and self._happens(rng, self.rates.file_title_rows, events, "title_rows")
        ):
            head = [
                [f"DATA {layout.program.upper()} PERIODE {batch.period}"],
                [f"SUMBER: DINAS SOSIAL {area}"],
                [],
                *head,
            ]
        header_row = 0 if flat else len(head) + 1
        inserts: list[tuple[int, list[str | None]]] = []
        sprinkled = len(rows) > 0 and not flat
        if sprinkled and self._happens(
            rng, self.rates.file_repeated_header, events, "repeated_header"
        ):
            inserts.append((int(rng.integers(1, len(rows) + 1)), list(header)))
        if sprinkled and self._happens(rng, self.rates.file_empty_rows, events, "empty_rows"):
            empty: list[str | None] = [None] * len(header)
            inserts += [(int(rng.integers(1, len(rows) + 1)), empty) for _ in range(3)]
        inserts = sorted(
            ((position, cells) for position, cells in inserts if position < len(rows)),
            key=lambda item: item[0],
        )
        tail: list[list[Literal]] = []
        if layout.totals and self._happens(rng, self.rates.file_totals, events, "totals"):
            tail.append(self._total(layout, batch, rows, columns))
        if not flat and self._happens(rng, self.rates.file_footnote, events, "footnote"):
            tail += [[], ["Catatan: data sementara – dapat berubah sewaktu-waktu"]]
        first = header_row + (2 if layout.sub_header else 1)
        if flat:
            write_records(path, layout.extension, header, body, layout.raw)
        elif layout.extension in ("csv", "zip"):
            self._write_csv(rng, layout, path, events, head, header, body, inserts, tail)
        else:
            self._write_xlsx(
                rng,
                layout,
                path,
                events,
                head,
                header,
                columns,
                body,
                dirty,
                rows,
                inserts,
                tail,
                broken,
            )
        self._stamp(path, batch, area, version, layout.program)
        readable = broken not in ("truncated", "password")
        source_row = body_row_numbers(first, len(rows), [position for position, _ in inserts])
        self.book.add(
            "files",
            program=layout.program,
            file_name=texts([name]),
            area_code=dotted(area),
            period=batch.period,
            version=version,
            superseded=superseded,
            broken=broken or None,
            rows_count=len(rows),
            header_row=header_row,
            events=",".join(events),
            member=layout.member,
        )
        self.files += 1
        self.rows += len(rows)
        if readable:
            self._note(layout, name, batch, dirty, rows, source_row)

    def _note(
        self, layout: Layout, name: str, batch: Batch, dirty: Soil, rows: Ints, source_row: Ints
    ) -> None:
        last_home = self.district.last_home[batch.month]
        for role, people in batch.roles.items():
            person = people[rows]
            known = person >= 0
            home = last_home[person[known]]
            self.book.add(
                "rows",
                program=layout.program,
                member=layout.member,
                file_name=name,
                source_row=source_row[known],
                role=role,
                person_id=person_ids(person[known]),
                household_id=person_ids(home),
            )
        place = np.full(batch.size, -1, dtype=np.int64)
        place[rows] = source_row
        for damage in dirty.log:
            at = place[damage.rows]
            here = at >= 0
            if here.any():
                self.book.add(
                    "damage",
                    program=layout.program,
                    member=layout.member,
                    file_name=name,
                    source_row=at[here],
                    column=damage.column,
                    kind=damage.kind,
                    sent_value=damage.sent[here],
                    clean_value=damage.clean[here],
                    expected=damage.expected,
                )
        origin = batch.extra.get("_origin")
        if origin is not None:
            again = np.flatnonzero(np.r_[False, np.diff(origin[rows]) == 0])
            if len(again):
                self.book.add(
                    "damage",
                    program=layout.program,
                    member=layout.member,
                    file_name=name,
                    source_row=source_row[again],
                    column="",
                    kind="row_duplicated",
                    sent_value=None,
                    clean_value=None,
                    expected="warning",
                )

    @staticmethod
    def _happens(rng: np.random.Generator, rate: float, events: list[str], event: str) -> bool:
        """Draw whether a file-level event happens, and note it."""
        happens = bool(rng.random() < rate)
        if happens:
            events.append(event)
        return happens

    @staticmethod
    def _total(layout: Layout, batch: Batch, rows: Ints, columns: Sequence[str]) -> list[Literal]:
        total: list[Literal] = [None] * len(columns)
        total[1 if len(columns) > 1 else 0] = "JUMLAH"
        for column in layout.totals:
            if column in columns:
                values = batch.cells[column][rows]
                total[columns.index(column)] = int(
                    values[values != np.array(None)].astype(np.int64).sum()
                )
        return total

    def _write_csv(
        self,
        rng: np.random.Generator,
        layout: Layout,
        path: Path,
        events: list[str],
        head: list[list[Literal]],
        header: list[str],
        body: list[Texts],
        inserts: list[tuple[int, list[str | None]]],
        tail: list[list[Literal]],
    ) -> None:
        rates = self.rates
        separator = layout.separator
        if self._happens(rng, rates.file_separator, events, "separator"):
            others = [mark for mark in (";", ",", "\t") if mark != separator]
            separator = others[int(rng.integers(0, len(others)))]
        crlf = self._happens(rng, rates.file_crlf, events, "crlf")
        encoding = "utf-8"
        if self._happens(rng, rates.file_bom, events, "bom"):
            encoding = "utf-8-sig"
        elif self._happens(rng, rates.file_cp1252, events, "cp1252"):
            encoding = "cp1252"

        def flat(cells: Sequence[Literal]) -> str:
            return line([None if cell is None else str(cell) for cell in cells], separator)

        content = render_table(
            Style(separator, "\r\n" if crlf else "\n", layout.encoding or encoding),
            [flat(cells) for cells in head] + [flat(header)],
            body,
            [(position, flat(cells)) for position, cells in inserts],
            [flat(cells) for cells in tail],
        )
        if layout.member:
            self.pending.setdefault(path, []).append((layout.member, content, 0))
        else:
            path.write_bytes(content)

    def _write_xlsx(
        self,
        rng: np.random.Generator,
        layout: Layout,
        path: Path,
        events: list[str],
        head: list[list[Literal]],
        header: list[str],
        columns: list[str],
        body: list[Texts],
        dirty: Soil,
        rows: Ints,
        inserts: list[tuple[int, list[str | None]]],
        tail: list[list[Literal]],
        broken: str,
    ) -> None:
        top: list[Sequence[Literal]] = [*head, header]
        if layout.sub_header:
            top.append(layout.sub_header)
        data = Sheet(
            layout.sheet,
            top,
            body,
            [dirty.kinds[column][rows] for column in columns],
            inserts,
            tail,
            layout.merges,
        )
        sheets = [data]
        if self._happens(rng, self.rates.file_extra_sheet, events, "extra_sheet"):
            notes = Sheet(
                "Petunjuk",
                [
                    ["PETUNJUK PENGISIAN"],
                    ["1. Isi semua kolom sesuai dokumen kependudukan"],
                    ["2. Jangan mengubah judul kolom"],
                ],
            )
            sheets = [notes, data] if rng.random() < 0.5 else [data, notes]
        if broken == "csv_named_xlsx":
            write_table(path, Style(";"), [line(header, ";")], body)
            return
        write_workbook(path, sheets)
        if broken == "truncated":
            content = path.read_bytes()
            path.write_bytes(content[: len(content) * 3 // 5])
        elif broken == "password":
            # What Office makes of it: an OLE file with an encrypted package inside.
            mark = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
            package = "EncryptedPackage".encode("utf-16-le").ljust(128, b"\0")
            path.write_bytes(mark + package + rng.bytes(4096))

    def _stamp(self, path: Path, batch: Batch, area: str, version: int, program: str) -> None:
        """Set the file's time to a plausible sending date, later for a correction."""
        rng = generator(self.district.seed, "sent", program, batch.period, area, version)
        day = batch.sent_day + 3 + int(rng.integers(0, 12)) + (version - 1) * 21
        seconds = day * 86_400 + 3600 * 2 + int(rng.integers(0, 8 * 3600))
        if path in self.pending:
            self.pending[path] = [(*item[:2], seconds) for item in self.pending[path]]
        else:
            os.utime(path, (seconds, seconds))

    def seal(self) -> None:
        """Write the zips whose members have been sent."""
        for path, members in self.pending.items():
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name, content, _ in sorted(members):
                    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
                    info.compress_type = zipfile.ZIP_DEFLATED
                    info.create_system = 3
                    archive.writestr(info, content)
            seconds = members[0][2]
            os.utime(path, (seconds, seconds))
        self.pending.clear()
