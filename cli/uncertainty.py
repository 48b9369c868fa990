"""The command `tradeplume uncertainty`: ask for intervals, compute and publish them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import HomeOption, options_of_request
from flows.requests import UncertaintyRequest

if TYPE_CHECKING:
    from rich.console import Console


@options_of_request
def uncertainty(
    request: UncertaintyRequest,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The intervals alone.")] = False,
    home: HomeOption = None,
) -> None:
    """Compute intervals of the results.

    Shows also which sources the uncertainty has, and the results under other assumptions.

    Computes what is missing and publishes it. Later runs compute the intervals with the same settings.

    Examples: `tradeplume uncertainty --draws 1000 --seed 1`,
    `tradeplume uncertainty --table-draws 0 --no-alternatives` (seconds)
    """
    from rich.console import Console

    from cli.uncertainty_review import print_review
    from flows.intervals import asking_for
    from flows.progress import PlainProgress, progress
    from flows.run import context_of, run
    from steps.draw_settings import Settings
    from warehouse.edition import load_edition
    from warehouse.home import locate

    asked = Settings(
        request.draws,
        request.seed,
        request.table_draws,
        request.full,
        request.rebalance,
        request.alternatives,
    )
    try:
        _ = asked.plan
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    place, console = locate(home), _console()
    context = context_of(load_edition(request.edition, place.root), place, runner=request.runner)
    with asking_for(context, asked):
        if quiet:
            run(context, PlainProgress(Console(quiet=True), details=False))
        else:
            with progress(console, quiet=False) as watcher:
                run(context, watcher)
    print_review(console, place, context.edition.name, context.edition.year)


def _console() -> Console:
    from cli.console import console_of

    return console_of()
