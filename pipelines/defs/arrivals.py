"""Files dropped into landing: the sensor that starts runs, and the check on misspelt folders."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dagster as dg

from pipelines import guard
from pipelines.components.program import calendar, range_tags
from pipelines.exports import arrivals, declaration, periods, receive
from pipelines.exports.problem import ProblemError

INTERVAL_SECONDS = 30
UNCLAIMED = "No file lies in a folder of `landing/` that belongs to no program."


@dg.definitions
def defs() -> dg.Definitions:
    """The sensor over all declared programs, off until an operator turns it on, and the check."""
    programs = declaration.load_programs()
    sensor = dg.SensorDefinition(
        name="files_dropped",
        asset_selection=dg.AssetSelection.assets(*(k for p in programs for k in _keys(p))),
        evaluation_fn=evaluate(programs),
        minimum_interval_seconds=INTERVAL_SECONDS,
        description="One run per program in whose drop folder something new stands whole.",
    )
    return dg.Definitions(sensors=[sensor], asset_checks=[nothing_unclaimed])


def _keys(program: declaration.Program) -> list[dg.AssetKey]:
    return [dg.AssetKey([station, program.name]) for station in ("landing", "submissions")]


def evaluate(
    programs: Sequence[declaration.Program],
) -> Callable[[dg.SensorEvaluationContext], dg.SensorResult]:
    """The sensor's evaluation: its cursor is what the folders held the time before."""

    def look(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        with guard.quiet_errors("looking at the drop folders"):
            found = arrivals.changes(programs, context.cursor)
            requests = list(_requests(programs, found.digests))
            strays = receive.strays(programs)
        if requests:
            return dg.SensorResult(run_requests=requests, cursor=found.memory)
        said = "Nothing new."
        if found.waiting:
            said = f"Not whole yet, or seen for the first time: {', '.join(found.waiting)}."
        if strays:
            said += f" {sum(strays.values())} files lie where no program looks."
        return dg.SensorResult(skip_reason=said, cursor=found.memory)

    return look


def _requests(
    programs: Sequence[declaration.Program], digests: dict[str, str]
) -> Iterator[dg.RunRequest]:
    for program in programs:
        if program.name not in digests:
            continue
        names = receive.pending(program, dropped=True)
        keys = calendar(program)
        if not names or not keys:
            continue
        told = {period for name in names if (period := _period(program, name))}
        # A file without a period of the calendar is answered with any.
        wanted = [key for key in keys if key in told] or keys[-1:]
        yield dg.RunRequest(
            run_key=f"{program.name}-{digests[program.name]}",
            asset_selection=_keys(program),
            tags=range_tags(wanted),
        )


def _period(program: declaration.Program, name: str) -> str | None:
    try:
        return str(periods.parse_file_name(name, program.name).period)
    except ProblemError:
        return None


@dg.asset_check(asset=["quality", "programs"], description=UNCLAIMED)
def nothing_unclaimed() -> dg.AssetCheckResult:
    """Count the files that nobody answers; a folder's name is its operator's, and no secret."""
    strays = receive.strays(declaration.load_programs())
    shown: dict[str, Any] = {guard.masked(name) or ".": count for name, count in strays.items()}
    return dg.AssetCheckResult(
        passed=not strays,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(f"landing/{n}: {c} files" for n, c in list(shown.items())[:5])
        or None,
        metadata={"files": sum(strays.values()), "folders": dg.MetadataValue.json(shown)},
    )
