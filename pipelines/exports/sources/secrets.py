"""Secrets and addresses from the environment: `{env:NAME}` and `{env:NAME|default}` in a source."""

from __future__ import annotations

import os
import re
from typing import Any

from pipelines.exports.sources import told

_PLACE = re.compile(r"\{env:([A-Za-z_][A-Za-z0-9_]*)(?:\|([^{}]*))?\}")
_USER = re.compile(r"(?<=://)[^/@\s{}]*:[^/@\s]*@")


def filled(value: Any) -> Any:
    """`value` with every placeholder in its texts filled; looks into dicts and lists.

    A variable that is set to nothing is taken as not set. Raises SourceError, which names the
    variable, if one has no default and is not set.
    """
    if isinstance(value, str):
        return _PLACE.sub(_one, value)
    if isinstance(value, dict):
        return {key: filled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(filled(item) for item in value)
    return value


def _one(found: re.Match[str]) -> str:
    name, default = found.groups()
    value = os.environ.get(name) or default
    if value is None:
        raise told.SourceError(told.missing_setting(name))
    return value


def is_connected(url: str) -> bool:
    """False for a url that begins with a placeholder whose variable is not set, nor has a default.

    Then this machine is not connected to the source, which is no failure.
    """
    found = _PLACE.match(url)
    return not found or bool(os.environ.get(found[1]) or found[2])


def masked(text: str) -> str:
    """`text` without a user and password in an address."""
    return _USER.sub("…@", text)
