"""The files of a draft: the text of `defs.yaml`, and writing all three places or none of them."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipelines.drafting import staging, suite, trial
from pipelines.drafting.draft import Draft
from pipelines.drafting.judge import Col
from pipelines.drafting.sample import DraftError

PROGRAMS = Path("pipelines") / "defs" / "programs"
EXPECTATIONS = Path("expectations")
_WORDS = re.compile(r"[A-Za-z][\w /.()-]*[\w)]|[A-Za-z]")
_KEYWORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


def scalar(value: Any) -> str:
    """A value as YAML writes it in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    if _WORDS.fullmatch(text) and text.lower() not in _KEYWORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    text = scalar(value)
    # Parentheses and strokes are plain text outside of braces only where YAML says so; quoting is
    # always right.
    return (
        text
        if re.fullmatch(r"[\w.-]+", text) or text.startswith('"')
        else json.dumps(str(value), ensure_ascii=False)
    )


def _checks(texts: Iterable[str], indent: str) -> list[str]:
    return [f"{indent}# CHECK: {text}{'' if text.endswith('?') else '.'}" for text in texts]


def defs_yaml(draft: Draft) -> str:
    """The declaration with its doubts as comments."""
    a = draft.attributes()
    d = draft.doubts
    encodings = sorted({s.encoding for s in draft.samples if s.encoding})
    signs = {",": "comma", ";": "semicolon", "|": "stroke", "\t": "tab"}
    delimiters = sorted({signs.get(s.delimiter, "") for s in draft.samples if s.delimiter})
    rows = f"{draft.profile.rows} rows of {draft.profile.files} sample(s)"
    lines = [
        "type: pipelines.components.Program",
        "",
        f"# Drafted by `lumbung new-program` from {rows}. Every CHECK is a question: answer it,",
        f"# delete the comment, and ask `lumbung new-program --check {draft.name}` what is left.",
        "attributes:",
        f"  name: {draft.name}",
        *_checks(d.get("title", []), "  "),
    ]
    for key in ("title", "description"):
        lines.append(f"  {key}:")
        lines += [f"    {k}: {scalar(v)}" for k, v in a[key].items()]
    lines += _checks(d.get("owner", []), "  ")
    lines += [f"  {k}: {scalar(a[k])}" for k in ("owner", "team", "sector", "government_level")]
    lines += _checks(d.get("area_level", []), "  ")
    lines += [
        f"  area_level: {a['area_level']}", "  source:",
        f'    url: "{{landing}}/{draft.name}"', '    pattern: "*"', "  cadence:",
        *_checks(d.get("cadence", []), "    "),
    ]  # fmt: skip
    for key, value in a["cadence"].items():
        told = "; ".join(d.get(key, []))
        shown = json.dumps(value) if key == "first_period" else scalar(value)
        lines.append(f"    {key}: {shown}" + (f"  # CHECK: {told}" if told else ""))
    lines.append("  read:")
    if encodings:
        told = f"    # The samples are {', '.join(encodings)}"
        told += f", separated by {', '.join(delimiters)}" if delimiters else ""
        lines.append(told + "; every dialect is told from the file itself.")
    lines += _checks(d.get("read", []), "    ")
    for key, value in a["read"].items():
        if key == "parts":
            lines.append("    parts:")
            lines += [f"      {part}: {_flow(v)}" for part, v in value.items()]
        else:
            lines.append(f"    {key}: {_flow(value)}")
    lines += ["  columns:", *_checks(d.get("columns", []), "    ")]
    for col in draft.columns:
        lines += _column(col, a["columns"][col.name])
    return "\n".join(lines) + "\n"


def _column(col: Col, entry: dict[str, Any]) -> list[str]:
    name = scalar(col.name) if col.name.isascii() else json.dumps(col.name, ensure_ascii=False)
    described = entry.pop("description", None)
    first = f"    {name}: {_flow(entry)}"
    lines = _checks(col.doubts, "    ")
    if described is None and len(first) <= 100:
        return [*lines, first]
    lines.append(f"    {name}:")
    lines += [f"      {key}: {_flow(value)}" for key, value in entry.items()]
    if described is not None:
        lines.append(f"      description: {_flow(described)}")
    return lines


def texts(draft: Draft) -> dict[Path, str]:
    """Path below the root and text of every file of the draft."""
    name = draft.name
    models = staging.models(draft)
    broken = trial.broken_rules(draft, suite.text(draft))
    files = {
        PROGRAMS / name / "defs.yaml": "",
        EXPECTATIONS / f"{name}.json": suite.text(draft, broken),
        **{staging.STAGING / name / file: text for file, text in models.items()},
    }
    # Last, because the staging models tell which columns nobody reads.
    files[PROGRAMS / name / "defs.yaml"] = defs_yaml(draft)
    return files


def places(name: str) -> list[Path]:
    """The three places of a program below the root."""
    return [PROGRAMS / name, EXPECTATIONS / f"{name}.json", staging.STAGING / name]


def refuse_existing(name: str, root: Path) -> None:
    """Raise DraftError if anything of the program is there."""
    there = [str(p) for p in places(name) if (root / p).exists()]
    if there:
        raise DraftError(
            f"{', '.join(there)} exists already; nothing was written. Choose another name, or "
            "overwrite it with --force."
        )


def write(draft: Draft, root: Path, *, force: bool = False) -> list[Path]:
    """Write the draft below `root`, whole or not at all; the files written, below the root.

    force: what stands there is replaced. Raises DraftError.
    """
    if not force:
        refuse_existing(draft.name, root)
    for folder in (PROGRAMS, EXPECTATIONS, staging.STAGING):
        if not (root / folder).is_dir():
            raise DraftError(f"{root.name} is no project of Lumbung: it has no {folder}.")
    files = texts(draft)
    with tempfile.TemporaryDirectory(dir=root, prefix=".lumbung-draft-") as scratch:
        new, old = Path(scratch) / "new", Path(scratch) / "old"
        for path, text in files.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_text(text, encoding="utf-8")
        done: list[Path] = []
        try:
            for place in places(draft.name):
                done.append(place)
                if (root / place).exists():
                    (old / place).parent.mkdir(parents=True, exist_ok=True)
                    (root / place).rename(old / place)
                (new / place).rename(root / place)
        except BaseException:
            for place in done:
                _put_back(root / place, old / place, new / place)
            raise
    return list(files)


def _put_back(place: Path, old: Path, new: Path) -> None:
    with contextlib.suppress(OSError):
        if not new.exists() and place.exists():
            shutil.rmtree(place) if place.is_dir() else place.unlink()
        if old.exists():
            old.rename(place)
