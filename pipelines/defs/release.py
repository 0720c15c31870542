"""The last station: publish what the warehouse holds, if it differs from the last release."""

import time
from datetime import timedelta

import dagster as dg

from pipelines import dbt_cli, fingerprint, guard, lake, progress, settings
from pipelines.defs.dbt import read_manifest
from pipelines.defs.stations import OWNER, StationTranslator
from pipelines.releases import build, catalog


@dg.definitions
def defs() -> dg.Definitions:
    """One asset behind every table that a release holds."""
    translator = StationTranslator()
    nodes = read_manifest()["nodes"].values()
    models = [n for n in nodes if n["resource_type"] == "model" and n["schema"] in build.SCHEMAS]

    @dg.asset(
        key=["releases", "release"],
        deps=sorted(translator.get_asset_key(node) for node in models),
        group_name="releases",
        owners=[OWNER],
        kinds={"parquet", "duckdb"},
        tags={"station": "releases"},
        description="Open tables for others: Parquet, `datapackage.json` and `warehouse.duckdb`, "
        "swapped in atomically. Nothing is written when nothing changed.",
    )
    def release(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        return _publish(context.run_id)

    return dg.Definitions(assets=[release])


def _publish(run_id: str) -> dg.MaterializeResult:
    """Publish a release, or confirm that the last one still holds."""
    home = settings.home()
    started = time.perf_counter()
    progress.report("release")
    with guard.quiet_errors("releasing"), guard.writer():
        made = build.publish(
            home,
            now=settings.now(),
            inputs_fingerprint=fingerprint.remembered(run_id, home),
            run_id=run_id,
            dbt_manifest=dbt_cli.manifest(home),
        )
        with lake.connect(write=["vault"], home=home) as con:
            before = settings.now() - timedelta(days=settings.vault_days())
            forgotten = lake.forget(con, "vault", before)
    newest = catalog.newest(home)
    return dg.MaterializeResult(
        metadata={
            "release": newest.name if newest else "none",
            "new": made is not None,
            "tables": len(newest.tables) if newest else 0,
            "dagster/row_count": newest.rows if newest else 0,
            "vault_snapshots_forgotten": forgotten,
            "seconds": round(time.perf_counter() - started, 2),
        }
    )
