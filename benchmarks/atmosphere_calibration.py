"""How the engine's free parameters were chosen: a small least-squares search on 2013-2014 alone.

    python -m benchmarks.atmosphere_calibration <working file of open-2007> [iterations]

What is minimised, all in units of its own standard deviation (ERRORS): PM2.5 of 31 provinces by season, over
area, over people and over people of dense places, and of cities where the working file has them (2014); the
normalised mean bias of each season and kind of place; SO2 and NO2 by province and season; self-made shares outside
the published ranges of list round 1 (0.03); and each parameter's distance from the middle of its range in
the literature (FREE). Gauss-Newton with finite differences, on the engine's own grid: some ten minutes an
iteration. The years 2015-2016 are not read.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy as np
from numpy.typing import NDArray

from compute.atmosphere.background import DUST_SEASON_SHARE, NEIGHBOUR_SEASON_SHARE
from compute.atmosphere.chemistry import particle_shares
from compute.atmosphere.engine import EXPORT_COMPONENTS
from compute.atmosphere.reduced import seasonal_rain
from compute.atmosphere.season import build_season, emission_rates, forward, near_ground
from compute.atmosphere.transport import as_fresh, of_all_ages
from compute.atmosphere.weather import SEASONS
from steps import atmosphere_inputs
from steps.evaluation import emissions_of
from steps.evaluation_places import Places, read_places

Array = NDArray[np.float64]
Simulated = tuple[str, dict[str, Array], Array]
"""Season, concentrations of all and of own emissions (cells, runs), background (cells,)."""
YEARS = (2013, 2014)
ERRORS: dict[str, tuple[dict[str, float], float]] = {
    "province_area": ({"PM2.5": 0.3, "SO2": 0.8, "NO2": 0.8}, 0.03),
    "province_people": ({"PM2.5": 0.5}, 0.06),
    "province_dense": ({"PM2.5": 0.5}, 0.06),
    "place": ({"PM2.5": 0.6}, 0.06),
}
"""By kind of place: a standard deviation over the season's mean by pollutant, and that of the mean bias."""
FREE = {
    "mixing_height_per_k_m": (12, 1.6),
    "mixing_height_per_m_s_m": (50, 1.5),
    "mixing_height_humidity_share": (0.7, 1.5),
    "mixing_height_altitude_share": (0.4, 1.6),
    "mixing_height_scale": (0.7, 1.25),
    "wind_scale": (1.25, 1.15),
    "eddy_time_s": (70000, 1.25),
    "eddy_fresh_share": (0.1, 1.6),
    "blocking_height_m": (500, 1.5),
    "blocking_height_per_k": (0.04, 1.4),
    "divergence_smooth_cells": (7, 1.5),
    "exchange_m_s": (0.004, 1.6),
    "venting_per_km": (2.0, 1.5),
    "venting_per_k": (0.2, 1.4),
    "surface_resistance_s_m": (40, 1.5),
    "surface_resistance_per_k": (0.05, 1.5),
    "so2_oxidation_s": (2.5e-6, 1.5),
    "so2_oxidation_per_k": (0.03, 1.5),
    "so2_oxidation_humidity": (1.0, 1.5),
    "nox_lifetime_h": (12, 1.4),
    "aerosol_deposition_m_s": (0.0015, 1.5),
    "so2_deposition_m_s": (0.004, 1.4),
    "washout_ratio": (4e5, 1.6),
    "natural_dust_mt_year": (4.0, 1.8),
    "neighbour_mt_year": (2.0, 1.7),
    "nox_deposition_m_s": (0.0015, 1.5),
    "nh3_deposition_m_s": (0.006, 1.4),
}
"""Middle of the range and the factor of one standard deviation."""
SHIFTED = {"nitrate_half_k": (288.0, 2.0)}
"""Middle of the range and one standard deviation."""
SEASONS_AT_A_TIME = 2
STEP, LARGEST_STEP = 0.15, 1.5


class Laboratory:
    """The years of calibration: what is emitted, blown about and observed."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.fixed = atmosphere_inputs.read_parameters(con)
        self.land = atmosphere_inputs.read_land(con, 2007)
        departures = atmosphere_inputs.read_departures(con, self.land, YEARS)
        variance = self.fixed["wind_variance_m2_s2"]
        self.weather = atmosphere_inputs.read_weather(con, self.land, variance, departures)
        self.releases = atmosphere_inputs.read_releases(con)
        self.desert = atmosphere_inputs._desert(self.land, self.fixed)
        self.neighbours = atmosphere_inputs._neighbours(self.land)
        self.ranges = con.sql(
            "select province, season, self_made_low_share, self_made_high_share"
            " from seeds.source_apportionment where list_round = 1"
        ).fetchall()
        everything = 0.0
        own = dict.fromkeys(sorted({province for province, *_ in self.ranges}), 0.0)
        for year in YEARS:
            tonnes = emissions_of(con, self.land.provinces, year)
            gridding = atmosphere_inputs.read_gridding(con, self.land, year)
            everything = everything + gridding.place(tonnes).tonnes / len(YEARS)
            for code in own:
                alone = np.zeros_like(tonnes)
                column = self.land.provinces.index(code)
                alone[..., column] = tonnes[..., column]
                own[code] = own[code] + gridding.place(alone).tonnes / len(YEARS)
        self.emissions = {"all": everything, **own}
        self.places = [
            (one.weights, ERRORS[one.observation], self.observed(one))
            for one in read_places(con, self.land)
            if one.observation in ERRORS
        ]

    def observed(self, place: Places) -> dict[tuple[str, str], Array]:
        """Means over the years of calibration by pollutant and season; NaN where nothing was observed."""
        return {
            (pollutant, season): place.mean(pollutant, YEARS, months)
            for pollutant in ("PM2.5", "SO2", "NO2")
            for season, months in SEASONS.items()
        }

    def simulate(self, p: Mapping[str, float]) -> list[Simulated]:
        """All four seasons, as many at a time as fit into memory."""
        land = self.land.area_km2.sum(axis=1).reshape(self.land.grid.shape)
        rain = seasonal_rain(self.weather, land, p["precipitation_mm_year"])
        with ThreadPoolExecutor(SEASONS_AT_A_TIME) as pool:
            return list(
                pool.map(lambda n: self.simulate_season(n, rain[n], p), range(len(SEASONS)))
            )

    def simulate_season(self, place: int, rain: Array, p: Mapping[str, float]) -> Simulated:
        """One season: all and own emissions, and background."""
        weather, release = self.weather[place], self.releases[place]
        model = build_season(self.land.grid, weather, rain, release, p)
        each = [emission_rates(model, tonnes) for tonnes in self.emissions.values()]
        rates = {key: np.stack([run[key] for run in each], axis=-1) for key in each[0]}
        layers = forward(model, rates)
        ground = near_ground(model, layers, rates)
        acid = ("sulfate", "nitrate", "ammonium")
        held = particle_shares(
            **{name: layers[name][: model.cells, 0] for name in acid},
            allowed=model.chemistry.nitrate_particle_share.ravel(),
        )
        ground["nitrate"] = ground["nitrate"] * held.nitrate[:, None]
        ground["ammonium"] = ground["ammonium"] * held.ammonium[:, None]
        per_second = 1e18 / (model.days * 86_400)
        raised = per_second * (
            self.desert * p["natural_dust_mt_year"] * DUST_SEASON_SHARE[model.name]
            + self.neighbours * p["neighbour_mt_year"] * NEIGHBOUR_SEASON_SHARE[model.name]
        )
        source = as_fresh(np.concatenate([raised, 0 * raised]))
        lifted = of_all_ages(model.operators["aerosol"].solve(source))
        return model.name, ground, p["background_ug_m3"] + lifted[: model.cells]

    def made(self, simulated: Sequence[Simulated]) -> dict[tuple[str, str], float]:
        """Self-made share by province and season or `year`."""
        sums: dict[tuple[str, str], Array] = {}
        for place, (season, ground, background) in enumerate(simulated):
            particles = sum(ground[name] for name in (*EXPORT_COMPONENTS, "soa"))
            whole = particles[:, 0] + background
            for run, code in enumerate(self.emissions):
                if code == "all":
                    continue
                people = self.land.people[:, self.land.provinces.index(code)]
                both = np.array([people @ particles[:, run], people @ whole])
                sums[code, season] = both
                sums[code, "year"] = sums.get((code, "year"), 0.0) + self.weather[place].days * both
        return {key: float(own / total) for key, (own, total) in sums.items()}

    def residuals(self, theta: Array) -> Array:
        """What is minimised."""
        result: list[Array] = []
        simulated = self.simulate(self.parameters(theta))
        for season, ground, background in simulated:
            particles = sum(ground[name][:, 0] for name in (*EXPORT_COMPONENTS, "soa"))
            ours = {
                "PM2.5": particles + background,
                "SO2": ground["so2_gas"][:, 0],
                "NO2": ground["nox_gas"][:, 0],
            }
            for weights, (by_pollutant, of_bias), observed in self.places:
                for pollutant, error in by_pollutant.items():
                    theirs = observed[pollutant, season]
                    seen = np.isfinite(theirs)
                    off = (weights @ ours[pollutant] - theirs)[seen]
                    result.append(off / (error * theirs[seen].mean()))
                    if pollutant == "PM2.5":
                        result.append(np.array([off.sum() / theirs[seen].sum() / of_bias]))
        made = self.made(simulated)
        for code, season, low, high in self.ranges:
            share = made[code, season]
            result.append(np.array([max(0.0, low - share, share - high) / 0.03]))
        return np.concatenate([*result, theta])

    def parameters(self, theta: Array) -> dict[str, float]:
        """Parameters at so many standard deviations from the middles of their ranges."""
        free = zip((*FREE, *SHIFTED), theta, strict=True)
        chosen = {
            name: FREE[name][0] * math.exp(x * math.log(FREE[name][1]))
            if name in FREE
            else SHIFTED[name][0] + x * SHIFTED[name][1]
            for name, x in free
        }
        return {**self.fixed, **chosen}

    def start(self) -> Array:
        """The seed's parameters as standard deviations."""
        logs = [math.log(self.fixed[n] / mid) / math.log(f) for n, (mid, f) in FREE.items()]
        return np.array([*logs, *((self.fixed[n] - mid) / s for n, (mid, s) in SHIFTED.items())])


def search(laboratory: Laboratory, theta: Array, iterations: int) -> Array:
    """Gauss-Newton with damping (Levenberg-Marquardt); prints the cost."""
    found, damping = laboratory.residuals(theta), 0.05
    print(f"cost {found @ found:.2f}", flush=True)
    for _ in range(iterations):
        jacobian = np.empty((found.size, theta.size))
        for column in range(theta.size):
            moved = theta.copy()
            moved[column] += STEP
            jacobian[:, column] = (laboratory.residuals(moved) - found) / STEP
        normal = jacobian.T @ jacobian
        while damping < 1e3:
            step = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), -jacobian.T @ found)
            tried = theta + np.clip(step, -LARGEST_STEP, LARGEST_STEP)
            after = laboratory.residuals(tried)
            if after @ after < found @ found:
                theta, found, damping = tried, after, damping / 3
                break
            damping *= 4
        print(f"cost {found @ found:.2f}", flush=True)
        _report(laboratory, theta)
    return theta


def _report(laboratory: Laboratory, theta: Array) -> None:
    """Print the parameters that are searched."""
    for name, value in laboratory.parameters(theta).items():
        if name in FREE or name in SHIFTED:
            print(f"{name:32} {value:.3g}", flush=True)


def main() -> None:
    """Search from the seed's parameters and print what comes out."""
    with duckdb.connect(sys.argv[1], read_only=True) as con:
        laboratory = Laboratory(con)
    search(laboratory, laboratory.start(), int(sys.argv[2]) if len(sys.argv) > 2 else 3)


if __name__ == "__main__":
    main()
