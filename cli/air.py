"""The command `tradeplume air`: compute what a period needs, and print its review."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import HomeOption, options_of_request
from flows.requests import OBSERVATIONS, AirRequest

if TYPE_CHECKING:
    from rich.console import Console

    from warehouse.edition import Edition
    from warehouse.period import Period


@options_of_request
def air(
    request: AirRequest,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Write the review as a page to this file, too."
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The review alone.")] = False,
    home: HomeOption = None,
) -> None:
    """Review a period: who is polluted, who rose, and what the weather did.

    Computes what is missing and publishes it. Files of a newer period go to
    landing/air-open/observation/ first. With $TRADEPLUME_DASK the models run on that Dask scheduler.

    Examples: `tradeplume air --period 2018Q1`, `tradeplume air --period 2018Q1 --html review.html`
    """
    from rich.console import Console

    from cli.air_review import print_review
    from flows.progress import PlainProgress, progress
    from flows.run import context_of, run
    from warehouse.edition import load_edition
    from warehouse.home import locate

    place, console = locate(home), _console()
    chosen, wanted = edition_of_period(load_edition(request.edition, place.root), request.period)
    context = context_of(chosen, place)
    if quiet:
        run(context, PlainProgress(Console(quiet=True), details=False))
    else:
        with progress(console, quiet=False) as watcher, _places_shown(console):
            run(context, watcher)
    print_review(console, place, chosen.name, chosen.year, wanted)
    if html:
        from atlas.air.page import write_page

        write_page(html, place, chosen.name, chosen.year, wanted)
        console.print(f"\nWritten {html}", highlight=False, soft_wrap=True)


def edition_of_period(edition: Edition, period: str | None) -> tuple[Edition, Period]:
    """The edition set to a period (None: its own). A period after the edition's year makes a year of its own."""
    from warehouse.errors import EditionError
    from warehouse.period import Period

    if edition.kind != "air_quality":
        raise EditionError(
            f"Edition {edition.name} holds no observations.",
            remedy=f"Choose {OBSERVATIONS} or one that extends it.",
        )
    wanted = Period.parse(period or str(edition.assumptions["period"]))
    assumptions = {**edition.assumptions, "period": wanted.name}
    year = max(edition.year, wanted.start.year)
    return edition.model_copy(update={"year": year, "assumptions": assumptions}), wanted


@contextmanager
def _places_shown(console: Console) -> Iterator[None]:
    """Show each place as its model is done."""
    from flows.progress import logged_to
    from steps.weather import LOG

    with logged_to(console, LOG):
        yield


def _console() -> Console:
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=160)
