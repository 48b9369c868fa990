"""Would regimes of wind do better than one mean wind a season? An experiment on 2013-2014, kept for its answer.

    python -m benchmarks.atmosphere_regimes <working file of open-2007> <province_daily_2013_2018.tar.gz>

The days of each season are put into k clusters by the winds of 31 provinces (CAQRA, k-means). Each is a
steady state with its own wind and what variance it leaves for eddy diffusion; the season is their mean by
days. Printed for k = 1 (as the engine is) to 4: r and NMB of PM2.5 by season over 31 provinces, and how many
of the self-made shares of list round 1 lie within the published ranges. The parameters are those of the seed;
the grid is the calibration's.
"""

from __future__ import annotations

import io
import sys
import tarfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from benchmarks.atmosphere_calibration import WIDER, Laboratory, Simulated
from compute.atmosphere.engine import EXPORT_COMPONENTS
from compute.atmosphere.evaluation import skill
from compute.atmosphere.weather import SEASONS
from flows.air_inputs import _spread_of_provinces
from warehouse.sources.caqra_province import PROVINCE_OF_CHINESE_NAME

Array = NDArray[np.float64]
DAYS = 730  # the file begins on 1 January 2013


def daily_winds(archive: Path, provinces: tuple[str, ...]) -> Array:
    """Wind of 2013 and 2014, m/s: (provinces, days, 2)."""
    found = {}
    with tarfile.open(archive) as tables:
        for member in tables.getmembers():
            code = PROVINCE_OF_CHINESE_NAME.get(Path(member.name).name[:2])
            stream = tables.extractfile(member)
            if code and stream:
                table = pl.read_csv(io.BytesIO(stream.read()))
                found[code] = table.select("U", "V").to_numpy()[:DAYS]
    return np.stack([found[code] for code in provinces])


def in_regimes(laboratory: Laboratory, winds: Array, count: int) -> tuple[list[Simulated], float]:
    """Seasons as means over regimes, and the share of the variance of daily winds that is left within them."""
    spread = _spread_of_provinces(laboratory.land)

    def on_grid(values: Array) -> Array:
        fine = np.einsum("pyx,p->yx", spread, values).ravel()
        return laboratory.summed(fine).reshape(laboratory.grid.shape) / WIDER**2

    p = laboratory.parameters(laboratory.start())
    rain = laboratory.rain(p)
    month = np.array([(date(2013, 1, 1) + timedelta(day)).month for day in range(DAYS)])
    simulated, left = [], 0.0
    for place, (season, months) in enumerate(SEASONS.items()):
        days = winds[:, np.isin(month, months)]
        mean = days.mean(axis=1, keepdims=True)
        whole = ((days - mean) ** 2).mean(axis=(1, 2))
        features = days.transpose(1, 0, 2).reshape(days.shape[1], -1)
        regime = KMeans(count, n_init=10, random_state=0).fit_predict(features)
        parts, shares = [], []
        for number in range(count):
            part = days[:, regime == number]
            centre = part.mean(axis=1, keepdims=True)
            within = ((part - centre) ** 2).mean(axis=(1, 2)) / whole
            moved = (centre - mean)[:, 0]
            usual = laboratory.weather[place]
            weather = replace(
                usual,
                eastward_m_s=usual.eastward_m_s + on_grid(moved[:, 0]),
                northward_m_s=usual.northward_m_s + on_grid(moved[:, 1]),
                wind_variance_m2_s2=usual.wind_variance_m2_s2 * on_grid(within),
            )
            parts.append(laboratory.simulate_season(place, rain[place], p, weather))
            shares.append(part.shape[1] / days.shape[1])
            left += shares[-1] * float(within.mean()) / len(SEASONS)
        ground = {
            name: np.tensordot(shares, [one[1][name] for one in parts], axes=1)
            for name in parts[0][1]
        }
        simulated.append((season, ground, np.tensordot(shares, [one[2] for one in parts], axes=1)))
    return simulated, left


def main() -> None:
    """Print a line for each number of regimes."""
    with duckdb.connect(sys.argv[1], read_only=True) as con:
        laboratory = Laboratory(con)
    winds = daily_winds(Path(sys.argv[2]), laboratory.land.provinces)
    mean = laboratory.area / laboratory.area.sum(axis=1, keepdims=True)
    for count in (1, 2, 3, 4):
        with threadpool_limits(1):
            simulated, left = in_regimes(laboratory, winds, count)
        words = [f"{count} regimes, {left:.2f} of the variance left"]
        for season, ground, background in simulated:
            field = sum(ground[name][:, 0] for name in (*EXPORT_COMPONENTS, "soa")) + background
            found = skill(mean @ field, laboratory.observed["PM2.5", season])
            words.append(f"{season} r {found.correlation:.3f} NMB {100 * found.bias_share:+.0f} %")
        made = laboratory.made(simulated)
        inside = sum(low <= made[code, when] <= high for code, when, low, high in laboratory.ranges)
        words.append(f"{inside} of {len(laboratory.ranges)} shares within")
        words.append(f"Beijing {made['CN-BJ', 'year']:.2f}")
        print("; ".join(words), flush=True)


if __name__ == "__main__":
    main()
