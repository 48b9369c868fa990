"""NOAA Global Surface Summary of the Day: weather of a station, one CSV a station and year.

Degrees Fahrenheit, knots, inches and millibars become SI; 9999.9, 999.9 and 99.99 are missing. Days
are UTC days. A station becomes a point; which city it stands for is decided by distance in SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.sources.air_files import heading, numbers, text_table
from warehouse.sources.base import Publication, Reader

NAME = "gsod"
_MISSING = {
    "TEMP": 9999.9,
    "DEWP": 9999.9,
    "STP": 999.9,
    "SLP": 9999.9,
    "WDSP": 999.9,
    "PRCP": 99.99,
}
_COLUMNS = ("DATE", "LATITUDE", "LONGITUDE", *_MISSING)
_KNOT_M_S, _INCH_MM = 0.514444, 25.4
_PRESSURE_HPA = (400.0, 1100.0)

PUBLICATION = Publication(
    producer="NOAA National Centers for Environmental Information",
    title="Global Surface Summary of the Day (GSOD)",
    citation="NOAA National Centers for Environmental Information: Global Surface Summary of the Day.",
    licence="Public domain outside WMO Resolution 40 restrictions",
    terms_of_use="Name NOAA NCEI.",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Daily temperature, dew point, humidity, pressure, wind speed and precipitation of the stations.

    Raises InputError for a missing column, text in a number cell, or an invalid date.
    """
    wide = pl.concat([_station(path) for path in sorted(paths)])
    long = wide.unpivot(index=["place", "date"], variable_name="variable")
    return long.filter(pl.col("value").is_not_null()).select(
        pl.lit("point").alias("place_kind"), "place", "date", "variable", "value"
    )


def recognises(path: Path) -> bool:
    """A CSV file with the heading of the summary."""
    return {"STATION", *_COLUMNS} <= set(heading(path))


def _station(path: Path) -> pl.DataFrame:
    table = numbers(text_table(path, _COLUMNS), [name for name in _COLUMNS if name != "DATE"], path)
    dates = table["DATE"].str.to_date("%Y-%m-%d", strict=False)
    if dates.is_null().any():
        position = int(dates.is_null().arg_max() or 0)
        raise InputError(
            "A cell does not hold a date.",
            file=path,
            row=position + 1,
            column="DATE",
            found=repr(table["DATE"][position]),
            expected="2018-01-31",
            remedy="Download the file again.",
        )
    known = table.with_columns(
        pl.when(pl.col(name) < missing).then(pl.col(name)).alias(name)
        for name, missing in _MISSING.items()
    ).with_columns(
        temperature_c=(pl.col("TEMP") - 32) / 1.8, dew_point_c=(pl.col("DEWP") - 32) / 1.8
    )
    # Station pressure of 1000 and more is printed without its first digit.
    station_pressure = (
        pl.when(pl.col("STP") < 200).then(pl.col("STP") + 1000).otherwise(pl.col("STP"))
    )
    pressure = pl.coalesce(station_pressure, pl.col("SLP"))
    return known.select(
        _place().alias("place"),
        dates.alias("date"),
        "temperature_c",
        "dew_point_c",
        (100 * _vapour("dew_point_c") / _vapour("temperature_c"))
        .clip(0, 100)
        .alias("relative_humidity_pct"),
        pl.when(pressure.is_between(*_PRESSURE_HPA)).then(pressure).alias("pressure_hpa"),
        (pl.col("WDSP") * _KNOT_M_S).alias("wind_speed_m_s"),
        (pl.col("PRCP") * _INCH_MM).alias("precipitation_mm"),
    )


def _vapour(temperature_c: str) -> pl.Expr:
    """Saturation vapour pressure over water (Magnus), up to a constant factor."""
    return (17.625 * pl.col(temperature_c) / (243.04 + pl.col(temperature_c))).exp()


def _place() -> pl.Expr:
    north = pl.when(pl.col("LATITUDE") >= 0).then(pl.lit("N_")).otherwise(pl.lit("S_"))
    east = pl.when(pl.col("LONGITUDE") >= 0).then(pl.lit("E")).otherwise(pl.lit("W"))
    return pl.concat_str(_fixed("LATITUDE"), north, _fixed("LONGITUDE"), east)


def _fixed(name: str) -> pl.Expr:
    """Three decimals."""
    thousandths = (pl.col(name).abs() * 1000).round().cast(pl.Int64)
    whole, rest = thousandths // 1000, thousandths % 1000
    return pl.concat_str(whole.cast(pl.String), pl.lit("."), rest.cast(pl.String).str.zfill(3))


READER = Reader(
    name=NAME,
    roles=("weather_observation",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)
