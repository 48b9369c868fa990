"""Precipitation as a mean rate in mm/day: from rates, and from amounts of an hour, since 00 UTC or of a day.

ERA5: an amount is that of the hour that ends at its time.  ERA5-Land: since 00 UTC, so that 00 UTC
has the whole day before.  Monthly means: metres a day.  Source: ECMWF, conversion
table for accumulated variables (total precipitation and fluxes), and "ERA5-Land: data documentation".
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.sources.notes import note
from warehouse.sources.weather_decoding.field import DAY, HOUR, Array, Field
from warehouse.sources.weather_decoding.variables import ENDS

MONTHLY = np.timedelta64(28 * 86_400, "s")
CERTAIN_RISES = 10
"""Amounts of an hour rise and fall alike: ten rises and no fall come by chance once in a thousand."""
_PACKING = 1 / 30_000  # of the largest value: two roundings to 16 bits
_NOISE_MM = 1e-4
MOST_BELOW_ZERO = 0.01
"""Negative amounts over all amounts: what regridding brings about is taken as zero and noted; more is not rain."""


def as_rate(field: Field) -> Field:
    """Precipitation in mm/day at the middle of the period that each value is of.

    field: joined over all files.  Notes accumulations that were taken apart.
    Raises InputError where neither the unit, the bounds nor the times tell of which period an amount is.
    """
    step = field.step
    if not field.conversion.is_amount:
        short = step is not None and step < DAY and field.known.stamp == ENDS
        return _moved(field, field.values, HOUR // 2 if short else HOUR * 0)
    if field.period is not None:
        lengths = (field.period / DAY)[:, None, None]
        return replace(_moved(field, field.values / lengths, field.period // 2), period=None)
    if step is not None and step >= MONTHLY:
        return _moved(field, field.values, HOUR * 0)  # ECMWF scales monthly means to a day
    if step == DAY and field.statistic == "sum":
        return _moved(field, field.values, HOUR * 0)
    if step is None or step >= DAY or field.statistic:
        raise _unknown_period(field)
    accumulated = _is_accumulated(field, step)
    is_clear = not field.is_by_hour if accumulated else step == HOUR
    if accumulated is None or not is_clear:
        raise _unknown_period(field)
    amounts = _differences(field, step) if accumulated else field.values
    if accumulated:
        note(f"{field.name} is accumulated since 00 UTC, as in ERA5-Land: its differences are read")
    return _moved(field, amounts * (DAY / step), step // 2)


def _moved(field: Field, values: Array, back: NDArray[np.timedelta64] | np.timedelta64) -> Field:
    """The field with other values, and moments moved back to the middle of their periods.

    The hours of a month's mean day stay where they are: the hour before its 00 UTC is its own.
    """
    return replace(
        field,
        values=_not_negative(field, values).astype(values.dtype),
        moments=field.moments - (0 * HOUR if field.is_by_hour else back),
    )


def _not_negative(field: Field, values: Array) -> Array:
    """Rates with zero for what packing left below it. Notes more than that; InputError where it is not rain."""
    there = values[np.isfinite(values)]
    below = there[there < 0]
    positive = float(there[there > 0].sum())
    if -float(below.sum()) > MOST_BELOW_ZERO * positive:
        raise InputError(
            f"{field.name} is negative: rain that falls upwards.",
            file=field.file,
            column=field.name,
            found=f"{below.size:,} of {there.size:,} values below zero, the lowest {below.min():g} mm/day",
            expected=f"zero and more; below zero at most {MOST_BELOW_ZERO:.0%} of all",
            remedy="Declare the missing value as _FillValue, or download the file again.",
        )
    largest = float(there.max(initial=0.0))
    if below.size and -float(below.min()) > max(_NOISE_MM, _PACKING * largest):
        note(
            f"{field.name}: {below.size:,} of {there.size:,} values below zero, the lowest"
            f" {below.min():g} mm/day, are taken as zero"
        )
    return np.where(values < 0, 0.0, values)


def _pairs(field: Field, step: np.timedelta64) -> tuple[Array, Array]:
    """Places of values whose predecessor is a step before: within an accumulation, and across its start."""
    follows = np.diff(field.moments) == step
    same = field.base[1:] == field.base[:-1]
    return np.flatnonzero(follows & same) + 1, np.flatnonzero(follows & ~same) + 1


def _is_accumulated(field: Field, step: np.timedelta64) -> bool | None:
    """Whether the amounts grow from the start of the day on; None where the values do not tell.

    They are when within days they often rise and never fall, and from a day to the next fall as often as rise.
    """
    within, across = _pairs(field, step)
    values = field.values
    largest = float(np.nanmax(values, initial=0.0, where=np.isfinite(values)))
    noise = max(_NOISE_MM, _PACKING * largest)
    changes = values[within] - values[within - 1]
    falls, rises = int((changes < -noise).sum()), int((changes > noise).sum())
    if falls or not rises:
        return False
    resets = values[across] - values[across - 1]
    drops, climbs = int((resets < -noise).sum()), int((resets > noise).sum())
    if climbs > drops:
        return False
    return True if drops and rises >= CERTAIN_RISES else None


def _differences(field: Field, step: np.timedelta64) -> Array:
    """Amounts of a step from amounts since the start; NaN where the value before is not in the files."""
    within, _ = _pairs(field, step)
    amounts = np.full_like(field.values, np.nan)
    amounts[within] = field.values[within] - field.values[within - 1]
    first = field.moments - field.base == step
    amounts[first] = field.values[first]
    return amounts


def _unknown_period(field: Field) -> InputError:
    step = field.step
    hours = "one time only" if step is None else f"a time every {step / HOUR:g} hours"
    return InputError(
        f"The file does not tell of which period the amounts of {field.name} are.",
        file=field.file,
        column=field.name,
        found=f"{field.units}, {hours}" + (f", daily {field.statistic}" if field.statistic else ""),
        expected="every hour, monthly means, daily sums, bounds of the times, or a rate (kg m-2 s-1)",
        remedy="Download all 24 hours, or the mean rate (avg_tprate); or take this variable out of the file.",
    )
