"""Editions' own years beside what was observed in them, and the fall between two years."""

from __future__ import annotations

import duckdb
from rich.console import Console
from rich.table import Table

from atlas.evaluation_plot import title_of
from warehouse.errors import UserFacingError

_YEARS = """
    select edition, year, observation, season, places, correlation, bias_share
    from fct_model_evaluation
    where pollutant = $pollutant and period = 'edition_year' and model = 'reduced'
    order by year, edition, observation, list_position(['year', 'DJF', 'MAM', 'JJA', 'SON'], season)
"""

# The same places in two editions' years; means over places, each with the residents of the later year.
_FALL = """
    with people as (
        select edition, year, province as place, people_above_persons as persons
        from fct_exposure
        where engine = 'reduced' and scenario = 'Base' and threshold_ug_m3 = 0
    ),

    seen as (
        select edition, year, observation, place, modelled_ug_m3, observed_ug_m3
        from fct_model_evaluation_place
        where pollutant = $pollutant and period = 'edition_year' and season = 'year'
    )

    select
        early.edition || ' to ' || late.edition as between_editions,
        early.year,
        late.year,
        early.observation,
        count(*) as places,
        sum(late.modelled_ug_m3 * persons) / sum(early.modelled_ug_m3 * persons) as ours,
        sum(late.observed_ug_m3 * persons) / sum(early.observed_ug_m3 * persons) as theirs,
        corr(ln(late.modelled_ug_m3 / early.modelled_ug_m3), ln(late.observed_ug_m3 / early.observed_ug_m3))
            as correlation
    from seen as early
    inner join seen as late using (observation, place)
    inner join people on late.edition = people.edition and late.year = people.year and place = people.place
    where early.year < late.year
    group by all
    order by all
"""

_TREND = """
    select edition, observation, season, places, correlation, bias_share
    from fct_model_evaluation
    where pollutant = $pollutant and period = 'fall_to_judged' and model = 'reduced' and season = 'year'
    order by edition, observation
"""


def print_years(console: Console, connection: duckdb.DuckDBPyConnection, pollutant: str) -> None:
    """Print r and NMB of every published edition's own year, and how both fall from year to year.

    Raises UserFacingError where nothing published was observed in its own year.
    """
    query = {"pollutant": pollutant}
    years = connection.execute(_YEARS, query).fetchall()
    if not years:
        raise UserFacingError(
            f"Nothing published has {pollutant} beside observations of its own year.",
            remedy="Run an edition with concentrations, and ask for PM2.5.",
        )
    table = Table(title=f"{pollutant}, each edition's own year", box=None, pad_edge=False)
    for heading in ("edition", "year", "places", "season", "n", "r", "NMB"):
        table.add_column(heading, justify="left" if heading in ("edition", "places") else "right")
    for edition, year, kind, season, count, r, bias in years:
        table.add_row(
            edition, str(year), title_of(kind), season, str(count), f"{r:.3f}", f"{bias:+.0%}"
        )
    console.print(table)
    _print_falls(console, connection.execute(_FALL, query).fetchall())
    _print_trends(console, connection.execute(_TREND, query).fetchall())


def _print_falls(console: Console, falls: list[tuple[object, ...]]) -> None:
    if not falls:
        console.print("Falls between years need two published editions with concentrations.")
        return
    table = Table(title="Later over earlier year, over people", box=None, pad_edge=False)
    for heading in ("editions", "years", "places", "n", "ours", "observed", "r of the change"):
        table.add_column(heading, justify="left" if heading in ("editions", "places") else "right")
    for between, early, late, kind, count, ours, theirs, r in falls:
        table.add_row(
            str(between),
            f"{early}-{late}",
            title_of(str(kind)),
            str(count),
            f"{ours:.2f}",
            f"{theirs:.2f}",
            "" if r is None else f"{r:.2f}",
        )
    console.print(table)


def _print_trends(console: Console, trends: list[tuple[object, ...]]) -> None:
    if not trends:
        return
    table = Table(title="Fall from 2013-2014 to 2015-2016", box=None, pad_edge=False)
    for heading in ("edition", "places", "n", "r of the fall", "NMB of the fall"):
        table.add_column(heading, justify="left" if heading in ("edition", "places") else "right")
    for edition, kind, _, count, r, bias in trends:
        table.add_row(str(edition), title_of(str(kind)), str(count), f"{r:.2f}", f"{bias:+.0%}")
    console.print(table)
