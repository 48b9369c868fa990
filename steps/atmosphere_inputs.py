"""From the warehouse to what the engine takes: weather, gridding, release, people, background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator

from compute.atmosphere.background import NEIGHBOUR_SEASON_SHARE, BackgroundSource, with_background
from compute.atmosphere.chemistry import CHAIN_TRACERS
from compute.atmosphere.engine import EMISSION_GROUPS, POLLUTANTS
from compute.atmosphere.grid import Grid, nested_grid
from compute.atmosphere.gridding import Gridding, build_gridding
from compute.atmosphere.reduced import ReducedEngine, SeasonMaker, season_makers
from compute.atmosphere.season import Release
from compute.atmosphere.weather import DAYS, SEASONS, Weather
from warehouse.database import tables_of

Array = NDArray[np.float64]
NEIGHBOUR_BOX = (92.0, 110.0, 28.0)
"""West, east and north of mainland South-East Asia in the domain, degrees."""
LAND_ABOVE_M = 5.0
DESERT_PROVINCES = ("CN-XJ", "CN-GS", "CN-NX", "CN-NM", "CN-QH", "CN-SN")


@dataclass(frozen=True)
class Land:
    """Provinces on the grid. All arrays (cells, provinces): area km2, residents, rural residents."""

    grid: Grid
    provinces: tuple[str, ...]
    area_km2: Array
    people: Array
    rural_people: Array
    altitude_m: Array

    @property
    def inside(self) -> NDArray[np.int64]:
        """Cells that hold a part of China."""
        return np.flatnonzero(self.area_km2.sum(axis=1) > 0)


def read_parameters(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Name to value of the seed atmosphere_parameter."""
    return dict(con.sql("select name, value from seeds.atmosphere_parameter").fetchall())


def read_land(con: duckdb.DuckDBPyConnection, year: int) -> Land:
    """Cells of the provinces, residents scaled to the official totals of the year.

    A province without an official total of the year keeps its census figure.
    """
    grid = nested_grid()
    cells = con.sql(
        "select province, longitude, latitude, area_km2, population_persons,"
        " rural_population_persons from raw.grid_cell order by province, latitude, longitude"
    ).pl()
    provinces = tuple(sorted(cells["province"].unique()))
    totals = dict(
        con.execute(
            "select province, population_persons from raw.population_total where source_year = ?",
            [year],
        ).fetchall()
    )
    place = on_cells(grid, cells, provinces)
    people = place(cells["population_persons"])
    census = people.sum(axis=0)
    scale = np.array(
        [totals.get(code, census[row]) / census[row] for row, code in enumerate(provinces)]
    )
    relief = con.sql("select altitude_m from raw.relief order by latitude, longitude").fetchnumpy()[
        "altitude_m"
    ]
    return Land(
        grid=grid,
        provinces=provinces,
        area_km2=place(cells["area_km2"]),
        people=people * scale,
        rural_people=place(cells["rural_population_persons"]) * scale,
        altitude_m=np.asarray(relief, dtype=np.float64).reshape(grid.shape),
    )


def read_gridding(
    con: duckdb.DuckDBPyConnection,
    land: Land,
    year: int,
    instead: Mapping[str, Mapping[str, float]] | None = None,
) -> Gridding:
    """Proxies of the seed gridding_proxy; coal plants are those that work in the year.

    instead: group to the share of each proxy, in place of the seed's (to try another mixture).
    Where the role emission_grid has the year (MEIC's own grid, say), its cells take the proxies' place.
    """
    plants = con.sql(
        "select province, longitude, latitude, capacity_mw as amount from raw.point_source"
        " where kind = 'coal_power' and start_year <= ? and end_year > ?",
        params=[year, year],
    ).pl()
    proxies = {
        "population": land.people,
        "rural_population": land.rural_people,
        "area": land.area_km2,
        "coal_power": on_cells(land.grid, plants, land.provinces)(plants["amount"]),
    }
    mixture: dict[str, dict[str, float]] = {}
    for group, proxy, share in con.sql(
        "select emission_group, proxy, share from seeds.gridding_proxy"
    ).fetchall():
        mixture.setdefault(group, {})[proxy] = share
    mixture |= {group: dict(shares) for group, shares in (instead or {}).items()}
    gridding = build_gridding(land.provinces, proxies, mixture, "population")
    return gridding.with_published(_published_grid(con, land, year))


def _published_grid(
    con: duckdb.DuckDBPyConnection, land: Land, year: int
) -> dict[tuple[str, str], Array]:
    """Emission of the role emission_grid by group and pollutant, t, (cells, provinces); empty without the role.

    Other primary PM2.5 is PM2.5 less black and organic carbon in each cell, not negative.
    """
    if "emission_grid" not in tables_of(con, "raw"):
        return {}
    cells = con.sql(
        "select emission_group, pollutant, province, longitude, latitude, emission_t"
        " from raw.emission_grid where source_year = ? order by all",
        params=[year],
    ).pl()
    found = {
        (str(group), str(pollutant)): on_cells(land.grid, part, land.provinces)(part["emission_t"])
        for (group, pollutant), part in cells.group_by(
            "emission_group", "pollutant", maintain_order=True
        )
    }
    nothing = np.zeros_like(land.area_km2)
    for group in EMISSION_GROUPS:
        if (group, "PM2.5") in found:
            carbon = found.get((group, "BC"), nothing) + found.get((group, "OC"), nothing)
            found[group, "PM25_other"] = np.maximum(found.pop((group, "PM2.5")) - carbon, 0.0)
    return found


Departures = Mapping[tuple[str, str], Array]
"""Season and variable to what is added to the seasonal mean, (ny, nx)."""
DEPARTING = ("eastward_wind", "northward_wind", "wind_variance")
NEAR_KM = 120.0
"""Distance within which a province's own departure of the weather dominates, as in the climatology."""
_KM_PER_DEGREE = 111.2


def read_departures(
    con: duckdb.DuckDBPyConnection,
    land: Land,
    years: Sequence[int],
    variables: Sequence[str] = DEPARTING,
) -> Departures:
    """How the weather of the years departs from the climatology; empty without evaluation_weather.

    Winds alone unless asked otherwise: what mixing height and chemistry owe to temperature and humidity holds
    between places and seasons, not for a warm or a dry year (``benchmarks.atmosphere_departures``).
    Provincial departures at the provinces' centres, spread by inverse fourth power of distance.
    """
    if "evaluation_weather" not in tables_of(con, "raw"):
        return {}
    frame = con.sql(
        "select variable, province, month, avg(departure) as departure from raw.evaluation_weather"
        " where list_contains(?, source_year) and list_contains(?, variable) group by all order by all",
        params=[list(years), list(variables)],
    ).pl()
    share = _spread_of_provinces(land)
    result: dict[tuple[str, str], Array] = {}
    for (variable,), part in frame.group_by("variable", maintain_order=True):
        for season, months in SEASONS.items():
            means = np.zeros(len(land.provinces))
            for _, province, month, value in part.iter_rows():
                if month in months:
                    total = sum(DAYS[one] for one in months)
                    means[land.provinces.index(province)] += DAYS[month] / total * value
            result[season, str(variable)] = np.einsum("pyx,p->yx", share, means)
    return result


def _spread_of_provinces(land: Land) -> Array:
    """(provinces, ny, nx), sums to one over provinces."""
    rows, columns = land.grid.shape
    area = land.area_km2 / land.area_km2.sum(axis=0)
    east = np.tile(land.grid.longitude, rows) @ area
    north = np.repeat(land.grid.latitude, columns) @ area
    lon, lat = np.meshgrid(land.grid.longitude, land.grid.latitude)
    dx = (lon - east[:, None, None]) * np.cos(np.radians(0.5 * (lat + north[:, None, None])))
    squared = (dx**2 + (lat - north[:, None, None]) ** 2) * _KM_PER_DEGREE**2
    weight = 1.0 / (squared + NEAR_KM**2) ** 2
    return np.asarray(weight / weight.sum(axis=0))


def read_weather(
    con: duckdb.DuckDBPyConnection,
    land: Land,
    default_variance: float,
    departures: Departures | None = None,
) -> list[Weather]:
    """Seasonal means on the nested grid, bilinear; mixing height and rain where the role has them."""
    monthly = con.sql(
        "select variable, month, latitude, longitude, value from raw.meteorology"
        " order by variable, month, latitude, longitude"
    ).pl()
    fields = {
        str(name): _on_grid(part, land.grid)
        for (name,), part in monthly.group_by("variable", maintain_order=True)
    }
    result = []
    for season, months in SEASONS.items():
        mean = {name: _season_mean(field, months) for name, field in fields.items()}
        for (when, name), departure in (departures or {}).items():
            if when == season:
                mean[name] = mean[name] + departure
        mean["relative_humidity"] = np.clip(mean["relative_humidity"], 0.0, 100.0)
        variance = mean.get("wind_variance", np.full(land.grid.shape, default_variance))
        result.append(
            Weather(
                season=season,
                days=sum(DAYS[month] for month in months),
                eastward_m_s=mean["eastward_wind"],
                northward_m_s=mean["northward_wind"],
                temperature_k=mean["air_temperature"],
                humidity_percent=mean["relative_humidity"],
                wind_variance_m2_s2=np.maximum(variance, 0),
                altitude_m=land.altitude_m,
                mixing_height_m=mean.get("mixing_height"),
                precipitation_mm_day=mean.get("precipitation"),
            )
        )
    return result


def read_releases(con: duckdb.DuckDBPyConnection) -> list[Release]:
    """When and where groups emit; ammonia evenly through the year."""
    months = con.sql("select emission_group, month, share from seeds.emission_month_share").pl()
    of_group = dict(
        (group, (aloft, precursor))
        for group, aloft, precursor in con.sql(
            "select emission_group, aloft_share, soa_precursor_per_co from seeds.emission_release"
        ).fetchall()
    )
    aloft = np.array([of_group[group][0] for group in EMISSION_GROUPS])
    precursor = np.array([of_group[group][1] for group in EMISSION_GROUPS])
    year = sum(DAYS.values())
    totals = dict(months.group_by("emission_group").agg(pl.col("share").sum()).iter_rows())
    result = []
    for wanted in SEASONS.values():
        part = months.filter(pl.col("month").is_in(wanted))
        sums = dict(part.group_by("emission_group").agg(pl.col("share").sum()).iter_rows())
        shares = np.tile(
            [sums[group] / totals[group] for group in EMISSION_GROUPS], (len(POLLUTANTS), 1)
        )
        shares[POLLUTANTS.index("NH3")] = sum(DAYS[month] for month in wanted) / year
        result.append(Release(shares, aloft, precursor))
    return result


def engines_of(
    con: duckdb.DuckDBPyConnection,
    land: Land,
    parameters: Mapping[str, float],
    departures: Departures | None = None,
    tracers: Sequence[str] = CHAIN_TRACERS,
    held: Sequence[str] | None = None,
) -> list[SeasonMaker]:
    """What makes each season's engine with its background; the ammonia limit is still to be set.

    held: tracers whose factors stay, all by default (``build_season``).
    """
    makers = season_makers(
        land.grid,
        read_weather(con, land, parameters["wind_variance_m2_s2"], departures),
        read_releases(con),
        land.area_km2.sum(axis=1).reshape(land.grid.shape),
        parameters,
        tracers,
        held,
    )
    desert = _desert(land, parameters)
    neighbours = BackgroundSource(
        _neighbours(land), 1e6 * parameters["neighbour_mt_year"], NEIGHBOUR_SEASON_SHARE
    )

    def make(season: SeasonMaker) -> ReducedEngine:
        return with_background(
            season(),
            parameters["background_ug_m3"],
            desert,
            1e6 * parameters["natural_dust_mt_year"],
            [neighbours],
        )

    return [partial(make, season) for season in makers]


def _desert(land: Land, parameters: Mapping[str, float]) -> Array:
    """Where dust is raised: low and almost uninhabited cells of the arid provinces, by area."""
    arid = np.isin(np.array(land.provinces), DESERT_PROVINCES)
    area = land.area_km2[:, arid].sum(axis=1)
    density = np.divide(
        land.people.sum(axis=1), area, out=np.full(area.size, np.inf), where=area > 0
    )
    longitude = np.tile(land.grid.longitude, land.grid.shape[0])
    is_desert = (
        (density < parameters["desert_people_per_km2"])
        & (land.altitude_m.ravel() < parameters["desert_altitude_m"])
        & (longitude < parameters["desert_longitude"])
    )
    share = np.where(is_desert, area, 0.0)
    return np.asarray(share / share.sum())


def _neighbours(land: Land) -> Array:
    """Land of mainland South-East Asia inside the domain, by area: no inventory of it is bundled."""
    rows, columns = land.grid.shape
    longitude = np.tile(land.grid.longitude, rows)
    latitude = np.repeat(land.grid.latitude, columns)
    west, east, north = NEIGHBOUR_BOX
    is_there = (
        (land.area_km2.sum(axis=1) == 0)
        & (land.altitude_m.ravel() > LAND_ABOVE_M)
        & (longitude > west)
        & (longitude < east)
        & (latitude < north)
    )
    share = np.where(is_there, land.grid.area_m2().ravel(), 0.0)
    return np.asarray(share / share.sum())


def on_cells(grid: Grid, frame: pl.DataFrame, provinces: tuple[str, ...]):  # type: ignore[no-untyped-def]
    """A function that puts a column of the frame on (cells, provinces)."""
    cell = grid.cell_of(frame["longitude"].to_numpy(), frame["latitude"].to_numpy())
    column = np.array([provinces.index(code) for code in frame["province"]], dtype=np.int64)

    def place(values: pl.Series) -> Array:
        result = np.zeros((grid.shape[0] * grid.shape[1], len(provinces)))
        np.add.at(result, (cell, column), values.to_numpy())
        return result

    return place


def _on_grid(part: pl.DataFrame, grid: Grid) -> dict[int, Array]:
    """Month to field on the nested grid; the frame is sorted by month, latitude, longitude."""
    latitude = part["latitude"].unique().sort().to_numpy()
    longitude = part["longitude"].unique().sort().to_numpy()
    north, east = np.meshgrid(
        np.clip(grid.latitude, latitude[0], latitude[-1]),
        np.clip(grid.longitude, longitude[0], longitude[-1]),
        indexing="ij",
    )
    result = {}
    for (month,), one in part.group_by("month", maintain_order=True):
        values = one["value"].to_numpy().reshape(latitude.size, longitude.size)
        result[int(str(month))] = np.asarray(
            RegularGridInterpolator((latitude, longitude), values)((north, east))
        )
    return result


def _season_mean(field: Mapping[int, Array], months: tuple[int, ...]) -> Array:
    total = sum(DAYS[month] for month in months)
    mean = np.sum([DAYS[month] * field[month] for month in months], axis=0) / total
    return np.asarray(mean)


def packaged_parameters() -> dict[str, float]:
    """The parameters as the seed ships them, without a warehouse (for benchmarks)."""
    seed = Path(__file__).parents[1] / "seeds" / "coefficients" / "atmosphere_parameter.csv"
    table = pl.read_csv(seed)
    return dict(zip(table["name"], table["value"].cast(pl.Float64), strict=True))
