"""Which mixture of gridding proxies puts industry, traffic and stoves where cities breathe it: skill in 2013-2014.

    python -m benchmarks.atmosphere_proxies <working file of open-2007>

The seed's mixture beside others, all else as it is; cities (2014, where the working file has them) and people of
dense places decide, since means over provinces hardly depend on it. The years 2015-2016 are not read.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial

import duckdb
import numpy as np

from compute.atmosphere.engine import Concentration, GriddedEmission
from compute.atmosphere.evaluation import skill
from compute.atmosphere.reduced import ReducedEngine, joined_seasons, season_by_season
from compute.atmosphere.weather import SEASONS
from steps.atmosphere_inputs import (
    DEPARTING,
    Land,
    engines_of,
    read_departures,
    read_gridding,
    read_land,
    read_parameters,
)
from steps.evaluation import emissions_of, field_of
from steps.evaluation_places import read_places

YEARS = (2013, 2014)
Mixture = Mapping[str, Mapping[str, float]]
RURAL, URBAN = "rural_population", "population"
MIXTURES: Mapping[str, Mixture] = {
    "seed": {},
    "all by residents": {"industry": {URBAN: 1.0}, "transport": {URBAN: 1.0}},
    "industry 0.7 rural, transport 0.3": {
        "industry": {RURAL: 0.7, URBAN: 0.3},
        "transport": {RURAL: 0.3, URBAN: 0.7},
    },
    "industry all rural": {"industry": {RURAL: 1.0}},
    "industry 0.3 with coal plants": {"industry": {RURAL: 0.7, "coal_power": 0.3}},
    "stoves 0.7 rural": {"residential": {RURAL: 0.7, URBAN: 0.3}},
    "stoves all rural": {"residential": {RURAL: 1.0}},
}


def gridded(con: duckdb.DuckDBPyConnection, land: Land, mixture: Mixture) -> GriddedEmission:
    """Mean emissions of the years as the mixture lays them."""
    years = [
        read_gridding(con, land, year, mixture)
        .place(emissions_of(con, land.provinces, year))
        .tonnes
        for year in YEARS
    ]
    return GriddedEmission(np.asarray(np.mean(years, axis=0)))


def simulated(
    con: duckdb.DuckDBPyConnection,
    land: Land,
    emissions: Mapping[str, GriddedEmission],
    years: Sequence[int] = YEARS,
    variables: Sequence[str] = DEPARTING,
) -> dict[str, Concentration]:
    """Concentrations of each, every one with its own ammonia limit, in the weather of the years.

    variables: of the weather, those that depart from the climatology.
    """
    departures = read_departures(con, land, years, variables)
    makers = engines_of(con, land, read_parameters(con), departures, held=("aerosol",))
    itself = {name: name for name in emissions}
    work = partial(ReducedEngine.run_under, scenarios=emissions, base_of=itself)
    return joined_seasons(season_by_season(makers, work))


def main() -> None:
    """Print r, NMB and NME by mixture, season and kind of place."""
    with duckdb.connect(sys.argv[1], read_only=True) as con:
        land = read_land(con, 2007)
        emissions = {name: gridded(con, land, mixture) for name, mixture in MIXTURES.items()}
        made = simulated(con, land, emissions)
        places = read_places(con, land)
    for season, months in SEASONS.items():
        for place in places:
            observed = place.mean("PM2.5", YEARS, months)
            if np.isfinite(observed).sum() < 3:
                continue
            for name, result in made.items():
                found = skill(place.weights @ field_of(result, None, season), observed)
                print(
                    f"{season} {place.observation:16} {name:34} r {found.correlation:.3f}"
                    f" NMB {found.bias_share:+.2f} NME {found.error_share:.2f}"
                )


if __name__ == "__main__":
    main()
