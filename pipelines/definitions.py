"""The code location that Dagster loads; everything stands in `defs/`."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """All assets, checks, jobs, schedules and sensors of the project."""
    return dg.load_from_defs_folder(project_root=Path(__file__).resolve().parent.parent)
