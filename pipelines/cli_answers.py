"""How the command line writes what it found: as a table, CSV or JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    csv = "csv"
    json = "json"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to write the answer.")]


def answer(
    names: Sequence[str],
    found: Sequence[dict[str, Any]],
    format: Format,
    *,
    numbers: Sequence[str] = (),
) -> None:
    """Write objects as a table, CSV or JSON."""
    if format is Format.json:
        write_json(found)
        return
    rows = [["" if row[n] is None else _word(row[n]) for n in names] for row in found]
    if format is Format.csv:
        import csv

        csv.writer(sys.stdout).writerows([list(names), *rows])
        return
    from pipelines.query import print_table

    print_table(names, rows, right=[name in numbers for name in names])


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def write_json(value: object) -> None:
    """Write one JSON document; what JSON has no form for is written as its text."""
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
