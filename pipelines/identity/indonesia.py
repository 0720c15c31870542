"""The Indonesian profile: which evidence person records carry, and what can never be one person.

The only module that knows NIK, KK and Indonesian names together; `link.py` and `cluster.py` know
none of them.
"""

from __future__ import annotations

import duckdb

from pipelines.identity import link, names, nik, sql
from pipelines.identity.link import Block, Model, Profile

NIK_NAMES_MOST = 4
"""A NIK or phone on more given names than this, none of them prevailing, names nobody."""
CARD_PEOPLE_MOST = 25
"""A family card with more people than this unites nobody."""

_NAMES_DIFFER = (
    "l.phonetic_key IS DISTINCT FROM r.phonetic_key AND l.first_sound <> r.first_sound "
    "AND NOT (list_has_all(l.tokens, r.tokens) OR list_has_all(r.tokens, l.tokens)) "
    "AND jaro_winkler_similarity(l.first_word, r.first_word) < 0.88 "
    "AND jaro_winkler_similarity(l.joined_key, r.joined_key) < 0.9"
)
_SAME_NIK = "coalesce(l.nik = r.nik AND NOT l.nik_is_doubted AND NOT r.nik_is_doubted, false)"
# A slip of one digit is no other person if name and house are the same, or the name is rare.
_FIRM_DIFFER = (
    "l.nik_is_firm AND r.nik_is_firm AND l.nik <> r.nik "
    "AND NOT (damerau_levenshtein(l.nik, r.nik) <= 1 AND l.phonetic_key = r.phonetic_key "
    "AND (coalesce(l.kk = r.kk OR l.address = r.address OR l.mother_key = r.mother_key, false) "
    "OR least(l.name_bits, r.name_bits) >= 18))"
)
# A nickname or a husband's name makes no other person where both lists confirm the number by birth
# date and sex, and card, address or a parent agree: some lists copy the date from the number.
_FIRM_SAME = (
    "coalesce(l.nik_is_firm AND r.nik_is_firm AND l.nik = r.nik AND (coalesce(l.kk = r.kk, false) "
    "OR coalesce(l.address = r.address, false) "
    "OR coalesce(list_has_any(l.parent_keys, r.parent_keys), false)), false)"
)
# Born on one day into one family: only the given name tells twins apart.
_TWINS = (
    f"NOT {_SAME_NIK} AND l.birth_on = r.birth_on AND l.first_sound <> r.first_sound "
    "AND NOT (damerau_levenshtein(l.first_word, r.first_word) <= 1 "
    "AND least(length(l.first_word), length(r.first_word)) >= 5) "
    "AND (l.kk = r.kk OR l.mother_key = r.mother_key OR l.address = r.address)"
)
_TWIN_NUMBERS = (
    "left(l.nik, 12) = left(r.nik, 12) AND l.nik <> r.nik AND l.first_sound <> r.first_sound "
    "AND damerau_levenshtein(l.first_word, r.first_word) > 1"
)

PROFILE = Profile(
    name="indonesia",
    comparisons=(
        link.identifier("nik", "nik", "nik_known", "nik_is_doubted", stem=12),
        link.name("name"),
        link.date("birth", "birth_on", "birth_year"),
        link.category("sex", "sex"),
        link.household("household", "kk", "address", "area"),
        link.parents("parents", "mother_key", "father_key", "parent_keys", "parent_sounds"),
        link.any_number("personal_number", ("nisn", "insurance", "welfare_card", "account")),
        link.any_number("program_number", ("program_number",), u=1e-3),
        link.any_number("phone", ("phone",), u=1e-3),
    ),
    blocks=(
        Block("by_nik", "nik_known"),
        Block("by_birth_name", "birth_on::varchar || first_sound", "coalesce(area, '')"),
        Block("by_card_name", "kk || first_sound"),
        Block("by_card_birth", "kk || birth_on::varchar"),
        Block("by_name_area", "phonetic_key || '/' || area", "birth_year::varchar"),
        Block("by_name_year", "phonetic_key || '/' || birth_year::varchar", "area"),
        Block("by_birth_mother", "birth_on::varchar || mother_sound", "coalesce(area, '')"),
        Block("by_birth_area", "birth_on::varchar || '/' || area || coalesce(sex, '')"),
        Block("by_nisn", "nisn"),
        Block("by_insurance", "insurance"),
        Block("by_welfare_card", "welfare_card"),
        Block("by_account", "account"),
        Block("by_program_number", "program_number"),
        Block("by_phone_name", "phone || first_sound"),
    ),
    training_blocks=("by_nik", "by_birth_name", "by_card_name", "by_name_year"),
    unlike_sql=f"(({_NAMES_DIFFER}) AND NOT ({_FIRM_SAME})) OR ({_FIRM_DIFFER}) OR ({_TWINS})",
    conflict_sql=f"({_FIRM_DIFFER}) OR ({_TWIN_NUMBERS})",
    same_sql=(
        "l.nik = r.nik AND l.phonetic_key = r.phonetic_key",
        "l.birth_on = r.birth_on AND l.sorted_key = r.sorted_key AND l.kk = r.kk",
    ),
)


def _digits(column: str, least: int, most: int) -> str:
    """SQL for a number's bare digits, null where there are too few, too many or all the same."""
    bare = f"regexp_replace(regexp_replace(p.{column}, '[.,]0+$', ''), '[^0-9]', '', 'g')"
    return (
        f"CASE WHEN length({bare}) BETWEEN {least} AND {most} "
        f"AND replace({bare}, right({bare}, 1), '') <> '' THEN {bare} END"
    )


def _phone() -> str:
    bare = "regexp_replace(regexp_replace(p.phone, '[^0-9]', '', 'g'), '^(0062|62|0)', '')"
    return (
        f"CASE WHEN length({bare}) BETWEEN 8 AND 13 "
        f"AND replace({bare}, right({bare}, 1), '') <> '' THEN {bare} END"
    )


def prepare(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Turn the temporary table `identity_persons` into evidence.

    Reads `identity_persons` (staging's person columns, `area_code`, a village's dotted code or
    null, and `sender`) and `identity_apart(program, submission_id, source_record_id, is_apart)`.
    Makes the temporary tables `identity_said` (one row per record, with `evidence_id`) and
    `identity_evidence_clean` (one row per distinct evidence, with `unique_id`).
    """
    nik.parse(con, "identity_persons", "nik", "id_nik")
    nik.parse(con, "identity_persons", "family_card_number", "id_kk", kind="kk")
    con.execute(
        "CREATE OR REPLACE TEMP VIEW id_all_names AS "
        "SELECT full_name AS name FROM identity_persons "
        "UNION ALL SELECT mother_name FROM identity_persons "
        "UNION ALL SELECT father_name FROM identity_persons "
        "UNION ALL SELECT parent_name FROM identity_persons"
    )
    names.keys(con, "id_all_names", "name", "id_names")
    con.execute("CREATE OR REPLACE TEMP TABLE name_bits (word VARCHAR, bits DOUBLE)")
    con.execute(
        "INSERT INTO name_bits SELECT unnest(?::varchar[]), unnest(?::double[])",
        [list(model.name_bits), list(model.name_bits.values())],
    )
    values = {
        "phone": _phone(),
        "nisn": _digits("nisn", 9, 10),
        "welfare_card_number": _digits("welfare_card_number", 8, 20),
        "insurance_number": _digits("insurance_number", 10, 16),
        "account_number": _digits("account_number", 8, 20),
        "nik_on": nik.date_sql("judging", "nik_seen_on", "birth_sent_on").replace("judging.", ""),
        "nik_names_most": str(NIK_NAMES_MOST),
        "card_people_most": str(CARD_PEOPLE_MOST),
        "rare_bits": str(model.rare_bits),
    }
    con.execute(sql.read("evidence.sql", "", values))
