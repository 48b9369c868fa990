"""ERA5 and GSOD: units, days, points."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.io import netcdf_file

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import era5, gsod

HOURS = 48
TEMPERATURE = 273.15 + np.arange(HOURS)[:, None, None] + np.array([[0.0, 30.0]])


def classic(folder: Path) -> Path:
    """Hours from 2018-01-01 00:00 UTC at two points, temperature packed as the old store did."""
    path = folder / "era5.nc"
    with netcdf_file(str(path), "w") as file:
        for name, size in (("time", HOURS), ("latitude", 1), ("longitude", 2)):
            file.createDimension(name, size)
        start = (np.datetime64("2018-01-01") - np.datetime64("1900-01-01")) // np.timedelta64(
            1, "h"
        )
        time = file.createVariable("time", "i4", ("time",))
        time[:] = start + np.arange(HOURS)
        time.units = b"hours since 1900-01-01 00:00:00.0"
        file.createVariable("latitude", "f4", ("latitude",))[:] = [39.75]
        file.createVariable("longitude", "f4", ("longitude",))[:] = [116.25, 116.5]
        packed = file.createVariable("t2m", "i2", ("time", "latitude", "longitude"))
        packed.scale_factor, packed.add_offset = 0.01, 300.0
        packed.units = b"K"
        packed._FillValue = np.int16(-32767)
        values = np.round((TEMPERATURE - 300) / 0.01).astype("i2")
        values[20, 0, 1] = -32767
        packed[:] = values
        rain = file.createVariable("tp", "f4", ("time", "latitude", "longitude"))
        rain.units = b"m"
        rain[:] = 0.001
    return path


def test_a_beijing_day_is_sixteen_to_sixteen_utc(tmp_path: Path) -> None:
    path = classic(tmp_path)
    assert era5.recognises(path)
    frame = validate(
        era5.read([path], "weather_observation", 2018), CONTRACTS["weather_observation"], file=path
    )
    # 48 UTC hours hold one whole day of Beijing: 16 to 39.
    assert frame["date"].unique().to_list() == [date(2018, 1, 2)]
    first = dict(
        frame.filter(pl.col("place") == "39.750N_116.250E")[["variable", "value"]].iter_rows()
    )
    assert first["temperature_c"] == pytest.approx(np.mean(range(16, 40)), abs=0.01)
    assert first["precipitation_mm"] == pytest.approx(24.0)
    assert frame["place"].n_unique() == 2


def test_netcdf_4_is_read_alike(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "era5_new.nc"
    with h5py.File(path, "w") as file:
        file["valid_time"] = np.arange(HOURS) * 3600 + 1_514_764_800
        file["valid_time"].attrs["units"] = "seconds since 1970-01-01"
        file["latitude"], file["longitude"] = np.array([39.75]), np.array([116.25, 116.5])
        for name in ("valid_time", "latitude", "longitude"):
            file[name].make_scale(name)
        file["t2m"] = TEMPERATURE.astype("f4")
        file["t2m"].attrs["units"] = "K"
        for place, name in enumerate(("valid_time", "latitude", "longitude")):
            file["t2m"].dims[place].attach_scale(file[name])
    frame = era5.read([path], "weather_observation", 2018)
    assert frame["value"][0] == pytest.approx(np.mean(range(16, 40)), abs=0.01)


def test_a_file_that_is_no_netcdf_or_lacks_the_weather_is_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.nc"
    damaged.write_bytes(b"CDF\x01 not more")
    with pytest.raises(InputError, match="damaged"):
        era5.read([damaged], "weather_observation", 2018)
    empty = tmp_path / "empty.nc"
    with netcdf_file(str(empty), "w") as file:
        for name in ("time", "latitude", "longitude"):
            file.createDimension(name, 1)
            file.createVariable(name, "f4", (name,))[:] = 1
    with pytest.raises(InputError, match="none of the variables"):
        era5.read([empty], "weather_observation", 2018)


GSOD_HEADING = (
    '"STATION","DATE","LATITUDE","LONGITUDE","ELEVATION","NAME","TEMP","TEMP_ATTRIBUTES","DEWP","SLP","STP","VISIB",'
    '"WDSP","PRCP"'
)


def gsod_file(folder: Path, day: str = "2018-01-01", stp: str = "021.5") -> Path:
    path = folder / "54511099999.csv"
    row = (
        f'"54511099999","{day}","40.080111","116.584556","35.4","BEIJING","32.0","24","14.0","1026.1","{stp}","5.0",'
        '"10.0","99.99"'
    )
    path.write_text(f"{GSOD_HEADING}\n{row}\n")
    return path


def test_gsod_becomes_si_and_its_missing_values_are_absent(tmp_path: Path) -> None:
    path = gsod_file(tmp_path)
    assert gsod.recognises(path)
    frame = validate(
        gsod.read([path], "weather_observation", 2018), CONTRACTS["weather_observation"], file=path
    )
    assert frame["place"].unique().to_list() == ["40.080N_116.585E"]
    values = dict(frame[["variable", "value"]].iter_rows())
    assert values == pytest.approx(
        {
            "temperature_c": 0.0,
            "dew_point_c": -10.0,
            "relative_humidity_pct": 46.8,
            "pressure_hpa": 1021.5,
            "wind_speed_m_s": 5.14444,
        },
        abs=0.5,
    )


def test_gsods_missing_station_pressure_gives_way_to_sea_level(tmp_path: Path) -> None:
    frame = gsod.read([gsod_file(tmp_path, stp="999.9")], "weather_observation", 2018)
    assert dict(frame[["variable", "value"]].iter_rows())["pressure_hpa"] == 1026.1


def test_gsod_with_a_broken_date_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        gsod.read([gsod_file(tmp_path, day="01/01/2018")], "weather_observation", 2018)
    assert (refused.value.row, refused.value.column) == (1, "DATE")
