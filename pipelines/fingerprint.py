"""Whether there is anything to do: a hash over everything that can change the warehouse.

Same files received, same declarations, suites, models, code and library versions: same warehouse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from pipelines import settings
from pipelines.exports import receive
from pipelines.exports.declaration import Program

CODE = (
    ("pipelines", {".py", ".sql", ".yaml", ".json"}),
    ("expectations", {".json"}),
    ("dbt_project/models", {".sql", ".yml"}),
    ("dbt_project/macros", {".sql"}),
    ("dbt_project/seeds", {".csv", ".yml"}),
    ("dbt_project/tests", {".sql"}),
    ("data/reference", {".parquet", ".csv"}),
)
FILES = ("requirements.lock", "dbt_project/dbt_project.yml")


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


def of_inputs(programs: Iterable[Program]) -> str:
    """SHA-256 over the code and every file received, in any order."""
    files = {(p.name, r.file_name, r.sha256) for p in programs for r in receive.received(p)}
    digest = hashlib.sha256(code_hash().encode())
    for program, file_name, sha256 in sorted(files):
        digest.update(f"{program}\0{file_name}\0{sha256}\n".encode())
    return digest.hexdigest()
