"""From person records to evidence, as a profile declares it: numbers parsed, names keyed."""

from __future__ import annotations

import duckdb

from pipelines.identity import names, nik, own_numbers, sql
from pipelines.identity.link import Model, Number, Profile

NAMES_MOST = 4
"""A number or phone on more given names than this, none of them prevailing, names nobody."""
CARD_PEOPLE_MOST = 25
"""A family card with more people than this unites nobody."""

_NAMED = ("full_name", "mother_name", "father_name", "parent_name")
_OTHERS = ("nisn", "welfare_card_number", "insurance_number", "account_number")


def prepare(con: duckdb.DuckDBPyConnection, profile: Profile, model: Model) -> None:
    """Turn the temporary table `identity_persons` into evidence: `read` and `clean` in one.

    Reads `identity_persons` (staging's person columns, `area_code` or null, and `sender`) and
    `identity_apart(program, submission_id, source_record_id, is_apart)`. Makes the temporary
    tables `identity_said` (one row per record, with `evidence_id`) and `identity_evidence_clean`
    (one row per distinct evidence, with `unique_id`).
    """
    read(con, profile, model)
    clean(con, model)


def read(con: duckdb.DuckDBPyConnection, profile: Profile, model: Model) -> None:
    """Make `identity_said` and `identity_evidence_all`: what the records say.

    What a record says depends on its own row, on the other rows of its submission (was the list
    damaged?) and on when its number was seen (which century?), and on nothing else: increments
    read those records again and no others. An `evidence_id` tells all columns of its row.
    """
    declared = profile.evidence
    con.execute("CREATE TEMP TABLE IF NOT EXISTS identity_seen (number VARCHAR, seen_on DATE)")
    for column in ("nik", "family_card_number", "program_number"):
        if unread := own_numbers.unread(column, declared.own):
            con.execute(f"UPDATE identity_persons AS p SET {column} = NULL WHERE {unread}")
    _parse(con, "nik", "id_nik", declared.numbers.get("nik"))
    _parse(con, "family_card_number", "id_kk", declared.numbers.get("family_card_number"))
    con.execute(
        "CREATE OR REPLACE TEMP VIEW id_all_names AS "
        + " UNION ALL ".join(f"SELECT {c} AS name FROM identity_persons" for c in _NAMED)
    )
    if declared.names == "indonesian":
        names.keys(con, "id_all_names", "name", "id_names")
    else:
        names.plain_keys(
            con,
            "id_all_names",
            "name",
            "id_names",
            titles=declared.titles,
            nobody=declared.nobody,
            variants=declared.variants,
        )
    bits(con, model)
    within = declared.addresses_within_areas
    values = {
        "phone": own_numbers.value("phone", _phone(declared.phone_prefix), declared.own),
        **{
            c: own_numbers.value(c, _digits(c, declared.numbers.get(c)), declared.own)
            for c in _OTHERS
        },
        "nik_on": nik.date_sql("judging", "nik_seen_on", "birth_sent_on").replace("judging.", ""),
        "address_noise": declared.address_noise or "$^",
        "address_key": "area_code || '/' || address_words" if within else "address_words",
        "born_from": declared.born_from,
    }
    con.execute(sql.read("evidence.sql", "evidence", values))


def bits(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Make `name_bits`, what the words of names tell, for `clean`."""
    con.execute("CREATE OR REPLACE TEMP TABLE name_bits (word VARCHAR, bits DOUBLE)")
    con.execute(
        "INSERT INTO name_bits SELECT unnest(?::varchar[]), unnest(?::double[])",
        [list(model.name_bits), list(model.name_bits.values())],
    )


def clean(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Make `identity_evidence_clean` of `identity_evidence_all`: numbers that name nobody go."""
    values = {
        "nik_names_most": NAMES_MOST,
        "card_people_most": CARD_PEOPLE_MOST,
        "rare_bits": model.rare_bits,
    }
    con.execute(sql.read("evidence.sql", "clean", values))


_LISTS = (
    "(SELECT program, role, submission_id, count(*) AS records, "
    "count(DISTINCT evidence_id) AS says "
    "FROM identity_said GROUP BY ALL)"
)


def once(profile: Profile, lists: str = _LISTS) -> str:
    """SQL for the (program, role) of lists that name each person once.

    Declared, or told by how seldom the same evidence stands twice in one submission; `lists` is a
    relation of (program, role, submission_id, records, says) with the counts of both.
    """
    declared = profile.evidence.once
    if declared is None:
        return sql.read("evidence.sql", "once", {"lists": lists})
    rows = ", ".join(f"({_text(p)}, {_text(r)})" for p, r in declared) or "(NULL, NULL)"
    return f"SELECT program, role FROM (VALUES {rows}) AS declared (program, role)"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _parse(con: duckdb.DuckDBPyConnection, column: str, target: str, number: Number | None) -> None:
    """Make `target`, the parsed numbers of one column, with the columns that `nik.parse` makes."""
    if number and number.validator in ("nik", "kk"):
        kind = "nik" if number.validator == "nik" else "kk"
        nik.parse(con, "identity_persons", column, target, kind=kind)  # type: ignore[arg-type]
        return
    number = number or Number(least=1, most=0)
    nik.parse_plain(con, "identity_persons", column, target, number.least, number.most)


def _digits(column: str, number: Number | None) -> str:
    """SQL for a number's bare characters, null where they are too few, too many or all alike."""
    if number is None:
        return "NULL::varchar"
    bare = f"regexp_replace(regexp_replace(p.{column}, '[.,]0+$', ''), '[^0-9]', '', 'g')"
    return (
        f"CASE WHEN length({bare}) BETWEEN {number.least} AND {number.most} "
        f"AND replace({bare}, right({bare}, 1), '') <> '' THEN {bare} END"
    )


def _phone(prefix: str) -> str:
    bare = "regexp_replace(p.phone, '[^0-9]', '', 'g')"
    if prefix:
        bare = f"regexp_replace({bare}, '^({prefix})', '')"
    return (
        f"CASE WHEN length({bare}) BETWEEN 6 AND 13 "
        f"AND replace({bare}, right({bare}, 1), '') <> '' THEN {bare} END"
    )
