"""Small weather files in the forms that stores deliver; a test computes their values by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

EPOCH = np.datetime64("1970-01-01T00:00:00")
LATITUDES, LONGITUDES = (40.0, 39.75), (116.25, 116.5)
ASIA = (np.arange(60.0, 9.0, -5.0), np.arange(60.0, 151.0, 5.0))


def hours(start: str, count: int, step: int = 1) -> np.ndarray:
    """Moments, hourly or a step of hours apart."""
    return np.datetime64(start, "s") + np.arange(count) * np.timedelta64(step * 3600, "s")


def months(year: int) -> np.ndarray:
    """The first of every month."""
    return np.array([f"{year}-{month:02d}-01T00:00:00" for month in range(1, 13)], "datetime64[s]")


def write(
    path: Path,
    moments: np.ndarray,
    fields: Mapping[str, tuple[Any, str]],
    *,
    time: str = "valid_time",
    time_units: str = "seconds since 1970-01-01",
    form: str = "NETCDF4",
    grid: tuple[Any, Any] = (LATITUDES, LONGITUDES),
    names: tuple[str, str] = ("latitude", "longitude"),
    extra: Mapping[str, Any] | None = None,
    attributes: Mapping[str, str] | None = None,
) -> Path:
    """A file of fields by name: values by time (or by time and the extra dimension) and unit.

    extra: a dimension between time and latitude, with its coordinate.  attributes: of every field.
    """
    extra = extra or {}
    with netCDF4.Dataset(path, "w", format=form) as file:
        sizes = {time: len(moments), **{name: len(one) for name, one in extra.items()}}
        sizes |= dict(zip(names, map(len, grid), strict=True))
        for name, size in sizes.items():
            file.createDimension(name, size)
        clock = file.createVariable(time, "f8", (time,))
        seconds = (moments - EPOCH) / np.timedelta64(1, "s")
        clock.units = time_units
        clock[:] = (
            seconds
            if time_units.startswith("seconds since 1970")
            else moments_in(moments, time_units)
        )
        for name, values in extra.items():
            file.createVariable(name, "i4", (name,))[:] = values
        for name, values in zip(names, grid, strict=True):
            axis = file.createVariable(name, "f8", (name,))
            axis.units = {"lat": "degrees_north", "lon": "degrees_east"}[name[:3]]
            axis[:] = values
        for name, (values, units) in fields.items():
            dims = tuple(sizes)
            variable = file.createVariable(name, "f4", dims, fill_value=np.float32(np.nan))
            variable.setncatts({"units": units, **(attributes or {})})
            array = np.asarray(values, dtype="f4")
            while array.ndim < len(dims):
                array = array[..., None]
            variable[:] = np.broadcast_to(array, tuple(sizes.values()))
    return path


def moments_in(moments: np.ndarray, units: str) -> np.ndarray:
    """Moments as numbers of a unit of time."""
    return np.asarray(netCDF4.date2num(moments.astype("datetime64[us]").astype(object), units))
