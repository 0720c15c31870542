"""Profiles: which evidence a kind of lists carries, declared in YAML, as comparisons and rules.

A profile names the columns of person records that hold numbers, with their type, validator and
trust, how names are read and what an area code looks like. All that follows from it (comparisons,
blocking keys, what can never be one person) is made here and is the same for every country.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipelines.identity import link
from pipelines.identity.link import Block, Comparison, Evidence, Number, Profile

FOLDER = Path(__file__).with_name("profiles")

WIDE = 12
"""How many given names or years of birth the rows of a wide key may have."""

_TYPES = ("person", "household", "contact", "program")
_STEMS = {"nik": 12}
"""By validator: how many characters say area and date of birth, which twins and neighbours share."""

_SAME_NUMBER = "coalesce(l.nik = r.nik AND NOT l.nik_is_doubted AND NOT r.nik_is_doubted, false)"
_NAMES_DIFFER = (
    "l.phonetic_key IS DISTINCT FROM r.phonetic_key AND l.first_sound <> r.first_sound "
    "AND NOT (list_has_all(l.tokens, r.tokens) OR list_has_all(r.tokens, l.tokens)) "
    "AND jaro_winkler_similarity(l.first_word, r.first_word) < 0.88 "
    "AND jaro_winkler_similarity(l.joined_key, r.joined_key) < 0.9"
)
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
    f"NOT {_SAME_NUMBER} AND l.birth_on = r.birth_on AND l.first_sound <> r.first_sound "
    "AND NOT (damerau_levenshtein(l.first_word, r.first_word) <= 1 "
    "AND least(length(l.first_word), length(r.first_word)) >= 5) "
    "AND (l.kk = r.kk OR l.mother_key = r.mother_key OR l.address = r.address)"
)
_SAME = (
    "l.nik = r.nik AND l.phonetic_key = r.phonetic_key",
    "l.birth_on = r.birth_on AND l.sorted_key = r.sorted_key AND l.kk = r.kk",
)


def read(path: Path) -> Profile:
    """A profile from its YAML file. Raises ValueError that names what is wrong with it."""
    raw = yaml.safe_load(path.read_text())
    unknown = set(raw) - {
        "name",
        "names",
        "identifiers",
        "area_pattern",
        "addresses_within_areas",
        "address_noise",
        "titles",
        "once",
        "born_from",
    }
    if unknown:
        raise ValueError(f"{path.name}: {', '.join(sorted(unknown))} is no part of a profile")
    if raw.get("names", "plain") not in ("plain", "indonesian"):
        raise ValueError(f"{path.name}: names must be plain or indonesian")
    identifiers: dict[str, dict[str, Any]] = raw.get("identifiers") or {}
    for column, declared in identifiers.items():
        if declared.get("type") not in _TYPES:
            raise ValueError(f"{path.name}: the type of {column} must be {', '.join(_TYPES)}")
    numbers = {
        column: Number(**{k: v for k, v in declared.items() if k not in ("type", "prefix")})
        for column, declared in identifiers.items()
    }
    once = raw.get("once")
    evidence = Evidence(
        names=raw.get("names", "plain"),
        numbers=numbers,
        area_pattern=raw.get("area_pattern"),
        address_noise=raw.get("address_noise", ""),
        addresses_within_areas=bool(raw.get("addresses_within_areas", False)),
        phone_prefix=identifiers.get("phone", {}).get("prefix", ""),
        once=None if once is None else tuple((p, r) for p, roles in once.items() for r in roles),
        born_from=int(raw.get("born_from", 1000)),
        titles=tuple(str(t) for t in raw.get("titles", ())),
    )
    return make(raw["name"], evidence)


def make(name: str, evidence: Evidence) -> Profile:
    """Comparisons, blocking keys and rules for declared evidence."""
    national = evidence.numbers.get("nik")
    stem = _STEMS.get(national.validator) if national else None
    conflict, unlike = f"({_FIRM_DIFFER})", f"({_FIRM_DIFFER})"
    if stem:
        conflict += (
            f" OR (left(l.nik, {stem}) = left(r.nik, {stem}) AND l.nik <> r.nik "
            "AND l.first_sound <> r.first_sound "
            "AND damerau_levenshtein(l.first_word, r.first_word) > 1)"
        )
        unlike += f" OR ({_TWINS}) OR (({_NAMES_DIFFER}) AND NOT ({_FIRM_SAME}))"
    return Profile(
        name=name,
        comparisons=(
            *_number(national, stem),
            *_names(evidence),
            link.date("birth", "birth_on", "birth_year"),
            link.category("sex", "sex"),
            link.place("birth_place", "birth_place"),
            link.household("household", "kk", "address", "area"),
            link.parents("parents", "mother_key", "father_key", "parent_keys", "parent_sounds"),
            link.any_number("personal_number", ("nisn", "insurance", "welfare_card", "account")),
            link.any_number("program_number", ("program_number",), u=1e-3),
            link.any_number("phone", ("phone",), u=1e-3, shared=True),
        ),
        blocks=(
            Block("by_nik", "nik_known"),
            Block("by_birth_name", "birth_on::varchar || first_sound", "coalesce(area, '')"),
            Block("by_birth_last", "birth_on::varchar || last_sound", "coalesce(area, '')"),
            Block("by_card_name", "kk || first_sound"),
            Block("by_card_birth", "kk || birth_on::varchar"),
            Block("by_name_area", "phonetic_key || '/' || area", "birth_year::varchar"),
            Block("by_name_year", "phonetic_key || '/' || birth_year::varchar", "area"),
            Block("by_name_address", "address || '/' || first_sound"),
            Block("by_names", "low_sound || '/' || high_sound", "birth_year::varchar"),
            Block("by_names_area", "low_sound || '/' || high_sound || '/' || area"),
            Block("by_birth_mother", "birth_on::varchar || mother_sound", "coalesce(area, '')"),
            Block("by_birth_area", "birth_on::varchar || '/' || area || coalesce(sex, '')"),
            Block("by_birth_address", "birth_on::varchar || '/' || address"),
            Block("by_birth_place", "birth_on::varchar || '/' || birth_place"),
            Block("by_birth", "birth_on::varchar", "coalesce(low_sound, first_sound)", WIDE),
            Block("by_day_first", "strftime(birth_on, '%m%d') || first_sound", "area", WIDE),
            Block("by_day_last", "strftime(birth_on, '%m%d') || last_sound", "area", WIDE),
            Block("by_first_area", "first_sound || '/' || area", "birth_year::varchar", WIDE),
            Block("by_last_area", "last_sound || '/' || area", "birth_year::varchar", WIDE),
            Block("by_address", "address", None, WIDE),
            Block("by_number_area", "regexp_extract(address, '[0-9]+') || '/' || area", None, WIDE),
            Block("by_nisn", "nisn"),
            Block("by_insurance", "insurance"),
            Block("by_welfare_card", "welfare_card"),
            Block("by_account", "account"),
            Block("by_program_number", "program_number"),
            Block("by_phone_name", "phone || first_sound"),
        ),
        training_blocks=("by_nik", "by_birth_name", "by_card_name", "by_name_year"),
        unlike_sql=unlike,
        conflict_sql=conflict,
        same_sql=_SAME,
        evidence=evidence,
    )


def _number(national: Number | None, stem: int | None) -> tuple[Comparison, ...]:
    if national is None:
        return ()
    if stem:
        return (link.identifier("nik", "nik", "nik_known", "nik_is_doubted", stem=stem),)
    return (link.plain_identifier("nik", "nik", national.trust),)


def _names(evidence: Evidence) -> tuple[Comparison, ...]:
    if evidence.names == "indonesian":
        return (link.name("name"),)
    return (
        link.word("given_name", "first_word", "first_sound", "first_bits", "last_word"),
        link.word("family_name", "last_word", "last_sound", "last_bits", "first_word", shared=True),
    )


def known() -> dict[str, Profile]:
    """The profiles that stand in the repo, by name."""
    return {p.name: p for p in (read(path) for path in sorted(FOLDER.glob("*.yaml")))}
