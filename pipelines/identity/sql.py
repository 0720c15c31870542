"""SQL that stands in files beside the modules: read by name, with `{names}` filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def _sections(file: str) -> dict[str, str]:
    text = Path(__file__).with_name(file).read_text()
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def read(file: str, section: str = "", values: Mapping[str, object] | None = None) -> str:
    """The SQL of one file, or of its part under `-- name: <section>`, with values filled in.

    Values are SQL written by this library, never text of a record. Raises KeyError for a section
    that is not there and ValueError for a name left open.
    """
    text = _sections(file)[section]
    for name, value in (values or {}).items():
        text = text.replace("{" + name + "}", str(value))
    left = re.search(r"\{([a-z_]+)\}", text)
    if left:
        raise ValueError(f"{file} {section}: {left[1]} is not given")
    return text
