"""Each form in which weather is downloaded, against values computed by hand (docs/weather_files.md)."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from weather_files import ASIA, hours, months, write

from warehouse.errors import InputError
from warehouse.sources import era5, weather_netcdf
from warehouse.sources.notes import collected

K = "K"
THREE_DAYS = hours("2020-01-01T00", 72)
SECOND = date(2020, 1, 2)


def days(*paths: Path) -> tuple[dict[tuple[date, str], float], str]:
    """Values of the first point by day and variable, and the notes as one text."""
    with collected() as notes:
        frame = era5.read(paths, "weather_observation", 2020)
    first = frame.filter(pl.col("place") == "40.000N_116.250E")
    return {(d, v): x for d, v, x in first[["date", "variable", "value"]].iter_rows()}, " | ".join(
        map(str, notes)
    )


def refusal(*paths: Path, reader: Any = era5) -> str:
    with pytest.raises(InputError) as caught:
        reader.read(paths, "", 2020 if reader is era5 else 2007)
    assert caught.value.found
    assert caught.value.remedy
    return str(caught.value)


@pytest.mark.parametrize(
    "form", ["NETCDF3_CLASSIC", "NETCDF3_64BIT_DATA", "NETCDF4", "NETCDF4_CLASSIC"]
)
@pytest.mark.parametrize("time", ["time", "valid_time"])
def test_the_classic_and_the_new_store(tmp_path: Path, form: str, time: str) -> None:
    path = write(
        tmp_path / "e.nc",
        THREE_DAYS,
        {
            "t2m": (273.15 + np.arange(72), K),
            "u10": (np.full(72, 36.0), "km h-1"),
            "tp": (np.arange(72) % 2 * 1e-3, "m"),
        },
        time=time,
        time_units="hours since 1900-01-01 00:00:00.0",
        form=form,
    )
    found, notes = days(path)
    # Beijing's 2 January is 16 UTC of the 1st to 16 UTC of the 2nd: hours 16 to 39 of the file.
    assert found[SECOND, "temperature_c"] == pytest.approx(np.mean(range(16, 40)), abs=1e-3)
    assert found[SECOND, "wind_u_m_s"] == pytest.approx(10.0)
    assert found[SECOND, "precipitation_mm"] == pytest.approx(12.0)
    assert (
        "2 of 4 days have times missing and are left out, the first 2020-01-01 (16 of 24)" in notes
    )


def test_the_clock_time_of_the_unit_counts(tmp_path: Path) -> None:
    values = {"t2m": (273.15 + np.arange(24), K)}
    path = write(
        tmp_path / "e.nc",
        hours("2020-01-01T16", 24),
        values,
        time_units="hours since 2020-01-01 16:00:00",
    )
    assert days(path)[0][SECOND, "temperature_c"] == pytest.approx(11.5, abs=1e-3)


def test_amounts_are_of_the_hour_that_ends(tmp_path: Path) -> None:
    rain = np.zeros(72)
    rain[16], rain[40] = 5e-3, 2e-3  # the hours that end Beijing's 1st and 2nd of January
    found, _ = days(write(tmp_path / "e.nc", THREE_DAYS, {"tp": (rain, "m")}))
    assert found[SECOND, "precipitation_mm"] == pytest.approx(2.0)
    assert found[date(2020, 1, 3), "precipitation_mm"] == pytest.approx(0.0)


def test_instant_and_accumulated_files_apart_and_in_an_archive(tmp_path: Path) -> None:
    split = [
        write(tmp_path / "data_0.nc", THREE_DAYS[:48], {"t2m": (np.full(48, 280.0), K)}),
        write(tmp_path / "data_1.nc", THREE_DAYS[:48], {"tp": (np.full(48, 1e-3), "m")}),
    ]
    found, _ = days(*split)
    assert set(found) == {(SECOND, "temperature_c"), (SECOND, "precipitation_mm")}
    assert found[SECOND, "precipitation_mm"] == pytest.approx(24.0)
    archive = tmp_path / "download.nc"
    with zipfile.ZipFile(archive, "w") as file:
        for path in split:
            file.write(path, path.name)
        file.writestr("__MACOSX/._data_0.nc", b"\0\5\26\7")
    assert era5.recognises(archive)
    packed, notes = days(archive)
    assert packed == found
    assert "a ZIP archive, of which data_0.nc, data_1.nc is read" in notes


def test_overlapping_downloads_count_once(tmp_path: Path) -> None:
    one = write(tmp_path / "a.nc", THREE_DAYS[:48], {"tp": (np.full(48, 1e-3), "m")})
    two = write(tmp_path / "b.nc", THREE_DAYS[24:], {"tp": (np.full(48, 1e-3), "m")})
    found, notes = days(one, two)
    assert found[SECOND, "precipitation_mm"] == pytest.approx(24.0)
    assert "24 times stand in several files" in notes
    other = write(tmp_path / "b.nc", THREE_DAYS[24:], {"tp": (np.full(48, 3e-3), "m")})
    assert "for one time differ" in refusal(one, other)


def test_months_in_files_of_their_own_join_over_the_seam(tmp_path: Path) -> None:
    one = write(tmp_path / "a.nc", THREE_DAYS[:30], {"t2m": (np.full(30, 280.0), K)})
    two = write(tmp_path / "b.nc", THREE_DAYS[30:], {"t2m": (np.full(42, 280.0), K)})
    assert (SECOND, "temperature_c") in days(one, two)[0]


def test_era5_land_is_taken_apart(tmp_path: Path) -> None:
    since_midnight = np.where(
        THREE_DAYS.astype(int) // 3600 % 24 == 0, 24, THREE_DAYS.astype(int) // 3600 % 24
    )
    found, notes = days(
        write(tmp_path / "land.nc", THREE_DAYS, {"tp": (since_midnight * 1e-3, "m")})
    )
    assert found[SECOND, "precipitation_mm"] == pytest.approx(24.0, rel=1e-5)
    assert "accumulated since 00 UTC" in notes


@pytest.mark.parametrize(
    ("start", "lead"), [("time", "step"), ("forecast_reference_time", "forecast_period")]
)
def test_a_forecast_by_steps_is_read_by_valid_time(tmp_path: Path, start: str, lead: str) -> None:
    starts = hours("2020-01-01T06", 3, 12)
    path = write(
        tmp_path / "tp.nc",
        starts,
        {"tp": (np.full((3, 12), 1e-3), "m")},
        time=start,
        extra={lead: np.arange(1, 13)},
    )
    import netCDF4

    with netCDF4.Dataset(path, "a") as file:
        file[lead].units = "hours"
    # Steps end at 07 UTC of the 1st to 18 UTC of the 2nd: one whole day of Beijing.
    assert days(path)[0] == {(SECOND, "precipitation_mm"): pytest.approx(24.0, rel=1e-5)}


@pytest.mark.parametrize("name", ["mtpr", "avg_tprate"])
def test_mean_rates(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "e.nc", THREE_DAYS, {name: (np.full(72, 1 / 3600), "kg m**-2 s**-1")})
    assert days(path)[0][SECOND, "precipitation_mm"] == pytest.approx(24.0, rel=1e-5)


def test_four_instants_a_day_are_a_mean_and_amounts_among_them_are_refused(tmp_path: Path) -> None:
    moments = hours("2020-01-01T00", 12, 6)
    found, notes = days(write(tmp_path / "e.nc", moments, {"t2m": (273.15 + np.arange(12), K)}))
    assert found[SECOND, "temperature_c"] == pytest.approx(4.5, abs=1e-3)  # 18, 00, 06, 12 UTC
    assert "a day is the mean of 4 times, 6 hours apart" in notes
    assert "of which period" in refusal(
        write(tmp_path / "p.nc", moments, {"tp": (np.full(12, 1e-3), "m")})
    )


def test_two_times_a_day_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "e.nc", hours("2020-01-01T00", 6, 12), {"t2m": (np.full(6, 280.0), K)})
    assert "too few times" in refusal(path)


def test_less_than_a_day_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "e.nc", THREE_DAYS[:24], {"t2m": (np.full(24, 280.0), K)})
    assert "fullest 2020-01-01 with 16 of 24 times, by valid_time" in refusal(path)


def test_daily_statistics(tmp_path: Path) -> None:
    moments = hours("2020-01-01T00", 3, 24)
    mean = write(
        tmp_path / "2m_temperature_0_daily-mean.nc",
        moments,
        {"t2m": (np.array([280.0, 281, 282]), K)},
    )
    rain = write(
        tmp_path / "total_precipitation_0_daily-sum.nc", moments, {"tp": (np.full(3, 5e-3), "m")}
    )
    found, notes = days(mean, rain)
    assert found[SECOND, "temperature_c"] == pytest.approx(7.85, abs=1e-3)
    assert found[SECOND, "precipitation_mm"] == pytest.approx(5.0)
    assert "of the file's own days" in notes
    assert "too few times" in refusal(
        write(tmp_path / "e.nc", moments, {"t2m": (np.full(3, 280.0), K)})
    )
    highest = write(
        tmp_path / "2m_temperature_0_daily-maximum.nc", moments, {"t2m": (np.full(3, 290.0), K)}
    )
    assert "is a maximum, not a mean" in refusal(highest)


def test_an_ensemble_is_refused_and_one_member_read(tmp_path: Path) -> None:
    for size in (10, 1):
        path = write(
            tmp_path / f"{size}.nc",
            THREE_DAYS,
            {"t2m": (np.full(72, 280.0), K)},
            extra={"number": np.arange(size)},
        )
        if size > 1:
            assert "ensemble of 10 members" in refusal(path)
        else:
            assert days(path)[0][SECOND, "temperature_c"] == pytest.approx(6.85, abs=1e-3)


def test_era5t_fills_what_era5_does_not_have_yet(tmp_path: Path) -> None:
    values = np.full((72, 2), np.nan)
    values[:30, 0], values[30:, 1] = 280.0, 290.0
    values[10, 1] = 300.0  # both have this hour: ERA5's counts
    path = write(
        tmp_path / "e.nc", THREE_DAYS, {"t2m": (values, K)}, extra={"expver": np.array([1, 5])}
    )
    found, notes = days(path)
    assert found[SECOND, "temperature_c"] == pytest.approx(
        (14 * 280 + 10 * 290) / 24 - 273.15, abs=1e-3
    )
    assert "42 of 72 times are ERA5T" in notes


def monthly(*paths: Path) -> tuple[pl.DataFrame, str]:
    with collected() as notes:
        frame = weather_netcdf.read(paths, "meteorology", 2007)
    return frame, " | ".join(map(str, notes))


def at(frame: pl.DataFrame, variable: str, month: int) -> float:
    here = (pl.col("variable") == variable) & (pl.col("month") == month)
    return float(
        frame.filter(here & (pl.col("latitude") == 30) & (pl.col("longitude") == 100))[
            "value"
        ].item()
    )


def asia(path: Path, moments: Any, fields: Mapping[str, tuple[Any, str]], **others: Any) -> Path:
    return write(path, moments, fields, grid=ASIA, **others)


def test_monthly_means_are_metres_a_day(tmp_path: Path) -> None:
    path = asia(
        tmp_path / "m.nc",
        months(2007),
        {"tp": (np.arange(12) * 1e-3, "m"), "t2m": (np.full(12, 288.0), K)},
    )
    frame, notes = monthly(path)
    assert at(frame, "precipitation", 4) == pytest.approx(3.0)
    assert notes == ""


def test_hours_and_days_of_a_month(tmp_path: Path) -> None:
    hourly = asia(
        tmp_path / "h.nc", hours("2007-01-01T00", 31 * 24 + 1), {"tp": (np.full(745, 1.25e-4), "m")}
    )
    frame, _ = monthly(hourly)
    assert at(frame, "precipitation", 1) == pytest.approx(3.0, rel=1e-4)
    daily = asia(
        tmp_path / "d.nc", hours("2007-01-01T00", 31, 24), {"t2m": (280 + np.arange(31.0), K)}
    )
    frame, notes = monthly(daily)
    assert at(frame, "air_temperature", 1) == pytest.approx(295.0)
    assert "one value a day is taken as the mean of the day" in notes
    part = asia(tmp_path / "p.nc", hours("2007-01-01T00", 20, 24), {"t2m": (np.full(20, 280.0), K)})
    assert "is not whole" in refusal(part, reader=weather_netcdf)


def test_months_by_hour_of_day(tmp_path: Path) -> None:
    moments = np.concatenate([hours(f"2007-{m:02d}-01T00", 24) for m in range(1, 13)])
    fields = {
        "tp": (np.tile(np.arange(24) % 2 * 1e-3, 12), "m"),
        "t2m": (np.tile(280.0 + np.arange(24), 12), K),
    }
    frame, notes = monthly(asia(tmp_path / "b.nc", moments, fields))
    assert at(frame, "precipitation", 12) == pytest.approx(12.0)
    assert at(frame, "air_temperature", 6) == pytest.approx(291.5)
    assert "by hour of day" in notes
    four = np.concatenate([hours(f"2007-{m:02d}-01T00", 4, 6) for m in range(1, 13)])
    assert "of which period" in refusal(
        asia(tmp_path / "f.nc", four, {"tp": (np.full(48, 1e-4), "m")}), reader=weather_netcdf
    )


def test_years_are_not_mixed(tmp_path: Path) -> None:
    def of(year: int, kelvin: float) -> Path:
        return asia(tmp_path / f"{year}.nc", months(year), {"t2m": (np.full(12, kelvin), K)})

    frame, notes = monthly(of(2007, 288.0), of(2008, 298.0))
    assert at(frame, "air_temperature", 1) == pytest.approx(288.0)
    assert "that of 2008 is in the files and not used" in notes
    frame, notes = monthly(of(2008, 298.0))
    assert at(frame, "air_temperature", 1) == pytest.approx(298.0)
    assert "is of 2008, not of the edition's year 2007" in notes
    assert "several years" in refusal(of(2008, 298.0), of(2009, 299.0), reader=weather_netcdf)


@pytest.mark.parametrize("rain", ["PRECTOT", "PRECTOTCORR"])
def test_merra_2_and_geos_fp(tmp_path: Path, rain: str) -> None:
    fields = {"T2M": (np.full(12, 288.0), K), rain: (np.full(12, 1 / 86_400), "kg m-2 s-1")}
    path = asia(tmp_path / "m.nc4", months(2007), fields, time="time", names=("lat", "lon"))
    assert at(monthly(path)[0], "precipitation", 7) == pytest.approx(1.0, rel=1e-5)


REFUSED: Sequence[tuple[str, Any, str]] = (
    (
        "no unit",
        lambda p: write(p, THREE_DAYS, {"t2m": (np.full(72, 280.0), "")}),
        "unit of t2m is not known",
    ),
    (
        "a foreign unit",
        lambda p: write(p, THREE_DAYS, {"u10": (np.full(72, 3.0), "furlong/h")}),
        "unit of u10",
    ),
    (
        "a unit of another kind",
        lambda p: write(p, THREE_DAYS, {"u10": (np.full(72, 3.0), "K")}),
        "unit of u10",
    ),
    (
        "an undeclared flag",
        lambda p: write(p, THREE_DAYS, {"t2m": (np.full(72, -9999.0), K)}),
        "cannot be in K",
    ),
    (
        "Celsius called kelvin",
        lambda p: write(p, THREE_DAYS, {"t2m": (np.full(72, 7.0), K)}),
        "cannot be in K",
    ),
    (
        "a level too many",
        lambda p: write(
            p, THREE_DAYS, {"t2m": (np.full(72, 280.0), K)}, extra={"level": np.array([850, 500])}
        ),
        "a dimension more",
    ),
    (
        "no variable",
        lambda p: write(p, THREE_DAYS, {"ssrd": (np.zeros(72), "J m**-2")}),
        "none of the variables",
    ),
)


@pytest.mark.parametrize(("name", "make", "message"), REFUSED)
def test_what_is_refused(tmp_path: Path, name: str, make: Any, message: str) -> None:
    assert message in refusal(make(tmp_path / "e.nc")), name


@pytest.mark.parametrize("calendar", ["noleap", "360_day", "julian day"])
def test_calendars_without_real_days_are_refused(tmp_path: Path, calendar: str) -> None:
    import netCDF4

    path = write(tmp_path / "e.nc", THREE_DAYS, {"t2m": (np.full(72, 280.0), K)})
    with netCDF4.Dataset(path, "a") as file:
        file["valid_time"].calendar = calendar
    assert "cannot be turned into dates" in refusal(path)


@pytest.mark.parametrize(
    "form", ["NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA", "NETCDF4"]
)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_cut_file_is_refused_and_not_read_as_zeros(
    tmp_path: Path, form: str, share: float
) -> None:
    path = write(tmp_path / "e.nc", THREE_DAYS, {"t2m": (np.full(72, 280.0), K)}, form=form)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert "damaged" in refusal(path)


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"GRIB\0\0\0\1", "a GRIB file"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"\x1f\x8b\x08\0", "a gzip file"),
    ],
)
def test_what_is_put_in_the_place_of_netcdf_is_named(
    tmp_path: Path, start: bytes, name: str
) -> None:
    path = tmp_path / "e.nc"
    path.write_bytes(start + bytes(100))
    assert era5.recognises(path)
    assert name in refusal(path)
