"""Means by day and by month from fields whose moments are distinct, of whole days and months alone."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.sources.notes import note
from warehouse.sources.weather_decoding.field import DAY, HOUR, Array, Field
from warehouse.sources.weather_decoding.precipitation import MONTHLY

BEIJING = 8 * HOUR
LONGEST_STEP = 6 * HOUR
"""Four instants a day, as China's weather service takes its daily mean: 02, 08, 14 and 20 o'clock."""
LEAST_OF_MONTH = 0.9
"""Share of a month's times that its mean needs: three days may be missing (our judgement)."""


@dataclass(frozen=True)
class Means:
    """starts: (k,), days or months, datetime64.  values: (k, y, x), NaN where a time has no value.

    latitude, longitude: of the grid.  remarks: what was left out, and of how many times a mean is.
    """

    starts: NDArray[np.datetime64]
    values: Array
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    remarks: tuple[str, ...] = ()


def remark(means: Mapping[str, Means]) -> None:
    """Note the remarks on means by quantity, each sentence once with all quantities that it is about."""
    about: dict[str, list[str]] = {}
    for quantity, one in means.items():
        for text in one.remarks:
            about.setdefault(text, []).append(quantity)
    for text, quantities in about.items():
        note(f"{', '.join(quantities)}: {text}")


def daily(field: Field) -> Means:
    """Means of the days of Beijing that have all their times; the days that are left out are a remark.

    A file of daily means or sums keeps its own days.  Raises InputError for times further apart than six hours
    that are not daily means, and where no day is whole.
    """
    step = field.step
    if step is not None and step >= DAY:
        return _own_days(field)
    if step is None or step > LONGEST_STEP or DAY % step != 0 * HOUR:
        raise _too_few(field)
    days = (field.moments + BEIJING).astype("datetime64[D]")
    distinct, starts, counts = np.unique(days, return_index=True, return_counts=True)
    wanted = int(DAY / step)
    whole = counts >= wanted
    if not whole.any():
        raise _no_day(field, distinct, counts, wanted)
    remarks = _left_out(distinct, counts, wanted)
    if step > HOUR:
        remarks += (f"a day is the mean of {wanted} times, {step / HOUR:g} hours apart",)
    values = np.stack(
        [
            field.values[start : start + count].mean(axis=0, dtype=np.float64)
            for start, count in zip(starts[whole], counts[whole], strict=True)
        ]
    )
    return Means(distinct[whole], values, field.latitude, field.longitude, remarks)


def monthly(field: Field, year: int) -> Means:
    """Means of the months of one year, from months, days or hours; months that lack some times are a remark.

    Raises InputError for a month that has less than nine tenths of its times.
    """
    chosen = field.moments.astype("datetime64[Y]").astype(int) + 1970 == year
    moments, values = field.moments[chosen], field.values[chosen]
    months = moments.astype("datetime64[M]")
    distinct, inverse = np.unique(months, return_inverse=True)
    step = field.step
    remarks = (
        () if step is None or step >= MONTHLY else _whole_months(field, moments, step, distinct)
    )
    means = np.stack([values[inverse == place].mean(axis=0) for place in range(distinct.size)])
    return Means(distinct, means, field.latitude, field.longitude, remarks)


def years(field: Field) -> set[int]:
    """The years that the field has times of."""
    return set((np.unique(field.moments.astype("datetime64[Y]")).astype(int) + 1970).tolist())


def _own_days(field: Field) -> Means:
    if not field.statistic:
        raise _too_few(field)
    said = f"daily {field.statistic}s of the file's own days (UTC, unless the download chose another time zone)"
    days = field.moments.astype("datetime64[D]")
    gaps = np.diff(days).astype(int) - 1
    remarks = [said]
    if gaps.any():
        after = days[:-1][gaps > 0][0]
        remarks.append(
            f"{int(gaps.sum()):,} days between {days[0]} and {days[-1]} are in no file, the first after {after}"
        )
    return Means(days, field.values, field.latitude, field.longitude, tuple(remarks))


def _left_out(days: Array, counts: Array, wanted: int) -> tuple[str, ...]:
    short = counts < wanted
    if not short.any():
        return ()
    first = int(np.argmax(short))
    return (
        f"{int(short.sum()):,} of {days.size:,} days have times missing and are left out, "
        f"the first {days[first]} ({counts[first]} of {wanted})",
    )


def _no_day(field: Field, days: Array, counts: Array, wanted: int) -> InputError:
    best = int(np.argmax(counts))
    fullest = f"the fullest {days[best]} with {counts[best]} of {wanted} times"
    return InputError(
        f"No day of {field.name} has all its times.",
        file=field.file,
        column=field.name,
        found=f"{days.size} days of Beijing (UTC+8), {fullest}, by {field.clock}",
        expected=f"{wanted} times from 16 UTC to 16 UTC",
        remedy="Download the day before as well: a day of Beijing begins at 16 UTC.",
    )


def _too_few(field: Field) -> InputError:
    step = field.step
    return InputError(
        f"{field.name} has too few times for the mean of a day.",
        file=field.file,
        column=field.name,
        found="one time" if step is None else f"a time every {step / HOUR:g} hours",
        expected="every hour, or every 2, 3, 4 or 6 hours; or a file of daily means that says so",
        remedy="Download all 24 hours.",
    )


def _whole_months(
    field: Field, moments: NDArray[np.datetime64], step: np.timedelta64, months: Array
) -> tuple[str, ...]:
    """Remarks on the months; by hour of day (all times on one day) each hour must be there.

    Raises InputError for a month that is not whole.
    """
    remarks = []
    of_month = moments.astype("datetime64[M]")
    by_hour = field.is_by_hour
    a_day = max(int(DAY / step), 1) if step >= DAY or DAY % step == 0 * HOUR else 0
    if by_hour:
        remarks.append("means of the months by hour of day, averaged over the hours")
    elif step >= DAY and not field.statistic:
        remarks.append("one value a day is taken as the mean of the day")
    for month in months:
        count = int((of_month == month).sum())
        since_1970 = int(month.astype(int))
        days = monthrange(1970 + since_1970 // 12, since_1970 % 12 + 1)[1]
        wanted = a_day * (1 if by_hour else days)
        if not wanted or count < (1.0 if by_hour else LEAST_OF_MONTH) * wanted:
            raise InputError(
                f"A month of {field.name} is not whole.",
                file=field.file,
                column=field.name,
                found=f"{month}: {count} times, {step / HOUR:g} hours apart",
                expected=f"{wanted} times ({LEAST_OF_MONTH:.0%} at least)"
                if wanted
                else "equal steps",
                remedy="Download all days of the months, or monthly means.",
            )
        if count < wanted:
            remarks.append(f"{month} has {count:,} of {wanted:,} times")
    return tuple(remarks)
