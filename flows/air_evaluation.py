"""How the engine stands beside observations, a baseline without physics, and published apportionments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.atmosphere.engine import (
    EMISSION_GROUPS,
    POLLUTANTS,
    Concentration,
    GriddedEmission,
)
from compute.atmosphere.evaluation import Skill, fitted_line, skill, smoothed_emission
from compute.atmosphere.reduced import ReducedEngine
from compute.atmosphere.weather import DAYS, SEASONS
from flows.air_inputs import Land, read_gridding
from warehouse.database import tables_of, write_table

Array = NDArray[np.float64]
PERIODS = {"calibration": (2013, 2014), "judged": (2015, 2016)}
LAST_INVENTORY_YEAR = 2015
BASELINE = "smoothed_emission"
SIGMAS_CELLS = (2.0, 4.0, 6.0, 8.0)
PARTICLE_WEIGHTS = {
    "SO2": 0.5,
    "NOx": 0.2,
    "NH3": 0.3,
    "CO": 0.03,
    "BC": 1.0,
    "OC": 2.1,
    "PM25_other": 1.0,
}
"""Rough mass of particles per mass emitted, for the baseline alone."""
TRACERS = {"PM2.5": None, "SO2": "so2_gas", "NO2": "nox_gas"}


@dataclass(frozen=True)
class _Years:
    """Emissions and concentrations of the years with an inventory."""

    tonnes: Mapping[int, Array]
    gridded: Mapping[int, GriddedEmission]
    result: Mapping[int, Concentration]

    def year(self, year: int) -> int:
        """The inventory's year that stands for a year."""
        return min(year, LAST_INVENTORY_YEAR)


def evaluate(con: duckdb.DuckDBPyConnection, engine: ReducedEngine, land: Land) -> int:
    """Write computed.model_evaluation and computed.source_apportionment; returns the former's rows.

    An edition without the roles evaluation_emission and evaluation_observation gets empty tables.
    The engine's particle shares are held at the state of each year's own emissions.
    """
    if not {"evaluation_emission", "evaluation_observation"} <= set(tables_of(con, "raw")):
        write_table(con, "computed", "model_evaluation", _evaluation_frame([]))
        write_table(con, "computed", "source_apportionment", _apportionment_frame([]))
        return 0
    years = _run_years(con, engine, land)
    observed = _observations(con, land.provinces)
    rows = list(_skills(engine, land, years, observed))
    written = write_table(con, "computed", "model_evaluation", _evaluation_frame(rows))
    write_table(con, "computed", "source_apportionment", _apportionment(con, engine, land, years))
    return written


def _run_years(con: duckdb.DuckDBPyConnection, engine: ReducedEngine, land: Land) -> _Years:
    tonnes, gridded, result = {}, {}, {}
    for year in sorted(
        {min(year, LAST_INVENTORY_YEAR) for pair in PERIODS.values() for year in pair}
    ):
        gridding = read_gridding(con, land, year)
        tonnes[year] = _emissions(con, land.provinces, year)
        gridded[year] = gridding.place(tonnes[year])
        result[year] = engine.with_base(gridded[year]).run({str(year): gridded[year]})[str(year)]
    return _Years(tonnes, gridded, result)


def _emissions(con: duckdb.DuckDBPyConnection, provinces: tuple[str, ...], year: int) -> Array:
    """t, (pollutants, groups, provinces); other primary PM2.5 is PM2.5 less BC and OC, not negative."""
    frame = con.sql(
        "select emission.province, grouping.emission_group, emission.source_sector,"
        " emission.pollutant, emission.emission_t"
        " from raw.evaluation_emission as emission inner join seeds.emission_group as grouping"
        " on grouping.emitter_kind = 'reas32' and grouping.emitter_code = emission.source_sector"
        " where emission.source_year = ?",
        params=[year],
    ).pl()
    wide = frame.pivot(
        "pollutant", index=["province", "source_sector", "emission_group"], values="emission_t"
    ).fill_null(0)
    wide = wide.with_columns(
        pl.max_horizontal(pl.col("PM2.5") - pl.col("BC") - pl.col("OC"), pl.lit(0.0)).alias(
            "PM25_other"
        )
    )
    result = np.zeros((len(POLLUTANTS), len(EMISSION_GROUPS), len(provinces)))
    for record in wide.iter_rows(named=True):
        place = (
            EMISSION_GROUPS.index(record["emission_group"]),
            provinces.index(record["province"]),
        )
        for row, pollutant in enumerate(POLLUTANTS):
            result[(row, *place)] += record[pollutant]
    return result


def _observations(
    con: duckdb.DuckDBPyConnection, provinces: tuple[str, ...]
) -> dict[tuple[str, int, int], Array]:
    """Pollutant, year and month to means of provinces, ug/m3."""
    frame = con.sql(
        "select pollutant, source_year, month, province, concentration_ug_m3"
        " from raw.evaluation_observation"
    ).pl()
    result: dict[tuple[str, int, int], Array] = {}
    for pollutant, year, month, province, value in frame.iter_rows():
        key = (pollutant, year, month)
        result.setdefault(key, np.full(len(provinces), np.nan))[provinces.index(province)] = value
    return result


def _skills(
    engine: ReducedEngine, land: Land, years: _Years, observed: Mapping[tuple[str, int, int], Array]
) -> Iterator[tuple[object, ...]]:
    """Like for like: the observations are means over area, so are ours."""
    area = land.area_km2 / land.area_km2.sum(axis=0)
    seasons = {"year": tuple(range(1, 13)), **SEASONS}
    for pollutant, tracer in TRACERS.items():
        for season, months in seasons.items():
            theirs, ours, baseline = {}, {}, {}
            for period, span in PERIODS.items():
                theirs[period] = _observed_mean(observed, pollutant, span, months)
                ours[period] = np.mean(
                    [
                        area.T @ _field(years.result[years.year(year)], tracer, season)
                        for year in span
                    ],
                    axis=0,
                )
                baseline[period] = np.mean(
                    [
                        _smoothed(engine, land, years.gridded[years.year(year)], season)
                        for year in span
                    ],
                    axis=0,
                )
                yield _row(
                    "reduced", pollutant, season, period, skill(ours[period], theirs[period])
                )
            if pollutant != "PM2.5":
                continue
            # The baseline is given its best width and level on the years of calibration.
            fits = [
                _fit(baseline["calibration"][:, k], theirs["calibration"])
                for k in range(len(SIGMAS_CELLS))
            ]
            best = int(np.argmax([fit[0] for fit in fits]))
            intercept, slope = fits[best][1:]
            lined = {period: intercept + slope * baseline[period][:, best] for period in PERIODS}
            for period in PERIODS:
                yield _row(
                    BASELINE, pollutant, season, period, skill(lined[period], theirs[period])
                )
            for model, values in (("reduced", ours), (BASELINE, lined)):
                change = values["calibration"] - values["judged"]
                fell = theirs["calibration"] - theirs["judged"]
                yield _row(model, pollutant, season, "fall_to_judged", skill(change, fell))


def _observed_mean(
    observed: Mapping[tuple[str, int, int], Array],
    pollutant: str,
    span: tuple[int, ...],
    months: tuple[int, ...],
) -> Array:
    days = np.array([DAYS[month] for month in months])
    by_year = [
        np.average([observed[pollutant, year, month] for month in months], axis=0, weights=days)
        for year in span
    ]
    return np.asarray(np.mean(by_year, axis=0))


def _field(result: Concentration, tracer: str | None, season: str) -> Array:
    if tracer is None:
        return result.pm25(None if season == "year" else season)
    return result.annual(tracer) if season == "year" else result.season(tracer, season)


def _smoothed(engine: ReducedEngine, land: Land, emission: GriddedEmission, season: str) -> Array:
    """Emission density of the season, smoothed over each of SIGMAS_CELLS: (provinces, sigmas)."""
    weights = np.array([PARTICLE_WEIGHTS[name] for name in POLLUTANTS])
    share = np.sum(
        [model.release.season_share for model in engine.models if season in ("year", model.name)],
        axis=0,
    )
    mass = np.einsum("p,pg,pgc->c", weights, share, emission.tonnes).reshape(land.grid.shape)
    density = mass / land.grid.area_m2()
    area = land.area_km2 / land.area_km2.sum(axis=0)
    return np.stack(
        [area.T @ smoothed_emission(density, sigma).ravel() for sigma in SIGMAS_CELLS], axis=1
    )


def _fit(predictor: Array, theirs: Array) -> tuple[float, float, float]:
    intercept, slope = fitted_line(predictor, theirs)
    return float(np.corrcoef(predictor, theirs)[0, 1]), intercept, slope


def _row(model: str, pollutant: str, season: str, period: str, found: Skill) -> tuple[object, ...]:
    return (
        model,
        pollutant,
        season,
        period,
        found.correlation,
        found.bias_share,
        found.error_share,
        found.places,
    )


def _evaluation_frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={
            "model": pl.String,
            "pollutant": pl.String,
            "season": pl.String,
            "period": pl.String,
            "correlation": pl.Float64,
            "bias_share": pl.Float64,
            "error_share": pl.Float64,
            "places": pl.Int64,
        },
        orient="row",
    )


def _apportionment(
    con: duckdb.DuckDBPyConnection, engine: ReducedEngine, land: Land, years: _Years
) -> pl.DataFrame:
    """Self-made share of what people of a province breathe, 2015, beside the published ranges."""
    published = con.sql(
        "select distinct province, season from seeds.source_apportionment order by all"
    ).fetchall()
    year = LAST_INVENTORY_YEAR
    gridding = read_gridding(con, land, year)
    wanted = sorted({province for province, _ in published})
    own = {code: gridding.place(_only(years.tonnes[year], land, code)) for code in wanted}
    result = engine.with_base(years.gridded[year]).run(own)
    rows: list[tuple[object, ...]] = []
    for province, season in published:
        people = land.people[:, land.provinces.index(province)]
        everything = _field(years.result[year], None, season) @ people / people.sum()
        background = result[province]
        made = _field(background, None, season) - _field(background, "background", season)
        rows.append((province, season, year, float(made @ people / people.sum() / everything)))
    return _apportionment_frame(rows)


def _only(tonnes: Array, land: Land, province: str) -> Array:
    alone = np.zeros_like(tonnes)
    column = land.provinces.index(province)
    alone[..., column] = tonnes[..., column]
    return alone


def _apportionment_frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={
            "province": pl.String,
            "season": pl.String,
            "emission_year": pl.Int64,
            "self_made_share": pl.Float64,
        },
        orient="row",
    )
