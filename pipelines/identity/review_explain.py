"""Why two records are one person, or are not: weights, guards and decisions, in plain words.

The evidence is what linking left in the vault, so what is told is what linking saw. Values of
records are masked unless they are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from pipelines.identity import review, review_weights, review_words, run, sql
from pipelines.identity.link import Model
from pipelines.identity.review import Side
from pipelines.identity.review_weights import Pair
from pipelines.identity.review_words import Language

PAIRS_MOST = 2_000
"""Of two people with many records, so many pairs are looked at."""

_WORDS: dict[str, tuple[str, str]] = {
    "one": (
        "Kedua data ini tercatat sebagai satu orang ({a}).",
        "These two are one person ({a}).",
    ),
    "two": (
        "Kedua data ini tercatat sebagai dua orang ({a} dan {b}).",
        "These two are two people ({a} and {b}).",
    ),
    "same_evidence": (
        "Isinya sama persis, sehingga keduanya menjadi satu baris bukti.",
        "They say the same word for word and are one row of evidence.",
    ),
    "direct": (
        "Bobot pasangan ini {weight}; batas penautan {least}.",
        "The weight of this pair is {weight}; the cut-off is {least}.",
    ),
    "chosen": (
        "Dari {pairs} pasangan di antara keduanya, ini yang terkuat.",
        "Of {pairs} pairs between the two this is the strongest.",
    ),
    "average": (
        "Rata-rata seluruh {pairs} pasangan kedua orang itu {weight}, sedangkan batasnya {least}.",
        "All {pairs} pairs of the two people average {weight}; the cut-off is {least}.",
    ),
    "path": (
        "Keduanya terhubung lewat {steps} data lain; mata rantai terlemah berbobot {weight}.",
        "They are linked through {steps} other records; the weakest step weighs {weight}.",
    ),
    "unlike": (
        "Penjaga: {count} pasangan memuat bukti yang bertentangan (nama, NIK, atau kembar).",
        "Guard: {count} pairs contradict one another (names, numbers, or twins).",
    ),
    "conflict": (
        "Penjaga: {count} pasangan tidak mungkin satu orang (misalnya dua NIK yang sah).",
        "Guard: {count} pairs cannot be one person (such as two sound NIKs).",
    ),
    "one_list": (
        "Penjaga: {count} pasangan berdiri berdampingan dalam satu daftar yang memuat tiap orang "
        "sekali.",
        "Guard: {count} pairs stand side by side in one list that names each person once.",
    ),
    "one_row": (
        "Penjaga: {count} pasangan adalah dua peran dalam satu baris berkas.",
        "Guard: {count} pairs are two roles of one row of a file.",
    ),
    "queued": (
        "Pasangan ini menunggu keputusan orang: {reason}",
        "The pair waits for people to decide: {reason}",
    ),
    "decision": (
        "Keputusan {id}: {verdict}, oleh {by} pada {at}{gone}.",
        "Decision {id}: {verdict}, by {by} on {at}{gone}.",
    ),
    "withdrawn": (", dicabut oleh {by} pada {at}", ", withdrawn by {by} on {at}"),
}  # fmt: skip
_VERDICTS = {"same": ("sama", "same"), "different": ("beda", "different")}


class ExplainError(ValueError):
    """What was asked about is not there; the message says so in one sentence."""


@dataclass(frozen=True)
class Explanation:
    """Why two records are one person or not.

    sentences: in the language asked for. steps: (comparison, finding, weight) from where it starts
    to the final weight, empty where both are one row of evidence. sides: the pair's two records,
    masked unless asked otherwise. chart: a page with Splink's waterfall.
    """

    is_one: bool
    sentences: list[str]
    steps: list[tuple[str, str, float]] = field(default_factory=list)
    sides: tuple[Side, Side] | None = None
    chart: str | None = None


def explain(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    ids: Sequence[str],
    *,
    language: Language = "id",
    may_see: Collection[str] = (),
    with_chart: bool = False,
) -> Explanation:
    """Why the two that `ids` name are one person or not.

    ids: two of record (`<submission_id>/<source_record_id>`), evidence or beneficiary ids, or one
    id or number of a pair. Raises ExplainError for ids that mean nothing.
    """
    values = {
        "ids": "[" + ", ".join(review.text(i) for i in ids) + "]",
        "is_pair": "true" if len(ids) == 1 else "false",
        "review_pairs": review.relation(con, review.PAIRS, _LOGGED),
    }
    con.execute(sql.read("review.sql", "named", values))
    review.read_evidence(con, model, "review_people")
    con.execute(sql.read("review.sql", "numbered"))
    sides = {
        row[0]: row[1:]
        for row in con.execute(
            "SELECT side, list(DISTINCT beneficiary_id ORDER BY beneficiary_id), "
            "list(DISTINCT unique_id ORDER BY unique_id) "
            "FROM review_named GROUP BY side ORDER BY side"
        ).fetchall()
    }
    for side, asked in ((1, ids[0]), (2, ids[-1])):
        if side not in sides:
            raise ExplainError(
                f"{asked} is no record, evidence, person or pair of this barn."
                if len(ids) > 1
                else f"There is no pair {asked}: see `lumbung review list pairs`."
            )
    (people_a, rows_a), (people_b, rows_b) = sides[1], sides[2]
    is_one = people_a == people_b
    at = review_words.at(language)

    def say(word: str, **said: Any) -> str:
        return _WORDS[word][at].format(**said)

    sentences = [say("one" if is_one else "two", a=people_a[0], b=people_b[0])]
    decisions = _decisions(con, at)
    if rows_a == rows_b:
        return Explanation(is_one, [*sentences, say("same_evidence"), *decisions])

    con.execute(
        sql.read(
            "review.sql",
            "crossed",
            {"one_person": "true" if is_one else "false", "most": PAIRS_MOST},
        )
    )
    profile = run.PROFILES[model.profile]
    weighed, _ = review_weights.weigh(con, profile, model, "review_crossed")
    ends = {
        no: (a, b, named)
        for no, a, b, named in con.execute("SELECT * FROM review_crossed").fetchall()
    }
    named = [p for p in weighed if ends[p.pair_no][2]]
    if not named:
        return Explanation(is_one, [*sentences, say("same_evidence"), *decisions])
    best = max(named, key=lambda p: (p.weight, -p.pair_no))
    least = f"{model.policy.link_weight:.1f}"
    if len(named) > 1:
        sentences.append(say("chosen", pairs=len(named)))
    sentences.append(say("direct", weight=f"{best.weight:.1f}", least=least))
    if is_one:
        sentences += _path(weighed, ends, best, model, say)
    else:
        most = model.policy.weight_most
        capped = [max(min(p.weight, most), -most) for p in weighed]
        sentences.append(
            say(
                "average", pairs=len(capped), weight=f"{sum(capped) / len(capped):.1f}", least=least
            )
        )
        sentences += _guards(con, model, say)
    sentences += _queued(con, people_a, people_b, language, say) + decisions
    chart = None
    if with_chart:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE review_best AS "
            f"SELECT pair_no, a, b FROM review_crossed WHERE pair_no = {best.pair_no}"
        )
        _, chart = review_weights.weigh(
            con,
            profile,
            model,
            "review_best",
            chart_of=best.pair_no,
            with_values=set(may_see) >= set(review.KINDS),
            language=language,
        )
    return Explanation(
        is_one,
        sentences,
        _steps(best, language),
        _shown(con, model, ends[best.pair_no], may_see),
        chart,
    )


_LOGGED = (
    "pair_id VARCHAR, pair_no BIGINT, program_a VARCHAR, submission_id_a VARCHAR, "
    "source_record_id_a VARCHAR, program_b VARCHAR, submission_id_b VARCHAR, "
    "source_record_id_b VARCHAR, exported_at TIMESTAMP"
)


def _steps(pair: Pair, language: Language) -> list[tuple[str, str, float]]:
    at = review_words.at(language)
    words = review_words.WORDS
    return [
        (words["prior"][at], "", pair.prior),
        *(
            (
                review_words.comparison(p.comparison, language),
                review_words.level(p.comparison, p.level, language),
                p.weight,
            )
            for p in pair.parts
        ),
        *([(words["kin"][at], "", pair.kin)] if abs(pair.kin) >= 0.005 else []),
        (words["score"][at], "", pair.weight),
    ]


def _path(
    weighed: Sequence[Pair],
    ends: dict[int, tuple[int, int, bool]],
    best: Pair,
    model: Model,
    say: Any,
) -> list[str]:
    """Of one person's records: the chain that joins two, if they alone would not."""
    if best.weight >= model.policy.link_weight:
        return []
    start, end, _ = ends[best.pair_no]
    chain = _widest(weighed, ends, start, end)
    if len(chain) < 2:
        return []
    return [say("path", steps=len(chain) - 1, weight=f"{min(p.weight for p in chain):.1f}")]


def _widest(
    weighed: Sequence[Pair], ends: dict[int, tuple[int, int, bool]], start: int, end: int
) -> list[Pair]:
    """The chain from start to end whose weakest step is the strongest."""
    came: dict[int, tuple[int, Pair] | None] = {start: None}
    around: dict[int, list[tuple[int, Pair]]] = {}
    for pair in weighed:
        a, b, _ = ends[pair.pair_no]
        around.setdefault(a, []).append((b, pair))
        around.setdefault(b, []).append((a, pair))
    # Prim's tree by weight: the way to any row within it is the widest.
    while end not in came:
        step = max(
            (
                (pair.weight, -pair.pair_no, node, other, pair)
                for node in came
                for other, pair in around.get(node, [])
                if other not in came
            ),
            key=lambda s: s[:2],
            default=None,
        )
        if step is None:
            return []
        came[step[3]] = (step[2], step[4])
    chain, node = [], end
    while (before := came[node]) is not None:
        node = before[0]
        chain.append(before[1])
    return chain


def _guards(con: duckdb.DuckDBPyConnection, model: Model, say: Any) -> list[str]:
    profile = run.PROFILES[model.profile]
    same = " OR ".join(f"({s})" for s in profile.same_sql) or "false"
    counts = con.execute(
        sql.read(
            "review.sql",
            "guards",
            {"unlike": profile.unlike_sql, "conflict": profile.conflict_sql, "same": f"({same})"},
        )
    ).fetchone()
    words = ("unlike", "conflict", "one_list", "one_row")
    return [say(w, count=n) for w, n in zip(words, counts or (), strict=True) if n]


def _queued(
    con: duckdb.DuckDBPyConnection,
    people_a: Sequence[str],
    people_b: Sequence[str],
    language: Language,
    say: Any,
) -> list[str]:
    rows = con.execute(
        "SELECT DISTINCT reason_code FROM vault.identity.review_queue "
        "WHERE (list_contains($a, beneficiary_id_a) AND list_contains($b, beneficiary_id_b)) "
        "OR (list_contains($b, beneficiary_id_a) AND list_contains($a, beneficiary_id_b)) "
        "ORDER BY ALL",
        {"a": list(people_a), "b": list(people_b)},
    ).fetchall()
    return [say("queued", reason=review_words.reason(code, language)) for (code,) in rows]


def _decisions(con: duckdb.DuckDBPyConnection, at: int) -> list[str]:
    table = review.relation(con, "vault.identity.decisions", run._EMPTY["decisions"])
    told = []
    for decision_id, verdict, by, when, gone_by, gone_at in con.execute(
        sql.read("review.sql", "decisions", {"decisions": table})
    ).fetchall():
        gone = (
            _WORDS["withdrawn"][at].format(by=gone_by, at=f"{gone_at:%Y-%m-%d}") if gone_at else ""
        )
        told.append(
            _WORDS["decision"][at].format(
                id=decision_id,
                verdict=_VERDICTS.get(verdict, (verdict, verdict))[at],
                by=by,
                at=f"{when:%Y-%m-%d}",
                gone=gone,
            )
        )
    return told


def _shown(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    rows: tuple[int, int, bool],
    may_see: Collection[str],
) -> tuple[Side, Side]:
    """The first record of each row of evidence, as it may be shown."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE review_chosen AS SELECT 1::bigint AS draw_no, "
        "1::bigint AS pair_no, NULL::varchar AS pair_id, NULL::varchar AS reason_code, "
        "0 AS records_a, 0 AS records_b, 0 AS benefits_a, 0 AS benefits_b, "
        "(SELECT min(record_key) FROM identity_keyed WHERE unique_id = ?) AS key_a, "
        "(SELECT min(record_key) FROM identity_keyed WHERE unique_id = ?) AS key_b",
        list(rows[:2]),
    )
    review.read_said(con, chosen_only=True)
    (question,) = review.questions(con, model, may_see=may_see, with_reasons=False)
    return question.sides
