"""The error for a period that nobody observed: what there is, and where the missing files go."""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.errors import InputError
from warehouse.period import Period

POLLUTANT = "PM2.5"
ROLE = "observation"


def no_days(
    days: Mapping[str, int],
    first: object,
    last: object,
    period: Period,
    edition: str = "air-open",
) -> InputError:
    """The error for a period without days. days: their count by name of the period and of the one before."""
    empty = [name for name, count in days.items() if not count]
    counted = ", ".join(f"{count} days in {name}" for name, count in days.items())
    return InputError(
        f"There are no usable observations of {POLLUTANT} in {' and '.join(empty)}.",
        found=f"{counted}; observations from {first} to {last}",
        expected=(
            f"days of {period.start} to {period.end} and of {period.before.start} to "
            f"{period.before.end}, for example china_sites_YYYYMMDD.csv"
        ),
        remedy=(
            f"Put the files of both periods into landing/{edition}/{ROLE}/ and run again. Stations "
            "need their list in station/; the weather adjustment needs some years, and "
            "weather_observation/ as well."
        ),
    )
