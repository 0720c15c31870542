"""Where the header of a table is and which declared column each of its cells heads.

The header is found by what it says, never by where it stands: every one of the first rows is scored
by how many declared columns it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.exports.declaration import Program, column_name, match_key, missing
from pipelines.exports.table import Head


@dataclass(frozen=True)
class Header:
    """A header found in a table.

    index: its place among the table's records, from 0. rows: 1 or 2, and 0 where the source itself
    names its columns. labels: per column the text
    and the merged header above it. columns: per column the declared name, None where it has none.
    texts: the cells of each of its rows as they stand in the file.
    """

    index: int
    rows: int
    labels: tuple[tuple[str, str | None], ...]
    columns: tuple[str | None, ...]
    texts: tuple[tuple[str, ...], ...]

    @property
    def found(self) -> set[str]:
        """Declared columns that the header names."""
        return {name for name in self.columns if name}

    def doubled(self) -> list[str]:
        """Declared columns that it names more than once."""
        named = [name for name in self.columns if name]
        return sorted({name for name in named if named.count(name) > 1}, key=named.index)

    def unknown(self) -> list[int]:
        """Positions of labelled columns that head no declared column."""
        return [
            i
            for i, (name, label) in enumerate(zip(self.columns, self.labels, strict=True))
            if name is None and label[0].strip()
        ]

    def extra_names(self, width: int) -> dict[int, str]:
        """A name for every column that is not declared, up to `width` columns; all differ."""
        names: dict[int, str] = {}
        taken: set[str] = set()
        for i in range(width):
            if i < len(self.columns) and self.columns[i]:
                continue
            text, under = self.labels[i] if i < len(self.labels) else ("", None)
            name = base = column_name(text, under) or f"column_{i + 1}"
            count = 1
            while name in taken:
                count += 1
                name = f"{base}_{count}"
            taken.add(name)
            names[i] = name
        return names

    def repeats(self, record: Sequence[str]) -> int | None:
        """Which row of the header (0 or 1) `record` repeats; None if it is not a header."""
        for place, texts in enumerate(self.texts):
            labelled = [i for i, text in enumerate(texts) if match_key(text)]
            same = sum(
                i < len(record) and match_key(record[i]) == match_key(texts[i]) for i in labelled
            )
            filled = sum(bool(cell.strip()) for cell in record)
            if same and same >= 0.6 * len(labelled) and same >= 0.6 * filled:
                return place
        return None


def _labels(
    top: Sequence[str], below: Sequence[str], merged: Sequence[tuple[int, int]]
) -> list[tuple[str, str | None]]:
    """Labels of a two-row header. Without merged ranges a label spans the blanks to its right."""
    under: dict[int, str] = {}
    for left, right in merged:
        for i in range(left, right + 1):
            under[i] = top[left] if left < len(top) else ""
    labels: list[tuple[str, str | None]] = []
    parent = ""
    for i in range(max(len(top), len(below))):
        above = top[i].strip() if i < len(top) else ""
        own = below[i].strip() if i < len(below) else ""
        parent = above or parent
        if own:
            labels.append((own, under.get(i, parent).strip() or None))
        else:
            parent = ""
            labels.append((above, None))
    return labels


def _matched(program: Program, labels: Sequence[tuple[str, str | None]]) -> tuple[str | None, ...]:
    by_key = program.by_key
    columns: list[str | None] = []
    for text, under in labels:
        name = by_key.get(match_key(text, under)) if match_key(text) else None
        if name is None and under and match_key(text):
            name = by_key.get(match_key(text))
            # A sub-header alone is not the column of the same name that stands outside.
            if name is not None and match_key(under) in _parents(program):
                name = None
        columns.append(name)
    return tuple(columns)


def _parents(program: Program) -> set[str]:
    return {match_key(c.under) for c in program.columns.values() if c.under}


def header_at(
    program: Program, head: Head, index: int, merged: Sequence[tuple[int, int, int]] = ()
) -> Header:
    """The header that row `index` would be for `program`."""
    top = tuple(head[index])
    plain = tuple((text.strip(), None) for text in top)
    single = Header(index, 1, plain, _matched(program, plain), (top,))
    if program.read.header_rows == 1 or index + 1 >= len(head):
        return single
    below = tuple(head[index + 1])
    spans = [(left, right) for row, left, right in merged if row == index]
    labels = tuple(_labels(top, below, spans))
    double = Header(index, 2, labels, _matched(program, labels), (top, below))
    if len(double.found) > len(single.found):
        return double
    return single


def best_header(
    program: Program, head: Head, merged: Sequence[tuple[int, int, int]] = ()
) -> Header | None:
    """The row among the first that names most declared columns; None if none names enough.

    Enough is half of the required columns (and one at least), so that a file with a column lost is
    still understood, and a title that happens to hold a column's name is not taken for a header.
    """
    best: Header | None = None
    for index in range(min(len(head), program.read.header_within)):
        header = header_at(program, head, index, merged)
        if best is None or len(header.found) > len(best.found):
            best = header
    return best if best is not None and _is_enough(program, best) else None


def named_header(program: Program, names: Sequence[str]) -> Header | None:
    """The header that the names of a source's columns are; None if they name too few."""
    labels = tuple((name.strip(), None) for name in names)
    header = Header(0, 0, labels, _matched(program, labels), ())
    return header if _is_enough(program, header) else None


def _is_enough(program: Program, header: Header) -> bool:
    required = len(program.required)
    return bool(header.found) and 2 * (required - len(missing(program, header.found))) >= required
