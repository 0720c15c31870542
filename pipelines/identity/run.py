"""Link all person records of the vault and keep the ids: the one entry to this library.

Reads `vault.staging.persons`, writes `vault.identity.*` by difference and in one transaction: a
run without new input makes no snapshot, and one that is killed leaves the former state. What is
linked follows from the records, the decisions and the frozen model alone, in whatever order they
came; ids also depend on what was published before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines import lake, settings
from pipelines.identity import cluster, ids, indonesia, link, sql
from pipelines.identity.link import Model, Profile

MODEL_FILE = Path(__file__).with_name("model") / "indonesia.json"
PROFILES: dict[str, Profile] = {indonesia.PROFILE.name: indonesia.PROFILE}

Progress = Callable[[str, int, int], None]
"""Called with what is being done, steps done and steps in all; never with anybody's data."""

_STEPS = 7

_EMPTY = {
    "records": "program VARCHAR, submission_id VARCHAR, source_record_id VARCHAR, "
    "evidence_id VARCHAR, kk_number VARCHAR",
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
}
"""Tables that a run reads before it writes them, as they are on the first run."""

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
}


@dataclass(frozen=True)
class LinkSummary:
    """Counts of one run; no personal data. `events` by kind, `too_common_keys` by blocking key."""

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


def read_model(path: Path | None = None) -> Model:
    """The frozen model in force: the one given, else the one of the repo."""
    return Model.read(path or MODEL_FILE)


def _run(con: duckdb.DuckDBPyConnection, section: str, values: dict[str, str]) -> None:
    con.execute(sql.read("run.sql", section, values))


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _areas(con: duckdb.DuckDBPyConnection, persons: str) -> dict[str, str]:
    """How a record's village is told: by the resolved areas if they are there, else by its code."""
    if lake.table_exists(con, "vault.staging.area_resolution") and lake.table_exists(
        con, "vault.quality.submissions"
    ):
        return {
            "persons": persons,
            "sender": "s.area_code",
            "listed": "coalesce(s.period_to, p.observed_on)",
            "area": "CASE WHEN length(a.area_code) = 13 THEN a.area_code END",
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
    dotted = r"regexp_full_match(p.sent_area_code, '\d\d\.\d\d\.\d\d\.\d{4}')"
    return {
        "persons": persons,
        "sender": "NULL::varchar",
        "listed": "p.observed_on",
        "area": f"CASE WHEN {dotted} THEN p.sent_area_code END",
        "area_join": "",
    }


def prepare_evidence(
    con: duckdb.DuckDBPyConnection, model: Model, persons: str, decisions: str
) -> dict[str, int]:
    """Make `identity_evidence` (rows to compare, with blocking keys and slots) from person records.

    Returns how many rows lost each blocking key because it is too common.
    """
    _run(con, "persons", _areas(con, persons))
    _run(con, "decided", {"decisions": decisions})
    indonesia.prepare(con, model)
    _run(con, "slots", {})
    return link.add_blocks(
        con,
        PROFILES[model.profile],
        "identity_slotted",
        "identity_evidence",
        model.policy.block_most,
    )


def link_people(
    con: duckdb.DuckDBPyConnection,
    now: datetime,
    model: Model | None = None,
    on_progress: Progress | None = None,
    *,
    persons: str = "vault.staging.persons",
    secret: str | None = None,
) -> LinkSummary:
    """Link every record of `persons` and write `vault.identity.*` in one transaction.

    con: a connection with the vault attached for writing. now: the time given to new ids and
    events. model: default is the repo's. secret: the key of ids; default is this barn's own.
    """
    model = model or read_model()
    profile = PROFILES[model.profile]

    def step(detail: str, done: int) -> None:
        if on_progress:
            on_progress(detail, done, _STEPS)

    tables = {}
    for table, columns in _EMPTY.items():
        name = f"vault.identity.{table}"
        if not lake.table_exists(con, name):
            con.execute(f"CREATE OR REPLACE TEMP TABLE empty_{table} ({columns})")
            name = f"empty_{table}"
        tables[table] = name

    step("reading what each record says", 0)
    lost = prepare_evidence(con, model, persons, tables["decisions"])
    step("comparing", 1)
    pairs = link.score(con, profile, model, "identity_evidence", "identity_scored")
    step("grouping into people", 2)
    _run(con, "guards", {"forced": str(cluster.FORCED)})
    rounds = cluster.cluster(
        con,
        profile,
        model.policy,
        evidence="identity_evidence",
        edges="identity_edges",
        apart="identity_kept_apart",
        target="identity_clusters",
    )
    step("keeping ids", 3)
    secret = secret or ids.key(settings.home().keys)
    _run(con, "grouped", tables)
    ids.assign(
        con,
        groups="identity_people",
        old="identity_old_people",
        history="identity_old_history",
        target="identity_ids",
        prefix="b",
        secret=secret,
        now=now,
    )
    step("households", 4)
    _run(con, "housed", {})
    con.execute(sql.read("households.sql", "", {"source": "identity_carded"}))
    _run(con, "house_groups", {})
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
            "forced": str(cluster.FORCED),
            "now": f"TIMESTAMP '{now.replace(tzinfo=None).isoformat(sep=' ')}'",
            "version": lake.quote(model.version),
            "identity_events": tables["identity_events"],
            "review_weight": str(model.policy.review_weight),
            "unlike_review_weight": str(model.policy.link_weight),
            "link_weight": str(model.policy.link_weight),
        },
    )
    changed = _write(con)
    step("done", _STEPS)

    events = dict(
        con.execute("SELECT kind, count(*) FROM identity_ids_events GROUP BY 1").fetchall()
    )
    summary = LinkSummary(
        records=_one(con, "SELECT count(*) FROM identity_said"),
        evidence=_one(con, "SELECT count(*) FROM identity_evidence"),
        insufficient_records=_one(
            con, "SELECT count(*) FROM identity_said WHERE NOT is_sufficient"
        ),
        pairs=pairs,
        rounds=rounds,
        people=_one(con, "SELECT count(DISTINCT beneficiary_id) FROM out_record_links"),
        households=_one(con, "SELECT count(*) FROM out_households"),
        review=_one(con, "SELECT count(*) FROM out_review"),
        shared_numbers=_one(con, "SELECT count(*) FROM identity_shared_numbers"),
        events=events,
        too_common_keys={k: v for k, v in lost.items() if v},
        warnings=_warnings(con, lost, model),
        changed_tables=changed,
        model_version=model.version,
    )
    _drop(con)
    return summary


def _warnings(con: duckdb.DuckDBPyConnection, lost: dict[str, int], model: Model) -> list[str]:
    """What made linking weaker, by cause and count."""
    said = [
        f"{count} rows of evidence share the key {name} with more than {model.policy.block_most} "
        "others and are not compared by it"
        for name, count in sorted(lost.items())
        if count
    ]
    for kind, count in con.execute(
        "SELECT kind, count(*) FROM identity_shared_numbers GROUP BY kind ORDER BY kind"
    ).fetchall():
        said.append(f"{count} {kind} numbers stand on people who differ and are no evidence")
    return said


def _write(con: duckdb.DuckDBPyConnection) -> list[str]:
    """All tables in one transaction; returns those that changed."""
    changed = []
    con.execute("BEGIN")
    try:
        for table, (source, key) in _WRITTEN.items():
            if lake.write_by_difference(con, f"vault.identity.{table}", source, list(key)).changed:
                changed.append(table)
        if not lake.table_exists(con, "vault.identity.decisions"):
            con.execute(f"CREATE TABLE vault.identity.decisions ({_EMPTY['decisions']})")
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    return changed


def _drop(con: duckdb.DuckDBPyConnection) -> None:
    """Working tables hold names and numbers: none stays in the caller's connection."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name IN ('temp', 'memory') AND "
        "regexp_matches(table_name, '^(identity|id|out|empty|name)_|^_')"
    ).fetchall()
    con.execute("DROP VIEW IF EXISTS id_all_names")
    for (name,) in rows:
        con.execute(f"DROP TABLE IF EXISTS {lake.identifier(name)}")
