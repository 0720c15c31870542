"""Who is whom: one step over all person records, and the vault tables it writes."""

import time
from collections.abc import Iterator
from dataclasses import asdict

import dagster as dg
import duckdb

from pipelines import guard, lake, progress, settings
from pipelines.defs.stations import OWNER
from pipelines.identity import run

TABLES = {
    "records": "One normalised record per person named in a row.",
    "record_links": "Which beneficiary and household each record is.",
    "identity_events": "Ids made, merged, split, retired and revived.",
    "beneficiary_id_history": "Every id ever published, and the id that stands for it today.",
    "households": "Households that family cards and shared members tell of.",
    "household_memberships": "Who belonged to which household from when to when.",
    "review_queue": "Doubtful pairs that people should decide.",
    "decisions": "What people decided; it beats the model.",
}

UNLINKED = """
    SELECT program, submission_id, source_record_id FROM vault.staging.persons
    EXCEPT
    SELECT program, submission_id, source_record_id FROM vault.identity.record_links
"""


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0


@dg.multi_asset(
    name="link",
    specs=[
        dg.AssetSpec(
            ["identity", table],
            deps=[["staging", "persons"]],
            group_name="identity",
            owners=[OWNER],
            kinds={"splink", "ducklake"},
            tags={"station": "identity"},
            description=text,
            metadata={"dagster/table_name": f"vault.identity.{table}"},
        )
        for table, text in TABLES.items()
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "every_record_linked_once",
            asset=["identity", "record_links"],
            description="Each person record has exactly one beneficiary.",
            blocking=True,
        )
    ],
)
def link(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """Link all person records and keep the ids."""
    started = time.perf_counter()
    with guard.quiet_errors("linking"), guard.writer():
        lake.prepare()
        with lake.connect(write=["vault"]) as con:
            summary = run.link_people(
                con,
                now=settings.now(),
                on_progress=lambda detail, done, total: progress.report(
                    "link", detail, done, total
                ),
            )
            counts = {table: _count(con, f"vault.identity.{table}") for table in TABLES}
            people = _count(con, "vault.staging.persons")
            wrong = _count(con, f"({UNLINKED})")
    seconds = round(time.perf_counter() - started, 2)
    for table, rows in counts.items():
        check = dg.AssetCheckResult(
            check_name="every_record_linked_once",
            asset_key=["identity", "record_links"],
            passed=wrong == 0 and counts["record_links"] == people,
            metadata={"records": people, "links": counts["record_links"], "unlinked": wrong},
        )
        yield dg.MaterializeResult(
            asset_key=["identity", table],
            metadata={"dagster/row_count": rows, "seconds": seconds}
            | (
                {
                    "summary": dg.MetadataValue.json(asdict(summary)),
                    "new_records": summary.new_records,
                    "pairs_scored": summary.pairs_scored,
                    "clusters_recomputed": summary.clusters_recomputed,
                    "is_full": summary.is_full,
                }
                if table == "records"
                else {}
            ),
            check_results=[check] if table == "record_links" else [],
        )
