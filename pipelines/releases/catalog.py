"""The folder of releases: which there are, which is current, and how one is put in or taken away.

A release is a folder with a `manifest.json`. It is built beside the others and renamed into its
place, then `current` is repointed by a rename too: whoever looks sees a whole release, the former
or the new one. `current.txt` says the same for systems without symbolic links.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.settings import Home

MANIFEST = "manifest.json"
DATAPACKAGE = "datapackage.json"
DATABASE = "warehouse.duckdb"
CURRENT = "current"
CONFIRMED = "confirmed.json"
BUILDING = ".building-"
REMOVING = ".removing-"
PRUNED = "pruned"


class ReleaseError(RuntimeError):
    """A release cannot be made or found; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class ReleasedTable:
    """One table of a release: `schema.name`, its row count and a hash of its content."""

    name: str
    rows: int
    content_hash: str


@dataclass(frozen=True)
class Release:
    """What a release's manifest says. `path` is its folder; sizes in bytes; `created_at` in UTC."""

    name: str
    path: Path
    created_at: datetime
    warehouse_snapshot_id: int
    vault_snapshot_id: int | None
    inputs_fingerprint: str
    run_id: str
    content_hash: str
    description_hash: str
    previous: str | None
    lumbung_version: str
    tables: tuple[ReleasedTable, ...] = ()
    files: tuple[dict[str, Any], ...] = field(default=(), compare=False)

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(table.rows for table in self.tables)

    @property
    def size_bytes(self) -> int:
        """Bytes of all files that the manifest lists."""
        return sum(int(file["size_bytes"]) for file in self.files)

    @property
    def database(self) -> Path:
        """The DuckDB file that holds the tables."""
        return self.path / DATABASE

    def datapackage(self) -> dict[str, Any]:
        """The release's Frictionless descriptor."""
        loaded: dict[str, Any] = json.loads((self.path / DATAPACKAGE).read_text(encoding="utf-8"))
        return loaded

    def to_json(self) -> dict[str, Any]:
        """The manifest as written to disk."""
        return {
            "name": self.name,
            "created_at": self.created_at.isoformat(),
            "run_id": self.run_id,
            "inputs_fingerprint": self.inputs_fingerprint,
            "warehouse_snapshot_id": self.warehouse_snapshot_id,
            "vault_snapshot_id": self.vault_snapshot_id,
            "content_hash": self.content_hash,
            "description_hash": self.description_hash,
            "previous": self.previous,
            "lumbung_version": self.lumbung_version,
            "tables": [
                {"name": t.name, "rows": t.rows, "content_hash": t.content_hash}
                for t in self.tables
            ],
            "files": list(self.files),
        }


def read_manifest(manifest: Path, folder: Path | None = None) -> Release:
    """The release described by a manifest file; `folder` defaults to the manifest's own."""
    said = json.loads(manifest.read_text(encoding="utf-8"))
    return Release(
        name=said["name"],
        path=folder or manifest.parent,
        created_at=datetime.fromisoformat(said["created_at"]),
        warehouse_snapshot_id=said["warehouse_snapshot_id"],
        vault_snapshot_id=said.get("vault_snapshot_id"),
        inputs_fingerprint=said["inputs_fingerprint"],
        run_id=said["run_id"],
        content_hash=said["content_hash"],
        description_hash=said["description_hash"],
        previous=said.get("previous"),
        lumbung_version=said["lumbung_version"],
        tables=tuple(ReleasedTable(**table) for table in said["tables"]),
        files=tuple(said["files"]),
    )


def _age(release: Release) -> tuple[datetime, int, str]:
    # Two releases of one moment (a set clock) are told apart by what they were made from.
    return (release.created_at, release.warehouse_snapshot_id, release.name)


def releases(home: Home) -> list[Release]:
    """All releases that stand on disk, oldest first."""
    if not home.releases.is_dir():
        return []
    found = [
        read_manifest(folder / MANIFEST)
        for folder in home.releases.iterdir()
        if not folder.name.startswith(".")
        and not folder.is_symlink()
        and (folder / MANIFEST).is_file()
    ]
    return sorted(found, key=_age)


def released(home: Home) -> list[Release]:
    """Every release ever made, oldest first: also those whose tables were pruned."""
    kept = releases(home)
    names = {release.name for release in kept}
    folder = home.releases / PRUNED
    gone = [
        read_manifest(manifest, home.releases / manifest.stem)
        for manifest in (folder.glob("*.json") if folder.is_dir() else ())
        if manifest.stem not in names
    ]
    return sorted(kept + gone, key=_age)


def newest(home: Home) -> Release | None:
    """The current release, its `inputs_fingerprint` being that of the last run that confirmed it.

    A run over other inputs (a changed model, say) that comes out the same makes no release; what
    it was made from is remembered beside the releases, so that the next run knows it has been done.
    """
    release = current(home)
    if release is None:
        return None
    with suppress(FileNotFoundError, ValueError, KeyError):
        said = json.loads((home.releases / CONFIRMED).read_text(encoding="utf-8"))
        if said["release"] == release.name:
            return replace(release, inputs_fingerprint=said["inputs_fingerprint"])
    return release


def confirm(home: Home, release: Release, inputs_fingerprint: str) -> None:
    """Remember that these inputs give `release` too; writes only what is not yet known."""
    known = newest(home)
    if known and known.inputs_fingerprint != inputs_fingerprint:
        said = {"release": release.name, "inputs_fingerprint": inputs_fingerprint}
        _replace_text(home.releases / CONFIRMED, json.dumps(said) + "\n")


def current(home: Home) -> Release | None:
    """The release that `current` names, or None before the first one."""
    link = home.releases / CURRENT
    name: str | None = None
    if link.is_symlink():
        name = os.readlink(link)
    else:
        with suppress(FileNotFoundError):
            name = link.with_suffix(".txt").read_text(encoding="utf-8").strip()
    if name and (home.releases / name / MANIFEST).is_file():
        return read_manifest(home.releases / name / MANIFEST)
    standing = releases(home)
    return standing[-1] if standing else None


def find(home: Home, name: str) -> Release:
    """The release of that name, of a name that begins so, or `current`. Raises ReleaseError."""
    if name == CURRENT:
        release = current(home)
        if release is None:
            raise ReleaseError("There is no release yet: start `lumbung run`.")
        return release
    standing = releases(home)
    exact = [r for r in standing if r.name == name]
    matching = exact or [r for r in standing if name and r.name.startswith(name)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise ReleaseError(f"{len(matching)} releases begin with {name}: give more of the name.")
    raise ReleaseError(f"There is no release {name}: `lumbung releases` lists those there are.")


def release_at(home: Home, moment: datetime) -> Release:
    """The newest release created at or before `moment`. Raises ReleaseError if there was none."""
    known = released(home)
    past = [release for release in known if release.created_at <= moment]
    if past:
        return past[-1]
    if known:
        raise ReleaseError(
            f"Nothing had been released by {moment.isoformat(timespec='seconds')}: "
            f"the earliest release is of {known[0].created_at.isoformat(timespec='seconds')}."
        )
    raise ReleaseError("There is no release yet, so nothing was known then: start `lumbung run`.")


def release_name(home: Home, now: datetime, content_hash: str) -> str:
    """A name that sorts by time and has not been used, e.g. `2026-11-23T015412Z-3fa9c1`."""
    name = base = f"{now.strftime('%Y-%m-%dT%H%M%SZ')}-{content_hash[:6]}"
    used = {release.name for release in released(home)}
    number = 2
    while name in used:
        name, number = f"{base}-{number}", number + 1
    return name


@contextmanager
def exclusive(home: Home) -> Iterator[None]:
    """Hold the folder of releases against a second publisher; ends with the process at latest."""
    home.releases.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:  # no such locks on this system: the runner's own lock must do
        yield
        return
    with (home.releases / ".lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReleaseError(
                "Another release is being published just now: try again when it has ended."
            ) from None
        yield


def clean_up(home: Home) -> None:
    """Remove what killed publishers left, and finish the one that was killed before pointing.

    Call with `exclusive` held.
    """
    for leftover in home.releases.glob(".*"):
        if leftover.name.startswith((BUILDING, REMOVING)):
            shutil.rmtree(leftover)
        elif leftover.name.endswith(("-link", "-text")):
            leftover.unlink()
    standing = current(home)
    # A whole folder that follows the current release and is not it: its rename was the last thing.
    followers = [
        release
        for release in releases(home)
        if standing and release.previous == standing.name and release.name != standing.name
    ]
    newest = followers[-1] if followers else standing
    if newest:
        _point(home, newest.name)


def put_in(home: Home, building: Path, name: str) -> None:
    """Move a finished folder into its place and let `current` name it."""
    _flush(building)
    os.rename(building, home.releases / name)
    _flush_folder(home.releases)
    _point(home, name)


def _point(home: Home, name: str) -> None:
    link, text = home.releases / CURRENT, home.releases / f"{CURRENT}.txt"
    if not (link.is_symlink() and os.readlink(link) == name):
        fresh = home.releases / f".{CURRENT}-link"
        with suppress(FileNotFoundError):
            fresh.unlink()
        # Where links are not allowed the text alone counts.
        with suppress(OSError, NotImplementedError):
            fresh.symlink_to(name, target_is_directory=True)
            os.replace(fresh, link)
    if not (text.is_file() and text.read_text(encoding="utf-8").strip() == name):
        _replace_text(text, f"{name}\n")
    _flush_folder(home.releases)


def _replace_text(path: Path, content: str) -> None:
    fresh = path.with_name(f".{path.stem}-text")
    fresh.write_text(content, encoding="utf-8")
    fresh.chmod(0o644)
    os.replace(fresh, path)


def _flush(folder: Path) -> None:
    """World-readable, and on the disk before the name is."""
    folder.chmod(0o755)
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
            _flush_folder(path)
        else:
            path.chmod(0o644)
            with path.open("rb") as handle:
                os.fsync(handle.fileno())
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    with suppress(OSError):  # folders cannot be opened on every system
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def prune(home: Home, keep: int) -> list[Release]:
    """Remove the tables of all but the newest `keep` releases and the current one.

    Their manifests stay in `pruned/`, so that questions as of their time are still answered from
    the warehouse. Returns the releases removed, oldest first. Raises ReleaseError if keep < 1.
    """
    if keep < 1:
        raise ReleaseError("At least one release must be kept.")
    with exclusive(home):
        clean_up(home)
        standing = current(home)
        gone = [r for r in releases(home)[:-keep] if not standing or r.name != standing.name]
        for release in gone:
            remembered = home.releases / PRUNED / f"{release.name}.json"
            remembered.parent.mkdir(mode=0o755, exist_ok=True)
            shutil.copyfile(release.path / MANIFEST, remembered)
            removing = home.releases / f"{REMOVING}{release.name}"
            os.rename(release.path, removing)
            shutil.rmtree(removing)
    return gone
