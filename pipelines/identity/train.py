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
from splink import DuckDBAPI, Linker, block_on

from pipelines import lake
from pipelines.identity import cluster, link, run
from pipelines.identity.link import Model, Policy, Profile

SEED = 20260101
M_LEAST, U_LEAST = 0.002, 1e-6
"""No level is rarer than this in a model: what training hardly saw must not decide alone."""
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
    max_pairs: float = 3e6,
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
    matching = _matching_share(con, profile, model, rows)

    kept: list[dict[str, str]] = []
    with link.quiet():
        con.execute("SET threads = 1")  # sampling is only repeatable on one thread
        try:
            api = DuckDBAPI(connection=con)
            linker = Linker(
                api.register("_training"), link.settings(profile, model), log_level=None
            )
            linker.training.estimate_u_using_random_sampling(max_pairs=max_pairs, seed=SEED)
            sessions = []
            for name in profile.training_blocks:
                try:
                    linker.training.estimate_parameters_using_expectation_maximisation(
                        block_on(name), fix_probability_two_random_records_match=False
                    )
                    sessions.append(name)
                except Exception as error:
                    # Too few pairs, or a level whose m vanishes: the other sessions still stand.
                    kept.append({"session": name, "left_out": type(error).__name__})
            trained = linker.misc.save_model_to_json(None)
            api.delete_tables_created_by_splink_from_db()
        finally:
            con.execute("RESET threads")
    parameters, untouched = _settle(trained, profile, matching)
    kept += untouched
    run._drop(con)
    con.execute("DROP TABLE IF EXISTS _training")
    record = {
        "seed": SEED,
        "max_pairs": max_pairs,
        "rows_of_evidence": rows,
        "sessions": sessions,
        "kept_as_declared": kept,
        "source": source_note,
    }
    return replace(model, parameters=parameters, prior=float(f"{matching:.6g}"), training=record)


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
    trained: dict[str, Any], profile: Profile, matching: float
) -> tuple[dict[str, dict[str, dict[str, float]]], list[dict[str, str]]]:
    """The trained figures within bounds, and the levels for which the declared ones stand.

    A random sample of pairs holds the matching ones too, which for rare agreement are most of
    it: their share is taken out of u again.
    """
    parameters: dict[str, dict[str, dict[str, float]]] = {}
    kept = []
    for comparison, wanted_all in zip(trained["comparisons"], profile.comparisons, strict=True):
        levels = [lv for lv in comparison["comparison_levels"] if not lv.get("is_null_level")]
        parameters[wanted_all.name] = {}
        for level, wanted in zip(levels, wanted_all.levels, strict=True):
            m, u = level.get("m_probability"), level.get("u_probability")
            known = isinstance(m, int | float) and isinstance(u, int | float)
            if not known or (m, u) == (wanted.m, wanted.u):
                kept.append({"comparison": wanted_all.name, "level": wanted.label})
                m, u = wanted.m, wanted.u
            else:
                # Of what little is left after the subtraction, most is noise: not below a tenth
                # of what was declared.
                u = max((u - matching * m) / (1 - matching), wanted.u / 10, U_LEAST)
            parameters[wanted_all.name][wanted.label] = {
                "m": float(f"{max(m, M_LEAST):.6g}"),
                "u": float(f"{u:.6g}"),
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
