"""A drafted suite tried on the samples it was drafted from: how many rows each rule finds."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.drafting import profile
from pipelines.drafting.draft import Draft
from pipelines.drafting.sample import DraftError, Sample
from pipelines.exports import check, periods
from pipelines.exports.declaration import Program
from pipelines.exports.parse import parse


@dataclass
class Trial:
    """What became of some files. states: how many files ended in each. broken: findings by rule.

    failed: a rule that cannot be run, if there is one.
    """

    rows: int = 0
    states: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    failed: str | None = None
    unknown_columns: tuple[str, ...] = ()


def broken_rules(draft: Draft, text: str) -> dict[str, int]:
    """In how many rows (or samples) each rule of the suite `text` fails in the draft's samples."""
    with tempfile.TemporaryDirectory(prefix="lumbung-draft-") as folder:
        (Path(folder) / f"{draft.name}.json").write_text(text, encoding="utf-8")
        suite = check.load_suite(draft.name, Path(folder))
        return run(draft.program, suite, draft.samples, Path(folder)).broken


def run(program: Program, suite: check.Suite, samples: Sequence[Sample], work: Path) -> Trial:
    """Parse and check the samples as the pipeline would. Raises DraftError for what is no export.

    A file whose name tells no period is taken to be of the program's first.
    """
    batches, trial = [], Trial()
    for number, sample in enumerate(samples):
        period = sample.period or program.cadence.first
        path = work / f"trial-{number}.parquet"
        parsed = parse(sample.path, program, path, file_name=sample.name, work=work)
        if parsed.problem is not None:
            raise DraftError(parsed.problem.message_en)
        trial.rows += parsed.rows_count
        batches.append(
            check.Batch(
                f"{program.name}-{number}",
                sample.area,
                str(period),
                period.first_day,
                _last_day(period),
                path,
            )
        )
    with profile.connection() as con:
        check.check(con, suite, list(program.columns), batches, list(program.read.parts))
        trial.states = dict(
            con.execute(
                "SELECT state, count(*) FROM memory.main.check_states GROUP BY 1 ORDER BY 1"
            ).fetchall()
        )
        trial.broken = dict(
            con.execute(
                "SELECT rule_id, count(*) FROM memory.main.check_issues GROUP BY 1 ORDER BY 1"
            ).fetchall()
        )
        failed = con.execute("SELECT min(broken_rule_id) FROM memory.main.check_files").fetchone()
        trial.failed = failed[0] if failed else None
    return trial


def _last_day(period: periods.Period) -> object:
    return period.last_day
