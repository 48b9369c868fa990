"""ERA5 hourly single levels as NetCDF: weather at grid points, by Beijing day.

Classic NetCDF and NetCDF-4, packed or not. Variables as the Climate Data Store names them; times are
UTC. Every grid point becomes a place; which city it stands for is decided by distance in SQL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.sources.base import Publication, Reader, broken, first_bytes, readable

NAME = "era5"
_KELVIN = 273.15
# Short name: variable, factor, offset.
_VARIABLES = {
    "t2m": ("temperature_c", 1.0, -_KELVIN),
    "d2m": ("dew_point_c", 1.0, -_KELVIN),
    "u10": ("wind_u_m_s", 1.0, 0.0),
    "v10": ("wind_v_m_s", 1.0, 0.0),
    "sp": ("pressure_hpa", 0.01, 0.0),
    "blh": ("boundary_layer_height_m", 1.0, 0.0),
    "tp": ("precipitation_mm", 1000.0, 0.0),
}
_SUMMED = "tp"
_TIMES, _LATITUDES, _LONGITUDES = ("valid_time", "time"), ("latitude", "lat"), ("longitude", "lon")
_SINCE = re.compile(r"(seconds|minutes|hours|days) since (\d{4})-(\d{1,2})-(\d{1,2})")
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_BEIJING_SECONDS = 8 * 3600
_FULL_DAY_HOURS = 24
_HDF5, _CLASSIC = b"\x89HDF", b"CDF"

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


@dataclass(frozen=True)
class _Array:
    """A variable of the file: numbers (missing is NaN), its dimensions, its attributes."""

    values: NDArray[np.float64]
    dimensions: tuple[str, ...]
    attributes: Mapping[str, Any]


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Daily weather of every grid point; only days with all 24 hours in Beijing time.

    Raises InputError for a file that is not NetCDF, or lacks time, coordinates or every variable.
    """
    hours = pl.concat([_hours(path) for path in sorted(paths)], how="diagonal")
    names = [name for name in _VARIABLES if name in hours.columns]
    days = hours.group_by("place", "date").agg(
        *(
            (pl.col(name).sum() if name == _SUMMED else pl.col(name).mean()).alias(
                _VARIABLES[name][0]
            )
            for name in names
        ),
        pl.len().alias("hours"),
    )
    whole = days.filter(pl.col("hours") >= _FULL_DAY_HOURS).drop("hours")
    long = whole.unpivot(index=["place", "date"], variable_name="variable")
    return (
        long.filter(pl.col("value").is_finite())
        .select(pl.lit("point").alias("place_kind"), "place", "date", "variable", "value")
        .sort("place", "date", "variable")
    )


def recognises(path: Path) -> bool:
    """NetCDF, classic or NetCDF-4."""
    return path.is_file() and first_bytes(path, 4).startswith((_HDF5, _CLASSIC))


def _hours(path: Path) -> pl.DataFrame:
    arrays = _arrays(readable(path))
    time_name = _first(path, arrays, _TIMES)
    latitude_name, longitude_name = (
        _first(path, arrays, names) for names in (_LATITUDES, _LONGITUDES)
    )
    present = [name for name in _VARIABLES if name in arrays]
    if not present:
        raise InputError(
            "The file has none of the variables.",
            file=path,
            found=", ".join(arrays),
            expected=", ".join(_VARIABLES),
            remedy="Download 2 m temperature and dew point, 10 m wind, surface pressure, ...",
        )
    days = _beijing_days(path, arrays[time_name])
    latitude, longitude = arrays[latitude_name].values, arrays[longitude_name].values
    order = (time_name, latitude_name, longitude_name)
    places = [_place(y, x) for y in np.atleast_1d(latitude) for x in np.atleast_1d(longitude)]
    columns: dict[str, Any] = {
        "place": np.tile(np.array(places), len(days)),
        "date": np.repeat(days, len(places)),
    }
    for name in present:
        _, factor, offset = _VARIABLES[name]
        columns[name] = _ordered(path, name, arrays[name], order).ravel() * factor + offset
    return pl.DataFrame(columns).with_columns(pl.col("date").cast(pl.Date))


def _ordered(path: Path, name: str, array: _Array, order: tuple[str, ...]) -> NDArray[np.float64]:
    """The values as (time, latitude, longitude); a dimension of one more (an ensemble) is dropped."""
    extra = [
        place
        for place, size in enumerate(array.values.shape)
        if array.dimensions[place] not in order
    ]
    if any(array.values.shape[place] != 1 for place in extra):
        raise InputError(
            "A variable has a dimension more than time, latitude and longitude.",
            file=path,
            column=name,
            found=", ".join(array.dimensions),
            expected=", ".join(order),
            remedy="Download one product type (reanalysis) alone.",
        )
    values = np.squeeze(array.values, axis=tuple(extra))
    left = [dimension for dimension in array.dimensions if dimension in order]
    return np.transpose(values, [left.index(dimension) for dimension in order])


def _place(latitude: float, longitude: float) -> str:
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.3f}{north}_{abs(longitude):.3f}{east}"


def _beijing_days(path: Path, time: _Array) -> NDArray[np.datetime64]:
    units = _text(time.attributes.get("units", ""))
    match = _SINCE.match(units)
    if match is None:
        raise InputError(
            "The times have no unit.",
            file=path,
            column="time",
            found=repr(units),
            expected="hours since 1900-01-01",
            remedy="Download the file again.",
        )
    start = np.datetime64(f"{match[2]}-{int(match[3]):02d}-{int(match[4]):02d}", "s")
    seconds = np.round(time.values * _SECONDS[match[1]]).astype(np.int64) + _BEIJING_SECONDS
    return (start + seconds.astype("timedelta64[s]")).astype("datetime64[D]")


def _first(path: Path, arrays: Mapping[str, _Array], names: Sequence[str]) -> str:
    for name in names:
        if name in arrays:
            return name
    raise InputError(
        "The file lacks a coordinate.",
        file=path,
        found=", ".join(arrays),
        expected=" or ".join(names),
        remedy="Download the file again as NetCDF.",
    )


def _arrays(path: Path) -> dict[str, _Array]:
    try:
        return _hdf5(path) if first_bytes(path, 4) == _HDF5 else _classic(path)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise broken(path, "NetCDF", error) from error


def _classic(path: Path) -> dict[str, _Array]:
    from scipy.io import netcdf_file

    with netcdf_file(str(path), mmap=False) as file:
        return {
            name: _unpacked(variable.data, variable.dimensions, vars(variable)["_attributes"])
            for name, variable in file.variables.items()
            if np.issubdtype(variable.data.dtype, np.number)
        }


def _hdf5(path: Path) -> dict[str, _Array]:
    import h5py

    with h5py.File(path, "r") as file:
        return {
            name: _unpacked(
                dataset[()],
                tuple(
                    dimension[0].name.rpartition("/")[2] if len(dimension) else name
                    for dimension in dataset.dims
                ),
                dict(dataset.attrs),
            )
            for name, dataset in file.items()
            if isinstance(dataset, h5py.Dataset) and np.issubdtype(dataset.dtype, np.number)
        }


def _unpacked(data: Any, dimensions: Sequence[str], attributes: Mapping[str, Any]) -> _Array:
    raw = np.asarray(data, dtype=np.float64)
    values = raw.copy()
    for name in ("_FillValue", "missing_value"):
        if name in attributes:
            values[raw == float(np.ravel(attributes[name])[0])] = np.nan
    factor = float(np.ravel(attributes.get("scale_factor", 1.0))[0])
    offset = float(np.ravel(attributes.get("add_offset", 0.0))[0])
    return _Array(values * factor + offset, tuple(dimensions), attributes)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


READER = Reader(
    name=NAME,
    roles=("weather_observation",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)
