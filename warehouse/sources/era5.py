"""ERA5 hourly single levels as NetCDF: weather at grid points, by Beijing day.

NetCDF of every kind and the store's ZIP archives. Variables as the Climate Data Store names them; times are
UTC. Every grid point becomes a place; which city it stands for is decided by distance in SQL. The forms of
download and what becomes of each: docs/weather_files.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from warehouse.errors import InputError
from warehouse.sources.base import Publication, Reader
from warehouse.sources.notes import note
from warehouse.sources.weather_decoding import files, record
from warehouse.sources.weather_decoding.averages import Means, daily, remark
from warehouse.sources.weather_decoding.field import Field
from warehouse.sources.weather_decoding.files import recognises
from warehouse.sources.weather_decoding.join import by_grid, joined
from warehouse.sources.weather_decoding.precipitation import as_rate
from warehouse.sources.weather_decoding.variables import ERA5

NAME = "era5"
_SHARED_TOLERANCE = 1e-3
"""Of a value: grids of two downloads that share a point were packed apart."""
# Quantity: variable of the role, factor, offset.
_VARIABLES = {
    "air_temperature": ("temperature_c", 1.0, -273.15),
    "dew_point": ("dew_point_c", 1.0, -273.15),
    "eastward_wind": ("wind_u_m_s", 1.0, 0.0),
    "northward_wind": ("wind_v_m_s", 1.0, 0.0),
    "surface_pressure": ("pressure_hpa", 0.01, 0.0),
    "mixing_height": ("boundary_layer_height_m", 1.0, 0.0),
    "precipitation": ("precipitation_mm", 1.0, 0.0),
}

PUBLICATION = Publication(
    producer="ECMWF, Copernicus Climate Change Service",
    title="ERA5 hourly data on single levels from 1940 to present",
    citation=(
        "Hersbach, H. et al. (2020): The ERA5 global reanalysis. Quarterly Journal of the Royal "
        "Meteorological Society 146, 1999-2049. doi:10.1002/qj.3803"
    ),
    licence="CC BY 4.0",
    terms_of_use="Cite Hersbach et al. (2020) and the Copernicus Climate Change Service.",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Daily weather of every grid point; only days that have all their times in Beijing time.

    Notes days and points that are left out.  Raises InputError for a file that is not NetCDF, lacks time,
    coordinates or every variable, and as the modules of weather_decoding do.
    """
    found = files.fields(paths, ERA5)
    if not found:
        raise InputError(
            "The file has none of the variables.",
            file=", ".join(str(path) for path in paths) or None,
            found="none that is known",
            expected=", ".join(ERA5),
            remedy="Download 2 m temperature and dew point, 10 m wind, surface pressure, ...",
        )
    tables = []
    means: dict[str, Means] = {}
    for quantity in _VARIABLES:
        of_it = [field for field in found if field.quantity == quantity]
        for place, fields in enumerate(by_grid(of_it), start=1):
            field = joined(fields)
            days = daily(as_rate(field) if quantity == "precipitation" else field)
            means[quantity if place == 1 else f"{quantity}, area {place}"] = days
            tables.append(_table(quantity, field, days))
    remark(means)
    long = _once(pl.concat(tables))
    return long.select(
        pl.lit("point").alias("place_kind"), "place", "date", "variable", "value"
    ).sort("place", "date", "variable")


def _table(quantity: str, field: Field, means: Means) -> pl.DataFrame:
    """Means of the days by place, without missing ones; notes points that lack some."""
    variable, factor, offset = _VARIABLES[quantity]
    gaps = ~np.isfinite(means.values)
    if gaps.any():
        nowhere = int(gaps.all(axis=0).sum())
        note(
            f"{field.name}: {int(gaps.sum()):,} of {gaps.size:,} means of a day and point have missing times "
            f"and are left out; {nowhere:,} of {gaps[0].size:,} points have none (ERA5-Land has no sea)"
        )
    places = [_place(y, x) for y in means.latitude for x in means.longitude]
    return (
        pl.DataFrame(
            {
                "place": np.tile(np.array(places), means.starts.size),
                "date": np.repeat(means.starts.astype("datetime64[D]"), len(places)),
                "variable": np.full(means.values.size, variable),
                "value": means.values.ravel().astype(np.float64) * factor + offset,
            }
        )
        .with_columns(pl.col("date").cast(pl.Date))
        .filter(pl.col("value").is_finite())
    )


def _once(table: pl.DataFrame) -> pl.DataFrame:
    """Every place, day and variable once. Raises InputError where grids that share a point differ there."""
    key = ["place", "date", "variable"]
    spread = table.group_by(key).agg(
        pl.col("value").first(),
        (pl.col("value").max() - pl.col("value").min()).alias("gap"),
        pl.col("value").abs().max().alias("size"),
    )
    differing = spread.filter(pl.col("gap") > _SHARED_TOLERANCE * pl.col("size").clip(1.0)).sort(
        key
    )
    if differing.is_empty():
        return spread.select(*key, "value")
    place, date, variable, _, gap, _ = differing.row(0)
    raise InputError(
        "Files of different areas share a point, and differ there.",
        column=variable,
        found=f"{place} on {date}: apart by {gap:g}",
        expected="the same value",
        remedy="Keep the files of one download.",
    )


def conversions(paths: Sequence[Path]) -> tuple[str, ...]:
    """Units that ``read`` converts, one line each."""
    return record.units(paths, ERA5)


def _place(latitude: float, longitude: float) -> str:
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.3f}{north}_{abs(longitude):.3f}{east}"


READER = Reader(
    name=NAME,
    roles=("weather_observation",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
    conversions=conversions,
)
