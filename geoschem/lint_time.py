"""Times of an emission file: what HEMCO needs, and whether the steps are those of months, days or hours."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from geoschem.lint_finding import Finding

_UNITS_OF_TIME = re.compile(r"^(days|hours|minutes|seconds) since \d{4}-\d{1,2}-\d{1,2}", re.I)
_YEAR_ZERO = re.compile(r"since 0{1,4}-")
CALENDARS = ("standard", "gregorian", "proleptic_gregorian")


def time_axis(
    file: Any, path: Path, months: int | None, name: str | None, *, is_ours: bool
) -> Iterator[Finding]:
    """Findings on the variable of time.

    months: how many steps the file must have (None: any).  name: of the dimension, None where the file has none.
    is_ours: a warning otherwise.
    """
    place = f"{path.name}:{name or 'time'}"
    if name is None:
        yield Finding(
            "time-missing",
            place,
            f"dimensions {', '.join(file.dimensions)}",
            "a dimension of time, of one step for a field of all times",
            "Add it where GCHP shall read the file; GEOS-Chem Classic takes the field as it is.",
            is_error=False,
        )
        return
    if name not in file.variables or file[name].dimensions != (name,):
        yield Finding(
            "time-missing",
            place,
            f"variables {', '.join(file.variables)}",
            "a coordinate variable time",
            "Add a time axis, a value for each month.",
        )
        return
    variable = file[name]
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
    if not values.size or not np.isfinite(values).all() or (np.diff(values) <= 0).any():
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
    if _YEAR_ZERO.search(units):
        return  # a climatology: HEMCO goes by the months alone
    dates: Any = netCDF4.num2date(values, units, calendar)
    if months == 12:
        yield from _months(dates, place)
    elif not is_ours:
        yield from _steps(dates, place)


def _months(dates: Any, place: str) -> Iterator[Finding]:
    read = [datetime(one.year, one.month, one.day) for one in dates]
    if len({one.year for one in read}) != 1:
        found = f"{read[0]:%Y-%m-%d} to {read[-1]:%Y-%m-%d}"
        yield Finding("time-year", place, found, "months of one year", "Write one file a year.")
    elif [one.month for one in read] != list(range(1, 13)):
        found = ", ".join(f"{one:%m-%d}" for one in read)
        yield Finding("time-months", place, found, "January to December", "Correct the time axis.")


def _steps(dates: Any, place: str) -> Iterator[Finding]:
    """One step, or steps of equal length (hours, days), of a month or of a year: none is missing between them."""
    hours = np.array([(b - a).total_seconds() / 3600 for a, b in itertools.pairwise(dates)])
    counted = np.array([12 * one.year + one.month for one in dates])
    by_year = bool(hours.size) and bool((hours >= 365 * 24).all())
    if not hours.size or by_year or np.allclose(hours, hours[0], rtol=1e-4):
        return
    if (np.diff(counted) == 1).all():
        return
    yield Finding(
        "time-steps",
        place,
        f"{len(dates)} steps from {hours.min():g} to {hours.max():g} hours apart",
        "steps of an hour, a day, a month or a year, none missing",
        "Write what is missing: HEMCO takes the step before for it.",
        is_error=False,
    )
