"""What has changed in the drop folders since they were last looked at, and is whole.

Looks at names, sizes and times alone, so that it may be asked every half minute. A file counts once
it stands as it stood the time before: one that is still being copied does not. What was seen is a
short JSON text, which the caller keeps from call to call.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines import settings
from pipelines.exports.declaration import Program
from pipelines.exports.sources import files
from pipelines.settings import Home


@dataclass(frozen=True)
class Changes:
    """Programs in whose folders something new stands whole, each with a digest of what stands.

    memory: what the next call is to be given. waiting: names of programs with files that may not be
    whole yet.
    """

    digests: dict[str, str]
    memory: str
    waiting: tuple[str, ...]


def changes(programs: Iterable[Program], memory: str | None, home: Home | None = None) -> Changes:
    """Compare the drop folders with `memory` (None at the first call)."""
    home = home or settings.home()
    done, before = _read(memory)
    digests: dict[str, str] = {}
    waiting: dict[str, list[str]] = {}
    kept: dict[str, str] = {}
    for program in programs:
        name = program.name
        now = sorted({_mark(*state) for root in _roots(program, home) for state in _files(root)})
        digest = _digest(now)
        if not now or digest == done.get(name):
            if now:
                kept[name] = digest
            continue
        settled = sorted(set(now) & set(before.get(name, ())))
        if name in done:
            kept[name] = done[name]
        if settled and _digest(settled) != done.get(name):
            kept[name] = digests[name] = _digest(settled)
        if settled != now:
            waiting[name] = now
    return Changes(
        digests,
        json.dumps({"done": kept, "before": waiting}, sort_keys=True),
        tuple(sorted(waiting)),
    )


def _read(memory: str | None) -> tuple[dict[str, str], dict[str, list[str]]]:
    try:
        found = json.loads(memory or "{}")
        return dict(found.get("done", {})), dict(found.get("before", {}))
    except (ValueError, AttributeError, TypeError):
        return {}, {}


def _roots(program: Program, home: Home) -> list[Path]:
    roots = {home.landing / program.name}
    prefix = "{landing}/"
    if program.source.url.startswith(prefix):
        roots.add(home.landing / program.source.url.removeprefix(prefix))
    return sorted(roots)


def _files(root: Path) -> Iterator[tuple[str, int, int]]:
    waiting = [str(root)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as found:
                for entry in found:
                    if entry.name.startswith(".") or files.TEMPORARY.fullmatch(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif entry.is_file():
                        state = entry.stat()
                        yield entry.path[len(str(root)) :], state.st_size, state.st_mtime_ns
        except OSError:
            # Gone meanwhile, or closed to us: the pull tells of that.
            continue


def _mark(path: str, size: int, modified: int) -> str:
    content = f"{size}:{modified}:".encode() + os.fsencode(path)
    return hashlib.blake2b(content, digest_size=6).hexdigest()


def _digest(marks: list[str]) -> str:
    return hashlib.sha256("".join(marks).encode()).hexdigest()[:16]
