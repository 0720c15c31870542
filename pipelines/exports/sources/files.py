"""Files of a folder, of S3, SFTP or HTTP(S), each whole or not at all; local or by fsspec.

A remote file is read in one stream, and tried again from its beginning when that breaks off. It
counts only if its length and state are the same before and after; if not, the next call takes it.
"""

from __future__ import annotations

import contextlib
import fnmatch
import itertools
import logging
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import fsspec
from fsspec.implementations.http import HTTPFileSystem
from fsspec.implementations.local import LocalFileSystem

from pipelines.exports import periods
from pipelines.exports.declaration import FileSource, Program
from pipelines.exports.sources import retry, secrets, shelf, told
from pipelines.exports.sources.told import Pulled, SourceError, TransientError
from pipelines.settings import Home

# Being written, or left behind by what wrote it.
TEMPORARY = re.compile(
    r"~\$.*|.*~|.*\.(part|tmp|temp|crdownload|download|filepart|partial|swp|lock)", re.IGNORECASE
)
# After so many files in a row that could not be read the place is left for the next run.
FAILURES_IN_A_ROW = 3
_REFUSED = frozenset({401, 403, 407})
_GONE = frozenset({404, 410})

log = logging.getLogger(__name__)
T = TypeVar("T")
Wanted = Callable[[str], bool]


class _UnreadableError(Exception):
    """The source does not give the bytes of a file; carries the class of the error alone."""


@dataclass(frozen=True)
class Entry:
    """A file that a place has. mark tells one of its states from another, where the place does."""

    path: str
    name: str
    size: int | None
    modified: datetime | None
    mark: str | None
    url: str


@dataclass
class Place:
    """Where files are looked for. url: as declared, with its placeholders."""

    program: Program
    url: str
    pattern: str
    options: dict[str, Any] = field(default_factory=dict)
    areas: str | None = None
    extension: str | None = None
    home: Home | None = None
    _filesystem: Any = None
    root: str = ""

    @property
    def label(self) -> str:
        """The address as it may be told."""
        return secrets.masked(self.url)

    @property
    def is_local(self) -> bool:
        """Whether the files stand on this machine; then nothing is tried again."""
        return self.url.startswith("{landing}") or not re.search(r"://|^\{env:", self.url)

    def _filled(self) -> str:
        landing = str(self.home.landing) if self.home else ""
        return str(secrets.filled(self.url.replace("{landing}", landing)))

    @property
    def filesystem(self) -> Any:
        """The file system, opened when first asked for. Raises SourceError."""
        if self._filesystem is None:
            address, options = self._filled(), secrets.filled(self.options)
            scheme = urlsplit(address).scheme if "://" in address else "file"
            if scheme in {"http", "https"}:
                options = {**_patient(), **options}
            if scheme in {"sftp", "ssh"}:
                from pipelines.exports.sources import sftp

                sftp.register()
            if not self.is_local:
                # A file system that is kept would keep its broken connection, too.
                options = {"skip_instance_cache": True, **options}
            if scheme == "s3":
                options = {"use_listings_cache": False, **options}
            self._filesystem, root = fsspec.core.url_to_fs(address, **options)
            self.root = root.rstrip("/")
        return self._filesystem

    def close(self) -> None:
        """Let go of a connection."""
        client = getattr(self._filesystem, "client", None)
        self._filesystem = None
        with contextlib.suppress(Exception):
            client.close()  # type: ignore[union-attr]

    def ask(self, work: Callable[[Any], T]) -> T:
        """What `work` makes of the file system; tried again where it is a remote one.

        Raises FileNotFoundError, SourceError, TransientError for a remote place; what `work` raises
        for a local one.
        """
        if self.is_local:
            return work(self.filesystem)

        def once() -> T:
            try:
                return work(self.filesystem)
            except (SourceError, TransientError):
                raise
            except Exception as error:
                self.close()
                raise self.plain(error) from None

        return retry.again(once)

    def plain(self, error: Exception) -> Exception:
        """What an error of a client library means here; nothing of its text is kept."""
        kind = type(error).__name__
        inner: BaseException = error
        while getattr(inner, "status", None) is None and inner.__cause__ is not None:
            inner = inner.__cause__
        status = getattr(inner, "status", None)
        if status in _REFUSED or isinstance(error, PermissionError):
            return SourceError(told.refused(self.label, str(status or kind)))
        if kind in {"AuthenticationException", "NoCredentialsError", "BadHostKeyException"}:
            return SourceError(told.refused(self.label, kind))
        if status in _GONE or (isinstance(error, FileNotFoundError) and status is None):
            transport = error.__cause__
            if transport is None or status in _GONE:
                return FileNotFoundError(self.label)
            return TransientError(type(transport).__name__)
        if isinstance(error, ImportError | ValueError | TypeError):
            why = ("alamat atau opsinya keliru", "its address or options are wrong")
            return SourceError(told.bad_answer(self.label, *why))
        if status is not None:
            return TransientError(str(status), _retry_after(getattr(inner, "headers", None)))
        return TransientError(kind)


def _patient() -> dict[str, Any]:
    """No limit on the whole of a download, one on its silence."""
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=60)
    return {"client_kwargs": {"timeout": timeout}}


def _retry_after(headers: Any) -> float | None:
    return retry.asked(headers.get("Retry-After")) if headers else None


def places(program: Program, home: Home) -> list[Place]:
    """Where the program's files are looked for: its own source, and always its drop folder."""
    drop = f"{{landing}}/{program.name}"
    found = []
    source = program.source
    if isinstance(source, FileSource):
        found.append(
            Place(
                program,
                source.url.rstrip("/"),
                source.pattern,
                dict(source.options),
                source.areas,
                source.extension,
                home,
            )
        )
    if not any(drop == p.url or drop.startswith(f"{p.url}/") for p in found):
        found.append(Place(program, drop, "*", home=home))
    return found


def pull(place: Place, home: Home, wanted: Wanted) -> Pulled:
    """Copy what is new in `place` onto the shelf.

    A file that cannot be read does not stop the others: it is counted and stays pending. Raises
    OSError if what was read cannot be written.
    """
    pulled = Pulled()
    if not secrets.is_connected(place.url):
        pulled.is_connected = False
        return pulled
    try:
        fresh = look(place, home, wanted, pulled)
        if fresh:
            _take(place, home, fresh, pulled)
    except SourceError as error:
        pulled.told.append(error.told)
    except TransientError as error:
        pulled.told.append(told.unreachable(place.label, error.kind))
    finally:
        place.close()
    return pulled


def _take(place: Place, home: Home, fresh: list[Entry], pulled: Pulled) -> None:
    failures = 0
    with shelf.locked(place.program, home) as target:
        have = {shelf.identity(r) for r, _ in shelf.manifests(place.program, home)}
        for entry in fresh:
            if failures >= FAILURES_IN_A_ROW:
                pulled.ignored["unreadable"] += 1
                continue
            try:
                copied = _copy(place, entry, target, have)
            except _UnreadableError as error:
                log.warning("%s: a file cannot be read: %s", place.program.name, error)
                pulled.ignored["unreadable"] += 1
                failures += not place.is_local
                continue
            failures = 0
            if copied is None:
                pulled.ignored["incomplete"] += 1
            elif isinstance(copied, str):
                pulled.unchanged += 1
                if entry.mark is not None:
                    shelf.note_seen(target, entry.url, entry.mark)
            else:
                pulled.receipts.append(copied)


def look(
    place: Place, home: Home, wanted: Wanted, pulled: Pulled, closed: list[str] | None = None
) -> list[Entry]:
    """Files of the place that are new; `pulled` is told of the others.

    closed: is given the names of the folders that cannot be listed.
    """
    # A file may be sent anew and then put back as it was: every state it was ever seen in counts.
    known = set(shelf.seen(shelf.folder(place.program.name, home)).items())
    known |= {
        (m["source_url"], m.get("source_mark")) for _, m in shelf.manifests(place.program, home)
    }
    fresh: list[Entry] = []
    closed = [] if closed is None else closed
    listed = _addresses(place, wanted, pulled) if "{period}" in place.url else None
    for entry in listed or _entries(place, pulled, closed):
        if not wanted(entry.name):
            pulled.ignored["other_period"] += 1
        elif entry.mark is not None and (entry.url, entry.mark) in known:
            pulled.unchanged += 1
        else:
            fresh.append(entry)
    return fresh


def _addresses(place: Place, wanted: Wanted, pulled: Pulled) -> Iterator[Entry]:
    """One file's address for every period that has begun, and every area."""
    program = place.program
    first = program.cadence.first
    codes = str(secrets.filled(place.areas or "00"))
    areas = [code.strip() for code in codes.split(",") if code.strip()]
    path = PurePosixPath(urlsplit(place.url).path.replace("{period}", "").replace("{area}", ""))
    extension = place.extension or path.suffix.lstrip(".") or "csv"
    spans = periods.periods_between(first, periods.current(first.kind))
    for period, area in itertools.product(spans, areas):
        name = f"{program.name}_{area}_{period}.{extension}"
        if not wanted(name):
            pulled.ignored["other_period"] += 1
            continue
        url = place.url.replace("{period}", str(period)).replace("{area}", area)
        address = str(secrets.filled(url))
        try:
            info = place.ask(lambda fs, at=address: fs.info(at))  # type: ignore[misc]
        except FileNotFoundError:
            pulled.counts["absent"] += 1
            continue
        size, modified, mark = _marks(info)
        yield Entry(address, name, size, modified, mark, url)


def _entries(place: Place, pulled: Pulled, closed: list[str]) -> Iterator[Entry]:
    program, ignored = place.program, pulled.ignored
    filesystem = place.ask(lambda fs: fs)
    is_local = isinstance(filesystem, LocalFileSystem)
    is_web = isinstance(filesystem, HTTPFileSystem)
    root = place.root
    real_root = os.path.realpath(root) if is_local else root
    waiting = [root]
    while waiting:
        at = waiting.pop()
        try:
            listed = place.ask(lambda fs, at=at: _listed(fs, at))  # type: ignore[misc]
        except FileNotFoundError:
            # A bucket has no empty folders; elsewhere an address without anything is a mistake.
            if at == root and not is_local and not _is_store(filesystem):
                raise SourceError(told.not_found(place.label)) from None
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
            if is_web:
                # The page's own links for sorting and the like.
                if "?" in path or "#" in path:
                    continue
                name = unquote(name)
            if ".." in PurePosixPath(bare).parts or not bare.startswith(root + "/"):
                ignored["outside"] += 1
            elif name.startswith("."):
                ignored["hidden"] += 1
            elif info["type"] == "directory":
                if info.get("islink"):
                    ignored["link"] += 1
                else:
                    waiting.append(path if is_web else bare)
            elif TEMPORARY.fullmatch(name):
                ignored["temporary"] += 1
            elif info.get("islink") and not _within(path, real_root):
                ignored["link"] += 1
            elif info["type"] != "file" and not info.get("islink"):
                ignored["not_a_file"] += 1
            elif not fnmatch.fnmatch(name, place.pattern):
                ignored["not_matching"] += 1
            else:
                target = path
                if info.get("islink"):
                    # From here on the file itself, so that a link turned elsewhere is not followed.
                    target = os.path.realpath(path)
                    info = place.filesystem.info(target)
                elif is_web:
                    try:
                        info = place.ask(lambda fs, at=path: fs.info(at))  # type: ignore[misc]
                    except FileNotFoundError:
                        ignored["incomplete"] += 1
                        continue
                size, modified, mark = _marks(info)
                # Under the declared address: the same file is the same wherever the barn stands.
                url = place.url + path[len(root) :]
                # A name that is no UTF-8 (old zip tools) is told with signs of replacement.
                yield Entry(target, _readable(name), size, modified, mark, _readable(url))


def _is_store(filesystem: Any) -> bool:
    return "sftp" not in filesystem.protocol and not isinstance(filesystem, HTTPFileSystem)


def _readable(text: str) -> str:
    return os.fsencode(text).decode("utf-8", "replace")


def _listed(filesystem: Any, at: str) -> list[dict[str, Any]]:
    if isinstance(filesystem, HTTPFileSystem):
        # A page without a link is an empty folder.
        return list(filesystem.ls(at + "/" if not at.endswith("/") else at, detail=True))
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
        modified = _moment(info.get(key))
        if modified:
            break
    tag = next((str(info[k]) for k in ("ETag", "etag", "md5", "checksum") if info.get(k)), None)
    state = tag or (modified.astimezone(UTC).isoformat() if modified else None)
    return size, modified, f"{size}:{state}" if state is not None and size is not None else None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, str):
        for read in (datetime.fromisoformat, parsedate_to_datetime):
            with contextlib.suppress(ValueError, TypeError):
                found = read(value)
                return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _copy(
    place: Place, entry: Entry, target: Path, have: set[tuple[Any, ...]]
) -> shelf.Receipt | str | None:
    """Copy one file. The receipt; the hash if the bytes are known; None if it was not whole.

    Raises _UnreadableError where the source does not give its bytes.
    """
    part = shelf.part_file(target)
    after = None
    try:
        sha256, size = _read_into(place, entry, part)
    except FileNotFoundError:
        part.unlink(missing_ok=True)
        return None
    except (_UnreadableError, TransientError, SourceError) as error:
        part.unlink(missing_ok=True)
        raise _UnreadableError(_kind(error)) from None
    with contextlib.suppress(Exception):
        after = place.ask(lambda fs: fs.info(entry.path))
    is_whole = after is not None and entry.size in (None, size)
    if after is None or not is_whole or _marks(after)[2] != entry.mark:
        part.unlink(missing_ok=True)
        return None
    arrival = shelf.Arrival(entry.name, entry.url, sha256, size, entry.modified, entry.mark)
    return shelf.keep(place.program, target, part, arrival, have) or sha256


def _kind(error: Exception) -> str:
    match error:
        case TransientError():
            return error.kind
        case SourceError():
            return error.told.code
        case _:
            return str(error)


class _ReadingError(Exception):
    """The error that a source raised while it was read is its cause."""


def _read_into(place: Place, entry: Entry, part: Path) -> tuple[str, int]:
    """Copy the bytes of `entry` to `part`; their hash and size. OSError is one of writing."""

    def once() -> tuple[str, int]:
        filesystem = place.ask(lambda fs: fs)
        try:
            return shelf.write_part(part, _guarded(filesystem, entry))
        except _ReadingError as wrapped:
            error = wrapped.__cause__
            assert isinstance(error, Exception)
            if isinstance(error, FileNotFoundError):
                raise error from None
            if place.is_local:
                raise _UnreadableError(type(error).__name__) from None
            place.close()
            raise place.plain(error) from None

    return once() if place.is_local else retry.again(once)


def _guarded(filesystem: Any, entry: Entry) -> Iterator[bytes]:
    """Its bytes; what goes wrong in reading is told from what goes wrong in writing."""
    # A web server is asked for the whole at once: parts could be of two states of the file.
    options = {"block_size": 0} if isinstance(filesystem, HTTPFileSystem) else {}
    try:
        with filesystem.open(entry.path, "rb", **options) as source:
            while chunk := source.read(shelf.CHUNK_BYTES):
                yield chunk
    except Exception as error:
        raise _ReadingError from error
