"""What people decide about submissions that wait and about doubtful pairs of people.

Works on a barn: opens the vault, holds the writer's lock while it writes, and renews the answers to
the senders. Counts, codes and ids only; names and numbers go into workbooks and pictures that this
machine's user alone can read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import guard, lake, settings
from pipelines.exports import declaration, feedback, messages, receive, recheck, serving
from pipelines.exports.declaration import Program
from pipelines.exports.feedback_workbook import Language
from pipelines.settings import Home

if TYPE_CHECKING:
    from pipelines.identity.review_answers import Recorded
    from pipelines.identity.review_explain import Explanation

COLUMNS = (
    "submission_id",
    "state",
    "rows_count",
    "expected_rows_count",
    "reason",
    "alasan",
    "decision",
    "decided_by",
    "decided_at",
)


DECISION_COLUMNS = (
    "decision_id",
    "verdict",
    "record_a",
    "record_b",
    "decided_by",
    "decided_at",
    "withdrawn_by",
    "withdrawn_at",
)


class ReviewError(ValueError):
    """What was asked for is not there; the message says so in one sentence."""


def waiting(*, decided: bool = False, home: Home | None = None) -> list[dict[str, Any]]:
    """Submissions that wait (with `decided`, also those decided about), as rows of COLUMNS."""
    with lake.connect(read=["vault"], home=home) as con:
        found = serving.waiting(con, decided=decided)
    rows = []
    for w in found:
        row = asdict(w)
        _, indonesian, english = messages.reason("", w.reason_code, w.reason_column)
        is_told = w.reason_code is not None
        row["reason"] = english.removeprefix(": ") if is_told else None
        row["alasan"] = indonesian.removeprefix(": ") if is_told else None
        rows.append({name: row[name] for name in COLUMNS})
    return rows


def decide(
    submission_id: str,
    decision: serving.Decision,
    *,
    by: str,
    note: str | None = None,
    home: Home | None = None,
) -> list[tuple[str, str, bool]]:
    """Log a decision and let it take effect; (submission_id, state, is_serving) of what changed.

    Raises DecisionError as `serving.decide` does.
    """
    home = home or settings.home()
    programs = {p.name: p for p in declaration.load_programs()}
    with guard.writer(home), lake.connect(write=["vault"], home=home) as con:
        program = programs.get(submission_id.split("-")[0])
        if program is None or not lake.table_exists(con, "vault.quality.submissions"):
            raise serving.DecisionError(
                f"There is no submission {submission_id}: see `lumbung review list`."
            )
        con.execute("BEGIN")
        try:
            changed = serving.decide(con, program, submission_id, decision, by=by, note=note)
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise
        if changed:
            feedback.write(con, program, feedback.affected(con, program, changed), home=home)
        return con.execute(
            "SELECT submission_id, state, is_serving FROM vault.quality.submissions "
            "WHERE list_contains(?, submission_id) ORDER BY ALL",
            [changed],
        ).fetchall()


def preview(
    on_progress: Callable[[str, int, int], None] | None = None, home: Home | None = None
) -> list[recheck.Difference]:
    """What today's rules would change in each program that has sent something."""
    found = []
    with lake.connect(read=["vault"], home=home) as con:
        if not lake.table_exists(con, "vault.quality.submissions"):
            return []
        for program in declaration.load_programs():
            with guard.quiet_errors(f"rechecking {program.name}", home):
                difference = recheck.compare(
                    con,
                    program,
                    receive.received(program, home),
                    on_progress=_named(on_progress, program),
                    home=home,
                )
            if difference.submissions_count:
                found.append(difference)
    return found


def _named(
    on_progress: Callable[[str, int, int], None] | None, program: Program
) -> Callable[[int, int], None] | None:
    if on_progress is None:
        return None
    return lambda done, total: on_progress(program.name, done, total)


def answer(
    names: list[str] | None = None, *, language: Language = "id", home: Home | None = None
) -> dict[str, int]:
    """Write the answers to all submissions anew (of the programs `names`); how many changed.

    Raises ReviewError for a program that is not declared.
    """
    home = home or settings.home()
    programs = {p.name: p for p in declaration.load_programs()}
    for name in names or []:
        if name not in programs:
            raise ReviewError(f"There is no program {name}: {', '.join(programs)}.")
    changed = {}
    with guard.writer(home), lake.connect(read=["vault"], home=home) as con:
        for name in names or list(programs):
            with guard.quiet_errors(f"answering {name}", home):
                if feedback.has_any(con, programs[name]):
                    changed[name] = feedback.write(
                        con, programs[name], home=home, language=language
                    )
    return changed


@dataclass(frozen=True)
class Exported:
    """One workbook of questions: where it is, its id, the pairs in it and how many wait in all."""

    path: Path
    export_id: str
    pairs_count: int
    waiting_count: int


@contextmanager
def _quiet(step: str, home: Home, *foreseen: type[Exception]) -> Iterator[None]:
    """Errors that name nobody; those that are foreseen go through as they are."""
    told: Exception | None = None
    with guard.quiet_errors(step, home):
        try:
            yield
        except foreseen as error:
            told = error
    if told is not None:
        raise told


def _linked(con: Any) -> None:
    if not lake.table_exists(con, "vault.identity.review_queue"):
        raise ReviewError("Nothing has been linked yet: start `lumbung run`.")


def export_pairs(
    *,
    out: Path | None = None,
    limit: int | None = None,
    sample: int | None = None,
    seed: int = 1,
    may_see: Collection[str] | None = None,
    language: Language = "id",
    home: Home | None = None,
) -> Exported:
    """Write a workbook of questions and log what is asked.

    sample: an audit of so many links drawn with `seed`, instead of the queue's most useful `limit`
    pairs. may_see: kinds of values shown whole (identity.review.KINDS). Default place: `review/` in
    the barn. Raises ReviewError if nothing was linked or nothing is to be asked.
    """
    from pipelines.identity import review as asking
    from pipelines.identity import review_workbook, run

    home = home or settings.home()
    seen = tuple(asking.MAY_SEE if may_see is None else may_see)
    for kind in seen:
        if kind not in asking.KINDS:
            raise ReviewError(f"{kind} is none of {', '.join(asking.KINDS)}.")
    now = settings.now()
    model = run.read_model()
    purpose = "queue" if sample is None else "sample"
    # The benefits an answer settles are counted in the warehouse, if there is one.
    also: list[lake.Lake] = ["warehouse"] if lake.exists("warehouse", home) else []
    with (
        guard.writer(home),
        _quiet("exporting pairs", home, ReviewError),
        lake.connect(write=["vault"], read=also, home=home) as con,
    ):
        _linked(con)
        if sample is None:
            waiting = asking.choose_queue(con, model, limit)
        else:
            waiting = asking.choose_sample(con, sample, seed)
        asking.read_said(con, chosen_only=True)
        with_reasons = sample is None and bool(waiting)
        if with_reasons:
            asking.read_evidence(
                con, model, "(SELECT unnest([key_a, key_b]) AS record_key FROM review_chosen)"
            )
        questions = asking.questions(con, model, may_see=seen, with_reasons=with_reasons)
        if not questions:
            raise ReviewError("There is no pair to ask about.")
        con.execute("BEGIN")
        try:
            export_id = asking.log(con, purpose, model, now)
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise
        asked = asking.Asked(
            export_id,
            purpose,
            model.version,
            now,
            questions,
            waiting,
            review_workbook.hidden_kinds(seen),
        )
        book = review_workbook.render(asked, model.policy.link_weight, language)
        asking.drop(con)
    path = out or home.root / "review" / f"{purpose}_{now:%Y%m%d}_{export_id}.xlsx"
    write_private(path, book)
    return Exported(path, export_id, len(questions), waiting)


def import_pairs(path: Path, *, by: str, home: Home | None = None) -> Recorded:
    """Record the decisions of a workbook that came back; all of them or none.

    Raises AnswerError for what cannot be taken.
    """
    from pipelines.identity import review as asking
    from pipelines.identity import review_answers

    home = home or settings.home()
    given = review_answers.read(path)
    with (
        guard.writer(home),
        _quiet("importing decisions", home, ReviewError, review_answers.AnswerError),
        lake.connect(write=["vault"], home=home) as con,
    ):
        _linked(con)
        con.execute("BEGIN")
        try:
            recorded = review_answers.record(con, given, by=by, now=settings.now())
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise
        asking.drop(con)
    return recorded


def withdraw_pair(decision_id: str, *, by: str, home: Home | None = None) -> str:
    """Take back a decision about a pair; its verdict. Raises ReviewError if there is none."""
    from pipelines.identity import review_answers

    home = home or settings.home()
    with guard.writer(home), lake.connect(write=["vault"], home=home) as con:
        done = review_answers.withdraw(con, decision_id, by=by, now=settings.now())
    if done is None:
        raise ReviewError(
            f"There is no decision {decision_id}: see `lumbung review list decisions`."
        )
    return done[1]


def decisions(home: Home | None = None) -> list[dict[str, Any]]:
    """What people decided about pairs, the newest first, as rows of DECISION_COLUMNS; ids only."""
    from pipelines.identity import review as asking
    from pipelines.identity import run

    with lake.connect(read=["vault"], home=home) as con:
        table = asking.relation(con, "vault.identity.decisions", run._EMPTY["decisions"])
        rows = con.execute(
            "SELECT decision_id, verdict, submission_id_a || '/' || source_record_id_a, "
            "submission_id_b || '/' || source_record_id_b, decided_by, decided_at, withdrawn_by, "
            f"withdrawn_at FROM {table} ORDER BY decided_at DESC, decision_id"
        ).fetchall()
    return [dict(zip(DECISION_COLUMNS, row, strict=True)) for row in rows]


def explain_pair(
    ids: Sequence[str],
    *,
    may_see: Collection[str] = (),
    picture: Path | None = None,
    language: Language = "id",
    home: Home | None = None,
) -> Explanation:
    """Why the two that `ids` name are one person or not; with `picture`, its chart as page or SVG.

    Raises ExplainError for ids that mean nothing and ReviewError for a picture that is no page.
    """
    from pipelines.identity import review as asking
    from pipelines.identity import review_explain, review_picture, run

    home = home or settings.home()
    kind = picture.suffix.lower() if picture is not None else None
    if kind not in (None, ".html", ".htm", ".svg"):
        raise ReviewError("The picture is a page or a drawing: name it something.html or .svg.")
    model = run.read_model()
    with (
        _quiet("explaining a pair", home, ReviewError, review_explain.ExplainError),
        lake.connect(read=["vault"], home=home) as con,
    ):
        _linked(con)
        found = review_explain.explain(
            con,
            model,
            ids,
            language=language,
            may_see=may_see,
            with_chart=kind in (".html", ".htm"),
        )
        asking.drop(con)
    if kind == ".svg" and found.steps:
        drawn = review_picture.svg(found.steps, model.policy.link_weight, " – ".join(ids))
        found = replace(found, chart=drawn)
    if picture is not None and found.chart is not None:
        write_private(picture, found.chart.encode())
    return found


def write_private(path: Path, data: bytes) -> None:
    """Write a file that holds, or may hold, personal data: readable by its user alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(data)
