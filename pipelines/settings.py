"""Where things stand on this machine, and what time it is; alone reads `LUMBUNG_*` variables.

Nothing here imports Dagster, dbt or DuckDB, so that command-line paths stay quick.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

PROJECT_ROOT = Path(__file__).resolve().parent.parent
PROGRAMS_DIR = PROJECT_ROOT / "pipelines" / "defs" / "programs"
EXPECTATIONS_DIR = PROJECT_ROOT / "expectations"
DBT_DIR = PROJECT_ROOT / "dbt_project"
REFERENCE_DIR = PROJECT_ROOT / "data" / "reference"

DEFAULT_TIMEZONE = ZoneInfo("Asia/Jakarta")


class SettingError(ValueError):
    """An environment variable says what cannot be; the message names it."""


@dataclass(frozen=True)
class Home:
    """The folders of one barn. Paths are absolute; nothing is created by asking for a path."""

    root: Path

    @property
    def landing(self) -> Path:
        """Drop folders by program, and under `received/` the bytes as received."""
        return self.root / "landing"

    @property
    def vault(self) -> Path:
        """The lake that holds names and numbers; readable by the pipeline's user alone."""
        return self.root / "vault"

    @property
    def warehouse(self) -> Path:
        """The pseudonymous lake."""
        return self.root / "warehouse"

    @property
    def releases(self) -> Path:
        """Published releases, and `current` pointing at the newest."""
        return self.root / "releases"

    @property
    def feedback(self) -> Path:
        """Answers to the senders: personal data, kept like the vault."""
        return self.root / "feedback"

    @property
    def keys(self) -> Path:
        """Secrets made on this machine; never leaves it."""
        return self.root / "keys"

    @property
    def dagster(self) -> Path:
        """Dagster's own instance folder (runs, events, schedules)."""
        return self.root / "dagster"

    @property
    def cache(self) -> Path:
        """What can be made again at any time, such as dbt's target folder."""
        return self.root / "cache"

    @property
    def work(self) -> Path:
        """Scratch of a running step; inside the vault because it may hold personal data."""
        return self.vault / "work"


def home() -> Home:
    """The barn named by `LUMBUNG_HOME` (default `./data` of the project)."""
    value = os.environ.get("LUMBUNG_HOME")
    if value and "::" in value:
        # fsspec would read the part before it as another file system.
        raise SettingError("LUMBUNG_HOME must not hold '::'; choose another folder.")
    return Home(Path(value).expanduser().resolve() if value else PROJECT_ROOT / "data")


def now() -> datetime:
    """The present moment in UTC; `LUMBUNG_NOW` (ISO 8601) sets it, for tests and replays."""
    value = os.environ.get("LUMBUNG_NOW")
    if not value:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise SettingError("LUMBUNG_NOW is not a time: write 2026-07-31T14:00+07:00.") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def programs() -> frozenset[str] | None:
    """The programs in force (`LUMBUNG_PROGRAMS`, names with commas between); None means all."""
    value = os.environ.get("LUMBUNG_PROGRAMS", "")
    return frozenset(name.strip() for name in value.split(",") if name.strip()) or None


def catalog_url(lake: str) -> str | None:
    """PostgreSQL catalog of a lake (`LUMBUNG_VAULT_CATALOG`, `LUMBUNG_WAREHOUSE_CATALOG`), if any.

    The value is a libpq string or URL, e.g. `dbname=vault host=db`. Without it the lake's
    catalog is an SQLite file in its own folder.
    """
    return os.environ.get(f"LUMBUNG_{lake.upper()}_CATALOG") or None


def vault_days() -> int:
    """For how many days the vault keeps what it no longer holds (`LUMBUNG_VAULT_DAYS`, 30)."""
    value = os.environ.get("LUMBUNG_VAULT_DAYS", "30")
    if not value.isdecimal():
        raise SettingError("LUMBUNG_VAULT_DAYS is not a number of days.")
    return int(value)


def memory() -> str:
    """How much DuckDB may hold in memory per connection (`LUMBUNG_MEMORY`, 2500MB).

    What is more goes to a scratch folder inside the vault. Its own default, four fifths of the
    machine, leaves nothing to whatever else runs.
    """
    value = os.environ.get("LUMBUNG_MEMORY", "2500MB")
    if not re.fullmatch(r"[1-9][0-9]*(\.[0-9]+)? ?[KMGT]i?B", value):
        raise SettingError("LUMBUNG_MEMORY is not an amount of memory: write 2500MB or 8GB.")
    return value


def data_url(lake: str) -> str | None:
    """Where a lake's Parquet files stand if not in its own folder (`LUMBUNG_<LAKE>_DATA`)."""
    return os.environ.get(f"LUMBUNG_{lake.upper()}_DATA") or None
