"""Link what is new, touch what it touches, leave the rest: the same result as linking everything.

Three things are remembered in the vault by what they say, never by a row number: which evidence
there is, what any two rows of it weigh, and which rows are one person. A pair's weight depends on
its two rows alone, and clusters on the rows and pairs that are connected by pairs heavy enough to
join. So a run compares rows that are new or say something else (also where only a key became too
common, or a number too widely shared) with all others, and clusters again what such rows, pairs
that went and decisions touch. Where model, policy or code changed, all is new.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import duckdb
import splink

from pipelines import lake
from pipelines.identity import cluster, evidence, link, sql
from pipelines.identity.link import Model, Profile

_STEM = r"regexp_replace({submission}, '-v[0-9]+(-[0-9A-Za-z]+)?$', '')"
"""Program, area and period of a submission: its id without version and content."""
_NOT_LINKING = ("review", "quality", "train")
_OWN = ("unique_id", "evidence_id", "records_count", "first_record")
"""Columns of evidence that are no content."""

Con = duckdb.DuckDBPyConnection


def fingerprint(profile: Profile, model: Model) -> str:
    """What clusters follow from besides the records: model, policy, profile, code, engine."""
    digest = hashlib.sha256(
        json.dumps([asdict(model), duckdb.__version__, splink.__version__], sort_keys=True).encode()
    )
    digest.update(repr(profile).encode())
    for path in sorted(Path(__file__).parent.glob("*")):
        if path.suffix in (".py", ".sql") and not path.name.startswith(_NOT_LINKING):
            digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def run(con: Con, section: str, values: dict[str, str]) -> None:
    """One part of `increments.sql`."""
    con.execute(sql.read("increments.sql", section, values))


def columns(con: Con, relation: str, but: tuple[str, ...] = ()) -> list[str]:
    """Column names of a relation, in order."""
    return [r[0] for r in con.execute(f"DESCRIBE {relation}").fetchall() if r[0] not in but]


def _listed(names: list[str]) -> str:
    return ", ".join(lake.identifier(n) for n in names)


def read(
    con: Con,
    profile: Profile,
    model: Model,
    areas: dict[str, str],
    tables: dict[str, str],
    before: dict[str, str],
) -> int:
    """Read the records that are new, changed or said differently now; make today's evidence.

    tables: what the last run published, by table; before: what increments start from (the same,
    or empty tables, `before_<table>`). Makes `identity_now` (one row per record), `identity_said`
    (records that were read), `identity_evidence_clean` and `identity_anchors`. Returns how many
    records are new or changed.
    """
    run(con, "everybody", areas)
    row = _listed(columns(con, "identity_everybody"))
    run(con, "rows", {"columns": row, "records": tables["records"]})
    main(con, "apart_before", {"records": tables["records"]})
    run(con, "reading", before)
    fresh = con.execute(
        "SELECT count(*) FROM (FROM identity_rows SEMI JOIN identity_reading USING (program, "
        f"submission_id)) AS r LEFT JOIN {before['before_records']} AS b USING (program, "
        "submission_id, source_record_id) WHERE b.row_hash IS DISTINCT FROM r.row_hash"
    ).fetchone()
    matched = False
    while True:
        run(con, "kept", {**before, "columns": row})
        evidence.read(con, profile, model)
        con.execute(
            "CREATE OR REPLACE TEMP TABLE identity_evidence_read AS "
            "SELECT * EXCLUDE (records_count, first_record) FROM identity_evidence_all"
        )
        size = _count(con, "identity_reading")
        run(con, "reborn", before)
        if _count(con, "identity_reading") > size:
            continue
        if not matched:
            _empty_evidence(con, before)
            _succeed(con, profile, model, tables)
            matched = True
        everybody = (
            "(SELECT program, submission_id, source_record_id, evidence_id, is_sufficient FROM "
            "identity_kept UNION ALL SELECT program, submission_id, source_record_id, evidence_id, "
            "is_sufficient FROM identity_said)"
        )
        if _count(con, tables["decisions"]):
            says = {"columns": _listed(columns(con, "identity_evidence_read", _OWN))}
            main(con, "says", says | before)
            main(con, "anchored", {**tables, "all_now": everybody})
        else:
            main(con, "undecided", {})
        before_apart = _count(con, "identity_apart")
        same = con.execute(
            "SELECT count(*) FROM identity_apart_wanted SEMI JOIN identity_apart USING "
            "(program, submission_id, source_record_id)"
        ).fetchone()
        settled = same == (before_apart,) == (_count(con, "identity_apart_wanted"),)
        if settled:
            break
        main(con, "apart_again", {})
    run(con, "now", before)
    _forget(con, "identity_rows", "identity_persons", "id_nik", "id_kk", "id_names")
    evidence.clean(con, model)
    return int(fresh[0]) if fresh else 0


def _empty_evidence(con: Con, before: dict[str, str]) -> None:
    if before["before_evidence"] == "empty_evidence":
        con.execute(
            "CREATE OR REPLACE TEMP TABLE empty_evidence AS FROM identity_evidence_read LIMIT 0"
        )


def main(con: Con, section: str, values: dict[str, str]) -> None:
    """One part of `run.sql`."""
    con.execute(sql.read("run.sql", section, values))


def _forget(con: Con, *tables: str) -> None:
    """Drop working tables as soon as nothing reads them: what stands in memory bounds a run."""
    con.execute("DROP VIEW IF EXISTS id_all_names")
    for table in tables:
        con.execute(f"DROP TABLE IF EXISTS {table}")


def _count(con: Con, relation: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0


def _succeed(con: Con, profile: Profile, model: Model, tables: dict[str, str]) -> None:
    """Find which record took the place of which in corrected submissions."""
    stems = {
        "stem_gone": _STEM.format(submission="g.submission_id"),
        "stem_came": _STEM.format(submission="n.submission_id"),
    }
    main(con, "went", {**tables, **stems})
    if not _count(con, "identity_went"):
        return
    main(con, "former", tables)
    # Another version of this library may have left other columns.
    had = set(columns(con, "identity_former"))
    shared = [c for c in columns(con, "identity_evidence_read", _OWN) if c in had]
    if not shared:
        return
    main(con, "superseded", {**tables, **stems, "shared_columns": _listed(shared)})
    main(con, "corrected", tables)
    sides = con.execute(
        "SELECT DISTINCT left(evidence_id, 1) FROM identity_evidence_all"
    ).fetchall()
    if len(sides) < 2:
        return
    evidence.clean(con, model)
    link.add_blocks(
        con, profile, "identity_evidence_clean", "identity_evidence", model.policy.block_most
    )
    link.score(con, profile, model, "identity_evidence", "identity_alike")
    main(con, "succeeded", {"link": str(model.policy.link_weight)})


def block(
    con: Con, profile: Profile, model: Model, before: dict[str, str], is_full: bool
) -> dict[str, int]:
    """Make `identity_evidence` (with slots and blocking keys) and what of it changed.

    Returns how many rows lost each blocking key because it is too common.
    """
    run(con, "lists", before)
    run(
        con,
        "slots",
        {
            **before,
            "once": evidence.once(profile, "identity_lists"),
            "once_before": evidence.once(profile, before["before_lists"]),
        },
    )
    blocks = profile.blocks
    keys = ", ".join(
        f"CASE WHEN ({b.sql}) IS NOT NULL THEN hash(({b.sql})::varchar) END" for b in blocks
    )
    said = columns(con, "identity_slotted", (*_OWN, "slots"))
    run(con, "wide", {"columns": _listed(said), "keys": keys})
    most = model.policy.block_most
    if is_full:
        link.add_blocks(con, profile, "identity_slotted", "identity_evidence", most)
    else:
        touched = [
            f"w.wide[{i}] IN (SELECT key FROM identity_touched_keys WHERE place = {i})"
            for i in range(1, len(blocks) + 1)
        ]
        run(con, "blocks_touched", {**before, "any_touched": " OR ".join(touched)})
        link.add_blocks(con, profile, "identity_blocking", "identity_blocked", most)
        chosen = ", ".join(
            f"CASE WHEN w.wide[{i}] IS NULL THEN NULL WHEN {t} THEN n.{b.name} ELSE b.{b.name} END "
            f"AS {b.name}"
            for i, (t, b) in enumerate(zip(touched, blocks, strict=True), start=1)
        )
        known = ", ".join(f"b.{b.name}" for b in blocks)
        run(con, "blocks", {**before, "columns": chosen, "known": known})
    names = [b.name for b in blocks]
    run(
        con,
        "changed",
        {
            **before,
            "blocks": ", ".join(f"e.{n}" for n in names),
            "block_values": ", ".join(f"e.{n}" for n in names),
        },
    )
    lost = con.execute(
        "SELECT "
        + ", ".join(
            f"count(*) FILTER (wide[{i}] IS NOT NULL AND {n} IS NULL)"
            for i, n in enumerate(names, start=1)
        )
        + " FROM identity_compared"
    ).fetchone()
    _forget(
        con,
        "identity_evidence_clean",
        "identity_slotted",
        "identity_wide",
        "identity_blocking",
        "identity_blocked",
    )
    return dict(zip(names, lost or (), strict=True))


def compare(
    con: Con, profile: Profile, model: Model, before: dict[str, str], is_full: bool
) -> tuple[int, int]:
    """Make `identity_scored`, all pairs of today. Returns pairs scored now and pairs in all."""
    changed = _count(con, "identity_changed")
    if is_full:
        scored = link.score(con, profile, model, "identity_evidence", "identity_scored_now")
    elif changed:
        names = [b.name for b in profile.blocks]
        shared = ", ".join(
            f"CASE WHEN {n} IN (SELECT {n} FROM identity_evidence SEMI JOIN identity_changed USING "
            f"(unique_id) WHERE {n} IS NOT NULL) THEN {n} END AS {n}"
            for n in names
        )
        some = " OR ".join(f"{n} IS NOT NULL" for n in names)
        run(con, "comparing", {"shared_keys": shared, "any_key": some})
        scored = link.score(con, profile, model, "identity_comparing", "identity_scored_now")
    else:
        scored = 0
        con.execute(
            "CREATE OR REPLACE TEMP TABLE identity_scored_now (a BIGINT, b BIGINT, weight DOUBLE, "
            "probability DOUBLE, unlike BOOLEAN)"
        )
    run(con, "pairs", before)
    _forget(con, "identity_comparing")
    return scored, _count(con, "identity_scored")


def group(
    con: Con, profile: Profile, model: Model, before: dict[str, str], is_full: bool
) -> tuple[int, int]:
    """Make `identity_clusters`, the touched ones anew. Returns rounds and clusters made anew."""
    policy = model.policy
    main(con, "decided", {})
    main(con, "edges", {"forced": str(cluster.FORCED)})
    _forget(con, "identity_scored")
    if is_full:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE identity_region AS "
            "SELECT unique_id FROM identity_compared"
        )
    else:
        # As clustering weighs them: below its floor nothing touches.
        reaches = (
            f"CASE WHEN unlike THEN least(weight, {policy.unlike_weight}) ELSE weight END "
            f">= {policy.floor}"
        )
        run(con, "region", {**before, "reaches": reaches})
        frontier = "identity_region"
        while True:
            run(con, "reach", {"frontier": frontier})
            if not _count(con, "identity_frontier"):
                break
            con.execute("CREATE OR REPLACE TEMP TABLE identity_reached AS FROM identity_frontier")
            frontier = "identity_reached"
    con.execute("CREATE OR REPLACE TEMP TABLE identity_watched AS FROM identity_region")
    main(con, "keyed", {})
    main(con, "guards", {})
    run(con, "touched", {})
    rounds = cluster.cluster(
        con,
        profile,
        policy,
        evidence="identity_region_evidence",
        edges="identity_region_edges",
        apart="identity_kept_apart",
        target="identity_region_clusters",
    )
    run(con, "clusters", before)
    made = con.execute("SELECT count(DISTINCT cluster) FROM identity_region_clusters").fetchone()
    return rounds, int(made[0]) if made else 0
