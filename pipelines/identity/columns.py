"""Any table as person records, by a declared mapping of its columns: no code for a new list.

A mapping names a column, or several whose words are joined; dates name their formats and codes
their meanings. What is not mapped is unknown. The keys are those of `COLUMNS`, besides
`given_name` and `family_name` (together the full name) and `row`, `role`, `submission`.
"""

from __future__ import annotations

from typing import Any

COLUMNS = {
    "national_number": "nik",
    "household_number": "family_card_number",
    "full_name": "full_name",
    "sex": "sex_code",
    "birth_date": "birth_on",
    "birth_place": "birth_place",
    "mother_name": "mother_name",
    "father_name": "father_name",
    "program_number": "program_number",
    "phone": "phone",
    "school_number": "nisn",
    "welfare_number": "welfare_card_number",
    "insurance_number": "insurance_number",
    "account_number": "account_number",
    "address": "address",
    "area": "sent_area_code",
}
"""Key of a mapping -> column of person records."""

_TYPES = {"birth_on": "DATE"}
_REST = {
    "birth_sent": "VARCHAR",
    "parent_name": "VARCHAR",
    "rt": "VARCHAR",
    "rw": "VARCHAR",
    "sent_district": "VARCHAR",
    "sent_village": "VARCHAR",
    "is_alive": "BOOLEAN",
}


def select(source: str, program: str, mapping: dict[str, Any]) -> str:
    """SQL that reads relation `source` as person records of `program`, in staging's columns.

    mapping: as declared, with `row` (a column that numbers the rows, else their order) and
    optionally `submission` and `role` (columns). Raises ValueError for a key that is none.
    """
    known = {*COLUMNS, "given_name", "family_name", "row", "submission", "role"}
    strange = set(mapping) - known
    if strange:
        raise ValueError(f"{program}: {', '.join(sorted(strange))} is no column of a person")
    rest = dict(mapping)
    number = "row_number() OVER ()"
    row = number
    if "row" in rest:
        row = _identifier(rest.pop("row"))
        number = f"row_number() OVER (ORDER BY {row})"
    sent = rest.pop("submission", None)
    submission = f"'{program}'"
    if sent:
        submission = f"concat_ws('-', '{program}', {_identifier(sent)}::varchar)"
    role = "'person'"
    if "role" in rest:
        role = f"coalesce({_identifier(rest.pop('role'))}::varchar, 'person')"
    columns = {column: f"NULL::{_TYPES.get(column, 'VARCHAR')}" for column in COLUMNS.values()}
    precision = "NULL::varchar"
    given, family = rest.pop("given_name", None), rest.pop("family_name", None)
    if given or family:
        # A comma says which is which, also where one of the two is missing.
        columns["full_name"] = (
            f"nullif(concat(coalesce({_text(family)}, ''), ', ', "
            f"coalesce({_text(given)}, '')), ', ')"
        )
    for key, declared in rest.items():
        if key == "birth_date":
            columns["birth_on"], precision = _date(declared)
        else:
            columns[COLUMNS[key]] = _text(declared)
    chosen = ", ".join(f"{what} AS {name}" for name, what in columns.items())
    others = ", ".join(f"NULL::{kind} AS {name}" for name, kind in _REST.items())
    return (
        f"SELECT '{program}' AS program, {submission} AS submission_id, {number} AS source_row, "
        f"concat({row}, ':', {role}) AS source_record_id, {role} AS role, "
        f"NULL::date AS observed_on, {chosen}, {precision} AS birth_precision, {others} "
        f"FROM {source}"
    )


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _text(declared: Any) -> str:
    """SQL of a column, of several joined by a blank, or of one whose codes are mapped."""
    if declared is None:
        return "NULL::varchar"
    if isinstance(declared, list):
        parts = ", ".join(_text(d) for d in declared)
        return f"nullif(concat_ws(' ', {parts}), '')"
    if isinstance(declared, dict):
        column = _text(declared["column"])
        cases = " ".join(
            f"WHEN {_quoted(str(k).lower())} THEN {_quoted(str(v))}"
            for k, v in declared["values"].items()
        )
        return f"CASE lower({column}) {cases} END"
    return f"nullif(trim({_identifier(declared)}::varchar), '')"


def _date(declared: Any) -> tuple[str, str]:
    """SQL of a date and of its precision: where the day cannot be, the year is still said."""
    if isinstance(declared, str):
        declared = {"column": declared, "formats": ["%Y-%m-%d"]}
    column = _text(declared["column"])
    formats = ", ".join(_quoted(f) for f in declared["formats"])
    day = f"try_strptime({column}, [{formats}])::date"
    year = f"nullif(regexp_extract({column}, '(1[0-9]|20)[0-9][0-9]'), '')"
    where = declared.get("year_at")
    if where:
        year = f"nullif(regexp_extract({column}, {_quoted(where)}, 1), '')"
    year_on = f"try_cast({year} || '-01-01' AS date)"
    return (
        f"coalesce({day}, {year_on})",
        f"CASE WHEN {day} IS NOT NULL THEN 'day' WHEN {year_on} IS NOT NULL THEN 'year' END",
    )
