"""The workbook in which people say whether two records are one person: layout and words only.

It shows what `review.py` hands it and reads nothing itself. What came from a sender is written as
text, never a formula; only the decision and the note can be typed into. Each row carries its pair's
number and id in a hidden column, so that sorting, filtering or deleting rows confuses nobody.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from pipelines import settings
from pipelines.identity import review_words
from pipelines.identity.review import KINDS, Asked, Question, Side
from pipelines.identity.review_weights import LEAST_WEIGHT
from pipelines.identity.review_words import Language

VERDICTS: dict[str, tuple[str, str]] = {
    "same": ("sama", "same"),
    "different": ("beda", "different"),
    "unknown": ("belum tahu", "not known"),
}
"""What a person may answer, as it is written in the workbook."""
STAMP = "lumbung"
"""The head of the hidden column begins with it."""

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
CELL_CHARACTERS = 32_000
LINE_POINTS = 13.5
AGREES, DIFFERS, BAND = "#E2EFDA", "#FFD966", "#F2F2F2"

WORDS: dict[str, tuple[str, str]] = {
    "guide": ("Petunjuk", "How to"),
    "pairs": ("Pasangan", "Pairs"),
    "title_queue": ("Apakah kedua data ini orang yang sama?", "Are these two one person?"),
    "title_sample": ("Pemeriksaan mutu: orang yang sama?", "Audit: are these one person?"),
    "no": ("No.", "No."),
    "decision": ("Keputusan", "Decision"),
    "note": ("Catatan", "Note"),
    "record": ("Data", "Record"),
    "source": ("Sumber", "Source"),
    "reasons": ("Alasan sistem", "The system's reasons"),
    "name": ("Nama", "Name"),
    "nik": ("NIK", "NIK"),
    "kk": ("No. KK", "Family card"),
    "birth": ("Tanggal lahir", "Birth date"),
    "birth_place": ("Tempat lahir", "Birth place"),
    "sex": ("L/P", "Sex"),
    "mother": ("Nama ibu", "Mother"),
    "father": ("Nama ayah", "Father"),
    "parent": ("Orang tua", "Parent"),
    "address": ("Alamat", "Address"),
    "village": ("Desa/kelurahan", "Village"),
    "phone": ("Telepon", "Telephone"),
    "nisn": ("NISN", "NISN"),
    "welfare_card": ("KKS", "KKS"),
    "insurance": ("JKN", "JKN"),
    "account": ("Rekening", "Account"),
    "program_number": ("No. program", "Program no."),
    "row": ("{program} {period}, baris {row}", "{program} {period}, row {row}"),
    "behind": (
        "orang ini: {records} data, {benefits} bantuan",
        "this person: {records} records, {benefits} benefits",
    ),
    "settles": ("Bobot {weight} (batas {least}).", "Weight {weight} (cut-off {least})."),
    "choose": ("Pilih satu", "Choose one"),
    "choose_told": (
        "sama = orang yang sama; beda = orang lain; belum tahu = tidak dapat dipastikan.",
        "same = one person; different = two people; not known = it cannot be told.",
    ),
    "wrong": ("Isi hanya sama, beda, atau belum tahu.", "Only: same, different, not known."),
}  # fmt: skip

GUIDE: tuple[tuple[str, str], ...] = (
    (
        "Di lembar 'Pasangan', setiap pasangan terdiri atas dua baris: A dan B. Putuskan apakah "
        "A dan "
        "B orang yang sama, lalu pilih pada kolom 'Keputusan': sama, beda, atau belum tahu.",
        "On the sheet 'Pairs' each pair has two rows, A and B. Decide whether A and B are one "
        "person "
        "and choose in the column 'Decision': same, different or not known.",
    ),
    (
        "Kolom 'Catatan' boleh diisi, misalnya dari mana Anda mengetahuinya. Yang tidak diisi "
        "tetap "
        "menunggu. Jika ragu, pilih 'belum tahu': jangan menebak.",
        "The column 'Note' may say how you know. What is left empty goes on waiting. If in doubt "
        "choose 'not known': do not guess.",
    ),
    (
        "Warna: hijau = isinya sama, kuning = isinya berbeda, tanpa warna = salah satu kosong.",
        "Colours: green = both say the same, yellow = they differ, none = one of them is empty.",
    ),
    (
        "Hati-hati: anak kembar dan saudara serumah mempunyai KK, alamat, orang tua, bahkan "
        "tanggal "
        "lahir yang sama. NIK yang sama belum tentu orang yang sama, NIK yang berbeda bisa salah "
        "ketik.",
        "Mind: twins and members of one household share card, address, parents, even the birth "
        "date. "
        "One NIK is no proof of one person, and two NIKs may be a typing error.",
    ),
    (
        "Simpan berkas ini sebagai .xlsx atau .ods dan serahkan kembali kepada pengelola data. "
        "Isinya "
        "data pribadi: jangan dikirim melalui surel atau pesan, dan hapus setelah diserahkan.",
        "Save this file as .xlsx or .ods and hand it back to the data team. It holds personal "
        "data: do "
        "not send it by mail or message, and delete it when it is handed over.",
    ),
)
HIDDEN = (
    "Sebagian isi disamarkan dengan •. Warna tetap membandingkan isi yang lengkap: dua nomor yang "
    "tampak sama tetapi kuning berarti berbeda pada angka yang disamarkan.",
    "Some values are masked with •. The colours compare the whole values: two numbers that look "
    "alike "
    "and are yellow differ in the digits that are masked.",
)
BLIND = (
    "Pasangan ini diambil secara acak untuk mengukur mutu penautan. Pendapat sistem sengaja tidak "
    "ditampilkan, supaya penilaian Anda tidak terpengaruh.",
    "These pairs were drawn at random to measure how good linking is. What the system thinks is "
    "left "
    "out, so that it does not sway you.",
)

_WIDTHS = {
    "name": 24, "nik": 19, "kk": 19, "birth": 12, "birth_place": 13, "sex": 6, "mother": 18,
    "father": 18, "parent": 18, "address": 24, "village": 24, "phone": 15, "nisn": 12,
    "welfare_card": 18, "insurance": 15, "account": 15, "program_number": 16,
}  # fmt: skip
_SEX = {"male": ("L", "M"), "female": ("P", "F")}


def render(asked: Asked, link_weight: float, language: Language = "id") -> bytes:
    """The workbook as bytes; equal questions give equal bytes."""
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
    created = asked.exported_at.replace(tzinfo=None, microsecond=0)
    book.set_properties({"created": created, "author": "Lumbung"})
    _Writer(book, asked, link_weight, language).write()
    book.close()
    return data.getvalue()


class _Writer:
    def __init__(
        self, book: xlsxwriter.Workbook, asked: Asked, link_weight: float, language: Language
    ) -> None:
        self.book, self.asked, self.language = book, asked, language
        self.link_weight = link_weight
        self.at = review_words.at(language)
        self.formats: dict[tuple[Any, ...], Any] = {}

    def word(self, key: str, **values: Any) -> str:
        """A word or sentence in the workbook's language."""
        return WORDS[key][self.at].format(**values)

    def format(self, **properties: Any) -> Any:
        """A format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            base = {"valign": "top", "font_size": 10}
            self.formats[key] = self.book.add_format({**base, **properties})
        return self.formats[key]

    def write(self) -> None:
        """All sheets."""
        self._guide()
        self._pairs()

    def _guide(self) -> None:
        asked = self.asked
        sheet = self.book.add_worksheet(self.word("guide"))
        sheet.hide_gridlines(2)
        _page(sheet)
        sheet.set_column(0, 0, 4)
        sheet.set_column(1, 1, 110)
        title = self.word(f"title_{asked.purpose}")
        sheet.write_string(0, 0, title, self.format(bold=True, font_size=14))
        lines = [pair[self.at] for pair in GUIDE]
        if asked.hidden:
            lines.append(HIDDEN[self.at])
        if asked.purpose == "sample":
            lines.append(BLIND[self.at])
        row = 2
        for number, line in enumerate(lines, start=1):
            sheet.write_string(row, 0, f"{number}.", self.format())
            sheet.write_string(row, 1, line, self.format(text_wrap=True))
            sheet.set_row(row, LINE_POINTS * _lines(line, 110))
            row += 1
        local = asked.exported_at.replace(tzinfo=UTC).astimezone(settings.DEFAULT_TIMEZONE)
        shown = f"{len(asked.questions):,}".replace(",", "." if self.at == 0 else ",")
        facts = (
            (
                f"{shown} pasangan, dibuat {local:%d-%m-%Y %H:%M} ({asked.export_id}).",
                f"{shown} pairs, made {local:%Y-%m-%d %H:%M} ({asked.export_id}).",
            )[self.at],
        )
        for line in facts:
            row += 1
            sheet.write_string(row, 1, line, self.format(bold=True))

    def _columns(self) -> list[str]:
        """Fields that any record says."""
        return [
            name
            for name in _WIDTHS
            if any(side.seen.get(name) for q in self.asked.questions for side in q.sides)
        ]

    def _pairs(self) -> None:
        asked = self.asked
        sheet = self.book.add_worksheet(self.word("pairs"))
        sheet.activate()
        is_blind = all(q.weighed is None for q in asked.questions)
        fields = self._columns()
        keys = ["no", "decision", "record", *fields, "source"]
        widths = [5, 13, 6, *(_WIDTHS[f] for f in fields), 27]
        if not is_blind:
            keys.append("reasons")
            widths.append(64)
        keys.append("note")
        widths.append(26)
        head = self.format(bold=True, bg_color="#D9D9D9", border=1, text_wrap=True)
        for column, (key, width) in enumerate(zip(keys, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, self.word(key), head)
        hidden = len(keys)
        sheet.set_column(hidden, hidden, 4, None, {"hidden": True})
        sheet.write_string(0, hidden, f"{STAMP}:{asked.export_id}", head)
        sheet.set_row(0, LINE_POINTS * 2)
        row = 1
        for question in asked.questions:
            self._pair(sheet, row, question, fields, keys, hidden)
            row += 2
        self._choices(sheet, keys.index("decision"), row)
        # Only what is asked for can be typed; columns may still be made wider.
        sheet.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})
        sheet.freeze_panes(1, 4 if fields[:1] == ["name"] else 3)
        sheet.repeat_rows(0)
        _page(sheet)

    def _pair(
        self,
        sheet: Any,
        row: int,
        question: Question,
        fields: Sequence[str],
        keys: Sequence[str],
        hidden: int,
    ) -> None:
        band = {"bg_color": BAND} if question.pair_no % 2 == 0 else {}
        reasons = self._reasons(question)
        lines = max(2 * self._high(question, fields), _lines(reasons, 64), 4)
        places = {key: column for column, key in enumerate(keys)}
        # A double row under one number: the line above it tells pairs apart.
        top = {"top": 2}
        across = {"border": 1, "text_wrap": True, **top, **band}
        self._two(sheet, row, places["no"], question.pair_no, self.format(**across, bold=True))
        self._two(
            sheet,
            row,
            places["decision"],
            None,
            self.format(border=1, **top, locked=False, bg_color="#DDEBF7", bold=True),
        )
        self._two(
            sheet,
            row,
            places["note"],
            None,
            self.format(
                border=1, **top, locked=False, bg_color="#DDEBF7", text_wrap=True, num_format="@"
            ),
        )
        if "reasons" in places:
            self._two(sheet, row, places["reasons"], reasons, self.format(**across))
        for offset, (letter, side) in enumerate(zip("AB", question.sides, strict=True)):
            line = {"border": 1, **(top if offset == 0 else {}), **band}
            sheet.set_row(row + offset, LINE_POINTS * math.ceil(lines / 2))
            sheet.write_string(row + offset, places["record"], letter, self.format(**line))
            for name in fields:
                self._value(sheet, row + offset, places[name], name, side, line)
            source = self.format(**line, text_wrap=True, num_format="@")
            sheet.write_string(row + offset, places["source"], self._source(side), source)
            mark = f"{question.pair_no}:{question.pair_id}"
            sheet.write_string(row + offset, hidden, mark, self.format())

    def _two(self, sheet: Any, row: int, column: int, value: Any, format: Any) -> None:
        """One cell over both rows of a pair."""
        sheet.merge_range(row, column, row + 1, column, "", format)
        if isinstance(value, int):
            sheet.write_number(row, column, value, format)
        elif value:
            sheet.write_string(row, column, clean(value), format)

    def _value(
        self, sheet: Any, row: int, column: int, name: str, side: Side, line: dict[str, Any]
    ) -> None:
        """What a sender sent, as text whatever it looks like, coloured by whether it agrees."""
        value = side.seen.get(name)
        if name == "sex" and value in _SEX:
            value = _SEX[value][self.at]
        text = clean(value or "")
        agree = side.agree.get(name)
        colour = {} if agree is None else {"bg_color": AGREES if agree else DIFFERS}
        guard = {"quote_prefix": True} if text.startswith(FORMULA_BEGINS) else {}
        format = self.format(**{**line, **colour, **guard, "num_format": "@", "text_wrap": True})
        sheet.write_string(row, column, text, format)

    def _source(self, side: Side) -> str:
        told = self.word("row", program=side.program, period=side.period or "", row=side.source_row)
        if self.asked.purpose == "sample":
            return told
        behind = self.word("behind", records=side.records, benefits=side.benefits)
        return f"{told}\n{behind}"

    def _reasons(self, question: Question) -> str:
        """Why the pair is asked about, and what speaks for and against, in plain words."""
        if question.weighed is None:
            return ""
        said = [review_words.reason(question.reason_code, self.language)]
        for key, speaks_for in (("supports", True), ("opposes", False)):
            parts = [
                f"{review_words.comparison(p.comparison, self.language)} "
                f"{review_words.level(p.comparison, p.level, self.language)} ({p.weight:+.0f})"
                for p in question.weighed.reasons(speaks_for=speaks_for)
            ]
            if not speaks_for and question.weighed.kin <= -LEAST_WEIGHT:
                kin = review_words.WORDS["kin"][self.at].lower()
                parts.append(f"{kin} ({question.weighed.kin:+.0f})")
            if parts:
                said.append(review_words.WORDS[key][self.at].format(list="; ".join(parts)))
        weight, least = f"{question.weighed.weight:.1f}", f"{self.link_weight:.1f}"
        if self.at == 0:
            weight, least = weight.replace(".", ","), least.replace(".", ",")
        said.append(self.word("settles", weight=weight, least=least))
        return "\n".join(said)

    def _high(self, question: Question, fields: Sequence[str]) -> int:
        """Lines that the fullest cell of either row needs."""
        return max(
            [
                _lines(side.seen.get(name) or "", _WIDTHS[name] - 1)
                for side in question.sides
                for name in fields
            ]
            + [_lines(self._source(side), 26) for side in question.sides]
        )

    def _choices(self, sheet: Any, column: int, end: int) -> None:
        if end < 2:
            return
        sheet.data_validation(
            1,
            column,
            end - 1,
            column,
            {
                "validate": "list",
                "source": [words[self.at] for words in VERDICTS.values()],
                "input_title": self.word("choose"),
                "input_message": self.word("choose_told"),
                "error_title": self.word("decision"),
                "error_message": self.word("wrong"),
            },
        )


def hidden_kinds(may_see: Sequence[str]) -> tuple[str, ...]:
    """The kinds of values that are masked for somebody who may see only these."""
    return tuple(kind for kind in KINDS if kind not in may_see)


def clean(value: str) -> str:
    """A text as one cell holds it."""
    return value if len(value) <= CELL_CHARACTERS else value[: CELL_CHARACTERS - 1] + "…"


def _lines(text: str, width: float) -> int:
    """Lines that a text wraps to, rather one too many than one too few."""
    return sum(max(1, math.ceil(len(line) / max(4.0, width))) for line in text.split("\n"))


def _page(sheet: Any) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&F&R&A &P/&N")
    sheet.fit_to_pages(1, 0)


def naive(moment: datetime) -> datetime:
    """A time in UTC without its zone, as the vault keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None)
