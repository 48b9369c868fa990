"""The command `tradeplume evaluation`: how good the engine is, as a table and as figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import HomeOption
from warehouse.request import DEFAULT_EDITION


def evaluation(
    edition: Annotated[
        str, typer.Option("--edition", "-e", help="Edition with concentrations.")
    ] = DEFAULT_EDITION,
    pollutant: Annotated[str, typer.Option("--pollutant", help="PM2.5, SO2, NO2 or CO.")] = "PM2.5",
    period: Annotated[
        str,
        typer.Option(
            "--period", help="judged (2015-2016), calibration (2013-2014) or edition_year."
        ),
    ] = "judged",
    plots: Annotated[
        Path | None,
        typer.Option("--plots", help="Write scatter plots and a map of the bias to this folder."),
    ] = None,
    years: Annotated[
        bool,
        typer.Option(
            "--years", help="Every published edition in its own year, and the fall between them."
        ),
    ] = False,
    home: HomeOption = None,
) -> None:
    """Compare the engine with observed concentrations.

    Smoothed emissions, a model without physics, stand beside it as a yardstick.

    Examples: `tradeplume evaluation`, `tradeplume evaluation --years`,
    `tradeplume evaluation --plots figures --pollutant SO2`
    """
    from rich.console import Console
    from rich.table import Table

    from atlas.evaluation_plot import PERIODS, draw_evaluation, title_of
    from warehouse.errors import UserFacingError
    from warehouse.home import locate
    from warehouse.published import open_published

    if period not in PERIODS:
        raise UserFacingError(f"No period {period}.", remedy=f"Choose {', '.join(PERIODS)}.")
    screen = Console()
    console = screen if screen.is_terminal else Console(width=120)
    with open_published(locate(home)) as connection:
        if not connection.execute(
            "select 1 from information_schema.tables where table_name = 'fct_model_evaluation'"
        ).fetchall():
            raise UserFacingError(
                "Nothing published has concentrations.",
                remedy=f"Run `tradeplume run --edition {edition}`.",
            )
        if years:
            from cli.evaluation_years import print_years

            print_years(console, connection, pollutant)
            return
        rows = connection.execute(
            "select observation, season, places, correlation, bias_share, error_share,"
            " line_correlation from (select *, max(case when model = 'smoothed_emission'"
            " then correlation end) over (partition by observation, season) as line_correlation"
            " from fct_model_evaluation where edition = ? and pollutant = ? and period = ?)"
            " where model = 'reduced' order by observation,"
            " list_position(['year', 'DJF', 'MAM', 'JJA', 'SON'], season)",
            [edition, pollutant, period],
        ).fetchall()
        if not rows:
            raise UserFacingError(
                f"Nothing published of {edition} has {pollutant} beside observations.",
                remedy=f"Run `tradeplume run --edition {edition}`, with its concentrations.",
            )
        table = Table(title=f"{pollutant}, {PERIODS[period]}, edition {edition}")
        for heading in ("places", "season", "n", "r", "NMB", "NME", "r of smoothed emissions"):
            table.add_column(
                heading, justify="left" if heading in ("places", "season") else "right"
            )
        for kind, season, count, r, bias, error, line in rows:
            table.add_row(
                title_of(kind),
                season,
                str(count),
                f"{r:.3f}",
                f"{bias:+.0%}",
                f"{error:.0%}",
                "" if line is None else f"{line:.3f}",
            )
        console.print(table)
        if plots is not None:
            for path in draw_evaluation(connection, edition, plots, pollutant, period):
                console.print(f"wrote {path}", highlight=False, soft_wrap=True)
