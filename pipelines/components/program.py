"""A social program as a Dagster component: from one `defs.yaml` to assets, checks and a schedule.

What a declaration means is `pipelines/exports/declaration.py`; here it only becomes Dagster.
Two assets per program, partitioned by the program's own periods:

    landing/<program>      the bytes as received
    submissions/<program>  parsed, checked, accepted or quarantined
"""

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)
from pydantic import BaseModel

from pipelines import guard, lake, progress, settings
from pipelines.exports import (
    data_docs,
    declaration,
    due,
    feedback,
    intake,
    owed,
    periods,
    receive,
    report,
    resent,
)

SOURCE_READABLE = "The program's source could be reached, and all of it be read."
IN_TIME = "Every area that has ever sent this has sent what is due by now."
CHECKS = {
    "nothing_rejected": "Every received file could be used.",
    "nothing_waiting": "No submission waits for approval (`lumbung review list`).",
    "nothing_quarantined": "Every row could be used; quarantined rows wait in the vault.",
    "nothing_lost": "Rows in the files = rows accepted + rows quarantined.",
}


AHEAD = timedelta(days=100)
CRON = "0 6 * * *"


class Program(dg.Component):
    """One program of `pipelines/defs/programs/`: attributes are `declaration.Program`."""

    def __init__(self, program: declaration.Program):
        self.program = program

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        """The schema of `attributes` in `defs.yaml`."""
        return declaration.Program

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> "Program":
        """Make the component from validated attributes."""
        assert isinstance(attributes, declaration.Program)
        return cls(attributes)

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The assets, checks, job and schedule; none of a program that is not in force."""
        chosen = settings.programs()
        if chosen is not None and self.program.name not in chosen:
            return dg.Definitions()
        job = receive_job(self.program)
        return dg.Definitions(
            assets=[program_assets(self.program)],
            jobs=[job],
            schedules=[_schedule(self.program, job)],
        )


def receive_job(program: declaration.Program) -> Any:
    """The job that pulls and checks one program."""
    landing, submissions = (dg.AssetKey([s, program.name]) for s in ("landing", "submissions"))
    # Whether it is late is asked daily, over all programs: `defs/lateness.py`.
    late = dg.AssetSelection.checks(dg.AssetCheckKey(submissions, "in_time"))
    return dg.define_asset_job(
        name=f"receive_{program.name}",
        selection=dg.AssetSelection.assets(landing, submissions) - late,
        description=f"Pull and check what {program.title.en} has sent.",
    )


def partitions(program: declaration.Program) -> dg.StaticPartitionsDefinition:
    """The program's periods, oldest first, to a quarter ahead.

    The list is made when definitions load; a server that is not restarted at the turn of a period
    still finds the new one in it.
    """
    return dg.StaticPartitionsDefinition(calendar(program))


def calendar(program: declaration.Program) -> list[str]:
    """The program's periods as partition keys, oldest first, to a quarter ahead."""
    first = program.cadence.first
    last = periods.current(first.kind, settings.now() + AHEAD)
    return [str(p) for p in periods.periods_between(first, last)]


def range_tags(keys: Sequence[str]) -> dict[str, str]:
    """What makes a run one over all periods from the first to the last of `keys`."""
    return {ASSET_PARTITION_RANGE_START_TAG: keys[0], ASSET_PARTITION_RANGE_END_TAG: keys[-1]}


def program_assets(program: declaration.Program) -> dg.AssetsDefinition:
    """Landing and submissions of one program; a period without a file stays missing in both."""
    name = program.name
    landing, submissions = dg.AssetKey(["landing", name]), dg.AssetKey(["submissions", name])
    common: dict[str, Any] = {
        "group_name": f"program_{name}",
        "owners": [f"team:{program.owner}"],
        "skippable": True,
        "partitions_def": partitions(program),
    }

    @dg.multi_asset(
        name=f"intake_{name}",
        specs=[
            dg.AssetSpec(
                landing,
                description=f"{program.description.en}\n\nFiles as received, unchanged.",
                kinds={"file"},
                tags={"station": "landing", "program": name},
                metadata={
                    "cadence": program.cadence.kind,
                    "judul": program.title.id,
                    "source": program.source.url,
                },
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
            dg.AssetCheckSpec("source_readable", asset=landing, description=SOURCE_READABLE),
            *(
                dg.AssetCheckSpec(
                    check, asset=submissions, description=text, blocking=check == "nothing_lost"
                )
                for check, text in CHECKS.items()
            ),
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
    )
    def receive_and_check(context: dg.AssetExecutionContext) -> Iterator[Any]:
        selected = context.selected_asset_keys
        wanted = frozenset(context.partition_keys)
        if landing in selected:
            yield from _pull(context, program, landing, wanted)
        if submissions in selected:
            yield from _check(context, program, submissions, wanted)

    return receive_and_check


def _pull(
    context: dg.AssetExecutionContext,
    program: declaration.Program,
    asset: dg.AssetKey,
    wanted: frozenset[str],
) -> Iterator[Any]:
    """Receive what is new of the wanted periods; one event per period that has a file."""
    started = time.perf_counter()
    progress.report("receive", program.name)
    with guard.quiet_errors(f"receiving {program.name}"):
        pulled = receive.receive(program, periods=wanted, calendar=set(calendar(program)))
        held = [r for r in receive.received(program) if str(r.period) in wanted]
    seconds = round(time.perf_counter() - started, 2)
    yield _source_check(asset, pulled)
    context.log.info(
        f"{program.name}: {len(pulled.receipts)} new files, {pulled.unchanged} known, "
        f"left alone: {dict(pulled.ignored) or 'none'}, met: {dict(pulled.counts) or 'none'}"
        + ("" if pulled.is_connected else "; its source is not connected on this machine")
    )
    for period in sorted({str(r.period) for r in held}):
        files = [r for r in held if str(r.period) == period]
        yield _event(
            context,
            asset,
            period,
            {
                "files": len(files),
                "size_bytes": sum(r.size_bytes for r in files),
                "newest_received_at": max(r.received_at for r in files).isoformat(),
                "seconds": seconds,
            },
        )


def _source_check(asset: dg.AssetKey, pulled: receive.Received) -> dg.AssetCheckResult:
    """Whether the source gave all that it has. What only is to be known is a warning."""
    unreadable = pulled.ignored.get("unreadable", 0)
    failed = unreadable > 0 or any(t.is_failure for t in pulled.told)
    said = " ".join(t.message_en for t in pulled.told[:5])
    if not pulled.is_connected:
        said = "Not connected on this machine: only the drop folder was looked at. " + said
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name="source_readable",
        passed=not failed and not pulled.told,
        severity=dg.AssetCheckSeverity.ERROR if failed else dg.AssetCheckSeverity.WARN,
        description=said.strip() or None,
        metadata={
            "connected": pulled.is_connected,
            "unreadable": unreadable,
            "left_alone": dg.MetadataValue.json(dict(pulled.ignored)),
            "met": dg.MetadataValue.json(dict(pulled.counts)),
            "told": dg.MetadataValue.md(
                "\n".join(f"- {t.message_en}" for t in pulled.told) or "none"
            ),
            "kabar": dg.MetadataValue.md(
                "\n".join(f"- {t.message_id}" for t in pulled.told) or "tidak ada"
            ),
        },
    )


def _check(
    context: dg.AssetExecutionContext,
    program: declaration.Program,
    asset: dg.AssetKey,
    wanted: frozenset[str],
) -> Iterator[Any]:
    """Parse, check and store; one event per period with rows, and the checks over all of them."""
    name = program.name
    started = time.perf_counter()
    outside = _outside(program)
    with guard.quiet_errors(f"checking {name}"), guard.writer():
        lake.prepare()
        # A file that belongs to no period of the program is answered with any of them.
        receipts = [
            r
            for r in receive.received(program)
            if r.period is None or r.period in wanted or r.period in outside
        ]
        with lake.connect(write=["vault"]) as con:
            progress.report("check", name)
            taken = intake.take_in(
                con,
                program,
                receipts,
                on_progress=lambda done, total: progress.report("check", name, done, total),
            )
            resent.settle(con, program, receipts)
            summary = report.summarise(con, program, periods=wanted | outside)
    seconds = round(time.perf_counter() - started, 2)
    context.log.info(
        f"{name}: {len(receipts)} files, {len(taken.results)} newly checked, "
        f"{taken.answers_count} answers written"
    )
    for period in summary.periods:
        if period.period in wanted and period.serving_count:
            yield _event(
                context,
                asset,
                str(period.period),
                {
                    "dagster/row_count": period.accepted_count,
                    "quarantined": period.quarantined_count,
                    "files": period.files_count,
                    "states": dg.MetadataValue.json(period.states),
                    "rules_broken": _rules_table(period),
                    **_answers(name),
                    "seconds": seconds,
                },
            )
    yield from _check_results(asset, summary)


def _answers(name: str) -> dict[str, Any]:
    """Where the senders' answers and GX's pages stand, under the barn's folder."""
    home = settings.home()
    docs = data_docs.folder(home) / data_docs.INDEX
    told: dict[str, Any] = {"feedback": f"{feedback.folder(name, home).relative_to(home.root)}/"}
    if docs.exists():
        told["data_docs"] = str(docs.relative_to(home.root))
    return told


def _outside(program: declaration.Program) -> frozenset[str]:
    """Periods of received files that lie outside the program's calendar."""
    known = set(calendar(program))
    return frozenset(r.period for r in receive.received(program) if r.period) - known


def _event(
    context: dg.AssetExecutionContext, asset: dg.AssetKey, period: str, metadata: dict[str, Any]
) -> dg.AssetMaterialization:
    """A materialisation of one period, which the step may leave out for others."""
    return dg.AssetMaterialization(asset, partition=period, metadata=metadata)


def _rules_table(summary: report.PeriodSummary) -> dg.MetadataValue:
    """What was found, by rule: counts alone, the values stay in the vault."""
    return dg.MetadataValue.md(
        "| rule | column | severity | count |\n|---|---|---|---|\n"
        + "\n".join(
            f"| {r.rule_id} | {r.column or ''} | {r.severity} | {r.count} |" for r in summary.rules
        )
        if summary.rules
        else "none"
    )


def _check_results(asset: dg.AssetKey, summary: report.Summary) -> Iterator[dg.AssetCheckResult]:
    """The program's checks over the periods of this run. A failed one does not fail the run."""
    total = summary.total
    warn = dg.AssetCheckSeverity.WARN
    reasons = [guard.masked(english) for _, _, english in total.reasons]
    yield dg.AssetCheckResult(
        asset_key=asset,
        check_name="nothing_rejected",
        passed=total.rejected_count == 0,
        description=" ".join(reasons[:5]) or None,
        metadata={
            "rejected": total.rejected_count,
            "answered_since": total.answered_count,
            "reasons": dg.MetadataValue.md("\n".join(f"- {r}" for r in reasons[:50]) or "none"),
            "alasan": dg.MetadataValue.md(
                "\n".join(f"- {guard.masked(i)}" for _, i, _ in total.reasons[:50]) or "tidak ada"
            ),
        },
    )
    waiting = [guard.masked(english) for _, _, english in total.waiting]
    yield dg.AssetCheckResult(
        asset_key=asset,
        check_name="nothing_waiting",
        passed=not waiting,
        severity=warn,
        description=" ".join(waiting[:5]) or None,
        metadata={
            "waiting": len(waiting),
            "reasons": dg.MetadataValue.md("\n".join(f"- {r}" for r in waiting[:50]) or "none"),
            "alasan": dg.MetadataValue.md(
                "\n".join(f"- {guard.masked(i)}" for _, i, _ in total.waiting[:50]) or "tidak ada"
            ),
        },
    )
    yield dg.AssetCheckResult(
        asset_key=asset,
        check_name="nothing_quarantined",
        passed=total.quarantined_count == 0,
        severity=warn,
        metadata={
            "quarantined": total.quarantined_count,
            "rows": total.rows_count,
            "rules_broken": _rules_table(total),
        },
    )
    yield dg.AssetCheckResult(
        asset_key=asset,
        check_name="nothing_lost",
        passed=all(p.adds_up for p in summary.periods),
        metadata={
            "rows": total.rows_count,
            "accepted": total.accepted_count,
            "quarantined": total.quarantined_count,
        },
    )


def _schedule(program: declaration.Program, job: Any) -> dg.ScheduleDefinition:
    """Ask every morning whether a period is due, and pull it until it has come."""

    def requests(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        moment = context.scheduled_execution_time
        today = periods.current("day", moment).first_day
        daily = receive.is_remote(program)
        sent: list[due.Sent] = []
        if not daily:
            with guard.quiet_errors(f"what {program.name} has sent"):
                sent = owed.received(program)
        keys = set(calendar(program))
        wanted = [str(p) for p in due.to_pull(program, sent, today, daily=daily)]
        wanted = [key for key in wanted if key in keys]
        if not wanted:
            return dg.SkipReason("No period is due.")
        return dg.RunRequest(run_key=f"{program.name}-{today}", tags=range_tags(wanted))

    return dg.ScheduleDefinition(
        name=f"{program.name}_when_due",
        job=job,
        cron_schedule=CRON,
        execution_fn=requests,
        execution_timezone=str(settings.DEFAULT_TIMEZONE),
        description=f"Pull {program.title.en} when a period is due, and daily until it has come.",
    )
