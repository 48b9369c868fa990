"""Units of weather: every spelling against the factor by hand, and what is refused."""

from __future__ import annotations

import pytest

from warehouse.sources.weather_decoding.units import conversion


@pytest.mark.parametrize(
    ("kind", "units", "factor", "offset", "is_amount"),
    [
        ("speed", "m s**-1", 1, 0, False),
        ("speed", "m/s", 1, 0, False),
        ("speed", "km h-1", 1 / 3.6, 0, False),
        ("speed", "km per hour", 1 / 3.6, 0, False),
        ("speed", "cm s^-1", 0.01, 0, False),
        ("temperature", "degC", 1, 273.15, False),
        ("temperature", "degF", 5 / 9, 273.15 - 160 / 9, False),
        ("pressure", "hPa", 100, 0, False),
        ("pressure", "mbar", 100, 0, False),
        ("length", "km", 1000, 0, False),
        ("ratio", "g kg-1", 0.001, 0, False),
        ("percent", "1", 100, 0, False),
        ("percent", "%", 1, 0, False),
        ("precipitation", "m", 1000, 0, True),
        ("precipitation", "mm", 1, 0, True),
        ("precipitation", "m of water equivalent", 1000, 0, True),
        ("precipitation", "kg m-2", 1, 0, True),
        ("precipitation", "kg m**-2 s**-1", 86_400, 0, False),
        ("precipitation", "kg/m2/s", 86_400, 0, False),
        ("precipitation", "mm/day", 1, 0, False),
        ("precipitation", "mm h-1", 24, 0, False),
        ("precipitation", "m s-1", 86_400_000, 0, False),
    ],
)
def test_units(kind: str, units: str, factor: float, offset: float, *, is_amount: bool) -> None:
    found = conversion(kind, units)
    assert found is not None
    assert (found.factor, found.offset) == pytest.approx((factor, offset), rel=1e-12)
    assert found.is_amount is is_amount


@pytest.mark.parametrize(
    "units",
    ["", "knots", "m s", "s m-1", "K", "m s-1 kg", "m/", "mm/month", "metres per fortnight"],
)
def test_unknown_units_of_speed(units: str) -> None:
    assert conversion("speed", units) is None
