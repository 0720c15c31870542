"""Profiles: which evidence a kind of lists carries, declared in YAML, as comparisons and rules.

A profile names the columns of person records that hold numbers, with their type, validator and
trust, how names are read and what an area code looks like. All that follows from it (comparisons,
blocking keys, what can never be one person) is made here and is the same for every country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from pipelines import settings
from pipelines.exports import declaration
from pipelines.identity import link, own_numbers
from pipelines.identity.link import Block, Comparison, Evidence, Number, Profile

FOLDER = Path(__file__).with_name("profiles")

WIDE = 12
"""How many given names or years of birth the rows of a wide key may have."""

_TYPES = ("person", "household", "contact", "program")
_STEMS = {"nik": 12}
"""By validator: how many characters say area and date of birth; twins share them."""

_SAME_NUMBER = "coalesce(l.nik = r.nik AND NOT l.nik_is_doubted AND NOT r.nik_is_doubted, false)"
_NAMES_DIFFER = (
    "l.phonetic_key IS DISTINCT FROM r.phonetic_key AND l.first_sound <> r.first_sound "
    "AND NOT (list_has_all(l.tokens, r.tokens) OR list_has_all(r.tokens, l.tokens)) "
    "AND jaro_winkler_similarity(l.first_word, r.first_word) < 0.88 "
    "AND jaro_winkler_similarity(l.joined_key, r.joined_key) < 0.9"
)
_NAMES_ALIKE = (
    "(l.phonetic_key = r.phonetic_key "
    "OR jaro_winkler_similarity(l.joined_key, r.joined_key) >= 0.93 "
    "OR list_has_all(l.tokens, r.tokens) OR list_has_all(r.tokens, l.tokens))"
)
# A slip is no other person: a last digit that a spreadsheet took, digits of the area of issue; in
# the serial, which alone tells twins apart, only where name and house agree or the name is rare.
_SLIP = (
    f"(({_NAMES_ALIKE}) AND ((left(l.nik, 15) = left(r.nik, 15) "
    "AND (right(l.nik, 1) = '0' OR right(r.nik, 1) = '0')) "
    "OR (damerau_levenshtein(l.nik, r.nik) <= 2 AND left(l.nik, 12) <> left(r.nik, 12)) "
    "OR (damerau_levenshtein(l.nik, r.nik) <= 1 AND l.phonetic_key = r.phonetic_key "
    "AND (coalesce(l.kk = r.kk OR l.address = r.address OR l.mother_key = r.mother_key, false) "
    "OR least(l.name_bits, r.name_bits) >= 18))))"
)
_FIRM_DIFFER = f"l.nik_is_firm AND r.nik_is_firm AND l.nik <> r.nik AND NOT {_SLIP}"
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
# Brothers of one name: two dates that agree in no more than one part, and no number that agrees.
_BORN_APART = (
    f"NOT {_SAME_NUMBER} AND l.nik_known = r.nik_known IS NOT TRUE AND l.nisn = r.nisn IS NOT TRUE "
    "AND (year(l.birth_on) = year(r.birth_on))::integer "
    "+ (month(l.birth_on) = month(r.birth_on))::integer "
    "+ (day(l.birth_on) = day(r.birth_on))::integer <= 1 "
    "AND NOT (year(l.birth_on) = year(r.birth_on) AND month(l.birth_on) = day(r.birth_on) "
    "AND day(l.birth_on) = month(r.birth_on))"
)
# A mother's number on her child: whoever is named as a parent is not the child.
_PARENT_CHILD = (
    "l.first_sound <> r.first_sound "
    "AND (l.mother_key = r.sorted_key OR l.father_key = r.sorted_key "
    "OR r.mother_key = l.sorted_key OR r.father_key = l.sorted_key)"
)
_ANY_NUMBER = (
    "nik_known",
    "kk",
    "phone",
    "nisn",
    "insurance",
    "welfare_card",
    "account",
    "program_number",
)
_THIN = (
    "(abs(l.birth_year - r.birth_year) <= 1 OR strftime(l.birth_on, '%m%d') = "
    "strftime(r.birth_on, '%m%d') OR damerau_levenshtein(l.nik, r.nik) <= 2) IS NOT TRUE "
    "AND (l.area = r.area {and_or} l.birth_place = r.birth_place) IS NOT TRUE "
    "AND words_alike(string_split(l.address, ' '), string_split(r.address, ' ')) >= 0.3 "
    "IS NOT TRUE "
    "AND list_has_any(l.parent_sounds, r.parent_sounds) IS NOT TRUE AND "
    + " AND ".join(f"l.{column} = r.{column} IS NOT TRUE" for column in _ANY_NUMBER)
)
_SAME = (
    "l.nik = r.nik AND l.phonetic_key = r.phonetic_key",
    "l.birth_on = r.birth_on AND l.sorted_key = r.sorted_key AND l.kk = r.kk",
    "l.birth_on = r.birth_on AND l.phonetic_key = r.phonetic_key "
    "AND least(l.name_bits, r.name_bits) >= 12 AND (l.nik = r.nik) IS NOT FALSE",
)


def read(path: Path) -> Profile:
    """A profile from its YAML file. Raises ValueError that names what is wrong with it."""
    raw = yaml.safe_load(path.read_text())
    if "like" in raw:
        base = yaml.safe_load((path.parent / f"{raw['like']}.yaml").read_text())
        both = {**base.get("identifiers", {}), **raw.get("identifiers", {})}
        raw = {**base, **raw, "identifiers": both}
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
        "nobody",
        "variants",
        "like",
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
        nobody=tuple(str(t) for t in raw.get("nobody", ())),
        variants={str(k): tuple(v.split()) for k, v in (raw.get("variants") or {}).items()},
    )
    return make(raw["name"], evidence)


def make(name: str, evidence: Evidence) -> Profile:
    """Comparisons, blocking keys and rules for declared evidence."""
    national = evidence.numbers.get("nik")
    stem = _STEMS.get(national.validator) if national else None
    conflict, unlike = f"({_FIRM_DIFFER}) OR ({_PARENT_CHILD})", f"({_FIRM_DIFFER})"
    if stem:
        conflict += (
            f" OR (left(l.nik, {stem}) = left(r.nik, {stem}) AND l.nik <> r.nik "
            "AND l.first_sound <> r.first_sound "
            "AND damerau_levenshtein(l.first_word, r.first_word) > 1)"
        )
        unlike += f" OR ({_TWINS}) OR ({_BORN_APART}) OR (({_NAMES_DIFFER}) AND NOT ({_FIRM_SAME}))"
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
        # A postal code is some houses, a village thousands of people.
        thin_sql="("
        + _THIN.replace("{and_or}", "AND" if evidence.addresses_within_areas else "OR")
        + ")",
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


def known(programs: Path | None = None) -> dict[str, Profile]:
    """The profiles that stand in the repo, by name, with what programs declare of their numbers.

    programs: the folder of their declarations. Raises DeclarationError for one that is wrong.
    """
    own = declared(programs or settings.PROGRAMS_DIR)
    found = (read(path) for path in sorted(FOLDER.glob("*.yaml")))
    return {p.name: with_own(p, own) for p in found}


def declared(folder: Path) -> tuple[own_numbers.Own, ...]:
    """The `identifiers` of all programs of a folder, in the order of the programs' names."""
    found = []
    for path in sorted(folder.glob("*/defs.yaml")):
        # Most programs have none; the others alone are worth reading whole.
        if re.search(r"^ +identifiers:", path.read_text(encoding="utf-8"), re.MULTILINE):
            program = declaration.load_program(path)
            found += [own_numbers.Own(program.name, number) for number in program.identifiers]
    return tuple(found)


def with_own(profile: Profile, own: Iterable[own_numbers.Own]) -> Profile:
    """A profile that reads some programs' numbers as they declare them."""
    numbers = tuple(own)
    if not numbers:
        return profile
    return replace(
        profile,
        comparisons=tuple(
            replace(c, nothing_sql=own_numbers.says_nothing(c.nothing_sql, numbers))
            if c.name == "personal_number"
            else c
            for c in profile.comparisons
        ),
        evidence=replace(profile.evidence, own=numbers),
    )
