"""From headers and counted shapes to what each column is: type, key, identifier, personal class.

A header that says one thing over values that say another is a doubt, told in words beside the
column; the values decide what can be read, the header what is meant. Closed lists are taken only
from columns that by their header hold words of a list, or whose every word is one of
`words.code_words`; never from names, addresses and free texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from pipelines.drafting import profile, words
from pipelines.drafting.profile import Profile
from pipelines.drafting.words import Concept
from pipelines.exports.declaration import RESERVED_COLUMNS, PersonalClass, column_name

CODED = frozenset(
    {
        "religion", "education", "occupation", "marital", "disability", "relationship",
        "pay_status", "receipt", "aid_flag", "stage", "violence", "vulnerability",
        "health", "component", "service", "class", "status", "category", "sex",
        "wealth",
    }
)  # fmt: skip
NUMERIC = frozenset(
    {
        "number", "age", "count", "coordinate", "wealth", "health", "status",
        "category", "unknown", "class", "stage", "some_name",
    }
)  # fmt: skip
DATES = frozenset({"date", "pay_date", "start_date", "end_date", "updated"})
ATTRIBUTES = frozenset(
    {
        "document", "category", "count", "coordinate", "status", "class", "service",
        "component",
    }
)  # fmt: skip
AREA_NAMES = ("province", "regency", "district", "village")
MOST_CODES = 40
_OF_RESPONDENTS = frozenset(
    {"sex", "age", "birth", "birth_year", "education", "occupation", "religion", "marital"}
    | {"program_number"}
)
_NEVER_SPECIFIC = frozenset(
    {"row_number", "month", "year", "province", "regency", "area_code", "area_code_bps", "org_name"}
)


@dataclass
class Col:
    """One column of the export. kind: how its text is read. order: day or month first.

    codes: the closed list as it was seen, with counts; rare: rows with something else. parts: the
    parts that have it (none: all). shapes: None where the samples hold no value of it. title: the
    expression that finds it above the header. unused: why no staging model reads it.
    """

    name: str
    header: str
    under: str | None
    concept: Concept
    role: str | None
    role_kind: str
    shapes: Any = None
    kind: str = "text"
    personal: PersonalClass = "none"
    identifier: tuple[str, str] | None = None
    key: bool = False
    required: bool = True
    order: str = "dmy"
    codes: list[tuple[str, int]] = field(default_factory=list)
    rare: int = 0
    unique: float = 0.0
    doubts: list[str] = field(default_factory=list)
    parts: tuple[str, ...] = ()
    title: str | None = None
    unused: str | None = None

    @property
    def own_name(self) -> bool:
        """Whether its name has to be declared as its own."""
        return self.title is not None or self.name != column_name(self.header, self.under)

    def doubt(self, text: str) -> None:
        """Note what a person has to look at."""
        if text not in self.doubts:
            self.doubts.append(text)


def column(header: str, under: str | None, taken: set[str]) -> Col:
    """A column as its header alone tells it; `taken` are the names in use."""
    name = column_name(header, under)
    if name in RESERVED_COLUMNS or not re.fullmatch(r"[^\W_]+(?:_[^\W_]+)*", name):
        name = f"kolom_{name}".strip("_")
    base, number = name, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name)
    meaning = words.meaning_of(header, under)
    return Col(name, header, under, meaning.concept, meaning.role, meaning.role_kind)


def title_column(name: str, concept: str, pattern: str, taken: set[str]) -> Col:
    """A column whose value stands above the header."""
    own = f"judul_{name}" if name in taken else name
    taken.add(own)
    return Col(
        own, name.replace("_", " ").capitalize(), None, words.concept(concept), None, "any",
        title=pattern,
    )  # fmt: skip


def judge(con: duckdb.DuckDBPyConnection, columns: Sequence[Col], found: Profile) -> None:
    """Settle kind, identifier, personal class, keys and closed lists of `columns` in place."""
    for col in columns:
        col.shapes = found.shapes.get(col.name)
        col.unique = found.unique.get(col.name, 0.0)
        _kind(col)
    _name_of_some(columns)
    _things(columns)
    _lists(con, columns, found.rows)
    has_people = bool(people(columns))
    is_child = has_people and _of_children(columns)
    # Respondents of a survey have no name and are people all the same.
    about_people = has_people or any(c.kind in ("sex", "birth") for c in columns)
    # To stand in a list of victims or offenders is itself what the law calls specific.
    is_specific = has_people and sum(_is(c, "violence") for c in columns) > 1
    for col in columns:
        _personal(col, has_people, is_child)
        if about_people and not has_people and col.concept.name in _OF_RESPONDENTS:
            col.personal = "general"
        if is_specific and col.concept.name not in _NEVER_SPECIFIC:
            col.personal = "specific"
    _keys(columns, has_people)


def people(columns: Sequence[Col]) -> list[Col]:
    """The columns that name a person who is served: a name, a NIK, a number of a program."""
    return [
        c
        for c in columns
        if c.role_kind != "staff" and (c.kind in ("nik", "name") or c.concept.name == "nisn")
    ]


def _is(col: Col, *names: str) -> bool:
    return col.concept.name in names


def _kind(col: Col) -> None:
    s = col.shapes
    concept = col.concept
    if s is None:
        col.kind = _kind_of_shape(concept)
        col.doubt("empty in all samples, so its header alone was judged")
    elif concept.name in words.NAMES:
        col.kind = "name"
        if s.letters < 0.5:
            col.kind = "text"
            col.doubt("headed as a name, but its values hold few letters")
    elif _is(col, "nik", "family_card"):
        _card(col)
    elif _is(col, "nisn", "insurance", "welfare_card", "account", "phone"):
        _number(col)
    elif _is(col, "birth", "place_and_birth", "birth_year"):
        col.kind = "birth"
        if s.dates + s.serials + s.years < 0.3:
            col.kind = "text"
            col.doubt("headed as a birth date, but few of its values are dates")
        _day_order(col)
    elif concept.name == "row_number" and s.numbers < 0.5:
        _by_values(col)
    elif concept.name in DATES:
        _date(col)
    elif s.dates >= 0.8 and concept.name not in ("free_text", "address", "some_name"):
        col.kind = "date"
        _day_order(col)
        if concept.personal == "none" or concept.name == "unknown":
            col.concept = words.concept("date")
    elif _is(col, "area_code", "area_code_bps"):
        _area_code(col)
    elif _is(col, "sex"):
        col.kind = "sex" if s.sexes >= 0.5 else "code"
        if s.sexes < 0.9:
            col.doubt("some values are no known word for a sex")
    elif concept.name in ("month", "year"):
        share = s.months if concept.name == "month" else s.years
        col.kind = concept.name if share >= 0.5 else "text"
        if share < 0.9:
            col.doubt(f"not every value is a {concept.name}")
    elif concept.name in ("amount", "income", "turnover", "budget"):
        _amount(col)
    elif concept.name == "pay_status":
        col.kind = "code"
        if s.pay_words < 0.9:
            col.doubt(
                "some of its words are no known payment status (see macro decode_payment_status)"
            )
    elif concept.name in AREA_NAMES:
        col.kind = "area_name"
        if s.area_codes > 0.5 and s.letters < 0.5:
            col.concept = words.concept("area_code")
            _area_code(col)
    elif concept.name in ("unknown", "some_name"):
        _by_values(col)
    elif concept.name in ("free_text", "address", "birth_place", "hamlet", "email", "document"):
        col.kind = "text"
    elif s.nested >= 0.5:
        col.kind = "text"
        col.doubt("its values are lists or objects (JSON): say what of them is needed")
    elif s.ratios >= 0.5:
        col.kind = "text"
        col.doubt("its values are two numbers with a stroke between them: split them in staging")
    elif s.flag_words >= 0.9 or (s.flags >= 0.95 and concept.name in ("aid_flag", "receipt")):
        col.kind = "flag"
    elif concept.name in NUMERIC and s.numbers >= 0.8:
        col.kind = "number"
    elif concept.name in CODED:
        col.kind = "code"
    else:
        col.kind = "text"


def _kind_of_shape(concept: Concept) -> str:
    if concept.name in words.NAMES:
        return "name"
    if concept.name in CODED - {"sex"}:
        return "code"
    if concept.name in ("nik", "birth", "sex", "date", "amount", "number", "month", "year"):
        return concept.name
    return {
        "nik": "nik", "birth": "birth", "date": "date", "amount": "amount", "number": "number",
        "digits": "digits", "phone": "digits", "area_code": "area_code", "area_name": "area_name",
    }.get(concept.shape, "text")  # fmt: skip


def _card(col: Col) -> None:
    s = col.shapes
    is_nik = col.concept.name == "nik"
    if s.sixteen_digits >= 0.5:
        col.kind = "nik" if is_nik else "card"
        kind = "nik" if is_nik else "family_card"
        col.identifier = (kind, "medium")
        return
    col.kind = "digits" if s.digits >= 0.5 else "text"
    col.identifier = ("program", "medium")
    if is_nik:
        col.concept = words.PROGRAM_NUMBER
        col.doubt(
            "headed as a national number, but not of the Indonesian form (sixteen digits): it is "
            "taken as the program's own number"
        )
    else:
        col.concept = Concept(
            "household_number", "text", "general", "Nomor rumah tangga", "Household number"
        )


def _number(col: Col) -> None:
    s = col.shapes
    types = {
        "nisn": ("nisn", "high"), "insurance": ("insurance", "high"),
        "welfare_card": ("welfare_card", "medium"), "account": ("account", "medium"),
        "phone": ("phone", "low"),
    }  # fmt: skip
    if s.flag_words >= 0.5:
        col.concept = words.concept("aid_flag")
        col.kind = "flag"
        return
    col.kind = "digits"
    col.identifier = types[col.concept.name]
    if s.any_digit < 0.5:
        col.kind, col.identifier = "text", None
        col.doubt("headed as a number, but its values hold few digits")


def _date(col: Col) -> None:
    s = col.shapes
    if s.dates + s.serials >= 0.5:
        col.kind = "date"
        _day_order(col)
    elif s.years >= 0.5:
        col.kind = "year"
        col.doubt("years only, though it is headed as a date")
    else:
        _by_values(col)
        col.doubt("headed as a date, but few of its values are dates")


def _day_order(col: Col) -> None:
    s = col.shapes
    if s.month_first and s.month_first > s.day_first:
        col.order = "mdy"
        col.doubt("written month first (12/31/1990); the suite reads day first where both can be")
    elif s.day_or_month and not s.day_first and s.day_or_month >= 0.2 * s.filled:
        col.doubt("day and month cannot be told apart in these samples; day first is assumed")


def _area_code(col: Col) -> None:
    s = col.shapes
    col.kind = "area_code"
    if col.concept.name == "area_code_bps":
        return
    if s.area_codes < 0.5:
        if s.digits >= 0.8 and s.usual_digits in (2, 4, 7, 10) and s.dotted < 0.1:
            col.concept = words.concept("area_code_bps")
            col.doubt("most codes are none of the Ministry's: they are taken for codes of BPS")
        else:
            col.kind = "text"
            col.doubt("headed as an area code, but most values are no known code")
    elif s.usual_digits == 10 and s.area_codes < 0.9:
        col.doubt("some codes are none of the Ministry's register")


def _amount(col: Col) -> None:
    s = col.shapes
    if s.amounts >= 0.5:
        col.kind = "amount"
        return
    if s.flag_words >= 0.5:
        col.kind = "flag"
    else:
        col.kind = "code"
    col.doubt("headed as money, but most values are no number")


def _by_values(col: Col) -> None:
    """What the values alone say of a column whose header says nothing."""
    s = col.shapes
    guess = None
    if s.at_signs >= 0.8:
        guess = ("email", "text")
    elif s.niks >= 0.6:
        guess = ("nik", "nik")
        col.identifier = ("nik", "low")
    elif s.sixteen_digits >= 0.8:
        guess = ("family_card", "card")
        col.identifier = ("family_card", "low")
    elif s.phones >= 0.8:
        guess = ("phone", "digits")
        col.identifier = ("phone", "low")
    elif s.dates >= 0.8:
        guess = ("date", "date")
        _day_order(col)
    elif s.area_codes >= 0.8 and s.usual_digits and s.usual_digits >= 6:
        guess = ("area_code", "area_code")
    elif s.sexes >= 0.95 and s.sexes_count == 2 and s.letters >= 0.9:
        guess = ("sex", "sex")
    if guess:
        col.concept = words.concept(guess[0])
        col.kind = guess[1]
        col.doubt("its meaning was told from its values alone")
    elif s.flag_words >= 0.9:
        col.kind = "flag"
    elif s.long_digits >= 0.3:
        # Numbers of nine digits and more count nothing: they are somebody's.
        col.kind = "digits"
        col.doubt("long numbers of unknown meaning; treated as personal")
    elif s.numbers >= 0.8:
        col.kind = "number"
    elif s.nested >= 0.5:
        col.kind = "text"
        col.doubt("its values are lists or objects (JSON): say what of them is needed")
    elif s.distinct_count <= MOST_CODES and s.longest <= 40:
        col.kind = "code"
    else:
        col.kind = "text"


def _name_of_some(columns: Sequence[Col]) -> None:
    """`nama_x` is the person's name where the list tells of people and no other column does."""
    if any(c.kind == "name" and c.role_kind != "staff" for c in columns):
        return
    if not any(c.kind in ("nik", "sex", "birth") for c in columns):
        return
    for col in columns:
        if col.concept.name == "some_name" and col.shapes is not None and col.unique > 0.5:
            col.concept, col.kind, col.codes = words.concept("name"), "name", []
            col.doubt("taken for the name of the person, because no other column holds one")
            return


def _things(columns: Sequence[Col]) -> None:
    """A `nama` that repeats, where nothing else tells of people, names a thing."""
    parts: list[str | None] = sorted({p for c in columns for p in c.parts}) or [None]  # type: ignore[assignment]
    for part in parts:
        own = [c for c in columns if part is None or not c.parts or part in c.parts]
        if any(c.kind in ("nik", "sex", "birth", "card") or c.role for c in own):
            continue
        if any(c.concept.name in ("program_number", "nisn", "phone") for c in own):
            continue
        for col in own:
            if col.kind == "name" and col.unique < 0.5 and (part is None or col.parts == (part,)):
                col.concept, col.kind = words.SOME_NAME, "text"
                _by_values(col)


def _lists(con: duckdb.DuckDBPyConnection, columns: Sequence[Col], rows: int) -> None:
    called = profile.words_in(con, [c.name for c in columns if c.kind == "name"])
    called = (called | words.name_words()) - words.code_words()
    least = max(3, min(5, rows // 20))
    for col in columns:
        if col.kind == "amount" and col.concept.name == "amount":
            often, rare = profile.repeated_amounts(con, col.name, least)
            if often and len(often) <= 8 and rare <= 0.1 * col.shapes.filled:
                col.codes, col.rare = often, rare
        if col.kind != "code" or col.shapes is None:
            continue
        if col.shapes.distinct_count > 4 * MOST_CODES or col.shapes.longest > 80:
            col.kind = "text"
            col.doubt("too many different values for a closed list")
            continue
        often, rare = profile.repeated_values(con, col.name, least)
        kept = [(code, n) for code, n in often if _is_code(code, called)]
        rare += sum(n for _, n in often) - sum(n for _, n in kept)
        strange = [code for code, _ in often if _is_name(code, called)]
        free = col.concept.name in CODED
        if not free and not all(_is_common(code) for code, _ in kept):
            kept = []
        if strange or not kept or len(kept) > MOST_CODES or rare > 0.5 * col.shapes.filled:
            col.kind, col.codes = "text", []
            col.doubt(
                "few different values, but none is listed here: too rare, or they may be names; "
                "if it is a closed list, write it into the suite and the staging model"
            )
            continue
        col.codes, col.rare = kept, rare
        if rare:
            col.doubt(f"{rare} rows hold words too rare to be listed here; look at them")


def _is_code(code: str, called: frozenset[str]) -> bool:
    """Whether a repeated value may stand in a draft: short words, no number of anybody's."""
    return (
        len(code) <= 50
        and len(code.split()) <= 6
        and not re.search(r"\d{5,}", code.replace(" ", ""))
        and not _is_name(code, called)
    )


def _is_name(code: str, called: frozenset[str]) -> bool:
    tokens = [t for t in code.lower().split() if len(t) > 1 and not t.isdigit()]
    return bool(tokens) and all(t in called for t in tokens)


def _is_common(code: str) -> bool:
    return all(t in words.code_words() or re.fullmatch(r"\d{1,2}", t) for t in code.lower().split())


def _of_children(columns: Sequence[Col]) -> bool:
    """Whether the people whom the list is about are children."""
    main = [c for c in columns if c.role is None or c.role in words.MAIN_ROLES]
    if any(c.concept.name == "nisn" for c in columns):
        return True
    if any(c.role_kind == "child" for c in people(main)):
        return True
    births = [c.shapes for c in main if c.kind == "birth" and c.shapes is not None]
    latest = [
        c.shapes.last_day.year
        for c in columns
        if c.kind == "date" and c.shapes is not None and c.shapes.last_day
    ]
    latest += [s.last_day.year for s in births if s.last_day]
    return any(s.middle_year and latest and max(latest) - s.middle_year < 16 for s in births)


def _personal(col: Col, has_people: bool, is_child: bool) -> None:
    base = col.concept.personal
    name = col.concept.name
    if not has_people and name not in words.NAMES and base in ("general", "finance", "health"):
        base = "general" if name in ("free_text", "phone", "email", "some_name") else "none"
    elif has_people and name in ATTRIBUTES and base == "none":
        base = "general"
    if name in ("unknown", "some_name") and base == "general":
        col.doubt("what it holds is not known, so it counts as personal data (general)")
    if base == "general":
        own = col.role is None or col.role in words.MAIN_ROLES
        if (is_child and own) or col.role_kind == "child":
            base = "child"
    col.personal = base


def _keys(columns: Sequence[Col], has_people: bool) -> None:
    for col in columns:
        col.key = False
        if col.title or (col.shapes is None and col.role_kind == "staff"):
            continue
        name = col.concept.name
        if name == "case_number" and col.kind in ("text", "digits"):
            col.identifier = ("program", "high" if col.unique > 0.95 else "medium")
            col.personal = "general" if col.personal == "none" else col.personal
        if name == "program_number":
            col.identifier = col.identifier or (
                "program",
                "high" if col.unique > 0.95 else "medium",
            )
        if has_people:
            col.key = (
                col.kind in ("nik", "name")
                and name != "account_holder"
                and col.role_kind != "staff"
                and col.role not in ("ayah", "ibu", "wali", "pasangan")
            ) or name in ("program_number", "nisn", "case_number", "insurance")
            if name in ("family_card", "household_number", "welfare_card"):
                col.key = col.unique > 0.9 and _is_full(col, columns)
        else:
            col.key = col.kind == "area_code" or name in (
                *AREA_NAMES, "case_number", "program_number", "org_name", "org_code"
            )  # fmt: skip
        if col.shapes is None and not (col.kind in ("nik", "name") and col.role is None):
            col.key = False
    for part in sorted({p for c in columns for p in c.parts}):
        own = [c for c in columns if not c.parts or part in c.parts]
        if not any(c.key for c in own):
            for col in own:
                col.key = col.kind in ("nik", "name") and col.role_kind != "staff"
    if not any(c.key for c in columns):
        for col in columns:
            if col.kind in ("code", "text", "date", "digits") and col.shapes is not None:
                col.key = True
                col.doubt("taken as a key because no other column says what a row is about")
                break


def _is_full(col: Col, columns: Sequence[Col]) -> bool:
    """Whether the column has a value nearly as often as the fullest one."""
    most = max((c.shapes.filled for c in columns if c.shapes is not None), default=0)
    return col.shapes is not None and col.shapes.filled > 0.8 * most
