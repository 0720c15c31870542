"""Score pairs of evidence with Splink: from declared fields to settings, blocked pairs and weights.

Nothing here knows a country: fields, blocking keys and their bounds are declared by a profile
(`indonesia.py`) and the parameters come from a frozen model file. Pairs are bounded: a blocking
key that more than `block_most` rows share is narrowed by its second part or left out, and counted.
"""

from __future__ import annotations

import json
import logging
import math
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_level_library as cll
from splink import comparison_library as cl

from pipelines.identity import sql

logging.getLogger("splink").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Level:
    """One level of agreement: a label, SQL over `<column>_l` and `<column>_r`, and what is taken
    for m and u where training saw no such pair.

    kin: how often two members of one family agree so; None where it is as among strangers.
    """

    label: str
    sql: str
    m: float
    u: float
    kin: float | None = None


@dataclass(frozen=True)
class Comparison:
    """One piece of evidence compared: when it says nothing, then levels from best to "otherwise".

    Evidence that depends on itself (card, address, area) belongs into one comparison. What a
    household shares (card, address, surname, parents) is `shared`: it tells strangers apart, but
    not the members of one family.
    """

    name: str
    nothing_sql: str
    levels: tuple[Level, ...]
    shared: bool = False


@dataclass(frozen=True)
class Block:
    """A blocking key: SQL over an evidence row, and a narrower one for keys that are too common.

    kinds_most: how many given names, or years of birth, the rows of a key may have: wide keys are
    for short lists and for people with many records, and give way in long lists.
    """

    name: str
    sql: str
    narrower_sql: str | None = None
    kinds_most: int | None = None


@dataclass(frozen=True)
class Policy:
    """The cut-offs that go with a model; weights are log2 odds.

    link_weight: average weight from which two clusters are one. lone_weight: from which they are
    where no other cluster comes within `margin` of it and one of them has no more than `firm_size`
    rows of evidence. review_weight: from which a pair is worth a person's look; review_share_most:
    how many pairs go to people, at most, per record. weight_most: no pair counts for more than
    this, so that a number cannot outvote the rest. unseen_weight: what a pair counts that no
    blocking key brought together; unlike_weight: the most that a pair counts which is unlike.
    thin_weight: the most that a pair counts which agrees in nothing but names.
    block_most: how many rows of evidence may share a blocking key: with b keys no row is compared
    with more than b * (block_most - 1) others.
    """

    link_weight: float = 0.0
    lone_weight: float = -3.0
    margin: float = 3.0
    firm_size: int = 2
    review_weight: float = -8.0
    review_share_most: float = 0.02
    weight_most: float = 16.0
    unseen_weight: float = -0.5
    unlike_weight: float = -6.0
    thin_weight: float = -2.5
    block_most: int = 100

    @property
    def floor(self) -> float:
        """A weaker pair neither joins two rows nor keeps them from joining others."""
        return self.lone_weight - self.margin


@dataclass(frozen=True)
class Number:
    """A declared number: bare characters, how many of them, and how far it can be trusted.

    validator: `nik`, `kk` (parsed with area and date) or `plain`. trust: the share of records on
    which it is the person's own and rightly written.
    """

    validator: str = "plain"
    least: int = 4
    most: int = 24
    trust: float = 0.9


@dataclass(frozen=True)
class Evidence:
    """What is declared about the columns of person records, for `evidence.py`.

    names: `indonesian` or `plain`. numbers: by column of the person records. area_pattern: what a
    full area code looks like; None: any text is an area. address_noise: words of an address that
    tell no two apart. addresses_within_areas: an address means something in its area only. once:
    (program, role) of lists with one row per person; None: told by how seldom a row comes twice.
    titles, nobody, variants: words of plain names, see `names.plain_keys`.
    born_from: a year of birth before this is none. own: what programs declare of their numbers
    (`own_numbers.Own`), instead of what stands here.
    """

    names: str = "plain"
    numbers: dict[str, Number] = field(default_factory=dict)
    area_pattern: str | None = None
    address_noise: str = ""
    addresses_within_areas: bool = False
    phone_prefix: str = ""
    once: tuple[tuple[str, str], ...] | None = None
    titles: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    variants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    born_from: int = 1000
    own: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Profile:
    """What is declared for one kind of lists.

    unlike_sql: over rows `l` and `r`, true where a pair goes to people whatever it weighs.
    thin_sql: true where a pair agrees in nothing but names, which is not enough.
    conflict_sql: over rows `l` and `r`, true where two rows cannot stand in one cluster.
    """

    name: str
    comparisons: tuple[Comparison, ...]
    blocks: tuple[Block, ...]
    training_blocks: tuple[str, ...]
    unlike_sql: str
    conflict_sql: str
    same_sql: tuple[str, ...] = ()
    thin_sql: str = "false"
    evidence: Evidence = field(default_factory=lambda: Evidence())


@dataclass(frozen=True)
class Model:
    """Frozen parameters; what they are parameters of stands in the profile's code.

    parameters: m and u by comparison and level label. prior: probability that two random rows of
    evidence are one person. name_bits: what agreement on each common word of names is worth, in
    bits; rare_bits: on any other word. kin_weight: how much likelier it is, in bits, that two
    records of one household are two of its members than one. training: the training record.
    """

    version: str
    profile: str
    parameters: dict[str, dict[str, dict[str, float]]]
    policy: Policy
    prior: float = 1e-4
    name_bits: dict[str, float] = field(default_factory=dict)
    rare_bits: float = 12.0
    kin_weight: float = 2.0
    training: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Model:
        """A model from its JSON file. Raises FileNotFoundError if there is none."""
        raw = json.loads(path.read_text())
        return cls(**{**raw, "policy": Policy(**raw["policy"])})

    def write(self, path: Path) -> None:
        """Write the model as JSON with sorted keys, so that versions can be compared."""
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = {**self.__dict__, "policy": self.policy.__dict__}
        path.write_text(json.dumps(raw, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def identifier(
    name: str, value: str, known: str, doubted: str, *, stem: int, serial_m: float = 0.002
) -> Comparison:
    """A structured number: value, digits that damage left, whether its own record contradicts it.

    The first `stem` digits (area and birth date) with another serial are no evidence: twins and
    neighbours agree that far.
    """
    v, k, d = value, known, doubted
    return Comparison(
        name,
        f"({v}_l IS NULL AND {k}_l IS NULL) OR ({v}_r IS NULL AND {k}_r IS NULL) "
        f"OR (({d}_l OR {d}_r) AND {v}_l IS DISTINCT FROM {v}_r)",
        (
            Level("exact", f"{v}_l = {v}_r AND NOT {d}_l AND NOT {d}_r", 0.85, 2e-6, 2e-2),
            Level("exact, contradicted by its own record", f"{v}_l = {v}_r", 0.03, 2e-6, 5e-2),
            Level(
                "the digits that are left agree",
                f"{k}_l = {k}_r AND ({v}_l IS NULL OR {v}_r IS NULL "
                f"OR right({v}_l, 1) = '0' OR right({v}_r, 1) = '0')",
                0.05,
                5e-6,
                5e-3,
            ),
            Level(
                "another serial",
                f"left({k}_l, {stem}) = left({k}_r, {stem})",
                serial_m,
                1e-5,
            ),
            Level("one digit apart", f"damerau_levenshtein({k}_l, {k}_r) <= 1", 0.02, 3e-5),
            Level("different", "ELSE", 0.03, 0.9999),
        ),
    )


def name(label: str, prefix: str = "") -> Comparison:
    """A person's name by its keys (see `names.keys`); agreement on a rare name weighs more."""
    p = prefix
    both = f"least({p}name_bits_l, {p}name_bits_r)"
    return Comparison(
        label,
        f"{p}sorted_key_l IS NULL OR {p}sorted_key_r IS NULL",
        (
            Level(
                "same, rare",
                f"{p}sorted_key_l = {p}sorted_key_r AND {both} >= 18",
                0.45,
                5e-6,
                5e-4,
            ),
            Level(
                "same, usual",
                f"{p}sorted_key_l = {p}sorted_key_r AND {both} >= 12",
                0.25,
                3e-5,
                2e-3,
            ),
            Level("same, common", f"{p}sorted_key_l = {p}sorted_key_r", 0.06, 3e-4, 5e-3),
            Level(
                "alike in sound or one letter",
                f"{p}phonetic_key_l = {p}phonetic_key_r OR (damerau_levenshtein({p}joined_key_l, "
                f"{p}joined_key_r) <= 1 AND length({p}joined_key_l) >= 6)",
                0.1,
                1e-4,
                3e-3,
            ),
            Level(
                "one is part of the other",
                f"{p}first_sound_l = {p}first_sound_r AND (list_has_all({p}tokens_l, {p}tokens_r) "
                f"OR list_has_all({p}tokens_r, {p}tokens_l))",
                0.05,
                2e-3,
                1e-2,
            ),
            Level(
                "much alike",
                f"jaro_winkler_similarity({p}joined_key_l, {p}joined_key_r) >= 0.92",
                0.04,
                1e-3,
            ),
            Level(
                "first word alike",
                f"{p}first_sound_l = {p}first_sound_r "
                f"OR jaro_winkler_similarity({p}first_word_l, {p}first_word_r) >= 0.9",
                0.02,
                0.02,
            ),
            Level("different", "ELSE", 0.03, 0.97),
        ),
    )


def date(label: str, day: str, year: str) -> Comparison:
    """A date of birth by its day, or by its year where only that is known.

    The first of January stands for "some day of that year" in many offices: it says less. Of a
    family only twins were born on one day.
    """
    iso_l, iso_r = f"{day}_l::varchar", f"{day}_r::varchar"
    y = (f"year({day}_l)", f"year({day}_r)")
    m = (f"month({day}_l)", f"month({day}_r)")
    d = (f"day({day}_l)", f"day({day}_r)")
    first_l, first_r = (f"({x} = 1 AND {z} = 1)" for x, z in zip(m, d, strict=True))
    return Comparison(
        label,
        f"{year}_l IS NULL OR {year}_r IS NULL",
        (
            Level("same day", f"{day}_l = {day}_r AND NOT {first_l}", 0.84, 5e-5, 0.012),
            Level("same first of January", f"{day}_l = {day}_r", 0.03, 5e-4, 0.012),
            Level(
                "day and month swapped",
                f"{y[0]} = {y[1]} AND {m[0]} = {d[1]} AND {d[0]} = {m[1]}",
                0.015,
                4e-5,
            ),
            Level("one digit apart", f"damerau_levenshtein({iso_l}, {iso_r}) <= 1", 0.03, 1.5e-3),
            Level(
                "year agrees, day unknown",
                f"{year}_l = {year}_r AND ({day}_l IS NULL OR {day}_r IS NULL OR {first_l} "
                f"OR {first_r})",
                0.03,
                0.014,
            ),
            Level(
                "two parts agree",
                f"(({y[0]} = {y[1]})::integer + ({m[0]} = {m[1]})::integer "
                f"+ ({d[0]} = {d[1]})::integer) >= 2",
                0.015,
                3e-3,
            ),
            Level("same year", f"{year}_l = {year}_r", 0.01, 0.013),
            Level("near year", f"abs({year}_l - {year}_r) <= 1", 0.01, 0.026),
            Level("different", "ELSE", 0.02, 0.94),
        ),
    )


def category(label: str, column: str) -> Comparison:
    """A code with few values."""
    return Comparison(
        label,
        f"{column}_l IS NULL OR {column}_r IS NULL",
        (
            Level("same", f"{column}_l = {column}_r", 0.985, 0.5),
            Level("different", "ELSE", 0.015, 0.5),
        ),
    )


def household(label: str, card: str, address: str, area: str) -> Comparison:
    """Card, address and area as one piece of evidence: they come and go together."""
    words_l, words_r = (f"string_split({address}_{side}, ' ')" for side in "lr")
    near = f"({area}_l IS NULL OR {area}_r IS NULL OR damerau_levenshtein({area}_l, {area}_r) <= 1)"
    alike = f"words_alike({words_l}, {words_r})"
    return Comparison(
        label,
        f"({card}_l IS NULL OR {card}_r IS NULL) AND ({area}_l IS NULL OR {area}_r IS NULL) "
        f"AND ({address}_l IS NULL OR {address}_r IS NULL)",
        (
            Level("same card", f"{card}_l = {card}_r", 0.6, 2e-4),
            Level("same address", f"{address}_l = {address}_r AND {near}", 0.15, 1e-4),
            Level("most of the address", f"{alike} >= 0.6 AND {near}", 0.08, 1e-4),
            Level("address, another area", f"{alike} >= 0.6", 0.02, 1e-4),
            Level("part of the address", f"{alike} >= 0.3 AND {near}", 0.03, 1e-3),
            Level("same area", f"{area}_l = {area}_r", 0.1, 0.05),
            Level("area alike", f"jaro_winkler_similarity({area}_l, {area}_r) >= 0.88", 0.05, 0.1),
            Level(
                "another card, area unknown",
                f"({area}_l IS NULL OR {area}_r IS NULL)",
                0.05,
                0.6,
            ),
            Level("different", "ELSE", 0.05, 0.9),
        ),
        shared=True,
    )


def parents(label: str, one: str, other: str, keys: str, sounds: str) -> Comparison:
    """Names of two parents, and of one of whom it is not said which, as one piece of evidence.

    one, other: columns of the two names; keys, sounds: lists of all that are known. Brothers and
    sisters share this evidence.
    """
    return Comparison(
        label,
        f"{keys}_l IS NULL OR {keys}_r IS NULL",
        (
            Level("both", f"{one}_l = {one}_r AND {other}_l = {other}_r", 0.5, 1e-4),
            Level("one of them", f"list_has_any({keys}_l, {keys}_r)", 0.4, 2e-3),
            Level("alike", f"list_has_any({sounds}_l, {sounds}_r)", 0.06, 0.02),
            Level("different", "ELSE", 0.04, 0.97),
        ),
        shared=True,
    )


def any_number(
    label: str, columns: Sequence[str], *, m: float = 0.85, u: float = 1e-4, shared: bool = False
) -> Comparison:
    """Numbers given to one person, or shared by a family: any of them agreeing is the evidence."""
    nothing = " AND ".join(f"({c}_l IS NULL OR {c}_r IS NULL)" for c in columns)
    same = " OR ".join(f"coalesce({c}_l = {c}_r, false)" for c in columns)
    return Comparison(
        label,
        nothing,
        (Level("same", same, m, u), Level("different", "ELSE", 1 - m, 1 - u)),
        shared=shared,
    )


def plain_identifier(name: str, value: str, trust: float) -> Comparison:
    """A number given to one person, of which only its characters are known.

    trust: the share of records on which it is the person's own and rightly written.
    """
    slip = (1 - trust) / 2
    return Comparison(
        name,
        f"{value}_l IS NULL OR {value}_r IS NULL",
        (
            Level("exact", f"{value}_l = {value}_r", trust, 2e-6, 0.02),
            Level(
                "one character apart",
                f"damerau_levenshtein({value}_l, {value}_r) <= 1",
                slip,
                1e-5,
                1e-3,
            ),
            Level(
                "two characters apart",
                f"damerau_levenshtein({value}_l, {value}_r) <= 2 AND length({value}_l) >= 7",
                slip / 4,
                3e-4,
            ),
            Level("different", "ELSE", slip, 0.9997),
        ),
    )


def word(
    label: str, text: str, sound: str, bits: str, other: str, *, shared: bool = False
) -> Comparison:
    """A given or a family name; agreement on a rare one weighs more.

    other: the column of the other of the two, with which it may have changed places. A family
    name is `shared`.
    """
    one, two = f"{text}_l", f"{text}_r"
    both = f"least({bits}_l, {bits}_r)"
    kin = None if shared else 0.01
    return Comparison(
        label,
        f"{one} IS NULL OR {two} IS NULL",
        (
            Level("same, rare", f"{one} = {two} AND {both} >= 11", 0.25, 3e-4, kin and 1e-3),
            Level("same, usual", f"{one} = {two} AND {both} >= 8", 0.35, 2e-3, kin and 3e-3),
            Level("same, common", f"{one} = {two}", 0.2, 8e-3, kin),
            Level(
                "one letter apart",
                f"damerau_levenshtein({one}, {two}) <= 1 "
                f"AND least(length({one}), length({two})) >= 4",
                0.06,
                8e-4,
                kin and 0.006,
            ),
            Level("alike in sound", f"{sound}_l = {sound}_r", 0.02, 1e-3, kin and 0.005),
            Level("much alike", f"jaro_winkler_similarity({one}, {two}) >= 0.9", 0.03, 3e-3),
            Level(
                "in another place",
                f"{one} = {other}_r OR {two} = {other}_l OR list_contains(tokens_r, {one}) "
                f"OR list_contains(tokens_l, {two})",
                0.03,
                4e-3,
            ),
            Level(
                "short form or initial",
                f"starts_with({one}, {two}) OR starts_with({two}, {one})",
                0.02,
                5e-3,
            ),
            Level("somewhat alike", f"jaro_winkler_similarity({one}, {two}) >= 0.8", 0.02, 0.015),
            Level("different", "ELSE", 0.06, 0.96),
        ),
        shared=shared,
    )


def place(label: str, column: str) -> Comparison:
    """A place by name: the same, alike, another."""
    one, two = f"{column}_l", f"{column}_r"
    return Comparison(
        label,
        f"{one} IS NULL OR {two} IS NULL",
        (
            Level("same", f"{one} = {two}", 0.75, 0.01),
            Level("alike", f"jaro_winkler_similarity({one}, {two}) >= 0.88", 0.05, 5e-3),
            Level("different", "ELSE", 0.2, 0.98),
        ),
        shared=True,
    )


def declared(profile: Profile) -> dict[str, dict[str, dict[str, float]]]:
    """The declared m and u of every level, as a model's `parameters`."""
    return {
        c.name: {level.label: {"m": level.m, "u": level.u} for level in c.levels}
        for c in profile.comparisons
    }


def figures(model: Model, comparison: Comparison) -> list[tuple[Level, float, float]]:
    """The levels of a comparison with the model's m and u.

    No two levels weigh exactly alike, so that a weight tells its level. Raises KeyError if the
    model was trained for other comparisons or levels.
    """
    trained = model.parameters[comparison.name]
    return [
        (level, trained[level.label]["m"], trained[level.label]["u"] * (1 + i * 1e-4))
        for i, level in enumerate(comparison.levels, start=1)
    ]


def settings(profile: Profile, model: Model) -> SettingsCreator:
    """Splink settings: the profile's comparisons with the model's parameters.

    Raises KeyError if the model was trained for other comparisons or levels.
    """
    comparisons: list[Any] = []
    for c in profile.comparisons:
        levels: list[Any] = [
            cll.CustomLevel(c.nothing_sql, "says nothing").configure(is_null_level=True)
        ]
        for level, m, u in figures(model, c):
            made = (
                cll.ElseLevel() if level.sql == "ELSE" else cll.CustomLevel(level.sql, level.label)
            )
            levels.append(made.configure(m_probability=m, u_probability=min(u, 1 - 1e-9)))
        comparisons.append(cl.CustomComparison(levels, output_column_name=c.name))
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(b.name) for b in profile.blocks],
        probability_two_random_records_match=model.prior,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
        max_iterations=25,
        linker_uid=f"{profile.name}_{re.sub(r'[^a-z0-9]', '_', model.version.lower())}",
    )


def add_blocks(
    con: duckdb.DuckDBPyConnection, profile: Profile, source: str, target: str, most: int
) -> dict[str, int]:
    """Make `target`: `source` with one column per blocking key, none shared by over `most` rows.

    Returns, by blocking key, how many rows lost it because it is too common.
    """
    told = " UNION ALL ".join(
        f"SELECT unique_id, '{b.name}' AS block, ({b.sql})::varchar AS wide, "
        f"({b.sql} || '/' || {b.narrower_sql or 'NULL'})::varchar AS narrow, "
        f"{b.kinds_most or most} AS most, first_sound, birth_year FROM {source}"
        for b in profile.blocks
    )
    columns = ", ".join(f"max(key) FILTER (block = '{b.name}') AS {b.name}" for b in profile.blocks)
    con.execute(
        sql.read(
            "link.sql",
            "blocks",
            {"told": told, "columns": columns, "most": most, "source": source, "target": target},
        )
    )
    lost = dict(
        con.execute("SELECT block, count(*) FROM _keys WHERE key IS NULL GROUP BY block").fetchall()
    )
    con.execute("DROP TABLE _keys")
    return {b.name: int(lost.get(b.name, 0)) for b in profile.blocks}


@contextmanager
def quiet() -> Iterator[None]:
    """Splink's messages quote values and levels: none of them leaves the library."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def _kin_sql(profile: Profile, model: Model) -> str:
    """SQL over Splink's output: the weight for one person against two members of one family.

    What a family shares says nothing then; levels with `kin` weigh by how often kin agree so. The
    level of a comparison is told by its weight, which is the frozen model's.
    """
    terms = []
    for c in profile.comparisons:
        if c.shared:
            continue
        cases = []
        for level, m, u in figures(model, c):
            if level.kin is None:
                continue
            usual = math.log2(m / min(u, 1 - 1e-9))
            kin = math.log2(m / max(level.kin, u))
            cases.append(f"WHEN abs(p.mw_{c.name} - ({usual!r})) < 1e-6 THEN {kin!r}")
        told = f"p.mw_{c.name}"
        terms.append(f"CASE {' '.join(cases)} ELSE {told} END" if cases else told)
    return " + ".join([f"({-model.kin_weight})", *terms])


def score(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    model: Model,
    evidence: str,
    target: str,
) -> int:
    """Score every blocked pair of `evidence` (with blocking columns) with the frozen model.

    Makes the table `target(a, b, weight, probability, unlike)` with a < b, all pairs compared. The
    weight is against strangers and members of one family together: a household's evidence cannot
    make one person of two. Returns how many pairs were scored.
    """
    with quiet():
        macros(con)
        api = DuckDBAPI(connection=con)
        linker = Linker(api.register(evidence), settings(profile, model), log_level=None)
        pairs = linker.inference.predict(warning_mode="never")
        con.execute(
            sql.read(
                "link.sql",
                "scored",
                {
                    "target": target,
                    "unlike": profile.unlike_sql,
                    "thin": profile.thin_sql,
                    "thin_weight": model.policy.thin_weight,
                    "kin": _kin_sql(profile, model),
                    "pairs": pairs.physical_name,
                    "evidence": evidence,
                },
            )
        )
        api.delete_tables_created_by_splink_from_db()
    row = con.execute(f"SELECT count(*) FROM {target}").fetchone()
    return int(row[0]) if row else 0


def patterns(
    con: duckdb.DuckDBPyConnection, profile: Profile, model: Model, evidence: str
) -> pd.DataFrame:
    """How many blocked pairs of `evidence` agree how: one row per pattern, with `pairs`.

    One column per comparison holds the number of its level from 0, or -1 where it says nothing.
    """
    told = []
    for c in profile.comparisons:
        cases = " ".join(
            f"WHEN abs(mw_{c.name} - ({math.log2(m / min(u, 1 - 1e-9))!r})) < 1e-6 THEN {i}"
            for i, (_, m, u) in enumerate(figures(model, c))
        )
        told.append(f"CASE {cases} ELSE -1 END AS {c.name}")
    with quiet():
        macros(con)
        api = DuckDBAPI(connection=con)
        linker = Linker(api.register(evidence), settings(profile, model), log_level=None)
        pairs = linker.inference.predict(warning_mode="never").physical_name
        found = con.execute(
            f"SELECT {', '.join(told)}, count(*) AS pairs FROM {pairs} GROUP BY ALL ORDER BY ALL"
        ).df()
        api.delete_tables_created_by_splink_from_db()
    return found


def macros(con: duckdb.DuckDBPyConnection) -> None:
    """Make the functions that levels of agreement use."""
    con.execute(sql.read("link.sql", "macros"))
