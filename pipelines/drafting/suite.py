"""The draft's Great Expectations suite: the rules every program has, for the columns it has.

Rules are the ones of the hand-made suites, with messages in two languages. A rule of a part looks
at that part's rows only. What the drafter is not sure of stands in `meta.notes` as CHECK.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.drafting.draft import Draft
from pipelines.drafting.judge import Col
from pipelines.drafting.staging import Person, View, views
from pipelines.lake import identifier

FIX = (
    "Perbaiki pada sumbernya lalu kirim ulang sebagai versi baru.",
    "Correct it at the source and send the list again as a new version.",
)
COPY_NUMBER = (
    "Salin nomornya dari KTP atau Kartu Keluarga; format kolom sebagai teks sebelum menyimpan.",
    "Copy the number from the identity card or family card; format the column as text before "
    "saving.",
)
WRITE_DATE = (
    "Tulis tanggal sebagai hari/bulan/tahun, misalnya 31/12/1990.",
    "Write dates as day/month/year, for example 31/12/1990.",
)


class Suite:
    """Rules as they are added, and the columns derived for them."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.rules: list[dict[str, Any]] = []
        self.derived: dict[str, str] = {}
        self.ids: set[str] = set()

    def derive(self, col: Col, what: str, sql: str) -> str:
        """A column worked out once from `col`; its name as SQL."""
        self.derived[f"{col.name}__{what}"] = sql
        return identifier(f"{col.name}__{what}")

    def rule(
        self,
        rule_id: str,
        column: Col | None,
        severity: str,
        condition: str,
        message: tuple[str, str],
        action: tuple[str, str] = FIX,
        *,
        view: View | None = None,
        notes: str | None = None,
        query: str | None = None,
    ) -> None:
        """A rule over rows for which `condition` holds, or over `query` (of whole submissions)."""
        if view is not None and view.part:
            rule_id = f"{view.part}_{rule_id}"
        if rule_id in self.ids:
            return
        self.ids.add(rule_id)
        if query is None:
            where = f"{view.where} AND ({condition})" if view and view.where else condition
            query = f"SELECT submission_id, source_row FROM {{batch}} WHERE {where}"
            level = "row"
        else:
            level = (
                "table"
                if query.startswith(("SELECT submission_id FROM", "SELECT DISTINCT"))
                else "row"
            )
        # The note stands in a line of its own in the middle, so that it can simply be deleted.
        meta: dict[str, Any] = {
            "rule_id": rule_id,
            **({"notes": f"CHECK: {notes}"} if notes else {}),
            "column": column.name if column else None,
            "level": level,
            "message": {"id": message[0], "en": message[1]},
            "action": {"id": action[0], "en": action[1]},
        }
        self.rules.append(
            {
                "type": "unexpected_rows_expectation",
                "kwargs": {"unexpected_rows_query": query},
                "severity": severity,
                "meta": meta,
            }
        )


def text(draft: Draft, broken: Mapping[str, int] | None = None) -> str:
    """The suite as JSON. broken: by rule, in how many rows (or samples) it fails in the samples.

    A rule that most of a sample breaks is more likely wrong than the sample: it only informs.
    """
    suite = Suite(draft)
    for view in views(draft):
        for person in view.people:
            _person(suite, view, person)
        if not view.people:
            _nothing_said(suite, view)
        for col in view.columns:
            _column(suite, view, col)
        _area(suite, view)
    _whole(suite)
    for rule in suite.rules:
        meta = rule["meta"]
        count = (broken or {}).get(meta["rule_id"], 0)
        of = draft.profile.rows if meta["level"] == "row" else 0
        if count > max(2, 0.2 * of) if of else count:
            unit = f"of {of} rows" if of else "samples"
            earlier = meta.get("notes", "CHECK:").rstrip(".")
            note = f"{earlier} Fails in {count} {unit} of the samples, so it only informs"
            rule["meta"] = {"rule_id": meta["rule_id"], "notes": note} | {
                k: v for k, v in meta.items() if k != "notes"
            }
            rule["severity"] = "info"
    content = {
        "name": draft.name,
        "expectations": suite.rules,
        "meta": {"derived": suite.derived},
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _q(col: Col) -> str:
    return identifier(col.name)


def _class(suite: Suite, col: Col) -> str:
    function = "nik_class" if col.kind == "nik" else "number_class"
    return suite.derive(col, "class", f"{function}({_q(col)})")


def _digits(suite: Suite, col: Col) -> str:
    return suite.derive(col, "digits", f"digits_text({_q(col)})")


def _filled(col: Col) -> float:
    """Share of rows with a value; 0 where the samples have none."""
    return 0.0 if col.shapes is None else float(col.shapes.filled)


def _person(suite: Suite, view: View, person: Person) -> None:
    niks = person.of_kind("nik")
    nik = niks[0] if niks else None
    name = next((c for c in person.of_kind("name") if c.concept.name != "account_holder"), None)
    if person.is_main:
        named = [c for c in (name, nik) if c is not None]
        blank = [f"is_blank({_q(name)})"] if name else []
        if nik:
            blank.append(f"{_class(suite, nik)} IN ('blank', 'zero')")
        if named:
            listed = " dan ".join(c.name for c in named), " and ".join(c.name for c in named)
            suite.rule(
                "nobody_named", named[0], "critical", " AND ".join(blank),
                (f"Baris tidak menyebut siapa pun: {listed[0]} kosong.",
                 f"The row names nobody: {listed[1]} blank."),
                ("Isi nama atau nomornya, atau hapus barisnya.",
                 "Fill in the name or the number, or delete the row."),
                view=view,
            )  # fmt: skip
        if name and nik:
            suite.rule(
                "name_blank", name, "warning",
                f"is_blank({_q(name)}) AND {_class(suite, nik)} NOT IN ('blank', 'zero')",
                (f"{name.name} kosong.", f"{name.name} is blank."), view=view,
            )  # fmt: skip
    for number in niks:
        _nik(suite, view, person, number, name)
    sex, births = person.of_kind("sex"), person.of_kind("birth")
    if sex:
        _sex(suite, view, sex[0], nik)
    if births:
        _birth(suite, view, births[0], nik, person)


def _nik(suite: Suite, view: View, person: Person, col: Col, name: Col | None) -> None:
    kind = _class(suite, col)
    if person.is_main:
        suite.rule(
            f"{col.name}_blank", col, "warning", f"{kind} IN ('blank', 'zero')",
            (f"{col.name} tidak diisi (kosong atau hanya angka 0).",
             f"{col.name} is not given (blank or zeros only)."), COPY_NUMBER, view=view,
        )  # fmt: skip
    _damaged(suite, view, col)
    suite.rule(
        f"{col.name}_date_impossible", col, "warning", f"{kind} = 'no_date'",
        (f"{col.name} memuat tanggal lahir yang tidak mungkin.",
         f"{col.name} holds a birth date that cannot be."), COPY_NUMBER, view=view,
    )  # fmt: skip
    if name is not None and person.is_main:
        digits = _digits(suite, col)
        part = f"source_part = '{view.part}' AND " if view.part else ""
        alike = (
            f"jaro_winkler_similarity(min(code_text({_q(name)})) OVER w, "
            f"max(code_text({_q(name)})) OVER w) < 0.85"
        )
        suite.rule(
            f"{col.name}_of_several_people", col, "warning", "",
            (f"{col.name} yang sama dipakai untuk nama yang berbeda dalam berkas ini.",
             f"The same {col.name} is used for different names in this file."), COPY_NUMBER,
            view=view,
            query=f"SELECT submission_id, source_row FROM {{batch}} WHERE {part}{kind} = 'whole' "
            f"AND NOT is_blank({_q(name)}) WINDOW w AS (PARTITION BY submission_id, {digits}) "
            f"QUALIFY {alike}",
        )  # fmt: skip
    if person.is_main:
        digits = _digits(suite, col)
        part = f"source_part = '{view.part}' AND " if view.part else ""
        lost = f"({kind} = 'exponent' OR (length({digits}) = 16 AND right({digits}, 1) = '0'))"
        given = f"{kind} NOT IN ('blank', 'zero')"
        if part:
            lost, given = f"({part}{lost})", f"({part}{given})"
        suite.rule(
            f"{col.name}_saved_as_numbers", col, "warning", "",
            ("Sebagian besar NIK tampaknya pernah disimpan Excel sebagai bilangan: angka "
             "terakhirnya hilang atau menjadi 0.",
             "Most NIKs seem to have been saved by Excel as numbers: their last digits are lost "
             "or became 0."),
            ("Format kolom NIK sebagai teks, ekspor ulang, dan kirim sebagai versi baru.",
             "Format the NIK column as text, export again, and send as a new version."),
            view=view,
            query=f"SELECT submission_id FROM {{batch}} GROUP BY submission_id "
            f"HAVING count(*) FILTER (WHERE {lost}) > 0.5 * count(*) FILTER (WHERE {given}) "
            f"AND count(*) FILTER (WHERE {given}) >= 10",
        )  # fmt: skip


def _damaged(suite: Suite, view: View, col: Col) -> None:
    suite.rule(
        f"{col.name}_damaged", col, "warning", f"is_damaged({_class(suite, col)})",
        (f"{col.name} rusak: bukan 16 angka yang utuh (disamarkan, terpotong, berlebih, atau "
         "diubah Excel).",
         f"{col.name} is damaged: not sixteen whole digits (masked, cut, too long, or changed by "
         "Excel)."), COPY_NUMBER, view=view,
    )  # fmt: skip


def _sex(suite: Suite, view: View, col: Col, nik: Col | None) -> None:
    sex = suite.derive(col, "sex", f"parse_sex_text({_q(col)})")
    suite.rule(
        f"{col.name}_unknown_code", col, "warning",
        f"NOT is_blank({_q(col)}) AND {sex} IS NULL",
        (f"{col.name} bukan L atau P.", f"{col.name} is neither male nor female."),
        ("Tulis L untuk laki-laki atau P untuk perempuan.",
         "Write L for male or P for female."), view=view,
    )  # fmt: skip
    if nik is not None:
        suite.rule(
            f"{col.name}_against_nik", col, "warning",
            f"{sex} <> nik_sex({_digits(suite, nik)}) AND {_class(suite, nik)} = 'whole'",
            (f"{col.name} berbeda dengan jenis kelamin menurut {nik.name}.",
             f"{col.name} differs from the sex in {nik.name}."),
            ("Periksa jenis kelamin dan NIK; mungkin NIK orang lain.",
             "Check the sex and the NIK; it may be somebody else's."), view=view,
        )  # fmt: skip


def _birth(suite: Suite, view: View, col: Col, nik: Col | None, person: Person) -> None:
    day = suite.derive(
        col, "date", f"partial_date({_q(col)}, (period_to + INTERVAL 3 MONTH)::DATE)"
    )
    year_only = col.concept.name == "birth_year"
    suite.rule(
        f"{col.name}_unreadable", col, "warning",
        f"NOT is_blank({_q(col)}) AND {day} IS NULL",
        (f"{col.name} tidak dapat dibaca sebagai tanggal.",
         f"{col.name} cannot be read as a date."), WRITE_DATE, view=view,
    )  # fmt: skip
    if not year_only:
        suite.rule(
            f"{col.name}_inexact", col, "warning", f"{day}.precise_to <> 'day'",
            (f"{col.name} tidak menyebut hari yang mungkin.",
             f"{col.name} does not tell a day that can be."), WRITE_DATE, view=view,
        )  # fmt: skip
    suite.rule(
        f"{col.name}_after_period", col, "warning", f"{day}.on_date > period_to",
        (f"{col.name} setelah akhir periode berkas.",
         f"{col.name} is after the end of the file's period."), WRITE_DATE, view=view,
    )  # fmt: skip
    suite.rule(
        f"{col.name}_too_long_ago", col, "warning",
        f"{day}.on_date < period_from - INTERVAL 120 YEAR",
        (f"{col.name} lebih dari 120 tahun yang lalu.",
         f"{col.name} is more than 120 years ago."), WRITE_DATE, view=view,
    )  # fmt: skip
    if nik is not None and person.is_main and not year_only:
        suite.rule(
            f"{col.name}_against_nik", col, "info",
            f"{day}.precise_to = 'day' AND {_class(suite, nik)} = 'whole' "
            f"AND {day}.on_date <> nik_birth_on({_digits(suite, nik)}, period_to)",
            (f"{col.name} berbeda dengan tanggal lahir dalam {nik.name}.",
             f"{col.name} differs from the birth date in {nik.name}."),
            ("Periksa tanggal lahir dan NIK pada KTP.",
             "Check the birth date and the NIK on the identity card."), view=view,
        )  # fmt: skip


def _nothing_said(suite: Suite, view: View) -> None:
    keys = [c for c in view.columns if c.key]
    if not keys:
        return
    blank = " AND ".join(f"is_blank({_q(c)})" for c in keys)
    names = ", ".join(c.name for c in keys)
    suite.rule(
        "nothing_named", keys[0], "critical", blank,
        (f"Baris tidak menyebut apa pun: {names} kosong.",
         f"The row names nothing: {names} blank."),
        ("Isi kolomnya, atau hapus barisnya.", "Fill in the columns, or delete the row."),
        view=view,
    )  # fmt: skip


def _column(suite: Suite, view: View, col: Col) -> None:
    """The rules that depend on one column alone."""
    if col.concept.name == "family_card" and col.kind == "card":
        suite.rule(
            f"{col.name}_blank", col, "warning",
            f"{_class(suite, col)} IN ('blank', 'zero')",
            (f"{col.name} tidak diisi (kosong atau hanya angka 0).",
             f"{col.name} is not given (blank or zeros only)."), COPY_NUMBER, view=view,
        )  # fmt: skip
        _damaged(suite, view, col)
    elif col.concept.name in ("welfare_card", "account", "insurance", "nisn") and (
        col.kind == "digits"
    ):
        suite.rule(
            f"{col.name}_damaged", col, "warning",
            f"{_class(suite, col)} IN ('masked', 'exponent')",
            (f"{col.name} rusak: disamarkan atau diubah Excel.",
             f"{col.name} is damaged: masked, or changed by Excel."),
            ("Salin nomornya sebagai teks.", "Copy the number as text."), view=view,
        )  # fmt: skip
    elif col.concept.name == "program_number" and col.key and col.unique >= 1.0:
        _repeated(suite, view, col)
    elif col.kind == "date":
        _day(suite, view, col)
    elif col.kind == "amount":
        _amount(suite, view, col)
    elif col.kind == "number" and col.concept.name not in ("row_number", "rt", "rw"):
        _number(suite, view, col)
    elif col.kind == "flag":
        suite.rule(
            f"{col.name}_unknown_code", col, "warning",
            f"NOT is_blank({_q(col)}) AND parse_flag_text({_q(col)}) IS NULL",
            (f"{col.name} bukan Ya atau Tidak.", f"{col.name} is neither yes nor no."),
            ("Tulis Ya atau Tidak; kosongkan bila tidak diketahui.",
             "Write Ya or Tidak; leave it blank where it is not known."), view=view,
        )  # fmt: skip
    elif col.kind == "code" and col.codes:
        _listed(suite, view, col)
    elif col.kind == "month":
        suite.rule(
            f"{col.name}_unreadable", col, "warning", f"parse_month_text({_q(col)}) IS NULL",
            (f"{col.name} kosong atau bukan bulan.", f"{col.name} is blank or no month."),
            ("Tulis bulan dengan angka 1 sampai 12.", "Write the month as a number, 1 to 12."),
            view=view,
        )  # fmt: skip
    elif col.kind == "year":
        suite.rule(
            f"{col.name}_unreadable", col, "warning",
            f"coalesce(parse_number_text({_q(col)}) NOT BETWEEN 1990 AND 2100, true)",
            (f"{col.name} kosong atau bukan tahun.", f"{col.name} is blank or no year."),
            ("Tulis tahun dengan empat angka.", "Write the year with four digits."), view=view,
        )  # fmt: skip


def _repeated(suite: Suite, view: View, col: Col) -> None:
    part = f"source_part = '{view.part}' AND " if view.part else ""
    suite.rule(
        f"{col.name}_repeated", col, "warning", "",
        (f"{col.name} yang sama muncul lebih dari sekali.",
         f"The same {col.name} stands more than once."),
        ("Sisakan satu baris untuk setiap nomor.", "Keep one row for each number."),
        view=view, notes="it was unique in every sample; may it repeat?",
        query=f"SELECT submission_id, source_row FROM {{batch}} WHERE {part}"
        f"NOT is_blank({_q(col)}) "
        f"QUALIFY count(*) OVER (PARTITION BY submission_id, clean_text({_q(col)})) > 1",
    )  # fmt: skip


def _day(suite: Suite, view: View, col: Col) -> None:
    day = suite.derive(
        col, "date", f"parse_date_text({_q(col)}, (period_to + INTERVAL 10 YEAR)::DATE)"
    )
    suite.rule(
        f"{col.name}_unreadable", col, "warning",
        f"NOT is_blank({_q(col)}) AND {day} IS NULL",
        (f"{col.name} tidak dapat dibaca sebagai tanggal.",
         f"{col.name} cannot be read as a date."), WRITE_DATE, view=view,
        notes="written month first" if col.order == "mdy" else None,
    )  # fmt: skip
    name = col.concept.name
    if name == "pay_date":
        suite.rule(
            f"{col.name}_before_period", col, "warning", f"{day} < period_from",
            (f"{col.name} sebelum awal periode berkas.",
             f"{col.name} is before the beginning of the file's period."),
            ("Periksa tanggal dan periode berkasnya.", "Check the day and the file's period."),
            view=view, notes="may help be paid before its period begins?",
        )  # fmt: skip
    if name != "end_date":
        suite.rule(
            f"{col.name}_long_after_period", col, "warning",
            f"{day} > period_to + INTERVAL 1 YEAR",
            (f"{col.name} lebih dari setahun setelah periode berkas.",
             f"{col.name} is more than a year after the file's period."),
            ("Periksa tanggal dan periode berkasnya.", "Check the day and the file's period."),
            view=view,
        )  # fmt: skip


def _amount(suite: Suite, view: View, col: Col) -> None:
    amount = suite.derive(col, "amount", f"parse_amount_text({_q(col)})")
    main = col.concept.name == "amount"
    suite.rule(
        f"{col.name}_not_a_number", col, "critical" if main else "warning",
        f"NOT is_blank({_q(col)}) AND {amount} IS NULL",
        (f"{col.name} bukan bilangan.", f"{col.name} is not a number."),
        ("Tulis jumlah rupiah dengan angka saja, misalnya 200000.",
         "Write the amount in digits only, for example 200000."), view=view,
    )  # fmt: skip
    suite.rule(
        f"{col.name}_negative", col, "critical" if main else "warning", f"{amount} < 0",
        (f"{col.name} kurang dari nol.", f"{col.name} is less than zero."),
        ("Tulis jumlah yang disalurkan; catat pengembalian di kolom keterangan.",
         "Write the amount paid out; note a return in the remarks."), view=view,
    )  # fmt: skip
    if main:
        _mostly(suite, view, col, f"{amount} IS NOT NULL")
    if main and col.codes:
        amounts = [a for a, _ in col.codes]
        suite.rule(
            f"{col.name}_not_of_program", col, "warning",
            f"{amount} >= 0 AND {amount} NOT IN (0, {', '.join(amounts)})",
            (f"{col.name} bukan jumlah yang berlaku pada program ini.",
             f"{col.name} is none of the program's amounts."),
            ("Periksa jumlahnya.", "Check the amount."), view=view,
            notes=f"the samples have only these amounts: {', '.join(amounts)}",
        )  # fmt: skip


def _number(suite: Suite, view: View, col: Col) -> None:
    number = suite.derive(col, "number", f"parse_number_text({_q(col)})")
    suite.rule(
        f"{col.name}_unreadable", col, "warning",
        f"NOT is_blank({_q(col)}) AND {number} IS NULL",
        (f"{col.name} bukan bilangan.", f"{col.name} is not a number."),
        ("Tulis dengan angka saja.", "Write digits only."), view=view,
    )  # fmt: skip
    least, most = _range(col)
    if col.shapes is not None:
        suite.rule(
            f"{col.name}_out_of_range", col, "warning",
            f"{number} NOT BETWEEN {least} AND {most}",
            (f"{col.name} tidak antara {least} dan {most}.",
             f"{col.name} is not between {least} and {most}."),
            ("Periksa angkanya dan satuannya.", "Check the number and its unit."), view=view,
            notes="which range can be true? This one is wider than the samples",
        )  # fmt: skip


def _range(col: Col) -> tuple[int, int]:
    """A range that holds the samples' values, rounded so that it tells none of them."""
    if col.concept.name == "age":
        return 0, 120
    if col.concept.name == "coordinate":
        return -180, 180
    largest = col.shapes.largest if col.shapes is not None else None
    most = 10
    while most < (largest or 0):
        most *= 10
    below = col.shapes.below_zero if col.shapes is not None else 0
    return (-most if below else 0), most


def _listed(suite: Suite, view: View, col: Col) -> None:
    codes = ", ".join(f"'{code}'" for code, _ in col.codes)
    counts = ", ".join(f"{code} {n}" for code, n in col.codes)
    rare = f"; in {col.rare} rows something rarer, not listed here" if col.rare else ""
    known = f"code_text({_q(col)}) IN ({codes})"
    suite.rule(
        f"{col.name}_unknown_code", col, "warning",
        f"NOT is_blank({_q(col)}) AND NOT coalesce({known}, false)",
        (f"{col.name} berisi kata yang tidak ada dalam daftar kode.",
         f"{col.name} holds a word that is not in the list of codes."),
        ("Pakai kata dari daftar; beri tahu pengelola data bila katanya memang baru.",
         "Use a word of the list; tell the data team if the word is new."), view=view,
        notes=f"is the list complete? Seen in the samples: {counts}{rare}",
    )  # fmt: skip
    _mostly(suite, view, col, f"coalesce({known}, false)")


def _mostly(suite: Suite, view: View, col: Col, condition: str) -> None:
    """A mapped column of which most can no longer be read rejects the file."""
    part = f"source_part = '{view.part}' AND " if view.part else ""
    told = f"{part}NOT is_blank({_q(col)})"
    suite.rule(
        f"{col.name}_mostly_unreadable", col, "critical", "",
        (f"Kurang dari separuh isi kolom {col.name} dapat dibaca; kolomnya mungkin tertukar.",
         f"Less than half of the column {col.name} can be read; the columns may have been "
         "swapped."),
        ("Periksa urutan dan judul kolom, lalu kirim ulang.",
         "Check the order and headings of the columns and send the file again."), view=view,
        query="SELECT submission_id FROM {batch} GROUP BY submission_id "
        f"HAVING count(*) FILTER (WHERE {told}) >= 10 "
        f"AND count(*) FILTER (WHERE {told} AND {condition}) "
        f"< 0.5 * count(*) FILTER (WHERE {told})",
    )  # fmt: skip


def _area(suite: Suite, view: View) -> None:
    for col in view.columns:
        if col.kind == "area_code" and col.concept.name == "area_code":
            known = suite.derive(col, "known", f"area_code_known({_q(col)})")
            dotted = suite.derive(col, "dotted", f"dotted_area_code({_q(col)})")
            suite.rule(
                f"{col.name}_unknown", col, "warning",
                f"NOT is_blank({_q(col)}) AND NOT {known}",
                (f"{col.name} bukan kode wilayah Kemendagri.",
                 f"{col.name} is no area code of the Ministry of Home Affairs."),
                ("Tulis kode wilayah Kemendagri yang utuh.",
                 "Write the whole area code of the Ministry."), view=view,
            )  # fmt: skip
            suite.rule(
                f"{col.name}_of_other_area", col, "warning",
                f"length(area_code) >= 5 AND {known} AND NOT starts_with({dotted}, area_code)",
                (f"{col.name} di luar wilayah pengirim.",
                 f"{col.name} lies outside the sender's area."),
                ("Periksa kode wilayahnya.", "Check the area code."), view=view,
            )  # fmt: skip
        levels = {"district": "kecamatan", "village": "desa_kelurahan"}
        level = levels.get(col.concept.name)
        if level is None or col.kind != "area_name" or col.shapes is None:
            continue
        share = col.shapes.districts if level == "kecamatan" else col.shapes.villages
        if share < 0.5:
            # Names of another country, or of places that the register does not have.
            continue
        known = suite.derive(
            col, "known",
            f"CASE WHEN length(area_code) >= 5 AND NOT is_blank({_q(col)}) "
            f"THEN area_name_known({_q(col)}, '{level}', area_code) END",
        )  # fmt: skip
        suite.rule(
            f"{col.name}_unknown", col, "warning", f"NOT {known}",
            (f"{col.name} tidak dikenal di kabupaten/kota pengirim.",
             f"{col.name} is not known in the sender's regency or city."),
            ("Tulis nama wilayah menurut Kemendagri.",
             "Write the area's name as the Ministry has it."), view=view,
        )  # fmt: skip


def _whole(suite: Suite) -> None:
    listed = ", ".join(_q(c) for c in _no_numbers(suite.draft.columns))
    part = ", source_part" if suite.draft.parts else ""
    suite.rule(
        "row_repeated", None, "warning", "",
        ("Baris ini sama persis dengan baris sebelumnya dalam berkas yang sama.",
         "This row is identical to an earlier row of the same file."),
        ("Hapus salinannya; isinya hanya dihitung satu kali.",
         "Delete the copy; what it says is counted once."),
        query="SELECT submission_id, source_row FROM {batch} QUALIFY row_number() OVER "
        f"(PARTITION BY submission_id{part}, {listed}, extra_columns ORDER BY source_row) > 1",
    )  # fmt: skip
    suite.rule(
        "fields_not_of_header", None, "warning", "contains(extra_columns, '_fields_sent')",
        ("Jumlah isian baris ini berbeda dengan jumlah judul kolom; isinya mungkin bergeser.",
         "This row has another number of fields than the header; its values may have shifted."),
        ("Periksa tanda pemisah atau tanda kutip di dalam isian, lalu ekspor ulang.",
         "Check separators and quotes within the values, and export again."),
    )  # fmt: skip
    suite.rule(
        "columns_not_declared", None, "info", "",
        ("Berkas memuat kolom yang tidak dikenal; isinya disimpan tetapi tidak dipakai.",
         "The file has columns that are not known; they are kept but not used."),
        ("Periksa ejaan judul kolom; beri tahu pengelola data bila kolomnya memang baru.",
         "Check the spelling of the headings; tell the data team if the column is new."),
        query="SELECT DISTINCT submission_id FROM {batch} WHERE len(json_keys(extra_columns)) > "
        "CASE WHEN contains(extra_columns, '_fields_sent') THEN 1 ELSE 0 END",
    )  # fmt: skip


def _no_numbers(columns: Sequence[Col]) -> list[Col]:
    """All columns but a running number, which differs between copies of a row."""
    return [c for c in columns if c.concept.name != "row_number"]
