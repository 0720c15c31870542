"""Releases: publish the warehouse as open tables, guarded and described."""

from pipelines.releases.build import publish
from pipelines.releases.catalog import (
    Release,
    ReleaseError,
    current,
    find,
    newest,
    prune,
    release_at,
    released,
    releases,
)
from pipelines.releases.diff import TableDiff, diff
from pipelines.releases.protect import PrivacyError

__all__ = [
    "PrivacyError",
    "Release",
    "ReleaseError",
    "TableDiff",
    "current",
    "diff",
    "find",
    "newest",
    "prune",
    "publish",
    "release_at",
    "released",
    "releases",
]
