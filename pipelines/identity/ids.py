"""Permanent ids: opaque, never reused, kept through merges and splits, every change an event.

An id is a keyed count: SHA-256 over this barn's secret and the number of ids issued so far. It
says nothing about a person, and the same inputs with the same key give the same ids again.
"""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.identity import sql


def key(folder: Path) -> str:
    """This barn's secret for ids, made on first use in `folder` (readable by its user alone)."""
    path = folder / "identity.key"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        made = secrets.token_hex(32)
        file.write(made + "\n")
    return made


def assign(
    con: duckdb.DuckDBPyConnection,
    *,
    groups: str,
    old: str,
    history: str,
    target: str,
    prefix: str,
    secret: str,
    now: datetime,
    scope: str | None = None,
) -> None:
    """Give each group of today its id.

    groups: `(member, evidence, grp)`, one row per member; old: `(member, evidence, id)` as last
    published; history: `(id, current_id, state, issue_no, issued_at)`, every id ever published.
    scope: relation with the `id`s that `groups` and `old` are about; default: all of history.
    Makes temporary tables `target(grp, id, issue_no)` (issue_no null for ids that were known),
    `<target>_events(kind, id, other_id)` and `<target>_history` (history as it is now).
    """
    con.execute("SET VARIABLE identity_key = ?", [secret])
    moment = f"TIMESTAMP '{now.replace(tzinfo=None).isoformat(sep=' ')}'"
    values = {
        "groups": groups,
        "old": old,
        "history": history,
        "target": target,
        "prefix": prefix,
        "now": moment,
        "scope": scope or f"(SELECT id FROM {history})",
    }
    try:
        con.execute(sql.read("ids.sql", "", values))
    finally:
        con.execute("RESET VARIABLE identity_key")
