"""Weather files as their publishers write them, and what is wrong with files that are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from role_samples import role_table

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import caqra_province, gem_coal, weather_netcdf

xarray = pytest.importorskip("xarray")

LATITUDE = np.arange(60.0, 9.0, -2.5)
LONGITUDE = np.arange(65.0, 146.0, 2.5)


def era5(path: Path, **changed: Any) -> Path:
    """ERA5 monthly means: descending latitude, valid_time, dew point, rain in metres a day."""
    times = np.array([f"2017-{month:02d}-01" for month in range(1, 13)], dtype="datetime64[ns]")
    dims = ("valid_time", "latitude", "longitude")
    shape = (12, LATITUDE.size, LONGITUDE.size)
    north = np.broadcast_to(LATITUDE[None, :, None], shape)
    fields = {
        "u10": (np.full(shape, 3.0), "m s**-1"),
        "v10": (np.full(shape, -1.0), "m s**-1"),
        "t2m": (300.0 - 0.5 * north, "K"),
        "d2m": (295.0 - 0.5 * north, "K"),
        "blh": (np.full(shape, 600.0), "m"),
        "tp": (np.full(shape, 0.002), "m"),
    }
    for name, change in changed.items():
        fields[name] = change(*fields[name])
    xarray.Dataset(
        {name: (dims, value, {"units": unit}) for name, (value, unit) in fields.items()},
        coords={"valid_time": times, "latitude": LATITUDE, "longitude": LONGITUDE},
    ).to_netcdf(path)
    return path


def table_of(*paths: Path) -> pl.DataFrame:
    table = weather_netcdf.read(paths, "meteorology", 2017)
    return validate(table, CONTRACTS["meteorology"], file="weather")


def value(table: pl.DataFrame, variable: str, latitude: float = 30.0) -> float:
    found = table.filter(
        (pl.col("variable") == variable)
        & (pl.col("latitude") == latitude)
        & (pl.col("longitude") == 100.0)
        & (pl.col("month") == 7)
    )
    return float(found["value"].item())


def test_era5_becomes_the_role(tmp_path: Path) -> None:
    path = era5(tmp_path / "era5.nc")
    assert weather_netcdf.recognises(path)
    table = table_of(path)
    assert value(table, "eastward_wind") == 3.0
    assert value(table, "air_temperature", 30.0) == pytest.approx(285.0)
    assert value(table, "air_temperature", 50.0) == pytest.approx(275.0)
    assert value(table, "mixing_height") == 600.0
    assert value(table, "precipitation") == pytest.approx(2.0)
    assert value(table, "relative_humidity") == pytest.approx(71.4, abs=1.0)


def test_other_units_longitudes_and_order_are_converted(tmp_path: Path) -> None:
    plain = table_of(era5(tmp_path / "a.nc"))
    other = era5(
        tmp_path / "b.nc",
        u10=lambda value, _: (value * 3.6, "km h-1"),
        t2m=lambda value, _: (value - 273.15, "degC"),
        tp=lambda value, _: (value / 86.4, "kg m-2 s-1"),
    )
    with xarray.open_dataset(other) as data:
        turned = data.load()
    turned = turned.assign_coords(longitude=turned["longitude"] % 360).isel(
        latitude=slice(None, None, -1), longitude=np.roll(np.arange(LONGITUDE.size), 7)
    )
    turned.to_netcdf(tmp_path / "c.nc")
    table = table_of(tmp_path / "c.nc")
    keys = list(CONTRACTS["meteorology"].key)
    both = plain.sort(keys).join(table, on=keys, suffix="_other")
    assert both.height == plain.height
    np.testing.assert_allclose(both["value"], both["value_other"], rtol=1e-6, atol=1e-6)


def test_merra2_and_geos_fp_names_and_a_month_a_file(tmp_path: Path) -> None:
    latitude, longitude = np.arange(10.0, 60.1, 2.0), np.arange(65.0, 145.1, 2.5)
    paths = []
    for month in range(1, 13):
        shape = (1, latitude.size, longitude.size)
        fields = {
            "U10M": (np.full(shape, float(month)), "m s-1"),
            "V10M": (np.zeros(shape), "m s-1"),
            "T2M": (np.full(shape, 290.0), "K"),
            "QV2M": (np.full(shape, 0.006), "kg kg-1"),
            "PS": (np.full(shape, 1000.0), "hPa"),
            "PBLH": (np.full(shape, 500.0), "m"),
            "PRECTOTCORR": (np.full(shape, 2e-5), "kg m-2 s-1"),
        }
        path = tmp_path / f"MERRA2_400.tavgM_2d_slv_Nx.2017{month:02d}.nc4"
        xarray.Dataset(
            {
                name: (("time", "lat", "lon"), field, {"units": unit})
                for name, (field, unit) in fields.items()
            },
            coords={
                "time": np.array([f"2017-{month:02d}-15"], dtype="datetime64[ns]"),
                "lat": latitude,
                "lon": longitude,
            },
        ).to_netcdf(path)
        paths.append(path)
    table = table_of(*paths)
    assert value(table, "eastward_wind") == 7.0
    assert value(table, "precipitation") == pytest.approx(1.728)
    vapour = 0.006 * 1e5 / (0.622 + 0.378 * 0.006)
    assert value(table, "relative_humidity") == pytest.approx(100 * vapour / 1918, rel=0.01)
    with pytest.raises(InputError, match="Months"):
        table_of(*paths[1:])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"u10": lambda value, _: (value, "knots")}, "unit of u10"),
        ({"u10": lambda value, _: (np.where(value > 0, np.nan, value), "m s-1")}, "gaps"),
        ({"t2m": lambda value, _: (value - 273.15, "K")}, "cannot be in K"),
        ({"u10": lambda value, _: (value * 50, "m s-1")}, "cannot be in m/s"),
    ],
)
def test_wrong_units_and_gaps_are_refused(tmp_path: Path, changed: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        table_of(era5(tmp_path / "wrong.nc", **changed))


def test_a_grid_that_does_not_cover_china_is_refused(tmp_path: Path) -> None:
    with xarray.open_dataset(era5(tmp_path / "whole.nc")) as data:
        data.sel(longitude=slice(65, 120)).to_netcdf(tmp_path / "west.nc")
        data.sel(longitude=slice(65, 120)).assign_coords(
            longitude=np.linspace(-60, -10, 23)
        ).to_netcdf(tmp_path / "atlantic.nc")
    with pytest.raises(InputError, match="does not cover China"):
        table_of(tmp_path / "west.nc")
    with pytest.raises(InputError, match="does not reach"):
        table_of(tmp_path / "atlantic.nc")


def test_files_that_are_no_weather_are_refused(tmp_path: Path) -> None:
    xarray.Dataset({"other": ("x", [1.0])}).to_netcdf(tmp_path / "other.nc")
    with pytest.raises(InputError, match="No file holds"):
        table_of(tmp_path / "other.nc")
    damaged = tmp_path / "damaged.nc"
    damaged.write_bytes(b"\x89HDF\r\n\x1a\n damaged")
    with pytest.raises(InputError, match="NetCDF"):
        table_of(damaged)


def test_the_contract_refuses_gaps_missing_variables_and_thousands() -> None:
    contract = CONTRACTS["meteorology"]
    weather = role_table("meteorology")
    with pytest.raises(InputError, match="gaps"):
        validate(weather.slice(1), contract, file="x")
    with pytest.raises(InputError, match="missing"):
        validate(weather.filter(pl.col("variable") != "air_temperature"), contract, file="x")
    cells = role_table("grid_cell").with_columns(
        pl.col("population_persons") / 1000, pl.col("rural_population_persons") / 1000
    )
    with pytest.raises(InputError, match="thousands"):
        validate(cells, CONTRACTS["grid_cell"], file="x")


def test_coal_plants_of_the_original(shared_data: Any) -> None:
    path = shared_data("air/gem_gcpt/Global-Coal-Plant-Tracker-January-2025.xlsx")
    table = validate(
        gem_coal.read([path], "point_source", 2007), CONTRACTS["point_source"], file=path
    )
    working = table.filter((pl.col("start_year") <= 2024) & (pl.col("end_year") > 2024))
    assert table.height == 4391
    assert working["capacity_mw"].sum() > 1_150_000


def test_caqra_months_of_the_original(shared_data: Any) -> None:
    path = shared_data("air/caqra_chinavis2021/kunkunyy_province_detail.json")
    table = validate(
        caqra_province.read([path], "evaluation_observation", 2016),
        CONTRACTS["evaluation_observation"],
        file=path,
    )
    assert table.height == 31 * 72 * 4
    first = table.filter(
        (pl.col("province") == "CN-HI")
        & (pl.col("source_year") == 2013)
        & (pl.col("month") == 1)
        & (pl.col("pollutant") == "PM2.5")
    )
    assert first["concentration_ug_m3"].item() == 42.53
