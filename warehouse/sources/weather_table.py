"""Weather in small tables: NOAA's daily summaries cut to metric columns, and hours of one city.

Daily: ``station, date, temp_c, dewp_c, slp_hpa, wind_ms, prcp_mm, nobs`` with ``stations.csv`` beside it (station,
lat, lon). The day is UTC's. Hourly: ``timestamp, temp, humidity, wind_speed, precipitation, pressure`` (degrees C,
per cent, km/h, mm, hPa at sea level; times with their zone) in a file whose name begins with the city's
(``beijing_...``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.air_levels import WEATHER_BOUNDS
from warehouse.contracts import CONTRACTS
from warehouse.errors import InputError
from warehouse.sources.air_files import heading, numbers, text_table
from warehouse.sources.base import Publication, Reader, readable
from warehouse.sources.notes import note

DAILY, HOURLY = "gsod_metric", "city_hours"
_DAILY = ("station", "date", "temp_c", "dewp_c", "slp_hpa", "wind_ms", "prcp_mm", "nobs")
_HOURLY = ("timestamp", "temp", "humidity", "wind_speed", "precipitation", "pressure")
_STATIONS = "stations.csv"
_KM_H = 1 / 3.6
_MIN_HOURS = 20
_HOURS_OF_RAIN = 24
_FEWEST_READINGS = 4
MOST_ZEROS = 0.1
_ROWS_OF_A_CONSTANT = 10
_BOUNDED = {
    "temp": ("temperature_c", 1.0),
    "humidity": ("relative_humidity_pct", 1.0),
    "wind_speed": ("wind_speed_m_s", _KM_H),
    "precipitation": ("precipitation_mm", 1.0),
    "pressure": ("pressure_hpa", 1.0),
}
"""Columns of an hour, the variable of the role whose bounds they have, and the factor to its unit."""
_PRESSURE_HPA = (400, 1100)

GSOD_PUBLICATION = Publication(
    producer="NOAA National Centers for Environmental Information (NCEI)",
    title="Global Surface Summary of the Day (GSOD), in metric units",
    citation="NOAA NCEI, Global Surface Summary of the Day.",
    licence="Works of the US government, free to use",
    terms_of_use="Name NOAA NCEI. Days are UTC's.",
)
HOURS_PUBLICATION = Publication(
    producer="Not named; by its values a reanalysis served by the hour (ERA5)",
    title="Hourly weather of a city",
    citation="The provider whose hours they are; not named in the file.",
    licence="None stated",
    terms_of_use="Not for passing on; for the user's own adjustment.",
)


def read_daily(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Days at points. Raises InputError without the list of stations, for a station that it lacks, or text."""
    tables = [path for path in paths if path.name != _STATIONS]
    listed = [path for path in paths if path.name == _STATIONS]
    if len(listed) != 1 or not tables:
        raise InputError(
            "Daily tables need one list of stations beside them.",
            found=", ".join(path.name for path in paths) or "nothing",
            expected=f"tables of days and {_STATIONS}",
            remedy=f"Put {_STATIONS} (station, lat, lon) into the same folder.",
        )
    stations = numbers(
        text_table(readable(listed[0]), ("station", "lat", "lon")),
        ["lat", "lon"],
        listed[0],
        "degrees",
    ).select("station", _place().alias("place"))
    frames = [_days(path, stations) for path in sorted(tables)]
    return pl.concat(frames).sort(CONTRACTS[role].key)


def _days(path: Path, stations: pl.DataFrame) -> pl.DataFrame:
    table = text_table(readable(path), _DAILY)
    values = numbers(table, list(_DAILY[2:]), path, "metric").with_columns(
        pl.col("date").str.to_date("%Y-%m-%d", strict=False).alias("day")
    )
    joined = values.join(stations, on="station", how="left", maintain_order="left")
    for column, name, expected in (
        ("day", "date", "2024-01-31"),
        ("place", "station", f"a station of {_STATIONS}"),
    ):
        if joined[column].null_count():
            row = int(joined[column].is_null().arg_max() or 0)
            raise InputError(
                "A row's day or station is not known.",
                file=path,
                row=row + 1,
                column=name,
                found=repr(table[name][row]),
                expected=expected,
                remedy="Correct the row, or add the station to the list.",
            )
    _tell_zeros(values, _DAILY[2:-1], path)
    _tell_constant(values, _DAILY[2:-1], path)
    few = joined.filter(~(pl.col("nobs") >= _FEWEST_READINGS).fill_null(False)).height
    if few:
        note(
            f"{few:,} of {joined.height:,} days have under {_FEWEST_READINGS} readings: left out",
            path.name,
        )
    odd = joined.filter(~pl.col("slp_hpa").is_between(*_PRESSURE_HPA)).height
    if odd:
        note(f"{odd:,} of {joined.height:,} pressures are impossible and left out", path.name)
    wide = joined.filter(pl.col("nobs") >= _FEWEST_READINGS).select(
        "place",
        pl.col("day").alias("date"),
        pl.col("temp_c").alias("temperature_c"),
        pl.col("dewp_c").alias("dew_point_c"),
        (100 * _vapour("dewp_c") / _vapour("temp_c")).clip(0, 100).alias("relative_humidity_pct"),
        pl.when(pl.col("slp_hpa").is_between(*_PRESSURE_HPA)).then("slp_hpa").alias("pressure_hpa"),
        pl.col("wind_ms").alias("wind_speed_m_s"),
        pl.col("prcp_mm").alias("precipitation_mm"),
    )
    return _long(wide, "point")


def read_hourly(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Days of Beijing time, of at least 20 hours.

    Raises InputError for other columns, text, a time without zone, or a repeated hour.
    """
    return pl.concat([_hours(path) for path in sorted(paths)]).sort(CONTRACTS[role].key)


def _hours(path: Path) -> pl.DataFrame:
    table = numbers(text_table(readable(path), _HOURLY), list(_HOURLY[1:]), path, "see the heading")
    zoned = table["timestamp"].str.replace("T", " ").str.replace(r"\s*(Z| ?UTC)$", "+00:00")
    stamps = zoned.str.to_datetime("%Y-%m-%d %H:%M:%S%z", strict=False)
    if stamps.is_null().any():
        row = int(stamps.is_null().arg_max() or 0)
        raise InputError(
            "A cell does not hold a time with its zone.",
            file=path,
            row=row + 1,
            column="timestamp",
            found=repr(table["timestamp"][row]),
            expected="2025-01-31 09:00:00+08:00",
            remedy="Write the zone behind the time: without it the day is not known.",
        )
    local = table.with_columns(stamps.dt.convert_time_zone("Asia/Shanghai").alias("stamp"))
    if local["stamp"].is_duplicated().any():
        row = int(local["stamp"].is_duplicated().arg_max() or 0)
        raise InputError(
            "An hour is there twice.",
            file=path,
            row=row + 1,
            column="timestamp",
            found=table["timestamp"][row],
            expected="each hour once",
            remedy="Remove the repeat.",
        )
    _demand_possible(local, path)
    _tell_zeros(local, _HOURLY[1:], path)
    _tell_constant(local, _HOURLY[1:], path)
    _tell_missing_hours(local, path)
    days = (
        local.group_by(pl.col("stamp").dt.date().alias("date"))
        .agg(
            pl.len().alias("hours"),
            pl.col("temp").mean().alias("temperature_c"),
            pl.col("humidity").mean().alias("relative_humidity_pct"),
            (pl.col("wind_speed").mean() * _KM_H).alias("wind_speed_m_s"),
            pl.col("pressure").mean().alias("pressure_hpa"),
            # A sum over a day with gaps is not the day's rain.
            pl.when(pl.len() == _HOURS_OF_RAIN)
            .then(pl.col("precipitation").sum())
            .alias("precipitation_mm"),
        )
        .filter(pl.col("hours") >= _MIN_HOURS)
    )
    city = path.name.partition("_")[0]
    return _long(days.drop("hours").with_columns(pl.lit(city).alias("place")), "city")


def _demand_possible(hours: pl.DataFrame, path: Path) -> None:
    """Raise InputError for the first hour beyond what its variable may be: a mean of the day would hide it."""
    for column, (variable, factor) in _BOUNDED.items():
        low, high = WEATHER_BOUNDS[variable]
        wrong = hours.with_row_index("row", offset=1).filter(
            ~(pl.col(column) * factor).is_between(low, high)
        )
        if not wrong.is_empty():
            raise InputError(
                f"{wrong.height:,} hours are impossible: a flag for a missing value, or another unit.",
                file=path,
                row=int(wrong["row"][0]),
                column=column,
                found=f"{wrong[column][0]:g}",
                expected=f"{low / factor:g} to {high / factor:g}",
                remedy="Leave the cells of missing values empty, and bring the column into its unit.",
            )


def _tell_zeros(table: pl.DataFrame, columns: Sequence[str], path: Path) -> None:
    """Note columns, but rain, of which more than a tenth is exactly zero: one decimal makes a fiftieth at most."""
    for name in columns:
        zeros = table.filter(pl.col(name) == 0).height
        if zeros > MOST_ZEROS * table.height and not name.startswith(("prcp", "precipitation")):
            note(f"{name}: {zeros:,} of {table.height:,} values are exactly zero", path.name)


def _tell_constant(table: pl.DataFrame, columns: Sequence[str], path: Path) -> None:
    stuck = [
        name
        for name in columns
        if table.height >= _ROWS_OF_A_CONSTANT
        and table[name].drop_nulls().n_unique() == 1
        and table[name].drop_nulls()[0] != 0
    ]
    if stuck:
        note(f"one value throughout in {', '.join(stuck)}", path.name)


def _tell_missing_hours(hours: pl.DataFrame, path: Path) -> None:
    """Notes on days that are left out and on hours that the means of the others lack."""
    counts = hours.group_by(pl.col("stamp").dt.date().alias("date")).agg(pl.len().alias("hours"))
    short = counts.filter(pl.col("hours") < _MIN_HOURS).height
    lacking = counts.filter(pl.col("hours").is_between(_MIN_HOURS, _HOURS_OF_RAIN - 1)).height
    blank = sum(hours[name].null_count() for name in _HOURLY[1:])
    said = [
        f"{short} days have under {_MIN_HOURS} hours: left out" if short else "",
        f"{lacking} days lack hours: no sum of rain" if lacking else "",
        f"{blank} cells are blank" if blank else "",
    ]
    if any(said):
        note(f"of {counts.height} days " + "; ".join(filter(None, said)), path.name)


def _long(wide: pl.DataFrame, kind: str) -> pl.DataFrame:
    variables = [name for name in wide.columns if name not in ("place", "date")]
    long = wide.unpivot(variables, index=["place", "date"], value_name="value")
    return long.filter(pl.col("value").is_not_null()).select(
        pl.lit(kind).alias("place_kind"),
        "place",
        "date",
        "variable",
        pl.col("value").cast(pl.Float64),
    )


def _vapour(temperature_c: str) -> pl.Expr:
    """Saturation vapour pressure over water (Magnus), up to a constant factor."""
    return (17.625 * pl.col(temperature_c) / (243.04 + pl.col(temperature_c))).exp()


def _place() -> pl.Expr:
    """``39.750N_116.250E``; the stations are all of China."""
    return pl.concat_str(_fixed("lat"), pl.lit("N_"), _fixed("lon"), pl.lit("E"))


def _fixed(name: str) -> pl.Expr:
    thousandths = (pl.col(name) * 1000).round().cast(pl.Int64)
    whole, rest = thousandths // 1000, thousandths % 1000
    return pl.concat_str(whole.cast(pl.String), pl.lit("."), rest.cast(pl.String).str.zfill(3))


def recognises_daily(path: Path) -> bool:
    """A table of days with metric columns, or the list of stations."""
    names = set(heading(path))
    return path.is_file() and (
        set(_DAILY) <= names or (path.name == _STATIONS and {"station", "lat", "lon"} <= names)
    )


def recognises_hourly(path: Path) -> bool:
    """A table of hours headed so."""
    return path.is_file() and tuple(heading(path)) == _HOURLY


DAILY_READER = Reader(
    name=DAILY,
    roles=("weather_observation",),
    read=read_daily,
    recognises=recognises_daily,
    publication=GSOD_PUBLICATION,
    max_files=None,
)
HOURLY_READER = Reader(
    name=HOURLY,
    roles=("weather_observation",),
    read=read_hourly,
    recognises=recognises_hourly,
    publication=HOURS_PUBLICATION,
    max_files=None,
)
