"""The two dbt steps: staging before identity, core and analysis after it.

Models become assets and dbt's tests become their checks. dbt's own words can quote rows, so its
output goes to the vault; what a failed step says is the names of the models that failed.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource, dbt_assets
from dagster_dbt.errors import DagsterDbtError

from pipelines import dbt_cli, guard, lake, progress, settings
from pipelines.defs.stations import StationTranslator

BEFORE_IDENTITY = "resource_type:seed fqn:lumbung.staging fqn:lumbung.intermediate"
AFTER_IDENTITY = "fqn:lumbung.core fqn:lumbung.analysis fqn:lumbung.public"


def read_manifest() -> Mapping[str, Any]:
    """dbt's manifest, parsed again first if the project has changed."""
    loaded: Mapping[str, Any] = json.loads(dbt_cli.manifest().read_text(encoding="utf-8"))
    return loaded


@dg.definitions
def defs() -> dg.Definitions:
    """Both dbt steps over one manifest."""
    manifest = read_manifest()
    translator = StationTranslator()

    @dbt_assets(
        manifest=manifest,
        select=BEFORE_IDENTITY,
        exclude=" ".join(f"fqn:lumbung.staging.{p}" for p in sorted(dbt_cli.resting_programs())),
        name="stage",
        dagster_dbt_translator=translator,
    )
    def stage(context: dg.AssetExecutionContext) -> Iterator[Any]:
        yield from _build(context, "stage", translator, manifest)

    @dbt_assets(
        manifest=manifest,
        select=AFTER_IDENTITY,
        name="build",
        dagster_dbt_translator=translator,
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[Any]:
        yield from _build(context, "build", translator, manifest)

    return dg.Definitions(assets=[stage, build])


def _build(
    context: dg.AssetExecutionContext,
    stage: str,
    translator: StationTranslator,
    manifest: Mapping[str, Any],
) -> Iterator[Any]:
    """`dbt build` of the selected models, as a stream of Dagster events."""
    os.environ.update(dbt_cli.environment())
    target = dbt_cli.target_path() / f"run-{stage}"
    dbt = DbtCliResource(
        project_dir=str(settings.DBT_DIR),
        profiles_dir=str(dbt_cli.PROFILES_DIR),
        dbt_executable=str(dbt_cli.EXECUTABLE),
    )
    lake.prepare()
    # The dbt process holds the writer lock; here is only reading.
    with guard.private_log("dbt.log") as log, lake.connect(read=lake.LAKES) as reader:
        invocation = dbt.cli(
            # A test over both steps runs in the second, when all it looks at has been built.
            ["build", "--indirect-selection", "buildable"],
            context=context,
            manifest=manifest,
            dagster_dbt_translator=translator,
            target_path=target,
            raise_on_error=False,
        )
        done = 0
        stream = invocation.stream()
        while True:
            with contextlib.redirect_stdout(log):
                event = next(stream, None)
            if event is None:
                break
            done += 1
            if isinstance(event, dg.Output):
                table = _table(event, manifest)
                progress.report(stage, table.rsplit(".", 1)[-1], done)
                event = _with_row_count(event, reader, table)
            yield event
        failed = _failed_nodes(invocation, target)
        if failed or not invocation.is_successful():
            raise guard.StepError(
                f"dbt {stage} failed at: {', '.join(failed) or 'start'}. "
                "Its own words are in vault/logs/dbt.log under the barn."
            )


def _table(event: dg.Output[Any], manifest: Mapping[str, Any]) -> str:
    """`lake.schema.table` of the model or seed that an event tells of."""
    node = manifest["nodes"][str(event.metadata["unique_id"].value)]
    return f"{node['database']}.{node['schema']}.{node['alias']}"


def _with_row_count(event: dg.Output[Any], reader: Any, table: str) -> dg.Output[Any]:
    row = reader.execute(f"SELECT count(*) FROM {lake.identifier(table)}").fetchone()
    metadata: dict[str, Any] = {**event.metadata, "dagster/row_count": int(row[0])}
    return dg.Output(
        event.value, event.output_name, metadata=metadata, data_version=event.data_version
    )


def _failed_nodes(invocation: DbtCliInvocation, target: Path) -> list[str]:
    try:
        results = invocation.get_artifact("run_results.json")["results"]
    except (DagsterDbtError, OSError, KeyError, ValueError):
        return []
    bad = {"error", "fail", "runtime error"}
    return sorted(r["unique_id"].split(".")[2] for r in results if r["status"] in bad)
