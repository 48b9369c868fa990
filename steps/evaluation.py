"""The step `evaluation`: the engine beside observations, a baseline without physics, and apportionments.

Two periods, each with its own weather and emissions: parameters were chosen on the first, the second judges.
It reads nothing of the edition's trade or footprint, so that a change of linking leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.atmosphere.chemistry import CARBON_MONOXIDE, CHAIN_TRACERS
from compute.atmosphere.engine import (
    EMISSION_GROUPS,
    POLLUTANTS,
    Concentration,
    GriddedEmission,
)
from compute.atmosphere.evaluation import fitted_line, skill, smoothed_emission
from compute.atmosphere.reduced import ReducedEngine, joined_seasons, season_by_season
from compute.atmosphere.weather import SEASONS
from steps.atmosphere_inputs import (
    Land,
    engines_of,
    read_departures,
    read_gridding,
    read_land,
    read_parameters,
    read_releases,
)
from steps.evaluation_frames import PLACE_SCHEMA, SKILL_SCHEMA
from steps.evaluation_places import Places, read_places
from warehouse.tables import Assumptions, Tables

Array = NDArray[np.float64]
PERIODS = {"calibration": (2013, 2014), "judged": (2015, 2016)}
LAST_INVENTORY_YEAR = 2015
MODEL, BASELINE = "reduced", "smoothed_emission"
MEAN, LAST = "mean of the years", "last inventory year"
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
TRACERS = {"PM2.5": None, "SO2": "so2_gas", "NO2": "nox_gas", "CO": "co_gas"}
MONTHS = {"year": tuple(range(1, 13)), **SEASONS}
Chosen = dict[str, Array]
"""Period to a value by place."""


@dataclass(frozen=True)
class Period:
    """What the engine makes of the mean emissions of the years, with their weather.

    density: emission density by season, kg/m2 of rough particle mass, (ny, nx), for the baseline.
    """

    years: tuple[int, ...]
    result: Concentration
    density: Mapping[str, Array]


def evaluate(con: Tables, assumptions: Assumptions) -> int:
    """Write computed.model_evaluation, model_evaluation_place and source_apportionment.

    Returns the rows of the first.  Without the roles evaluation_emission and evaluation_observation
    the tables are empty; without evaluation_weather both periods have the edition's own weather.
    """
    rows: list[tuple[object, ...]] = []
    places: list[pl.DataFrame] = [pl.DataFrame(schema=PLACE_SCHEMA)]
    made: list[tuple[object, ...]] = []
    if con.has("raw.evaluation_observation") and _has_emissions(con):
        land = read_land(con, int(assumptions["year"]))
        parameters = read_parameters(con)
        periods, made = _simulate(con, land, parameters)
        for here in read_places(con, land):
            for pollutant in TRACERS:
                for season in MONTHS:
                    found = _Comparison(here, pollutant, season, periods, parameters, land)
                    rows += found.rows()
                    places.append(found.places())
    written = con.write("computed.model_evaluation", pl.DataFrame(rows, SKILL_SCHEMA, orient="row"))
    con.write("computed.model_evaluation_place", pl.concat(places))
    con.write("computed.source_apportionment", _apportionment_frame(made))
    return written


def _has_emissions(con: Tables) -> bool:
    emission = "intermediate.int_evaluation__emission"
    return con.has(emission) and bool(con.sql(f"select 1 from {emission} limit 1").fetchall())


def _simulate(
    con: Tables, land: Land, parameters: Mapping[str, float]
) -> tuple[dict[str, Period], list[tuple[object, ...]]]:
    """Both periods, and self-made shares in the judged one with the emissions of the last year."""
    periods: dict[str, Period] = {}
    made: list[tuple[object, ...]] = []
    for name, years in PERIODS.items():
        gridded = {
            year: read_gridding(con, land, year).place(emissions_of(con, land.provinces, year))
            for year in years
        }
        mean = GriddedEmission(
            np.asarray(np.mean([one.tonnes for one in gridded.values()], axis=0))
        )
        wanted = _wanted_shares(con) if LAST_INVENTORY_YEAR in years else []
        scenarios = {MEAN: mean}
        if wanted:
            scenarios |= {LAST: gridded[LAST_INVENTORY_YEAR], **_own_emissions(con, land, wanted)}
        base_of = {code: MEAN if code == MEAN else LAST for code in scenarios}
        makers = engines_of(
            con,
            land,
            parameters,
            departures=read_departures(con, land, years),
            tracers=(*CHAIN_TRACERS, CARBON_MONOXIDE),
            held=("aerosol",),  # the background is made with it too
        )
        work = partial(ReducedEngine.run_under, scenarios=scenarios, base_of=base_of)
        runs = joined_seasons(season_by_season(makers, work))
        density = {season: _density(con, land, mean, season) for season in MONTHS}
        periods[name] = Period(years, runs[MEAN], density)
        made += [_self_made(land, runs, province, season) for province, season in wanted]
    return periods, made


def emissions_of(
    con: Tables, provinces: tuple[str, ...], year: int, *, as_published: bool = False
) -> Array:
    """Emissions of a year, t, (pollutants, groups, provinces).

    as_published: without bringing the provinces to the nation's totals, where those of the year are known.
    """
    result = np.zeros((len(POLLUTANTS), len(EMISSION_GROUPS), len(provinces)))
    found = con.sql(
        "select pollutant, emission_group, province, emission_t, published_t"
        " from intermediate.int_evaluation__emission where source_year = ?",
        params=[year],
    )
    for pollutant, group, province, emission_t, published_t in found.fetchall():
        place = (
            POLLUTANTS.index(pollutant),
            EMISSION_GROUPS.index(group),
            provinces.index(province),
        )
        result[place] = published_t if as_published else emission_t
    return result


@dataclass(frozen=True)
class _Comparison:
    """One pollutant and season at the places of one kind of observation."""

    here: Places
    pollutant: str
    season: str
    periods: Mapping[str, Period]
    parameters: Mapping[str, float]
    land: Land

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Skill of the engine and the baseline in each period, and in the change between them."""
        theirs = self.observed()
        if any(np.isfinite(values).sum() < 3 for values in theirs.values()):
            return
        models = {MODEL: self.modelled()} | ({BASELINE: self.baseline()} if self._has_line else {})
        for model, ours in models.items():
            for period in self.periods:
                yield self._row(model, period, ours[period], theirs[period])
            fell = theirs["calibration"] - theirs["judged"]
            if self.pollutant == "PM2.5" and np.nansum(fell) > 0:
                change = ours["calibration"] - ours["judged"]
                yield self._row(model, "fall_to_judged", change, fell)

    def places(self) -> pl.DataFrame:
        """Modelled beside observed by place, for plots."""
        theirs, ours = self.observed(), self.modelled()
        line = self.baseline() if self._has_line else {}
        nothing = np.full(len(self.here.names), np.nan)
        frames = [
            pl.DataFrame(
                {
                    "observation": self.here.observation,
                    "place": list(self.here.names),
                    "longitude": self.here.longitude,
                    "latitude": self.here.latitude,
                    "pollutant": self.pollutant,
                    "season": self.season,
                    "period": period,
                    "modelled_ug_m3": ours[period],
                    "baseline_ug_m3": line.get(period, nothing),
                    "observed_ug_m3": theirs[period],
                },
                schema=PLACE_SCHEMA,
            )
            for period in self.periods
        ]
        kept = pl.concat(frames).filter(pl.col("observed_ug_m3").is_finite())
        return kept.with_columns(pl.col("baseline_ug_m3").fill_nan(None))

    @property
    def _has_line(self) -> bool:
        return self.pollutant == "PM2.5" and np.isfinite(self.observed()["calibration"]).sum() >= 3

    def observed(self) -> Chosen:
        return {
            name: self.here.mean(self.pollutant, period.years, MONTHS[self.season])
            for name, period in self.periods.items()
        }

    def modelled(self) -> Chosen:
        tracer = TRACERS[self.pollutant]
        beyond = self.parameters["co_background_ug_m3"] if self.pollutant == "CO" else 0.0
        return {
            name: self.here.weights @ field_of(period.result, tracer, self.season) + beyond
            for name, period in self.periods.items()
        }

    def baseline(self) -> Chosen:
        """Smoothed emission density, given its best width and level on the years of calibration."""
        theirs = self.observed()["calibration"]
        seen = np.isfinite(theirs)
        best: tuple[float, Chosen] = (-np.inf, {})
        for sigma in SIGMAS_CELLS:
            predictor = {
                name: self.here.weights
                @ smoothed_emission(period.density[self.season], sigma).ravel()
                for name, period in self.periods.items()
            }
            known = predictor["calibration"][seen]
            correlation = float(np.corrcoef(known, theirs[seen])[0, 1])
            if correlation > best[0]:
                intercept, slope = fitted_line(known, theirs[seen])
                lined = {name: intercept + slope * values for name, values in predictor.items()}
                best = (correlation, lined)
        return best[1]

    def _row(self, model: str, period: str, ours: Array, theirs: Array) -> tuple[object, ...]:
        found = skill(ours, theirs)
        return (
            model,
            self.here.observation,
            self.pollutant,
            self.season,
            period,
            found.correlation,
            found.bias_share,
            found.error_share,
            found.places,
        )


def field_of(result: Concentration, tracer: str | None, season: str) -> Array:
    """PM2.5 (None) or a tracer, of a season or the year, (cells,)."""
    if tracer is None:
        return result.pm25(None if season == "year" else season)
    return result.annual(tracer) if season == "year" else result.season(tracer, season)


def _density(con: Tables, land: Land, emission: GriddedEmission, season: str) -> Array:
    """Rough particle mass emitted in a season, t/m2, (ny, nx)."""
    weights = np.array([PARTICLE_WEIGHTS[name] for name in POLLUTANTS])
    share = np.sum(
        [
            release.season_share
            for name, release in zip(SEASONS, read_releases(con), strict=True)
            if season in ("year", name)
        ],
        axis=0,
    )
    mass = np.einsum("p,pg,pgc->c", weights, share, emission.tonnes).reshape(land.grid.shape)
    return np.asarray(mass / land.grid.area_m2())


def _wanted_shares(con: Tables) -> list[tuple[str, str]]:
    wanted = con.sql(
        "select distinct province, season from seeds.source_apportionment order by all"
    ).fetchall()
    return [(str(province), str(season)) for province, season in wanted]


def _own_emissions(
    con: Tables, land: Land, wanted: Sequence[tuple[str, str]]
) -> dict[str, GriddedEmission]:
    """The emissions of each wanted province alone."""
    tonnes = emissions_of(con, land.provinces, LAST_INVENTORY_YEAR)
    gridding = read_gridding(con, land, LAST_INVENTORY_YEAR)
    own = {}
    for code in sorted({province for province, _ in wanted}):
        alone = np.zeros_like(tonnes)
        column = land.provinces.index(code)
        alone[..., column] = tonnes[..., column]
        own[code] = gridding.place(alone)
    return own


def _self_made(
    land: Land, runs: Mapping[str, Concentration], province: str, season: str
) -> tuple[object, ...]:
    """The share of a province's own emissions in what its people breathe."""
    people = land.people[:, land.provinces.index(province)]
    own = runs[province]
    made = field_of(own, None, season) - field_of(own, "background", season)
    everything = field_of(runs[LAST], None, season)
    return province, season, LAST_INVENTORY_YEAR, float(made @ people / (everything @ people))


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
