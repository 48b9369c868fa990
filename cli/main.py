"""The command line. Its commands import what they need when they run: `--help` stays quick."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.air import air
from cli.ask import describe, marts, paths, sql, summary
from cli.atlas import atlas, plot
from cli.cite import cite
from cli.compare import compare
from cli.data import dictionary, editions
from cli.evaluation import evaluation
from cli.export import export
from cli.operate import check, compute, doctor, publish, serve, status
from cli.options import HomeOption, options_of_request
from cli.published import published
from cli.releases import releases
from cli.simulate import lint_hemco, simulate
from cli.synth import synth
from cli.uncertainty import uncertainty
from cli.your_data import template, try_
from flows.requests import RunRequest
from warehouse.errors import UserFacingError
from warehouse.request import DEFAULT_EDITION

if TYPE_CHECKING:
    from rich.console import Console

    from warehouse.home import Home

DEBUG = "--debug"

app = typer.Typer(
    name="tradeplume",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""
    Whose consumption puts which particles over which Chinese province, as SQL.

    First steps: `tradeplume run`, then `tradeplume marts`, then
    `tradeplume sql "from dim_region limit 5"`. Each command has its own `--help`.
    """,
)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors that the user can fix are printed without a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    # Great Expectations raises the level of its own loggers: what they say ends here.
    logging.getLogger("great_expectations").propagate = False
    try:
        app(args=[argument for argument in given if argument != DEBUG], prog_name="tradeplume")
    except UserFacingError as error:
        if DEBUG in given:
            raise
        print("\n".join(error.lines()), file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Who read the answer (`| head`) has seen enough; Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if DEBUG in given or error.filename is None:
            raise
        from warehouse.home import unusable

        refused = unusable(Path(str(error.filename)), error.strerror or str(error))
        print("\n".join(refused.lines()), file=sys.stderr)
        sys.exit(refused.exit_code)
    except Exception as error:
        if DEBUG in given:
            raise
        first = (str(error).strip() or "no message").splitlines()[0]
        print(f"Unexpected {type(error).__name__}: {first}", file=sys.stderr)
        print(
            f"What to do: the same command with {DEBUG} shows where; please report it.",
            file=sys.stderr,
        )
        sys.exit(1)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"tradeplume {version('tradeplume')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option(DEBUG, help="Show tracebacks; allowed anywhere on the line.")
    ] = False,
) -> None:
    """Options of all commands."""


@options_of_request
def run(
    request: RunRequest,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="One line a step, no summary.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be made, why, and about how long.")
    ] = False,
    years: Annotated[
        bool,
        typer.Option(
            "--years", help="Run every edition whose files are there, and compare the years."
        ),
    ] = False,
    home: HomeOption = None,
) -> None:
    """Compute an edition and publish it.

    Only what changed is made again.

    Examples: `tradeplume run`, `tradeplume run --dry-run`, `tradeplume run --without-concentrations`,
    `tradeplume run --edition open-2007`, `tradeplume run --years`, `tradeplume run --from balance --quiet`
    """
    if not years:
        _run(request, quiet=quiet, dry_run=dry_run, home=home)
        return
    if request.edition != DEFAULT_EDITION:
        raise typer.BadParameter("takes every edition: leave --edition out", param_hint="--years")
    from flows.years import years_of

    found = years_of(_home(home))
    for name, why in found.left_out.items():
        print(f"{name} is left out: {why}")
    for name in found.editions:
        is_last = name == found.editions[-1]
        print(f"{name}:")
        asked = request.but(edition=name, publish=request.publish and is_last)
        _run(asked, quiet=quiet or not is_last, dry_run=dry_run, home=home)


def _run(request: RunRequest, *, quiet: bool, dry_run: bool, home: Path | None) -> None:
    """Compute one edition, or say what would be made."""
    from cli.console import stopping
    from cli.dry_run import print_plan
    from cli.summary import print_end, print_first_answer
    from flows.engine import plan
    from flows.progress import progress
    from flows.run import context_of, edition_of, steps_of
    from flows.run import run as run_edition

    place, console = _home(home), _console()
    chosen = edition_of(request, place)
    context = context_of(chosen, place)
    steps = steps_of(chosen.kind, choices=context.edition.choices, with_publishing=request.publish)
    if dry_run:
        print_plan(console, plan(steps, context, first=request.first, force=request.force))
        return
    waited_for = partial(print_first_answer, console, place, context.edition.label, chosen.year)
    with stopping(), progress(console, quiet=quiet) as watcher:
        run_edition(
            context,
            watcher,
            steps=steps,
            first=request.first,
            force=request.force,
            answered=None if quiet else waited_for,
        )
    if not quiet and request.publish:
        period = chosen.assumptions.get("period")
        print_end(
            console,
            place,
            context.edition.label,
            chosen.year,
            chosen.kind,
            str(period) if period else None,
        )


GROUPS: dict[str, tuple[Callable[..., None], ...]] = {
    "Ask": (marts, describe, sql, paths, published, compare, cite, plot, atlas, export),
    "Run": (run, summary, status, check, publish),
    "Data": (editions, template, try_, dictionary, synth),
    "Air": (air,),
    "Model": (evaluation, uncertainty, simulate, lint_hemco),
    "Operate": (serve, compute, doctor),
}
"""The commands as `--help` groups them."""

for group, commands in GROUPS.items():
    for each in commands:
        name = each.__name__.rstrip("_").replace("_", "-")
        app.command(name=name, rich_help_panel=group)(each)
app.add_typer(releases, rich_help_panel="Operate")


def _home(option: Path | None) -> Home:
    from warehouse.home import locate

    return locate(option)


def _console() -> Console:
    from cli.console import console_of

    return console_of()


if __name__ == "__main__":
    main()
