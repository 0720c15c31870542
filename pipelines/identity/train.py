"""Train a model on the person records of this barn, without labels, and write it as a file.

`python -m pipelines.identity.train --version 2026.1 --out model.json`. A model is trained
deliberately and then frozen: linking never trains. Input is sorted and sampling seeded, so the
same records give the same model.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from splink import DuckDBAPI, Linker

from pipelines import lake
from pipelines.identity import cluster, link, run, sql
from pipelines.identity.link import Model, Policy, Profile

SEED = 20260101
M_LEAST, U_LEAST = 0.002, 1e-6
"""No level is rarer than this in a model: what training hardly saw must not decide alone."""
DECLARED_PAIRS = 20
"""What is declared of m counts like this many pairs of one person."""
HOUSEHOLD_PAIRS_LEAST = 50
"""With fewer pairs of one card or address nothing is learnt about families."""
ROUNDS = 25
WORDS_LEAST_SHARE = 1 / 4000
"""Only words that this share of names hold are kept in a model: a rare word is a person."""


def untrained(profile: Profile, version: str = "untrained", policy: Policy | None = None) -> Model:
    """The model before training: the declared m and u of each level."""
    return Model(version, profile.name, link.declared(profile), policy or Policy())


def common_words(con: duckdb.DuckDBPyConnection, source: str) -> tuple[dict[str, float], float]:
    """How many bits each common word of names is worth, and what a rarer word is worth.

    source: relation with `tokens`, one row per distinct evidence.
    """
    rows = con.execute(
        f"""
        WITH words AS (SELECT DISTINCT unique_id, unnest(tokens) AS word FROM {source}),
        total AS (SELECT count(*) AS n FROM {source} WHERE tokens IS NOT NULL)
        SELECT word, round(-log2(count(*) / any_value(n)), 2) FROM words, total
        GROUP BY word HAVING count(*) >= greatest(any_value(n) * {WORDS_LEAST_SHARE}, 10)
        ORDER BY word
        """
    ).fetchall()
    return dict(rows), round(-math.log2(WORDS_LEAST_SHARE), 2)


def train(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    version: str,
    *,
    persons: str = "vault.staging.persons",
    policy: Policy | None = None,
    max_pairs: float = 1e6,
    source_note: str = "",
) -> Model:
    """Learn word frequencies, u by seeded sampling and m by expectation maximisation.

    A level that training did not meet keeps its declared figures; the training record names it.
    Leaves no table behind.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE empty_decisions ({run._EMPTY['decisions']})")
    model = untrained(profile, version, policy)
    run.prepare_evidence(con, model, persons, "empty_decisions")
    words, rare = common_words(con, "identity_evidence")
    model = replace(model, name_bits=words, rare_bits=rare)
    run.prepare_evidence(con, model, persons, "empty_decisions")
    con.execute(
        "CREATE OR REPLACE TABLE _training AS SELECT * FROM identity_evidence ORDER BY unique_id"
    )
    rows = con.execute("SELECT count(*) FROM _training").fetchone()[0]  # type: ignore[index]
    with link.quiet():
        con.execute("SET threads = 1")  # sampling is only repeatable on one thread
        try:
            link.macros(con)
            api = DuckDBAPI(connection=con)
            linker = Linker(
                api.register("_training"), link.settings(profile, model), log_level=None
            )
            linker.training.estimate_u_using_random_sampling(max_pairs=max_pairs, seed=SEED)
            sampled = linker.misc.save_model_to_json(None)
            api.delete_tables_created_by_splink_from_db()
        finally:
            con.execute("RESET threads")
    matching = _matching_share(con, profile, model, rows)
    parameters, kept = _settle(sampled, profile, matching)
    kin, households = _kin_weight(con)
    model = replace(model, parameters=parameters, prior=matching, kin_weight=kin)
    parameters, prior, seen = _maximise(con, profile, model, rows)
    kept += [k for k in seen if k not in kept]
    run._drop(con)
    con.execute("DROP TABLE IF EXISTS _training")
    record = {
        "seed": SEED,
        "max_pairs": max_pairs,
        "rows_of_evidence": rows,
        "pairs_in_households": households,
        "kept_as_declared": kept,
        "source": source_note,
    }
    return replace(
        model, parameters=parameters, prior=float(f"{prior:.6g}"), kin_weight=kin, training=record
    )


def _kin_weight(con: duckdb.DuckDBPyConnection) -> tuple[float, int]:
    """How much likelier two members of a household are than one person twice, and pairs seen.

    Counted over pairs of one card or address: those of another given name and year of birth are
    kin, those of one name and one day are not. Where no list tells of households, a family of
    four is taken.
    """
    row = con.execute(sql.read("train.sql", "households")).fetchone()
    kin, same = (int(x or 0) for x in row or (0, 0))
    if kin + same < HOUSEHOLD_PAIRS_LEAST:
        return 2.0, kin + same
    return round(min(max(math.log2((kin + 0.5) / (same + 1)), -8.0), 2.0), 2), kin + same


def _maximise(
    con: duckdb.DuckDBPyConnection, profile: Profile, model: Model, rows: int
) -> tuple[dict[str, dict[str, dict[str, float]]], float, list[dict[str, str]]]:
    """m and the prior by expectation maximisation over all blocked pairs; u stands.

    A pair counts as far as it is one person, strangers and kin weighed against; what is declared
    counts like DECLARED_PAIRS pairs, so that a level that is hardly seen keeps near it.
    """
    patterns = link.patterns(con, profile, model, "_training")
    counts = patterns["pairs"].to_numpy(dtype=float)
    levels = {c.name: patterns[c.name].to_numpy(dtype=int) for c in profile.comparisons}
    declared = {c.name: np.array([lv.m for lv in c.levels]) for c in profile.comparisons}
    declared = {name: m / m.sum() for name, m in declared.items()}
    m = {c.name: np.array([x for _, x, _ in link.figures(model, c)]) for c in profile.comparisons}
    u = {c.name: np.array([x for _, _, x in link.figures(model, c)]) for c in profile.comparisons}
    kin = {
        c.name: np.array(
            [
                u[c.name][i] if lv.kin is None else max(lv.kin, u[c.name][i])
                for i, lv in enumerate(c.levels)
            ]
        )
        for c in profile.comparisons
    }
    prior = model.prior
    for _ in range(ROUNDS):
        strangers = np.full(len(counts), math.log2(prior / (1 - prior)))
        family = np.full(len(counts), -model.kin_weight)
        for c in profile.comparisons:
            seen = levels[c.name]
            told = seen >= 0
            strangers[told] += np.log2(m[c.name] / u[c.name])[seen[told]]
            if not c.shared:
                family[told] += np.log2(m[c.name] / kin[c.name])[seen[told]]
        p = counts / (
            1 + np.exp2(np.clip(-strangers, -60, 60)) + np.exp2(np.clip(-family, -60, 60))
        )
        for c in profile.comparisons:
            seen = levels[c.name]
            told = seen >= 0
            got = np.bincount(seen[told], weights=p[told], minlength=len(c.levels))
            got = got + DECLARED_PAIRS * declared[c.name]
            m[c.name] = np.maximum(got / got.sum(), M_LEAST)
            # What maximisation rejects it cannot count: errors are not rarer than declared by far.
            m[c.name][-1] = max(m[c.name][-1], declared[c.name][-1] / 3)
        prior = min(max(p.sum() / max(rows * (rows - 1) / 2, 1), 1e-9), 0.1)
    parameters = {
        c.name: {
            lv.label: {
                "m": float(f"{m[c.name][i]:.6g}"),
                "u": model.parameters[c.name][lv.label]["u"],
            }
            for i, lv in enumerate(c.levels)
        }
        for c in profile.comparisons
    }
    unseen = [
        {"comparison": c.name, "level": lv.label}
        for c in profile.comparisons
        for i, lv in enumerate(c.levels)
        if not np.any(levels[c.name] == i)
    ]
    return parameters, float(prior), unseen


def _matching_share(
    con: duckdb.DuckDBPyConnection, profile: Profile, model: Model, rows: int
) -> float:
    """The share of all pairs of rows that are one person, by linking with the declared figures."""
    link.score(con, profile, model, "_training", "identity_scored")
    con.execute("CREATE OR REPLACE TEMP TABLE identity_kept_apart (a BIGINT, b BIGINT)")
    cluster.cluster(
        con,
        profile,
        model.policy,
        evidence="_training",
        edges="identity_scored",
        apart="identity_kept_apart",
        target="identity_clusters",
    )
    found = con.execute(
        "SELECT sum(n * (n - 1)) / 2 FROM "
        "(SELECT count(*) AS n FROM identity_clusters GROUP BY cluster)"
    ).fetchone()
    return max(float((found or (0,))[0] or 0) / max(rows * (rows - 1) / 2, 1), 1e-8)


def _settle(
    sampled: dict[str, Any], profile: Profile, matching: float
) -> tuple[dict[str, dict[str, dict[str, float]]], list[dict[str, str]]]:
    """The sampled u within bounds, and the levels for which the declared one stands.

    A random sample of pairs holds the matching ones too, which for rare agreement are most of
    it: their share is taken out of u again.
    """
    parameters: dict[str, dict[str, dict[str, float]]] = {}
    kept = []
    for comparison, wanted_all in zip(sampled["comparisons"], profile.comparisons, strict=True):
        levels = [lv for lv in comparison["comparison_levels"] if not lv.get("is_null_level")]
        parameters[wanted_all.name] = {}
        for level, wanted in zip(levels, wanted_all.levels, strict=True):
            u = level.get("u_probability")
            if not isinstance(u, int | float) or math.isclose(u, wanted.u, rel_tol=1e-2):
                kept.append({"comparison": wanted_all.name, "level": wanted.label})
                u = wanted.u
            else:
                # Of what little is left after the subtraction, most is noise: not below a tenth
                # of what was declared.
                u = max((u - matching * wanted.m) / (1 - matching), wanted.u / 50, U_LEAST)
            parameters[wanted_all.name][wanted.label] = {
                "m": wanted.m,
                "u": float(f"{min(u, 0.9999):.6g}"),
            }
    return parameters, kept


def main() -> None:
    """Train on this barn's records and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=Path, default=run.MODEL_FILE)
    parser.add_argument("--profile", default="indonesia", choices=sorted(run.PROFILES))
    parser.add_argument("--note", default="", help="what the records are, for the training record")
    chosen = parser.parse_args()
    with lake.connect(read=["vault"]) as con:
        model = train(con, run.PROFILES[chosen.profile], chosen.version, source_note=chosen.note)
    model.write(chosen.out)
    print(f"{model.version}: {model.training['rows_of_evidence']} rows of evidence")


if __name__ == "__main__":
    main()
