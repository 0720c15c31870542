"""The jobs over the whole warehouse, and when they start.

`warehouse` builds everything behind the submissions; each program's own `receive_<program>` job and
schedule come from its declaration. Schedules are off until an operator turns them on.
"""

import dagster as dg

WAREHOUSE_CRON = "30 2 * * *"
TIMEZONE = "Asia/Jakarta"


@dg.definitions
def defs() -> dg.Definitions:
    """The warehouse job with its nightly schedule, run in one process."""
    sent = dg.AssetSelection.tag("station", "landing") | dg.AssetSelection.tag(
        "station", "submissions"
    )
    warehouse = dg.define_asset_job(
        "warehouse",
        selection=dg.AssetSelection.all() - sent,
        description="Stage, link, build and release what the programs' submissions hold now.",
    )
    nightly = dg.ScheduleDefinition(
        name="warehouse_nightly",
        job=warehouse,
        cron_schedule=WAREHOUSE_CRON,
        execution_timezone=TIMEZONE,
        description="After the day's files: build and release.",
    )
    return dg.Definitions(jobs=[warehouse], schedules=[nightly], executor=dg.in_process_executor)
