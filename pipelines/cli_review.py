"""The commands of `lumbung review`: what waits for a person's decision, and what was decided.

Thin, like those of `cli.py`: what they do stands in `review.py` and in the libraries it calls.
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.cli_answers import Format, FormatOption, answer

review_app = typer.Typer(
    help="What waits for a person: submissions to approve or refuse, doubtful pairs of people.",
    no_args_is_help=True,
)

DECISION_ID = re.compile("d[0-9a-f]{20}")
"""What a decision about a pair is called; no submission is."""


class Reviewed(StrEnum):
    """What `review list` lists."""

    all = "all"
    submissions = "submissions"
    pairs = "pairs"
    decisions = "decisions"


@review_app.command("list")
def list_reviews(
    what: Annotated[
        Reviewed | None,
        typer.Argument(help="Only these. As csv and json, `pairs` if nothing is said."),
    ] = None,
    decided: Annotated[
        bool, typer.Option("--decided", help="Also submissions that were decided about.")
    ] = False,
    limit: Annotated[int, typer.Option(min=0, help="Rows of a table; 0 for all.")] = 200,
    format: FormatOption = Format.table,
) -> None:
    """What waits for a person: submissions, and pairs of people, the most alike first; ids only.

    `decisions` lists what was decided about pairs, the newest first.
    """
    from pipelines import lake, query, review

    if what is Reviewed.decisions:
        names = review.DECISION_COLUMNS
        answer(names, review.decisions()[: limit or None], format)
        return
    if what is Reviewed.all and format is not Format.table:
        raise typer.BadParameter("csv and json hold one kind: ask for `submissions` or `pairs`.")
    what = what or (Reviewed.all if format is Format.table else Reviewed.pairs)
    found: list[dict[str, Any]] = []
    if what is not Reviewed.pairs:
        found = review.waiting(decided=decided)
        if what is Reviewed.submissions:
            answer(review.COLUMNS, found, format, numbers=review.COLUMNS[2:4])
            return
        if found:
            answer(review.COLUMNS, found, format, numbers=review.COLUMNS[2:4])
            typer.echo("")
    with lake.connect(read=["vault"]) as con:
        if not lake.table_exists(con, "vault.identity.review_queue"):
            if found:
                return
            raise query.QueryError("Nothing has been linked yet: start `lumbung run`.")
    query.run_sql(
        "SELECT review_id, beneficiary_id_a, beneficiary_id_b, program_a, program_b, "
        "match_weight, match_probability, reason_code FROM vault.identity.review_queue "
        "ORDER BY match_weight DESC, review_id",
        vault=True,
        format=format.value,
        limit=limit or None,
    )


SubmissionArgument = Annotated[str, typer.Argument(metavar="SUBMISSION_ID")]
ByOption = Annotated[
    str | None, typer.Option("--by", help="Who decides (default: this machine's user).")
]
NoteOption = Annotated[str | None, typer.Option("--note", help="Why; kept with the decision.")]


@review_app.command()
def approve(
    submission_id: SubmissionArgument, by: ByOption = None, note: NoteOption = None
) -> None:
    """Let a waiting submission serve from now on; the next run builds from it."""
    _decide(submission_id, "approve", by, note)


@review_app.command()
def refuse(submission_id: SubmissionArgument, by: ByOption = None, note: NoteOption = None) -> None:
    """Keep a waiting submission from ever serving; its sender is told so."""
    _decide(submission_id, "refuse", by, note)


@review_app.command()
def withdraw(
    id: Annotated[
        str, typer.Argument(metavar="ID", help="A submission, or a decision about a pair.")
    ],
    by: ByOption = None,
    note: NoteOption = None,
) -> None:
    """Take back what was decided about a submission, or about a pair of people."""
    if not DECISION_ID.fullmatch(id):
        _decide(id, "withdraw", by, note)
        return
    import getpass

    from pipelines import review

    verdict = review.withdraw_pair(id, by=by or getpass.getuser())
    typer.echo(f"{id} ({verdict}): withdrawn.")
    typer.echo("Next: lumbung run", err=True)


class Kind(StrEnum):
    """What a reviewer may see whole."""

    name = "name"
    nik = "nik"
    kk = "kk"
    birth = "birth"
    sex = "sex"
    parents = "parents"
    address = "address"
    area = "area"
    phone = "phone"
    numbers = "numbers"


UnmaskedOption = Annotated[bool, typer.Option("--unmasked", help="Show every value whole.")]
EnglishOption = Annotated[bool, typer.Option("--english", help="In English.")]


@review_app.command("export")
def export_pairs(
    out: Annotated[
        Path | None, typer.Option("--out", help="The workbook (default: in the barn's review/).")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, help="The so many most useful pairs; 0 for all.")
    ] = 200,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Instead: an audit of so many links, drawn at random."),
    ] = None,
    seed: Annotated[int, typer.Option(help="With --sample: equal seeds draw equal links.")] = 1,
    may_see: Annotated[
        list[Kind] | None,
        typer.Option(
            "--reviewer-may-see",
            help="What is shown whole; may be given again (default: all but numbers).",
        ),
    ] = None,
    unmasked: UnmaskedOption = False,
    english: EnglishOption = False,
) -> None:
    """Write a workbook in which people decide about doubtful pairs. It holds personal data."""
    from pipelines import review

    made = review.export_pairs(
        out=out,
        limit=limit or None,
        sample=sample,
        seed=seed,
        may_see=list(Kind) if unmasked else may_see,
        language="en" if english else "id",
    )
    typer.echo(
        f"{made.path}: {made.pairs_count:,} of {made.waiting_count:,} pairs ({made.export_id})"
    )
    typer.echo("It holds personal data. Next: lumbung review import FILE --by NAME", err=True)


@review_app.command("import")
def import_pairs(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The workbook that came back.")],
    by: ByOption = None,
) -> None:
    """Record what people decided in a workbook; all of it, or nothing if it contradicts itself."""
    import getpass

    from pipelines import review

    told = review.import_pairs(file, by=by or getpass.getuser())
    typer.echo(
        f"{told.same:,} same, {told.different:,} different, {told.unknown:,} not known; "
        f"{told.already:,} known before, {told.withdrawn:,} withdrawn since, "
        f"{told.unanswered:,} left open."
    )
    if told.same or told.different:
        typer.echo("Next: lumbung run", err=True)


@review_app.command()
def explain(
    ids: Annotated[
        list[str],
        typer.Argument(
            metavar="ID ID",
            help="Two records (SUBMISSION_ID/SOURCE_RECORD_ID), evidence or beneficiary ids; or "
            "one pair: its id, or its number in the last workbook.",
        ),
    ],
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Also as a chart: FILE.html or FILE.svg.")
    ] = None,
    unmasked: UnmaskedOption = False,
    english: EnglishOption = False,
) -> None:
    """Why two records are one person, or are not: weights, guards, decisions; masked."""
    from pipelines import query, review
    from pipelines.identity import review_workbook

    if len(ids) > 2:
        raise typer.BadParameter("give two ids, or one of a pair.")
    found = review.explain_pair(
        ids,
        may_see=list(Kind) if unmasked else (),
        picture=picture,
        language="en" if english else "id",
    )
    for sentence in found.sentences:
        typer.echo(sentence)
    if found.steps:
        typer.echo("")
        names = ["evidence", "finding", "weight"] if english else ["bukti", "temuan", "bobot"]
        rows = [[what, finding, f"{weight:+.2f}"] for what, finding, weight in found.steps]
        query.print_table(names, rows, right=[False, False, True])
    if found.sides:
        one, other = found.sides
        fields = [f for f in one.seen if one.seen[f] or other.seen[f]]
        typer.echo("")
        names = ["value", "A", "B", "agree"] if english else ["isian", "A", "B", "cocok"]
        words = {True: "yes" if english else "ya", False: "no" if english else "tidak", None: ""}
        query.print_table(
            names,
            [
                [
                    review_workbook.WORDS[f][int(english)],
                    one.seen[f] or "",
                    other.seen[f] or "",
                    words[one.agree[f]],
                ]
                for f in fields
            ],
            right=[False] * 4,
        )
    if picture is not None and found.chart is not None:
        typer.echo(f"{picture}", err=True)


def _decide(submission_id: str, decision: Any, by: str | None, note: str | None) -> None:
    import getpass

    from pipelines import review

    changed = review.decide(submission_id, decision, by=by or getpass.getuser(), note=note)
    for name, state, serves in changed:
        typer.echo(f"{name}: {state}{', serves' if serves else ''}")
    if not changed:
        typer.echo(f"{submission_id}: nothing changed.")
    else:
        typer.echo("Next: lumbung run", err=True)


def agreed(yes: bool) -> bool:
    """Show what today's rules would change; whether it is to be done."""
    from pipelines import query, review

    found = review.preview()
    changed = [d for d in found if d.changed]
    names = ["program", "submissions", "states", "to quarantine", "to accepted"]
    rows = [
        [
            d.program,
            f"{d.submissions_count:,}",
            f"{len(d.states):,}",
            f"{d.to_quarantine_count:,}",
            f"{d.to_accepted_count:,}",
        ]
        for d in found
    ]
    query.print_table(names, rows, right=[False] + [True] * 4)
    if not changed:
        typer.echo("Today's rules change nothing.")
        return False
    states = [
        [
            s.submission_id,
            s.state_before,
            s.state_after,
            f"{s.rows_before:,}",
            f"{s.rows_after:,}",
            f"{s.quarantined_before:,}",
            f"{s.quarantined_after:,}",
        ]
        for d in changed
        for s in d.states
    ]
    if states:
        typer.echo("\nSubmissions:")
        names = ["submission", "state", "new state", "rows", "new rows", "quarantined"]
        query.print_table([*names, "new quarantined"], states, right=[False] * 3 + [True] * 4)
    rules = [
        [d.program, rule, severity, f"{d.lost[rule, severity]:,}", f"{d.gained[rule, severity]:,}"]
        for d in changed
        for rule, severity in sorted({*d.lost, *d.gained})
    ]
    if rules:
        typer.echo("\nIssues:")
        names = ["program", "rule", "severity", "gone", "new"]
        query.print_table(names, rules, right=[False] * 3 + [True] * 2)
    return yes or typer.confirm("\nReplace what is stored by this?")
