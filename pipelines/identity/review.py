"""Which pairs people are asked about: chosen, shown and logged. What they answer is
`review_answers.py`; how it looks is `review_workbook.py`.

Two kinds of questions: the most useful of the queue that linking left, and an audit, a seeded
random sample of links whose answers tell how good linking is. Every question asked is a row of
`vault.identity.review_pairs`, so that an answer is known by its number and by what the records
said when they were shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from pipelines import lake
from pipelines.identity import evidence, increments, review_decisions, review_weights, run, sql
from pipelines.identity.link import Model
from pipelines.identity.review_weights import Pair

PAIRS = "vault.identity.review_pairs"
_KEPT = ("records", "evidence", "compared", "state")

_ENDS = (
    "CASE WHEN length({x}) >= 8 THEN left({x}, 4) || repeat('•', length({x}) - 6) || right({x}, 2) "
    "ELSE repeat('•', length({x})) END"
)
_LETTERS = r"regexp_replace({x}, '(\pL)[\pL\pN''’-]*', '\1•••', 'g')"
_YEAR = "'••-••-' || right({x}, 4)"
_HIDDEN = "CASE WHEN {x} IS NOT NULL THEN '•••' END"

_BIRTH = (
    "CASE p.birth_precision WHEN 'year' THEN strftime(p.birth_on, '%Y') "
    "WHEN 'month' THEN strftime(p.birth_on, '%m-%Y') "
    "ELSE coalesce(strftime(p.birth_on, '%d-%m-%Y'), p.birth_sent) END"
)
_ADDRESS = "nullif(concat_ws(' ', p.address, 'RT ' || p.rt, 'RW ' || p.rw), '')"
_VILLAGE = "nullif(concat_ws(', ', p.sent_village, p.sent_district, p.sent_area_code), '')"

FIELDS: dict[str, tuple[str, str, str]] = {
    "name": ("name", "p.full_name", _LETTERS),
    "nik": ("nik", "p.nik", _ENDS),
    "kk": ("kk", "p.family_card_number", _ENDS),
    "birth": ("birth", _BIRTH, _YEAR),
    "birth_place": ("birth", "p.birth_place", _HIDDEN),
    "sex": ("sex", "p.sex_code", _HIDDEN),
    "mother": ("parents", "p.mother_name", _LETTERS),
    "father": ("parents", "p.father_name", _LETTERS),
    "parent": ("parents", "p.parent_name", _LETTERS),
    "address": ("address", _ADDRESS, _HIDDEN),
    "village": ("area", _VILLAGE, _HIDDEN),
    "phone": ("phone", "p.phone", _ENDS),
    "nisn": ("numbers", "p.nisn", _ENDS),
    "welfare_card": ("numbers", "p.welfare_card_number", _ENDS),
    "insurance": ("numbers", "p.insurance_number", _ENDS),
    "account": ("numbers", "p.account_number", _ENDS),
    "program_number": ("numbers", "p.program_number", _ENDS),
}
"""Fields shown: what must be allowed to see it whole, SQL for it, and SQL for its mask."""

KINDS = tuple(dict.fromkeys(kind for kind, _, _ in FIELDS.values()))
"""What a reviewer may or may not see whole."""
MAY_SEE = ("name", "birth", "sex", "parents", "address", "area")
"""What a reviewer sees if nothing else is said: all that is no number."""


@dataclass(frozen=True)
class Side:
    """One record of a pair as it is shown. agree: by field whether both sides say the same, None
    where one says nothing. records, benefits: of the person it belongs to."""

    program: str
    period: str | None
    area_code: str | None
    source_row: int
    role: str
    records: int
    benefits: int
    seen: Mapping[str, str | None]
    agree: Mapping[str, bool | None]


@dataclass(frozen=True)
class Question:
    """One pair that people are asked about; `weighed` is None where the answer shall be blind."""

    pair_no: int
    pair_id: str
    reason_code: str
    sides: tuple[Side, Side]
    weighed: Pair | None = None


@dataclass(frozen=True)
class Asked:
    """What one workbook asks."""

    export_id: str
    purpose: str
    model_version: str
    exported_at: datetime
    questions: list[Question] = field(default_factory=list)
    waiting_count: int = 0
    hidden: tuple[str, ...] = ()


def text(value: str) -> str:
    """SQL for a text."""
    return lake.quote(value)


def moment(now: datetime) -> str:
    """SQL for a time in UTC."""
    return f"TIMESTAMP '{now.replace(tzinfo=None).isoformat(sep=' ')}'"


def relation(con: duckdb.DuckDBPyConnection, table: str, columns: str) -> str:
    """A table if it is there with these columns, else a relation without rows that has them."""
    lake_name, schema, name = table.split(".")
    have = con.execute(
        "SELECT column_name FROM duckdb_columns() "
        "WHERE database_name = ? AND schema_name = ? AND table_name = ?",
        [lake_name, schema, name],
    ).fetchall()
    if {c.split()[0] for c in columns.split(", ")} <= {c for (c,) in have}:
        return table
    made = ", ".join(f"NULL::{c.split()[1]} AS {c.split()[0]}" for c in columns.split(", "))
    return f"(SELECT {made} WHERE false)"


def submissions(con: duckdb.DuckDBPyConnection) -> str:
    """What is known of the files."""
    return relation(
        con,
        "vault.quality.submissions",
        "submission_id VARCHAR, area_code VARCHAR, period VARCHAR",
    )


def decided(con: duckdb.DuckDBPyConnection) -> str:
    """The decisions in force as `(decision_id, verdict, key_a, key_b)`, key_a < key_b."""
    table = relation(con, review_decisions.TABLE, run._EMPTY["decisions"])
    return review_decisions.in_force_sql(table)


def read_evidence(con: duckdb.DuckDBPyConnection, model: Model, wanted: str) -> bool:
    """Make `identity_evidence` and `identity_keyed` of the records of `wanted(record_key)`.

    Taken from what the last run left; returns False, and makes them of all records anew, where it
    was another model, policy or code that left it.
    """
    if not _is_of_today(con, model):
        prepare_evidence(con, model)
        return False
    con.execute(sql.read("review.sql", "stored", {"wanted": wanted}))
    evidence.bits(con, model)
    evidence.clean(con, model)
    con.execute(sql.read("review.sql", "stored_keyed"))
    return True


def _is_of_today(con: duckdb.DuckDBPyConnection, model: Model) -> bool:
    """Whether the vault's evidence is what today's code and model make of the records."""
    if not all(lake.table_exists(con, f"vault.identity.{t}") for t in _KEPT):
        return False
    was = con.execute("SELECT fingerprint FROM vault.identity.state").fetchone()
    return was == (increments.fingerprint(run.PROFILES[model.profile], model),)


def prepare_evidence(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Make linking's evidence of all records anew: `identity_evidence` and `identity_keyed`."""
    decisions = relation(con, "vault.identity.decisions", run._EMPTY["decisions"])
    run.prepare_evidence(con, model, "vault.staging.persons", decisions)


def choose_queue(con: duckdb.DuckDBPyConnection, model: Model, limit: int | None = None) -> int:
    """Put the most useful pairs of the queue into `review_chosen`; returns how many wait in all."""
    con.execute(
        sql.read(
            "review.sql",
            "queue",
            {
                "benefits": relation(con, "warehouse.core.benefits", "beneficiary_id VARCHAR"),
                "review_pairs": relation(con, PAIRS, "pair_id VARCHAR, answer VARCHAR"),
                "decided": decided(con),
                "link_weight": model.policy.link_weight,
                "limit": "ALL" if limit is None else int(limit),
            },
        )
    )
    row = con.execute("SELECT count(*) FROM vault.identity.review_queue").fetchone()
    return int(row[0]) if row else 0


def choose_sample(con: duckdb.DuckDBPyConnection, count: int, seed: int) -> int:
    """Put a stratified random sample of links into `review_chosen`; returns how many pairs."""
    con.execute(
        sql.read(
            "review.sql",
            "sample",
            {"count": int(count), "seed": int(seed), "submissions": submissions(con)},
        )
    )
    row = con.execute("SELECT count(DISTINCT pair_no) FROM review_chosen").fetchone()
    return int(row[0]) if row else 0


def read_said(con: duckdb.DuckDBPyConnection, *, chosen_only: bool) -> None:
    """Make `review_said`: what each record says and its mark."""
    only = (
        "(p.program, p.submission_id, p.source_record_id) IN (SELECT (split_part(k, '|', 1), "
        "split_part(k, '|', 2), split_part(k, '|', 3)) FROM "
        "(SELECT unnest([key_a, key_b]) AS k FROM review_chosen))"
        if chosen_only
        else "true"
    )
    con.execute(sql.read("review.sql", "said", {"only": only}))


def questions(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    *,
    may_see: Collection[str] = MAY_SEE,
    with_reasons: bool = True,
) -> list[Question]:
    """The pairs of `review_chosen`, in order, as they may be shown.

    may_see: kinds of KINDS that are shown whole. with_reasons: with what the model says, for which
    `read_evidence` must have been called.
    """
    whole, seen, agree = [], [], []
    bare = "nullif(regexp_replace(upper(strip_accents({x})), '[^A-Z0-9]', '', 'g'), '')"
    for name, (kind, value, mask) in FIELDS.items():
        value = f"nullif(trim({value}), '')"
        whole.append(f"'{name}': {value}")
        seen.append(f"'{name}': {value if kind in may_see else mask.replace('{x}', value)}")
        left, right = (
            bare.replace("{x}", f"l.fields.{name}"),
            bare.replace("{x}", f"r.fields.{name}"),
        )
        agree.append(f"'{name}': {left} = {right}")
    rows = con.execute(
        sql.read(
            "review.sql",
            "shown",
            {
                "whole": "{" + ", ".join(whole) + "}",
                "seen": "{" + ", ".join(seen) + "}",
                "agree": "{" + ", ".join(agree) + "}",
                "submissions": submissions(con),
            },
        )
    ).fetchall()
    heads = con.execute(
        "SELECT pair_no, any_value(pair_id), any_value(reason_code) FROM review_chosen "
        "GROUP BY pair_no ORDER BY pair_no"
    ).fetchall()
    weighed = {w.pair_no: w for w in _weighed(con, model)} if with_reasons and heads else {}
    sides: dict[int, list[Side]] = {}
    for pair_no, _, records, benefits, program, row, role, period, area, shown, same in rows:
        sides.setdefault(pair_no, []).append(
            Side(program, period, area, row, role, records, benefits, shown, same)
        )
    return [
        Question(no, pair_id, reason, (sides[no][0], sides[no][1]), weighed.get(no))
        for no, pair_id, reason in heads
    ]


def _weighed(con: duckdb.DuckDBPyConnection, model: Model) -> list[Pair]:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE review_weighing AS "
        "SELECT c.pair_no, a.unique_id AS a, b.unique_id AS b FROM review_chosen AS c "
        "JOIN identity_keyed AS a ON c.key_a = a.record_key "
        "JOIN identity_keyed AS b ON c.key_b = b.record_key"
    )
    found, _ = review_weights.weigh(con, run.PROFILES[model.profile], model, "review_weighing")
    return found


def log(con: duckdb.DuckDBPyConnection, purpose: str, model: Model, now: datetime) -> str:
    """Write what is asked into the log, in the caller's transaction; returns the export's id.

    The same questions at the same time are the same export: asking twice logs once.
    """
    row = con.execute(
        "SELECT sha256(coalesce(string_agg(concat_ws('|', draw_no, pair_id, key_a, key_b), ',' "
        "ORDER BY draw_no), '')) FROM review_chosen"
    ).fetchone()
    content = f"{purpose}|{now.isoformat()}|{row[0] if row else ''}"
    export_id = "r" + hashlib.sha256(content.encode()).hexdigest()[:12]
    con.execute(sql.read("review.sql", "tables"))
    con.execute(
        sql.read(
            "review.sql",
            "log",
            {
                "export_id": text(export_id),
                "purpose": text(purpose),
                "version": text(model.version),
                "now": moment(now),
            },
        )
    )
    return export_id


def drop(con: duckdb.DuckDBPyConnection) -> None:
    """Working tables hold names and numbers: none stays in the caller's connection."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name IN ('temp', 'memory') "
        "AND table_name LIKE 'review\\_%' ESCAPE '\\'"
    ).fetchall()
    for (name,) in rows:
        con.execute(f"DROP TABLE IF EXISTS {lake.identifier(name)}")
    run._drop(con)
