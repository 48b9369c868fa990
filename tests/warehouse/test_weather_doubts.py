"""Values of weather that no field has: exact zeros, rain below zero, gaps between days and points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from role_samples import role_table
from weather_files import ASIA, hours, months, write

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import era5, weather_netcdf
from warehouse.sources.notes import collected

THREE_DAYS = hours("2020-01-01T00", 72)


def notes_on(path: Path) -> str:
    with collected() as notes:
        era5.read([path], "weather_observation", 2020)
    return " | ".join(map(str, notes))


def test_exact_zeros_are_counted_in_a_note(tmp_path: Path) -> None:
    wind = 1.0 + np.arange(72)
    wind[:18] = 0.0
    path = write(tmp_path / "e.nc", THREE_DAYS, {"u10": (wind, "m s-1")})
    assert "u10: 72 of 288 values are exactly zero" in notes_on(path)
    rain = write(tmp_path / "p.nc", THREE_DAYS, {"tp": (np.zeros(72), "m")})
    assert "exactly zero" not in notes_on(rain)


@pytest.mark.parametrize(
    ("lowest", "says"), [(-1e-9, ""), (-3e-6, "72 of 288 values below zero"), (-1e-3, "refused")]
)
def test_rain_below_zero(tmp_path: Path, lowest: float, says: str) -> None:
    """Packing leaves millionths; regridding a little, which is noted; more is not rain."""
    rain = np.where(np.arange(72) % 4 == 0, lowest, 1e-3)
    path = write(tmp_path / "e.nc", THREE_DAYS, {"tp": (rain, "m")})
    if says == "refused":
        with pytest.raises(InputError, match="negative"):
            notes_on(path)
    else:
        assert says in notes_on(path)
        assert ("below zero" in notes_on(path)) == bool(says)


def test_an_infinite_value_is_no_weather(tmp_path: Path) -> None:
    """A flag of 1e36 times the seconds of a day leaves single precision."""
    rate = np.full(72, 1e-5)
    rate[5] = 9.9e36
    path = write(tmp_path / "e.nc", THREE_DAYS, {"mtpr": (rate, "kg m-2 s-1")})
    with pytest.raises(InputError, match="mtpr cannot be in kg m-2 s-1"):
        notes_on(path)


def test_days_that_no_file_of_daily_means_has_are_noted(tmp_path: Path) -> None:
    days = hours("2020-01-01T00", 10, 24)[[0, 1, 2, 5, 6, 9]]
    path = write(tmp_path / "t_daily-mean.nc", days, {"t2m": (np.full(6, 280.0), "K")})
    assert (
        "4 days between 2020-01-01 and 2020-01-10 are in no file, the first after 2020-01-03"
        in (notes_on(path))
    )


def test_a_grid_without_one_of_its_columns_is_refused(tmp_path: Path) -> None:
    longitudes = np.delete(ASIA[1], 8)
    fields = {"u10": (np.full(12, 2.0), "m s-1")}
    path = write(tmp_path / "m.nc", months(2007), fields, grid=(ASIA[0], longitudes))
    with pytest.raises(InputError, match="a row or column of points is missing") as caught:
        weather_netcdf.read([path], "meteorology", 2007)
    assert "5 to 10 degrees, the largest after 95" in str(caught.value)


def test_weather_on_its_head_is_refused() -> None:
    table = role_table("meteorology")
    is_warm = (pl.col("variable") == "air_temperature") & (pl.col("latitude") > 40)
    turned = table.with_columns(
        value=pl.when(is_warm).then(pl.col("value") + 15).otherwise(pl.col("value"))
    )
    validate(table, CONTRACTS["meteorology"], file="x")
    with pytest.raises(InputError, match="stands on its head"):
        validate(turned, CONTRACTS["meteorology"], file="x")
