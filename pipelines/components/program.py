"""A social program as a Dagster component: from one `defs.yaml` to assets, checks and a schedule.

What a declaration means is `pipelines/exports/declaration.py`; here it only becomes Dagster.
Two assets per program, partitioned by the program's own periods:

    landing/<program>      the bytes as received
    submissions/<program>  parsed, checked, accepted or quarantined
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import dagster as dg
from pydantic import BaseModel

from pipelines import guard, lake, progress, settings
from pipelines.exports import declaration, ingest, periods, receive, report

CHECKS = {
    "nothing_rejected": "Every received file could be used.",
    "nothing_quarantined": "Every row could be used; quarantined rows wait in the vault.",
    "nothing_lost": "Rows in the files = rows accepted + rows quarantined.",
}


class Program(dg.Component):
    """One program of `pipelines/defs/programs/`: attributes are `declaration.Program`."""

    def __init__(self, program: declaration.Program):
        self.program = program

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        """The schema of `attributes` in `defs.yaml`."""
        return declaration.Program

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> Program:
        """Make the component from validated attributes."""
        assert isinstance(attributes, declaration.Program)
        return cls(attributes)

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The program's assets, checks, job and schedule."""
        assets = program_assets(self.program)
        job = dg.define_asset_job(
            name=f"receive_{self.program.name}",
            selection=dg.AssetSelection.assets(
                ["landing", self.program.name], ["submissions", self.program.name]
            ),
            description=f"Pull and check what {self.program.title.en} has sent.",
        )
        return dg.Definitions(assets=[assets], jobs=[job], schedules=[_schedule(self.program, job)])


def partitions(program: declaration.Program) -> dg.StaticPartitionsDefinition:
    """The program's periods from its first to the one that runs now, oldest first."""
    kind = program.cadence.kind
    last = periods.current(kind, settings.now())
    return dg.StaticPartitionsDefinition(
        [str(p) for p in periods.periods_between(program.cadence.first_period, last)]
    )


def program_assets(program: declaration.Program) -> dg.AssetsDefinition:
    """Landing and submissions of one program as one step: a partition without a file stays empty."""
    name = program.name
    landing, submissions = dg.AssetKey(["landing", name]), dg.AssetKey(["submissions", name])
    common: dict[str, Any] = {
        "group_name": f"program_{name}",
        "owners": [f"team:{program.owner}"],
        "skippable": True,
        "partitions_def": partitions(program),
    }

    @dg.multi_asset(
        name=f"receive_{name}",
        specs=[
            dg.AssetSpec(
                landing,
                description=f"{program.description.en}\n\nFiles as received, unchanged.",
                kinds={"file"},
                tags={"station": "landing", "program": name},
                metadata={"cadence": program.cadence.kind, "title_id": program.title.id},
                **common,
            ),
            dg.AssetSpec(
                submissions,
                deps=[landing],
                description=f"{program.description.en}\n\nRows that passed the program's checks, "
                f"as text (`vault.submissions.{name}`).",
                kinds={"ducklake", "greatexpectations"},
                tags={"station": "submissions", "program": name},
                metadata={
                    "dagster/table_name": f"vault.submissions.{name}",
                    "suite": f"expectations/{name}.json",
                },
                **common,
            ),
        ],
        check_specs=[
            dg.AssetCheckSpec(check, asset=submissions, description=text)
            for check, text in CHECKS.items()
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def receive_and_check(context: dg.AssetExecutionContext) -> Iterator[Any]:
        started = time.perf_counter()
        wanted = frozenset(context.partition_keys)
        with guard.quiet_errors(f"receiving {name}"), guard.writer():
            lake.prepare()
            progress.report("receive", name)
            receive.receive(program)
            received = [
                r
                for r in receive.received(program)
                # A file that belongs to no period of the program is answered with any of them.
                if r.period is None or str(r.period) in wanted or not _has_partition(program, r)
            ]
            with lake.connect(write=["vault"]) as con:
                results = ingest.ingest_many(
                    con,
                    program,
                    received,
                    on_progress=lambda done, total: progress.report("check", name, done, total),
                )
                summary = report.summarise(con, program, periods=wanted)
        context.log.info(
            f"{name}: {len(received)} files of {len(wanted)} periods, {len(results)} newly checked"
        )
        yield from _materializations(context, program, summary, time.perf_counter() - started)
        yield from _check_results(submissions, summary)

    return receive_and_check


def _has_partition(program: declaration.Program, receipt: receive.Receipt) -> bool:
    return receipt.period is not None and partitions(program).has_partition_key(str(receipt.period))


def _materializations(
    context: dg.AssetExecutionContext,
    program: declaration.Program,
    summary: report.Summary,
    seconds: float,
) -> Iterator[Any]:
    """One event per asset and period that has a file; periods without one stay missing."""
    raise NotImplementedError


def _check_results(asset: dg.AssetKey, summary: report.Summary) -> Iterator[dg.AssetCheckResult]:
    raise NotImplementedError


def _schedule(program: declaration.Program, job: Any) -> dg.ScheduleDefinition:
    raise NotImplementedError
