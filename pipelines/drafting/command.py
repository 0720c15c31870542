"""What `lumbung new-program` prints: what was found, what was written, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import typer

from pipelines.drafting import draft as drafts
from pipelines.drafting import files, review
from pipelines.drafting.draft import Draft

_AREAS = {"nation": "00", "provinsi": "31", "kabkota": "3174", "kecamatan": "317409"}


def show_draft(
    name: str,
    samples: Sequence[Path],
    root: Path,
    *,
    header_row: int | None = None,
    table: str | None = None,
    force: bool = False,
) -> None:
    """Draft `name` from `samples` below `root` and tell about it. Raises DraftError."""
    if not force:
        files.refuse_existing(name, root)
    draft = drafts.make(name, samples, header_row=header_row, table=table)
    written = files.write(draft, root, force=force)
    _samples(draft)
    _columns(draft)
    typer.echo("\nWritten:")
    for path in written:
        typer.echo(f"  {path}")
    found = review.review(name, root)
    questions = sum(f.blocks for f in found.findings)
    example = f"{name}_{_AREAS.get(draft.area_level, '3174091001')}_{draft.cadence['first_period']}"
    typer.echo(
        f"\nNext:\n"
        f"  1. Answer the {questions} open points, then ask again:  "
        f"lumbung new-program --check {name}\n"
        f"  2. Put exports into landing/{name}/, named as {example}.{draft.samples[0].format}\n"
        "  3. lumbung run    (a Dagster UI that is open shows the program after a reload)"
    )


def _samples(draft: Draft) -> None:
    for sample in draft.samples:
        layout = sample.layouts[0]
        told = [sample.kind]
        if sample.encoding:
            told.append(sample.encoding)
        if sample.delimiter:
            told.append(f"delimiter {sample.delimiter!r}")
        if len(sample.layouts) > 1:
            told.append(f"{len(sample.layouts)} parts: {', '.join(draft.parts)}")
        elif not layout.named_by_source:
            rows = f"{layout.header_index + 1}"
            rows += f" and {layout.header_index + 2}" if layout.header_rows == 2 else ""
            told.append(f"header in row {rows}")
        if layout.titles:
            told.append(f"above it: {', '.join(layout.titles)}")
        if sample.area or sample.period:
            told.append(f"area {sample.area or '?'}, period {sample.period or '?'}")
        typer.echo(f"{sample.name}: {', '.join(told)}")
    parsed = draft.profile.parsed
    left = sum(p.footer_rows for p in parsed)
    typer.echo(
        f"{draft.profile.rows} rows, {len(draft.columns)} columns; {left} lines of totals and "
        f"notes left out; sent once per {draft.cadence['kind']}"
    )


def _columns(draft: Draft) -> None:
    from pipelines.query import print_table

    rows = []
    for col in draft.columns:
        marks = "key" if col.key else ""
        if col.identifier:
            marks = " ".join(filter(None, [marks, f"{col.identifier[0]} ({col.identifier[1]})"]))
        kind = f"{col.kind} ({len(col.codes)})" if col.codes else col.kind
        rows.append(
            [col.name, col.concept.en or "?", kind, col.personal, marks, str(len(col.doubts) or "")]
        )
    typer.echo()
    print_table(["column", "taken for", "read as", "personal", "key, identifier", "doubts"], rows)


def show_review(name: str, root: Path, samples: Sequence[Path]) -> bool:
    """Tell what the program lacks; whether nothing blocks it."""
    found = review.review(name, root, list(samples) or None)
    for title, blocks in (("Blocks:", True), ("Look at:", False)):
        listed = [f for f in found.findings if f.blocks == blocks]
        if listed:
            typer.echo(title)
        for (place, text), count in Counter((f.place, f.text) for f in listed).items():
            typer.echo(f"  {place}: {text}" + (f" ({count} times)" if count > 1 else ""))
    if found.tried:
        typer.echo(f"Tried on {found.tried[0]}")
        for line in found.tried[1:]:
            typer.echo(f"  {line}")
    others = len(found.findings) - found.blocks
    typer.echo(f"{name}: {found.blocks} block, {others} to look at.")
    return not found.blocks
