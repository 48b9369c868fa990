"""Which departures of the weather help to simulate a year: skill in 2013, in 2014, and in the change between them.

    python -m benchmarks.atmosphere_departures <working file of open-2007>

Provinces over area and over people, the mean of the year and its seasons. The years 2015-2016 are not read.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial

import duckdb
import numpy as np

from compute.atmosphere.engine import Concentration
from compute.atmosphere.reduced import ReducedEngine, joined_seasons, season_by_season
from flows.air_evaluation import MONTHS, emissions_of, field_of
from flows.air_inputs import (
    DEPARTING,
    Land,
    engines_of,
    read_departures,
    read_gridding,
    read_land,
    read_parameters,
)
from flows.air_observation import Places, read_places

YEARS = (2013, 2014)
KINDS = ("province_area", "province_people")
USED: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "winds": DEPARTING,
    "temperature": ("air_temperature",),
    "humidity": ("relative_humidity",),
    "all": (*DEPARTING, "air_temperature", "relative_humidity"),
}


def simulated(
    con: duckdb.DuckDBPyConnection, land: Land, year: int, variables: tuple[str, ...]
) -> Concentration:
    """A year's emissions in its own weather, of which only some variables depart from the climatology."""
    emission = read_gridding(con, land, year).place(emissions_of(con, land.provinces, year))
    departures = read_departures(con, land, (year,), variables)
    makers = engines_of(con, land, read_parameters(con), departures, held=("aerosol",))
    work = partial(ReducedEngine.run_under, scenarios={"year": emission}, base_of={"year": "year"})
    return joined_seasons(season_by_season(makers, work))["year"]


def correlations(place: Places, made: Mapping[int, Concentration], season: str) -> list[float]:
    """Of each year, and of the change from the first to the second."""
    ours = [place.weights @ field_of(made[year], None, season) for year in YEARS]
    theirs = [place.mean("PM2.5", (year,), MONTHS[season]) for year in YEARS]
    pairs = [*zip(ours, theirs, strict=True), (ours[1] - ours[0], theirs[1] - theirs[0])]
    return [float(np.corrcoef(*pair)[0, 1]) for pair in pairs]


def main() -> None:
    """Print r of each year and of the change, by what departs, kind of place and season."""
    with duckdb.connect(sys.argv[1], read_only=True) as con:
        land = read_land(con, 2007)
        places = [place for place in read_places(con, land) if place.observation in KINDS]
        for name, variables in USED.items():
            made = {year: simulated(con, land, year, variables) for year in YEARS}
            for place in places:
                for season in MONTHS:
                    first, second, change = correlations(place, made, season)
                    print(
                        f"{name:12} {place.observation:16} {season:5} {YEARS[0]} {first:.3f}"
                        f"  {YEARS[1]} {second:.3f}  change {change:+.3f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
