"""What HEMCO would get wrong without a word, rule by rule, for one NetCDF file.

Each rule looks at one open file and yields findings. They hold for any emission file meant for HEMCO, not for
ours alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
from numpy.typing import NDArray

from geoschem.lint_fields import DIMENSIONS, Names, field_findings, is_field
from geoschem.lint_finding import Finding
from geoschem.lint_time import time_axis
from warehouse.errors import InputError
from warehouse.netcdf_files import demand_whole

Array = NDArray[np.float64]
OTHER_NAMES = {"lat": ("latitude", "Latitude"), "lon": ("longitude", "Longitude")}
"""What HEMCO reads as well, in files of others (hcoio_read_std_mod.F90)."""
REGULAR = 1e-5  # of a step; coordinates in single precision stay within it


def lint_file(
    path: Path, *, months: int | None = 12, is_mask: bool = False, is_ours: bool = True
) -> list[Finding]:
    """All findings on one file.

    months: how many time steps it must have (None: any).  is_mask: a mask of zeros and ones instead of
    fluxes.  is_ours: written by us, which is held to more than HEMCO asks for; a publisher's file may also hold
    levels, scale factors, days and hours, and fields without a time that HEMCO does not read.
    """
    try:
        demand_whole(path)
        with netCDF4.Dataset(path) as file:
            file.set_auto_maskandscale(False)
            return list(_of_file(file, path, months, is_mask, is_ours))
    except InputError as error:
        found = f"{error.message} {error.found or ''}".strip()
        return [_unreadable(path, found, error.remedy or "Write or copy the file again.")]
    except (OSError, RuntimeError, ValueError, UnicodeDecodeError) as error:
        first = (str(error) or type(error).__name__).splitlines()[0]
        size = path.stat().st_size if path.exists() else 0
        return [_unreadable(path, f"{first} ({size} bytes)", "Write or copy the file again.")]
    except (TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        found = f"{type(error).__name__}: {error}".splitlines()[0]
        return [_unreadable(path, found, "Write plain variables on time, lat and lon.")]


def _unreadable(path: Path, found: str, remedy: str) -> Finding:
    return Finding("readable", path.name, found, "a whole NetCDF file", remedy)


def _of_file(
    file: Any, path: Path, months: int | None, is_mask: bool, is_ours: bool
) -> Iterator[Finding]:
    if file.groups:
        yield Finding(
            "format",
            path.name,
            f"groups {', '.join(file.groups)}",
            "variables at the top, NETCDF4_CLASSIC",
            "Write the file without groups.",
        )
    if file.data_model == "NETCDF4":
        yield Finding(
            "format",
            path.name,
            "NETCDF4 with its own types",
            "NETCDF4_CLASSIC or NETCDF3",
            "nccopy -k netCDF-4-classic.",
            is_error=False,
        )
    if file.data_model == "NETCDF3_64BIT_DATA":
        yield Finding(
            "format",
            path.name,
            "CDF-5",
            "NETCDF4_CLASSIC or NETCDF3",
            "nccopy -k netCDF-4-classic: not every build of the model reads CDF-5.",
            is_error=False,
        )
    names = Names(*DIMENSIONS) if is_ours else _names_of(file)
    yield from _coordinate(file, path, "lat", names.lat, "degrees_north", 90.0)
    yield from _coordinate(file, path, "lon", names.lon, "degrees_east", 360.0)
    yield from time_axis(file, path, months, names.time, is_ours=is_ours)
    variables = [name for name in file.variables if name not in (names.time, names.lat, names.lon)]
    fields = [name for name in variables if not name.endswith(("_bnds", "_bounds"))]
    if not is_ours:  # areas, edges and coefficients of levels are not fields that HEMCO reads
        flat = [name for name in fields if file[name].dimensions == (names.lat, names.lon)]
        fields = [name for name in fields if is_field(file[name], names)] or flat or fields
    if not fields:
        yield Finding(
            "variables",
            path.name,
            "no variable beside coordinates",
            "one at least",
            "Write it again.",
        )
    for name in fields:
        place = f"{path.name}:{name}"
        yield from field_findings(file[name], place, names, is_mask=is_mask, is_ours=is_ours)


def _names_of(file: Any) -> Names:
    """The coordinates that HEMCO finds in a file; without a dimension of time it takes the field as it is."""
    found = {
        axis: next((name for name in (axis, *others) if name in file.variables), axis)
        for axis, others in OTHER_NAMES.items()
    }
    time = next((name for name in ("time", "date") if name in file.dimensions), None)
    return Names(time, **found)


def _coordinate(
    file: Any, path: Path, axis: str, name: str, units: str, limit: float
) -> Iterator[Finding]:
    place = f"{path.name}:{name}"
    if name not in file.variables:
        yield Finding(
            f"{axis}-missing",
            place,
            f"dimensions {', '.join(file.dimensions)}",
            f"a coordinate variable {name}",
            f"Name the coordinate {name} and its dimension, too.",
        )
        return
    variable = file[name]
    if variable.dimensions != (name,):
        yield Finding(
            f"{axis}-shape",
            place,
            f"dimensions {variable.dimensions}",
            f"({name},)",
            "A rotated or projected grid must be regridded to longitude and latitude first.",
        )
        return
    yield from _attributes(variable, place, axis, units)
    values = np.asarray(variable[:], dtype=np.float64)
    if values.size < 2 or not np.isfinite(values).all():
        yield Finding(
            f"{axis}-values",
            place,
            f"{values.size} values, {int((~np.isfinite(values)).sum())} not finite",
            "two finite centres at least",
            "Write the coordinate again.",
        )
        return
    steps = np.diff(values)
    if (steps < 0).all():
        yield Finding(
            f"{axis}-descending",
            place,
            f"{values[0]:g} to {values[-1]:g}",
            "ascending (HEMCO then reads zero everywhere)",
            "Turn the axis and every field round.",
        )
    elif (steps <= 0).any():
        yield Finding(
            f"{axis}-order",
            place,
            f"step {steps.min():g} at place {int(np.argmin(steps)) + 1}",
            "ascending, no value twice",
            "Sort the axis and every field with it.",
        )
    elif not _is_regular(steps) and not (axis == "lat" and _has_half_polar_cells(values)):
        yield Finding(
            f"{axis}-irregular",
            place,
            f"steps from {steps.min():g} to {steps.max():g}",
            "equal steps (HEMCO takes the first for all: masses up to 20 % off)",
            "Regrid to a regular grid.",
        )
    if axis == "lon" and values.min() < -180:
        yield Finding(
            "lon-range",
            place,
            f"{values.min():g} to {values.max():g}",
            "-180 to 360 degrees (the model's own run from -180)",
            "Add 360 to the longitudes.",
        )
    elif np.abs(values).max() > limit or (axis == "lon" and values.max() - values.min() > 360):
        yield Finding(
            f"{axis}-range",
            place,
            f"{values.min():g} to {values.max():g}",
            f"within {limit:g} degrees",
            "Give degrees, not metres or radians.",
        )
    elif axis == "lat" and values.max() - values.min() < 3.2 and values.size > 100:
        yield Finding(
            "lat-range",
            place,
            f"{values.min():g} to {values.max():g}",
            "degrees",
            "These look like radians: multiply by 180 / pi.",
        )


def _attributes(variable: Any, place: str, axis: str, units: str) -> Iterator[Finding]:
    stated = str(getattr(variable, "axis", "")).upper()
    if stated and stated != {"lat": "Y", "lon": "X"}[axis]:
        yield Finding(
            f"{axis}-axis",
            place,
            f'axis = "{stated}"',
            {"lat": "Y", "lon": "X"}[axis],
            "Correct the attribute: programs that go by it take the axes for each other.",
            is_error=False,
        )
    given = str(getattr(variable, "units", ""))
    if units not in given.lower():  # HEMCO stops at degree_north and the like
        yield Finding(
            f"{axis}-units",
            place,
            given or "no units",
            units,
            f"Set the attribute units to {units}.",
        )


def _is_regular(steps: Array) -> bool:
    return bool(np.abs(steps - steps.mean()).max() <= REGULAR * steps.mean() + 4e-6)


def _has_half_polar_cells(latitudes: Array) -> bool:
    """The model's own grids: cells of half a step at the poles, equal steps between."""
    return bool(
        latitudes.size > 4
        and latitudes[0] < -88
        and latitudes[-1] > 88
        and _is_regular(np.diff(latitudes[1:-1]))
    )
