"""The command `lumbung dictionary`: write the page of the dictionary and say where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def dictionary(
    to: Annotated[
        Path | None, typer.Option("--to", help="Write it here instead of in the barn's cache.")
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Write the data dictionary as one page (both languages, offline) and print its path."""
    from pipelines import settings
    from pipelines.dictionary import full_package, page, read

    path = (to or settings.home().cache / "dictionary.html").expanduser().resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(full_package(read())), encoding="utf-8")
    typer.echo(path)
    if open_it:
        typer.launch(path.as_uri())
