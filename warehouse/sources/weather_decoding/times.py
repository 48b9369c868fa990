"""Times of a NetCDF variable as moments in UTC, to the second: unit, clock time, time zone and calendar."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warehouse.errors import InputError

Moments = NDArray[np.datetime64]
_CALENDAR_NUMBER = "day as %y%m%d"
_EXAMPLE = "hours since 1900-01-01 00:00:00"
_STEP_SECONDS = {
    **dict.fromkeys(("days", "day", "d"), 86_400),
    **dict.fromkeys(("hours", "hour", "h", "hr"), 3600),
    **dict.fromkeys(("minutes", "minute", "min"), 60),
    **dict.fromkeys(("seconds", "second", "s"), 1),
}
_WHOLE_SECONDS = 60
"""Times written as fractions are rounded to a minute: no weather file has finer ones."""


def decoded(variable: Any, path: Path) -> Moments:
    """Moments (the variable's shape) as datetime64[s], UTC.

    variable: an xarray.DataArray with undecoded values and the attributes units and calendar.
    Raises InputError for a missing or unknown unit, a calendar without real dates, and missing values.
    """
    import netCDF4

    units = str(variable.attrs.get("units", "")).strip()
    calendar = str(variable.attrs.get("calendar", "standard")).strip().lower()
    values = np.asarray(variable.values)
    if not np.issubdtype(values.dtype, np.number) or not np.isfinite(values.astype(float)).all():
        raise _refused(path, variable, "The times have gaps.", "missing values", "a time each")
    if (not units or units.lower().startswith(_CALENDAR_NUMBER)) and _are_days(values):
        return _of_calendar_numbers(values)
    if not units:
        raise _refused(path, variable, "The times have no unit.", "no units", _EXAMPLE)
    try:
        dates = netCDF4.num2date(
            values,
            units,
            calendar,
            only_use_cftime_datetimes=False,
            only_use_python_datetimes=True,
        )
    except (ValueError, OverflowError, TypeError) as error:
        raise _refused(
            path,
            variable,
            "The times cannot be turned into dates.",
            f"units {units!r}, calendar {calendar!r}: {error}".splitlines()[0],
            f"{_EXAMPLE}, calendar standard",
        ) from error
    moments = np.asarray(dates, dtype="datetime64[us]")
    if np.issubdtype(values.dtype, np.floating):
        minute = np.timedelta64(_WHOLE_SECONDS, "s")
        moments = (moments.astype("datetime64[s]") + minute // 2).astype("datetime64[m]")
    return np.asarray(moments.astype("datetime64[s]"))


def _are_days(values: NDArray[np.generic]) -> bool:
    """Whether all numbers are days as ``20170131``, with a fraction of the day perhaps."""
    whole = np.floor(np.asarray(values, dtype=float)).astype(np.int64)
    year, month, day = whole // 10_000, whole // 100 % 100, whole % 100
    return bool(
        whole.size
        and ((year >= 1900) & (year <= 2100) & (month >= 1) & (month <= 12)).all()
        and ((day >= 1) & (day <= 31)).all()
    )


def _of_calendar_numbers(values: NDArray[np.generic]) -> Moments:
    """Moments of numbers as ``20170131.25``: the store's monthly means, and files of GrADS and CDO."""
    whole = np.floor(np.asarray(values, dtype=float)).astype(np.int64)
    months = (whole // 10_000 - 1970) * 12 + whole // 100 % 100 - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]") + (whole % 100 - 1)
    minutes = np.round((np.asarray(values, dtype=float) - whole) * 1440).astype(np.int64)
    return np.asarray(days.astype("datetime64[m]") + minutes, dtype="datetime64[s]")


def steps(variable: Any, path: Path) -> NDArray[np.timedelta64]:
    """Lead times of a forecast (hours, or what its unit says) as timedelta64[s]. Raises InputError."""
    units = str(variable.attrs.get("units", "")).strip().lower()
    if units not in _STEP_SECONDS:
        raise _refused(path, variable, "The steps have no unit.", repr(units), "hours")
    seconds = np.round(np.asarray(variable.values, dtype=float) * _STEP_SECONDS[units])
    return np.asarray(seconds.astype(np.int64).astype("timedelta64[s]"))


def _refused(path: Path, variable: Any, what: str, found: str, expected: str) -> InputError:
    return InputError(
        what,
        file=path,
        column=str(variable.name),
        found=found,
        expected=expected,
        remedy="Download the file again, or write the attribute units (and calendar) of its times.",
    )
