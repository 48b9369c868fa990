"""The engine from 2013 to 2017 with either inventory: does it fall as the stations did?

    python -m benchmarks.atmosphere_years <working file of open-2017>

Emissions as REAS has them (carried on by MEIC's change after 2015), brought to MEIC's national totals of each
year, and the latter with REAS's ammonia. One weather for all years, the climatology, so that emissions alone tell
the years apart. Means over the people of 30 provinces, and r with CAQRA over people.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import duckdb
import polars as pl

from benchmarks.observed_years import BUNDLED, by_year, correlation, national_mean
from compute.atmosphere.engine import POLLUTANTS
from compute.atmosphere.reduced import ReducedEngine, joined_seasons, season_by_season
from steps.atmosphere_inputs import Array, engines_of, read_gridding, read_land, read_parameters
from steps.concentration import receptors_of
from steps.evaluation import emissions_of

YEARS = (2013, 2014, 2015, 2016, 2017)


def with_published_ammonia(
    con: duckdb.DuckDBPyConnection, provinces: tuple[str, ...], year: int
) -> Array:
    """The nation's totals, and the ammonia of REAS, a third more."""
    tonnes = emissions_of(con, provinces, year)
    row = POLLUTANTS.index("NH3")
    tonnes[row] = emissions_of(con, provinces, year, as_published=True)[row]
    return tonnes


INVENTORIES: dict[str, Callable[..., Array]] = {
    "as published": partial(emissions_of, as_published=True),
    "national totals": emissions_of,
    "national totals, REAS's ammonia": with_published_ammonia,
}


def main() -> None:
    """Print a line an inventory and year: ours, CAQRA, their ratio, r."""
    ground = by_year(
        pl.read_parquet(BUNDLED / "evaluation_observation.parquet")
        .filter(coverage="people", pollutant="PM2.5")
        .select("source_year", "province", "concentration_ug_m3")
    )
    residents = by_year(
        pl.read_parquet(BUNDLED / "population_total.parquet").select(
            "source_year", "province", "population_persons"
        )
    )
    with duckdb.connect(sys.argv[1], read_only=True) as con:
        land = read_land(con, YEARS[-1])
        gridded = {
            f"{name} {year}": read_gridding(con, land, year).place(of(con, land.provinces, year))
            for name, of in INVENTORIES.items()
            for year in YEARS
        }
        makers = engines_of(con, land, read_parameters(con), held=("aerosol",))
        itself = {code: code for code in gridded}
        work = partial(ReducedEngine.run_under, scenarios=gridded, base_of=itself)
        result = joined_seasons(season_by_season(makers, work))
    receptors = receptors_of(land)
    for code, concentration in result.items():
        year = int(code[-4:])
        values = receptors.by_people @ concentration.pm25()
        ours = dict(zip(receptors.names[:-1], values[:-1].tolist(), strict=True))
        made, seen = (national_mean(of, residents[year]) for of in (ours, ground[year]))
        print(
            f"{code}  ours {made:5.1f}  CAQRA {seen:5.1f}  ratio {made / seen:5.3f}"
            f"  r {correlation(ours, ground[year]):5.3f}"
        )


if __name__ == "__main__":
    main()
