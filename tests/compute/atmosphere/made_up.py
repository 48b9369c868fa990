"""A small domain with made-up weather, on which every identity of the engine can be checked."""

from __future__ import annotations

import numpy as np

from compute.atmosphere.engine import EMISSION_GROUPS, POLLUTANTS, GriddedEmission
from compute.atmosphere.grid import Grid
from compute.atmosphere.reduced import ReducedEngine, build_engine
from compute.atmosphere.season import Release
from compute.atmosphere.weather import SEASONS, Weather

PARAMETERS = {
    "mixing_height_base_m": 420.0,
    "mixing_height_per_k_m": 18.0,
    "mixing_height_per_m_s_m": 40.0,
    "min_mixing_height_m": 100.0,
    "mixing_height_humidity_share": 0.6,
    "mixing_height_altitude_share": 0.25,
    "mixing_height_scale": 0.6,
    "lid_m": 3000.0,
    "min_upper_m": 500.0,
    "wind_scale": 1.5,
    "eddy_time_s": 5000.0,
    "eddy_fresh_share": 0.1,
    "blocking_height_m": 500.0,
    "blocking_height_per_k": 0.03,
    "divergence_smooth_cells": 3.0,
    "exchange_m_s": 0.003,
    "venting_per_km": 2.0,
    "venting_per_k": 0.2,
    "relief_smooth_cells": 2.0,
    "direct_sulfate_share": 0.03,
    "washout_ratio": 4e5,
    "washout_depth_m": 3000.0,
    "washout_cap_s": 8e-6,
    "so2_oxidation_s": 2.2e-6,
    "so2_oxidation_per_k": 0.03,
    "so2_oxidation_humidity": 0.5,
    "nox_lifetime_h": 12.0,
    "nox_lifetime_per_k": 0.04,
    "nox_lifetime_min_h": 6.0,
    "nox_lifetime_max_h": 24.0,
    "nitrate_half_k": 287.0,
    "nitrate_width_k": 4.5,
    "soa_precursor_lifetime_h": 24.0,
    "aerosol_deposition_m_s": 0.0015,
    "so2_deposition_m_s": 0.004,
    "so2_washout_share": 0.5,
    "nox_deposition_m_s": 0.0015,
    "hno3_deposition_m_s": 0.02,
    "nh3_deposition_m_s": 0.005,
    "ammonium_particle_share": 0.6,
    "precipitation_mm_year": 630.0,
    "lapse_rate_k_m": 0.0065,
    "thermal_wind_smooth_cells": 4.0,
    "upper_wind_limit_m_s": 25.0,
    "surface_resistance_s_m": 40.0,
    "surface_resistance_per_k": 0.03,
    "co_lifetime_days": 60.0,
}
GRID = Grid(longitude=100.0 + np.arange(18) * 0.5, latitude=28.0 + np.arange(14) * 0.5)


def weather(season: str, seed: int) -> Weather:
    rng = np.random.default_rng(seed)
    shape = GRID.shape
    return Weather(
        season=season,
        days=91.0,
        eastward_m_s=rng.normal(1.0, 2.0, shape),
        northward_m_s=rng.normal(0.0, 2.0, shape),
        temperature_k=rng.uniform(268, 300, shape),
        humidity_percent=rng.uniform(40, 90, shape),
        wind_variance_m2_s2=rng.uniform(1, 8, shape),
        altitude_m=rng.uniform(0, 2500, shape),
    )


def releases() -> list[Release]:
    rng = np.random.default_rng(5)
    shares = rng.dirichlet(np.ones(len(SEASONS)), size=(len(POLLUTANTS), len(EMISSION_GROUPS)))
    aloft = np.array([0.4, 0.1, 0.0, 0.0, 0.0])
    precursor = np.array([0.07, 0.07, 0.07, 0.01, 0.07])
    return [Release(shares[..., place], aloft, precursor) for place in range(len(SEASONS))]


def emission(seed: int) -> GriddedEmission:
    rng = np.random.default_rng(seed)
    cells = GRID.shape[0] * GRID.shape[1]
    return GriddedEmission(rng.uniform(0, 500, (len(POLLUTANTS), len(EMISSION_GROUPS), cells)))


def engine() -> ReducedEngine:
    return build_engine(
        GRID,
        [weather(season, seed) for seed, season in enumerate(SEASONS)],
        releases(),
        np.full((len(SEASONS), GRID.shape[0] * GRID.shape[1]), 4.0),
        GRID.area_m2(),
        PARAMETERS,
    ).with_base(emission(1))
