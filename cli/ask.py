"""Commands that ask the published file: `marts`, `describe`, `summary`, `sql`, `paths`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.options import HomeOption
from warehouse.request import DEFAULT_EDITION


def marts(home: HomeOption = None) -> None:
    """List the published tables and views, with their rows.

    Example: `tradeplume marts`
    """
    from rich.markup import escape
    from rich.table import Table

    from cli.console import console_of
    from warehouse.home import locate
    from warehouse.published import marts as published_marts
    from warehouse.published import open_published

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "rows", "what it holds"):
        table.add_column(column, justify="right" if column == "rows" else "left")
    with open_published(locate(home)) as connection:
        for mart in published_marts(connection):
            rows = mart.kind if mart.rows is None else f"{mart.rows:,}"
            table.add_row(mart.name, rows, escape(mart.description))
    console_of().print(table)


def describe(
    table: Annotated[str, typer.Argument(help="A published table or view: fct_export_emission.")],
    home: HomeOption = None,
) -> None:
    """Show the columns of a table: types, units and what each holds.

    Example: `tradeplume describe fct_export_emission`
    """
    from cli.console import console_of
    from cli.described import print_table
    from warehouse.home import locate

    print_table(console_of(), locate(home), table)


def summary(
    edition: Annotated[
        str | None,
        typer.Option(
            "--edition", "-e", help=f"Edition; otherwise {DEFAULT_EDITION}, or the only one."
        ),
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", help="Year; otherwise the latest published.")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period", "-p", help="Of observed air: 2025Q1; otherwise the latest reviewed."
        ),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Show what a run found, in tables.

    Totals with intervals, provinces, consumers, published figures, checks, assumptions, tables and rows.

    Examples: `tradeplume summary`, `tradeplume summary --edition air-open`
    """
    from cli.console import console_of
    from cli.summary import print_published
    from warehouse.home import locate

    print_published(console_of(), locate(home), edition, year, period)


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
    """Ask the published file one query, read-only.

    Tables need no schema: `from fct_mrio_flow`.

    Examples: `tradeplume sql "from dim_region"`,
    `tradeplume sql "from fct_export_value" --out exports.csv`,
    `echo "show tables" | tradeplume sql - --format json`
    """
    from cli.console import console_of
    from cli.query import Format, ask, chosen_format
    from warehouse.home import locate

    if fmt is not None and fmt not in set(Format):
        raise typer.BadParameter(f"{fmt} is not one of {', '.join(Format)}", param_hint="--format")
    chosen = chosen_format(Format(fmt) if fmt else None, out)
    text = sys.stdin.read() if query == "-" else query
    ask(locate(home), text, console_of(), fmt=chosen, out=out, limit=rows, timeout_seconds=timeout)


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
            "--edition", "-e", help=f"Of this edition; otherwise of {DEFAULT_EDITION}, or of all."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write them to this file.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Show the largest supply chains behind exports.

    Ranked by all particles and precursors together (APE).

    Examples: `tradeplume paths --from Guangdong --top 20`, `tradeplume paths --to Hebei`,
    `tradeplume paths --from Guangdong --to Hebei`
    """
    from cli.console import console_of
    from cli.paths import paths_query
    from cli.query import ask, chosen_format
    from warehouse.home import locate

    place = locate(home)
    text = paths_query(place, exporter, emitter, top, edition=edition, preferred=DEFAULT_EDITION)
    ask(place, text, console_of(), fmt=chosen_format(None, out), out=out, limit=0)
