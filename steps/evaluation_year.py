"""The step `evaluation-of-year`: the edition's own year beside what stations or satellites observed in it.

Reads what the step `concentration` wrote of the run with all emissions. Weights of places are those of the
observation; by season there are means over area alone, since cells are stored for the year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.atmosphere.evaluation import skill
from compute.atmosphere.weather import SEASONS
from compute.exposure import receptor_weights
from steps.atmosphere_inputs import Land, read_land
from steps.evaluation_frames import PLACE_SCHEMA, SKILL_SCHEMA
from steps.evaluation_places import Places, read_places
from warehouse.tables import Assumptions, Tables

Array = NDArray[np.float64]
PERIOD = "edition_year"
MODEL = "reduced"
POLLUTANT = "PM2.5"
LEAST_PLACES = 3
_MONTHS = {"year": tuple(range(1, 13)), **SEASONS}


@dataclass(frozen=True)
class Beside:
    """One kind of observation of the year, and ours at the same places, ug/m3; NaN where not observed."""

    observation: str
    season: str
    names: tuple[str, ...]
    longitude: Array
    latitude: Array
    ours: Array
    theirs: Array

    @property
    def row(self) -> tuple[object, ...]:
        """A row of computed.evaluation_of_year."""
        found = skill(self.ours, self.theirs)
        return (
            MODEL,
            self.observation,
            POLLUTANT,
            self.season,
            PERIOD,
            found.correlation,
            found.bias_share,
            found.error_share,
            found.places,
        )

    def places(self) -> pl.DataFrame:
        """Rows of computed.evaluation_of_year_place."""
        return pl.DataFrame(
            {
                "observation": self.observation,
                "place": list(self.names),
                "longitude": self.longitude,
                "latitude": self.latitude,
                "pollutant": POLLUTANT,
                "season": self.season,
                "period": PERIOD,
                "modelled_ug_m3": self.ours,
                "baseline_ug_m3": None,
                "observed_ug_m3": self.theirs,
            },
            schema=PLACE_SCHEMA,
        ).filter(pl.col("observed_ug_m3").is_finite())


def evaluate_year(con: Tables, assumptions: Assumptions) -> int:
    """Write computed.evaluation_of_year and evaluation_of_year_place; returns the rows of the first."""
    year = int(assumptions["year"])
    found = beside_the_year(con, read_land(con, year), year)
    places = [pl.DataFrame(schema=PLACE_SCHEMA), *(each.places() for each in found)]
    con.write("computed.evaluation_of_year_place", pl.concat(places))
    rows = pl.DataFrame([each.row for each in found], SKILL_SCHEMA, orient="row")
    return con.write("computed.evaluation_of_year", rows)


def beside_the_year(con: Tables, land: Land, year: int) -> list[Beside]:
    """All that was observed in the edition's year at three places or more; empty without such data."""
    if not con.has("computed.pm25_cell"):
        return []
    found: list[Beside] = []
    annual = _annual(con, land)
    if con.has("raw.evaluation_observation"):
        for here in read_places(con, land):
            found += _of_ground(con, here, annual, year)
    if con.has("raw.observed_series"):
        found += _of_series(con, land, annual, year)
    return [each for each in found if np.isfinite(each.theirs).sum() >= LEAST_PLACES]


@dataclass(frozen=True)
class _Annual:
    """PM2.5 of the year with all emissions.

    field: (cells,), ug/m3.  known: (cells,), whether the cell is of China; others are not stored.
    """

    field: Array
    known: NDArray[np.bool_]

    def mean(self, weights: Array) -> Array:
        """Means of places over the cells of China; a city at the coast has sea beside it."""
        inside = weights * self.known
        return np.asarray((inside @ self.field) / inside.sum(axis=1))


def _annual(con: Tables, land: Land) -> _Annual:
    cells = con.sql(
        "select longitude, latitude, sum(pm25_ug_m3) as pm25_ug_m3 from computed.pm25_cell"
        " where scenario = 'Base' and engine = 'reduced' group by all order by all"
    ).pl()
    field = np.full(land.grid.shape[0] * land.grid.shape[1], np.nan)
    at = land.grid.cell_of(cells["longitude"].to_numpy(), cells["latitude"].to_numpy())
    field[at] = cells["pm25_ug_m3"].to_numpy()
    known = np.isfinite(field)
    return _Annual(np.where(known, field, 0.0), known)


def _of_ground(con: Tables, here: Places, annual: _Annual, year: int) -> Iterator[Beside]:
    """Places of the ground reanalysis, or of the user's cities."""
    for season, months in _MONTHS.items():
        ours = annual.mean(here.weights) if season == "year" else _over_area(con, here, season)
        if ours is not None:
            theirs = here.mean(POLLUTANT, (year,), months)
            yield Beside(
                here.observation, season, here.names, here.longitude, here.latitude, ours, theirs
            )


def _over_area(con: Tables, here: Places, season: str) -> Array | None:
    """Means of a season over the provinces' area; None for another kind of place."""
    if here.observation != "province_area":
        return None
    value = dict(
        con.sql(
            "select province, sum(pm25_ug_m3) from computed.pm25_province where scenario = 'Base'"
            " and engine = 'reduced' and weighting = 'area' and season = ? group by 1 order by 1",
            params=[season],
        ).fetchall()
    )
    return np.array([value[name] for name in here.names])


def _of_series(con: Tables, land: Land, annual: _Annual, year: int) -> Iterator[Beside]:
    """Each series of satellites, over residents as its publisher weighs them."""
    observed = con.sql(
        "select series, province, concentration_ug_m3 from raw.observed_series"
        " where source_year = ? and pollutant = ? order by all",
        params=[year, POLLUTANT],
    ).pl()
    rows, columns = land.grid.shape
    for (series,), part in observed.group_by("series", maintain_order=True):
        names = tuple(part["province"])
        weights = receptor_weights(land.people.T[[land.provinces.index(name) for name in names]])
        yield Beside(
            f"satellite_{series}",
            "year",
            names,
            weights @ np.tile(land.grid.longitude, rows),
            weights @ np.repeat(land.grid.latitude, columns),
            annual.mean(weights),
            part["concentration_ug_m3"].to_numpy(),
        )
