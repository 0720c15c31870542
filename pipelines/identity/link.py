"""Score pairs of evidence with Splink: from declared fields to settings, blocked pairs and weights.

Nothing here knows a country: fields, blocking keys and their bounds are declared by a profile
(`indonesia.py`) and the parameters come from a frozen model file. Pairs are bounded: a blocking
key that more than `block_most` rows share is narrowed by its second part or left out, and counted.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_level_library as cll
from splink import comparison_library as cl

from pipelines.identity import sql

logging.getLogger("splink").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Level:
    """One level of agreement: a label, SQL over `<column>_l` and `<column>_r`, and what is taken
    for m and u where training saw no such pair."""

    label: str
    sql: str
    m: float
    u: float


@dataclass(frozen=True)
class Comparison:
    """One piece of evidence compared: when it says nothing, then levels from best to "otherwise".

    Evidence that depends on itself (card, address, area) belongs into one comparison.
    """

    name: str
    nothing_sql: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Block:
    """A blocking key: SQL over an evidence row, and a narrower one for keys that are too common."""

    name: str
    sql: str
    narrower_sql: str | None = None


@dataclass(frozen=True)
class Policy:
    """The cut-offs that go with a model; weights are log2 odds.

    link_weight: average weight from which two clusters are one. review_weight: from which a pair
    is worth a person's look. weight_most: no pair counts for more than this, so that a number
    cannot outvote the rest. unseen_weight: what a pair counts that no blocking key
    brought together.
    """

    link_weight: float = 6.0
    review_weight: float = 0.0
    weight_most: float = 16.0
    unseen_weight: float = -2.0
    block_most: int = 100
    group_most: int = 60


@dataclass(frozen=True)
class Profile:
    """What is declared for one kind of lists.

    unlike_sql: over rows `l` and `r`, true where a pair goes to people whatever it weighs.
    conflict_sql: over rows `l` and `r`, true where two rows cannot stand in one cluster.
    """

    name: str
    comparisons: tuple[Comparison, ...]
    blocks: tuple[Block, ...]
    training_blocks: tuple[str, ...]
    unlike_sql: str
    conflict_sql: str
    same_sql: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """Frozen parameters; what they are parameters of stands in the profile's code.

    parameters: m and u by comparison and level label. prior: probability that two random rows of
    evidence are one person. name_bits: what agreement on each common word of names is worth, in
    bits; rare_bits: on any other word. training: the training record.
    """

    version: str
    profile: str
    parameters: dict[str, dict[str, dict[str, float]]]
    policy: Policy
    prior: float = 1e-4
    name_bits: dict[str, float] = field(default_factory=dict)
    rare_bits: float = 12.0
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
            Level("exact", f"{v}_l = {v}_r AND NOT {d}_l AND NOT {d}_r", 0.85, 2e-6),
            Level("exact, contradicted by its own record", f"{v}_l = {v}_r", 0.03, 2e-6),
            Level(
                "the digits that are left agree",
                f"{k}_l = {k}_r AND ({v}_l IS NULL OR {v}_r IS NULL "
                f"OR right({v}_l, 1) = '0' OR right({v}_r, 1) = '0')",
                0.05,
                5e-6,
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
            Level("same, rare", f"{p}sorted_key_l = {p}sorted_key_r AND {both} >= 18", 0.45, 5e-6),
            Level("same, usual", f"{p}sorted_key_l = {p}sorted_key_r AND {both} >= 12", 0.25, 3e-5),
            Level("same, common", f"{p}sorted_key_l = {p}sorted_key_r", 0.06, 3e-4),
            Level(
                "alike in sound or one letter",
                f"{p}phonetic_key_l = {p}phonetic_key_r OR (damerau_levenshtein({p}joined_key_l, "
                f"{p}joined_key_r) <= 1 AND length({p}joined_key_l) >= 6)",
                0.1,
                1e-4,
            ),
            Level(
                "one is part of the other",
                f"{p}first_sound_l = {p}first_sound_r AND (list_has_all({p}tokens_l, {p}tokens_r) "
                f"OR list_has_all({p}tokens_r, {p}tokens_l))",
                0.05,
                2e-3,
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
    """A date of birth by its day, or by its year where only that is known."""
    iso_l, iso_r = f"{day}_l::varchar", f"{day}_r::varchar"
    return Comparison(
        label,
        f"{year}_l IS NULL OR {year}_r IS NULL",
        (
            Level("same day", f"{day}_l = {day}_r", 0.88, 1e-4),
            Level(
                "day and month swapped",
                f"year({day}_l) = year({day}_r) AND month({day}_l) = day({day}_r) "
                f"AND day({day}_l) = month({day}_r)",
                0.02,
                5e-5,
            ),
            Level("one digit apart", f"damerau_levenshtein({iso_l}, {iso_r}) <= 1", 0.03, 2e-3),
            Level(
                "year agrees, day unknown",
                f"{year}_l = {year}_r AND ({day}_l IS NULL OR {day}_r IS NULL)",
                0.03,
                0.014,
            ),
            Level("same year", f"{year}_l = {year}_r", 0.01, 0.013),
            Level("different", "ELSE", 0.02, 0.97),
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
    return Comparison(
        label,
        f"({card}_l IS NULL OR {card}_r IS NULL) AND ({area}_l IS NULL OR {area}_r IS NULL)",
        (
            Level("same card", f"{card}_l = {card}_r", 0.75, 2e-4),
            Level("same address", f"{address}_l = {address}_r", 0.1, 2e-4),
            Level("same area", f"{area}_l = {area}_r", 0.1, 0.05),
            Level(
                "another card, area unknown",
                f"({area}_l IS NULL OR {area}_r IS NULL)",
                0.04,
                0.5,
            ),
            Level("different", "ELSE", 0.05, 0.9),
        ),
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
    )


def any_number(
    label: str, columns: Sequence[str], *, m: float = 0.85, u: float = 1e-4
) -> Comparison:
    """Numbers given to one person: any of them agreeing is the evidence."""
    nothing = " AND ".join(f"({c}_l IS NULL OR {c}_r IS NULL)" for c in columns)
    same = " OR ".join(f"coalesce({c}_l = {c}_r, false)" for c in columns)
    return Comparison(
        label,
        nothing,
        (Level("same", same, m, u), Level("different", "ELSE", 1 - m, 1 - u)),
    )


def declared(profile: Profile) -> dict[str, dict[str, dict[str, float]]]:
    """The declared m and u of every level, as a model's `parameters`."""
    return {
        c.name: {level.label: {"m": level.m, "u": level.u} for level in c.levels}
        for c in profile.comparisons
    }


def settings(profile: Profile, model: Model) -> SettingsCreator:
    """Splink settings: the profile's comparisons with the model's parameters.

    Raises KeyError if the model was trained for other comparisons or levels.
    """
    comparisons: list[Any] = []
    for c in profile.comparisons:
        levels: list[Any] = [
            cll.CustomLevel(c.nothing_sql, "says nothing").configure(is_null_level=True)
        ]
        for level in c.levels:
            figures = model.parameters[c.name][level.label]
            made = (
                cll.ElseLevel() if level.sql == "ELSE" else cll.CustomLevel(level.sql, level.label)
            )
            levels.append(made.configure(m_probability=figures["m"], u_probability=figures["u"]))
        comparisons.append(cl.CustomComparison(levels, output_column_name=c.name))
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(b.name) for b in profile.blocks],
        probability_two_random_records_match=model.prior,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
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
        f"({b.sql} || '/' || {b.narrower_sql or 'NULL'})::varchar AS narrow FROM {source}"
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


def score(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    model: Model,
    evidence: str,
    target: str,
) -> int:
    """Score every blocked pair of `evidence` (with blocking columns) with the frozen model.

    Makes the table `target(a, b, weight, probability, unlike)` with a < b, all pairs compared.
    Returns how many pairs were scored.
    """
    with quiet():
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
                    "pairs": pairs.physical_name,
                    "evidence": evidence,
                },
            )
        )
        api.delete_tables_created_by_splink_from_db()
    row = con.execute(f"SELECT count(*) FROM {target}").fetchone()
    return int(row[0]) if row else 0
