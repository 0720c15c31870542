"""The workbook that a sender gets back about one submission: layout and words, nothing else.

It shows what `feedback.py` hands it and reads nothing itself. Whatever came from a sender is
written as text: never a formula, a link or a number, and a cell that begins like a formula is
marked so that a spreadsheet keeps it text when it is edited.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import xlsxwriter

from pipelines import settings

Language = Literal["id", "en"]

# Excel takes 32,767 characters in a cell and refuses the workbook beyond.
CELL_CHARACTERS = 32_000
# Widths of the summary's columns, in characters, and what its long sentences go across.
WIDTHS = (20, 12, 20, 24, 44, 44, 14)
ACROSS = 5
LINE_POINTS = 13.5
# A row is at most 409 points high in a spreadsheet.
MOST_LINES = 30
# What a sheet of A4 across still shows legibly when it is shrunk to its width, in characters.
PAGE_WIDTH = 180
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")

WORDS: dict[str, tuple[str, str]] = {
    "summary": ("Ringkasan", "Summary"),
    "to_correct": ("Perbaikan", "To correct"),
    "title": ("Umpan balik pemeriksaan data", "Answer to a received file"),
    "program": ("Program", "Program"),
    "area": ("Kode wilayah", "Area code"),
    "period": ("Periode", "Period"),
    "version": ("Versi", "Version"),
    "file": ("Nama berkas", "File name"),
    "received": ("Diterima pada", "Received at"),
    "state": ("Status", "State"),
    "reason": ("Alasan", "Reason"),
    "next": ("Langkah berikutnya", "What to do"),
    "rows": ("Baris data dalam berkas", "Rows of data in the file"),
    "accepted": ("Baris diterima", "Rows accepted"),
    "quarantined": ("Baris belum dapat dipakai", "Rows that cannot be used yet"),
    "other_lines": ("Baris lain (judul, kosong, jumlah)", "Other lines (titles, blanks, totals)"),
    "critical": ("Masalah kritis", "Critical issues"),
    "warning": ("Peringatan", "Warnings"),
    "info": ("Informasi", "Information"),
    "trend": ("Dibandingkan dengan periode sebelumnya", "Compared with earlier periods"),
    "share": ("Bagian diterima", "Share accepted"),
    "groups": ("Masalah menurut kepentingannya", "Issues by priority"),
    "details": ("Rincian masalah", "The issues one by one"),
    "severity": ("Tingkat", "Severity"),
    "column": ("Kolom", "Column"),
    "wrong": ("Yang salah", "What is wrong"),
    "action": ("Yang harus dilakukan", "What to do"),
    "count": ("Jumlah", "Count"),
    "examples": ("Contoh baris", "Rows, for example"),
    "row": ("Baris", "Row"),
    "part": ("Bagian", "Part"),
    "value": ("Isi yang dikirim", "Value as sent"),
    "no_issues": ("Tidak ada masalah yang ditemukan.", "No issue was found."),
    "more_issues": (
        "{shown} dari {all} masalah ditampilkan di sini; semuanya ada di berkas {file}.",
        "{shown} of {all} issues are shown here; all of them stand in the file {file}.",
    ),
    "more_rows": (
        "{shown} dari {all} baris ditampilkan di sini; semuanya ada di berkas {file}.",
        "{shown} of {all} rows are shown here; all of them stand in the file {file}.",
    ),
    "sheet_note": (
        "Perbaiki baris-baris ini di berkas asalnya (sel kuning memuat yang salah), lalu kirim "
        "ulang seluruh daftar, termasuk baris yang sudah benar, sebagai {file}. Jangan kirim "
        "lembar ini saja: versi baru menggantikan seluruh daftar, dan baris yang tidak ikut "
        "dikirim dianggap dihapus.",
        "Correct these rows in the file they come from (what is wrong is in the yellow cells) and "
        "send the whole list again, with the rows that are right already, as {file}. Do not send "
        "this sheet alone: a new version replaces the whole list, and a row that is not in it "
        "counts as taken off.",
    ),
    "see_above": ("Lihat 'Langkah berikutnya' di atas.", "See 'What to do' above."),
    "whole_file": ("seluruh berkas", "the whole file"),
}  # fmt: skip

STATES: dict[str, tuple[str, str, str]] = {
    "accepted": ("Diterima: semua baris dipakai.", "Accepted: all rows are used.", "#C6E0B4"),
    "accepted_with_errors": (
        "Diterima dengan catatan: semua baris dipakai, tetapi ada yang perlu diperiksa.",
        "Accepted with remarks: all rows are used, but some should be looked at.",
        "#E2EFDA",
    ),
    "partially_accepted": (
        "Diterima sebagian: ada baris yang belum dapat dipakai sebelum diperbaiki.",
        "Accepted in part: some rows cannot be used until they are corrected.",
        "#FFE699",
    ),
    "rejected": (
        "Ditolak: berkas ini tidak dapat dipakai; data sebelumnya tetap berlaku.",
        "Rejected: this file cannot be used; the data sent before stay in force.",
        "#F8CBAD",
    ),
    "waiting": (
        "Menunggu persetujuan: berkas ini belum dipakai; data sebelumnya tetap berlaku.",
        "Waiting for approval: this file is not used yet; the data sent before stay in force.",
        "#DDEBF7",
    ),
    "refused": (
        "Ditolak oleh pengelola data: berkas ini tidak dipakai.",
        "Refused by the data team: this file is not used.",
        "#F8CBAD",
    ),
}
SEVERITIES = {
    "critical": ("Kritis", "Critical"),
    "warning": ("Peringatan", "Warning"),
    "info": ("Informasi", "Information"),
}
NEXT: dict[str, tuple[str, str]] = {
    "accepted": ("Tidak ada yang perlu dilakukan.", "Nothing is to be done."),
    "accepted_with_errors": (
        "Periksa masalah di bawah ini dan perbaiki pada pengiriman berikutnya.",
        "Look at the issues below and correct them in the next export.",
    ),
    "partially_accepted": (
        "Lembar 'Perbaikan' memuat baris yang belum dapat dipakai. Perbaiki baris itu di berkas "
        "asalnya, lalu kirim ulang seluruh daftar (bukan baris itu saja) sebagai {file}.",
        "The sheet 'To correct' holds the rows that cannot be used yet. Correct them in the file "
        "they come from and send the whole list (not these rows alone) again as {file}.",
    ),
    "rejected": (
        "Perbaiki sesuai alasan di atas, lalu kirim ulang berkas yang lengkap sebagai {file}.",
        "Do what the reason above says and send the whole file again as {file}.",
    ),
    "waiting": (
        "Jika isinya benar, beri tahu pengelola data; jika tidak, kirim ulang sebagai {file}.",
        "If its content is right, tell the data team; if not, send it again as {file}.",
    ),
    "refused": (
        "Hubungi pengelola data, atau kirim ulang sebagai {file}.",
        "Ask the data team, or send it again as {file}.",
    ),
}


@dataclass(frozen=True)
class Column:
    """A column of the rows to correct: its name in the vault, and its header as sent."""

    name: str
    label: str


@dataclass(frozen=True)
class Sheet:
    """Rows to correct of one part of the export (None: it has no parts).

    rows: (source_row, rule ids, values by column name), capped; rows_count: how many there are.
    """

    part: str | None
    columns: tuple[Column, ...]
    rows: Sequence[tuple[int, list[str], Mapping[str, str | None]]]
    rows_count: int


@dataclass(frozen=True)
class Report:
    """What one workbook tells. summary, trend, groups and details are rows of `feedback.sql`.

    labels: header as sent by column name. next_file: the name for a new version. issues_file and
    rows_file: the CSV files beside the workbook that hold what is left out here, if any.
    """

    title_id: str
    title_en: str
    summary: Mapping[str, Any]
    trend: Sequence[Mapping[str, Any]]
    groups: Sequence[Mapping[str, Any]]
    details: Sequence[Mapping[str, Any]]
    sheets: Sequence[Sheet]
    labels: Mapping[str, str]
    next_file: str
    issues_file: str | None
    rows_file: str | None

    @property
    def issues_count(self) -> int:
        """All issues of the submission."""
        return sum(g["issues_count"] for g in self.groups)


def render(report: Report, language: Language = "id") -> bytes:
    """The workbook as bytes; equal reports give equal bytes."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(
        data,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"created": _naive(report.summary["received_at"]), "author": "Lumbung"})
    _Writer(book, report, language).write()
    book.close()
    return data.getvalue()


def _naive(moment: datetime | None) -> datetime:
    return moment.replace(tzinfo=None, microsecond=0) if moment else datetime(2000, 1, 1)  # noqa: DTZ001


def clean(value: Any) -> str:
    """Any value as the text of one cell."""
    text = "" if value is None else str(value)
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"


class _Writer:
    def __init__(self, book: xlsxwriter.Workbook, report: Report, language: Language) -> None:
        self.book, self.report, self.language = book, report, language
        self.at = 0 if language == "id" else 1
        base: dict[str, Any] = {"valign": "top", "font_size": 10}
        add = book.add_format
        self.bold = add({**base, "bold": True})
        self.note = add({**base, "bold": True, "text_wrap": True})
        self.big = add({"bold": True, "font_size": 14})
        self.part = add({"bold": True, "font_size": 12})
        self.wrapped = add({**base, "text_wrap": True})
        self.head = add(
            {**base, "bold": True, "bg_color": "#D9D9D9", "border": 1, "text_wrap": True}
        )
        self.reason = add(
            {**base, "bold": True, "bg_color": "#FCE4D6", "border": 1, "text_wrap": True}
        )
        self.number = add({**base, "num_format": "#,##0", "align": "left"})
        self.share = add({**base, "num_format": "0.0%", "align": "left"})
        # Format '@' is text: a NIK that is typed into such a cell keeps all of its digits.
        self.sent = add({**base, "num_format": "@"})
        self.told = add({**base, "num_format": "@", "text_wrap": True})
        self.told_guarded = add(
            {**base, "num_format": "@", "text_wrap": True, "quote_prefix": True}
        )
        self.guarded = add({**base, "num_format": "@", "quote_prefix": True})
        self.marked = add({**base, "num_format": "@", "bg_color": "#FFF2CC"})
        self.marked_guarded = add(
            {**base, "num_format": "@", "bg_color": "#FFF2CC", "quote_prefix": True}
        )

    def word(self, key: str, **values: Any) -> str:
        """A word or sentence in the workbook's language."""
        return WORDS[key][self.at].format(**values)

    def write(self) -> None:
        """All sheets, one after the other."""
        self._summary()
        for sheet in self.report.sheets:
            if sheet.rows_count:
                self._rows(sheet)

    def _text(self, sheet: Any, row: int, column: int, value: Any, format: Any = None) -> None:
        sheet.write_string(row, column, clean(value), format)

    def _value(self, sheet: Any, row: int, column: int, value: Any, marked: bool = False) -> None:
        """A sender's value."""
        text = clean(value)
        if text.startswith(FORMULA_BEGINS):
            format = self.marked_guarded if marked else self.guarded
        else:
            format = self.marked if marked else self.sent
        if text or marked:
            sheet.write_string(row, column, text, format)

    def _told(self, sheet: Any, row: int, column: int, value: Any) -> None:
        """A sender's value among sentences: in as many lines as it needs."""
        text = clean(value)
        if text:
            is_guarded = text.startswith(FORMULA_BEGINS)
            sheet.write_string(row, column, text, self.told_guarded if is_guarded else self.told)

    def _across(self, sheet: Any, row: int, value: Any) -> None:
        """A sender's value or a sentence in the second column and those after it."""
        text = clean(value)
        format = self.told_guarded if text.startswith(FORMULA_BEGINS) else self.told
        sheet.merge_range(row, 1, row, ACROSS, "", format)
        sheet.write_string(row, 1, text, format)
        _high(sheet, row, [(text, sum(WIDTHS[1 : ACROSS + 1]))])

    def _headings(self, sheet: Any, row: int, keys: Sequence[str]) -> None:
        words = [self.word(key) for key in keys]
        for column, word in enumerate(words):
            sheet.write_string(row, column, word, self.head)
        _high(sheet, row, zip(words, WIDTHS, strict=False))

    def _count_of(self, number: int) -> str:
        """A number within a sentence, as the language groups its digits."""
        text = f"{number:,}"
        return text.replace(",", ".") if self.language == "id" else text

    def _label(self, column: str | None) -> str:
        return self.report.labels.get(column, column) if column else ""

    def _summary(self) -> None:
        r, s = self.report, self.report.summary
        sheet = self.book.add_worksheet(self.word("summary"))
        sheet.hide_gridlines(2)
        _page(sheet)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, self.word("title"), self.big)
        state = STATES[s["state"]]
        colour = self.book.add_format({"bold": True, "font_size": 12, "bg_color": state[2]})
        for column in range(ACROSS + 1):
            sheet.write_blank(1, column, None, colour)
        sheet.write_string(1, 0, state[self.at], colour)
        received = s["received_at"]
        form = ("%d-%m-%Y %H:%M %Z", "%Y-%m-%d %H:%M %Z")[self.at]
        local = _local(received).strftime(form) if received else ""
        lines: list[tuple[str, Any]] = [
            ("program", (r.title_id, r.title_en)[self.at]),
            ("area", s["area_code"]),
            ("period", s["period"]),
            ("version", s["version"]),
            ("file", s["file_name"]),
            ("received", local),
        ]
        if reason := s["reason_id"] if self.at == 0 else s["reason_en"]:
            lines.append(("reason", reason))
        newest = max(s["newest_version"] or 0, s["version"] or 1)
        nothing = newest > (s["version"] or 1)
        lines.append(
            (
                "next",
                (
                    "Versi yang lebih baru sudah diterima; lihat umpan baliknya.",
                    "A newer version has come; see the answer to it.",
                )[self.at]
                if nothing
                else NEXT[s["state"]][self.at].format(file=r.next_file),
            )
        )
        row = 3
        for key, value in lines:
            sheet.write_string(row, 0, self.word(key), self.bold)
            self._across(sheet, row, value)
            row += 1
        row += 1
        counts = row
        for key in ("rows", "accepted", "quarantined"):
            row = self._count(sheet, row, key, s[f"{key}_count"])
        row = self._count(sheet, row, "other_lines", s["other_lines_count"])
        for key in ("critical", "warning", "info"):
            row = self._count(sheet, row, key, s[f"issues_{key}_count"])
        row = self._trend(sheet, row + 1, counts)
        row = self._groups(sheet, row + 1)
        self._details(sheet, row + 1)

    def _count(self, sheet: Any, row: int, key: str, value: int) -> int:
        sheet.write_string(row, 0, self.word(key), self.bold)
        sheet.write_number(row, 3, value, self.number)
        return row + 1

    def _trend(self, sheet: Any, row: int, beside: int) -> int:
        """Earlier periods as a table, and as a chart in the room right of the counts."""
        trend = self.report.trend
        if len(trend) < 2:
            return row
        sheet.write_string(row, 0, self.word("trend"), self.part)
        keys = ["period", "version", "rows", "state", "accepted", "quarantined", "share"]
        self._headings(sheet, row + 1, keys)
        first = row + 2
        for row, t in enumerate(trend, start=first):
            self._text(sheet, row, 0, t["period"], self.sent)
            sheet.write_number(row, 1, t["version"], self.number)
            sheet.write_number(row, 2, t["rows"], self.number)
            self._text(sheet, row, 3, STATES[t["state"]][self.at].partition(":")[0], self.wrapped)
            sheet.write_number(row, 4, t["accepted"], self.number)
            sheet.write_number(row, 5, t["quarantined"], self.number)
            if t["rows"]:
                sheet.write_number(row, 6, t["accepted"] / t["rows"], self.share)
        chart = self.book.add_chart({"type": "column", "subtype": "stacked"})
        name = sheet.get_name()
        for column, key, colour in ((4, "accepted", "#70AD47"), (5, "quarantined", "#C00000")):
            chart.add_series(
                {
                    "name": self.word(key),
                    "categories": [name, first, 0, row, 0],
                    "values": [name, first, column, row, column],
                    "fill": {"color": colour},
                }
            )
        chart.set_legend({"position": "right"})
        # From nothing on: a small change shall look small.
        chart.set_y_axis({"min": 0, "num_format": "#,##0"})
        chart.set_size({"width": 620, "height": 160})
        sheet.insert_chart(beside, 4, chart, {"x_offset": 4})
        return row + 1

    def _groups(self, sheet: Any, row: int) -> int:
        sheet.write_string(row, 0, self.word("groups"), self.part)
        if not self.report.groups:
            sheet.write_string(row + 1, 0, self.word("no_issues"))
            return row + 2
        keys = ["severity", "count", "column", "examples", "wrong", "action"]
        if any(g["source_part"] for g in self.report.groups):
            keys.append("part")
        self._headings(sheet, row + 1, keys)
        row += 2
        for g in self.report.groups:
            examples = [f"{n}" for n in g["first_rows"] or [] if n is not None]
            more = ", …" if g["issues_count"] > len(examples) > 0 else ""
            self._text(sheet, row, 0, SEVERITIES[g["severity"]][self.at], self.wrapped)
            sheet.write_number(row, 1, g["issues_count"], self.number)
            self._text(sheet, row, 2, self._label(g["column_name"]), self.wrapped)
            told = ", ".join(examples) + more or self.word("whole_file")
            self._text(sheet, row, 3, told, self.wrapped)
            self._sentences(sheet, row, g, told)
            row += 1
        return row

    def _sentences(self, sheet: Any, row: int, issue: Mapping[str, Any], beside: Any) -> None:
        """What is wrong and what to do, in a row as high as they and what stands beside need."""
        message = clean(self._either(issue, "message"))
        action = clean(self._either(issue, "action") or self.word("see_above"))
        self._text(sheet, row, 4, message, self.wrapped)
        self._text(sheet, row, 5, action, self.wrapped)
        if issue["source_part"]:
            self._text(sheet, row, 6, issue["source_part"], self.wrapped)
        texts = (self._label(issue["column_name"]), clean(beside), message, action)
        _high(
            sheet, row, [*zip(texts, WIDTHS[2:6], strict=True), (issue["source_part"], WIDTHS[6])]
        )

    def _either(self, row: Mapping[str, Any], key: str) -> Any:
        return row[f"{key}_id"] if self.at == 0 else row[f"{key}_en"]

    def _details(self, sheet: Any, row: int) -> None:
        r = self.report
        if not r.details:
            return
        sheet.write_string(row, 0, self.word("details"), self.part)
        if r.issues_file:
            row += 1
            shown, total = self._count_of(len(r.details)), self._count_of(r.issues_count)
            told = self.word("more_issues", shown=shown, all=total, file=r.issues_file)
            sheet.write_string(row, 0, told, self.bold)
        keys = ["row", "severity", "column", "value", "wrong", "action"]
        if any(d["source_part"] for d in r.details):
            keys.append("part")
        self._headings(sheet, row + 1, keys)
        first = row + 2
        for row, d in enumerate(r.details, start=first):
            if d["source_row"] is not None:
                sheet.write_number(row, 0, d["source_row"], self.number)
            self._text(sheet, row, 1, SEVERITIES[d["severity"]][self.at], self.wrapped)
            self._text(sheet, row, 2, self._label(d["column_name"]), self.wrapped)
            self._told(sheet, row, 3, d["value_sent"])
            self._sentences(sheet, row, d, d["value_sent"])

    def _rows(self, rows: Sheet) -> None:
        r = self.report
        name = self.word("to_correct") + (f" {rows.part}" if rows.part else "")
        sheet = self.book.add_worksheet(name[:31])
        note = self.word("sheet_note", file=r.next_file)
        if rows.rows_count > len(rows.rows) and r.rows_file:
            shown, total = self._count_of(len(rows.rows)), self._count_of(rows.rows_count)
            note += " " + self.word("more_rows", shown=shown, all=total, file=r.rows_file)
        widths = [8, 44, *(_width(c, rows.rows) for c in rows.columns)]
        last = min(3, len(widths) - 1)
        sheet.merge_range(0, 0, 0, last, "", self.note)
        sheet.write_string(0, 0, note, self.note)
        _high(sheet, 0, [(note, sum(widths[: last + 1]) * 0.9)])
        sheet.write_string(1, 0, self.word("row"), self.reason)
        sheet.write_string(1, 1, self.word("wrong"), self.reason)
        for column, c in enumerate(rows.columns, start=2):
            self._text(sheet, 1, column, c.label, self.head)
        _high(sheet, 1, zip([c.label for c in rows.columns], widths[2:], strict=True))
        sheet.set_column(0, 0, widths[0])
        sheet.set_column(1, 1, widths[1])
        # The whole columns are text, so that what is typed there keeps its zeros.
        for column, width in enumerate(widths[2:], start=2):
            sheet.set_column(column, column, width, self.sent)
        messages = {g["rule_id"]: (self._either(g, "message"), g["column_name"]) for g in r.groups}
        place = {c.name: column for column, c in enumerate(rows.columns, start=2)}
        for row, (number, rules, values) in enumerate(rows.rows, start=2):
            sheet.write_number(row, 0, number, self.number)
            told = [messages[rule] for rule in rules if rule in messages]
            reasons = "\n".join(dict.fromkeys(text or "" for text, _ in told)) or ", ".join(rules)
            self._text(sheet, row, 1, reasons, self.wrapped)
            _high(sheet, row, [(reasons, widths[1])])
            wrong = {column for _, column in told}
            for name, column in place.items():
                self._value(sheet, row, column, values.get(name), name in wrong)
        _page(sheet, is_wide=sum(widths) > PAGE_WIDTH)
        sheet.repeat_rows(0, 1)
        sheet.freeze_panes(2, 2)
        sheet.autofilter(1, 0, len(rows.rows) + 1, len(rows.columns) + 1)


def _page(sheet: Any, *, is_wide: bool = False) -> None:
    """Print on A4 across, as wide as the sheet; one that is too wide repeats its first columns."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&F&R&A &P/&N")
    if is_wide:
        sheet.set_print_scale(65)
        sheet.repeat_columns(0, 1)
    else:
        sheet.fit_to_pages(1, 0)


def _high(sheet: Any, row: int, texts: Iterable[tuple[str | None, float]]) -> None:
    """Make a row as high as its texts need in columns so many characters wide.

    LibreOffice leaves a row that says no height as high as one line, whatever wraps in it.
    """
    lines = max((_lines(text or "", width) for text, width in texts), default=1)
    if lines > 1:
        sheet.set_row(row, min(lines, MOST_LINES) * LINE_POINTS)


def _lines(text: str, width: float) -> int:
    """Lines that a text of this size wraps to, rather one too many than one too few."""
    room = max(4.0, width)
    return sum(max(1, math.ceil(len(line) / room)) for line in text.split("\n"))


def _width(column: Column, rows: Sequence[tuple[int, list[str], Mapping[str, str | None]]]) -> int:
    """How wide a column of rows to correct is: as its longest cell, within bounds."""
    longest = max((len(values.get(column.name) or "") for _, _, values in rows), default=0)
    return min(32, max(longest, min(len(column.label), 16), 6) + 3)


def _local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(settings.DEFAULT_TIMEZONE)
