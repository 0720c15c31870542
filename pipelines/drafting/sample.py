"""Samples without a declaration: which table is meant, where its header is, what stands above it.

The header is found by what a header is (words, no values, over columns that hold values), never by
where it stands. Reading itself is `pipelines.exports.parse`, under a declaration made from the
header, so a sample is read here exactly as the pipeline will read the export.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from pipelines.drafting import words
from pipelines.exports import periods
from pipelines.exports.archive import unpack
from pipelines.exports.declaration import Format, Read, column_name, match_key
from pipelines.exports.header import _labels
from pipelines.exports.kinds import NAMES, detect_kind
from pipelines.exports.parse import READERS
from pipelines.exports.problem import ProblemError
from pipelines.exports.table import Contents, Head, Limits, RawTable

HEAD_ROWS = 80
FORMATS = {"workbook": "xlsx"}
_VALUE = re.compile(
    r"\d{5,}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|@|^[\W\d]*\d[\d.,]*\D{0,3}$|^\W+$|^rp\b", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d{2}(?:/(?:19|20)?\d{2})?")


class DraftError(ValueError):
    """A draft cannot be made; the message is for the one who asked, and quotes no cell."""


@dataclass(frozen=True)
class Label:
    """One heading of a table: its text, the merged header above it, its place from 0."""

    header: str
    under: str | None
    place: int

    @property
    def key(self) -> str:
        """What spellings of it have in common."""
        return match_key(self.header, self.under)


@dataclass
class Layout:
    """One table of a file. titles: names of `words.titles` whose value stands above the header."""

    label: str | None
    header_index: int
    header_rows: int
    labels: list[Label]
    titles: list[str] = field(default_factory=list)
    unnamed: int = 0
    named_by_source: bool = False


@dataclass
class Sample:
    """One sample file as it was found. layouts: one, or one for each part of an archive."""

    path: Path
    name: str
    kind: str
    format: str
    encoding: str | None
    delimiter: str | None
    layouts: list[Layout]
    other_sheets: tuple[str, ...] = ()
    sheet: str | None = None
    inner: tuple[str, ...] = ()
    area: str | None = None
    period: periods.Period | None = None


def look_at(path: Path, header_row: int | None = None, table: str | None = None) -> Sample:
    """Find the tables of a file and their headers. Raises DraftError.

    header_row: where the header is, as a spreadsheet counts rows, if it is known. table: the name
    of the table in a database file or of the sheet in a workbook.
    """
    if not path.is_file():
        raise DraftError(f"{path.name}: there is no such file.")
    with tempfile.TemporaryDirectory(prefix="lumbung-draft-") as folder:
        try:
            if detect_kind(path) == "zip":
                return _archive(path, header_row, Path(folder))
            return _sample(path, open_file(path, path.name, Path(folder), table), header_row, table)
        except ProblemError as error:
            raise DraftError(error.problem.message_en) from None


def open_file(path: Path, name: str, work: Path, table: str | None = None) -> Contents:
    """The tables of one file, whatever its kind. Raises DraftError and ProblemError."""
    kind = detect_kind(path)
    reader = READERS.get(kind)
    if reader is None:
        _, english = NAMES.get(kind, NAMES["unknown"])
        raise DraftError(f"{name} cannot be read: it is {kind if kind == 'empty' else english}.")
    return reader(path, name, Limits(), work, Read(formats=get_args(Format), table=table))


def _archive(path: Path, header_row: int | None, work: Path) -> Sample:
    """The members of an archive: one table, or several that are the parts of the export."""
    members = [m for m in unpack(path, path.name, Limits(), work) if m.path is not None]
    found = []
    for number, member in enumerate(members):
        folder = work / f"of-{number}"
        folder.mkdir()
        assert member.path is not None
        contents = open_file(member.path, f"{path.name}: {member.name}", folder)
        inner = _sample(path, contents, header_row, None)
        inner.layouts[0].label = member.name
        found.append(inner)
    if not found:
        raise DraftError(f"{path.name}: the archive holds no file.")
    first = found[0]
    first.inner = tuple(sorted({f.format for f in found}))
    first.format, first.kind = "zip", "zip"
    first.layouts = sorted((f.layouts[0] for f in found), key=lambda layout: layout.label or "")
    return first


def _sample(path: Path, contents: Contents, header_row: int | None, table: str | None) -> Sample:
    found: list[tuple[float, RawTable, Layout]] = []
    for place, raw in enumerate(contents.tables):
        layout, score = _layout(raw, header_row)
        if layout is not None:
            found.append((score - place / 1000, raw, layout))
    if not found:
        raise DraftError(
            f"{path.name}: no row of the first {HEAD_ROWS} looks like a header (words over columns "
            "of values). Give the header's row with --header-row, or add a header to the file."
        )
    found.sort(key=lambda f: -f[0])
    kind = contents.kind
    sample = Sample(
        path=path,
        name=path.name,
        kind=kind,
        format=FORMATS.get(kind, kind),
        encoding=contents.encoding,
        delimiter=getattr(found[0][1], "delimiter", None) if contents.one_of else None,
        layouts=[found[0][2]],
    )
    if not contents.one_of and len(found) > 1 and found[0][1].label:
        if table:
            found = [f for f in found if match_key(f[1].label or "") == match_key(table)] or found
            sample.layouts = [found[0][2]]
        sample.sheet = found[0][1].label
        sample.other_sheets = tuple(f[1].label or "" for f in found[1:])
    _refuse_doubled(path.name, sample.layouts[0])
    sample.area, sample.period = of_name(path.name)
    return sample


def _refuse_doubled(name: str, layout: Layout) -> None:
    keys = [label.key for label in layout.labels]
    for label in layout.labels:
        if keys.count(label.key) > 1:
            raise DraftError(
                f"{name}: the heading '{label.header}' stands more than once; rename one of them, "
                "because a program's columns are told by their headings."
            )


def _layout(table: RawTable, header_row: int | None) -> tuple[Layout | None, float]:
    names = getattr(table, "names", None)
    if names is not None:
        labels = [Label(n, None, i) for i, n in enumerate(names) if match_key(n)]
        if not labels:
            return None, 0
        return Layout(table.label, 0, 1, labels, named_by_source=True), float(len(labels))
    head = table.head(HEAD_ROWS)
    if header_row is not None:
        if not 0 < header_row <= len(head):
            return None, 0
        index, score = header_row - 1, 1.0 + sum(bool(c.strip()) for c in head[header_row - 1])
    else:
        scored = [(_score(head, i), -i) for i in range(min(len(head), HEAD_ROWS - 2))]
        score, place = max(scored, default=(0.0, 0))
        index = -place
        if score <= 0:
            return None, 0
    index, rows = _extent(head, index, table.merged())
    top = head[index]
    if rows == 2:
        spans = [(left, right) for row, left, right in table.merged() if row == index]
        pairs = _labels(top, head[index + 1], spans)
    else:
        pairs = [(text.strip(), None) for text in top]
    width = max(
        (i + 1 for row in head[index + rows :] for i, c in enumerate(row) if c.strip()), default=0
    )
    labels = [Label(text, under, i) for i, (text, under) in enumerate(pairs) if match_key(text)]
    layout = Layout(
        table.label,
        index,
        rows,
        labels,
        titles=_titles(head[:index], labels),
        unnamed=max(0, width - len(labels)),
    )
    return layout, score


def _score(head: Head, index: int) -> float:
    """How much row `index` is like a header; 0 where it is none."""
    cells = [" ".join(c.split()) for c in head[index]]
    filled = [(i, c) for i, c in enumerate(cells) if c]
    if not filled or any(_is_value(c) for _, c in filled):
        return 0
    below = [r for r in head[index + 1 :] if any(c.strip() for c in r)][:20]
    known = sum(words.known(c) for _, c in filled)
    contrast = 0
    for i, _ in filled:
        values = [r[i].strip() for r in below if i < len(r) and r[i].strip()]
        contrast += bool(values) and sum(_is_value(v) for v in values) >= 0.5 * len(values)
    if known < max(1, 0.2 * len(filled)) and contrast < max(1, 0.3 * len(filled)):
        return 0
    widths = sorted(sum(bool(c.strip()) for c in r) for r in below)
    usual = widths[len(widths) // 2] if widths else len(filled)
    # A title that happens to hold a known word heads one column of many.
    if len(filled) == 1 and (usual > 1 or len(cells) > 1 or not known):
        return 0
    if len(filled) < 0.5 * usual:
        return 0
    distinct = len({match_key(c) for _, c in filled}) / len(filled)
    return distinct * (3 * known + 2 * contrast + len(filled))


def _is_value(cell: str) -> bool:
    """Whether a cell can be no heading: a number, a date, an address, a sentence."""
    text = cell.strip()
    return bool(_VALUE.search(text) and not _YEAR.fullmatch(text)) or len(text) > 80


def _extent(head: Head, index: int, merged: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """Where the header begins and how many rows it has: two where labels stand under others."""
    for top in (index, index - 1):
        if top >= 0 and top + 1 < len(head) and _is_double(head, top, merged):
            return top, 2
    return index, 1


def _is_double(head: Head, top: int, merged: Sequence[tuple[int, int, int]]) -> bool:
    above, below = head[top], head[top + 1]
    under = [i for i, c in enumerate(below) if c.strip()]
    named = [i for i, c in enumerate(above) if c.strip()]
    if len(under) < 2 or len(named) < 2 or any(_is_value(below[i]) for i in under):
        return False
    if any(_is_value(above[i]) for i in named):
        return False
    spans = [(left, right) for row, left, right in merged if row == top]
    if spans:
        inside = [i for i in under if any(left <= i <= right for left, right in spans)]
        return len(inside) >= 2 and len(inside) >= 0.8 * len(under)
    # Without merged cells: labels stand where the row above is blank, and nowhere else but under
    # the one that begins their group.
    gaps = [i for i in under if i >= len(above) or not above[i].strip()]
    alone = [i for i in named if i not in under]
    looks = sum(words.known(below[i]) for i in under)
    return (
        len(gaps) >= 1
        and len(alone) >= 1
        and 2 * looks >= len(under)
        and len(gaps) >= 0.3 * len(under)
    )


def _titles(lines: Head, labels: Sequence[Label]) -> list[str]:
    taken = {words.meaning_of(label.header, label.under).concept.name for label in labels}
    cells = [c.strip() for line in lines for c in line if c.strip()]
    return [
        name
        for name, concept, pattern in words.titles()
        if concept not in taken
        and column_name(name) not in {column_name(label.header, label.under) for label in labels}
        and any(re.search(pattern, cell) for cell in cells)
    ]


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari pebruari february feb peb",
            "maret march mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu agt ags aug",
            "september sept sep",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        1,
    )
    for name in names.split()
}
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def of_name(name: str) -> tuple[str | None, periods.Period | None]:
    """The area (digits) and the period that a file's name tells, each None where it does not."""
    try:
        told = periods.parse_file_name(name)
        return told.area_code, told.period
    except ProblemError:
        pass
    stem = re.sub(r"\.[a-z0-9.]{1,8}$", "", name.lower())
    return None, _period_in(re.sub(r"[_\s.]+", " ", stem))


def _period_in(text: str) -> periods.Period | None:
    year = re.search(r"(?<!\d)((?:19|20)\d{2})(?!\d{3,})", text)
    day = re.search(r"(?<!\d)((?:19|20)\d{2})-?(\d{2})-?(\d{2})(?!\d)", text)
    month = re.search(r"(?<!\d)((?:19|20)\d{2})[- ]?(0[1-9]|1[0-2])(?!\d)", text)
    if not year:
        return None
    for letter, pattern in (
        ("S", r"\bs(?:emester|mt|em)? ?-?([12]|i{1,2})\b"),
        ("Q", r"\b(?:q|tw|triwulan|quarter|kuartal) ?-?([1-4]|i{1,3}|iv)\b"),
        ("T", r"\b(?:t|tahap) ?-?([1-4]|i{1,3}|iv)\b"),
    ):
        part = re.search(pattern, text) or re.search(
            rf"(?:19|20)\d{{2}}{letter.lower()}([1-4])\b", text
        )
        if part:
            number = _ROMAN.get(part[1], part[1])
            return _parsed(f"{year[1]}{letter}{number}")
    named = next((n for w, n in _MONTHS.items() if re.search(rf"\b{w}\b", text)), None)
    if day and _parsed("-".join(day.groups())):
        return _parsed("-".join(day.groups()))
    if named:
        return _parsed(f"{year[1]}-{named:02}")
    return _parsed("-".join(month.groups())) if month else _parsed(year[1])


def _parsed(text: str) -> periods.Period | None:
    try:
        return periods.parse_period(text)
    except ValueError:
        return None
