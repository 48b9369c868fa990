"""Each case of bad weather, population or emissions: refused with a reason, or converted with a record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from role_samples import role_table

from compute.atmosphere.grid import GridError, nested_grid
from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.landing import RoleInput, SourceFiles
from warehouse.role_reading import read_role

xarray = pytest.importorskip("xarray")

Change = Callable[[Any], Any]


def weather(path: Path, change: Change = lambda data: data) -> RoleInput:
    """A landed file of monthly weather on -180..180, latitudes ascending, in the role's own units."""
    latitude, longitude = np.arange(10.0, 60.1, 2.5), np.arange(65.0, 145.1, 2.5)
    shape = (12, latitude.size, longitude.size)
    fields = {
        "u10": (3.0, "m s-1"),
        "v10": (-1.0, "m s-1"),
        "t2m": (285.0, "K"),
        "d2m": (280.0, "K"),
    }
    data = xarray.Dataset(
        {
            name: (("time", "latitude", "longitude"), np.full(shape, value), {"units": unit})
            for name, (value, unit) in fields.items()
        },
        coords={
            "time": np.array([f"2017-{m:02d}-01" for m in range(1, 13)], dtype="datetime64[ns]"),
            "latitude": latitude,
            "longitude": longitude,
        },
    )
    change(data).to_netcdf(path)
    source = SourceFiles("weather_netcdf", (path,))
    return RoleInput("meteorology", 2017, (source,), is_bundled=False)


def with_units(name: str, factor: float, offset: float, unit: str) -> Change:
    def change(data: Any) -> Any:
        data[name] = (data[name].dims, data[name].values * factor + offset, {"units": unit})
        return data

    return change


def with_gap(data: Any) -> Any:
    data["u10"][3, 8, 14] = np.nan
    return data


CONVERTED = {
    "wind in km/h": (with_units("u10", 3.6, 0.0, "km h-1"), "u10: km h-1 x 0.277778"),
    "temperature in degC": (with_units("t2m", 1.0, -273.15, "degC"), "t2m: degC x 1 +273.15"),
    "longitude 0-360": (
        lambda data: xarray.concat(
            [data, data.isel(longitude=[0]).assign_coords(longitude=[200.0])], dim="longitude"
        ),
        "longitude 0 to 360",
    ),
    "descending latitude": (
        lambda data: data.isel(latitude=slice(None, None, -1)),
        "latitude turned to ascend",
    ),
}


@pytest.mark.parametrize("case", CONVERTED)
def test_what_can_be_converted_is_converted_with_a_record(tmp_path: Path, case: str) -> None:
    change, record = CONVERTED[case]
    table, (provenance,) = read_role(weather(tmp_path / "changed.nc", change))
    assert record in provenance.conversions
    plain, (unchanged,) = read_role(weather(tmp_path / "plain.nc"))
    assert unchanged.conversions == ""
    keys = list(CONTRACTS["meteorology"].key)
    both = plain.join(table, on=keys, suffix="_changed")
    assert both.height == plain.height
    np.testing.assert_allclose(both["value"], both["value_changed"], rtol=1e-9, atol=1e-9)


REFUSED = {
    "wind file with a gap": (with_gap, "gaps over China"),
    "wind without a unit": (with_units("u10", 1.0, 0.0, ""), "unit of u10 is not known"),
    "wind in km/h that says m/s": (with_units("u10", 50.0, 0.0, "m s-1"), "cannot be in m/s"),
    "temperature in C that says K": (with_units("t2m", 1.0, -273.15, "K"), "cannot be in K"),
    "a grid west of China": (
        lambda data: data.sel(longitude=slice(65, 120)),
        "does not cover China",
    ),
    "a grid of another continent": (
        lambda data: data.assign_coords(longitude=data["longitude"] - 180.0),
        "does not reach it",
    ),
    "a month that is missing": (lambda data: data.isel(time=slice(1, None)), "Months of"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_converted_is_refused(tmp_path: Path, case: str) -> None:
    change, message = REFUSED[case]
    with pytest.raises(InputError, match=message) as caught:
        read_role(weather(tmp_path / "changed.nc", change))
    assert caught.value.found
    assert caught.value.expected


def test_population_in_thousands_is_refused() -> None:
    thousands = role_table("grid_cell").with_columns(pl.col(r"^.*population_persons$") / 1000)
    with pytest.raises(InputError, match="thousands"):
        validate(thousands, CONTRACTS["grid_cell"], file="cells")


def test_an_emission_outside_every_cell_is_refused() -> None:
    with pytest.raises(GridError, match=r"outside every cell.*10 E 50 N"):
        nested_grid().cell_of(np.array([116.0, 10.0]), np.array([40.0, 50.0]))
    berlin = role_table("point_source").with_columns(longitude=pl.lit(13.4), latitude=pl.lit(52.5))
    with pytest.raises(InputError, match="longitude"):
        validate(berlin, CONTRACTS["point_source"], file="plants")
