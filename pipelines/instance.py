"""Dagster's own folder in the barn: settings, run and event storage.

Output of steps is not captured: libraries print values, and the event log must hold none.
No import of Dagster here, so that the command line can prepare an instance before it starts one.
"""

from __future__ import annotations

import os
from pathlib import Path

from pipelines import settings
from pipelines.settings import Home

# Pools stay unlimited: a slot held by a killed run would block the next; `guard.writer` is let go
# by the kernel instead.
DAGSTER_YAML = """\
# Written by Lumbung; change it freely, it is not written again.
telemetry:
  enabled: false
nux:
  enabled: false
event_log_storage:
  module: pipelines.event_log
  class: KeptOpenEventLog
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""


def prepare(home: Home | None = None) -> Path:
    """Make the instance folder, point `DAGSTER_HOME` at it, and return it.

    A `DAGSTER_HOME` set by the operator is respected.
    """
    folder = Path(os.environ.get("DAGSTER_HOME") or (home or settings.home()).dagster)
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "dagster.yaml"
    if not config.exists():
        config.write_text(DAGSTER_YAML, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(folder)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    return folder
