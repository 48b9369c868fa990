"""Rules of observed air and weather: what is possible, and levels that another unit or place would give."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from warehouse.contract_sums import Breach

WEATHER_BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "wind_u_m_s": (-100, 100),
        "wind_v_m_s": (-100, 100),
        "wind_speed_m_s": (0, 100),
        "temperature_c": (-80, 60),
        "dew_point_c": (-90, 50),
        "relative_humidity_pct": (0, 101),
        "pressure_hpa": (400, 1100),
        "precipitation_mm": (0, 1500),
        "boundary_layer_height_m": (0, 10_000),
    }
)
"""Weather variable, its unit in its name, to the values that are possible near the ground."""

# Our judgement: a fifth or less of what the cleanest cities of China report as their usual day, and several times
# what an ordinary day is when mg/m3 is taken for ug/m3.
LOWEST_MEDIAN_UG_M3: Mapping[str, float] = MappingProxyType(
    {"PM2.5": 0.5, "PM10": 1.0, "SO2": 0.1, "NO2": 0.2, "CO": 20.0, "O3": 0.5, "O3_8h": 1.0}
)
"""Pollutant to a concentration, ug/m3, that the median over a table is never under."""
_VALUES_OF_A_MEDIAN = 3
# A mean of the day of either may lack hours that the other has; in saturated air the two are equal.
_HIGHEST_DEW_EXCESS_C = 2.0
AROUND_CHINA = (60.0, 150.0, 5.0, 65.0)
"""West, east, south, north of where weather over China may be asked for, degrees."""


def possible_levels(frame: pl.DataFrame) -> Breach | None:
    """The first pollutant whose median is under LOWEST_MEDIAN_UG_M3: mg/m3 where ug/m3 is expected."""
    lowest = pl.col("pollutant").replace_strict(dict(LOWEST_MEDIAN_UG_M3), return_dtype=pl.Float64)
    low = (
        frame.filter((pl.col("hour_count") > 0) & (pl.col("value_ug_m3") > 0))
        .group_by("pollutant")
        .agg(pl.col("value_ug_m3").median().alias("median"), pl.len().alias("values"))
        .filter((pl.col("values") >= _VALUES_OF_A_MEDIAN) & (pl.col("median") < lowest))
        .sort("pollutant")
    )
    if low.is_empty():
        return None
    first = low.row(0, named=True)
    return Breach(
        f"{first['pollutant']} is in another unit than ug/m3.",
        column=first["pollutant"],
        found=f"a median of {first['median']:.4g} over {first['values']:,} values",
        expected=f"at least {LOWEST_MEDIAN_UG_M3[first['pollutant']]:g} ug/m3",
        remedy="Bring the values into ug/m3, or write their unit into the heading.",
    )


def weather_bounds(frame: pl.DataFrame) -> Breach | None:
    """The first weather value that its variable cannot have: pressure in Pa, temperature in K."""
    low = pl.col("variable").replace_strict(
        {name: low for name, (low, _) in WEATHER_BOUNDS.items()}, return_dtype=pl.Float64
    )
    high = pl.col("variable").replace_strict(
        {name: high for name, (_, high) in WEATHER_BOUNDS.items()}, return_dtype=pl.Float64
    )
    outside = frame.with_row_index("row", offset=1).filter(
        (pl.col("value") < low) | (pl.col("value") > high)
    )
    if outside.is_empty():
        return None
    first = outside.row(0, named=True)
    bounds = WEATHER_BOUNDS[first["variable"]]
    return Breach(
        f"{first['variable']} is impossible at {first['place']} on {first['date']}.",
        row=first["row"],
        column="value",
        found=f"{first['value']:g}",
        expected=f"{bounds[0]:g} to {bounds[1]:g}",
        remedy="Bring the variable into the unit that its name says.",
    )


def dew_below_temperature(frame: pl.DataFrame) -> Breach | None:
    """The first place and day whose dew point lies above its temperature: swapped columns, or two units."""
    key = ["place_kind", "place", "date"]
    parts = {
        name: frame.filter(pl.col("variable") == name).select(*key, pl.col("value").alias(name))
        for name in ("dew_point_c", "temperature_c")
    }
    wrong = (
        parts["dew_point_c"]
        .join(parts["temperature_c"], on=key)
        .filter(pl.col("dew_point_c") > pl.col("temperature_c") + _HIGHEST_DEW_EXCESS_C)
        .sort(key)
    )
    if wrong.is_empty():
        return None
    first = wrong.row(0, named=True)
    return Breach(
        f"The dew point is above the temperature for {wrong.height:,} places and days.",
        row=f"{first['place']}, {first['date']}",
        column="dew_point_c",
        found=f"{first['dew_point_c']:.1f} at {first['temperature_c']:.1f} degrees Celsius",
        expected="a dew point at or under the temperature",
        remedy="See whether the two are swapped, or in different units.",
    )


def humidity_in_per_cent(frame: pl.DataFrame) -> Breach | None:
    """Relative humidity that is never above one: a share instead of per cent."""
    humidity = frame.filter(pl.col("variable") == "relative_humidity_pct")["value"]
    highest = float(humidity.max() or 0.0)  # type: ignore[arg-type]
    if humidity.is_empty() or highest > 1.0:
        return None
    return Breach(
        "The relative humidity is a share, not per cent.",
        column="relative_humidity_pct",
        found=f"at most {highest:g}",
        expected="per cent, 0 to 100",
        remedy="Multiply it by 100.",
    )


def over_china(frame: pl.DataFrame) -> Breach | None:
    """Points of weather of which none lies in or around China."""
    places = frame.filter(pl.col("place_kind") == "point").select(pl.col("place").unique().sort())
    west, east, south, north = AROUND_CHINA
    parts = pl.col("place").str.extract_groups(r"^([\d.]+)([NS])_([\d.]+)([EW])$")
    points = places.with_columns(
        latitude=_signed(parts, "1", "2", "S"), longitude=_signed(parts, "3", "4", "W")
    ).drop_nulls()
    inside = points.filter(
        pl.col("latitude").is_between(south, north) & pl.col("longitude").is_between(west, east)
    )
    if points.is_empty() or not inside.is_empty():
        return None
    return Breach(
        "No point of the weather lies in or around China.",
        column="place",
        found=f"{points.height:,} points, the first {points['place'][0]}",
        expected=f"{south:g} to {north:g} degrees north, {west:g} to {east:g} degrees east",
        remedy="Download the area of China. See whether longitude and latitude are swapped, or a sign is lost.",
    )


def _signed(parts: pl.Expr, number: str, side: str, negative: str) -> pl.Expr:
    degrees = parts.struct.field(number).cast(pl.Float64)
    return pl.when(parts.struct.field(side) == negative).then(-degrees).otherwise(degrees)
