"""Synthetic cities: a known trend of emissions, a known effect of the weather, and noise that lingers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.weather import Comparison, Series

NAMES = ("pressure_hpa", "relative_humidity_pct", "temperature_c", "wind_u_m_s", "wind_v_m_s")
COMPARISON = Comparison(
    *(np.datetime64(day) for day in ("2017-01-01", "2017-03-31", "2016-01-01", "2016-03-31"))
)
Array = NDArray[np.float64]


@dataclass(frozen=True)
class City:
    """A record with the split it was made from, percentage points.

    weather_pp: change at constant emissions.  emission_pp: the rest of the change without noise.
    """

    series: Series
    weather_pp: float
    emission_pp: float


def lingering(days: int, memory: float, rng: np.random.Generator) -> Array:
    """Standard normal noise in which a day remembers the one before."""
    shocks = rng.normal(size=days) * np.sqrt(1 - memory**2)
    values = np.empty(days)
    values[0] = rng.normal()
    for day in range(1, days):
        values[day] = memory * values[day - 1] + shocks[day]
    return values


def city(
    seed: int,
    *,
    noise: float = 0.1,
    trend_per_year: float = -0.06,
    years: int = 5,
    humid_calm: float = 0.0,
) -> City:
    """Five years from 2013. noise: of the logarithm, with a memory of 0.4.

    humid_calm: how much more still air matters when it is humid, and less when it is dry (of the wind's 0.55).
    """
    rng = np.random.default_rng(seed)
    days = int(365.25 * years) + 1
    dates = np.datetime64("2013-01-01") + np.arange(days)
    day_of_year = (dates - dates.astype("datetime64[Y]")).astype(int)
    winter = np.cos(2 * np.pi * (day_of_year - 14) / 365.25)
    temperature = 12 - 12 * winter + 4 * lingering(days, 0.8, rng)
    speed = np.exp(0.8 + 0.15 * winter + 0.35 * lingering(days, 0.5, rng))
    direction = 1.5 * lingering(days, 0.6, rng)
    humidity = np.clip(60 - 10 * winter + 14 * lingering(days, 0.6, rng), 5, 100)
    pressure = 1010 + 6 * winter + 5 * lingering(days, 0.7, rng)
    wind_u, wind_v = speed * np.cos(direction), speed * np.sin(direction)
    weather = (
        -(0.55 + humid_calm * np.tanh((humidity - 60) / 15)) * np.log(speed)
        + 0.012 * np.maximum(humidity - 60, -10)
        - 0.02 * (temperature - 12)
        - 0.015 * (pressure - 1010)
        + 0.15 * np.tanh(wind_v)
        + 0.25 * winter
    )
    emission = 4.0 + trend_per_year * np.arange(days) / 365.25
    log_ug_m3 = emission + weather + noise * lingering(days, 0.4, rng)
    now, before = COMPARISON.masks(dates)
    at_constant = np.exp(weather[now]).mean() / np.exp(weather[before]).mean()
    without_noise = (
        np.exp((weather + emission)[now]).mean() / np.exp((weather + emission)[before]).mean()
    )
    record = np.column_stack([pressure, humidity, temperature, wind_u, wind_v])
    return City(
        Series(dates, np.exp(log_ug_m3), record, NAMES),
        weather_pp=100 * (at_constant - 1),
        emission_pp=100 * (without_noise - at_constant),
    )
