"""The main job as one command: pull, check, stage, link, build, release, in one process.

Every step is a Dagster run of the same jobs that the UI starts, on the same instance, so what
`lumbung run` did can be looked at there. Dagster is imported only when there is something to do.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipelines import dbt_cli, fingerprint, guard, instance, lake, progress, settings
from pipelines.exports import declaration, feedback, ingest, periods, receive, resent
from pipelines.exports.problem import ProblemError
from pipelines.releases import catalog
from pipelines.settings import Home

if TYPE_CHECKING:
    import dagster as dg

PID_TAG, HOST_TAG = "lumbung/pid", "lumbung/host"
WAREHOUSE_JOB = "warehouse"


@dataclass(frozen=True)
class Outcome:
    """What a run did: whether there was work, whether all of it succeeded, and where it failed."""

    worked: bool
    succeeded: bool
    release: str | None
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Work:
    """What one program has that the vault does not hold yet: the periods of those files."""

    program: declaration.Program
    periods: list[str]


def run(
    *,
    force: bool = False,
    demo: bool = False,
    home: Home | None = None,
    console: Console | None = None,
) -> Outcome:
    """Do the main job under `home`; with nothing new, say so and change nothing.

    force: run every step even if nothing seems to have changed (tables are still written by
    difference). demo: write the demonstration district first if nothing has ever landed. Failures
    of one program do not stop the others.
    """
    home = home or settings.home()
    console = console or Console(stderr=True)
    started = time.perf_counter()
    lake.prepare(home)
    instance.prepare(home)
    if demo and not _has_landed(home):
        _write_demonstration(home, console)
    with _demonstration_api(home) if demo else nullcontext():
        return _run(home, force, console, started)


def _run(home: Home, force: bool, console: Console, started: float) -> Outcome:
    with guard.quiet_errors("looking for new files", home):
        programs = declaration.load_programs()
        work = find_work(programs, everything=force)
    newest = catalog.newest(home)
    inputs = fingerprint.of_inputs(programs)
    if not work and newest and not force and newest.inputs_fingerprint == inputs:
        console.print(f"Nothing new since release {newest.name}.")
        return Outcome(False, True, newest.name, seconds=time.perf_counter() - started)

    failures: list[str] = []
    with _shown(console) as show:
        show("start", "dbt", 0, 0)
        dbt_cli.manifest(home)
        show("start", "dagster", 0, 0)
        with _dagster() as (definitions, dagster_instance):
            for item in work:
                failures += _receive(definitions, dagster_instance, item)
            failures += _execute(definitions, dagster_instance, WAREHOUSE_JOB, {})
    newest = catalog.newest(home)
    return Outcome(
        True,
        not failures,
        newest.name if newest else None,
        failures,
        time.perf_counter() - started,
    )


def _has_landed(home: Home) -> bool:
    return any(path.is_file() for path in home.landing.rglob("*"))


def _write_demonstration(home: Home, console: Console) -> None:
    # The demonstration stands beside the pipeline; only its writing is known here, not its truth.
    from demo import write_district

    console.print("Nothing has landed yet: writing the demonstration district.")
    with _shown(console):
        write_district(
            home.root, progress=lambda name, done, total: progress.report("demo", name, done, total)
        )


@contextmanager
def _demonstration_api(home: Home) -> Iterator[None]:
    """The server that stands in for the SLRT's API, where there is nothing else to pull it from."""
    from demo import server

    areas = ",".join(server.areas(home.root))
    if os.environ.get("LUMBUNG_SLRT_URL") or not areas:
        yield
        return
    with server.serving(home.root) as url:
        set_here = {"LUMBUNG_SLRT_URL": url, "LUMBUNG_SLRT_AREAS": areas}
        before = {name: os.environ.get(name) for name in set_here}
        os.environ.update(set_here)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def find_work(programs: list[declaration.Program], *, everything: bool = False) -> list[Work]:
    """Programs with files that the vault has not answered yet, in the programs' order."""
    with lake.connect(read=["vault"]) as con:
        known = ingest.recorded_ids(con)
        # A process that was killed between judging and answering left those without an answer.
        known -= feedback.all_missing(con)
        again = {
            name for program in programs for name in resent.ids(con, receive.received(program))
        }
    found = []
    for program in programs:
        names = [*receive.pending(program), *_pulled(program)]
        for receipt in receive.received(program):
            name = ingest.submission_id(receipt)
            if everything or name not in known or name in again:
                names.append(receipt.file_name)
        if names:
            found.append(Work(program, sorted(_periods(names, program.name))))
    return found


def _pulled(program: declaration.Program) -> list[str]:
    """Pull from a database or an API, as nothing else tells whether it has something new.

    Returns the source's address if that failed: then the program's own step tells why.
    """
    if not receive.is_pulled(program) or not receive.is_connected(program):
        return []
    progress.report("receive", program.name)
    failed = any(t.is_failure for t in receive.receive(program).told)
    return [program.source.url] if failed else []


def _periods(names: list[str], program: str) -> set[str]:
    """The periods that file names tell; a name that tells none belongs to none."""
    told = set()
    for name in names:
        with suppress(ProblemError):
            told.add(str(periods.parse_file_name(name, program).period))
    return told


@contextmanager
def _dagster() -> Iterator[tuple[dg.Definitions, dg.DagsterInstance]]:
    """The project's definitions and instance; runs that a killed process left are closed."""
    import dagster as dg

    from pipelines.definitions import defs

    with dg.DagsterInstance.get() as dagster_instance:
        _close_dead_runs(dagster_instance)
        yield defs(), dagster_instance


def _close_dead_runs(dagster_instance: dg.DagsterInstance) -> None:
    import dagster as dg

    open_states = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]
    for old in dagster_instance.get_runs(dg.RunsFilter(statuses=open_states)):
        pid = old.tags.get(PID_TAG)
        if pid and old.tags.get(HOST_TAG) == platform.node() and not _alive(int(pid)):
            dagster_instance.report_run_failed(old, "The process of this run has gone.")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _receive(definitions: Any, dagster_instance: Any, item: Work) -> list[str]:
    """One run over the program's new periods; files without a period are answered with it."""
    from dagster._core.storage.tags import (
        ASSET_PARTITION_RANGE_END_TAG,
        ASSET_PARTITION_RANGE_START_TAG,
    )

    from pipelines.components.program import partitions

    keys = list(partitions(item.program).get_partition_keys())
    if not keys:
        first = item.program.cadence.first_period
        return [f"{item.program.name}: its first period {first} has not begun; see its defs.yaml."]
    wanted = [key for key in keys if key in set(item.periods)] or keys[-1:]
    return _execute(
        definitions,
        dagster_instance,
        f"receive_{item.program.name}",
        {ASSET_PARTITION_RANGE_START_TAG: wanted[0], ASSET_PARTITION_RANGE_END_TAG: wanted[-1]},
    )


def _execute(
    definitions: Any, dagster_instance: Any, job_name: str, tags: dict[str, str]
) -> list[str]:
    """Execute a job in this process. Returns one sentence per failed step; none means success."""
    result = definitions.resolve_job_def(job_name).execute_in_process(
        instance=dagster_instance,
        tags={**tags, PID_TAG: str(os.getpid()), HOST_TAG: platform.node()},
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=False,
    )
    if result.success:
        return []
    failures = []
    for event in result.filter_events(lambda e: e.is_step_failure):
        error = event.step_failure_data.error
        cause = (error.cause or error) if error else None
        message = cause.message.strip() if cause else "unknown error"
        failures.append(f"{event.step_key}: {message}")
    return failures or [f"{job_name}: failed"]


@contextmanager
def _shown(console: Console) -> Iterator[progress.Listener]:
    """A progress bar that names stage and program; plain lines where there is no terminal."""
    if not console.is_terminal:
        seen: set[tuple[str, str]] = set()

        def line(stage: str, detail: str, done: int, total: int) -> None:
            if (stage, detail) not in seen:
                seen.add((stage, detail))
                console.print(f"{stage:8} {detail}")

        with progress.listening(line):
            yield line
        return

    with Progress(
        SpinnerColumn(),
        TextColumn("[bold]{task.fields[stage]:8}"),
        TextColumn("{task.description:32}"),
        BarColumn(),
        TextColumn("{task.fields[count]:>9}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None, stage="start", count="")

        def update(stage: str, detail: str, done: int, total: int) -> None:
            count = f"{done}/{total}" if total else (str(done) if done else "")
            bar.update(
                task,
                description=detail,
                stage=stage,
                count=count,
                completed=done,
                total=total or None,
            )

        with progress.listening(update):
            yield update
