"""From hourly values to the day, counting everything that is left out.

A day's mean is that of its valid hours; whether there are enough of them is decided later, where
everybody can see it (GB 3095-2012 asks for 20). O3_8h is the highest running 8-hour mean.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.air_contracts import HIGHEST_UG_M3
from warehouse.errors import InputError
from warehouse.sources.notes import note

STUCK_HOURS: Mapping[str, int] = MappingProxyType(
    {"PM2.5": 12, "PM10": 12, "O3": 12, "NO2": 12, "SO2": 24, "CO": 24}
)
"""An instrument that shows one value for so many hours in a row is stuck (SO2 and CO are coarse)."""

# Between two hours the median over many places moves by far less; a change of unit by 1000.
UNIT_CHANGE_FACTOR = 20.0
_PLACES_OF_A_MEDIAN = 20
_HOURS_OF_A_DAY = 24
_HOURS_OF_A_RUNNING_MEAN, _VALID_HOURS_OF_A_RUNNING_MEAN = 8, 6
MOST_ZEROS = 0.01
"""Share of a pollutant's exact zeros that is not told: the platform prints whole ug/m3 from 1 on, CO 0.1 mg/m3."""
OZONE_8H = "O3_8h"

Files = str | Path | Mapping[date, str]
"""Where hours came from: a file, or the file of each day."""


HOURS_SCHEMA: Mapping[str, Any] = MappingProxyType(
    {
        "date": pl.Date,
        "pollutant": pl.String,
        "hour_count": pl.Int64,
        "zero_hours": pl.Int64,
        "beyond_hours": pl.Int64,
        "beyond_place": pl.String,
        "beyond_ug_m3": pl.Float64,
    }
)
"""Columns of ``Days.hours``."""


@dataclass(frozen=True)
class Days:
    """Daily rows, and the hours behind them.

    rows: of role observation.  hours: one row a date and pollutant, columns ``HOURS_SCHEMA``; beyond_place and
    beyond_ug_m3 are those of the first hour beyond any air.
    """

    rows: pl.DataFrame
    hours: pl.DataFrame


def daily(hours: pl.DataFrame, place_kind: str, file: str) -> pl.DataFrame:
    """Rows of role observation from hourly values; tells which hours are odd.

    hours: place, date, hour (0-23), pollutant, value (ug/m3, nulls are missing hours), any order.  file: for
    errors and notes.  Raises InputError when one hour has two values, or the unit changes between two hours.
    """
    found = days_of(hours, place_kind, file)
    tell_odd_hours(found.hours, Path(file).name)
    return found.rows


def days_of(
    hours: pl.DataFrame, place_kind: str, file: Files, days: Collection[date] | None = None
) -> Days:
    """As ``daily``, without telling of odd hours.

    hours: those of several files as ``joined`` brings them together.  days: those that are wanted; hours of others
    tell what is stuck over midnight (None: all).
    """
    unique, duplicates = _deduplicated(_in_order(hours), file)
    _refuse_unit_change(unique, file)
    marked = _marked(unique)
    if days is not None:
        marked = marked.filter(pl.col("date").is_in(sorted(days)))
    valid = pl.col("value").filter(pl.col("is_valid"))
    by_day = (
        marked.group_by("place", "date", "pollutant")
        .agg(
            # A day without a valid hour keeps its counts; hour_count 0 marks its value as missing.
            value_ug_m3=pl.coalesce(valid.mean(), pl.col("value").mean()),
            hour_count=pl.col("is_valid").sum().cast(pl.Int64),
            negative_hours=pl.col("is_negative").sum().cast(pl.Int64),
            stuck_hours=pl.col("is_stuck").sum().cast(pl.Int64),
        )
        .join(duplicates, on=["place", "date", "pollutant"], how="left")
        .with_columns(pl.col("duplicate_hours").fill_null(0))
    )
    rows = pl.concat([by_day, _ozone_8h(marked)], how="diagonal")
    ordered = rows.filter(pl.col("value_ug_m3").is_not_null()).sort("date", "place", "pollutant")
    table = ordered.select(
        pl.lit(place_kind).alias("place_kind"),
        pl.col("place").cast(pl.String),
        "date",
        pl.col("pollutant").cast(pl.String),
        "value_ug_m3",
        pl.lit("hourly").alias("time_basis"),
        "hour_count",
        "negative_hours",
        "stuck_hours",
        pl.col("duplicate_hours").clip(upper_bound=_HOURS_OF_A_DAY),
    )
    return Days(table, _hours_by_day(marked))


def _in_order(hours: pl.DataFrame) -> pl.DataFrame:
    """The hours with a value, by place, pollutant and time, with their slot in this order.

    slot: one more from hour to hour of a series, and two more or further from one series to the next. One number
    is sorted in a third of the time of four columns.
    """
    present = hours.filter(pl.col("value").is_not_null())
    numbered = joined([present])
    pollutants = _names([numbered], "pollutant").categories
    stamp = pl.col("date").cast(pl.Int64) * 24 + pl.col("hour")
    series = pl.col("place").to_physical().cast(pl.Int64) * len(pollutants)
    series = series + pl.col("pollutant").to_physical()
    length = stamp.max() - stamp.min() + 2
    return numbered.with_columns(slot=series * length + stamp - stamp.min()).sort("slot")


def joined(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Hours of several files, whose columns of names are enumerations of each file's names."""
    names = {"place": _names(parts, "place"), "pollutant": _names(parts, "pollutant", OZONE_8H)}
    return pl.concat(part.cast(names) for part in parts)  # type: ignore[arg-type]


def _names(parts: Sequence[pl.DataFrame], column: str, *others: str) -> pl.Enum:
    """The names in a column of all parts, in order, as one enumeration."""
    names = {*others}
    for part in parts:
        dtype = part.schema[column]
        listed = dtype.categories if isinstance(dtype, pl.Enum) else part[column].unique()
        names |= {*listed.drop_nulls()}
    return pl.Enum(sorted(names))


def _file_of(file: Files, day: date) -> str | Path:
    return file[day] if isinstance(file, Mapping) else file


def _deduplicated(hours: pl.DataFrame, file: Files) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The ordered hours without exact repeats, and how many repeats each day had."""
    key = ["place", "date", "hour", "pollutant"]
    nothing = pl.DataFrame(
        schema={
            "place": hours.schema["place"],
            "date": pl.Date,
            "pollutant": hours.schema["pollutant"],
            "duplicate_hours": pl.Int64,
        }
    )
    if not (hours["slot"].diff() == 0).any():
        return hours, nothing
    counted = hours.group_by(*key, "slot").agg(
        pl.col("value").n_unique().alias("values"),
        pl.col("value").first(),
        (pl.len() - 1).alias("repeats"),
    )
    torn = counted.filter(pl.col("values") > 1).sort(key)
    if not torn.is_empty():
        first = torn.row(0, named=True)
        raise InputError(
            "An hour of a place is there twice with different values.",
            file=_file_of(file, first["date"]),
            row=f"{first['place']}, {first['date']} {first['hour']:02d}:00",
            column=first["pollutant"],
            found=f"{first['values']} values; {torn.height} such hours",
            expected="one value for each place, hour and pollutant",
            remedy="Remove the wrong one; a repeat of the same value is counted and left out.",
        )
    duplicates = (
        counted.filter(pl.col("repeats") > 0)
        .group_by("place", "date", "pollutant")
        .agg(duplicate_hours=pl.col("repeats").sum().cast(pl.Int64))
    )
    return counted.select(*key, "slot", "value").sort("slot"), duplicates


def _marked(hours: pl.DataFrame) -> pl.DataFrame:
    """The ordered hours with is_negative, is_stuck, is_beyond and is_valid."""
    value, slot = hours["value"].to_numpy(), hours["slot"].to_numpy()
    begins = np.ones(len(value), dtype=np.bool_)
    begins[1:] = (np.diff(slot) != 1) | (value[1:] != value[:-1])
    run_hours = np.diff(np.append(np.flatnonzero(begins), len(value)))
    names = _names([hours], "pollutant").categories
    of_hour = hours["pollutant"].to_physical().to_numpy()
    longest = np.array([STUCK_HOURS.get(name, 24) for name in names])[of_hour]
    highest = np.array([HIGHEST_UG_M3.get(name, np.inf) for name in names])[of_hour]
    is_negative, is_beyond = value < 0, value > highest
    is_stuck = (np.repeat(run_hours, run_hours) >= longest) & ~is_negative
    return hours.with_columns(
        is_negative=pl.Series(is_negative),
        is_beyond=pl.Series(is_beyond),
        is_stuck=pl.Series(is_stuck),
        is_valid=pl.Series(~(is_negative | is_stuck | is_beyond)),
    )


def _hours_by_day(marked: pl.DataFrame) -> pl.DataFrame:
    """How many hours each date has of each pollutant, and how many are odd, as ``Days.hours`` says."""
    beyond = pl.col("is_beyond")
    return (
        marked.group_by("date", "pollutant")
        .agg(
            hour_count=pl.len().cast(pl.Int64),
            zero_hours=(pl.col("value") == 0).sum().cast(pl.Int64),
            beyond_hours=beyond.sum().cast(pl.Int64),
            beyond_place=pl.col("place").filter(beyond).first().cast(pl.String),
            beyond_ug_m3=pl.col("value").filter(beyond).first(),
        )
        .with_columns(pl.col("pollutant").cast(pl.String))
        .sort("date", "pollutant")
    )


def tell_odd_hours(hours: pl.DataFrame, name: str) -> None:
    """Notes on hours beyond any air, which are left out, and on hours of exactly zero, which are kept.

    hours: ``Days.hours`` of all that was read.  name: of the file or files.
    """
    beyond = hours.filter(pl.col("beyond_hours") > 0).sort("date", "pollutant")
    if not beyond.is_empty():
        first = beyond.row(0, named=True)
        note(
            f"{beyond['beyond_hours'].sum():,} of {hours['hour_count'].sum():,} hours lie beyond any air and are"
            f" left out, the first {first['pollutant']} {first['beyond_ug_m3']:g} ug/m3 at {first['beyond_place']}"
            f" on {first['date']}",
            name,
        )
    by_pollutant = hours.group_by("pollutant").agg(pl.col("zero_hours", "hour_count").sum())
    odd = by_pollutant.filter(pl.col("zero_hours") > MOST_ZEROS * pl.col("hour_count"))
    for pollutant, zeros, count in odd.sort("pollutant").iter_rows():
        note(f"{pollutant}: {zeros:,} of {count:,} hours are exactly zero", name)


def _refuse_unit_change(hours: pl.DataFrame, file: Files) -> None:
    medians = (
        hours.filter(pl.col("value") > 0)
        .group_by("pollutant", "date", "hour")
        .agg(pl.col("value").median().alias("median"), pl.len().alias("places"))
        .filter(pl.col("places") >= _PLACES_OF_A_MEDIAN)
        .sort("pollutant", "date", "hour")
        .with_columns(before=pl.col("median").shift().over("pollutant"))
        .with_columns(factor=pl.col("median") / pl.col("before"))
        .filter(
            (pl.col("factor") >= UNIT_CHANGE_FACTOR) | (pl.col("factor") <= 1 / UNIT_CHANGE_FACTOR)
        )
    )
    if not medians.is_empty():
        first = medians.row(0, named=True)
        raise InputError(
            f"The unit of {first['pollutant']} changes within the file.",
            file=_file_of(file, first["date"]),
            row=f"{first['date']} {first['hour']:02d}:00",
            column=first["pollutant"],
            found=f"a median over places of {first['median']:.4g} after {first['before']:.4g} ug/m3",
            expected="one unit throughout",
            remedy="Bring the file into one unit, or download it again.",
        )


def _ozone_8h(marked: pl.DataFrame) -> pl.DataFrame:
    """The highest running 8-hour mean of ozone that ends at hour 7 to 23, 6 of 8 hours valid."""
    ozone = marked.filter((pl.col("pollutant") == "O3") & pl.col("is_valid"))
    begins = (pl.col("place") != pl.col("place").shift()) | (
        pl.col("date") != pl.col("date").shift()
    )
    days = ozone.filter(ozone.select(begins.fill_null(True)).to_series()).select("place", "date")
    row = ozone.select(begins.fill_null(True).cum_sum().cast(pl.Int64) - 1).to_series().to_numpy()
    hours = np.full((days.height, _HOURS_OF_A_DAY), np.nan)
    hours[row, ozone["hour"].to_numpy()] = ozone["value"].to_numpy()
    highest, count = _highest_running_mean(hours)
    return days.with_columns(
        pl.lit(OZONE_8H, ozone.schema["pollutant"]).alias("pollutant"),
        value_ug_m3=pl.Series(highest).fill_nan(None),
        hour_count=pl.Series(count, dtype=pl.Int64),
        negative_hours=pl.lit(0, pl.Int64),
        stuck_hours=pl.lit(0, pl.Int64),
        duplicate_hours=pl.lit(0, pl.Int64),
    )


def _highest_running_mean(
    hours: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Of each day, shape (n, 24), NaN where an hour is not valid: the highest mean, and how many there are."""
    highest, count = np.full(len(hours), np.nan), np.zeros(len(hours), dtype=np.int64)
    is_there = np.isfinite(hours)
    amounts = np.where(is_there, hours, 0.0)
    for end in range(_HOURS_OF_A_RUNNING_MEAN, _HOURS_OF_A_DAY + 1):
        window = slice(end - _HOURS_OF_A_RUNNING_MEAN, end)
        valid = is_there[:, window].sum(axis=1)
        is_mean = valid >= _VALID_HOURS_OF_A_RUNNING_MEAN
        means = amounts[:, window].sum(axis=1) / np.maximum(valid, 1)
        highest = np.where(is_mean, np.fmax(highest, means), highest)
        count += is_mean
    return highest, count
