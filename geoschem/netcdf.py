"""Emissions and masks as NetCDF, in the one form that HEMCO reads without a silent mistake.

NETCDF4_CLASSIC; (time, lat, lon); twelve months in days since 1 January; latitude ascending; float32 in
kg/m2/s; zero where nothing is emitted, and no fill values.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import netCDF4
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FLUX_UNITS = "kg/m2/s"
FORMAT: Final = "NETCDF4_CLASSIC"
MASK_VARIABLE = "MASK"


def write_fluxes(
    path: Path,
    longitude: Array,
    latitude: Array,
    year: int,
    fluxes: Mapping[str, Array],
    attributes: Mapping[str, str],
    *,
    variables: Mapping[str, Mapping[str, str]] | None = None,
    repeats_last: bool = False,
) -> None:
    """Write fluxes by variable, each (12, ny, nx) in kg/m2/s; the whole file or nothing.

    variables: attributes beside unit and name, by variable.  repeats_last: December again at the end of the year,
    for programs that know a month by the date that follows it.
    """
    with _Aside(path) as aside, netCDF4.Dataset(aside, "w", format=FORMAT) as file:
        days = [(date(year, month, 1) - date(year, 1, 1)).days for month in range(1, 13)]
        if repeats_last:
            days.append((date(year + 1, 1, 1) - date(year, 1, 1)).days)
        _axes(file, longitude, latitude, year, days)
        file.setncatts({"Conventions": "COARDS", **attributes})
        for name, flux in fluxes.items():
            shown = np.concatenate([flux, flux[-1:]]) if repeats_last else flux
            _variable(file, name, shown, FLUX_UNITS, f"emission flux {name}")
            file.variables[name].setncatts(dict((variables or {}).get(name, {})))


def write_mask(path: Path, longitude: Array, latitude: Array, mask: Array, title: str) -> None:
    """Write a mask of zeros and ones, (ny, nx), dated 1 January 2000 as HEMCO's own masks are."""
    with _Aside(path) as aside, netCDF4.Dataset(aside, "w", format=FORMAT) as file:
        _axes(file, longitude, latitude, 2000, [0])
        file.setncatts({"Conventions": "COARDS", "title": title})
        _variable(file, MASK_VARIABLE, mask[None], "1", "one where our emissions stand")


def _axes(file: Any, longitude: Array, latitude: Array, year: int, days: list[int]) -> None:
    for name, size in (("time", None), ("lat", latitude.size), ("lon", longitude.size)):
        file.createDimension(name, size)
    time = file.createVariable("time", "f8", ("time",))
    time.setncatts(
        {
            "units": f"days since {year}-01-01 00:00:00",
            "calendar": "standard",
            "long_name": "time",
            "axis": "T",
        }
    )
    time[:] = np.asarray(days, dtype=np.float64)
    for name, values, units, axis, long_name in (
        ("lat", latitude, "degrees_north", "Y", "latitude"),
        ("lon", longitude, "degrees_east", "X", "longitude"),
    ):
        variable = file.createVariable(name, "f8", (name,))
        variable.setncatts({"units": units, "axis": axis, "long_name": long_name})
        variable[:] = values


def _variable(file: Any, name: str, values: Array, units: str, long_name: str) -> None:
    variable = file.createVariable(
        name, "f4", ("time", "lat", "lon"), zlib=True, complevel=1, fill_value=False
    )
    variable.setncatts({"units": units, "long_name": long_name})
    variable[:] = values.astype(np.float32)


class _Aside:
    """A path beside the wanted one, moved into place when all went well."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._aside = path.with_name(f".{path.name}.tmp")

    def __enter__(self) -> Path:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return self._aside

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._aside.replace(self._path)
        else:
            self._aside.unlink(missing_ok=True)
