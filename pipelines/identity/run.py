"""Link all person records of the vault and keep the ids: the one entry to this library.

Reads `vault.staging.persons`, writes `vault.identity.*` by difference and in one transaction: a
run without new input makes no snapshot, and one that is killed leaves the former state. What is
linked follows from the records, the decisions and the frozen model alone, in whatever order and
batches they came (`increments.py` looks only at what is new); ids also depend on what was
published before. `verify` holds the stored result against linking everything at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines import lake, settings
from pipelines.identity import causes, cluster, ids, increments, profiles, sql
from pipelines.identity.link import Model, Profile

MODEL_FILE = Path(__file__).with_name("model") / "indonesia.json"
PROFILES: dict[str, Profile] = profiles.known()

Progress = Callable[[str, int, int], None]
"""Called with what is being done, steps done and steps in all; never with anybody's data."""

_STEPS = 7

_EMPTY = {
    "records": "program VARCHAR, submission_id VARCHAR, source_record_id VARCHAR, "
    "source_row BIGINT, role VARCHAR, observed_on DATE, listed_on DATE, evidence_id VARCHAR, "
    "is_sufficient BOOLEAN, "
    "nik_known_digits VARCHAR, kk_number VARCHAR, row_hash UBIGINT, is_apart BOOLEAN",
    "record_links": "program VARCHAR, submission_id VARCHAR, source_record_id VARCHAR, "
    "beneficiary_id VARCHAR, household_id VARCHAR, match_probability DOUBLE, method VARCHAR",
    "identity_events": "event_id VARCHAR, kind VARCHAR, beneficiary_id VARCHAR, other_id VARCHAR, "
    "happened_at TIMESTAMP, model_version VARCHAR",
    "beneficiary_id_history": "beneficiary_id VARCHAR, current_beneficiary_id VARCHAR, "
    "state VARCHAR, issue_no BIGINT, issued_at TIMESTAMP",
    "household_id_history": "household_id VARCHAR, current_household_id VARCHAR, "
    "state VARCHAR, issue_no BIGINT, issued_at TIMESTAMP",
    "decisions": "decision_id VARCHAR, verdict VARCHAR, "
    "program_a VARCHAR, submission_id_a VARCHAR, "
    "source_record_id_a VARCHAR, program_b VARCHAR, submission_id_b VARCHAR, "
    "source_record_id_b VARCHAR, decided_by VARCHAR, decided_at TIMESTAMP, note VARCHAR, "
    "withdrawn_by VARCHAR, withdrawn_at TIMESTAMP",
    "decision_anchors": "decision_id VARCHAR, side VARCHAR, program VARCHAR, "
    "submission_id VARCHAR, source_record_id VARCHAR, says UBIGINT",
    "remembered": "program VARCHAR, submission_id VARCHAR, source_record_id VARCHAR, "
    "source_row BIGINT, role VARCHAR, beneficiary_id VARCHAR, evidence_id VARCHAR",
    "household_memberships": "household_id VARCHAR, beneficiary_id VARCHAR, group_kind VARCHAR, "
    "valid_from DATE, valid_to DATE",
    "lists": "program VARCHAR, role VARCHAR, submission_id VARCHAR, records BIGINT, says BIGINT",
    "pairs": "a VARCHAR, b VARCHAR, weight DOUBLE, probability DOUBLE, unlike BOOLEAN",
    "evidence": "evidence_id VARCHAR",
    "compared": "evidence_id VARCHAR, content UBIGINT, wide UBIGINT[], slots UBIGINT[], "
    "row_hash UBIGINT, cluster_key VARCHAR, beneficiary_id VARCHAR, is_decided BOOLEAN",
    "state": "state_no INTEGER, fingerprint VARCHAR",
}
"""Tables that a run reads before it writes them, as they are on the first run."""
_STARTED_FROM = ("records", "record_links", "lists", "pairs", "evidence", "compared")
"""Tables that increments start from; a run that links everything at once takes them as empty."""

_RECORD = ("program", "submission_id", "source_record_id")
_WRITTEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "records": ("out_records", _RECORD),
    "record_links": ("out_record_links", _RECORD),
    "identity_events": ("out_events", ("event_id",)),
    "beneficiary_id_history": ("out_history", ("beneficiary_id",)),
    "household_id_history": ("out_house_history", ("household_id",)),
    "households": ("out_households", ("household_id",)),
    "household_memberships": (
        "out_memberships",
        ("household_id", "beneficiary_id", "group_kind", "valid_from"),
    ),
    "review_queue": ("out_review", ("review_id",)),
    "lists": ("identity_lists", ("program", "role", "submission_id")),
    "evidence": ("out_evidence", ("evidence_id",)),
    "compared": ("out_compared", ("evidence_id",)),
    "pairs": ("out_pairs", ("a", "b")),
    "remembered": ("out_remembered", _RECORD),
    "decision_anchors": ("out_anchors", ("decision_id", "side")),
    "state": ("out_state", ("state_no",)),
}
"""Table -> what it is made from, and its key."""

_GONE = "(d.program, d.submission_id, d.source_record_id) IN (FROM identity_gone_keys)"
_SAYS_NO_MORE = "d.evidence_id IN (SELECT evidence_id FROM identity_evidence_gone)"
_IN_PART: dict[str, tuple[str, str, str]] = {
    "records": ("out_records", "identity_gone", _GONE),
    "record_links": (
        "SELECT * EXCLUDE (is_touched) FROM identity_all_links WHERE is_touched",
        "identity_gone",
        _GONE,
    ),
    "evidence": ("out_evidence", "identity_evidence_gone", _SAYS_NO_MORE),
    "compared": ("out_compared", "identity_evidence_gone", _SAYS_NO_MORE),
    "pairs": (
        "out_pairs",
        "identity_unpaired",
        "d.a IN (SELECT evidence_id FROM identity_unpaired) "
        "OR d.b IN (SELECT evidence_id FROM identity_unpaired)",
    ),
}
"""Tables of which an increment writes what it touched alone: the rows that may differ, the relation
that tells what may go, and which of the table's rows (`d`) that are."""


_STATE = ("lists", "evidence", "compared", "pairs")
"""Tables that are nothing but memory of the linking: they can be made anew."""


@dataclass(frozen=True)
class LinkSummary:
    """Counts of one run; no personal data. `events` by kind, `too_common_keys` by blocking key.

    new_records were new or changed; pairs_scored of all `pairs` were compared in this run, and
    clusters_recomputed of the `people` looked at again. is_full: nothing was taken from before.
    """

    records: int
    evidence: int
    insufficient_records: int
    pairs: int
    rounds: int
    people: int
    households: int
    review: int
    shared_numbers: int
    events: dict[str, int] = field(default_factory=dict)
    too_common_keys: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    changed_tables: list[str] = field(default_factory=list)
    model_version: str = ""
    is_full: bool = True
    new_records: int = 0
    pairs_scored: int = 0
    clusters_recomputed: int = 0


def read_model(path: Path | None = None) -> Model:
    """The frozen model in force: the one given, else the one of the repo."""
    return Model.read(path or MODEL_FILE)


def _run(con: duckdb.DuckDBPyConnection, section: str, values: dict[str, str]) -> None:
    con.execute(sql.read("run.sql", section, values))


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _areas(con: duckdb.DuckDBPyConnection, profile: Profile, persons: str) -> dict[str, str]:
    """How a record's area is told: by the resolved areas if they are there, else by its code.

    What is no full code of the profile's pattern is unknown; without a pattern any text is an area.
    """
    pattern = profile.evidence.area_pattern

    def full(code: str) -> str:
        if pattern is None:
            return f"nullif(trim(upper({code})), '')"
        return f"CASE WHEN regexp_full_match({code}, {lake.quote(pattern)}) THEN {code} END"

    if lake.table_exists(con, "vault.staging.area_resolution") and lake.table_exists(
        con, "vault.quality.submissions"
    ):
        return {
            "persons": persons,
            "sender": "s.area_code",
            "listed": "coalesce(s.period_to, p.observed_on)",
            "area": full("a.area_code"),
            "area_join": """
            LEFT JOIN vault.quality.submissions AS s ON p.submission_id = s.submission_id
            LEFT JOIN (
                SELECT sender_area_code, sent_area_code, sent_district, sent_village,
                    any_value(area_code) AS area_code
                FROM vault.staging.area_resolution GROUP BY ALL
            ) AS a
                ON s.area_code IS NOT DISTINCT FROM a.sender_area_code
                AND p.sent_area_code IS NOT DISTINCT FROM a.sent_area_code
                AND p.sent_district IS NOT DISTINCT FROM a.sent_district
                AND p.sent_village IS NOT DISTINCT FROM a.sent_village""",
        }
    return {
        "persons": persons,
        "sender": "NULL::varchar",
        "listed": "p.observed_on",
        "area": full("p.sent_area_code"),
        "area_join": "",
    }


def prepare_evidence(
    con: duckdb.DuckDBPyConnection, model: Model, persons: str, decisions: str
) -> dict[str, int]:
    """Make `identity_evidence` (rows to compare, with blocking keys and slots) from person records.

    And `identity_keyed`, the records by row of evidence. Nothing is taken from an earlier run.
    Returns how many rows lost each blocking key because it is too common.
    """
    profile = PROFILES[model.profile]
    tables = {**_tables(con, known=False), "decisions": decisions}
    before = {f"before_{t}": tables[t] for t in _STARTED_FROM}
    increments.read(con, profile, model, _areas(con, profile, persons), tables, before)
    lost = increments.block(con, profile, model, before, is_full=True)
    con.execute("CREATE OR REPLACE TEMP TABLE identity_watched AS FROM identity_compared")
    _run(con, "keyed", {})
    return lost


def _tables(con: duckdb.DuckDBPyConnection, *, known: bool = True) -> dict[str, str]:
    """Where to read each table of the last run: in the vault or, where there is none, empty."""
    tables = {}
    # Asked for once: a lake counts its files to list its tables.
    there = con.execute(
        "SELECT table_name FROM duckdb_tables() "
        "WHERE database_name = 'vault' AND schema_name = 'identity'"
    ).fetchall()
    for table, columns in _EMPTY.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE empty_{table} ({columns})")
        tables[table] = f"empty_{table}"
        name = f"vault.identity.{table}"
        if not known or (table,) not in there:
            continue
        have = set(increments.columns(con, name))
        lacking = [c for c in increments.columns(con, f"empty_{table}") if c not in have]
        if lacking:
            # Left by an older version of this library.
            nulls = ", ".join(f"e.{c}" for c in lacking)
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE earlier_{table} AS SELECT d.*, {nulls} "
                f"FROM {name} AS d LEFT JOIN empty_{table} AS e ON false"
            )
            name = f"earlier_{table}"
        tables[table] = name
    return tables


def link_people(
    con: duckdb.DuckDBPyConnection,
    now: datetime,
    model: Model | None = None,
    on_progress: Progress | None = None,
    *,
    persons: str = "vault.staging.persons",
    secret: str | None = None,
    full: bool = False,
) -> LinkSummary:
    """Link every record of `persons` and write `vault.identity.*` in one transaction.

    con: a connection with the vault attached for writing. now: the time given to new ids and
    events. model: default is the repo's. secret: the key of ids; default is this barn's own.
    full: link everything at once; also done where model, policy or code changed since.
    """
    try:
        summary = _link(con, now, model, on_progress, persons, secret, full)
        return replace(summary, changed_tables=_write(con, summary.is_full))
    finally:
        _drop(con)


def verify(
    con: duckdb.DuckDBPyConnection,
    model: Model | None = None,
    *,
    persons: str = "vault.staging.persons",
) -> dict[str, int]:
    """Link everything at once and hold it against what is stored; writes nothing.

    Returns by table how many rows differ: `record_links` (people, households, probability,
    method), `households`, `household_memberships`, `review_queue`, `pairs`, `compared`. All are 0
    when what is stored is of today's records.
    """
    try:
        _link(con, settings.now(), model, None, persons, "verify", full=True)
        return {t: _differing(con, t) for t in _VERIFIED}
    finally:
        _drop(con)


_VERIFIED = (
    "record_links",
    "households",
    "household_memberships",
    "review_queue",
    "pairs",
    "compared",
)


def _differing(con: duckdb.DuckDBPyConnection, table: str) -> int:
    made = _WRITTEN[table][0]
    names = ", ".join(lake.identifier(c) for c in increments.columns(con, made))
    return _one(
        con,
        f"SELECT count(*) FROM ((SELECT {names} FROM {made} EXCEPT SELECT {names} FROM "
        f"vault.identity.{table}) UNION ALL (SELECT {names} FROM vault.identity.{table} "
        f"EXCEPT SELECT {names} FROM {made}))",
    )


def _link(
    con: duckdb.DuckDBPyConnection,
    now: datetime,
    model: Model | None,
    on_progress: Progress | None,
    persons: str,
    secret: str | None,
    full: bool,
) -> LinkSummary:
    """Make all `out_*` tables; nothing is written yet."""
    model = model or read_model()
    profile = PROFILES[model.profile]

    def step(detail: str, done: int) -> None:
        if on_progress:
            on_progress(detail, done, _STEPS)

    step("reading what each record says", 0)
    tables = _tables(con)
    fingerprint = increments.fingerprint(profile, model)
    was = con.execute(f"SELECT fingerprint FROM {tables['state']}").fetchone()
    is_full = full or was != (fingerprint,)
    before = {f"before_{t}": f"empty_{t}" if is_full else tables[t] for t in _STARTED_FROM}
    fresh = increments.read(con, profile, model, _areas(con, profile, persons), tables, before)
    lost = increments.block(con, profile, model, before, is_full)
    step("comparing", 1)
    scored, pairs = increments.compare(con, profile, model, before, is_full)
    step("grouping into people", 2)
    rounds, clusters = increments.group(con, profile, model, before, is_full)
    step("keeping ids", 3)
    secret = secret or ids.key(settings.home().keys)
    _run(con, "grouped", tables | before)
    ids.assign(
        con,
        groups="identity_people",
        old="identity_old_people",
        history="identity_old_history",
        target="identity_ids",
        prefix="b",
        secret=secret,
        now=now,
        scope="identity_old_scope",
    )
    _run(con, "all_ids", before)
    step("households", 4)
    _run(con, "housed", {})
    con.execute(sql.read("households.sql", "", {"source": "identity_carded"}))
    _run(con, "house_groups", tables)
    _run(con, "old_houses", tables)
    ids.assign(
        con,
        groups="identity_houses",
        old="identity_old_houses",
        history="identity_old_house_history",
        target="identity_house_ids",
        prefix="h",
        secret=secret,
        now=now,
    )
    step("writing", 5)
    _run(
        con,
        "results",
        {
            **tables,
            **before,
            "forced": str(cluster.FORCED),
            "now": f"TIMESTAMP '{now.replace(tzinfo=None).isoformat(sep=' ')}'",
            "version": lake.quote(model.version),
            "fingerprint": lake.quote(fingerprint),
        },
    )
    _run(
        con,
        "doubtful",
        {
            "review_weight": str(model.policy.review_weight),
            "unlike_review_weight": str(model.policy.link_weight),
        },
    )
    _run(con, "keyed", {})
    _run(con, "guards", {})
    most = math.floor(
        model.policy.review_share_most * _one(con, "SELECT count(*) FROM identity_now")
    )
    _run(
        con,
        "review",
        {
            "link_weight": str(model.policy.link_weight),
            "unlike_less": str(-model.policy.unlike_weight),
            "review_most": str(most),
        },
    )
    step("done", _STEPS)
    events = dict(
        con.execute("SELECT kind, count(*) FROM identity_ids_events GROUP BY 1").fetchall()
    )
    return LinkSummary(
        records=_one(con, "SELECT count(*) FROM identity_now"),
        evidence=_one(con, "SELECT count(*) FROM identity_compared"),
        insufficient_records=_one(con, "SELECT count(*) FROM identity_now WHERE NOT is_sufficient"),
        pairs=pairs,
        rounds=rounds,
        people=_one(con, "SELECT count(DISTINCT cluster) FROM identity_clusters"),
        households=_one(con, "SELECT count(*) FROM out_households"),
        review=_one(con, "SELECT count(*) FROM out_review"),
        shared_numbers=_one(con, "SELECT count(*) FROM identity_shared_numbers"),
        events=events,
        too_common_keys={k: v for k, v in lost.items() if v},
        warnings=causes.named(
            con, profile, model.policy, lost=lost, said_in=_all_records(con, is_full)
        ),
        model_version=model.version,
        is_full=is_full,
        new_records=fresh,
        pairs_scored=scored,
        clusters_recomputed=clusters,
    )


def _all_records(con: duckdb.DuckDBPyConnection, is_full: bool) -> str:
    """All records of today: those that were read, and those stored that stayed as they were."""
    said = (
        "program, submission_id, source_record_id, source_row, role, name_key, birth_on, nik_number"
    )
    found = f"SELECT {said} FROM out_records"
    if not is_full:
        found += (
            f" UNION ALL SELECT {said} FROM vault.identity.records "
            "ANTI JOIN identity_reading USING (program, submission_id)"
        )
    return f"({found})"


def _write(con: duckdb.DuckDBPyConnection, is_full: bool) -> list[str]:
    """All tables in one transaction; returns those that changed."""
    changed = []
    con.execute(
        "CREATE OR REPLACE TEMP VIEW identity_gone_keys AS "
        "SELECT (program, submission_id, source_record_id) FROM identity_gone"
    )
    con.execute("BEGIN")
    try:
        for table, (source, key) in _WRITTEN.items():
            name = f"vault.identity.{table}"
            scope = None
            if is_full:
                # Columns that another profile or version had would stay and count as content.
                if (
                    table in _STATE
                    and lake.table_exists(con, name)
                    and increments.columns(con, name) != increments.columns(con, source)
                ):
                    con.execute(f"DROP TABLE {name}")
            elif table in _IN_PART:
                source, gone, scope = _IN_PART[table]
                rows = source if source.startswith("SELECT") else f"SELECT * FROM {source}"
                if not _one(
                    con, f"SELECT (EXISTS ({rows}) OR EXISTS (SELECT * FROM {gone}))::integer"
                ):
                    continue
            if lake.write_by_difference(con, name, source, list(key), scope=scope).changed:
                changed.append(table)
        if not lake.table_exists(con, "vault.identity.decisions"):
            con.execute(f"CREATE TABLE vault.identity.decisions ({_EMPTY['decisions']})")
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    return changed


_VIEWS = (
    "id_all_names",
    "identity_now",
    "identity_kept",
    "identity_everybody",
    "identity_gone_keys",
    "out_records",
    "out_record_links",
)


def _drop(con: duckdb.DuckDBPyConnection) -> None:
    """Working tables hold names and numbers: none stays in the caller's connection."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name IN ('temp', 'memory') AND "
        "regexp_matches(table_name, '^(identity|id|out|empty|earlier|name)_|^_')"
    ).fetchall()
    for view in _VIEWS:
        con.execute(f"DROP VIEW IF EXISTS {view}")
    for (name,) in rows:
        con.execute(f"DROP TABLE IF EXISTS {lake.identifier(name)}")
