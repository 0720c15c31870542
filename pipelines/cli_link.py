"""`lumbung link`: link people without a run, all at once, or hold what is stored against that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def link(
    full: Annotated[
        bool, typer.Option("--full", help="Link everything at once, not only what is new.")
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Link everything at once beside what is stored, write nothing, and count the rows "
            "that differ; exit code 1 if any does.",
        ),
    ] = False,
) -> None:
    """Link the person records that are staged; `lumbung run` does so, too, before it builds."""
    from pipelines import guard, lake, settings
    from pipelines.identity import run

    if full and verify:
        raise typer.BadParameter("--full writes and --verify does not: choose one.")
    if verify:
        with guard.quiet_errors("linking"), lake.connect(read=["vault"]) as con:
            _needs(con)
            differing = run.verify(con)
        for table, rows in differing.items():
            typer.echo(f"{table}: {rows:,} rows differ")
        if any(differing.values()):
            raise typer.Exit(1)
        return
    if not lake.exists("vault"):
        raise lake.LakeError("There is no vault yet: start `make run`.")
    with guard.quiet_errors("linking"), guard.writer(), lake.connect(write=["vault"]) as con:
        _needs(con)
        made = run.link_people(con, settings.now(), full=full)
    how = "all at once" if made.is_full else "what is new"
    typer.echo(
        f"{made.records:,} records ({made.new_records:,} looked at, {how}), "
        f"{made.people:,} people, {made.households:,} households, "
        f"{made.review:,} pairs for review"
    )
    typer.echo(f"changed: {', '.join(made.changed_tables) or 'nothing'}")


def _needs(con: DuckDBPyConnection) -> None:
    from pipelines import guard, lake

    if not lake.table_exists(con, "vault.staging.persons"):
        raise guard.StepError("No person records are staged yet: start `make run`.")
