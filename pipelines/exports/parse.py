"""From a received file to one Parquet file of text columns, or one sentence why not.

The rooms of this house: `kinds` tells what the bytes are; a reader (`delimited`, `workbook`,
`json_records`, `parquet`, `database`) gives their tables, `archive` the files in them; `choose`
finds the table that is meant and its header; `rows` tells rows from all else; `write` writes them.

`source_row` is the number of the record in the file as a spreadsheet shows it: records are counted
from 1, titles and blank lines included, and a quoted cell with line breaks is one record. Blank
lines, titles, repeated headers, totals and notes are no rows; each is counted. Values are text as
sent: nothing is converted, an empty cell is NULL, a line break within a cell is `\\n`.

A record with fewer or more fields than the header is kept: what is lacking is NULL, what is over
stands in `extra_columns` as `column_<n>`, and `extra_columns` then holds `_fields_sent`, the number
of fields it had, so that a check can tell such rows.
"""

from __future__ import annotations

import fnmatch
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import pyarrow as pa

from pipelines.exports.archive import Member, nested, unpack
from pipelines.exports.choose import Chosen, choose, meant_for, other_program
from pipelines.exports.database import read_sqlite
from pipelines.exports.declaration import Program
from pipelines.exports.delimited import DelimitedTable, read_delimited
from pipelines.exports.json_records import read_json
from pipelines.exports.kinds import NAMES, Kind, detect_kind
from pipelines.exports.parquet import read_parquet
from pipelines.exports.problem import Problem, ProblemError, fail
from pipelines.exports.refusals import damaged, password_protected, shown, too_large
from pipelines.exports.rows import LEFT_OUT
from pipelines.exports.table import Contents, Limits, Reader
from pipelines.exports.workbook import read_workbook
from pipelines.exports.write import PART_ROWS, Written, schema, write

# Raise it when the same bytes would come out otherwise; it is part of a submission's rules_hash.
PARSER_VERSION = 3

# A further kind of file is a further reader here; callers and the other rooms stay as they are.
READERS: dict[Kind, Reader] = {
    "csv": read_delimited,
    "workbook": read_workbook,
    "ods": read_workbook,
    "json": read_json,
    "parquet": read_parquet,
    "sqlite": read_sqlite,
}
# Read whatever a program names: senders save the one as the other.
_ALWAYS: tuple[Kind, ...] = ("csv", "workbook")
_TABLES: tuple[Kind, ...] = (*READERS, "xlsb", "zip")


@dataclass(frozen=True)
class Parsed:
    """What came of one file. With a `problem` there is no Parquet and `rows_count` is 0.

    records_count = title_rows + header_rows + blank_rows + repeated_headers + footer_rows +
    rows_count, over all parts. kind is what the bytes are (csv, xlsx, xls, ods, json, parquet,
    sqlite, zip); encoding and delimiter belong to text, sheet to workbooks and databases, and all
    of them to a file of one table; header_row is 0 where the source itself names its columns.
    unknown_columns are headers as sent that no declared column has; missing_columns are declared,
    optional columns the file has not. unknown_members are files of an archive that were not read,
    missing_parts the optional parts that are not there.
    headers are the columns in the sender's order: part, name, header as sent.
    left_out: source_row and text of the totals and notes that are no rows, as many as footer_rows.
    """

    path: Path | None
    problem: Problem | None = None
    kind: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    header_rows: int = 0
    records_count: int = 0
    rows_count: int = 0
    title_rows: int = 0
    blank_rows: int = 0
    repeated_headers: int = 0
    footer_rows: int = 0
    short_rows: int = 0
    long_rows: int = 0
    unknown_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    headers: tuple[tuple[str | None, str, str], ...] = ()
    unknown_members: tuple[str, ...] = ()
    missing_parts: tuple[str, ...] = ()
    left_out: pa.Table = field(default_factory=LEFT_OUT.empty_table)


@dataclass(frozen=True)
class _File:
    """A file to be read: its tables as chosen, its kind, what is there unasked, what is not."""

    tables: list[Chosen]
    kind: str
    unknown_members: tuple[str, ...] = ()
    missing_parts: tuple[str, ...] = ()


def parse(
    path: Path,
    program: Program,
    out: Path,
    *,
    file_name: str | None = None,
    programs: Iterable[Program] = (),
    limits: Limits | None = None,
    work: Path | None = None,
) -> Parsed:
    """Read the file at `path` as an export of `program` into the Parquet file `out`.

    Columns of `out`: the declared ones in declared order (text), extra_columns (JSON as text, NULL
    if nothing is extra), source_row (int64, ascending, unique; see `write.py` for exports of
    several parts). file_name: the sender's name, for sentences. programs: the others, so that a
    file of one of them is told. work: private scratch (default: the folder of `out`). `out` appears
    whole or not at all.
    """
    name = file_name or path.name
    limits = limits or Limits()
    scratch = work or out.parent
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="parse-") as folder:
        try:
            file = _choose(path, name, program, list(programs), limits, Path(folder))
            written = write(file.tables, name, program, Path(folder) / "rows.parquet")
        except ProblemError as error:
            return Parsed(path=None, problem=error.problem)
        (Path(folder) / "rows.parquet").replace(out)
    only = file.tables[0] if len(file.tables) == 1 else None
    is_text = only is not None and isinstance(only.table, DelimitedTable)
    counts = {f.name: getattr(written, f.name) for f in fields(Written)}
    return Parsed(
        path=out,
        kind=file.kind,
        encoding=only.contents.encoding if only else None,
        delimiter=getattr(only.table, "delimiter", None) if only and is_text else None,
        sheet=only.table.label if only else None,
        header_row=(only.header.index + 1 if only.header.rows else 0) if only else None,
        unknown_members=file.unknown_members,
        missing_parts=file.missing_parts,
        **counts,
    )


def _choose(
    path: Path,
    name: str,
    program: Program,
    programs: Sequence[Program],
    limits: Limits,
    work: Path,
) -> _File:
    kind = detect_kind(path)
    if "zip" in program.read.formats and kind == "damaged_zip":
        raise damaged(name, "Arsip", "archive")
    if "zip" in program.read.formats and kind == "zip":
        if path.stat().st_size > limits.expanded_bytes:
            raise too_large(name)
        members = unpack(path, name, limits, work)
        if program.read.parts:
            return _parts(members, name, program, programs, limits, work)
        return _one_of(members, name, program, programs, limits, work)
    if program.read.parts:
        if kind in ("empty", "encrypted", *_ALWAYS):
            contents = _open(path, name, program, limits, work)
            other = meant_for(contents, program, programs)
            if other is not None:
                raise other_program(name, program, other)
        raise _wrong_type(name, kind, program)
    contents = _open(path, name, program, limits, work)
    return _File([choose(contents, name, program, programs)], contents.kind)


def _open(path: Path, name: str, program: Program, limits: Limits, work: Path) -> Contents:
    kind = detect_kind(path)
    if kind == "empty":
        raise fail(
            "empty_file",
            f"Berkas '{name}' kosong; ekspor ulang dari aplikasi asalnya lalu kirim lagi.",
            f"The file '{name}' is empty; export it again and send it anew.",
        )
    if kind == "encrypted":
        raise password_protected(name)
    if kind == "damaged_zip":
        raise damaged(name, "Buku kerja", "workbook")
    reader = READERS.get(kind)
    if reader is None or (kind not in _ALWAYS and kind not in program.read.formats):
        raise _wrong_type(name, kind, program)
    if path.stat().st_size > limits.expanded_bytes:
        raise too_large(name)
    return reader(path, name, limits, work, program.read)


def _wrong_type(name: str, kind: Kind, program: Program) -> ProblemError:
    what_id, what_en = NAMES.get(kind, NAMES["unknown"])
    wanted = ", ".join(program.read.formats)
    not_id, not_en = ("", "") if kind in _TABLES else (", bukan tabel", ", not a table")
    return fail(
        "wrong_type",
        f"Berkas '{name}' adalah {what_id}{not_id}; kirim sebagai {wanted}.",
        f"The file '{name}' is {what_en}{not_en}; send it as {wanted}.",
    )


def _member(
    member: Member,
    name: str,
    program: Program,
    programs: Sequence[Program],
    limits: Limits,
    work: Path,
    part: str | None = None,
) -> Chosen:
    """The table of one file of an archive."""
    assert member.path is not None
    label = shown(member.name)
    full = f"{name}: {label}" if label else name
    if detect_kind(member.path) in ("zip", "archive"):
        raise nested(full)
    folder = work / f"{member.path.name}.work"
    folder.mkdir()
    contents = _open(member.path, full, program, limits, folder)
    return choose(contents, full, program, programs, part)


def _each(limits: Limits, members: int) -> Limits:
    """Limits for each of so many files that are open at once."""
    return replace(limits, cells=limits.cells // max(1, members))


def _parts(
    members: Sequence[Member],
    name: str,
    program: Program,
    programs: Sequence[Program],
    limits: Limits,
    work: Path,
) -> _File:
    """The parts of an export: members are told by their names, whatever folder they stand in."""
    found: dict[str, Member] = {}
    unknown: list[str] = []
    for member in members:
        part = _part_named(member, program)
        if part is None:
            unknown.append(member.full_name)
        elif part in found:
            raise fail(
                "doubled_part",
                f"Arsip '{name}' memuat bagian '{part}' lebih dari sekali; sisakan satu berkas "
                "untuk bagian itu lalu kirim ulang.",
                f"The archive '{name}' holds the part '{part}' more than once; keep one file of "
                "it and send the archive again.",
            )
        else:
            found[part] = member
    lacking = [part for part in program.read.parts if part not in found]
    if not found or any(program.read.parts[part].required for part in lacking):
        parts = ", ".join(f"'{program.read.parts[part].pattern}'" for part in lacking)
        raise fail(
            "missing_part",
            f"Arsip '{name}' tidak memuat berkas {parts}; tambahkan (boleh hanya baris judulnya) "
            "lalu kirim ulang.",
            f"The archive '{name}' lacks the file {parts}; add it (its header row alone is enough) "
            "and send the archive again.",
        )
    each = _each(limits, len(found))
    tables = [
        _member(found[part], name, program, programs, each, work, part)
        for part in program.read.parts
        if part in found
    ]
    return _File(tables, "zip", tuple(unknown), tuple(lacking))


def _part_named(member: Member, program: Program) -> str | None:
    if member.path is None:
        return None
    for part, declared in program.read.parts.items():
        if fnmatch.fnmatchcase(member.name.lower(), declared.pattern.lower()):
            return part
    return None


def _one_of(
    members: Sequence[Member],
    name: str,
    program: Program,
    programs: Sequence[Program],
    limits: Limits,
    work: Path,
) -> _File:
    """The only file of an archive that is the export; others are told."""
    files = [member for member in members if member.path is not None]
    litter = [member.full_name for member in members if member.path is None]
    if not files:
        raise fail(
            "empty_file",
            f"Arsip '{name}' tidak berisi berkas apa pun; masukkan ekspornya lalu kirim ulang.",
            f"The archive '{name}' holds no file; put the export into it and send it again.",
        )
    each = _each(limits, len(files))
    chosen: list[tuple[Member, Chosen]] = []
    problems: list[ProblemError] = []
    for member in files:
        try:
            chosen.append((member, _member(member, name, program, programs, each, work)))
        except ProblemError as error:
            problems.append(error)
    if not chosen:
        raise problems[0]
    if len(chosen) > 1:
        labels = ", ".join(f"'{shown(m.name)}'" for m, _ in chosen[:5] if shown(m.name))
        raise fail(
            "several_files",
            f"Arsip '{name}' memuat beberapa berkas berisi data ({labels}); kirim satu berkas "
            "saja.",
            f"The archive '{name}' holds several files with data ({labels}); send one of them "
            "only.",
        )
    member, table = chosen[0]
    unknown = [m.full_name for m in files if m is not member]
    return _File([table], "zip", tuple(litter + unknown))


__all__ = ["PARSER_VERSION", "PART_ROWS", "READERS", "Limits", "Parsed", "parse", "schema"]
