"""From samples to a draft: the columns of all samples together, judged, as one declaration."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.drafting import judge, profile, words
from pipelines.drafting.judge import Col
from pipelines.drafting.profile import Profile
from pipelines.drafting.sample import DraftError, Sample, look_at
from pipelines.exports import periods
from pipelines.exports.declaration import Program, program_from_attributes

LEVELS = {2: "provinsi", 5: "kabkota", 8: "kecamatan", 13: "desa_kelurahan"}
DUE = {"year": (30, 30), "semester": (30, 30), "quarter": (20, 14), "tahap": (15, 14),
       "month": (10, 7), "event": (3, 7), "once": (30, 30)}  # fmt: skip


@dataclass
class Draft:
    """What was found out about a program, before anything is written.

    parts: pattern by name, for an export of several tables. doubts: of the whole, by subject.
    """

    name: str
    samples: list[Sample]
    columns: list[Col]
    parts: dict[str, str]
    read: dict[str, Any]
    cadence: dict[str, Any]
    area_level: str
    profile: Profile
    doubts: dict[str, list[str]] = field(default_factory=dict)

    def doubt(self, subject: str, text: str) -> None:
        """Note what a person has to look at, beside `subject` in the declaration."""
        found = self.doubts.setdefault(subject, [])
        if text not in found:
            found.append(text)

    @property
    def title(self) -> str:
        """The program's name as words."""
        return " ".join(self.name.split("_")).capitalize()

    @property
    def program(self) -> Program:
        """The declaration."""
        return program_from_attributes(self.attributes(), f"{self.name}/defs.yaml")

    def of_part(self, part: str | None) -> list[Col]:
        """The columns of one part (None: of the whole export)."""
        return [c for c in self.columns if part is None or not c.parts or part in c.parts]

    def attributes(self) -> dict[str, Any]:
        """The declaration as `declaration.Program` reads it."""
        columns: dict[str, Any] = {}
        for col in self.columns:
            entry: dict[str, Any] = {"header": col.header}
            if col.under:
                entry["under"] = col.under
            if col.own_name:
                entry["own_name"] = True
            if col.title:
                entry["title"] = col.title
            if not col.required:
                entry["required"] = False
            if col.parts:
                entry["parts"] = list(col.parts)
            if col.key:
                entry["key"] = True
            if col.personal != "none":
                entry["personal"] = col.personal
            if col.identifier:
                entry["identifier"] = dict(zip(("type", "trust"), col.identifier, strict=True))
            if col.concept.id:
                told = (col.concept.id, col.concept.en)
                entry["description"] = dict(zip(("id", "en"), told, strict=True))
            columns[col.name] = entry
        read = dict(self.read)
        if self.parts:
            read["parts"] = {part: {"pattern": pattern} for part, pattern in self.parts.items()}
        return {
            "name": self.name,
            "title": {"id": self.title, "en": self.title},
            "description": {
                "id": f"Ekspor {self.title}.",
                "en": f"Export of {self.title}.",
            },
            "owner": "belum_ditentukan",
            "team": "belum ditentukan",
            "sector": "social_protection",
            "government_level": {"provinsi": "provinsi", "nation": "national"}.get(
                self.area_level, "kabkota"
            ),
            "area_level": self.area_level,
            "source": {"url": f"{{landing}}/{self.name}", "pattern": "*"},
            "cadence": self.cadence,
            "read": read,
            "columns": columns,
        }


def make(
    name: str,
    paths: Sequence[Path],
    *,
    header_row: int | None = None,
    table: str | None = None,
) -> Draft:
    """Read the samples and judge what they are. Raises DraftError with a sentence."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or len(name) > 40:
        raise DraftError(
            f"{name!r} is no name for a program: use lower-case letters, digits and single _, "
            "such as bansos_disabilitas."
        )
    if name == "received":
        raise DraftError("'received' is the folder of received files; choose another name.")
    if not paths:
        raise DraftError("Give at least one sample file.")
    samples = [look_at(path, header_row, table) for path in paths]
    draft = _columns(name, samples)
    with (
        tempfile.TemporaryDirectory(prefix="lumbung-draft-") as folder,
        profile.connection() as con,
    ):
        parsed = profile.read(samples, draft.program, Path(folder))
        names = [c.name for c in draft.columns]
        profile.load(con, parsed, names)
        draft.profile = profile.measure(con, names, parsed)
        if not draft.profile.rows:
            raise DraftError("The samples hold not one row of data.")
        judge.judge(con, draft.columns, draft.profile)
        _when(draft)
        # Keys tell rows from totals, so the samples are read once more as they will be.
        draft.profile.parsed = profile.read(samples, draft.program, Path(folder))
    _doubts(draft)
    return draft


def _columns(name: str, samples: Sequence[Sample]) -> Draft:
    """The columns of all samples, in the order of the first, as their headers tell them."""
    parts = _parts(samples)
    taken: set[str] = set()
    by_key: dict[str, Col] = {}
    seen: dict[str, set[tuple[int, str | None]]] = {}
    tables = 0
    per_part: dict[str | None, int] = {}
    for number, sample in enumerate(samples):
        for layout in sample.layouts:
            part = _part_name(layout.label) if parts else None
            tables += 1
            per_part[part] = per_part.get(part, 0) + 1
            found = 0
            for label in layout.labels:
                known = label.key in by_key
                found += known
                if not known:
                    by_key[label.key] = judge.column(label.header, label.under, taken)
                seen.setdefault(label.key, set()).add((number, part))
            if number and not parts and 2 * found < len(layout.labels):
                raise DraftError(
                    f"{sample.name} has other columns than {samples[0].name}: give samples of one "
                    "export only."
                )
    columns = list(by_key.values())
    for key, col in by_key.items():
        present = {part for _, part in seen[key]}
        if parts and len(present) < len(parts):
            col.parts = tuple(p for p in parts if p in present)
        col.required = len(seen[key]) == sum(per_part[p] for p in present)
    if not parts:
        titled = [set(layout.titles) for s in samples for layout in s.layouts]
        for title, concept, pattern in words.titles():
            if any(title in t for t in titled):
                col = judge.title_column(title, concept, pattern, taken)
                col.required = all(title in t for t in titled)
                columns.append(col)
    draft = Draft(
        name=name,
        samples=list(samples),
        columns=columns,
        parts=parts,
        read=_read(samples),
        cadence={"kind": "once", "first_period": "2020", "due_day": 30, "tolerance_days": 30},
        area_level="kabkota",
        profile=Profile(0, 0, {}, {}),
    )
    for col in draft.columns:
        # A first guess, only so that totals below the table are told from its rows.
        col.key = col.concept.shape in ("nik", "name") or col.concept.name == "program_number"
    return draft


def _parts(samples: Sequence[Sample]) -> dict[str, str]:
    if not any(len(s.layouts) > 1 for s in samples):
        return {}
    names = sorted({_part_name(layout.label) for s in samples for layout in s.layouts})
    if any({_part_name(layout.label) for layout in s.layouts} != set(names) for s in samples):
        raise DraftError("The archives do not hold the same tables; give samples of one export.")
    return {name: f"{name}*" for name in names}


def _part_name(label: str | None) -> str:
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", label or "tabel")
    plain = re.sub(r"[^a-z0-9]+", "_", stem.lower())
    plain = re.sub(r"(?:_(?:\d+|v\d+|[a-z]?\d{1,2}))+$", "", plain).strip("_")
    return plain if re.match(r"[a-z]", plain) else f"tabel_{plain}"


def _read(samples: Sequence[Sample]) -> dict[str, Any]:
    formats = list(dict.fromkeys(f for s in samples for f in (s.format, *s.inner)))
    for usual in ("csv", "xlsx", "xls"):
        if "zip" not in formats and formats[0] in ("csv", "xlsx", "xls") and usual not in formats:
            formats.append(usual)
    read: dict[str, Any] = {"formats": formats}
    layouts = [layout for s in samples for layout in s.layouts]
    if any(layout.header_rows == 2 for layout in layouts):
        read["header_rows"] = 2
    deepest = max(layout.header_index for layout in layouts) + 1
    if deepest > 15:
        read["header_within"] = min(200, deepest + 10)
    sheets = {s.sheet for s in samples if s.sheet and s.other_sheets}
    if len(sheets) == 1:
        read["table" if "sqlite" in formats else "sheet"] = sheets.pop()
    return read


def _when(draft: Draft) -> None:
    """Cadence and area level, from file names, else from the days in the rows."""
    told = [s.period for s in draft.samples if s.period]
    kinds = {p.kind for p in told}
    kind: str
    if len(kinds) == 1:
        kind = "event" if "day" in kinds else str(kinds.pop())
        first = min(told, key=lambda p: p.first_day)
    else:
        first, kind = _from_days(draft)
        draft.doubt("cadence", "the file names do not tell it; guessed from the days in the rows")
    if len(told) < 2:
        draft.doubt("cadence", f"told by {len(draft.samples)} sample(s): how often does it come?")
    due, tolerance = DUE[kind]
    draft.cadence = {
        "kind": kind, "first_period": str(first), "due_day": due, "tolerance_days": tolerance,
        "rows_tolerance_share": None if kind == "event" else 0.5,
    }  # fmt: skip
    draft.cadence = {k: v for k, v in draft.cadence.items() if v is not None}
    draft.doubt("first_period", "the oldest period you will ever send")
    draft.doubt("due_day", "days after the period's end")
    areas = [s.area for s in draft.samples if s.area]
    levels = {"nation" if a == "00" else LEVELS.get(len(a), "kabkota") for a in areas}
    if levels:
        order = ["nation", *LEVELS.values()]
        draft.area_level = max(levels, key=order.index)
    if len(levels) != 1:
        draft.doubt("area_level", "of which area is one file? The file names do not tell")


def _from_days(draft: Draft) -> tuple[periods.Period, str]:
    shapes = [
        c.shapes
        for c in draft.columns
        if c.kind == "date" and c.shapes is not None and c.concept.name != "updated"
    ]
    days = [(s.first_day, s.last_day) for s in shapes if s.first_day]
    if not days:
        return periods.current("year"), "year"
    first, last = min(days, key=lambda d: (d[1] - d[0]).days)
    span = (last - first).days
    for kind, most in (("month", 31), ("quarter", 92), ("semester", 184)):
        if span <= most:
            wanted = next(
                p
                for p in periods.periods_between(*_year_of(first.year, kind))
                if p.last_day >= first
            )
            return wanted, kind
    return periods.parse_period(str(first.year)), "year"


def _year_of(year: int, kind: str) -> tuple[str, str]:
    if kind == "month":
        return f"{year}-01", f"{year}-12"
    return (f"{year}Q1", f"{year}Q4") if kind == "quarter" else (f"{year}S1", f"{year}S2")


def _doubts(draft: Draft) -> None:
    draft.doubt("title", "the program's full name in Bahasa Indonesia and in English")
    draft.doubt("owner", "who answers for it; also its team, sector and level of government")
    for sample in draft.samples:
        if sample.other_sheets:
            draft.doubt("read", f"{len(sample.other_sheets)} more sheets or tables are not read")
        if any(layout.unnamed for layout in sample.layouts):
            draft.doubt("columns", "some columns have values and no heading; they are not declared")
    if 2 * sum(c.personal == "specific" for c in draft.columns) > len(draft.columns):
        draft.doubt(
            "columns",
            "a list of victims or offenders: may people of it leave the vault, or counts only "
            "(as simfoni_ppa does, with area_observations and unused_rows)?",
        )
    if any(not c.required for c in draft.columns):
        draft.doubt("columns", "columns that only some samples have are not required")
    if any(p.short_rows or p.long_rows for p in draft.profile.parsed):
        draft.doubt("read", "some rows have more or fewer fields than the header")
