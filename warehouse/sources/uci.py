"""UCI sets of hourly PM2.5 with weather: five Chinese cities 2010-2015, twelve Beijing sites 2013-2017.

Five cities: ``<City>PM....csv`` with several PM columns (sites, among them the US embassy) and the
cumulated wind speed ``Iws``. Beijing sites: ``PRSA_Data_<Site>_<from>-<to>.csv`` with six pollutants;
there CO is in ug/m3. Hours are Beijing time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.sources import hourly
from warehouse.sources.air_files import heading, numbers, text_table
from warehouse.sources.base import Publication, Reader

NAME = "uci"
_TIME = ("year", "month", "day", "hour")
_FIVE_CITIES = ("Beijing", "Chengdu", "Guangzhou", "Shanghai", "Shenyang")
_CITY_FILE = re.compile(rf"({'|'.join(_FIVE_CITIES)})PM", re.IGNORECASE)
_CITY_WEATHER = {
    "DEWP": "dew_point_c",
    "HUMI": "relative_humidity_pct",
    "PRES": "pressure_hpa",
    "TEMP": "temperature_c",
    "precipitation": "precipitation_mm",
}
_SITE_POLLUTANTS = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3")
_SITE_WEATHER = {
    "TEMP": "temperature_c",
    "PRES": "pressure_hpa",
    "DEWP": "dew_point_c",
    "RAIN": "precipitation_mm",
}
_SUMMED = ("precipitation", "RAIN")
_DIRECTIONS = [
    "N",
    "NNE",
    "NE",
    "ENE",
    "E",
    "ESE",
    "SE",
    "SSE",
    "S",
    "SSW",
    "SW",
    "WSW",
    "W",
    "WNW",
    "NW",
    "NNW",
]
# -9999 and 999990 stand for missing in the five cities; both lie far outside of what weather does.
_MISSING_BELOW, _MISSING_ABOVE = -900.0, 9_000.0
_SITE = re.compile(r"PRSA_Data_([A-Za-z]+)_")

PUBLICATION = Publication(
    producer="UCI Machine Learning Repository",
    title="PM2.5 Data of Five Chinese Cities; Beijing Multi-Site Air Quality",
    citation=(
        "Liang, X. et al. (2016): PM2.5 data reliability, consistency, and air quality assessment in "
        "five Chinese cities. J. Geophys. Res. Atmos. 121, 10220-10236. Zhang, S. et al. (2017): "
        "Cautionary tales on air-quality improvement in Beijing. Proc. R. Soc. A 473, 20170457."
    ),
    licence="CC BY 4.0",
    terms_of_use="Cite the papers.",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Daily pollutants or weather of the cities; several sites of Beijing are averaged hour by hour.

    Raises InputError for a file of neither set, two files of one city or site, or text in a number cell.
    """
    cities = [path for path in paths if _is_city(path)]
    sites = [path for path in paths if not _is_city(path)]
    _refuse_twice([*(_city(path) for path in cities), *(_site(path) for path in sites)], paths)
    names = [_city(path) for path in cities]
    if sites and "Beijing" in names:
        raise InputError(
            "Both sets bring Beijing.",
            file=", ".join(str(path) for path in paths),
            found="the five-city file and the site files",
            expected="one of them",
            remedy="Leave one of them in place.",
        )
    tables = [(_city(path), _city_table(path)) for path in cities]
    if sites:
        tables.append(("Beijing", pl.concat([_site_table(path) for path in sites])))
    build = _observations if role == "observation" else _weather
    files = ", ".join(str(path) for path in paths)
    return pl.concat([build(name, table, files) for name, table in tables])


def recognises(path: Path) -> bool:
    """A CSV file with the heading of one of the sets."""
    names = set(heading(path))
    is_site = {"year", "WSPM", "station", "PM2.5"} <= names
    return is_site or ({"Iws", "cbwd", "HUMI"} <= names and _CITY_FILE.match(path.name) is not None)


def _is_city(path: Path) -> bool:
    return "Iws" in heading(path)


def _city(path: Path) -> str:
    match = _CITY_FILE.match(path.name)
    if match is None:
        raise InputError(
            "The file's name does not say its city.",
            file=path,
            found=path.name,
            expected="BeijingPM20100101_20151231.csv and so on",
            remedy="Give the file back its published name.",
        )
    return match[1].capitalize()


def _site(path: Path) -> str:
    match = _SITE.match(path.name)
    return match[1] if match else path.name


def _refuse_twice(names: Sequence[str], paths: Sequence[Path]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            "A city or site is there twice.",
            file=", ".join(str(path) for path in paths),
            found=twice[0],
            expected="one file each",
            remedy="Remove one of the two.",
        )


def _stamped(path: Path, values: Sequence[str], texts: Sequence[str]) -> pl.DataFrame:
    table = numbers(
        text_table(path, (*_TIME, *values, *texts), missing=("NA",)), (*_TIME, *values), path
    )
    year, month, day, hour = (pl.col(name).cast(pl.Int32) for name in _TIME)
    return table.select(
        pl.date(year, month, day).alias("date"), hour.cast(pl.Int64).alias("hour"), *values, *texts
    )


def _city_table(path: Path) -> pl.DataFrame:
    """PM2.5 (mean of the sites that report), weather, wind components, by hour."""
    monitors = [name for name in heading(path) if name.startswith("PM_")]
    table = _stamped(path, (*monitors, *_CITY_WEATHER, "Iws"), ("cbwd",))
    clean = [
        pl.when(pl.col(name).is_between(_MISSING_BELOW, _MISSING_ABOVE))
        .then(pl.col(name))
        .alias(name)
        for name in _CITY_WEATHER
    ]
    # Iws cumulates while the direction lasts; the speed of an hour is what it grew by.
    grown = pl.col("Iws").diff()
    same = (pl.col("cbwd") == pl.col("cbwd").shift()) & (grown >= 0)
    speed = pl.when(same).then(grown).otherwise(pl.col("Iws")).clip(0, 60)
    return table.with_columns(
        pl.mean_horizontal(monitors).alias("PM2.5"), *clean, speed.alias("speed")
    ).with_columns(_components(pl.col("cbwd")))


def _site_table(path: Path) -> pl.DataFrame:
    table = _stamped(path, (*_SITE_POLLUTANTS, *_SITE_WEATHER, "WSPM"), ("wd",))
    return table.with_columns(pl.col("WSPM").alias("speed")).with_columns(_components(pl.col("wd")))


def _components(direction: pl.Expr) -> list[pl.Expr]:
    """Wind towards east and north from the direction it comes from; calm or unknown: no component."""
    degrees = direction.replace_strict(
        {name: 22.5 * place for place, name in enumerate(_DIRECTIONS)}, default=None
    )
    radians = degrees.cast(pl.Float64).radians()
    calm = pl.when(direction == "cv").then(0.0)
    return [
        calm.otherwise(-pl.col("speed") * radians.sin()).alias("u"),
        calm.otherwise(-pl.col("speed") * radians.cos()).alias("v"),
    ]


def _observations(city: str, table: pl.DataFrame, file: str) -> pl.DataFrame:
    pollutants = [name for name in _SITE_POLLUTANTS if name in table.columns]
    by_hour = table.group_by("date", "hour").agg(pl.col(pollutants).mean()).sort("date", "hour")
    hours = by_hour.unpivot(pollutants, index=["date", "hour"], variable_name="pollutant")
    return hourly.daily(hours.with_columns(pl.lit(city).alias("place")), "city", file)


def _weather(city: str, table: pl.DataFrame, _file: str) -> pl.DataFrame:
    names = _CITY_WEATHER if "precipitation" in table.columns else _SITE_WEATHER
    wind = {"u": "wind_u_m_s", "v": "wind_v_m_s", "speed": "wind_speed_m_s"}
    by_hour = table.group_by("date", "hour").agg(pl.col([*names, *wind]).mean())
    days = by_hour.group_by("date").agg(
        *(
            (pl.col(name).sum() if name in _SUMMED else pl.col(name).mean()).alias(full)
            for name, full in {**names, **wind}.items()
        )
    )
    long = days.unpivot(index="date", variable_name="variable")
    return (
        long.filter(pl.col("value").is_not_null())
        .select(
            pl.lit("city").alias("place_kind"),
            pl.lit(city).alias("place"),
            "date",
            "variable",
            "value",
        )
        .sort("variable", "date")
    )


READER = Reader(
    name=NAME,
    roles=("observation", "weather_observation"),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)
