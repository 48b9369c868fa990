"""City-day values as CREA keeps them: R data with region_id, poll, date (UTC of local midnight), value."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from warehouse.archives import first_unpacked
from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.sources.base import Publication, Reader, broken, readable, single_file
from warehouse.sources.days_told import tell_constant, tell_negative

NAME = "crea_city"
_COLUMNS = ("date", "poll", "unit", "region_id", "value")
_POLLUTANTS = {"pm25": "PM2.5", "pm10": "PM10", "no2": "NO2", "so2": "SO2", "o3": "O3", "co": "CO"}
_UNIT = "µg/m3"
_BEIJING = "8h"
# A repeat that differs in the last digits of a float is the same value.
_SAME = 1e-9

PUBLICATION = Publication(
    producer="Centre for Research on Energy and Clean Air (CREA)",
    title="City-day air quality (from the stations of the environment ministry)",
    citation="Centre for Research on Energy and Clean Air, energyandcleanair.org.",
    licence="Not stated",
    terms_of_use="Name CREA and the environment ministry (MEE).",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Daily city means. A day that is there twice has duplicate_hours 24; when its values differ,
    none of its hours is valid (hour_count 0), so that it counts as missing.

    Raises InputError for other columns or another unit.
    """
    path = single_file(paths, NAME)
    frame = _table(path)
    wrong = [unit for unit in frame["unit"].unique().to_list() if unit != _UNIT]
    if wrong:
        raise InputError(
            "A value is in another unit.",
            file=path,
            column="unit",
            found=repr(wrong[0]),
            expected=_UNIT,
            remedy="Leave rows of other processes out.",
        )
    key = ["place", "date", "pollutant"]
    rows = (
        frame.filter(pl.col("poll").is_in(list(_POLLUTANTS)) & pl.col("value").is_not_null())
        .select(
            pl.col("region_id").alias("place"),
            pl.col("date").dt.offset_by(_BEIJING).dt.date().alias("date"),
            pl.col("poll").replace_strict(_POLLUTANTS).alias("pollutant"),
            "value",
        )
        .group_by(key)
        .agg(
            pl.col("value").first(),
            (pl.col("value").max() - pl.col("value").min()).alias("spread"),
            pl.len().alias("n"),
        )
        .sort(key)
    )
    tell_constant(path, rows)
    tell_negative(path, rows)
    is_torn = pl.col("spread") > _SAME * pl.col("value").abs()
    return rows.select(
        pl.lit("city").alias("place_kind"),
        *key,
        pl.col("value").alias("value_ug_m3"),
        pl.lit("daily").alias("time_basis"),
        pl.when(is_torn).then(0).otherwise(24).cast(pl.Int64).alias("hour_count"),
        pl.lit(0, pl.Int64).alias("negative_hours"),
        pl.lit(0, pl.Int64).alias("stuck_hours"),
        pl.when(pl.col("n") > 1).then(24).otherwise(0).cast(pl.Int64).alias("duplicate_hours"),
    )


def recognises(path: Path) -> bool:
    """An R data file that names the columns near its beginning."""
    if path.suffix.lower() != ".rds":
        return False
    content = first_unpacked(path, 1 << 20)
    return b"mee" in content or b"pm25" in content or content.startswith(b"X\n")


def _table(path: Path) -> pl.DataFrame:
    import pyreadr

    try:
        frame = next(iter(pyreadr.read_r(str(readable(path))).values()))
    except (*UNPACKING, pyreadr.PyreadrError, pyreadr.LibrdataError, StopIteration) as error:
        raise broken(path, "R data (RDS)", error) from error
    missing = [name for name in _COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(
            "The table lacks columns.",
            file=path,
            row="heading",
            column=", ".join(missing),
            found=", ".join(frame.columns),
            expected=", ".join(_COLUMNS),
            remedy="Bring the measurements as CREA's interface gives them.",
        )
    table = pl.from_pandas(frame[list(_COLUMNS)]).with_columns(
        pl.col(pl.Categorical, pl.Enum).cast(pl.String)  # R's factors
    )
    try:
        table = table.with_columns(pl.col("value").cast(pl.Float64))
        if table["date"].dtype == pl.String:
            table = table.with_columns(pl.col("date").str.to_datetime())
        return table.with_columns(pl.col("date").cast(pl.Datetime("us")))
    except PolarsError as error:
        raise broken(
            path, "R data whose dates are times and whose values are figures", error
        ) from error


READER = Reader(
    name=NAME,
    roles=("observation",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)
