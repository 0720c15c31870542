"""Receive: bring what is new of a program into `landing/received/`, byte for byte, whole or not.

Files come from its drop folder `landing/<program>/` and from what it declares as its source. Each
place has a module in `sources/`; what was received stands on the `shelf`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from pipelines import settings
from pipelines.exports.declaration import FileSource, Program, RestSource, SqlSource
from pipelines.exports.periods import parse_file_name
from pipelines.exports.problem import ProblemError
from pipelines.exports.sources import files, secrets, shelf
from pipelines.exports.sources.shelf import Receipt, folder, received
from pipelines.exports.sources.told import Pulled, SourceError, Told, TransientError
from pipelines.settings import Home

__all__ = [
    "Receipt",
    "Received",
    "folder",
    "is_connected",
    "is_pulled",
    "is_remote",
    "pending",
    "receive",
    "received",
    "strays",
]


@dataclass(frozen=True)
class Received:
    """What one call brought: new receipts, how many files were known, and why others were left.

    ignored counts by reason (0 for a reason that did not occur): hidden, temporary, not_matching,
    other_period, link, outside, not_a_file, incomplete (it changed or broke off while it was read;
    the next call takes it), unreadable (files and folders that the source does not let us open).
    counts: what was met on the way, such as pages and records of an API. told: what is to be known
    of the source; failures among it mean that it gave less than it has. is_connected: false where
    the declared address is a variable that is not set here.
    """

    receipts: tuple[Receipt, ...]
    unchanged: int
    ignored: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    told: tuple[Told, ...] = ()
    is_connected: bool = True


def receive(
    program: Program,
    *,
    periods: Collection[str] | None = None,
    calendar: Collection[str] | None = None,
    home: Home | None = None,
) -> Received:
    """Copy what is new in the program's places into `landing/received/<program>/`.

    periods: take only exports of these, and, if `calendar` is given, of periods that are not in it;
    a file whose name tells no period is taken always, so that it can be answered. Nothing is
    written if nothing is new. A drop folder that is not there is empty. A source that fails does
    not stop the drop folder: what is wrong with it is told. Raises OSError if what was read cannot
    be written.
    """
    home = home or settings.home()
    wanted = _wanted(program, periods, calendar)
    pulls = [files.pull(place, home, wanted) for place in files.places(program, home)]
    match program.source:
        case SqlSource():
            from pipelines.exports.sources import sql

            pulls.append(sql.pull(program, program.source, home, wanted))
        case RestSource():
            from pipelines.exports.sources import rest

            pulls.append(rest.pull(program, program.source, home, wanted))
    return Received(
        tuple(sorted((r for p in pulls for r in p.receipts), key=shelf.order)),
        sum(p.unchanged for p in pulls),
        _sum(p.ignored for p in pulls),
        _sum(p.counts for p in pulls),
        tuple(t for p in pulls for t in p.told),
        all(p.is_connected for p in pulls),
    )


def _sum(counters: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for counter in counters:
        total.update(counter)
    return total


def _wanted(
    program: Program, periods: Collection[str] | None, calendar: Collection[str] | None
) -> Callable[[str], bool]:
    def wanted(name: str) -> bool:
        if periods is None:
            return True
        try:
            period = str(parse_file_name(name, program.name).period)
        except ProblemError:
            return True
        return period in periods or (calendar is not None and period not in calendar)

    return wanted


def is_pulled(program: Program) -> bool:
    """Whether only a pull can tell if something is new: a database or an API."""
    return not isinstance(program.source, FileSource)


def is_connected(program: Program) -> bool:
    """Whether the address of the program's source is known on this machine."""
    return secrets.is_connected(program.source.url)


def is_remote(program: Program) -> bool:
    """Whether the program's source is elsewhere than on this machine, and known here."""
    url = program.source.url
    is_here = url.startswith("{landing}") or ("://" not in url and not url.startswith("{env:"))
    return is_connected(program) and (is_pulled(program) or not is_here)


def pending(program: Program, home: Home | None = None, *, dropped: bool = False) -> list[str]:
    """Names of files in the program's places that have not been received, sorted; copies nothing.

    Files that cannot be opened are among them, folders that cannot be listed, and the declared
    address of a source that cannot be reached. Databases and APIs are not asked. dropped: look at
    places on this machine alone.
    """
    home = home or settings.home()
    found: list[str] = []
    for place in files.places(program, home):
        if not secrets.is_connected(place.url) or (dropped and not place.is_local):
            continue
        closed: list[str] = []
        try:
            fresh = files.look(place, home, lambda name: True, Pulled(), closed)
            found += [*(entry.name for entry in fresh), *closed]
        except (SourceError, TransientError):
            found += [*closed, place.label]
        finally:
            place.close()
    return sorted(found)


def strays(programs: Iterable[Program], home: Home | None = None) -> dict[str, int]:
    """Folders of `landing/` that belong to no program, with how many files wait in each.

    Files that lie in `landing/` itself are counted under `""`. Nobody answers these files: they
    stand in a folder whose name is misspelt, or whose program is not declared. Hidden and half
    written files do not count, and a folder without a file is none.
    """
    home = home or settings.home()
    if not home.landing.is_dir():
        return {}
    declared = [p.source.url for p in programs]
    names = {p.name for p in programs} | {"received"}
    prefix = "{landing}/"
    names |= {u.removeprefix(prefix).split("/")[0] for u in declared if u.startswith(prefix)}
    found: Counter[str] = Counter()
    for path in home.landing.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            if path.name not in names:
                found[path.name] += sum(1 for p in path.rglob("*") if _counts(p))
        elif _counts(path):
            found[""] += 1
    return {name: count for name, count in sorted(found.items()) if count}


def _counts(path: files.Path) -> bool:
    return (
        not path.name.startswith(".")
        and not files.TEMPORARY.fullmatch(path.name)
        and not path.is_dir()
    )
