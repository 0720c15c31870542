"""Which table of a file is meant, under which header: a sheet, a delimiter, a member.

Nothing is decided by place: every table's first rows are looked through for the columns that the
program declares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.exports.declaration import Program, match_key, missing
from pipelines.exports.delimited import DelimitedTable
from pipelines.exports.header import Header, best_header, named_header
from pipelines.exports.problem import ProblemError, fail
from pipelines.exports.refusals import shown
from pipelines.exports.rows import blank_rows
from pipelines.exports.table import Contents, Head, RawTable


@dataclass(frozen=True)
class Chosen:
    """A table that is read, and how. program: only what this part of it has; part: its name.

    titles: values that stand above the header and hold for all rows, by column.
    """

    table: RawTable
    header: Header
    program: Program
    contents: Contents
    name: str
    titles: Mapping[str, str]
    part: str | None = None


def part_of(program: Program, part: str | None) -> Program:
    """`program` with the columns that one part of its exports has in a header.

    What stands above the header is not asked of it. The same object where nothing differs.
    """
    if part is None and not any(column.title for column in program.columns.values()):
        return program
    columns = {
        name: column.model_copy(update={"required": False}) if column.title else column
        for name, column in program.columns.items()
        if part is None or not column.parts or part in column.parts
    }
    # Without validation, which would only repeat that of the whole; and without its cached values.
    fields = {field: getattr(program, field) for field in Program.model_fields}
    return Program.model_construct(**{**fields, "columns": columns})


def choose(
    contents: Contents,
    name: str,
    program: Program,
    programs: Sequence[Program],
    part: str | None = None,
) -> Chosen:
    """The table that is meant and its header. Raises ProblemError with a sentence for the sender.

    name: the file's name for sentences. programs: the others, so that a file of one is told.
    """
    view = part_of(program, part)
    others = _parts_of(programs)
    table, header = _choose(contents, name, view, others)
    _check_header(header, name, view)
    titles = _titles(table, header, name, program, view)
    return Chosen(table, header, view, contents, name, titles, part)


def _parts_of(programs: Sequence[Program]) -> list[Program]:
    """Every program as each of its parts is."""
    parts: list[tuple[Program, str | None]] = []
    for program in programs:
        parts += [(program, part) for part in program.read.parts or (None,)]
    return [part_of(program, part) for program, part in parts]


def meant_for(contents: Contents, program: Program, programs: Sequence[Program]) -> Program | None:
    """The other program whose columns a file has that `program` cannot read; None if none."""
    others = _parts_of(programs)
    heads = _heads(contents, program, others)
    return _other_program(contents, heads, program, others, None)


def _heads(contents: Contents, program: Program, programs: Sequence[Program]) -> list[Head]:
    depth = max([program.read.header_within, *(p.read.header_within for p in programs)]) + 2
    return [
        table.head(depth) if table.names is None else [list(table.names)]
        for table in contents.tables
    ]


def other_program(name: str, program: Program, other: Program) -> ProblemError:
    """The refusal of a file that holds data of another program."""
    return fail(
        "other_program",
        f"Berkas '{name}' tampaknya berisi data program '{other.name}', bukan "
        f"'{program.name}'; kirim ke folder '{other.name}' dengan nama berkas program itu.",
        f"The file '{name}' seems to hold data of the program '{other.name}', not "
        f"'{program.name}'; send it to the folder '{other.name}' under that program's name.",
    )


def _titles(
    table: RawTable, header: Header, name: str, program: Program, view: Program
) -> dict[str, str]:
    """What stands above the header for the columns that are looked for there."""
    wanted = {
        column: re.compile(declared.title)
        for column, declared in view.columns.items()
        if declared.title and column not in header.found
    }
    if not wanted:
        return {}
    above = table.head(header.index) if header.rows and header.index else []
    cells = [cell.strip() for record in above for cell in record if cell.strip()]
    found: dict[str, str] = {}
    for column, pattern in wanted.items():
        matches = (match for cell in cells if (match := pattern.search(cell)))
        value = next((m.group(1).strip() for m in matches if m.group(1)), "")
        if value:
            found[column] = value
        elif program.columns[column].required:
            label = program.columns[column].label
            raise fail(
                "missing_title",
                f"Keterangan '{label}' tidak ditemukan pada baris di atas judul kolom berkas "
                f"'{name}'; tulis kembali seperti pada formulir aslinya lalu kirim ulang.",
                f"'{label}' was not found in the rows above the header of the file '{name}'; write "
                "it there as the form has it and send the file again.",
                column,
            )
    return found


def _header(program: Program, table: RawTable, head: Head) -> Header | None:
    if table.names is not None:
        return named_header(program, table.names)
    return best_header(program, head, table.merged())


def _choose(
    contents: Contents, name: str, program: Program, programs: Sequence[Program]
) -> tuple[RawTable, Header]:
    """The table that is meant and its header."""
    heads = _heads(contents, program, programs)
    found = [
        (table, header)
        for table, head in zip(contents.tables, heads, strict=True)
        if (header := _header(program, table, head)) is not None
    ]
    if program.read.sheet and not contents.one_of:
        wanted = match_key(program.read.sheet)
        named = [(t, h) for t, h in found if t.label and match_key(t.label) == wanted]
        found = named or found
    complete = [(t, h) for t, h in found if not missing(program, h.found)]
    best = max(complete or found, key=lambda pair: len(pair[1].found), default=None)
    other = _other_program(contents, heads, program, programs, best[1] if best else None)
    if other is not None:
        raise other_program(name, program, other)
    if best is None:
        _raise_of_head(contents)
        if not any(cell.strip(" ,;|\t\r\n") for head in heads for row in head for cell in row):
            raise fail(
                "empty_file",
                f"Berkas '{name}' tidak berisi apa pun; ekspor ulang lalu kirim lagi.",
                f"The file '{name}' holds nothing; export it again and send it anew.",
            )
        raise header_not_found(name, program, all(t.names is None for t in contents.tables))
    # A file of several tables: the one that is meant must be told by its columns and its rows.
    if not contents.one_of and len(complete) > 1:
        complete = [pair for pair in complete if _holds_rows(*pair)] or complete[:1]
        if len(complete) > 1:
            sheets = ", ".join(f"'{t.label}'" for t, _ in complete[:5])
            raise fail(
                "several_sheets",
                f"Berkas '{name}' memuat beberapa lembar berisi data ({sheets}); gabungkan menjadi "
                "satu lembar lalu kirim ulang.",
                f"The file '{name}' has several sheets with data ({sheets}); put the rows on one "
                "sheet and send it again.",
            )
        return complete[0]
    return best


def header_not_found(name: str, program: Program, has_header: bool = True) -> ProblemError:
    """The refusal of a file in which no table has the declared columns."""
    labels = [program.columns[c].label for c in program.required]
    some = ", ".join(f"'{label}'" for label in labels[:5])
    if not has_header:
        return fail(
            "header_not_found",
            f"Kolom yang diminta tidak ditemukan pada berkas '{name}'; seharusnya ada kolom "
            f"{some}; periksa berkasnya lalu kirim ulang.",
            f"The columns asked for are not in the file '{name}'; expected {some}; check the file "
            "and send it again.",
        )
    return fail(
        "header_not_found",
        f"Baris judul kolom tidak ditemukan dalam {program.read.header_within} baris pertama "
        f"berkas '{name}'; seharusnya ada kolom {some}; periksa berkasnya lalu kirim ulang.",
        f"No header row was found in the first {program.read.header_within} rows of the file "
        f"'{name}'; expected the columns {some}; check the file and send it again.",
    )


def _raise_of_head(contents: Contents) -> None:
    """Raise what kept the head from being read, if that is why no header was found."""
    tables = [table for table in contents.tables if isinstance(table, DelimitedTable)]
    problems = [table.problem for table in tables if table.problem]
    for problem in problems:
        if problem.code == "too_many_columns" or len(problems) == len(tables):
            raise ProblemError(problem)


def _other_program(
    contents: Contents,
    heads: Sequence[list[list[str]]],
    program: Program,
    programs: Sequence[Program],
    header: Header | None,
) -> Program | None:
    """The program whose header fits the file better than `program`'s; None if there is none."""
    if header is not None and not missing(program, header.found) and not header.unknown():
        return None
    mine = len(header.found) if header else 0
    best: tuple[int, Program] | None = None
    for other in programs:
        if other.name == program.name:
            continue
        for table, head in zip(contents.tables, heads, strict=True):
            theirs = _header(other, table, head)
            if theirs is None or missing(other, theirs.found) or len(theirs.found) <= mine:
                continue
            if best is None or len(theirs.found) > best[0]:
                best = (len(theirs.found), other)
    return best[1] if best else None


def _holds_rows(table: RawTable, header: Header) -> bool:
    seen = 0
    for batch in table.batches():
        skip = max(0, header.index + header.rows - seen)
        seen += len(batch)
        rest = batch.slice(min(skip, len(batch)), len(batch))
        if len(rest) and not blank_rows(rest).all():
            return True
    return False


def _check_header(header: Header, name: str, program: Program) -> None:
    row = header.index + 1
    lacking = missing(program, header.found)
    doubled = header.doubled()
    if doubled:
        label = program.columns[doubled[0]].label
        raise fail(
            "doubled_column",
            f"Kolom '{label}' muncul lebih dari sekali pada baris judul {row} berkas '{name}'; "
            "seharusnya satu kali; hapus atau beri nama lain pada kolom gandanya lalu kirim ulang.",
            f"The column '{label}' stands more than once in the header row {row} of the file "
            f"'{name}'; expected once; remove or rename the doubled column and send it again.",
            doubled[0],
        )
    if not lacking:
        return
    labels = ", ".join(f"'{program.columns[c].label}'" for c in lacking[:3])
    more_id = f" dan {len(lacking) - 3} kolom lain" if len(lacking) > 3 else ""
    more_en = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
    unknown = header.unknown()
    if unknown:
        place = unknown[0]
        word = shown(header.labels[place][0])
        told = f" ('{word}')" if word else ""
        raise fail(
            "renamed_column",
            f"Kolom {labels}{more_id} tidak ada pada berkas '{name}', sedangkan kolom ke-"
            f"{place + 1}{told} tidak dikenal; mungkin namanya berubah: kembalikan nama kolom "
            "seperti semula lalu kirim ulang.",
            f"The column {labels}{more_en} is missing in the file '{name}', while column "
            f"{place + 1}{told} is not known; it may have been renamed: give it its former name "
            "and send the file again.",
            lacking[0],
        )
    raise fail(
        "missing_column",
        f"Kolom {labels}{more_id} tidak ada pada baris judul {row} berkas '{name}'; tambahkan "
        "kolom itu (boleh kosong isinya) lalu kirim ulang.",
        f"The column {labels}{more_en} is missing in the header row {row} of the file '{name}'; "
        "add the column (its cells may be empty) and send it again.",
        lacking[0],
    )
