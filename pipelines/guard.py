"""What keeps a step from doing harm: one writer at a time, and errors that name nobody.

DuckDB, dbt and Great Expectations put values into their messages. A step's error therefore goes
in full to a private file in the vault, and what leaves the step says only where that file is.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pipelines import lake, settings
from pipelines.settings import Home

# "lumbung" as a number: the key of the advisory lock in the vault's catalog.
ADVISORY_LOCK = 0x6C756D62756E67


class StepError(RuntimeError):
    """A step failed; the message names the step, the kind of error and the private log."""


@contextmanager
def writer(home: Home | None = None) -> Iterator[None]:
    """Hold the barn's writer lock; waits while another process holds it.

    The lock is the kernel's on one machine, PostgreSQL's where the catalogs stand there; either
    lets go when the process that holds it dies.
    """
    home = home or settings.home()
    if lake.is_embedded():
        home.vault.mkdir(parents=True, exist_ok=True)
        with (home.vault / ".writer.lock").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        return
    import psycopg2

    with contextlib.closing(psycopg2.connect(settings.catalog_url("vault"))) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
            yield


def private_log(name: str, home: Home | None = None) -> TextIO:
    """A log in the vault that only the pipeline's user can read, opened for appending."""
    folder = (home or settings.home()).vault / "logs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return os.fdopen(descriptor, "a", encoding="utf-8")


def masked(sentence: str) -> str:
    """A sentence with every number of nine digits or more blotted out: a file name may hold one."""
    return re.sub(r"\d{9,}", "…", sentence)


@contextmanager
def quiet_errors(step: str, home: Home | None = None) -> Iterator[None]:
    """Replace an exception by a StepError without values; the full text goes to the vault."""
    try:
        yield
    except StepError:
        raise
    except Exception as error:
        text = traceback.format_exc()
        mark = hashlib.sha256(f"{step}{text}".encode()).hexdigest()[:8]
        name = f"{settings.now():%Y-%m-%d}-errors.log"
        with private_log(name, home) as log:
            log.write(f"{settings.now().isoformat()} {mark} {step}\n{text}\n")
        place = Path("vault") / "logs" / name
        message = f"{step} failed ({type(error).__name__}); see {mark} in {place} under the barn."
        raise StepError(message) from None
