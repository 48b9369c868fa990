"""What HEMCO would get wrong without a word, rule by rule, for one NetCDF file.

Each rule looks at one open file and yields findings. They hold for any emission file meant for HEMCO, not for
ours alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
from numpy.typing import NDArray

from geoschem.netcdf import FLUX_UNITS

Array = NDArray[np.float64]
DIMENSIONS = ("time", "lat", "lon")
COORDINATES = ("time", "lat", "lon")
LARGEST_FLUX = (
    1e-5  # kg/m2/s; ten times the strongest cell of sulfur dioxide in 0.1 degree inventories
)
SMALLEST_PEAK = 1e-18  # kg/m2/s; a file whose peak is below holds no emission in these units
FILL_VALUES = (-9999.0, -999.0, 9.96921e36, 1e20, 1e15, 1e30, 1e36)
REGULAR = 1e-5  # of a step; coordinates in single precision stay within it
_UNITS_OF_TIME = re.compile(r"^(days|hours|minutes|seconds) since \d{4}-\d{1,2}-\d{1,2}", re.I)
CALENDARS = ("standard", "gregorian", "proleptic_gregorian")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    rule: its name.  place: file, and variable where there is one.  is_error: whether it forbids a run.
    """

    rule: str
    place: str
    found: str
    expected: str
    remedy: str
    is_error: bool = True

    def lines(self) -> list[str]:
        """As printed."""
        head = f"{'error' if self.is_error else 'warning'} [{self.rule}] {self.place}"
        return [
            head,
            f"    found: {self.found}",
            f"    expected: {self.expected}",
            f"    what to do: {self.remedy}",
        ]


def lint_file(path: Path, *, months: int | None = 12, is_mask: bool = False) -> list[Finding]:
    """All findings on one file.

    months: how many time steps it must have (None: any).  is_mask: a mask of zeros and ones instead of
    fluxes.
    """
    try:
        with netCDF4.Dataset(path) as file:
            file.set_auto_maskandscale(False)
            return list(_of_file(file, path, months, is_mask))
    except (OSError, RuntimeError, ValueError, UnicodeDecodeError) as error:
        first = (str(error) or type(error).__name__).splitlines()[0]
        return [
            Finding(
                "readable",
                path.name,
                f"{first} ({path.stat().st_size if path.exists() else 0} bytes)",
                "a whole NetCDF file",
                "Write or copy the file again.",
            )
        ]


def _of_file(file: Any, path: Path, months: int | None, is_mask: bool) -> Iterator[Finding]:
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
    yield from _coordinate(file, path, "lat", "degrees_north", 90.0)
    yield from _coordinate(file, path, "lon", "degrees_east", 360.0)
    yield from _time(file, path, months)
    variables = [name for name in file.variables if name not in COORDINATES]
    fields = [name for name in variables if not name.endswith(("_bnds", "_bounds"))]
    if not fields:
        yield Finding(
            "variables",
            path.name,
            "no variable beside coordinates",
            "one at least",
            "Write it again.",
        )
    for name in fields:
        yield from _field(file[name], f"{path.name}:{name}", is_mask)


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
    given = str(getattr(variable, "units", ""))
    if given.lower() not in (units, units.replace("degrees", "degree")):
        yield Finding(
            f"{name}-units",
            place,
            given or "no units",
            units,
            f"Set the attribute units to {units}.",
        )
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
    elif np.abs(steps - steps.mean()).max() > REGULAR * steps.mean() + 4e-6:
        yield Finding(
            f"{name}-irregular",
            place,
            f"steps from {steps.min():g} to {steps.max():g}",
            "equal steps (HEMCO takes the first for all: masses up to 20 % off)",
            "Regrid to a regular grid.",
        )
    if np.abs(values).max() > limit or (name == "lon" and values.max() - values.min() > 360):
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


def _time(file: Any, path: Path, months: int | None) -> Iterator[Finding]:
    place = f"{path.name}:time"
    if "time" not in file.variables or file["time"].dimensions != ("time",):
        yield Finding(
            "time-missing",
            place,
            f"variables {', '.join(file.variables)}",
            "a coordinate variable time",
            "Add a time axis, a value for each month.",
        )
        return
    variable = file["time"]
    units = str(getattr(variable, "units", ""))
    if not _UNITS_OF_TIME.match(units):
        yield Finding(
            "time-units",
            place,
            units or "no units",
            "days since YYYY-01-01 00:00:00",
            "Set the attribute units.",
        )
        return
    calendar = str(getattr(variable, "calendar", "standard")).lower()
    if calendar not in CALENDARS:
        yield Finding(
            "time-calendar",
            place,
            calendar,
            "standard",
            "Write real dates: HEMCO reads every calendar as the standard one.",
        )
        return
    values = np.asarray(variable[:], dtype=np.float64)
    if not np.isfinite(values).all() or (np.diff(values) <= 0).any():
        yield Finding(
            "time-order", place, f"{values[:13]}", "ascending, finite", "Sort the time axis."
        )
        return
    if months is not None and values.size != months:
        yield Finding(
            "time-months",
            place,
            f"{values.size} time steps",
            f"{months}",
            "Write every month of the year.",
        )
        return
    if months == 12:
        yield from _months(netCDF4.num2date(values, units, calendar), place)


def _months(dates: Any, place: str) -> Iterator[Finding]:
    read = [datetime(one.year, one.month, one.day) for one in dates]
    if len({one.year for one in read}) != 1:
        found = f"{read[0]:%Y-%m-%d} to {read[-1]:%Y-%m-%d}"
        yield Finding("time-year", place, found, "months of one year", "Write one file a year.")
    elif [one.month for one in read] != list(range(1, 13)):
        found = ", ".join(f"{one:%m-%d}" for one in read)
        yield Finding("time-months", place, found, "January to December", "Correct the time axis.")


def _field(variable: Any, place: str, is_mask: bool) -> Iterator[Finding]:
    if variable.dimensions != DIMENSIONS:
        yield Finding(
            "dimensions",
            place,
            f"({', '.join(variable.dimensions)})",
            "(time, lat, lon)",
            "Name and order the dimensions like this, without a level.",
        )
        return
    if variable.dtype not in (np.float32, np.float64):
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
        yield from _mask_values(variable, values, place)
    else:
        yield from _flux_values(variable, values, place)


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


def _flux_values(variable: Any, values: Any, place: str) -> Iterator[Finding]:
    units = str(getattr(variable, "units", "")).strip()
    if units != FLUX_UNITS:
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
        silent = [place + 1 for place, total in enumerate(values.sum(axis=(1, 2))) if total == 0]
        if silent and len(silent) < len(values):
            yield Finding(
                "empty-month",
                place,
                f"nothing in time step {', '.join(map(str, silent))}",
                "an emission in every month",
                "Write the months that are missing.",
            )


def _mask_values(variable: Any, values: Any, place: str) -> Iterator[Finding]:
    units = str(getattr(variable, "units", "")).strip()
    if units not in ("1", "unitless"):
        yield Finding(
            "mask-units", place, units or "no units", "1", "Set the attribute units to 1."
        )
    if not np.isin(values, (0.0, 1.0)).all():
        yield Finding(
            "mask-values",
            place,
            f"{int((~np.isin(values, (0.0, 1.0))).sum()):,} cells other than 0 and 1",
            "0 or 1",
            "HEMCO takes less than one half as zero: write whole cells.",
        )
    elif values.max() == 0:
        yield Finding(
            "mask-values", place, "zero everywhere", "ones inside China", "Write it again."
        )
