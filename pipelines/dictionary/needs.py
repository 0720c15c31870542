"""The needs: what people asked for, which columns answer it, and the page that says so.

    python -m pipelines.dictionary.needs

writes `docs/needs.md` and `docs/questions.md`; a test says when they are behind.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines import settings
from pipelines.dictionary.read import Dictionary, DictionaryError, load, read

NEEDS = settings.REFERENCE_DIR / "needs.csv"
FOLDER = Path(__file__).parent
QUERIES = FOLDER / "queries"


@dataclass(frozen=True)
class Need:
    """A need as somebody stated it; `basis` is stated, inferred or both."""

    need_id: str
    place: str
    phrase: str
    capability: str
    indicator: str
    basis: str


@dataclass(frozen=True)
class Answer:
    """What answers a need: a query and columns, or why nothing does; `part` says what lacks.

    Texts are English, Indonesian.
    """

    query: str = ""
    columns: tuple[str, ...] = ()
    part: tuple[str, str] | None = None
    not_served: tuple[str, str] | None = None


@dataclass(frozen=True)
class Question:
    """A question of an analyst, with its query and what to mind when reading the answer."""

    en: str
    id: str
    query: str
    mind: tuple[str, str] | None = None


def read_needs(path: Path = NEEDS) -> dict[str, Need]:
    """Needs by id, in the order of the list."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return {row["need_id"]: Need(**row) for row in csv.DictReader(handle)}


def _pair(said: object, where: str) -> tuple[str, str] | None:
    if said is None:
        return None
    if not isinstance(said, list) or len(said) != 2 or not all(isinstance(s, str) for s in said):
        raise DictionaryError(f"{where} is not [English, Indonesian], quoted where it has commas.")
    return said[0], said[1]


def read_answers(path: Path = FOLDER / "needs.yaml") -> dict[str, Answer]:
    """Answers by need id. Raises DictionaryError."""
    return {
        need: Answer(
            query=said.get("query", ""),
            columns=tuple(said.get("columns") or ()),
            part=_pair(said.get("part"), f"{path.name}: {need}.part"),
            not_served=_pair(said.get("not_served"), f"{path.name}: {need}.not_served"),
        )
        for need, said in load(path).items()
    }


def read_questions(path: Path = FOLDER / "questions.yaml") -> list[Question]:
    """The questions in their order. Raises DictionaryError."""
    return [
        Question(said["en"], said["id"], said["query"], _pair(said.get("mind"), said["query"]))
        for said in load(path)
    ]


def sql(query: str) -> str:
    """The text of a query of `queries/`. Raises DictionaryError if there is none."""
    path = QUERIES / f"{query}.sql"
    if not path.is_file():
        raise DictionaryError(f"There is no query {query} in {QUERIES.name}/.")
    return path.read_text(encoding="utf-8").strip()


def needs_page(
    needs: Mapping[str, Need], answers: Mapping[str, Answer], dictionary: Dictionary
) -> str:
    """`docs/needs.md`. Raises DictionaryError where an answer names what is not there."""
    lines = [
        "# What each need is answered by",
        "",
        "Written by `python -m pipelines.dictionary.needs` from `data/reference/needs.csv`,",
        "`pipelines/dictionary/needs.yaml` and dbt's YAML; do not edit. Needs are quoted as they",
        "were stated. Each query runs against the live warehouse or a release (`lumbung sql`), and",
        "a test runs them all.",
        "",
        "| need | where | stated as | answered by | query |",
        "|---|---|---|---|---|",
    ]
    for need_id, need in needs.items():
        answer = answers[need_id]
        for name in answer.columns:
            try:
                dictionary.column(name)
            except KeyError:
                raise DictionaryError(f"{need_id}: there is no column {name}.") from None
        if answer.not_served:
            told = f"**Not served.** {answer.not_served[0]} *{answer.not_served[1]}*"
        else:
            told = ", ".join(f"`{c}`" for c in answer.columns)
            if answer.part:
                told += f"<br>In part: {answer.part[0]} *{answer.part[1]}*"
        query = f"[{answer.query}](#{answer.query})" if answer.query else ""
        basis = "" if need.basis == "stated" else f" ({need.basis})"
        lines.append(
            f"| {need_id} | {need.place} | {need.phrase}: {need.capability}{basis} "
            f"| {told} | {query} |"
        )
    lines += ["", "## Queries"]
    used: dict[str, list[str]] = {}
    for need_id, answer in answers.items():
        if answer.query:
            used.setdefault(answer.query, []).append(need_id)
    for query in sorted(used):
        lines += ["", f"### {query}", f"{', '.join(used[query])}", "", "```sql", sql(query), "```"]
    return "\n".join(lines) + "\n"


def questions_page(questions: list[Question]) -> str:
    """`docs/questions.md`."""
    lines = [
        "# How do I …",
        "",
        "Written by `python -m pipelines.dictionary.needs`; do not edit. The questions stand in",
        "`pipelines/dictionary/questions.yaml`. Ask with `lumbung sql '…'` (the live warehouse),",
        "`lumbung sql --release NAME '…'` (a release), or in any tool that opens the release's",
        "`warehouse.duckdb`. A test runs every query; `benchmarks/questions.py BARN` times them.",
        "",
        "Tanyakan dengan `lumbung sql '…'`, atau dengan alat apa pun yang membuka",
        "`warehouse.duckdb` dari sebuah rilis.",
    ]
    for number, question in enumerate(questions, start=1):
        lines += ["", f"## {number}. {question.en}", f"*{question.id}*", ""]
        lines += ["```sql", sql(question.query), "```"]
        if question.mind:
            lines += ["", f"{question.mind[0]} *{question.mind[1]}*"]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """The two pages by where they stand."""
    docs = settings.PROJECT_ROOT / "docs"
    return {
        docs / "needs.md": needs_page(read_needs(), read_answers(), read()),
        docs / "questions.md": questions_page(read_questions()),
    }


def main() -> int:
    """Write both pages; 0."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
