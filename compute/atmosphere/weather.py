"""Weather of a season on the grid, and what is parameterised where no data say it.

Mixing height and rain are often missing from open data. Both have a stated parameterisation here; a
field that is given replaces it. Every number is a parameter with its source in the seed
``atmosphere_parameter``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from scipy.ndimage import gaussian_filter

from compute.atmosphere.grid import Field, Grid

SEASONS: Mapping[str, tuple[int, ...]] = {
    "DJF": (12, 1, 2),
    "MAM": (3, 4, 5),
    "JJA": (6, 7, 8),
    "SON": (9, 10, 11),
}
DAYS = {1: 31, 2: 28.25, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
_ZERO_C_K, _MILD_K, _WARM_K = 273.15, 288.15, 298.15
_GRAVITY_M_S2 = 9.80665
_ROTATION_S = 7.2921e-5
_REFERENCE_SPEED_M_S, _LEAST_SPEED_M_S = 3.0, 0.5


class WeatherError(ValueError):
    """A field of the weather is not what it must be."""


@dataclass(frozen=True)
class Weather:
    """Means of a season, (ny, nx).

    eastward_m_s, northward_m_s: wind near the ground.  temperature_k.  humidity_percent: relative.
    wind_variance_m2_s2: of daily winds, for eddy diffusion.  altitude_m: relief.
    mixing_height_m, precipitation_mm_day: None where no data say them.
    """

    season: str
    days: float
    eastward_m_s: Field
    northward_m_s: Field
    temperature_k: Field
    humidity_percent: Field
    wind_variance_m2_s2: Field
    altitude_m: Field
    mixing_height_m: Field | None = None
    precipitation_mm_day: Field | None = None

    def __post_init__(self) -> None:
        """Refuse gaps, other shapes, and values that no such mean can have."""
        bounds = {
            "eastward_m_s": (-80.0, 80.0),
            "northward_m_s": (-80.0, 80.0),
            "temperature_k": (200.0, 330.0),
            "humidity_percent": (0.0, 105.0),
            "wind_variance_m2_s2": (0.0, 1000.0),
            "altitude_m": (-500.0, 9000.0),
            "mixing_height_m": (10.0, 6000.0),
            "precipitation_mm_day": (0.0, 200.0),
        }
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in bounds or value is None:
                continue
            low, high = bounds[field.name]
            if value.shape != self.altitude_m.shape:
                raise WeatherError(
                    f"{field.name}: shape {value.shape}, not {self.altitude_m.shape}"
                )
            if not np.isfinite(value).all():
                raise WeatherError(f"{field.name}: a value is missing or not finite")
            if value.min() < low or value.max() > high:
                raise WeatherError(
                    f"{field.name}: {value.min():g} to {value.max():g} found, {low:g} to {high:g} "
                    "expected; is the unit right?"
                )


def mixing_height(weather: Weather, parameters: Mapping[str, float]) -> Field:
    """Depth of the mixed layer, m: given, or by temperature, humidity and altitude."""
    if weather.mixing_height_m is not None:
        return weather.mixing_height_m
    celsius = np.clip(weather.temperature_k - _ZERO_C_K, -12.0, 28.0)
    height = parameters["mixing_height_base_m"] + parameters["mixing_height_per_k_m"] * celsius
    stirred = parameters["mixing_height_per_m_s_m"] * (daily_speed(weather) - _REFERENCE_SPEED_M_S)
    height = np.maximum(height + stirred, parameters["min_mixing_height_m"])
    height = height * (
        1 - parameters["mixing_height_humidity_share"] * (weather.humidity_percent - 60) / 100
    )
    elevation = np.clip((weather.altitude_m - 1000) / 3000, 0, 1)
    height = height * (1 + parameters["mixing_height_altitude_share"] * elevation)
    return np.asarray(height * parameters["mixing_height_scale"])


def daily_speed(weather: Weather) -> Field:
    """Root mean square of daily winds, m/s."""
    return np.asarray(
        np.sqrt(
            weather.eastward_m_s**2 + weather.northward_m_s**2 + 2 * weather.wind_variance_m2_s2
        )
    )


def surface_resistance(weather: Weather, parameters: Mapping[str, float]) -> Field:
    """Resistance between the ground and the mixed layer, s/m: what is emitted at the ground must pass it.

    The aerodynamic resistance falls with the speed of the wind and with unstable air (Wesely and Hicks 2000;
    Seinfeld and Pandis 2016, ch. 19), for which warmth stands; the parameter holds at a root mean square of
    daily winds of 3 m/s and 15 C.
    """
    speed = np.maximum(daily_speed(weather), _LEAST_SPEED_M_S)
    stable = np.exp(-parameters["surface_resistance_per_k"] * (weather.temperature_k - _MILD_K))
    return np.asarray(parameters["surface_resistance_s_m"] * stable * _REFERENCE_SPEED_M_S / speed)


def layer_exchange(weather: Weather, parameters: Mapping[str, float]) -> Field:
    """Velocity at which mixed layer and free troposphere exchange air, m/s.

    Slopes that the sun warms lift the air of basins and valleys out of the mixed layer: the exchange
    grows with the relief around and with warmth.
    """
    warm = np.exp(parameters["venting_per_k"] * (weather.temperature_k - _WARM_K))
    lifted = parameters["venting_per_km"] * relief_km(weather.altitude_m, parameters) * warm
    return np.asarray(parameters["exchange_m_s"] * (1 + lifted))


def relief_km(altitude_m: Field, parameters: Mapping[str, float]) -> Field:
    """Standard deviation of altitude in the surroundings, km."""
    cells = parameters["relief_smooth_cells"]
    mean = gaussian_filter(altitude_m, cells, mode="nearest")
    square = gaussian_filter(altitude_m**2, cells, mode="nearest")
    return np.asarray(np.sqrt(np.maximum(square - mean**2, 0)) / 1000)


def blocking_height(weather: Weather, parameters: Mapping[str, float]) -> Field:
    """Height over which relief closes a face, m: the lower, the colder and so the more stable the air is."""
    above = weather.temperature_k - _MILD_K
    return np.asarray(
        parameters["blocking_height_m"] * np.exp(parameters["blocking_height_per_k"] * above)
    )


def precipitation_shape(weather: Weather) -> Field:
    """Unscaled rain: moist air rains, in step with its vapour; Magnus saturation pressure, hPa."""
    celsius = weather.temperature_k - _ZERO_C_K
    vapour = 6.112 * np.exp(17.62 * celsius / (243.12 + celsius))
    return np.asarray(vapour * np.clip(weather.humidity_percent - 40, 0, None) / 60)


def upper_wind(
    weather: Weather, grid: Grid, height_m: Field, parameters: Mapping[str, float]
) -> tuple[Field, Field]:
    """Wind of the free troposphere: the mixed layer's plus the thermal wind up to the layer's middle.

    Thermal wind (Holton and Hakim 2013, eq. 3.30) of the temperature reduced to sea level and smoothed,
    since it is a feature of synoptic scale.
    """
    rows, _ = grid.shape
    sea_level = weather.temperature_k + parameters["lapse_rate_k_m"] * weather.altitude_m
    smooth = gaussian_filter(
        sea_level, sigma=parameters["thermal_wind_smooth_cells"], mode="nearest"
    )
    mesh = grid.mesh()
    by_north = np.gradient(smooth, axis=0) / mesh.north_distance_m[:rows]
    by_east = np.gradient(smooth, axis=1) / mesh.east_distance_m[:, :-1]
    coriolis = 2 * _ROTATION_S * np.sin(np.radians(grid.latitude))[:, None]
    climb = 0.5 * (height_m + parameters["lid_m"])  # to the middle of the upper layer
    shear = _GRAVITY_M_S2 / (coriolis * smooth)
    limit = parameters["upper_wind_limit_m_s"]
    east = parameters["wind_scale"] * weather.eastward_m_s - climb * shear * by_north
    north = parameters["wind_scale"] * weather.northward_m_s + climb * shear * by_east
    return np.clip(east, -limit, limit), np.clip(north, -limit, limit)
