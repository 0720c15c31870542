"""The dbt process itself: `lumbung-dbt …` is dbt with this barn's environment and writer lock.

Dagster starts it for its dbt steps, and people may too. The process that writes holds the lock,
not the one that waits for it; so if the waiting one is killed, nobody else writes meanwhile. On
Linux the kernel then ends this process as well.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys

from pipelines import dbt_cli, guard, lake

PR_SET_PDEATHSIG = 1
WRITING = {"build", "run", "seed", "snapshot", "test", "run-operation", "retry", "clone"}


def main() -> None:
    """Run dbt with the words of the command line; never returns."""
    _end_with_parent()
    # What the caller set for dbt (a target folder, say) stands.
    ours = dbt_cli.environment()
    os.environ.update({k: v for k, v in ours.items() if k not in os.environ or k[:4] != "DBT_"})
    words = sys.argv[1:]
    writes = bool(WRITING & set(words))
    with guard.writer() if writes else contextlib.nullcontext():
        if writes:
            lake.prepare()
        from dbt.cli.main import cli

        sys.argv[0] = "dbt"
        cli()


def _end_with_parent() -> None:
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit("the process that started dbt has gone")


if __name__ == "__main__":
    main()
