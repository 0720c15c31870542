"""Whether there is anything to do: a hash over everything that can change the warehouse.

Same files received, same declarations, suites, models, code and library versions: same warehouse.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pipelines import settings
from pipelines.exports import receive, serving
from pipelines.exports.declaration import Program
from pipelines.identity import review_decisions
from pipelines.settings import Home

REMEMBERED = "inputs.json"

CODE = (
    ("pipelines", {".py", ".sql", ".yaml", ".json", ".html"}),
    ("expectations", {".json"}),
    ("dbt_project/models", {".sql", ".yml"}),
    ("dbt_project/macros", {".sql"}),
    ("dbt_project/seeds", {".csv", ".yml"}),
    ("dbt_project/tests", {".sql"}),
    ("data/reference", {".parquet", ".csv"}),
)
FILES = (
    "requirements.lock",
    "dbt_project/dbt_project.yml",
    "dbt_project/codes.yml",
    "dbt_project/lineage.yml",
)


def code_files(root: Path = settings.PROJECT_ROOT) -> list[Path]:
    """Every tracked kind of file that a result depends on, sorted."""
    found = [root / name for name in FILES]
    for folder, suffixes in CODE:
        found += [p for p in (root / folder).rglob("*") if p.suffix in suffixes and p.is_file()]
    return sorted(p for p in found if p.exists())


def code_hash(root: Path = settings.PROJECT_ROOT) -> str:
    """SHA-256 over names and contents of `code_files`."""
    digest = hashlib.sha256()
    for path in code_files(root):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def remember(run_id: str, fingerprint: str, home: Home) -> None:
    """Keep what a run is about to build from, until it publishes."""
    (home.work / REMEMBERED).write_text(
        json.dumps({"run_id": run_id, "fingerprint": fingerprint}), encoding="utf-8"
    )


def remembered(run_id: str, home: Home) -> str:
    """What the run was built from, as it was when the run began.

    A run that publishes without having built all of it gets a value that equals no other, so that
    the next run does not take its release for complete.
    """
    with suppress(FileNotFoundError, ValueError, KeyError):
        said = json.loads((home.work / REMEMBERED).read_text(encoding="utf-8"))
        if said["run_id"] == run_id:
            return str(said["fingerprint"])
    return f"unknown, run {run_id}"


def of_inputs(programs: Iterable[Program]) -> str:
    """SHA-256 over the code, the programs in force, every file received and every decision on one.

    In any order.
    """
    programs = list(programs)
    files = {
        # The time of sending moves on where known bytes were sent again, and may decide who serves.
        (p.name, r.file_name, r.sha256, r.sent_at.isoformat())
        for p in programs
        for r in receive.received(p)
    }
    digest = hashlib.sha256(code_hash().encode())
    digest.update(" ".join(sorted(p.name for p in programs)).encode())
    for program, file_name, sha256, sent_at in sorted(files):
        digest.update(f"{program}\0{file_name}\0{sha256}\0{sent_at}\n".encode())
    for submission_id, decision in serving.decisions():
        digest.update(f"{submission_id}\0{decision}\n".encode())
    for key_a, key_b, verdict in review_decisions.of_barn():
        digest.update(f"{key_a}\0{key_b}\0{verdict}\n".encode())
    return digest.hexdigest()
