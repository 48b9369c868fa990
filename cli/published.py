"""The command `tradeplume published`: published figures beside ours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import HomeOption
from warehouse.request import DEFAULT_EDITION


def published(
    edition: Annotated[
        str, typer.Option("--edition", "-e", help="Edition to set beside the sources.")
    ] = DEFAULT_EDITION,
    everything: Annotated[
        bool, typer.Option("--all", help="Also figures that cannot be compared, and why.")
    ] = False,
    fmt: Annotated[
        str | None, typer.Option("--format", "-f", help="table, csv, json or parquet.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the whole answer to this file.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Show published figures beside ours.

    Each is within or outside its tolerance, or the line says why it cannot be compared.

    Tolerances were argued before the comparison (seed published_tolerance) and nothing is fitted to a figure.

    Examples: `tradeplume published`, `tradeplume published --all --format csv`,
    `tradeplume published --edition open-2007`
    """
    from rich.console import Console

    from cli.published_table import print_published, published_query
    from cli.query import Format, ask, chosen_format
    from warehouse.home import locate

    if fmt is not None and fmt not in set(Format):
        raise typer.BadParameter(f"{fmt} is not one of {', '.join(Format)}", param_hint="--format")
    screen = Console()
    console = screen if screen.is_terminal else Console(width=160)
    place, chosen = locate(home), chosen_format(Format(fmt) if fmt else None, out)
    if chosen is Format.TABLE and out is None:
        print_published(console, place, edition, everything=everything)
        return
    text = published_query(place, edition, everything=everything)
    ask(place, text, console, fmt=chosen, out=out, limit=0)
