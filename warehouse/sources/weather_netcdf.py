"""Monthly weather from NetCDF files of ERA5, MERRA-2 and GEOS-FP, as their publishers write them.

Known by the names of variables, not by the file's name. ERA5 monthly means (Climate Data Store): u10, v10,
t2m, d2m, blh, tp. MERRA-2 (tavgM_2d_slv_Nx, tavgM_2d_flx_Nx): U10M, V10M, T2M, QV2M, PS, PBLH, PRECTOTCORR.
GEOS-FP (tavg1_2d_slv_Nx, tavg1_2d_flx_Nx, or GEOS-Chem's A1 files): U10M, V10M, T2M, QV2M, PS, PBLH, PRECTOT.
Several files together fill the role; times are averaged by month, so daily or hourly files do too.

Longitude 0 to 360, descending latitude and known other units are converted; an unknown unit, a gap over
China or a month without data is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.sources.base import Publication, Reader, broken, first_bytes, readable

NAME = "weather_netcdf"
Field = NDArray[np.float64]
MARGIN_DEGREES = 3.0
WEST, EAST, SOUTH, NORTH = 69.8, 139.9, 14.8, 54.9
_SECONDS_PER_DAY = 86_400.0

PUBLICATION = Publication(
    producer="ECMWF (ERA5) or NASA GMAO (MERRA-2, GEOS-FP), as the files say",
    title="Monthly weather on a regular grid",
    citation=(
        "ERA5: Hersbach, H. et al. (2020), doi:10.1002/qj.3803; MERRA-2: Gelaro, R. et al. (2017), "
        "doi:10.1175/JCLI-D-16-0758.1; GEOS-FP: Lucchesi, R. (2018), GMAO Office Note 4"
    ),
    licence="ERA5: Copernicus licence; MERRA-2 and GEOS-FP: open (NASA)",
    terms_of_use="Cite the data set used.",
)


@dataclass(frozen=True)
class _Known:
    """A publisher's variable: what it is, and factor and offset by unit."""

    quantity: str
    units: Mapping[str, tuple[float, float]]


_SPEED = {
    "m s**-1": (1.0, 0.0),
    "m s-1": (1.0, 0.0),
    "m/s": (1.0, 0.0),
    "km/h": (1 / 3.6, 0.0),
    "km h-1": (1 / 3.6, 0.0),
}
_KELVIN = {"K": (1.0, 0.0), "degC": (1.0, 273.15), "C": (1.0, 273.15), "Celsius": (1.0, 273.15)}
_METRES = {"m": (1.0, 0.0), "km": (1000.0, 0.0)}
_RAIN = {
    "kg m-2 s-1": (_SECONDS_PER_DAY, 0.0),
    "kg m**-2 s**-1": (_SECONDS_PER_DAY, 0.0),
    "m": (1000.0, 0.0),  # ERA5 monthly means of daily sums: metres a day
    "mm/day": (1.0, 0.0),
    "mm day-1": (1.0, 0.0),
}
_PRESSURE = {"Pa": (1.0, 0.0), "hPa": (100.0, 0.0)}
_RATIO = {"kg kg-1": (1.0, 0.0), "1": (1.0, 0.0)}
_PERCENT = {"%": (1.0, 0.0), "1": (100.0, 0.0)}
KNOWN: Mapping[str, _Known] = {
    **dict.fromkeys(("u10", "U10M", "eastward_wind"), _Known("eastward_wind", _SPEED)),
    **dict.fromkeys(("v10", "V10M", "northward_wind"), _Known("northward_wind", _SPEED)),
    **dict.fromkeys(("t2m", "T2M", "air_temperature"), _Known("air_temperature", _KELVIN)),
    "d2m": _Known("dew_point", _KELVIN),
    "QV2M": _Known("humidity_ratio", _RATIO),
    "PS": _Known("surface_pressure", _PRESSURE),
    "relative_humidity": _Known("relative_humidity", _PERCENT),
    **dict.fromkeys(("blh", "PBLH"), _Known("mixing_height", _METRES)),
    **dict.fromkeys(("tp", "PRECTOT", "PRECTOTCORR"), _Known("precipitation", _RAIN)),
}
_AXES = {
    "longitude": ("longitude", "lon"),
    "latitude": ("latitude", "lat"),
    "time": ("valid_time", "time"),
}


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """The role's variables by month on the files' own grid, cut to China and a margin.

    Raises InputError for a damaged file, a missing axis, an unknown unit, a value missing over China.
    """
    fields: dict[str, Any] = {}
    for path in paths:
        for quantity, field in _fields(readable(path)).items():
            fields[quantity] = field if quantity not in fields else _joined(fields[quantity], field)
    if not fields:
        raise InputError(
            "No file holds a variable of the weather that we know.",
            file=", ".join(str(path) for path in paths) or None,
            found="none",
            expected=", ".join(KNOWN),
            remedy="Take the publisher's monthly files with wind, temperature and humidity.",
        )
    monthly = {name: field.groupby("time.month").mean("time") for name, field in fields.items()}
    if "relative_humidity" not in monthly and "air_temperature" in monthly:
        humidity = _relative_humidity(monthly)
        if humidity is not None:
            monthly["relative_humidity"] = humidity
    wanted = ("eastward_wind", "northward_wind", "air_temperature", "relative_humidity")
    extra = ("mixing_height", "precipitation")
    frames = [_table(name, monthly[name]) for name in (*wanted, *extra) if name in monthly]
    return pl.concat(frames)


def recognises(path: Path) -> bool:
    """NetCDF 3 or 4 by its first bytes."""
    start = first_bytes(path, 8)
    return start.startswith((b"CDF\x01", b"CDF\x02", b"CDF\x05", b"\x89HDF\r\n\x1a\n"))


def conversions(paths: Sequence[Path]) -> tuple[str, ...]:
    """What ``read`` converts in these files, one line each: units, longitudes, the order of latitudes."""
    import xarray

    notes: dict[str, None] = {}  # in order, each once
    for path in paths:
        with xarray.open_dataset(path) as data:
            for name in map(str, data.data_vars):
                unit = str(data[name].attrs.get("units", "")).strip()
                factor, offset = (
                    KNOWN[name].units.get(unit, (1.0, 0.0)) if name in KNOWN else (1, 0)
                )
                if (factor, offset) != (1.0, 0.0):
                    shift = f" {offset:+g}" if offset else ""
                    notes[f"{name}: {unit} x {factor:.6g}{shift}"] = None
            for spelling in _AXES["longitude"]:
                if spelling in data.coords and float(data[spelling].max()) > 180:
                    notes["longitude 0 to 360 turned to -180 to 180"] = None
            for spelling in _AXES["latitude"]:
                if spelling in data.coords and float(data[spelling][0]) > float(data[spelling][-1]):
                    notes["latitude turned to ascend"] = None
    return tuple(notes)


def _fields(path: Path) -> dict[str, Any]:
    """Known variables of a file, in our units, on ascending axes, cut to China and a margin."""
    import xarray

    try:
        with xarray.open_dataset(path) as data:
            found = {name: data[name].load() for name in data.data_vars if str(name) in KNOWN}
    except (OSError, ValueError, RuntimeError) as error:
        raise broken(path, "NetCDF", error) from error
    return {
        KNOWN[str(name)].quantity: _tidied(field, str(name), path) for name, field in found.items()
    }


def _tidied(field: Any, name: str, path: Path) -> Any:
    axes = {}
    for axis, spellings in _AXES.items():
        present = [spelling for spelling in spellings if spelling in field.coords]
        if not present:
            raise InputError(
                f"Variable {name} has no {axis}.",
                file=path,
                column=name,
                found=", ".join(str(dimension) for dimension in field.dims),
                expected=" or ".join(spellings),
                remedy="Take the publisher's file unchanged.",
            )
        axes[present[0]] = axis
    field = field.rename({old: new for old, new in axes.items() if old != new})
    if "time" not in field.dims:
        field = field.expand_dims("time")
    unit = str(field.attrs.get("units", "")).strip()
    if unit not in KNOWN[name].units:
        raise InputError(
            f"The unit of {name} is not known.",
            file=path,
            column=name,
            found=unit or "no unit",
            expected=" or ".join(KNOWN[name].units),
            remedy="Write the unit the values are in into the variable's attribute `units`.",
        )
    factor, offset = KNOWN[name].units[unit]
    field = field * factor + offset
    field = field.assign_coords(longitude=(field["longitude"] + 180.0) % 360.0 - 180.0)
    field = field.sortby("longitude").sortby("latitude")
    cut = field.sel(
        longitude=slice(WEST - MARGIN_DEGREES, EAST + MARGIN_DEGREES),
        latitude=slice(SOUTH - MARGIN_DEGREES, NORTH + MARGIN_DEGREES),
    )
    gaps = int(np.isnan(cut.values).sum())
    if gaps or cut.size == 0:
        raise InputError(
            f"Variable {name} has gaps over China, or does not reach it.",
            file=path,
            column=name,
            found=f"{gaps} of {cut.size} values missing" if cut.size else "no point over China",
            expected="a value at every point",
            remedy="Download the months again, for at least 66 to 143 E and 11 to 58 N.",
        )
    return cut.transpose("time", "latitude", "longitude", ...).reset_coords(drop=True)


def _joined(one: Any, other: Any) -> Any:
    import xarray

    return xarray.concat([one, other], dim="time")


def _relative_humidity(monthly: Mapping[str, Any]) -> Any | None:
    """From dew point, or from specific humidity and pressure; Magnus formula over water, %."""
    saturation = _vapour_pressure(monthly["air_temperature"])
    if "dew_point" in monthly:
        vapour = _vapour_pressure(monthly["dew_point"])
    elif "humidity_ratio" in monthly and "surface_pressure" in monthly:
        ratio = monthly["humidity_ratio"]
        vapour = ratio * monthly["surface_pressure"] / (0.622 + 0.378 * ratio)
    else:
        return None
    return (100 * vapour / saturation).clip(0, 100)


def _vapour_pressure(kelvin: Any) -> Any:
    """Saturation pressure, Pa (WMO Guide to Instruments, annex 4.B)."""
    celsius = kelvin - 273.15
    return 611.2 * np.exp(17.62 * celsius / (243.12 + celsius))


def _table(variable: str, field: Any) -> pl.DataFrame:
    field = field.transpose("month", "latitude", "longitude")
    month, latitude, longitude = np.meshgrid(
        field["month"].values, field["latitude"].values, field["longitude"].values, indexing="ij"
    )
    return pl.DataFrame(
        {
            "variable": [variable] * field.size,
            "month": month.ravel().astype(np.int64),
            "longitude": longitude.ravel().astype(np.float64),
            "latitude": latitude.ravel().astype(np.float64),
            "value": field.values.ravel().astype(np.float64),
        }
    )


READER = Reader(
    name=NAME,
    roles=("meteorology",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
    conversions=conversions,
)
