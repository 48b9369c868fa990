"""The command line. Its commands import what they need when they run: `--help` stays quick."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.air import air
from cli.atlas import atlas, plot
from cli.cite import cite
from cli.compare import compare
from cli.evaluation import evaluation
from cli.options import HomeOption, options_of_request
from cli.published import published
from cli.releases import releases
from cli.simulate import lint_hemco, simulate
from cli.synth import synth
from cli.uncertainty import uncertainty
from cli.your_data import template, try_
from flows.requests import ComputeRequest, RunRequest
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
    `tradeplume sql "from dim_region limit 5"`.
    """,
)

EditionOption = Annotated[str, typer.Option("--edition", "-e", help="Edition to compute.")]


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


@app.command()
@options_of_request
def run(
    request: RunRequest,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="One line a step, no summary.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be made, why, and about how long.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Compute an edition and publish it; only what changed is made again.

    Examples: `tradeplume run`, `tradeplume run --dry-run`, `tradeplume run --without-concentrations`,
    `tradeplume run --edition open-2007`, `tradeplume run --from balance --quiet`
    """
    from cli.dry_run import print_plan
    from cli.summary import print_summary
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
    with progress(console, quiet=quiet) as watcher:
        run_edition(context, watcher, steps=steps, first=request.first, force=request.force)
    if not quiet and request.publish:
        period = chosen.assumptions.get("period")
        print_summary(
            console,
            place,
            context.edition.label,
            chosen.year,
            chosen.kind,
            str(period) if period else None,
        )


@app.command()
def status(home: HomeOption = None) -> None:
    """Show what has been computed, what is stale and why, and what is published.

    Example: `tradeplume status`
    """
    from cli.status import print_status

    print_status(_console(), _home(home))


@app.command()
def doctor(home: HomeOption = None) -> None:
    """Look at everything in the home and say what is wrong and which command mends it.

    Working files, the published file and what lies beside it, releases, locks, disk, what killed processes
    left, libraries, the served home. Changes nothing. Exit code 6 when something is damaged.

    Example: `tradeplume doctor`
    """
    from cli.doctor import print_findings

    if not print_findings(_console(), _home(home)):
        raise typer.Exit(6)


@app.command()
def serve(
    port: Annotated[
        int | None,
        typer.Option(
            "--port", help="Port on 127.0.0.1; else 4200, or a free one if that is taken."
        ),
    ] = None,
    api: Annotated[
        str | None,
        typer.Option("--api", envvar="PREFECT_API_URL", help="A running Prefect server's API."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Run the schedules: refresh, watch the landing folder, air quality, simulate, compute. Ends with Ctrl-C.

    The schedules are in flows/schedules.yml, or your own in <home>/schedules.yml.

    Examples: `tradeplume serve`, `tradeplume serve --api http://127.0.0.1:4200/api`
    """
    from flows.schedules import load_schedules
    from flows.serve import serve_home

    place = _home(home)
    serve_home(place, load_schedules(place), port=port, api=api)


@app.command()
@options_of_request
def compute(request: ComputeRequest, home: HomeOption = None) -> None:
    """Compute several editions (years, scenarios), here or on other machines; then publish.

    Examples: `tradeplume compute open-2007 open-2017 --on processes:2`,
    `tradeplume compute open-2007 mine-2012 --on dask:tcp://127.0.0.1:8786`
    """
    from flows.many import compute_many

    compute_many(_home(home), request.editions, request.runner, publish=request.publish)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="A query; `-` reads it from standard input.")],
    fmt: Annotated[
        str | None, typer.Option("--format", "-f", help="table, csv, json or parquet.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the whole answer to this file.")
    ] = None,
    rows: Annotated[int, typer.Option("--rows", min=0, help="Rows of a table (0: all).")] = 40,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0, help="Seconds a query may take (0: no limit).")
    ] = 300,
    home: HomeOption = None,
) -> None:
    """Ask the published file, read-only. Tables need no schema: `from fct_mrio_flow`.

    Examples: `tradeplume sql "from dim_region"`,
    `tradeplume sql "from fct_export_value" --out exports.csv`,
    `echo "show tables" | tradeplume sql - --format json`
    """
    from cli.query import Format, ask, chosen_format

    if fmt is not None and fmt not in set(Format):
        raise typer.BadParameter(f"{fmt} is not one of {', '.join(Format)}", param_hint="--format")
    chosen = chosen_format(Format(fmt) if fmt else None, out)
    text = sys.stdin.read() if query == "-" else query
    ask(_home(home), text, _console(), fmt=chosen, out=out, limit=rows, timeout_seconds=timeout)


@app.command()
def paths(
    exporter: Annotated[
        str | None, typer.Option("--from", metavar="PROVINCE", help="Exporting province.")
    ] = None,
    emitter: Annotated[
        str | None, typer.Option("--to", metavar="PROVINCE", help="Emitting province.")
    ] = None,
    top: Annotated[int, typer.Option("--top", "-n", min=1, help="How many paths.")] = 20,
    edition: Annotated[
        str | None,
        typer.Option(
            "--edition", "-e", help=f"Of this edition; else of {DEFAULT_EDITION}, or of all."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write them to this file.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Show the largest supply chains behind the exports, by all particles together (APE).

    Examples: `tradeplume paths --from Guangdong --top 20`, `tradeplume paths --to Hebei`,
    `tradeplume paths --from Guangdong --to Hebei`
    """
    from cli.paths import paths_query
    from cli.query import ask, chosen_format

    place = _home(home)
    text = paths_query(place, exporter, emitter, top, edition=edition, preferred=DEFAULT_EDITION)
    ask(place, text, _console(), fmt=chosen_format(None, out), out=out, limit=0)


@app.command()
def check(
    everything: Annotated[bool, typer.Option("--all", help="Also the checks that passed.")] = False,
    home: HomeOption = None,
) -> None:
    """Show the results of the last checks, failed ones first.

    Exit code 4 when one of them forbids publishing.

    Example: `tradeplume check --all`
    """
    from cli.checks import print_checks

    if print_checks(_console(), _home(home), everything=everything):
        raise typer.Exit(4)


@app.command()
def publish(home: HomeOption = None) -> None:
    """Publish again from the working files; refused when a quality gate failed.

    Example: `tradeplume publish`
    """
    from atlas.write import write_atlas
    from cli.checks import demand_passed
    from warehouse.home import prepare
    from warehouse.parquet import write_copies
    from warehouse.publish import publish as publish_marts

    place = _home(home)
    prepare(place)
    demand_passed(place)
    for line in (*publish_marts(place).lines(), *write_copies(place).lines()):
        print(line)
    for line in write_atlas(place).lines():
        print(line)


@app.command()
def editions(
    assumptions: Annotated[
        bool,
        typer.Option("--assumptions", help="Only what an edition file can assume, with bounds."),
    ] = False,
    home: HomeOption = None,
) -> None:
    """List the editions: what fills each role, and what is missing.

    Examples: `tradeplume editions`, `tradeplume editions --assumptions`
    """
    if assumptions:
        from cli.assumptions import print_assumptions

        print_assumptions(_console())
        return
    from cli.editions import print_editions

    print_editions(_console(), _home(home))


@app.command()
def marts(home: HomeOption = None) -> None:
    """List the published tables and views, with their rows.

    Example: `tradeplume marts`
    """
    from rich.markup import escape
    from rich.table import Table

    from warehouse.published import marts as published_marts
    from warehouse.published import open_published

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "rows", "what it holds"):
        table.add_column(column, justify="right" if column == "rows" else "left")
    with open_published(_home(home)) as connection:
        for mart in published_marts(connection):
            rows = mart.kind if mart.rows is None else f"{mart.rows:,}"
            table.add_row(mart.name, rows, escape(mart.description))
    _console().print(table)


@app.command()
def describe(
    mart: Annotated[str, typer.Argument(help="A published table or view, as fct_export_emission.")],
    home: HomeOption = None,
) -> None:
    """Show the columns of a published table: types, units and what they hold.

    Example: `tradeplume describe fct_export_emission`
    """
    from cli.describe import print_mart

    print_mart(_console(), _home(home), mart)


@app.command()
def dictionary(edition: EditionOption = DEFAULT_EDITION, home: HomeOption = None) -> None:
    """Write the data dictionary: every table and column, its SQL, and what it is made from.

    One page that needs nothing else: published/dictionary.html. Example: `tradeplume dictionary`
    """
    from cli.dictionary import write_dictionary
    from warehouse.edition import load_edition

    place = _home(home)
    print(write_dictionary(load_edition(edition, place.root), place))


app.command()(air)
app.command()(atlas)
app.command()(plot)
app.add_typer(releases)
app.command()(template)
app.command(name="try")(try_)
app.command()(compare)
app.command()(cite)
app.command()(uncertainty)
app.command()(evaluation)
app.command()(published)
app.command()(synth)
app.command()(simulate)
app.command(name="lint-hemco")(lint_hemco)


def _home(option: Path | None) -> Home:
    from warehouse.home import locate

    return locate(option)


def _console() -> Console:
    from cli.console import console_of

    return console_of()


if __name__ == "__main__":
    main()
