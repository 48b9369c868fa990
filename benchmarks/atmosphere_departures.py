"""Which departures of the weather help to simulate a year: skill in 2013, in 2014, and in the change between them.

    python -m benchmarks.atmosphere_departures <working file of open-2007>

Provinces over area and over people, the mean of the year and its seasons. The years 2015-2016 are not read.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

import duckdb
import numpy as np

from benchmarks.atmosphere_proxies import YEARS, simulated
from compute.atmosphere.engine import Concentration
from steps.atmosphere_inputs import DEPARTING, Land, read_gridding, read_land
from steps.evaluation import MONTHS, emissions_of, field_of
from steps.evaluation_places import Places, read_places

KINDS = ("province_area", "province_people")
USED: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "winds": DEPARTING,
    "temperature": ("air_temperature",),
    "humidity": ("relative_humidity",),
    "all": (*DEPARTING, "air_temperature", "relative_humidity"),
}


def of_year(
    con: duckdb.DuckDBPyConnection, land: Land, year: int, variables: tuple[str, ...]
) -> Concentration:
    """A year's emissions in its own weather, of which only some variables depart from the climatology."""
    emission = read_gridding(con, land, year).place(emissions_of(con, land.provinces, year))
    return simulated(con, land, {"year": emission}, (year,), variables)["year"]


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
            made = {year: of_year(con, land, year, variables) for year in YEARS}
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
