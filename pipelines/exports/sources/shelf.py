"""The shelf: `landing/received/<program>/`, where every received file stands with its manifest.

A file is received when its manifest stands beside it; the manifest is written last. What has been
seen is told from the manifests, and from `.seen.json` for files that turned out to hold bytes
already received; losing that file costs one more reading and nothing else.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from pipelines import settings
from pipelines.exports import due
from pipelines.exports.declaration import Program
from pipelines.exports.periods import FileName, parse_file_name, period_problem
from pipelines.exports.problem import Problem, ProblemError
from pipelines.settings import Home

CHUNK_BYTES = 1 << 20
MANIFEST = ".manifest.json"
SEEN = ".seen.json"
PART = ".part"


@dataclass(frozen=True)
class Receipt:
    """One received file. area_code and period are None where its name does not tell them.

    path is the copy in `landing/received`. `problem` is what is wrong with the name, as of now: a
    period that is still to come today is none any more once it has begun. The bytes have not been
    looked at. Times are UTC. sent_at: when these bytes were sent under this name; the last time,
    where other bytes were sent under it as well.
    """

    program: str
    area_code: str | None
    period: str | None
    version: int
    file_name: str
    path: Path
    sha256: str
    size_bytes: int
    received_at: datetime
    sent_at: datetime
    source_url: str
    problem: Problem | None = None


@dataclass(frozen=True)
class Arrival:
    """A file that stands whole in a `.part` file. more: goes into the manifest as it is.

    modified: when its sender last changed it, where the source tells. mark: what tells one state of
    it from another there.
    """

    name: str
    url: str
    sha256: str
    size: int
    modified: datetime | None = None
    mark: str | None = None
    more: dict[str, Any] = field(default_factory=dict)


def folder(program: str, home: Home | None = None) -> Path:
    """Where the received files of a program stand."""
    return (home or settings.home()).landing / "received" / program


def received(program: Program, home: Home | None = None) -> list[Receipt]:
    """All complete receipts of `program`, by area, period, version, sent_at and hash.

    Reads the manifests only. A file without a manifest, and a manifest without its whole file, are
    not receipts.
    """
    return sorted((receipt for receipt, _ in manifests(program, home)), key=order)


def order(receipt: Receipt) -> tuple[Any, ...]:
    """Sorts receipts."""
    return (
        receipt.area_code or "",
        receipt.period or "",
        receipt.version,
        receipt.sent_at,
        receipt.sha256,
        receipt.file_name,
    )


def manifests(program: Program, home: Home | None) -> list[tuple[Receipt, dict[str, Any]]]:
    """Every complete receipt with its manifest, by the name of its copy."""
    root = folder(program.name, home)
    found = []
    for path in sorted(root.glob(f"*{MANIFEST}")) if root.is_dir() else ():
        data = path.with_name(path.name.removesuffix(MANIFEST))
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            manifest = json.loads(path.read_text(encoding="utf-8"))
            if data.stat().st_size == manifest["size_bytes"]:
                found.append((_receipt(program, manifest, data), manifest))
    return _sent_again(found)


def _sent_again(
    found: list[tuple[Receipt, dict[str, Any]]],
) -> list[tuple[Receipt, dict[str, Any]]]:
    """With the time of the last sending where several bytes were sent under one name.

    So bytes that are sent anew after wrong ones serve again. A file that is only touched keeps its
    time: nothing competes with it.
    """
    rivals: dict[tuple[Any, ...], set[str]] = {}
    for receipt, _ in found:
        rivals.setdefault(identity(receipt)[:-1], set()).add(receipt.sha256)
    out = []
    for receipt, manifest in found:
        again = manifest.get("sent_again_at")
        if again and receipt.period and len(rivals[identity(receipt)[:-1]]) > 1:
            latest = max(receipt.sent_at, datetime.fromisoformat(again))
            receipt = replace(receipt, sent_at=latest)
        out.append((receipt, manifest))
    return out


def _receipt(program: Program, manifest: dict[str, Any], path: Path) -> Receipt:
    name, problem = read_name(manifest["sender_name"], program)
    return Receipt(
        program=program.name,
        area_code=name.area_code if name else None,
        period=str(name.period) if name else None,
        version=name.version if name else 1,
        file_name=manifest["sender_name"],
        path=path,
        sha256=manifest["sha256"],
        size_bytes=manifest["size_bytes"],
        received_at=datetime.fromisoformat(manifest["received_at"]),
        sent_at=datetime.fromisoformat(manifest["sent_at"]),
        source_url=manifest["source_url"],
        problem=problem,
    )


def read_name(name: str, program: Program) -> tuple[FileName | None, Problem | None]:
    """What a sender's file name says, and what is wrong with it on its area's calendar."""
    try:
        found = parse_file_name(name, program.name)
    except ProblemError as error:
        return None, error.problem
    zone = due.zone_of(found.area_code)
    return found, period_problem(
        name, found.period, program.cadence.kind, settings.now(), zone=zone
    )


def identity(receipt: Receipt) -> tuple[Any, ...]:
    """The same bytes for another area, period or version are another export."""
    return (receipt.area_code, receipt.period, receipt.version, receipt.sha256)


@contextlib.contextmanager
def locked(program: Program, home: Home | None) -> Iterator[Path]:
    """The program's folder, for this process alone; what a killed one left behind is removed."""
    target = folder(program.name, home)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (target / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for stale in target.glob(f".*{PART}"):
            stale.unlink(missing_ok=True)
        yield target


def part_file(target: Path, name: str = "") -> Path:
    """A scratch file in the locked folder; removed by the next one who locks it."""
    return target / f".{os.getpid()}{name}{PART}"


def write_part(part: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write `chunks` to `part`, safe on the disk; their hash and size."""
    digest = hashlib.sha256()
    size = 0
    with part.open("wb") as out:
        for chunk in chunks:
            digest.update(chunk)
            out.write(chunk)
            size += len(chunk)
        _sync(out)
    return digest.hexdigest(), size


def hashed(part: Path) -> tuple[str, int]:
    """Hash and size of a file that was written by somebody else, once it is safe on the disk."""
    with part.open("rb") as stream:
        _sync(stream)
        return hashlib.file_digest(stream, "sha256").hexdigest(), part.stat().st_size


def keep(
    program: Program, target: Path, part: Path, arrival: Arrival, have: set[tuple[Any, ...]]
) -> Receipt | None:
    """Put `part` on the shelf; None, and `part` is gone, if its bytes are known. Adds to `have`."""
    received_at = settings.now()
    name, _ = read_name(arrival.name, program)
    path = target / _received_name(program, name, arrival.sha256, arrival.name)
    area, period, version = (
        (name.area_code, str(name.period), name.version) if name else (None, None, 1)
    )
    if (area, period, version, arrival.sha256) in have:
        part.unlink()
        _note_again(path, arrival)
        return None
    manifest = {
        **arrival.more,
        "sha256": arrival.sha256,
        "size_bytes": arrival.size,
        "received_at": received_at.isoformat(),
        "sent_at": (arrival.modified or received_at).astimezone(UTC).isoformat(),
        "sender_name": arrival.name,
        "source_url": arrival.url,
        "source_mark": arrival.mark,
    }
    part.replace(path)
    sync_folder(target)
    write_json(path.with_name(path.name + MANIFEST), manifest)
    receipt = _receipt(program, manifest, path)
    have.add(identity(receipt))
    return receipt


def _note_again(path: Path, arrival: Arrival) -> None:
    """Note that known bytes were sent at another time; counts where others compete with them."""
    at = path.with_name(path.name + MANIFEST)
    if arrival.modified is None or not at.exists():
        return
    manifest = json.loads(at.read_text(encoding="utf-8"))
    known = [manifest["sent_at"], manifest.get("sent_again_at") or manifest["sent_at"]]
    if arrival.modified > max(map(datetime.fromisoformat, known)):
        sent = arrival.modified.astimezone(UTC).isoformat()
        write_json(at, {**manifest, "sent_again_at": sent})


def _received_name(program: Program, name: FileName | None, sha256: str, sent: str) -> str:
    # Made of what was understood alone; nothing a sender typed becomes a path.
    if name is None:
        suffix = re.sub(r"[^a-z0-9]", "", PurePosixPath(sent).suffix.lower())[:8] or "bin"
        return f"{program.name}_unnamed.{sha256[:16]}.{suffix}"
    area = name.area_code.replace(".", "")
    suffix = re.sub(r"[^a-z0-9]", "", name.extension.rsplit(".", 1)[-1])[:8] or "bin"
    return f"{program.name}_{area}_{name.period}_v{name.version}.{sha256[:16]}.{suffix}"


def seen(target: Path) -> dict[str, str | None]:
    """State of files whose bytes were known, by address."""
    try:
        found = json.loads((target / SEEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def note_seen(target: Path, url: str, mark: str | None) -> None:
    """Remember that the file at `url` holds known bytes in this state."""
    write_json(target / SEEN, {**seen(target), url: mark})


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` whole or not at all."""
    part = path.with_name(f".{path.name}{PART}")
    with part.open("wb") as out:
        out.write(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False).encode())
        out.write(b"\n")
        _sync(out)
    part.replace(path)
    sync_folder(path.parent)


def _sync(stream: BinaryIO | Any) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(path: Path) -> None:
    """Make the names in `path` safe on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
