"""Where the engine meets observations: provinces by area, by people and by people of dense places; cities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.atmosphere.weather import DAYS
from compute.exposure import receptor_weights
from steps.atmosphere_inputs import Land, on_cells
from warehouse.database import tables_of

Array = NDArray[np.float64]
Key = tuple[str, int, int]
"""Pollutant, year, month."""
DENSE_PERSONS_PER_KM2 = 500.0
"""Cells of at least this density are densely populated, as the observed dense cities are."""
COVERAGES = {"area": "province_area", "people": "province_people", "dense": "province_dense"}


@dataclass(frozen=True)
class Places:
    """Places of one kind of observation.

    weights: (places, cells), rows sum to one: the mean that is like the observed.  values: ug/m3 by
    pollutant, year and month, (places,), NaN where nothing was observed.
    """

    observation: str
    names: tuple[str, ...]
    longitude: Array
    latitude: Array
    weights: Array
    values: Mapping[Key, Array]

    def mean(self, pollutant: str, years: Sequence[int], months: Sequence[int]) -> Array:
        """Mean over the years in which all the months were observed, by place; NaN where none was."""
        days = np.array([DAYS[month] for month in months])
        nothing = np.full(len(self.names), np.nan)
        by_year = np.stack(
            [
                np.average(
                    [self.values.get((pollutant, year, month), nothing) for month in months],
                    axis=0,
                    weights=days,
                )
                for year in years
            ]
        )
        seen = np.isfinite(by_year)
        total = np.where(seen, by_year, 0.0).sum(axis=0)
        return np.asarray(np.divide(total, seen.sum(axis=0), out=nothing, where=seen.any(axis=0)))


def read_places(con: duckdb.DuckDBPyConnection, land: Land) -> list[Places]:
    """Every kind of observation that the edition has, each with at least three places."""
    observed = con.sql(
        "select coverage, pollutant, source_year, month, province as place, concentration_ug_m3"
        " from raw.evaluation_observation"
    ).pl()
    found = []
    for coverage, observation in COVERAGES.items():
        part = observed.filter(pl.col("coverage") == coverage)
        amounts = _amounts(con, land, coverage)
        names = tuple(
            code
            for row, code in enumerate(land.provinces)
            if amounts[row].sum() > 0 and code in set(part["place"])
        )
        rows = [land.provinces.index(code) for code in names]
        if len(names) >= 3:
            found.append(_places(land, observation, names, receptor_weights(amounts[rows]), part))
    if "evaluation_place" in tables_of(con, "raw"):
        found += _cities(con, land)
    return found


def _amounts(con: duckdb.DuckDBPyConnection, land: Land, coverage: str) -> Array:
    """(provinces, cells): km2, or persons as the observed means are weighted (role evaluation_coverage).

    An edition without that role takes persons where they live, and those of dense cells.
    """
    if coverage == "area":
        return land.area_km2.T
    if "evaluation_coverage" in tables_of(con, "raw"):
        cells = con.sql(
            "select province, longitude, latitude, persons from raw.evaluation_coverage"
            " where coverage = ? order by all",
            params=[coverage],
        ).pl()
        return np.asarray(on_cells(land.grid, cells, land.provinces)(cells["persons"]).T)
    if coverage == "people":
        return land.people.T
    return np.where(_is_dense(land), land.people.T, 0.0)


def _is_dense(land: Land) -> NDArray[np.bool_]:
    area = land.area_km2.sum(axis=1)
    return np.asarray(land.people.sum(axis=1) >= DENSE_PERSONS_PER_KM2 * np.maximum(area, 1e-9))


def _cities(con: duckdb.DuckDBPyConnection, land: Land) -> list[Places]:
    """Each place between the four cells about it (bilinear); all of them, and those in dense cells.

    A city's mean is that of several stations, and its place one point: the cell that happens to hold the
    point is too narrow for it.
    """
    observed = con.sql(
        "select place, longitude, latitude, pollutant, source_year, month, concentration_ug_m3"
        " from raw.evaluation_place order by place"
    ).pl()
    spots = observed.group_by("place").agg(pl.col("longitude", "latitude").first()).sort("place")
    east, north = spots["longitude"].to_numpy(), spots["latitude"].to_numpy()
    every = land.grid.bilinear(east, north)
    dense = _is_dense(land)[land.grid.cell_of(east, north)]
    found = []
    for observation, kept in (("place", np.ones(dense.size, dtype=bool)), ("place_dense", dense)):
        if kept.sum() < 3:
            continue
        weights = every[kept]
        names = tuple(spots.filter(pl.Series(kept))["place"])
        found.append(_places(land, observation, names, weights, observed))
    return found


def _places(
    land: Land, observation: str, names: tuple[str, ...], weights: Array, observed: pl.DataFrame
) -> Places:
    row_of = {name: row for row, name in enumerate(names)}
    values: dict[Key, Array] = {}
    columns = ("place", "pollutant", "source_year", "month", "concentration_ug_m3")
    for place, pollutant, year, month, value in observed.select(columns).iter_rows():
        if place in row_of:
            series = values.setdefault((pollutant, year, month), np.full(len(names), np.nan))
            series[row_of[place]] = value
    rows, columns_count = land.grid.shape
    return Places(
        observation,
        names,
        weights @ np.tile(land.grid.longitude, rows),
        weights @ np.repeat(land.grid.latitude, columns_count),
        weights,
        values,
    )
