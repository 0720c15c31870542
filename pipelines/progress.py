"""Who is told how far a run is: one listener per process, silent unless somebody listens.

Steps report counts and names of stages and programs, never anything read from a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

# stage, detail (a program, a table), done, total (0 where it is not known)
Listener = Callable[[str, str, int, int], None]

_listener: Listener | None = None


def report(stage: str, detail: str = "", done: int = 0, total: int = 0) -> None:
    """Tell the listener, if there is one."""
    if _listener is not None:
        _listener(stage, detail, done, total)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Send reports to `listener` while the block runs."""
    global _listener
    before, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = before
