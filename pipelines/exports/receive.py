"""Receive: bring senders' files into `landing/received/`, byte for byte, each whole or not at all.

A file is received when its manifest stands beside it; the manifest is written last. What has been
seen is told from the manifests, and from `.seen.json` for files that turned out to hold bytes
already received; losing that file costs one more reading and nothing else.
"""

from __future__ import annotations

import contextlib
import fcntl
import fnmatch
import hashlib
import json
import logging
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import fsspec
from fsspec.implementations.local import LocalFileSystem

from pipelines import settings
from pipelines.exports.declaration import Program
from pipelines.exports.periods import FileName, parse_file_name, period_problem
from pipelines.exports.problem import Problem, ProblemError
from pipelines.settings import Home

CHUNK_BYTES = 1 << 20
MANIFEST = ".manifest.json"
SEEN = ".seen.json"
PART = ".part"
_TEMPORARY = re.compile(
    r"~\$.*|.*~|.*\.(part|tmp|temp|crdownload|download|filepart|partial|swp|lock)", re.IGNORECASE
)


log = logging.getLogger(__name__)


class _UnreadableError(Exception):
    """The source does not give the bytes of a file; carries the class of the error alone."""


@dataclass(frozen=True)
class Receipt:
    """One received file. area_code and period are None where its name does not tell them.

    path is the copy in `landing/received`. `problem` is what is wrong with the name, as of now: a
    period that is still to come today is none any more once it has begun. The bytes have not been
    looked at. Times are UTC.
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
class Received:
    """What one call brought: new receipts, how many files were known, and why others were left.

    ignored counts by reason (0 for a reason that did not occur): hidden, temporary, not_matching,
    other_period, link, outside, not_a_file, incomplete (it changed or broke off while it was read;
    the next call takes it), unreadable (files and folders that the source does not let us open).
    """

    receipts: tuple[Receipt, ...]
    unchanged: int
    ignored: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Entry:
    path: str
    name: str
    size: int | None
    modified: datetime | None
    mark: str | None
    url: str


def folder(program: str, home: Home | None = None) -> Path:
    """Where the received files of a program stand."""
    return (home or settings.home()).landing / "received" / program


def received(program: Program, home: Home | None = None) -> list[Receipt]:
    """All complete receipts of `program`, by area, period, version, sent_at and hash.

    Reads the manifests only. A file without a manifest, and a manifest without its whole file, are
    not receipts.
    """
    return sorted((receipt for receipt, _ in _manifests(program, home)), key=_order)


def _order(receipt: Receipt) -> tuple[Any, ...]:
    return (
        receipt.area_code or "",
        receipt.period or "",
        receipt.version,
        receipt.sent_at,
        receipt.sha256,
        receipt.file_name,
    )


def _manifests(program: Program, home: Home | None) -> Iterator[tuple[Receipt, dict[str, Any]]]:
    root = folder(program.name, home)
    if not root.is_dir():
        return
    for path in sorted(root.glob(f"*{MANIFEST}")):
        data = path.with_name(path.name.removesuffix(MANIFEST))
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            if data.stat().st_size != manifest["size_bytes"]:
                continue
            yield _receipt(program, manifest, data), manifest
        except (OSError, ValueError, KeyError, TypeError):
            continue


def _receipt(program: Program, manifest: dict[str, Any], path: Path) -> Receipt:
    name, problem = _read_name(manifest["sender_name"], program)
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


def _read_name(name: str, program: Program) -> tuple[FileName | None, Problem | None]:
    try:
        found = parse_file_name(name, program.name)
    except ProblemError as error:
        return None, error.problem
    return found, period_problem(name, found.period, program.cadence.kind, settings.now())


def receive(
    program: Program, *, periods: Collection[str] | None = None, home: Home | None = None
) -> Received:
    """Copy what is new in the program's source into `landing/received/<program>/`.

    periods: take only files of these; a file whose name tells no period is taken always, so that
    it can be answered. Nothing is written if nothing is new. A source that is not there is empty.
    A file that cannot be opened does not stop the others: it is counted and stays pending. Raises
    OSError if what was read cannot be written.
    """
    home = home or settings.home()
    filesystem, _ = _source(program, home)
    fresh, unchanged, ignored = _look(program, periods, home)
    receipts: list[Receipt] = []
    if fresh:
        with _locked(folder(program.name, home)) as target:
            have = {_identity(receipt) for receipt, _ in _manifests(program, home)}
            for entry in fresh:
                try:
                    copied = _copy(filesystem, entry, program, target, have)
                except _UnreadableError as error:
                    log.warning("%s: a file cannot be read: %s", program.name, error)
                    ignored["unreadable"] += 1
                    continue
                if copied is None:
                    ignored["incomplete"] += 1
                elif isinstance(copied, str):
                    unchanged += 1
                    if entry.mark is not None:
                        _note_seen(target, entry)
                else:
                    have.add(_identity(copied))
                    receipts.append(copied)
    return Received(tuple(sorted(receipts, key=_order)), unchanged, ignored)


def pending(program: Program, home: Home | None = None) -> list[str]:
    """Names of files in the source that have not been received, sorted; copies nothing.

    Files that cannot be opened are among them, and folders that cannot be listed.
    """
    closed: list[str] = []
    fresh, _, _ = _look(program, None, home or settings.home(), closed)
    return sorted([*(entry.name for entry in fresh), *closed])


def _look(
    program: Program,
    periods: Collection[str] | None,
    home: Home,
    closed: list[str] | None = None,
) -> tuple[list[_Entry], int, Counter[str]]:
    """Files of the source that are new, how many are known, and why others are left alone.

    closed: is given the names of the folders that cannot be listed.
    """
    ignored: Counter[str] = Counter()
    # A file may be sent anew and then put back as it was: every state it was ever seen in counts.
    seen = set(_seen(folder(program.name, home)).items())
    seen |= {(m["source_url"], m.get("source_mark")) for _, m in _manifests(program, home)}
    fresh: list[_Entry] = []
    unchanged = 0
    filesystem, root = _source(program, home)
    for entry in _entries(filesystem, root, program, ignored, [] if closed is None else closed):
        if periods is not None and not _wanted(entry.name, program, periods):
            ignored["other_period"] += 1
        elif entry.mark is not None and (entry.url, entry.mark) in seen:
            unchanged += 1
        else:
            fresh.append(entry)
    return fresh, unchanged, ignored


def _identity(receipt: Receipt) -> tuple[Any, ...]:
    # The same bytes for another area, period or version are another export.
    return (receipt.area_code, receipt.period, receipt.version, receipt.sha256)


def _wanted(name: str, program: Program, periods: Collection[str]) -> bool:
    try:
        return str(parse_file_name(name, program.name).period) in periods
    except ProblemError:
        return True


def _source(program: Program, home: Home) -> tuple[Any, str]:
    url = program.source.url.replace("{landing}", str(home.landing))
    filesystem, root = fsspec.core.url_to_fs(url)
    return filesystem, root.rstrip("/")


def _entries(
    filesystem: Any, root: str, program: Program, ignored: Counter[str], closed: list[str]
) -> Iterator[_Entry]:
    is_local = isinstance(filesystem, LocalFileSystem)
    real_root = os.path.realpath(root) if is_local else root
    waiting = [root]
    while waiting:
        at = waiting.pop()
        try:
            listed = _listed(filesystem, at)
        except FileNotFoundError:
            continue
        except OSError as error:
            log.warning("%s: a folder cannot be listed: %s", program.name, type(error).__name__)
            ignored["unreadable"] += 1
            closed.append(at.rsplit("/", 1)[-1])
            continue
        for info in sorted(listed, key=lambda item: item["name"]):
            path = str(info["name"])
            bare = path.rstrip("/")
            name = bare.rsplit("/", 1)[-1]
            if bare == at.rstrip("/") or not name:
                continue
            inside = PurePosixPath(bare)
            if ".." in inside.parts or not bare.startswith(root.rstrip("/") + "/"):
                ignored["outside"] += 1
            elif name.startswith("."):
                ignored["hidden"] += 1
            elif info["type"] == "directory":
                if info.get("islink"):
                    ignored["link"] += 1
                else:
                    waiting.append(bare)
            elif _TEMPORARY.fullmatch(name):
                ignored["temporary"] += 1
            elif info.get("islink") and not _within(path, real_root):
                ignored["link"] += 1
            elif info["type"] != "file" and not info.get("islink"):
                ignored["not_a_file"] += 1
            elif not fnmatch.fnmatch(name, program.source.pattern):
                ignored["not_matching"] += 1
            else:
                target = path
                if info.get("islink"):
                    # From here on the file itself, so that a link turned elsewhere is not followed.
                    target = os.path.realpath(path)
                    info = filesystem.info(target)
                size, modified, mark = _marks(info)
                # Under the declared address: the same file is the same wherever the barn stands.
                url = program.source.url.rstrip("/") + path[len(root) :]
                # A name that is no UTF-8 (old zip tools) is told with signs of replacement.
                yield _Entry(target, _readable(name), size, modified, mark, _readable(url))


def _readable(text: str) -> str:
    return os.fsencode(text).decode("utf-8", "replace")


def _listed(filesystem: Any, at: str) -> list[dict[str, Any]]:
    try:
        return list(filesystem.ls(at, detail=True, refresh=True))
    except TypeError:
        return list(filesystem.ls(at, detail=True))


def _within(path: str, real_root: str) -> bool:
    real = os.path.realpath(path)
    return real.startswith(real_root + os.sep) and os.path.isfile(real)


def _marks(info: dict[str, Any]) -> tuple[int | None, datetime | None, str | None]:
    """Size, modification time, and what tells one state of a file from another, where known."""
    size = info.get("size")
    modified: datetime | None = None
    for key in ("mtime", "LastModified", "last_modified", "modified", "updated", "Last-Modified"):
        value = info.get(key)
        if isinstance(value, int | float):
            modified = datetime.fromtimestamp(value, UTC)
        elif isinstance(value, datetime):
            modified = value if value.tzinfo else value.replace(tzinfo=UTC)
        elif isinstance(value, str):
            with contextlib.suppress(ValueError):
                modified = datetime.fromisoformat(value)
                modified = modified if modified.tzinfo else modified.replace(tzinfo=UTC)
        if modified:
            break
    tag = next((str(info[k]) for k in ("ETag", "etag", "md5", "checksum") if info.get(k)), None)
    state = tag or (modified.astimezone(UTC).isoformat() if modified else None)
    return size, modified, f"{size}:{state}" if state is not None and size is not None else None


@contextlib.contextmanager
def _locked(target: Path) -> Iterator[Path]:
    """The program's folder, for this process alone; what a killed one left behind is removed."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (target / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for stale in target.glob(f".*{PART}"):
            stale.unlink(missing_ok=True)
        yield target


def _chunks(filesystem: Any, entry: _Entry) -> Iterator[bytes]:
    # Each kind of source has errors of its own; what goes wrong in writing is none of them.
    try:
        with filesystem.open(entry.path, "rb") as source:
            while chunk := source.read(CHUNK_BYTES):
                yield chunk
    except FileNotFoundError:
        return
    except Exception as error:
        raise _UnreadableError(type(error).__name__) from None


def _copy(
    filesystem: Any, entry: _Entry, program: Program, target: Path, have: set[tuple[Any, ...]]
) -> Receipt | str | None:
    """Copy one file. The receipt; the hash if the bytes are known; None if it was not whole.

    Raises _UnreadableError where the source does not give its bytes.
    """
    part = target / f".{os.getpid()}{PART}"
    digest = hashlib.sha256()
    size = 0
    after = None
    try:
        with part.open("wb") as out:
            for chunk in _chunks(filesystem, entry):
                digest.update(chunk)
                out.write(chunk)
                size += len(chunk)
            _sync(out)
    except _UnreadableError:
        part.unlink(missing_ok=True)
        raise
    with contextlib.suppress(Exception):
        after = filesystem.info(entry.path)
    if after is None:
        part.unlink(missing_ok=True)
        return None
    if (entry.size is not None and size != entry.size) or _marks(after)[2] != entry.mark:
        part.unlink(missing_ok=True)
        return None
    sha256 = digest.hexdigest()
    received_at = settings.now()
    name, _ = _read_name(entry.name, program)
    key = (
        (name.area_code, str(name.period), name.version, sha256)
        if name
        else (None, None, 1, sha256)
    )
    if key in have:
        part.unlink()
        return sha256
    path = target / _received_name(program, name, sha256, entry.name)
    manifest = {
        "sha256": sha256,
        "size_bytes": size,
        "received_at": received_at.isoformat(),
        "sent_at": (entry.modified or received_at).astimezone(UTC).isoformat(),
        "sender_name": entry.name,
        "source_url": entry.url,
        "source_mark": entry.mark,
    }
    part.replace(path)
    _sync_folder(target)
    _write_json(path.with_name(path.name + MANIFEST), manifest)
    return _receipt(program, manifest, path)


def _received_name(program: Program, name: FileName | None, sha256: str, sent: str) -> str:
    # Made of what was understood alone; nothing a sender typed becomes a path.
    if name is None:
        suffix = re.sub(r"[^a-z0-9]", "", PurePosixPath(sent).suffix.lower())[:8] or "bin"
        return f"{program.name}_unnamed.{sha256[:16]}.{suffix}"
    area = name.area_code.replace(".", "")
    suffix = re.sub(r"[^a-z0-9]", "", name.extension.rsplit(".", 1)[-1])[:8] or "bin"
    return f"{program.name}_{area}_{name.period}_v{name.version}.{sha256[:16]}.{suffix}"


def _seen(target: Path) -> dict[str, str | None]:
    try:
        found = json.loads((target / SEEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _note_seen(target: Path, entry: _Entry) -> None:
    _write_json(target / SEEN, {**_seen(target), entry.url: entry.mark})


def _write_json(path: Path, content: dict[str, Any]) -> None:
    part = path.with_name(f".{path.name}{PART}")
    with part.open("wb") as out:
        out.write(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False).encode())
        out.write(b"\n")
        _sync(out)
    part.replace(path)
    _sync_folder(path.parent)


def _sync(stream: BinaryIO | Any) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
