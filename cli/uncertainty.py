"""The command `tradeplume uncertainty`: ask for intervals, compute and publish them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

DEFAULT_EDITION = "open-2007"


def uncertainty(
    draws: Annotated[int, typer.Option("--draws", "-n", help="Draws of all sources.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same draws.")] = 1,
    table_draws: Annotated[
        int, typer.Option("--table-draws", help="Linked tables among them; 0: the inventory alone.")
    ] = 200,
    full: Annotated[
        bool, typer.Option("--full", help="Solve every drawn table anew, not to first order.")
    ] = False,
    rebalance: Annotated[
        bool, typer.Option("--rebalance", help="Balance drawn tables to their totals.")
    ] = False,
    alternatives: Annotated[
        bool,
        typer.Option(
            "--alternatives/--no-alternatives",
            help="Link the tables anew under other assumptions (fct_sensitivity).",
        ),
    ] = True,
    runner: Annotated[
        str | None,
        typer.Option("--runner", help="here, processes[:N], dask:ADDRESS or slurm[:N]."),
    ] = None,
    edition: Annotated[str, typer.Option("--edition", "-e", help="Edition.")] = DEFAULT_EDITION,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The intervals alone.")] = False,
    home: Annotated[
        Path | None,
        typer.Option("--home", help="Folder of all data; else $TRADEPLUME_HOME, else ./var."),
    ] = None,
) -> None:
    """Say how sure the results are: intervals, where they come from, and what assumptions move.

    Computes what is missing and publishes it. Later runs keep the intervals in this form.

    Examples: `tradeplume uncertainty --draws 1000 --seed 1`,
    `tradeplume uncertainty --table-draws 0 --no-alternatives` (seconds)
    """
    from rich.console import Console

    from cli.uncertainty_review import print_review
    from flows.fan_out import parse_runner
    from flows.intervals import RUNNER_VARIABLE, asking_for
    from flows.progress import PlainProgress, progress
    from flows.run import context_of, run
    from steps.uncertainty import Settings
    from warehouse.edition import load_edition
    from warehouse.home import locate

    asked = Settings(draws, seed, table_draws, full, rebalance, alternatives)
    try:
        _ = asked.plan
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if runner is not None:
        parse_runner(runner)
        os.environ[RUNNER_VARIABLE] = runner
    place, console = locate(home), _console()
    context = context_of(load_edition(edition, place.root), place)
    with asking_for(context, asked):
        if quiet:
            run(context, PlainProgress(Console(quiet=True), details=False))
        else:
            with progress(console, quiet=False) as watcher:
                run(context, watcher)
    print_review(console, place, context.edition.name, context.edition.year)


def _console() -> Console:
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=160)
