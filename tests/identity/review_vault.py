"""A vault in which linking has left questions, written by hand: the linker itself is not run."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import openpyxl

from pipelines.identity import review, review_answers, review_workbook, run
from pipelines.identity.review import MAY_SEE
from tests.identity.conftest import COLUMNS

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NAMES = ("ANI", "BUDI", "CICI", "DODI", "EKA", "FAJAR", "GITA", "HADI")
"""One record each, of one person each; their numbers differ in the middle digits alone."""
CUT = run.read_model().policy.link_weight
QUEUE = (
    (0, 1, CUT - 1, "doubtful"),
    (1, 2, CUT + 14, "kept_apart_by_others"),
    (0, 2, CUT - 2, "doubtful"),
    (3, 4, CUT + 24, "contradiction"),
    (5, 6, CUT - 3, "doubtful"),
)
"""Two people, the weight of the pair and why it waits."""


def key(index: int) -> tuple[str, str, str]:
    """The key of the record of a person."""
    return ("dtsen", "dtsen-3174-2026Q1-v1-aaaaaaaa", f"{index + 2}:person")


def pair(one: int, other: int) -> frozenset[str]:
    """Two people, as a decision about them is compared."""
    return frozenset((key(one)[2], key(other)[2]))


def fill(con: duckdb.DuckDBPyConnection, **changed: dict[int, str]) -> None:
    """Write the tables that a run leaves. changed: other values of a column, by person."""
    con.execute(
        "CREATE SCHEMA IF NOT EXISTS vault.staging; CREATE SCHEMA IF NOT EXISTS vault.identity"
    )
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    con.execute(f"CREATE OR REPLACE TABLE vault.staging.persons ({columns})")
    con.execute(
        "CREATE OR REPLACE TABLE vault.identity.records (program VARCHAR, submission_id VARCHAR, "
        "source_record_id VARCHAR, evidence_id VARCHAR, is_sufficient BOOLEAN)"
    )
    con.execute(
        "CREATE OR REPLACE TABLE vault.identity.record_links (program VARCHAR, "
        "submission_id VARCHAR, source_record_id VARCHAR, beneficiary_id VARCHAR, "
        "household_id VARCHAR, match_probability DOUBLE, method VARCHAR)"
    )
    con.execute(
        "CREATE OR REPLACE TABLE vault.identity.review_queue (review_id VARCHAR, "
        "beneficiary_id_a VARCHAR, beneficiary_id_b VARCHAR, program_a VARCHAR, "
        "submission_id_a VARCHAR, source_record_id_a VARCHAR, program_b VARCHAR, "
        "submission_id_b VARCHAR, source_record_id_b VARCHAR, match_weight DOUBLE, "
        "match_probability DOUBLE, reason_code VARCHAR)"
    )
    con.execute(f"CREATE TABLE IF NOT EXISTS vault.identity.decisions ({run._EMPTY['decisions']})")
    for index, name in enumerate(NAMES):
        said = {
            "full_name": f"{name} SANTOSO",
            "nik": f"31740915049{index}0001",
            "family_card_number": "3174090101150001",
            "birth_on": "1990-04-15",
            "phone": f"08120{index}456789",
            **{column: values[index] for column, values in changed.items() if index in values},
        }
        program, submission, record = key(index)
        con.execute(
            f"INSERT INTO vault.staging.persons (program, submission_id, source_row, "
            f"source_record_id, role, observed_on, birth_precision, {', '.join(said)}) "
            f"VALUES (?, ?, ?, ?, 'person', '2026-03-31', 'day', {', '.join('?' * len(said))})",
            [program, submission, index + 2, record, *said.values()],
        )
        con.execute(
            "INSERT INTO vault.identity.records VALUES (?, ?, ?, ?, true)",
            [program, submission, record, f"evidence {index}"],
        )
        con.execute(
            "INSERT INTO vault.identity.record_links VALUES (?, ?, ?, ?, NULL, NULL, 'alone')",
            [program, submission, record, f"b{index}"],
        )
    ask(con, QUEUE)


def ask(con: duckdb.DuckDBPyConnection, queue: Sequence[tuple[int, int, float, str]]) -> None:
    """Make these the pairs that wait."""
    con.execute("DELETE FROM vault.identity.review_queue")
    for one, other, weight, reason in queue:
        con.execute(
            "INSERT INTO vault.identity.review_queue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(f"q{one}{other}", f"b{one}", f"b{other}", *key(one), *key(other)),
                *(weight, 2**weight / (1 + 2**weight), reason),
            ],
        )


def answer(path: Path, answers: dict[int, str], note: str | None = None) -> Path:
    """Fill in the decisions of a workbook as a person would; beside it, as another file."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    heads = [cell.value for cell in sheet[1]]
    decision = 1 + next(i for i, head in enumerate(heads) if head in ("Keputusan", "Decision"))
    notes = 1 + next(i for i, head in enumerate(heads) if head in ("Catatan", "Note"))
    for number, verdict in answers.items():
        sheet.cell(2 * number, decision).value = verdict
        if note:
            sheet.cell(2 * number, notes).value = note
    filled = path.with_name(f"{path.stem}_filled.xlsx")
    book.save(filled)
    return filled


def export(barn, folder: Path, *, limit=None, now=NOW, may_see=MAY_SEE, language="id") -> Path:
    """A workbook of the queue, as the command makes it but for the model's reasons."""
    model = run.read_model()
    waiting = review.choose_queue(barn.con, model, limit)
    review.read_said(barn.con, chosen_only=True)
    questions = review.questions(barn.con, model, may_see=may_see, with_reasons=False)
    export_id = review.log(barn.con, "queue", model, now)
    hidden = review_workbook.hidden_kinds(may_see)
    made = review.Asked(export_id, "queue", model.version, now, questions, waiting, hidden)
    path = folder / f"{export_id}.xlsx"
    path.write_bytes(review_workbook.render(made, 6.0, language))
    return path


def numbers(barn) -> dict[frozenset[str], int]:
    """The number under which each pair was asked about last."""
    rows = barn.all(
        "SELECT source_record_id_a, source_record_id_b, arg_max(pair_no, exported_at) "
        "FROM vault.identity.review_pairs GROUP BY ALL"
    )
    return {frozenset((a, b)): number for a, b, number in rows}


def take(barn, path: Path, *, by="Ani", now=NOW + timedelta(days=1)) -> review_answers.Recorded:
    return review_answers.record(barn.con, review_answers.read(path), by=by, now=now)


def texts(data: bytes) -> str:
    """Everything a workbook holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        return " ".join(files.read(name).decode() for name in files.namelist())
