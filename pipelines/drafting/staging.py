"""The draft's staging models: which canonical records an export gives, and the SQL of them.

The columns of a record are read from `dbt_project/macros/records.sql`, so a draft always yields
what the unions expect. Every accepted row reaches a record; what no record can hold goes to
`unused_rows`. A comment beginning with CHECK is a question to whoever finishes the draft.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb
import jinja2

from pipelines import settings
from pipelines.drafting import words
from pipelines.drafting.draft import Draft
from pipelines.drafting.judge import AREA_NAMES, Col

# Indicators that other programs state too; a figure of a new kind is called by program and column.
SHARED_INDICATORS = (
    ("weight_kg", r"(?:bb|berat(?: badan)?|weight)(?: kg)?"),
    ("height_cm", r"(?:tb|tinggi(?: badan)?|height)(?: cm)?"),
    ("arm_circumference_cm", r"lila|muac|lingkar lengan(?: atas)?"),
    ("head_circumference_cm", r"lingkar kepala"),
    ("desil", r"desil(?: nasional)?|decile"),
)
STATUSES = {
    "active": "aktif active terdaftar berjalan enrolled berlaku penerima baru registered",
    "left": "nonaktif keluar berhenti inactive left exited pindah meninggal dihapus closed mati",
    "graduated": "lulus graduasi graduated tamat completed",
}
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass
class Person:
    """One person of a row: role and that person's columns."""

    role: str
    columns: list[Col]
    is_main: bool = False

    def first(self, *concepts: str) -> Col | None:
        """The person's first column of one of these concepts."""
        return next((c for n in concepts for c in self.columns if c.concept.name == n), None)

    def of_kind(self, kind: str) -> list[Col]:
        """The person's columns read in this way."""
        return [c for c in self.columns if c.kind == kind]


@dataclass
class Model:
    """One model: its selects (to be joined by UNION ALL), notes, and closed lists for the YAML."""

    record: str
    note: str
    description: str
    selects: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    codes: dict[str, list[str]] = field(default_factory=dict)
    sql: str | None = None

    def list_codes(self, column: str, *codes: str) -> None:
        """Add codes to the closed list of `column`."""
        found = self.codes.setdefault(column, [])
        found += [code for code in dict.fromkeys(codes) if code not in found]


@dataclass
class View:
    """The export, or one part of it, with its people."""

    part: str | None
    columns: list[Col]
    people: list[Person]

    @property
    def main(self) -> Person | None:
        """The person a row is about."""
        return self.people[0] if self.people else None

    @property
    def where(self) -> str | None:
        """What picks the rows of the part."""
        return f"source_part = '{self.part}'" if self.part else None

    def first(self, *concepts: str) -> Col | None:
        """The first column of one of these concepts that belongs to nobody but the main person."""
        own = [c for c in self.columns if c.role is None or (self.main and c in self.main.columns)]
        return next((c for n in concepts for c in own if c.concept.name == n), None)


@cache
def record_columns(record: str) -> list[tuple[str, str]]:
    """Columns and types of a canonical record, in order, as macros/records.sql has them."""
    found: list[list[tuple[str, str]]] = []
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals["return"] = found.append
    text = (settings.DBT_DIR / "macros" / "records.sql").read_text("utf-8")
    module = environment.from_string(text).make_module()
    module.record_columns(record)  # type: ignore[attr-defined]
    return found[0]


@cache
def _reserved() -> frozenset[str]:
    rows = duckdb.sql(
        "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
    ).fetchall()
    return frozenset(name for (name,) in rows)


def sql_name(name: str) -> str:
    """A column's name as SQL writes it."""
    return name if _PLAIN.fullmatch(name) and name not in _reserved() else f'"{name}"'


def macro(name: str, *arguments: str) -> str:
    """A call of a macro in a model; arguments are SQL, quoted for Jinja here."""
    quoted = ", ".join("'" + a.replace("\\", "\\\\").replace("'", "\\'") + "'" for a in arguments)
    return f"{{{{ {name}({quoted}) }}}}"


def _read(name: str, col: Col) -> str:
    return macro(name, sql_name(col.name))


def _date(col: Col) -> str:
    text = sql_name(col.name).replace("'", "\\'")
    order = ", order='mdy'" if col.order == "mdy" else ""
    return f"{{{{ parse_date('{text}'{order}) }}}}"


def _birth(person: Person) -> Col | None:
    return next(iter(person.of_kind("birth")), None)


def plain(code: str) -> str:
    """A value of a closed list as the macro `plain_words` makes it."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", code.lower()).split())


def slug(code: str) -> str:
    """A value of a closed list as a code."""
    return plain(code).replace(" ", "_")


def decoded(col: Col) -> tuple[str, list[str]]:
    """The macro call that turns a listed column into codes, and the codes."""
    pairs = [(slug(code), plain(code)) for code, _ in col.codes if plain(code)]
    listed = ", ".join(f"('{code}', ['{text}'])" for code, text in pairs)
    name = sql_name(col.name).replace("'", "\\'")
    call = f"decode_words('{name}', [{listed}], other_if_told('{name}'))"
    return call, list(dict.fromkeys([*(code for code, _ in pairs), "other"]))


def views(draft: Draft) -> list[View]:
    """The export as its parts, each with the people of a row."""
    found = []
    taken: set[str] = set()
    parts: list[str | None] = [*draft.parts] or [None]
    for part in parts:
        columns = draft.of_part(part)
        view = View(part, columns, _people(columns))
        for person in view.people:
            if person.role in taken and part:
                person.role = f"{person.role}_{part}"
            taken.add(person.role)
        found.append(view)
    return found


def _people(columns: list[Col]) -> list[Person]:
    """Whom a row names, the one it is about first; none where it names nobody."""
    named = [c for c in columns if c.role_kind != "staff"]
    evidence = [c for c in named if c.kind in ("nik", "name") or c.concept.name == "nisn"]
    evidence = [c for c in evidence if c.concept.name != "account_holder"]
    if not evidence:
        return []
    groups: dict[str | None, list[Col]] = {}
    for col in named:
        groups.setdefault(col.role, []).append(col)

    def tells(role: str | None, *kinds: str) -> bool:
        return any(c.kind in kinds for c in groups.get(role, []))

    main: list[str | None] = [None]
    roles = list(dict.fromkeys(c.role for c in evidence if c.role))
    likely = [r for r in roles if r in words.MAIN_ROLES]
    likely += [r for r in roles if r in ("kepala_keluarga", "pengurus")]
    if not tells(None, "nik", "name"):
        likely += sorted((r for r in roles if r not in likely), key=lambda r: not tells(r, "nik"))
        main += likely[:1]
    for role in likely:
        have = {c.kind for r in main for c in groups.get(r, []) if c.kind in ("nik", "name")}
        brings = {c.kind for c in groups[role] if c.kind in ("nik", "name")}
        if role not in main and not have & brings:
            main.append(role)
    own = [c for r in dict.fromkeys(main) for c in groups.get(r, [])]
    label = next((r for r in main if r), None)
    if label is None:
        label = "siswa" if any(c.concept.name == "nisn" for c in own) else "person"
        if label == "person" and any(c.personal == "child" for c in own):
            label = "anak"
    # A number of the program under another's role (id_pengurus) is still the main person's.
    others = [r for r in roles if r not in main]
    own += [c for r, g in groups.items() if r not in main and r not in others for c in g]
    people = [Person(label, own, is_main=True)]
    return people + [
        Person(role, groups[role])
        for role in others
        if tells(role, "nik") or (tells(role, "name") and tells(role, "birth"))
    ]


class Builder:
    """Makes the models of one draft; `used` tells which columns some model reads."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.views = views(draft)
        self.models: dict[str, Model] = {}
        self.kinds = {id(v): self._kind(v) for v in self.views}

    def build(self) -> list[Model]:
        """All models of the draft, persons first."""
        for view in self.views:
            kind = self.kinds[id(view)]
            if kind == "people":
                self._persons(view)
                self._memberships(view)
                paid = self._benefits(view)
                self._enrolments(view, paid)
                self._events(view, paid)
                self._observations(view)
            else:
                getattr(self, f"_{kind}")(view)
        return list(self.models.values())

    def _kind(self, view: View) -> str:
        headers = " ".join(words.words_of(c.header) for c in view.columns)
        questions = [c for c in view.columns if re.fullmatch(r"[uqp]_?\d{1,2}", c.name)]
        if len(questions) >= 4 and not any(c.kind == "nik" for c in view.columns):
            return "responses"
        if re.search(r"laporan|aduan|keluhan|complaint|grievance", headers) and not any(
            c.kind == "nik" for c in view.columns
        ):
            return "grievances"
        if any(c.concept.name == "budget" and c.kind == "amount" for c in view.columns):
            return "budget_lines"
        if view.people:
            return "people"
        if any(self._figures(view)) and any(
            c.kind == "area_code" or c.concept.name in AREA_NAMES for c in view.columns
        ):
            return "area_observations"
        return "unused_rows"

    def _model(self, record: str, note: str, description: str) -> Model:
        if record not in self.models:
            self.models[record] = Model(record, note, description)
        return self.models[record]

    def _select(
        self,
        view: View,
        record: str,
        told: dict[str, str],
        *,
        source: str,
        where: str | None = None,
    ) -> str:
        """One select of a record's columns: what is told, NULL for the rest."""
        key = {
            "program": f"'{self.draft.name}'",
            "submission_id": "submission_id",
            "source_row": "source_row",
        }
        lines = []
        for column, type_ in record_columns(record):
            value = told.get(column) or key.get(column)
            if value is None:
                lines.append(f"    cast(null as {type_}) as {column}")
            elif value == column:
                lines.append(f"    {column}")
            else:
                lines.append(f"    {value} as {column}")
        conditions = [c for c in (view.where, where) if c]
        tail = f"\nwhere {' and '.join(conditions)}" if conditions else ""
        return "select\n" + ",\n".join(lines) + f"\nfrom {source}{tail}"

    # People ---------------------------------------------------------------------------------

    def _area(self, view: View) -> dict[str, str]:
        codes = sorted(
            (c for c in view.columns if c.kind == "area_code" and c.role is None),
            key=lambda c: -(c.shapes.usual_digits or 0 if c.shapes is not None else 0),
        )
        told = {}
        if codes:
            code = _read("parse_text", codes[0])
            told["sent_area_code"] = (
                f"'bps:' || {code}" if codes[0].concept.name == "area_code_bps" else code
            )
        district, village = view.first("district"), view.first("village")
        if district:
            told["sent_district"] = _read("parse_text", district)
        if village:
            told["sent_village"] = _read("parse_text", village)
        return told

    def _observed(self, view: View) -> str:
        updated = view.first("updated")
        if updated is not None and updated.kind == "date":
            day = _date(updated)
            return f"case when {day} <= period_to then {day} else period_to end"
        day_of = self._event_day(view)
        return f"coalesce({_date(day_of)}, period_to)" if day_of else "period_to"

    def _event_day(self, view: View) -> Col | None:
        days = [
            c
            for c in view.columns
            if c.kind == "date" and c.concept.name in ("date", "health", "service") and not c.role
        ]
        return days[0] if days else None

    def _persons(self, view: View) -> None:
        model = self._model(
            "persons",
            "One record per person named in a row.",
            "The people of the list. Grain, one row per submitted row and role.",
        )
        births = [(p, b) for p in view.people if (b := _birth(p)) is not None]
        reads = []
        for person, birth in births:
            order = ", order='mdy'" if birth.order == "mdy" else ""
            name = sql_name(birth.name)
            reads.append(f"{{{{ parse_birth('{name}'{order}) }}}} as _birth_{person.role}")
        if reads:
            listed = ",\n            ".join(["*", *reads])
            source = f"(\n        select\n            {listed}\n        from submitted\n    ) as r"
        else:
            source = "submitted"
        for person in view.people:
            told = self._person(view, person)
            where = None
            if not person.is_main:
                named = [told[c] for c in ("nik", "full_name") if c in told]
                where = "(" + " or ".join(f"{n} is not null" for n in named) + ")"
            model.selects.append(self._select(view, "persons", told, source=source, where=where))
            model.list_codes("role", person.role)
        guests = [p.role for p in view.people if not p.is_main]
        if guests:
            model.checks.append(
                f"besides the main person a row names {', '.join(guests)}: are they people of "
                "their own whom the warehouse should know?"
            )

    def _person(self, view: View, person: Person) -> dict[str, str]:
        told = {
            "source_record_id": f"concat(source_row, ':{person.role}')",
            "role": f"'{person.role}'",
            "observed_on": self._observed(view) if person.is_main else "period_to",
        }
        nik = person.of_kind("nik")
        if nik:
            told["nik"] = _read("as_sent", nik[0])
        given, family = person.first("given_name"), person.first("family_name")
        name = next((c for c in person.of_kind("name") if c.concept.name == "name"), None)
        if name:
            told["full_name"] = _read("parse_name", name)
        elif given and family:
            both = f"concat_ws(' ', {sql_name(given.name)}, {sql_name(family.name)})"
            told["full_name"] = macro("parse_name", both)
        elif given or family:
            told["full_name"] = _read("parse_name", given or family)  # type: ignore[arg-type]
        sex = person.of_kind("sex")
        if sex:
            told["sex_code"] = _read("decode_sex", sex[0])
        birth = _birth(person)
        if birth:
            alias = f"_birth_{person.role}"
            told |= {
                "birth_on": f"{alias}.day_on",
                "birth_precision": f"{alias}.precise_to",
                "birth_sent": _read("as_sent", birth),
                "birth_place": f"{alias}.place",
            }
        place = person.first("birth_place")
        if place:
            own = _read("parse_text", place)
            told["birth_place"] = f"coalesce({own}, {told['birth_place']})" if birth else own
        numbers = {
            "program_number": "program_number", "nisn": "nisn", "phone": "phone",
            "welfare_card": "welfare_card_number", "insurance": "insurance_number",
            "account": "account_number",
        }  # fmt: skip
        for concept, column in numbers.items():
            col = person.first(concept)
            if col is not None and col.kind in ("digits", "text"):
                told[column] = _read("parse_phone" if concept == "phone" else "as_sent", col)
        if person.is_main or person.role in ("anggota", "pasangan", "anak", "siswa"):
            told |= self._home(view)
        if person.is_main:
            told |= self._parents(view)
        return told

    def _home(self, view: View) -> dict[str, str]:
        told = self._area(view)
        card = view.first("family_card")
        if card is not None and card.kind == "card":
            told["family_card_number"] = _read("as_sent", card)
        address = view.first("address")
        if address:
            told["address"] = _read("parse_text", address)
        elif hamlet := view.first("hamlet"):
            told["address"] = _read("parse_text", hamlet)
        for column in ("rt", "rw"):
            block = view.first(column)
            if block:
                told[column] = _read("parse_block_number", block)
        return told

    def _parents(self, view: View) -> dict[str, str]:
        told = {}
        for role, column in (("ayah", "father_name"), ("ibu", "mother_name")):
            names = [c for c in view.columns if c.role == role and c.kind == "name"]
            if names and names[0] not in (view.main.columns if view.main else []):
                told[column] = _read("parse_name", names[0])
        parents = [c for c in view.columns if c.role == "ortu" and c.kind == "name"]
        if parents:
            name = sql_name(parents[0].name).replace("'", "\\'")
            told.setdefault("father_name", f"{{{{ parent_in_pair('{name}', 1) }}}}")
            told.setdefault("mother_name", f"{{{{ parent_in_pair('{name}', 2) }}}}")
            told["parent_name"] = macro("one_parent", sql_name(parents[0].name))
        return told

    def _memberships(self, view: View) -> None:
        card = view.first("family_card", "household_number")
        if card is None or view.main is None:
            return
        model = self._model(
            "memberships",
            "The family card or household each person is listed in.",
            "Who is listed in which card. Grain, one row per person record with a card number.",
        )
        told = {
            "group_kind": "'family_card'" if card.kind == "card" else "'household'",
            "group_number": _read("as_sent", card),
            "observed_on": "period_to",
        }
        relation = view.first("relationship")
        shared = [
            p
            for p in view.people
            if p.is_main or p.role in ("anggota", "pasangan", "anak", "siswa")
        ]
        for person in shared:
            told["source_record_id"] = f"concat(source_row, ':{person.role}')"
            told.pop("relationship_code", None)
            where = f"{_read('as_sent', card)} is not null"
            if person.is_main and relation is not None and relation.codes:
                call, codes = decoded(relation)
                told["relationship_code"] = f"{{{{ {call} }}}}"
                model.list_codes("relationship_code", *codes)
            if not person.is_main:
                told_person = self._person(view, person)
                named = [told_person[c] for c in ("nik", "full_name") if c in told_person]
                where += " and (" + " or ".join(f"{n} is not null" for n in named) + ")"
            model.selects.append(
                self._select(view, "memberships", told, source="submitted", where=where)
            )
        if card.kind != "card":
            model.checks.append("the number is none of a family card: what group does it name?")

    def _component(self, view: View, model: Model) -> dict[str, str]:
        own = view.first("component", "vulnerability")
        if own is None or not own.codes:
            return {}
        call, codes = decoded(own)
        model.list_codes("component_code", *codes)
        return {"component_code": f"{{{{ {call} }}}}"}

    def _benefits(self, view: View) -> bool:
        amount = view.first("amount")
        if amount is None or amount.kind != "amount" or view.main is None:
            return False
        model = self._model(
            "benefits",
            "One payment per row.",
            "Help ordered or given. Grain, one row per submitted row.",
        )
        status, paid = view.first("pay_status"), view.first("pay_date")
        if paid is None or paid.kind != "date":
            paid = self._event_day(view)
        told = {
            "source_record_id": f"concat(source_row, ':{view.main.role}')",
            "benefit_no": "'1'",
            "program_code": f"'{self.draft.name}'",
            "benefit_type_code": "'cash'",
            "amount_idr": _read("parse_amount", amount),
        }
        model.list_codes("benefit_type_code", "cash")
        model.checks.append(
            "benefit_type_code: is it cash? Others are food, insurance, scholarship, supplement "
            "(dbt_project/seeds/benefit_types.csv)"
        )
        told |= self._component(view, model)
        told |= self._months(view)
        if paid is not None:
            told["paid_on"] = _date(paid)
        if status is not None:
            told["status_code"] = _read("decode_payment_status", status)
            told["status_sent"] = _read("parse_text", status)
        elif paid is not None:
            told["status_code"] = (
                f"case when {_date(paid)} is not null then 'paid' else 'unknown' end"
            )
            model.checks.append("status_code: a row with a day of payment counts as paid")
        else:
            told["status_code"] = "'unknown'"
            model.checks.append("status_code: nothing in the list says whether it was paid")
        receiver = next(
            (p for p in view.people if p.role in ("anggota", "anak") and not p.is_main), None
        )
        if receiver is not None:
            told["for_record_id"] = f"concat(source_row, ':{receiver.role}')"
            named = self._person(view, receiver)
            filled = " or ".join(
                f"{named[c]} is not null" for c in ("nik", "full_name") if c in named
            )
            told["for_record_id"] = f"case when {filled} then {told['for_record_id']} end"
        model.selects.append(self._select(view, "benefits", told, source="submitted"))
        return True

    def _months(self, view: View) -> dict[str, str]:
        month, year = view.first("month"), view.first("year")
        if month is None or month.kind != "month":
            return {"period_from": "period_from", "period_to": "period_to"}
        number = _read("decode_month", month)
        of_year = _read("parse_year", year) if year is not None else None
        year_sql = f"coalesce({of_year}, year(period_to))" if of_year else "year(period_to)"
        first = f"make_date(cast({year_sql} as integer), cast({number} as integer), 1)"
        return {
            "period_from": f"coalesce({first}, period_from)",
            "period_to": f"coalesce(last_day({first}), period_to)",
        }

    def _enrolments(self, view: View, paid: bool) -> None:
        main = view.main
        assert main is not None
        unit = view.first("class") or view.first("org_name")
        status = view.first("status")
        start, end = view.first("start_date"), view.first("end_date")
        signs = [unit, status if status and status.codes else None, start, view.first("component")]
        if not paid and not any(signs):
            return
        model = self._model(
            "enrolments",
            "Who stands on the list.",
            "Who is on the program's list. Grain, one row per submitted row.",
        )
        told = {
            "source_record_id": f"concat(source_row, ':{main.role}')",
            "enrolment_no": "'1'",
            "program_code": f"'{self.draft.name}'",
            "status_code": "'active'",
            "valid_from": "period_from",
            "valid_to": "period_to",
        }
        told |= self._component(view, model)
        if unit is not None:
            told["unit_name"] = _read("parse_text", unit)
        if status is not None and (pairs := _enrolled(status)):
            name = sql_name(status.name).replace("'", "\\'")
            told["status_code"] = f"{{{{ decode_words('{name}', {pairs}, \"'unknown'\") }}}}"
        else:
            model.checks.append("status_code: is whoever stands on the list active?")
        if start is not None and start.kind == "date":
            day = _date(start)
            told["valid_from"] = f"case when {day} <= period_to then {day} else period_from end"
        if end is not None and end.kind == "date" and start is not None and start.kind == "date":
            day = _date(end)
            told["valid_to"] = f"case when {day} >= {_date(start)} then {day} else period_to end"
        model.selects.append(self._select(view, "enrolments", told, source="submitted"))

    def _events(self, view: View, paid: bool) -> None:
        day = self._event_day(view)
        if day is None or paid or view.main is None:
            return
        model = self._model(
            "service_events",
            "What was done for the person on that day.",
            "Services to a person. Grain, one row per submitted row with a day.",
        )
        told = {
            "source_record_id": f"concat(source_row, ':{view.main.role}')",
            "event_no": "'1'",
            "service_code": f"'{self.draft.name}'",
            "happened_on": _date(day),
        }
        service = view.first("service")
        if service is not None and service.codes:
            call, codes = decoded(service)
            told["service_code"] = f"coalesce({{{{ {call} }}}}, '{self.draft.name}')"
            model.list_codes("service_code", *codes)
        model.list_codes("service_code", self.draft.name)
        place = view.first("org_name")
        if place is not None:
            told["provider_name"] = _read("parse_text", place)
        model.checks.append(f"is {day.name} the day of a service? If not, delete this model")
        model.selects.append(
            self._select(
                view, "service_events", told, source="submitted", where=f"{_date(day)} is not null"
            )
        )

    def _observations(self, view: View) -> None:
        blocks: list[str] = []
        spent = {"amount", "pay_status", "pay_date", "month", "year", "row_number", "relationship",
                 "component", "coordinate"}  # fmt: skip
        status = view.first("status")
        model: Model | None = None
        day = self._event_day(view)
        observed = _date(day) if day is not None else "cast(null as date)"
        for person in view.people:
            groups: dict[str, list[tuple[str, str, str]]] = {"number": [], "flag": [], "code": []}
            values: list[str] = []
            for col in view.columns:
                own = col in person.columns or (person.is_main and col.role is None)
                if not own or col.concept.name in spent or col.title:
                    continue
                if col is status and _enrolled(col):
                    continue
                indicator = self._indicator(col)
                name = sql_name(col.name).replace("'", "\\'")
                if col.kind == "number" or (col.kind == "amount" and col.concept.name != "amount"):
                    reader = "parse_number" if col.kind == "number" else "parse_amount"
                    if indicator == "desil":
                        reader = "decode_decile"
                    groups["number"].append((indicator, name, f"{reader}('{name}')"))
                elif col.kind == "flag":
                    groups["flag"].append((indicator, name, f"decode_flag('{name}')"))
                    values += ["yes", "no"]
                elif col.kind == "code" and col.codes and col.concept.name != "vulnerability":
                    call, codes = decoded(col)
                    groups["code"].append((indicator, name, call))
                    values += codes
            listed = [*groups["number"], *groups["flag"], *groups["code"]]
            if not listed:
                continue
            model = self._model(
                "observations",
                "What the list says of a person; a blank is a row without value.",
                "What is known of a person. Grain, one row per submitted row and indicator.",
            )
            model.list_codes("indicator_code", *(i for i, _, _ in listed))
            model.list_codes("value_code", *values)
            for kind in ("number", "flag", "code"):
                if not groups[kind]:
                    continue
                entries = ",\n    ".join(f"('{i}', '{n}', {call})" for i, n, call in groups[kind])
                number = (
                    "cast({{ value }} as double)" if kind == "number" else "cast(null as double)"
                )
                code = "cast(null as varchar)" if kind == "number" else "{{ value }}"
                told = {
                    "source_record_id": f"concat(source_row, ':{person.role}')",
                    "indicator_code": "'{{ indicator }}'",
                    "observed_on": observed,
                    "value_number": number,
                    "value_code": code,
                    "value_sent": "{{ as_sent(column) }}",
                }
                where = None
                if not person.is_main:
                    has = self._person(view, person)
                    named = [has[c] for c in ("nik", "full_name") if c in has]
                    where = "(" + " or ".join(f"{n} is not null" for n in named) + ")"
                select = self._select(view, "observations", told, source="submitted", where=where)
                blocks.append(
                    f"{{% for indicator, column, value in [\n    {entries}] %}}\n{select}\n"
                    "{{ 'union all' if not loop.last }}\n{% endfor %}"
                )
        if model is not None:
            model.selects += blocks
            model.checks.append(
                "indicators of your own need a line in dbt_project/seeds/indicators_declared.csv"
            )

    def _indicator(self, col: Col) -> str:
        text = words.words_of(col.header)
        for code, pattern in SHARED_INDICATORS:
            if re.fullmatch(pattern, text):
                return code
        plain_name = re.sub(r"[^a-z0-9]+", "_", col.name.lower()).strip("_")
        return f"{self.draft.name}_{plain_name}"

    # Without people ---------------------------------------------------------------------------

    def _figures(self, view: View) -> list[Col]:
        left = ("row_number", "month", "year", "coordinate", "rt", "rw")
        return [
            c
            for c in view.columns
            if c.kind in ("number", "amount") and c.concept.name not in left and not c.title
        ]

    def _fact(self, view: View, label: str) -> str:
        return f"concat(source_row, ':{view.part or label}')"

    def _area_observations(self, view: View) -> None:
        model = self._model(
            "area_observations",
            "Figures of an area, one row per figure; a blank is a row without value.",
            "Figures by area. Grain, one row per submitted row and indicator.",
        )
        figures = self._figures(view)
        dimension = next((c for c in view.columns if c.kind == "code" and c.codes), None)
        prefix = f"{self.draft.name}_{view.part}" if view.part else self.draft.name
        entries = []
        for col in figures:
            reader = "parse_number" if col.kind == "number" else "parse_amount"
            indicator = self._indicator(col).replace(self.draft.name, prefix, 1)
            name = sql_name(col.name).replace("'", "\\'")
            entries.append(f"('{indicator}', '{name}', {reader}('{name}'))")
            model.list_codes("indicator_code", indicator)
        told = {
            "source_record_id": self._fact(view, "area"),
            "indicator_code": "'{{ indicator }}'",
            "dimension_code": "'all'",
            "period_from": "period_from",
            "period_to": "period_to",
            "value_number": "cast({{ value }} as double)",
            "value_sent": "{{ as_sent(column) }}",
            "missing_reason": "case when {{ as_sent(column) }} is null then 'blank' "
            "when {{ value }} is null then 'unreadable' end",
            **self._area(view),
        }
        if dimension is not None:
            call, codes = decoded(dimension)
            told["dimension_code"] = f"coalesce({{{{ {call} }}}}, 'all')"
            model.list_codes("dimension_code", *codes)
        model.list_codes("dimension_code", "all")
        if "sent_area_code" not in told:
            higher = view.first("regency") or view.first("province")
            if higher is not None:
                told["sent_area_code"] = _read("parse_text", higher)
        model.checks.append("indicators need a line in dbt_project/seeds/indicators_declared.csv")
        listed = ",\n    ".join(entries)
        select = self._select(view, "area_observations", told, source="submitted")
        model.selects.append(
            f"{{% for indicator, column, value in [\n    {listed}] %}}\n{select}\n"
            "{{ 'union all' if not loop.last }}\n{% endfor %}"
        )

    def _grievances(self, view: View) -> None:
        model = self._model(
            "grievances",
            "One complaint per row; its text stays in the submission.",
            "Complaints. Grain, one row per submitted row.",
        )
        number, agency = view.first("case_number"), view.first("org_name")
        told = {
            "source_record_id": self._fact(view, "laporan"),
            "grievance_no": "concat('row ', source_row)",
            **self._area(view),
        }
        if number is not None:
            told["grievance_no"] = (
                f"coalesce({_read('parse_text', number)}, concat('row ', source_row))"
            )
        if agency is not None:
            told["agency_name"] = _read("parse_text", agency)
        for column, concept in (("category_code", "category"), ("status_code", "status")):
            col = view.first(concept)
            if col is not None and col.codes:
                call, codes = decoded(col)
                told[column] = f"{{{{ {call} }}}}"
                model.list_codes(column, *codes)
        if "status_code" in told:
            told["status_code"] = f"coalesce({told['status_code']}, 'unknown')"
        days = [c for c in view.columns if c.kind == "date"]
        ends = [c for c in days if c.concept.name == "end_date"]
        middle = [c for c in days if c not in ends]
        for column, col in zip(("received_on", "followed_up_on"), middle, strict=False):
            told[column] = _date(col)
        if ends:
            told["closed_on"] = _date(ends[0])
        model.checks.append(
            "which words mean open, in progress and closed, and which day is which?"
        )
        model.selects.append(self._select(view, "grievances", told, source="submitted"))

    def _responses(self, view: View) -> None:
        model = self._model(
            "responses",
            "One answer per row and question.",
            "Answers to a survey. Grain, one row per submitted row and question.",
        )
        questions = [c for c in view.columns if re.fullmatch(r"[uqp]_?\d{1,2}", c.name)]
        number, unit = view.first("program_number", "case_number"), view.first("org_name")
        day = self._event_day(view)
        told = {
            "source_record_id": self._fact(view, "responden"),
            "response_no": "concat('row ', source_row)",
            "question_code": "'{{ question }}'",
            "answer_number": "cast({{ parse_number(question) }} as double)",
        }
        if number is not None:
            told["response_no"] = (
                f"coalesce({_read('parse_text', number)}, concat('row ', source_row))"
            )
        if unit is not None:
            told["unit_name"] = _read("parse_text", unit)
        if day is not None:
            told["answered_on"] = _date(day)
        model.list_codes("question_code", *(c.name for c in questions))
        listed = ", ".join(f"'{c.name}'" for c in questions)
        select = self._select(view, "responses", told, source="submitted")
        model.selects.append(
            f"{{% for question in [{listed}] %}}\n{select}\n"
            "{{ 'union all' if not loop.last }}\n{% endfor %}"
        )

    def _budget_lines(self, view: View) -> None:
        model = self._model(
            "budget_lines",
            "One line of the budget per row.",
            "Budget and spending. Grain, one row per submitted row.",
        )
        money = [c for c in view.columns if c.concept.name == "budget" and c.kind == "amount"]
        spent = [c for c in money if re.search(r"realisasi|spen|expend|actual", c.name)]
        planned = [c for c in money if c not in spent]
        told = {
            "source_record_id": self._fact(view, "baris"),
            "line_no": "'1'",
            **self._area(view),
        }
        if planned:
            told["ceiling_idr"] = _read("parse_amount", planned[0])
        if spent:
            told["realised_idr"] = _read("parse_amount", spent[0])
        year, month = view.first("year"), view.first("month")
        if year is not None:
            told["budget_year"] = _read("parse_year", year)
        if month is not None:
            told["month_on"] = self._months(view)["period_from"]
        names = [c for c in view.columns if c.concept.name == "some_name"]
        activity = [c for c in names if re.search(r"giat|kegiatan|activit", c.name)] or names
        if activity:
            told["activity_name"] = _read("parse_text", activity[-1])
        for column, pattern in (
            ("version_code", "versi|version"),
            ("fund_code", "dana|fund|sumber"),
        ):
            col = next((c for c in view.columns if c.codes and re.search(pattern, c.name)), None)
            if col is not None:
                call, codes = decoded(col)
                told[column] = f"{{{{ {call} }}}}"
                model.list_codes(column, *codes)
        model.checks.append("which budget codes belong in account_code and activity_code?")
        model.selects.append(self._select(view, "budget_lines", told, source="submitted"))

    def _unused_rows(self, view: View) -> None:
        model = self._model(
            "unused_rows",
            "Rows that no record holds yet.",
            "Rows that no record holds, with the reason. Grain, one row per submitted row.",
        )
        told = {"source_part": "coalesce(source_part, '')", "reason_code": "'not_mapped'"}
        model.list_codes("reason_code", "not_mapped")
        model.checks.append(
            "nothing in the sample tells what a row is about: write a model of one of the records "
            "of dbt_project/macros/records.sql, and delete this one"
        )
        model.selects.append(self._select(view, "unused_rows", told, source="submitted"))


def _enrolled(status: Col) -> str | None:
    """Pairs for `decode_words` from a status column to the enrolment's, if its words are known."""
    pairs: dict[str, list[str]] = {}
    for code, _ in status.codes:
        text = plain(code)
        found = next((s for s, known in STATUSES.items() if text in known.split()), None)
        if found is None:
            return None
        pairs.setdefault(found, []).append(text)
    if not pairs:
        return None
    listed = ", ".join(f"('{s}', {texts})" for s, texts in pairs.items())
    return f"[{listed}]"


def model_sql(draft: Draft, model: Model) -> str:
    """The text of one model."""
    checks = "".join(f"-- CHECK: {text}\n" for text in dict.fromkeys(model.checks))
    body = "\nunion all\n".join(model.selects)
    return (
        f"{{{{ config(unique_key=record_key('{model.record}')) }}}}\n\n"
        f"-- {model.note}\n{checks}"
        f"with submitted as (\n    {{{{ submitted('{draft.name}') }}}}\n)\n\n{body}\n"
    )


def models(draft: Draft) -> dict[str, str]:
    """File name and text of every staging file of the draft, the YAML last."""
    built = Builder(draft).build()
    files = {f"stg_{draft.name}__{m.record}.sql": model_sql(draft, m) for m in built}
    used = "\n".join(without_comments(text) for text in files.values())
    for col in draft.columns:
        if not reads(used, col.name):
            col.unused = col.unused or _why_unused(col)
            if col.unused is None:
                col.doubt("no staging model reads it: use it, or say why not in the staging YAML")
    files[f"{draft.name}.yml"] = _yaml(draft, built)
    return files


def without_comments(sql: str) -> str:
    """A model without what is said about it."""
    return re.sub(r"--[^\n]*|\{#.*?#\}", "", sql, flags=re.DOTALL)


def reads(sql: str, column: str) -> bool:
    """Whether a model's text names the column."""
    return re.search(rf"(?<![\w]){re.escape(column)}(?![\w])", sql) is not None


def _why_unused(col: Col) -> str | None:
    if col.title and col.concept.name in ("year", "month", "date"):
        return "the period of the file tells it"
    return {
        "row_number": "running number",
        "free_text": "free text stays in the submission",
        "province": "the area of the sender tells it",
        "regency": "the area of the sender tells it",
        "account_holder": "the account is enough",
        "email": "stays in the submission",
        "post_code": "the area tells it",
        "coordinate": "places people too closely",
    }.get(col.concept.name, "works for the program" if col.role_kind == "staff" else None)


def _yaml(draft: Draft, built: list[Model]) -> str:
    lines = [
        "version: 2", "", "sources:", "  - name: submissions", "    database: vault",
        "    schema: submissions", "    tables:", f"      - name: {draft.name}",
        f"        description: {draft.title}, one row per submitted row.",
        "        # As the program declares them; `lumbung new-program --check` compares the two.",
        "        columns:",
    ]  # fmt: skip
    for col in draft.columns:
        name = f'"{col.name}"' if col.name in ("no", "yes", "on", "off", "y", "n") else col.name
        if col.unused:
            meta = f", config: {{meta: {{unused: {col.unused}}}}}"
            lines.append(f"          - {{name: {name}{meta}}}")
        else:
            lines.append(f"          - {{name: {name}}}")
    lines += ["", "models:"]
    for model in built:
        lines.append(f"  - name: stg_{draft.name}__{model.record}")
        if model.codes:
            lines += ["    config:", "      meta:", "        codes:"]
            for column, codes in model.codes.items():
                lines.append(f"          {column}:")
                lines += [f"            - {_scalar(code)}" for code in codes]
        lines += ["    description: >", f"      {model.description}", ""]
    return "\n".join(lines).rstrip() + "\n"


def _scalar(text: str) -> str:
    if re.fullmatch(r"[a-z][a-z_]*[a-z0-9_]*", text) and text not in (
        "yes", "no", "on", "off", "y", "n", "true", "false", "null"
    ):  # fmt: skip
        return text
    return f"'{text}'"


STAGING = Path("dbt_project") / "models" / "staging"
