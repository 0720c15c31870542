"""What the model says about single pairs: each comparison's weight, from Splink itself.

The same settings, evidence and parameters as linking uses, for a few pairs instead of all. Text of
records goes in and only levels and weights come out, unless values are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import duckdb
from splink import DuckDBAPI, Linker, block_on

from pipelines.identity import link, review_words, sql
from pipelines.identity.link import Block, Model, Profile
from pipelines.identity.review_words import Language

Bars = Sequence[dict[str, Any]]
"""The bars of Splink's waterfall chart: of each pair the prior, one or two per comparison, the "
"sum."""

LEAST_WEIGHT = 0.5
"""A piece of evidence that moves less than this (log2 odds) is no reason."""


@dataclass(frozen=True)
class Part:
    """What one comparison adds: its name and level as the profile calls them, and log2 odds."""

    comparison: str
    level: str
    weight: float


@dataclass(frozen=True)
class Pair:
    """One pair weighed: prior + parts + kin = weight, all in log2 odds.

    kin: what is taken off because two members of one family would agree so, too.
    """

    pair_no: int
    prior: float
    parts: tuple[Part, ...]
    kin: float
    weight: float

    def reasons(self, *, speaks_for: bool) -> list[Part]:
        """The parts that speak for one person (or against), the heaviest first."""
        chosen = [
            p for p in self.parts if abs(p.weight) >= LEAST_WEIGHT and (p.weight > 0) == speaks_for
        ]
        return sorted(chosen, key=lambda p: (-abs(p.weight), p.comparison))


def weigh(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    model: Model,
    pairs: str,
    *,
    evidence: str = "identity_evidence",
    chart_of: int | None = None,
    with_values: bool = False,
    language: Language = "id",
) -> tuple[list[Pair], str | None]:
    """Weigh the pairs of the relation `pairs(pair_no, a, b)`, a and b rows of `evidence`.

    Returns them by pair_no and, of the pair `chart_of`, Splink's waterfall chart as a page that
    needs no network, with the words of `language`. with_values: its hints show the values compared.
    """
    con.execute(sql.read("review.sql", "sides", {"pairs": pairs, "evidence": evidence}))
    settings = replace(
        link.settings(profile, model),
        blocking_rules_to_generate_predictions=[block_on("pair_no")],
        retain_intermediate_calculation_columns=True,
        # Splink asks for them for its chart; they leave the chart unless values are asked for.
        retain_matching_columns=True,
        additional_columns_to_retain=["pair_no"],
    )
    weights = _weights(con, profile, model)
    with link.quiet():
        link.macros(con)
        api = DuckDBAPI(connection=con)
        linker = Linker(api.register("review_sides"), settings, log_level=None)
        scored = linker.inference.predict(warning_mode="never")
        records = con.execute(
            f"SELECT * FROM {scored.physical_name} ORDER BY pair_no_l"
        ).to_arrow_table()
        rows = records.to_pylist()
        chart = linker.visualisations.waterfall_chart(
            rows, filter_nulls=False, remove_sensitive_data=True
        )
        # Splink has a name of its own for the last level of a comparison.
        last = {c.name: c.levels[-1].label for c in profile.comparisons}
        found = _pairs(rows, cast(Bars, chart.raw_records), last, weights)
        page = None
        if chart_of is not None:
            one = [row for row in rows if row["pair_no_l"] == chart_of]
            drawn = linker.visualisations.waterfall_chart(
                one, remove_sensitive_data=not with_values
            )
            for bar in cast(Bars, drawn.raw_records):
                if bar["column_name"] in last:
                    label = _label(bar, last)
                    bar["label_for_charts"] = review_words.level(
                        bar["column_name"], label, language
                    )
                    bar["column_name"] = review_words.comparison(bar["column_name"], language)
            page = drawn.to_html(inline=True)
        api.delete_tables_created_by_splink_from_db()
    con.execute("DROP TABLE IF EXISTS review_sides")
    return found, page


def _weights(con: duckdb.DuckDBPyConnection, profile: Profile, model: Model) -> dict[int, float]:
    """The weight that linking itself gives each pair, by its number."""
    only = replace(profile, blocks=(Block("pair_no", "pair_no"),))
    link.score(con, only, model, "review_sides", "review_scored")
    return dict(con.execute("SELECT a // 2, weight FROM review_scored").fetchall())


def number_of(row: dict[str, Any]) -> int:
    """The number of the pair that a row of Splink's output is about."""
    return int(row["pair_no_l"])


def _pairs(
    rows: Sequence[dict[str, Any]], bars: Bars, last: dict[str, str], weights: dict[int, float]
) -> list[Pair]:
    """The bars of a waterfall chart as pairs."""
    by_row: dict[int, list[dict[str, Any]]] = {}
    for bar in bars:
        by_row.setdefault(bar["record_number"], []).append(bar)
    found = []
    for number, row in enumerate(rows):
        prior, *parts, score = by_row.get(number, [])
        found.append(
            Pair(
                number_of(row),
                float(prior["log2_bayes_factor"]),
                tuple(
                    Part(p["column_name"], _label(p, last), float(p["log2_bayes_factor"]))
                    for p in parts
                    if p["bayes_factor"] != 1.0 or not p["term_frequency_adjustment"]
                ),
                weights[number_of(row)] - float(score["log2_bayes_factor"]),
                weights[number_of(row)],
            )
        )
    return found


def _label(bar: dict[str, Any], last: dict[str, str]) -> str:
    if bar["sql_condition"] == "ELSE":
        return last.get(bar["column_name"], bar["label_for_charts"])
    return str(bar["label_for_charts"])
