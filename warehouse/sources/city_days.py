"""PM2.5 of 183 Chinese cities by day, 2014 to 2016, as the R package SpTe2M brings them (``pm25_dat.rda``).

Columns Year, Time (day of a year of 365 days, divided by 365), Long, Lat, City, PM2.5 (ug/m3): means of the
stations of a city.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.air_contracts import HIGHEST_UG_M3
from warehouse.air_levels import LOWEST_MEDIAN_UG_M3
from warehouse.contracts import CONTRACTS
from warehouse.errors import InputError
from warehouse.sources.base import Publication, Reader, broken, first_bytes, readable, single_file
from warehouse.sources.days_told import tell_constant
from warehouse.sources.notes import note

NAME = "city_days"
COLUMNS = ("Year", "Time", "Long", "Lat", "City", "PM2.5")
_DAYS = 365
_R_STARTS = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"RDX")

MISPLACED = {
    "Changzhi": (113.1, 36.2),
    "Haikou": (110.3, 20.0),
    "Jining": (116.6, 35.4),
    "Luoyang": (112.4, 34.6),
    "Rongcheng": (122.4, 37.1),
    "Taizhou": (121.4, 28.7),
    "Zhaoyuan": (120.4, 37.3),
}
"""Cities whose given coordinates are those of a namesake or wrong: where they lie, degrees east and north.

Found by the days themselves: each goes with cities near the place here and not with those near the given
one (Haikou with Beihai, not Kunming; Luoyang with Zhengzhou, not Shenzhen). tests/warehouse repeats it.
"""

PUBLICATION = Publication(
    producer="China National Environmental Monitoring Centre; package SpTe2M (CRAN)",
    title="Daily PM2.5 of 183 cities, 2014-2016",
    citation="R package SpTe2M 1.0.3: data set pm25_dat",
    licence="GPL (>= 3), as the package",
    terms_of_use="Not bundled; put the file into the landing folder.",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Monthly means by city. Raises InputError for another file or a damaged one."""
    import pyreadr

    path = single_file(paths, NAME)
    try:
        frames = pyreadr.read_r(str(readable(path)))
    except (OSError, ValueError, pyreadr.LibrdataError) as error:
        raise broken(path, "R data", error) from error
    frame = next(iter(frames.values()), None)
    if frame is None or not set(COLUMNS) <= set(frame.columns):
        raise InputError(
            "The data set is not that of the cities' days.",
            file=path,
            found=", ".join(map(str, [] if frame is None else frame.columns)) or "nothing",
            expected=", ".join(COLUMNS),
            remedy="Take pm25_dat.rda of the package SpTe2M.",
        )
    try:
        days = pl.DataFrame(
            {
                name: frame[name].astype(str if name == "City" else float).to_numpy()
                for name in COLUMNS
            }
        )
    except ValueError as error:  # a text among the figures
        raise broken(path, "R data of figures", error) from error
    _judge(days, path)
    day = (pl.col("Time") * _DAYS).round().cast(pl.Int64) - 1
    month = pl.date(2015, 1, 1).dt.offset_by(pl.format("{}d", day)).dt.month()  # a year of 365 days
    monthly = (
        days.filter(pl.col("PM2.5").is_finite())
        .with_columns(month.cast(pl.Int64).alias("month"))
        .group_by("City", "Year", "month")
        .agg(pl.col("Long", "Lat").first(), pl.col("PM2.5").mean())
    )
    monthly = _put_right(monthly, path)
    return monthly.select(
        pl.col("City").alias("place"),
        pl.col("Long").alias("longitude"),
        pl.col("Lat").alias("latitude"),
        pl.lit("PM2.5").alias("pollutant"),
        pl.col("Year").cast(pl.Int64).alias("source_year"),
        "month",
        pl.col("PM2.5").alias("concentration_ug_m3"),
    ).sort(CONTRACTS[role].key)


def _judge(days: pl.DataFrame, path: Path) -> None:
    """Raise InputError for figures that no city has in ug/m3; note days that are missing, zero, or all alike."""
    value = pl.col("PM2.5")
    highest, median = HIGHEST_UG_M3["PM2.5"], LOWEST_MEDIAN_UG_M3["PM2.5"]
    known = days.filter(value.is_not_nan())
    wrong = known.filter((value < 0) | (value > highest))
    usual = known.filter(value > 0).select(value.median().fill_null(median)).item()
    if not wrong.is_empty() or usual < median:
        first = wrong.row(0, named=True) if not wrong.is_empty() else {}
        raise InputError(
            "A mean of PM2.5 is in another unit, or stands for a missing day.",
            file=path,
            row=f"{first['City']}, {first['Year']:.0f}" if first else None,
            column="PM2.5",
            found=f"{first['PM2.5']:g}" if first else f"a median of {usual:g}",
            expected=f"zero to {highest:,.0f} ug/m3, a median of at least {median:g}",
            remedy="Take pm25_dat.rda of the package SpTe2M unchanged.",
        )
    series = days.group_by("City", "Year").agg(value.is_not_nan().sum().alias("days"))
    short = series.filter(pl.col("days") < _DAYS).sort("Year", "City")
    if not short.is_empty():
        city, year, count = short.row(0)
        note(
            f"{short.height} of {series.height} years of cities have days missing, the first {city} {year:.0f} "
            f"({count} days)",
            path.name,
        )
    lost = days["City"].n_unique() * days["Year"].n_unique() - series.height
    if lost:
        note(f"{lost} years of cities are missing that others have", path.name)
    zeros = known.filter(value == 0).group_by("Year").len().sort("Year").rows()
    if zeros:
        told = ", ".join(f"{count:,} in {year:.0f}" for year, count in zeros)
        note(f"days of zero, which no city's mean is, lower the means: {told}", path.name)
    tell_constant(path, known.select(place="City", pollutant=pl.lit("PM2.5"), value="PM2.5"))


def _put_right(monthly: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Misplaced cities where they lie, with a note."""
    moved = sorted(set(MISPLACED) & set(monthly["City"]))
    if moved:
        note(f"{path.name}: coordinates of namesakes put right: {', '.join(moved)}")
    east, north = ({city: place[axis] for city, place in MISPLACED.items()} for axis in (0, 1))
    return monthly.with_columns(
        pl.col("City").replace_strict(east, default=pl.col("Long")).alias("Long"),
        pl.col("City").replace_strict(north, default=pl.col("Lat")).alias("Lat"),
    )


def recognises(path: Path) -> bool:
    """An R data file of days of PM2.5."""
    start = first_bytes(path, 6)
    return "pm25_dat" in path.name and path.suffix == ".rda" and start.startswith(_R_STARTS)


READER = Reader(
    name=NAME,
    roles=("evaluation_place",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    vintage_year=2016,
)
