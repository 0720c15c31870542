"""The command line: one thin function per command; what it does stands in the module it calls.

Modules are imported inside the commands, so that a question or a help page never waits for the
orchestrator. Every foreseen error is one line on stderr and exit code 2.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from pipelines import cli_dictionary, cli_link, cli_review, settings
from pipelines.cli_answers import Format, FormatOption, answer, write_json

app = typer.Typer(
    name="lumbung",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
releases_app = typer.Typer(help="The releases: list them, or remove old ones.")
app.add_typer(releases_app, name="releases")
app.add_typer(cli_review.review_app, name="review")
app.command("dictionary")(cli_dictionary.dictionary)
app.command("link")(cli_link.link)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"lumbung {version('lumbung')}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """An integrated social data warehouse: from the exports of social programs to one release."""


@app.command()
def demo(
    people: Annotated[int, typer.Option(help="People living in the district on average.")] = 20_000,
    years: Annotated[int, typer.Option(help="Years of exports.")] = 3,
    until: Annotated[str, typer.Option(help="Last month of exports, YYYY-MM.")] = "2026-06",
    seed: Annotated[int, typer.Option(help="Equal seeds give equal files.")] = 20260601,
    dirt: Annotated[float, typer.Option(help="Factor on all rates of dirt; 0 for none.")] = 1.0,
    program: Annotated[
        list[str] | None, typer.Option(help="Only this program; may be given again.")
    ] = None,
) -> None:
    """Write the exports of a demonstration district, and its truth, into the barn.

    Nothing is read or built by it: `lumbung run` does that.
    """
    from demo import Rates, write_district

    home = settings.home()
    home.root.mkdir(parents=True, exist_ok=True)
    try:
        summary = write_district(
            home.root,
            seed=seed,
            people=people,
            years=years,
            until=until,
            programs=program or None,
            rates=Rates().scaled(dirt),
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    typer.echo(
        f"{summary.files:,} exports with {summary.rows:,} rows about {summary.people:,} people in "
        f"{summary.households:,} households stand in {summary.landing}. Next: lumbung run"
    )


@app.command()
def run(
    force: Annotated[
        bool, typer.Option("--force", help="Run every step even if nothing seems to have changed.")
    ] = False,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="If nothing has ever landed, write the demonstration first."),
    ] = False,
    recheck: Annotated[
        bool,
        typer.Option(
            "--recheck",
            help="First judge all stored submissions under today's rules, show what would change, "
            "and ask before anything is replaced.",
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="With --recheck: replace without asking.")
    ] = False,
) -> None:
    """Pull, check, stage, link, build and release whatever is new."""
    from pipelines import runner, status

    if recheck and not cli_review.agreed(yes):
        return
    outcome = runner.run(force=force, demo=demo)
    if outcome.worked:
        status.show(status.read())
    for failure in outcome.failures:
        typer.echo(failure, err=True)
    if not outcome.succeeded:
        raise typer.Exit(1)


@app.command("status")
def show_status(
    truth: Annotated[
        bool | None,
        typer.Option("--truth/--no-truth", help="Compare with a known truth, if one is there."),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """What stands in the barn: submissions, rows, people, overlaps, gaps, the release."""
    from pipelines import status

    found = status.read()
    if format is Format.json:
        write_json(found.to_json())
        return
    status.show(found)
    if truth or (truth is None and found.has_truth and found.release):
        status.show_truth()


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One SELECT; `-` reads it from standard input.")],
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="TIMESTAMP",
            help="As released then: a date (its end) or a time; without a zone, Asia/Jakarta.",
        ),
    ] = None,
    vault: Annotated[
        bool, typer.Option("--vault", help="Attach the vault too: personal data, with care.")
    ] = False,
    release: Annotated[
        str | None, typer.Option(help="Ask a release by its name instead of the live warehouse.")
    ] = None,
    format: FormatOption = Format.table,
    limit: Annotated[int, typer.Option(min=0, help="Rows of a table; 0 for all.")] = 200,
) -> None:
    """Ask the warehouse a question. Only reading; also while a run is writing."""
    from pipelines import query as queries

    text = sys.stdin.read() if query == "-" else query
    queries.run_sql(
        text, as_of=as_of, vault=vault, release=release, format=format.value, limit=limit or None
    )


@releases_app.callback(invoke_without_command=True)
def list_releases(context: typer.Context, format: FormatOption = Format.table) -> None:
    """List the releases, oldest first; `prune` removes old ones."""
    if context.invoked_subcommand:
        return
    from pipelines.releases import catalog

    home = settings.home()
    current = catalog.current(home)
    found = [
        {
            "release": r.name,
            "created_at": r.created_at.isoformat(timespec="seconds"),
            "snapshot_id": r.warehouse_snapshot_id,
            "tables": len(r.tables),
            "rows": r.rows,
            "size_bytes": r.size_bytes,
            "is_current": bool(current and r.name == current.name),
        }
        for r in catalog.releases(home)
    ]
    names = ["release", "created_at", "snapshot_id", "tables", "rows", "size_bytes", "is_current"]
    answer(names, found, format, numbers=names[2:6])


@releases_app.command()
def prune(
    keep: Annotated[int, typer.Option(min=1, help="How many of the newest to keep.")],
) -> None:
    """Remove the tables of old releases; questions --as-of their time are still answered."""
    from pipelines.releases import catalog

    gone = catalog.prune(settings.home(), keep)
    for release in gone:
        typer.echo(release.name)
    typer.echo(f"{len(gone)} releases removed.", err=True)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="RELEASE_A", help="Name, or its beginning.")],
    after: Annotated[str, typer.Argument(metavar="RELEASE_B", help="Name, or `current`.")],
    format: FormatOption = Format.table,
) -> None:
    """What changed from one release to another: rows added, removed and changed, by key."""
    from pipelines.releases import catalog
    from pipelines.releases.diff import diff as compare

    home = settings.home()
    found = [d.to_json() for d in compare(catalog.find(home, before), catalog.find(home, after))]
    if format is not Format.json:
        for row in found:
            changed = row["changed_columns"]
            row["changed_columns"] = ", ".join(f"{c} {n}" for c, n in changed.items())
            row["columns_added"] = ", ".join(row["columns_added"])
            row["columns_removed"] = ", ".join(row["columns_removed"])
    names = ["table", "rows_before", "rows_after", "added", "removed", "changed", "changed_columns"]
    names += ["columns_added", "columns_removed"]
    answer(names, found, format, numbers=names[1:6])


@app.command()
def feedback(
    program: Annotated[
        list[str] | None, typer.Option(help="Only this program; may be given again.")
    ] = None,
    english: Annotated[
        bool, typer.Option("--english", help="In English, beside those in Bahasa Indonesia.")
    ] = False,
) -> None:
    """Write the answers to the senders anew; `lumbung run` does so for what it has judged."""
    from pipelines import review

    changed = review.answer(program, language="en" if english else "id")
    typer.echo(f"{sum(changed.values()):,} answers written in {settings.home().feedback}")


@app.command()
def ui(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 3000,
) -> None:
    """Start the Dagster UI with its daemon; ends with Ctrl-C."""
    from pipelines import instance, lake

    home = settings.home()
    lake.prepare(home)
    instance.prepare(home)
    os.environ["LUMBUNG_HOME"] = str(home.root)
    os.chdir(settings.PROJECT_ROOT)
    command = [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml"]
    os.execv(sys.executable, [*command, "-h", host, "-p", str(port)])


@app.command("new-program")
def new_program(
    samples: Annotated[
        list[Path] | None, typer.Argument(metavar="SAMPLE_FILE…", help="Exports to learn from.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The program: lower case, digits, _.")] = None,
    check: Annotated[
        str | None, typer.Option(metavar="NAME", help="Say what this program still lacks.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Root of the project (default: this one).")
    ] = None,
    header_row: Annotated[
        int | None, typer.Option(min=1, help="Where the header is, if it is not found.")
    ] = None,
    table: Annotated[
        str | None, typer.Option(help="The sheet of a workbook or table of a database meant.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what exists.")] = False,
) -> None:
    """Draft a program from samples of its export, or tell what a draft lacks (--check)."""
    from pipelines.drafting import command

    root = (folder or settings.PROJECT_ROOT).resolve()
    if check is not None:
        if name is not None and name != check:
            raise typer.BadParameter("give the name once: --check NAME")
        if not command.show_review(check, root, samples or []):
            raise typer.Exit(1)
        return
    if not name or not samples:
        raise typer.BadParameter("give SAMPLE_FILE… and --name, or --check NAME")
    command.show_draft(name, samples, root, header_row=header_row, table=table, force=force)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0, 1 for a failed run, 2 for an error."""
    try:
        code = typer.main.get_command(app).main(
            args=None if arguments is None else list(arguments),
            prog_name="lumbung",
            standalone_mode=False,
        )
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except BrokenPipeError:
        # Whoever read has seen enough; Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return _explain(error)


def _explain(error: Exception) -> int:
    """One line on stderr for what went wrong, and the exit code."""
    # Wrong usage is told in the parser's own words.
    if hasattr(error, "show") and hasattr(error, "exit_code"):
        error.show()
        return int(error.exit_code)
    if type(error).__name__ == "Abort":
        return 130
    from pipelines import guard, lake, query
    from pipelines.drafting.sample import DraftError
    from pipelines.exports.serving import DecisionError
    from pipelines.identity.review_answers import AnswerError
    from pipelines.identity.review_explain import ExplainError
    from pipelines.releases import PrivacyError, ReleaseError
    from pipelines.review import ReviewError

    foreseen = (
        DraftError,
        settings.SettingError,
        lake.LakeError,
        ReleaseError,
        PrivacyError,
        query.QueryError,
        guard.StepError,
        DecisionError,
        ReviewError,
        AnswerError,
        ExplainError,
    )
    if isinstance(error, foreseen):
        typer.echo(f"lumbung: {error}", err=True)
        return 2
    # Others may quote values, so the whole of it goes where only the pipeline's user reads.
    told = f"failed ({type(error).__name__})."
    if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        told = (
            f"{settings.home().root} cannot be written: give it to this user or set LUMBUNG_HOME."
        )
    elif Path(settings.home().vault).is_dir():
        with contextlib.suppress(OSError):
            try:
                with guard.quiet_errors("lumbung"):
                    raise error
            except guard.StepError as kept:
                told = str(kept)
    typer.echo(f"lumbung: {told}", err=True)
    return 2


if __name__ == "__main__":
    sys.exit(main())
