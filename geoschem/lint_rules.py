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

from geoschem.lint_finding import Finding
from geoschem.lint_time import time_axis
from geoschem.netcdf import FLUX_UNITS
from warehouse.errors import InputError
from warehouse.netcdf_files import demand_whole

Array = NDArray[np.float64]
DIMENSIONS = ("time", "lat", "lon")
COORDINATES = ("time", "lat", "lon")
LARGEST_FLUX = (
    1e-5  # kg/m2/s; ten times the strongest cell of sulfur dioxide in 0.1 degree inventories
)
SMALLEST_PEAK = 1e-18  # kg/m2/s; a file whose peak is below holds no emission in these units
FILL_VALUES = (-9999.0, -999.0, 9.96921e36, 1e20, 1e15, 1e30, 1e36)
IMPOSSIBLE_FLUX = (
    1e-3  # kg/m2/s; a fire of a day in one cell stays below, an amount of a month does not
)
SAME_FLUX_UNITS = ("kg/m2/s", "kgm-2s-1")
"""HEMCO strips blanks and takes both as its own unit (hco_unit_mod.F90)."""
UNITLESS = ("1", "unitless", "fraction", "factor", "scale", "count", "%", "percent", "hours")
"""Of scale factors: HEMCO converts none of them."""
LEAST_FACTOR = 1e-6  # a file called unitless whose largest value is below holds fluxes
LEVELS = ("time", "lev", "lat", "lon")
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
    yield from _coordinate(file, path, "lat", "degrees_north", 90.0)
    yield from _coordinate(file, path, "lon", "degrees_east", 360.0)
    yield from time_axis(file, path, months, is_ours=is_ours)
    variables = [name for name in file.variables if name not in COORDINATES]
    fields = [name for name in variables if not name.endswith(("_bnds", "_bounds"))]
    if not is_ours:  # areas, edges and coefficients of levels are not fields that HEMCO reads
        fields = [
            name for name in fields if file[name].dimensions in (DIMENSIONS, LEVELS)
        ] or fields
    if not fields:
        yield Finding(
            "variables",
            path.name,
            "no variable beside coordinates",
            "one at least",
            "Write it again.",
        )
    for name in fields:
        yield from _field(file[name], f"{path.name}:{name}", is_mask, is_ours)


def _coordinate(file: Any, path: Path, name: str, units: str, limit: float) -> Iterator[Finding]:
    place = f"{path.name}:{name}"
    if name not in file.variables:
        yield Finding(
            f"{name}-missing",
            place,
            f"dimensions {', '.join(file.dimensions)}",
            f"a coordinate variable {name}",
            f"Name the coordinate {name} and its dimension, too.",
        )
        return
    variable = file[name]
    if variable.dimensions != (name,):
        yield Finding(
            f"{name}-shape",
            place,
            f"dimensions {variable.dimensions}",
            f"({name},)",
            "A rotated or projected grid must be regridded to longitude and latitude first.",
        )
        return
    yield from _attributes(variable, place, name, units)
    values = np.asarray(variable[:], dtype=np.float64)
    if values.size < 2 or not np.isfinite(values).all():
        yield Finding(
            f"{name}-values",
            place,
            f"{values.size} values, {int((~np.isfinite(values)).sum())} not finite",
            "two finite centres at least",
            "Write the coordinate again.",
        )
        return
    steps = np.diff(values)
    if (steps < 0).all():
        yield Finding(
            f"{name}-descending",
            place,
            f"{values[0]:g} to {values[-1]:g}",
            "ascending (HEMCO then reads zero everywhere)",
            "Turn the axis and every field round.",
        )
    elif (steps <= 0).any():
        yield Finding(
            f"{name}-order",
            place,
            f"step {steps.min():g} at place {int(np.argmin(steps)) + 1}",
            "ascending, no value twice",
            "Sort the axis and every field with it.",
        )
    elif not _is_regular(steps) and not (name == "lat" and _has_half_polar_cells(values)):
        yield Finding(
            f"{name}-irregular",
            place,
            f"steps from {steps.min():g} to {steps.max():g}",
            "equal steps (HEMCO takes the first for all: masses up to 20 % off)",
            "Regrid to a regular grid.",
        )
    if name == "lon" and values.min() < -180:
        yield Finding(
            "lon-range",
            place,
            f"{values.min():g} to {values.max():g}",
            "-180 to 360 degrees (the model's own run from -180)",
            "Add 360 to the longitudes.",
        )
    elif np.abs(values).max() > limit or (name == "lon" and values.max() - values.min() > 360):
        yield Finding(
            f"{name}-range",
            place,
            f"{values.min():g} to {values.max():g}",
            f"within {limit:g} degrees",
            "Give degrees, not metres or radians.",
        )
    elif name == "lat" and values.max() - values.min() < 3.2 and values.size > 100:
        yield Finding(
            "lat-range",
            place,
            f"{values.min():g} to {values.max():g}",
            "degrees",
            "These look like radians: multiply by 180 / pi.",
        )


def _attributes(variable: Any, place: str, name: str, units: str) -> Iterator[Finding]:
    axis = str(getattr(variable, "axis", "")).upper()
    if axis and axis != {"lat": "Y", "lon": "X"}[name]:
        yield Finding(
            f"{name}-axis",
            place,
            f'axis = "{axis}"',
            {"lat": "Y", "lon": "X"}[name],
            "Correct the attribute: programs that go by it take the axes for each other.",
            is_error=False,
        )
    given = str(getattr(variable, "units", ""))
    if given.lower() not in (units, units.replace("degrees", "degree")):
        yield Finding(
            f"{name}-units",
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


def _field(variable: Any, place: str, is_mask: bool, is_ours: bool) -> Iterator[Finding]:
    has_levels = variable.dimensions == LEVELS and not is_ours
    if variable.dimensions != DIMENSIONS and not has_levels:
        yield Finding(
            "dimensions",
            place,
            f"({', '.join(variable.dimensions)})",
            "(time, lat, lon)",
            "Name and order the dimensions like this, without a level.",
        )
        return
    is_whole = np.issubdtype(variable.dtype, np.integer) and not is_ours
    if variable.dtype not in (np.float32, np.float64) and not is_whole:
        yield Finding(
            "type", place, str(variable.dtype), "float32", "Write the values as single precision."
        )
        return
    packed = [name for name in ("scale_factor", "add_offset") if name in variable.ncattrs()]
    if packed:
        yield Finding(
            "packed",
            place,
            f"attributes {', '.join(packed)}",
            "values as they are",
            "Unpack the values (ncpdq -U): HEMCO reads them packed or twice.",
        )
    values = np.asarray(variable[:])
    yield from _fills(variable, values, place)
    if not np.isfinite(values).all():
        return
    if is_mask:
        yield from _mask_values(variable, values, place, is_ours)
    elif is_ours or not _is_scale_factor(variable, values):
        yield from _flux_values(variable, values, place, is_ours)


def _is_scale_factor(variable: Any, values: Any) -> bool:
    """Whether a publisher's field is a factor: it says that it has no unit, and is not as small as a flux."""
    units = str(getattr(variable, "units", "")).strip().lower()
    return units in UNITLESS and float(np.abs(values).max(initial=0)) >= LEAST_FACTOR


def _fills(variable: Any, values: Any, place: str) -> Iterator[Finding]:
    bad = ~np.isfinite(values)
    if bad.any():
        yield Finding(
            "not-finite",
            place,
            f"{int(bad.sum()):,} of {values.size:,} cells are NaN or infinite",
            "zero where nothing is emitted",
            "Replace them by zero: HEMCO adds mass for them.",
        )
        return
    declared = {
        float(getattr(variable, name))
        for name in ("_FillValue", "missing_value")
        if name in variable.ncattrs() and np.isscalar(getattr(variable, name))
    }
    for value in sorted({*declared, *FILL_VALUES} - {0.0}):
        count = int(np.isclose(values, value, rtol=1e-6, atol=0).sum())
        if count:
            yield Finding(
                "fill-value",
                place,
                f"{count:,} cells of {value:g}",
                "zero where nothing is emitted",
                "Replace them by zero, and leave out _FillValue and missing_value.",
            )
    if 0.0 in declared:
        yield Finding(
            "fill-value",
            place,
            "zero is declared to be the fill value",
            "no fill value",
            "Leave out _FillValue and missing_value.",
        )


def _flux_values(variable: Any, values: Any, place: str, is_ours: bool) -> Iterator[Finding]:
    units = str(getattr(variable, "units", "")).strip()
    if "".join(units.split()).lower() not in SAME_FLUX_UNITS:
        yield Finding(
            "units",
            place,
            units or "no units",
            FLUX_UNITS,
            "Convert the values and set the attribute: HEMCO takes other units as they are, up to"
            " twenty orders off.",
        )
    if values.min() < 0:
        yield Finding(
            "negative",
            place,
            f"{int((values < 0).sum()):,} cells, the lowest {values.min():g}",
            "zero or more",
            "Write base less export-related emissions, not the difference.",
        )
    peak = float(values.max())
    if peak > LARGEST_FLUX and not np.isclose(peak, FILL_VALUES, rtol=1e-6).any():
        yield Finding(
            "magnitude",
            place,
            f"largest value {peak:g}",
            f"below {LARGEST_FLUX:g} kg/m2/s",
            "These look like amounts per month, per cell or in molecules: convert to kg/m2/s.",
            is_error=is_ours or peak > IMPOSSIBLE_FLUX,
        )
    elif peak < SMALLEST_PEAK:
        yield Finding(
            "empty",
            place,
            f"largest value {peak:g}",
            "an emission somewhere",
            "Leave the variable out if the source emits nothing.",
        )
    else:
        totals = values.reshape(len(values), -1).sum(axis=1)
        silent = [step + 1 for step, total in enumerate(totals) if total == 0]
        if silent and len(silent) < len(values) and (is_ours or len(values) == 12):
            yield Finding(
                "empty-month",
                place,
                f"nothing in time step {', '.join(map(str, silent))}",
                "an emission in every month",
                "Write the months that are missing.",
                is_error=is_ours,
            )


def _mask_values(variable: Any, values: Any, place: str, is_ours: bool) -> Iterator[Finding]:
    units = str(getattr(variable, "units", "")).strip()
    if units.lower() not in (UNITLESS if not is_ours else ("1", "unitless")):
        yield Finding(
            "mask-units", place, units or "no units", "1", "Set the attribute units to 1."
        )
    is_identifier = not is_ours and values.max() > 1 and (values == np.round(values)).all()
    if is_identifier:
        return  # a country mask: a number for each country
    if not np.isin(values, (0.0, 1.0)).all():
        yield Finding(
            "mask-values",
            place,
            f"{int((~np.isin(values, (0.0, 1.0))).sum()):,} cells other than 0 and 1",
            "0 or 1",
            "HEMCO takes less than one half as zero: write whole cells.",
            is_error=is_ours or bool(values.min() < 0 or values.max() > 1),
        )
    elif values.max() == 0:
        yield Finding(
            "mask-values", place, "zero everywhere", "ones inside China", "Write it again."
        )
