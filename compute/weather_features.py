"""What the weather model is told of a day: its weather, that of the days before, season, weekday, time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0
_DAYS_PER_YEAR = 365.25
_CALM_M_S = 0.1
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Features:
    """One row a day.

    weather: that day's, the day before's, the mean of three days, shape (n, w).  calendar: day of the year and
    weekday, shape (n, 2).  time: days since 1970, shape (n,).  is_known: whether the weather of the day and of the
    day before is there, shape (n,).
    """

    weather: Array
    calendar: Array
    time: Array
    is_known: NDArray[np.bool_]

    @property
    def values(self) -> Array:
        """All columns: weather, day of the year, weekday, time; shape (n, w + 3)."""
        return np.column_stack([self.weather, self.calendar, self.time])

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Features:
        """The chosen days, by mask or by place (a place may come more than once)."""
        return Features(
            self.weather[chosen], self.calendar[chosen], self.time[chosen], self.is_known[chosen]
        )

    subset = rows

    def at_one_time(self, time: float) -> Features:
        """The same days as if all were at one point of the trend."""
        return replace(self, time=np.full_like(self.time, time))


def features(dates: NDArray[np.datetime64], weather: Array, names: Sequence[str]) -> Features:
    """Features of every day. dates: rising, shape (n,).  weather: shape (n, k), columns ``names``.

    Where both wind components are there and the speed is not, the speed is added; speeds enter as logarithms too,
    since dilution goes with their inverse. Raises ValueError for dates that do not rise.
    """
    days = dates.astype("datetime64[D]")
    if len(days) > 1 and not (np.diff(days) >= _DAY).all():
        raise ValueError("dates must rise")
    columns = {name: weather[:, place] for place, name in enumerate(names)}
    if {"wind_u_m_s", "wind_v_m_s"} <= columns.keys() and "wind_speed_m_s" not in columns:
        columns["wind_speed_m_s"] = np.hypot(columns["wind_u_m_s"], columns["wind_v_m_s"])
    if "wind_speed_m_s" in columns:
        columns["log_wind_speed"] = np.log(np.maximum(columns["wind_speed_m_s"], _CALM_M_S))
    today = np.column_stack([columns[name] for name in sorted(columns)])
    yesterday, before = (_days_before(days, today, lag) for lag in (1, 2))
    three = np.stack([today, yesterday, before])
    counted = np.maximum((~np.isnan(three)).sum(axis=0), 1)
    mean = np.nansum(three, axis=0) / counted
    year = days.astype("datetime64[Y]")
    day_of_year = (days - year.astype("datetime64[D]")).astype(np.int64) + 1
    weekday = (days.astype(np.int64) + _EPOCH_WEEKDAY) % 7
    return Features(
        weather=np.column_stack([today, yesterday, mean]),
        calendar=np.column_stack([day_of_year, weekday]).astype(np.float64),
        time=days.astype(np.int64).astype(np.float64),
        is_known=np.asarray(~np.isnan(np.column_stack([today, yesterday])).any(axis=1)),
    )


def linear_terms(values: Array) -> Array:
    """What the ridge regression sees of ``Features.values``: weather, two harmonics, weekend, years."""
    return np.column_stack([values[:, :-3], calendar_terms(values)])


def calendar_terms(values: Array) -> Array:
    """Of the linear terms those of the day itself: two harmonics, weekend, years."""
    day_of_year, weekday, time = values[:, -3], values[:, -2], values[:, -1]
    angle = 2 * np.pi * day_of_year / _DAYS_PER_YEAR
    season = [np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)]
    return np.column_stack([*season, weekday >= 5, time / _DAYS_PER_YEAR])


def _days_before(days: NDArray[np.datetime64], table: Array, lag: int) -> Array:
    """The rows of ``lag`` days before; NaN where that day is not in the table."""
    place = np.searchsorted(days, days - lag * _DAY)
    found = place < len(days)
    found[found] = days[place[found]] == (days - lag * _DAY)[found]
    earlier = np.full_like(table, np.nan)
    earlier[found] = table[place[found]]
    return earlier
