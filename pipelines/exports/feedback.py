"""Answer the senders: a workbook for each submission, in a folder for each program.

`feedback/<program>/<program>_<area>_<period>_v<N>.<sha256[:8]>.xlsx`, and beside it complete CSV
files where the workbook cannot hold everything. All of it is made from the vault alone and can be
made again at any time; equal content gives equal bytes, and a file that came out the same is left
alone. The folder holds personal data: only the pipeline's user can read it.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines import lake, settings
from pipelines.exports.declaration import Program
from pipelines.exports.feedback_workbook import Column, Language, Report, Sheet, render
from pipelines.lake import quote
from pipelines.settings import Home

# Of each submission: issues told one by one, cells of rows to correct, earlier periods compared.
DETAILS = 1_000
ROW_CELLS = 100_000
PERIODS = 11
# So many submissions are asked about at once, or fewer that have so many rows to correct.
CHUNK = 200
CHUNK_ROWS = 20_000
SUFFIX = ".xlsx"
_SQL = Path(__file__).with_suffix(".sql")
# What a spreadsheet takes for a formula gets an apostrophe before it; so does what begins with
# one, so that taking one off gives back what was sent.
_GUARDED = "CASE WHEN regexp_matches({0}, '^[=+@\\t\\r''-]') THEN '''' || {0} ELSE {0} END"
_ISSUE_HEADINGS = (
    "Baris;Bagian;Tingkat;Kolom;Isi yang dikirim;Yang salah;Yang harus dilakukan;"
    "What is wrong;What to do"
)


def folder(program: str, home: Home | None = None) -> Path:
    """Where the answers to a program's senders stand."""
    return (home or settings.home()).feedback / program


def file_stem(row: dict[str, Any]) -> str:
    """The name of a submission's files without their ending: what was sent, never who."""
    area = (row["area_code"] or "unknown").replace(".", "")
    period = row["period"] or "unknown"
    return f"{row['program']}_{area}_{period}_v{row['version']}.{row['sha256'][:8]}"


def _recorded(con: duckdb.DuckDBPyConnection, program: str) -> dict[str, str]:
    """File stem by submission_id of all recorded submissions of a program."""
    return _all_recorded(con).get(program, {})


def _all_recorded(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """File stem by submission_id, by program."""
    if not lake.table_exists(con, "vault.quality.submissions"):
        return {}
    rows = _rows(
        con,
        "SELECT submission_id, program, area_code, period, version, sha256 "
        "FROM vault.quality.submissions ORDER BY submission_id",
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["program"], {})[row["submission_id"]] = file_stem(row)
    return found


def missing(
    con: duckdb.DuckDBPyConnection, program: Program, home: Home | None = None
) -> list[str]:
    """Ids of submissions of `program` whose workbook is not there."""
    return [name for name, of in _missing(con, home) if of == program.name]


def all_missing(con: duckdb.DuckDBPyConnection, home: Home | None = None) -> set[str]:
    """Ids of all submissions whose workbook is not there."""
    return {name for name, _ in _missing(con, home)}


def _missing(con: duckdb.DuckDBPyConnection, home: Home | None) -> Iterator[tuple[str, str]]:
    """(submission_id, program) of submissions without a workbook."""
    for program, recorded in _all_recorded(con).items():
        have = _names(folder(program, home))
        for name, stem in recorded.items():
            if stem + SUFFIX not in have:
                yield name, program


def has_any(con: duckdb.DuckDBPyConnection, program: Program) -> bool:
    """Whether anything was received of `program`."""
    return bool(_recorded(con, program.name))


def _names(path: Path) -> set[str]:
    return {entry.name for entry in os.scandir(path)} if path.is_dir() else set()


def remove(
    con: duckdb.DuckDBPyConnection, program: Program, ids: Iterable[str], home: Home | None = None
) -> None:
    """Take away the answers to submissions that are about to be judged anew.

    So a process that is killed in between leaves no answer that is out of date: it is missing.
    """
    recorded = _recorded(con, program.name)
    stems = {recorded[name] for name in ids if name in recorded}
    _clear(folder(program.name, home), lambda stem: stem in stems)


def _clear(path: Path, is_gone: Any) -> None:
    for name in _names(path):
        # <program>_<area>_<period>_v<N>.<hash>.<the rest>
        stem = ".".join(name.split(".")[:2])
        if is_gone(stem):
            (path / name).unlink(missing_ok=True)


def affected(con: duckdb.DuckDBPyConnection, program: Program, ids: Sequence[str]) -> list[str]:
    """`ids`, and the submissions of the same areas and later periods: their trend tells of them."""
    rows = con.execute(
        "WITH changed AS (SELECT area_code, min(period_from) AS since "
        "FROM vault.quality.submissions WHERE program = $program AND submission_id IN "
        "(SELECT unnest($ids)) GROUP BY area_code) "
        "SELECT s.submission_id FROM vault.quality.submissions AS s "
        "LEFT JOIN changed AS c ON s.area_code = c.area_code AND s.period_from >= c.since "
        "WHERE s.program = $program AND (c.since IS NOT NULL OR s.submission_id IN "
        "(SELECT unnest($ids))) ORDER BY ALL",
        {"program": program.name, "ids": list(ids)},
    ).fetchall()
    return [name for (name,) in rows]


def write(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    ids: Sequence[str] | None = None,
    *,
    home: Home | None = None,
    language: Language = "id",
    details: int = DETAILS,
    row_cells: int = ROW_CELLS,
) -> int:
    """Write the answers to the submissions `ids` of `program` (default: all); how many changed.

    con: with the vault attached, outside a transaction. Files of submissions that the vault does
    not hold are removed. Each file appears whole or not at all. The default language is the
    sender's; in English the workbook is written beside it.
    """
    path = folder(program.name, home)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    recorded = _recorded(con, program.name)
    known = set(recorded.values())
    _clear(path, lambda stem: stem not in known)
    wanted = [name for name in recorded if ids is None or name in set(ids)]
    changed = 0
    _views(con)
    try:
        for chunk in _chunks(con, wanted):
            for report, stem in _reports(con, program, chunk, details, row_cells, language):
                suffix = SUFFIX if language == "id" else f".{language}{SUFFIX}"
                changed += _replace(path / (stem + suffix), render(report, language))
                _write_csv(con, program, report, path, stem)
    finally:
        for view in ("issues", "quarantine"):
            con.execute(f"DROP VIEW IF EXISTS temp.{view}")
        con.execute("DROP TABLE IF EXISTS temp.feedback_ids")
    return changed


def _views(con: duckdb.DuckDBPyConnection) -> None:
    """The vault's tables with the columns that were added to them later."""
    for table in ("issues", "quarantine"):
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT * FROM vault.quality.{table}"
            if _has(con, table, "source_part")
            else f"CREATE OR REPLACE TEMP VIEW {table} AS "
            f"SELECT *, NULL::VARCHAR AS source_part FROM vault.quality.{table}"
        )


def _has(con: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    described = con.execute(f"DESCRIBE vault.quality.{table}").fetchall()
    return any(row[0] == column for row in described)


def _chunks(con: duckdb.DuckDBPyConnection, wanted: Sequence[str]) -> Iterator[list[str]]:
    counts = dict(
        con.execute(
            "SELECT submission_id, quarantined_count FROM vault.quality.submissions"
        ).fetchall()
    )
    chunk: list[str] = []
    rows = 0
    for name in wanted:
        chunk.append(name)
        rows += counts[name]
        if len(chunk) >= CHUNK or rows >= CHUNK_ROWS:
            yield chunk
            chunk, rows = [], 0
    if chunk:
        yield chunk


def _rows(con: duckdb.DuckDBPyConnection, sql: Any, values: Any = None) -> list[dict[str, Any]]:
    result = con.execute(sql, values) if values is not None else con.execute(sql)
    names = [d[0] for d in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _reports(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    chunk: Sequence[str],
    details: int,
    row_cells: int,
    language: Language,
) -> Iterator[tuple[Report, str]]:
    """What to tell about each submission of a chunk, with the stem of its files."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE feedback_ids AS SELECT unnest(?) AS submission_id",
        [list(chunk)],
    )
    rows_shown = max(100, row_cells // len(program.columns))
    statements = con.extract_statements(_SQL.read_text("utf-8"))
    values: tuple[dict[str, int], ...] = (
        {},
        {"periods": PERIODS},
        {},
        {"details": details},
        {"rows": rows_shown},
    )
    found = [
        _by_submission(_rows(con, statement, value or None))
        for statement, value in zip(statements, values, strict=True)
    ]
    summaries, trends, groups, all_details, quarantined = found
    counted = _quarantined_counts(con)
    for name in chunk:
        summary = summaries[name][0]
        stem = file_stem(summary)
        sent = json.loads(summary["headers_sent"]) if summary["headers_sent"] else None
        sheets = _sheets(program, sent, quarantined.get(name, []), counted.get(name, {}))
        told = all_details.get(name, [])
        of_groups = groups.get(name, [])
        all_issues = sum(g["issues_count"] for g in of_groups)
        has_more = any(s.rows_count > len(s.rows) for s in sheets)
        yield (
            Report(
                title_id=program.title.id,
                title_en=program.title.en,
                summary=summary,
                trend=[*trends.get(name, []), _own(summary)] if summary["period"] else [],
                groups=of_groups,
                details=told,
                sheets=sheets,
                labels={c: column.label for c, column in program.columns.items()}
                | {column: label for _, column, label in sent or []},
                next_file=_next_file(summary),
                issues_file=f"{stem}.masalah.csv" if all_issues > len(told) else None,
                rows_file=f"{stem}.perbaikan.csv" if has_more else None,
            ),
            stem,
        )


def _own(summary: dict[str, Any]) -> dict[str, Any]:
    return {
        "period": summary["period"],
        "version": summary["version"],
        "state": summary["state"],
        "rows": summary["rows_count"],
        "accepted": summary["accepted_count"],
        "quarantined": summary["quarantined_count"],
    }


def _next_file(summary: dict[str, Any]) -> str:
    area = (summary["area_code"] or "").replace(".", "") or "<wilayah>"
    period = summary["period"] or "<periode>"
    version = max(summary["newest_version"] or 0, summary["version"] or 1) + 1
    ending = Path(summary["file_name"] or "").suffix.lower()
    return f"{summary['program']}_{area}_{period}_v{version}{ending}"


def _by_submission(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grouped = itertools.groupby(rows, key=lambda row: row["submission_id"])
    return {name: list(group) for name, group in grouped}


def _quarantined_counts(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str | None, int]]:
    found: dict[str, dict[str | None, int]] = {}
    for name, part, count in con.execute(
        "SELECT submission_id, source_part, count(*) FROM quarantine "
        "SEMI JOIN feedback_ids USING (submission_id) GROUP BY ALL ORDER BY ALL"
    ).fetchall():
        found.setdefault(name, {})[part] = count
    return found


def _sheets(
    program: Program,
    sent: list[list[Any]] | None,
    rows: Sequence[dict[str, Any]],
    counts: dict[str | None, int],
) -> list[Sheet]:
    sheets = []
    for part, count in counts.items():
        shown = [
            (row["source_row"], row["rule_ids"], _values(row["row_sent"]))
            for row in rows
            if row["source_part"] == part
        ]
        sheets.append(Sheet(part, _columns(program, sent, part), shown, count))
    return sheets


def _values(row_sent: str) -> dict[str, str | None]:
    """The cells of a row by column; those that are not declared beside the others."""
    row: dict[str, Any] = json.loads(row_sent)
    extra = row.pop("extra_columns", None) or {}
    return {**{k: v for k, v in extra.items() if not k.startswith("_")}, **row}


def _columns(
    program: Program, sent: list[list[Any]] | None, part: str | None
) -> tuple[Column, ...]:
    """The columns of one part under the sender's own headers and in the sender's order."""
    if sent:
        return tuple(Column(name, label) for of, name, label in sent if of == part)
    return tuple(
        Column(name, column.label)
        for name, column in program.columns.items()
        if column.title is None and (part is None or not column.parts or part in column.parts)
    )


def _replace(path: Path, content: bytes) -> bool:
    """Write a file whole or not at all; False if it held the same bytes already."""
    if path.exists() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    partial = path.with_name(f"{path.name}.part")
    partial.touch(mode=0o600)
    partial.write_bytes(content)
    partial.replace(path)
    return True


def _write_csv(
    con: duckdb.DuckDBPyConnection, program: Program, report: Report, path: Path, stem: str
) -> None:
    """The complete lists beside a workbook that cannot hold them; none where it can."""
    of = f"WHERE submission_id = {quote(report.summary['submission_id'])}"
    wanted = {}
    if report.issues_file:
        value = _GUARDED.format("value_sent")
        wanted[report.issues_file] = (
            _ISSUE_HEADINGS,
            f"SELECT source_row, source_part, severity, column_name, {value}, message_id, "
            f"action_id, message_en, action_en FROM issues {of} ORDER BY "
            "list_position(['critical', 'warning', 'info'], severity), rule_id, source_part "
            "NULLS FIRST, source_row NULLS FIRST, column_name NULLS FIRST, value_sent NULLS FIRST",
        )
    if report.rows_file:
        for sheet in report.sheets:
            name = report.rows_file if sheet.part is None else f"{stem}.perbaikan.{sheet.part}.csv"
            cells = ", ".join(
                _GUARDED.format(_cell(c.name, c.name in program.columns)) for c in sheet.columns
            )
            of_part = (
                f"source_part IS NOT DISTINCT FROM {quote(sheet.part) if sheet.part else 'NULL'}"
            )
            labels = ["Baris", "Aturan", *(c.label for c in sheet.columns)]
            wanted[name] = (
                ";".join(_csv_word(label) for label in labels),
                f"SELECT source_row, array_to_string(rule_ids, ', '), {cells} FROM quarantine {of} "
                f"AND {of_part} ORDER BY source_row",
            )
    for name, (headings, select) in wanted.items():
        partial = path / f"{name}.part"
        partial.touch(mode=0o600)
        # A mark at the beginning tells spreadsheets that the text is UTF-8.
        prefix = quote("\ufeff" + headings + "\n")
        con.execute(
            f"COPY ({select}) TO {quote(str(partial))} (FORMAT csv, HEADER false, DELIMITER ';', "
            f"PREFIX {prefix}, SUFFIX '\n')"
        )
        partial.replace(path / name)
    for name in _names(path):
        if name.startswith(f"{stem}.") and name.endswith(".csv") and name not in wanted:
            (path / name).unlink()


def _cell(name: str, is_declared: bool) -> str:
    path = [name] if is_declared else ["extra_columns", name]
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
    return f"(row_sent ->> {quote(pointer)})"


def _csv_word(text: str) -> str:
    if text.startswith(("=", "+", "-", "@", "\t", "\r", "'")):
        text = f"'{text}"
    if any(mark in text for mark in ';"\n\r'):
        escaped = text.replace('"', '""')
        return f'"{escaped}"'
    return text


__all__ = ["affected", "file_stem", "folder", "has_any", "missing", "remove", "write"]
