"""What is late: a check per program, evaluated daily, in one step for all of them.

Dagster's own freshness policies ask when an asset was last built; here each area owes each period,
so an old period that comes today makes nothing fresh (docs/decisions/0008).
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from pipelines import guard, lake, settings
from pipelines.components.program import IN_TIME
from pipelines.exports import declaration, owed
from pipelines.exports.due import Late

CRON = "0 7 * * *"
SHOWN = 200


@dg.definitions
def defs() -> dg.Definitions:
    """The checks, the job that evaluates them, and its schedule."""
    programs = declaration.load_programs()
    in_time = checks(programs)
    job = dg.define_asset_job(
        "what_is_late",
        selection=dg.AssetSelection.checks(*in_time.check_keys),
        description="Tell which areas owe which exports.",
    )
    schedule = dg.ScheduleDefinition(
        name="what_is_late_daily",
        job=job,
        cron_schedule=CRON,
        execution_timezone=str(settings.DEFAULT_TIMEZONE),
        description="Every morning, after the programs' own pulls.",
    )
    return dg.Definitions(asset_checks=[in_time], jobs=[job], schedules=[schedule])


def checks(programs: Sequence[declaration.Program]) -> dg.AssetChecksDefinition:
    """The check of every program, in one step."""
    specs = [
        dg.AssetCheckSpec("in_time", asset=["submissions", p.name], description=IN_TIME)
        for p in programs
    ]

    @dg.multi_asset_check(name="in_time", specs=specs, can_subset=True)
    def in_time(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        wanted = {key.asset_key for key in context.selected_asset_check_keys}
        with guard.quiet_errors("looking for what is late"):
            lake.prepare()
            with lake.connect(read=["vault"]) as con:
                late = owed.late(con, programs)
        for program in programs:
            key = dg.AssetKey(["submissions", program.name])
            if key in wanted:
                yield _result(key, [item for item in late if item.program == program.name])

    return in_time


def _result(asset: dg.AssetKey, late: list[Late]) -> dg.AssetCheckResult:
    """Passed if nothing is owed now; older holes are told and do not fail it."""
    now = sorted((i for i in late if not i.is_gap), key=lambda i: (-i.days_late, i.area_code))
    gaps = [i for i in late if i.is_gap]
    table = "\n".join(
        f"| {i.area_code} | {i.period} | {i.due_on} | {i.days_late} |"
        for i in [*now, *gaps][:SHOWN]
    )
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name="in_time",
        passed=not now,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(i.message_en for i in now[:5]) or None,
        metadata={
            "late": len(now),
            "gaps": len(gaps),
            "most_days_late": max((i.days_late for i in now), default=0),
            "owed": dg.MetadataValue.md(
                f"| area | period | due | days late |\n|---|---|---|---|\n{table}"
            )
            if late
            else "none",
            "terlambat": dg.MetadataValue.md(
                "\n".join(f"- {i.message_id}" for i in now[:SHOWN]) or "tidak ada"
            ),
        },
    )
