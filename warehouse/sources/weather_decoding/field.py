"""One variable of weather as it came out of a file: values in our unit on moments and an ascending grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warehouse.sources.weather_decoding.units import Conversion
from warehouse.sources.weather_decoding.variables import Known

Moments = NDArray[np.datetime64]
Array = NDArray[Any]
HOUR = np.timedelta64(3600, "s")
DAY = np.timedelta64(86_400, "s")


@dataclass(frozen=True)
class Field:
    """A known variable.

    name, file: of the variable and the file (or the member of an archive), for messages.
    moments: (t,), datetime64[s], UTC, as the file stamps them.  base: (t,), start of the forecast that each value
    comes from (the UTC day, where the file does not say).  is_preliminary: (t,), ERA5T, which the final release
    replaces.  latitude, longitude: (y,), (x,), ascending, longitude -180 to 180.  values: (t, y, x), our unit,
    NaN where missing.  conversion: from units, the file's.  clock: the variables of the times.  statistic: mean or
    sum, where the file says what it made of the hours.  period: (t,), what the file's bounds say that each value
    is of, or None.
    """

    known: Known
    name: str
    file: str
    moments: Moments
    base: Moments
    is_preliminary: NDArray[np.bool_]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    values: Array
    conversion: Conversion
    units: str
    clock: str
    statistic: str = ""
    period: NDArray[np.timedelta64] | None = None

    @property
    def quantity(self) -> str:
        """What the variable is, whatever its publisher calls it."""
        return self.known.quantity

    @property
    def step(self) -> np.timedelta64 | None:
        """The smallest distance of two moments; None with fewer than two."""
        distinct = np.unique(self.moments)
        return np.diff(distinct).min() if distinct.size > 1 else None

    @property
    def is_by_hour(self) -> bool:
        """Whether all times of each month lie on one day: means of the months by hour of day."""
        days = self.moments.astype("datetime64[D]")
        months = np.unique(days.astype("datetime64[M]"))
        step = self.step
        if step is None or step >= DAY or months.size < 2:
            return False
        return int(np.unique(days).size) == int(months.size)

    def has_grid_of(self, other: Field) -> bool:
        """Whether both lie on the same points (within a ten-thousandth of a degree)."""
        return all(
            mine.shape == theirs.shape and np.allclose(mine, theirs, rtol=0, atol=1e-4)
            for mine, theirs in (
                (self.latitude, other.latitude),
                (self.longitude, other.longitude),
            )
        )

    def extent(self) -> str:
        """The grid in words."""
        return (
            f"{self.latitude.size} x {self.longitude.size} points, {self.latitude.min():g} to "
            f"{self.latitude.max():g} N, {self.longitude.min():g} to {self.longitude.max():g} E"
        )
