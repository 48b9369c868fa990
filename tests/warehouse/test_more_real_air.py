"""Further kinds of files of air, weather and world tables as people have them, with figures of their own."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from real_tables import Landed, refusal
from weather_files import ASIA, hours, months, write

from warehouse.errors import InputError
from warehouse.sources import era5, icio_file, meic_grid, weather_netcdf
from warehouse.sources.notes import collected

CITIES = ("北京", "上海", "广州")


def city_days(pm25: float = 40.0, step: str = "days") -> str:
    days = [
        date(2025, 1, 1) + timedelta(days=at) if step == "days" else date(2025, at + 1, 1)
        for at in range(6)
    ]
    rows = [f"{day},{city},{pm25 + at},80" for day in days for at, city in enumerate(CITIES)]
    return "\n".join(["date,city,PM2.5,PM10", *rows, ""])


def test_a_unit_that_only_the_level_tells_is_refused(landed: Landed) -> None:
    text = city_days(0.04).replace(",1.04,", ",0.041,").replace(",2.04,", ",0.042,")
    error = refusal(landed, "air-open", "observation", {"a.csv": text.encode()})
    assert "PM2.5 is in another unit" in error.message
    assert error.found is not None
    assert "0.041" in error.found


def test_means_of_months_are_no_days(landed: Landed) -> None:
    error = refusal(landed, "air-open", "observation", {"a.csv": city_days(step="months").encode()})
    assert "months, not days" in error.message


def test_one_hour_of_zeros_at_every_station_is_noted(landed: Landed) -> None:
    rows = [
        f"20240101,{hour},{kind},{0 if (hour, kind) == (5, 'PM2.5') else 20 + hour},{30 + hour}"
        for hour in range(24) for kind in ("AQI", "PM2.5", "PM10")
    ]  # fmt: skip
    text = "\n".join(["date,hour,type,1001A,1002A", *rows, ""])
    _, notes = landed("air-open", "observation", {"china_sites_20240101.csv": text.encode()})
    assert any("PM2.5: 1 of 48 hours are exactly zero" in note for note in notes)


def test_a_workbook_of_city_days_is_read_as_every_other(landed: Landed, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.sheet_state = "hidden"
    hidden.append(["date", "city", "PM2.5"])
    hidden.append(["2025-01-01", "北京", 999])
    sheet = book.create_sheet("days")
    for line in city_days().splitlines():
        sheet.append(
            [float(cell) if cell.replace(".", "").isdigit() else cell for cell in line.split(",")]
        )
    sheet["C3"] = "=C2*2"
    book.save(tmp_path / "a.xlsx")
    error = refusal(
        landed, "air-open", "observation", {"a.xlsx": (tmp_path / "a.xlsx").read_bytes()}
    )
    assert "never computed" in error.message


def hourly(path: Path, dew: float = 270.0, **others: object) -> Path:
    fields = {"t2m": (np.full((72, 1, 1), 280.0), "K"), "d2m": (np.full((72, 1, 1), dew), "K"),
              "tp": (np.zeros((72, 1, 1)), "m")}  # fmt: skip
    return write(path, hours("2020-01-01T00", 72), fields, **others)  # type: ignore[arg-type]


def test_weather_of_another_place_or_with_dew_above_is_refused(
    landed: Landed, tmp_path: Path
) -> None:
    far = hourly(tmp_path / "far.nc", grid=((10.0, 9.75), (-70.0, -69.75))).read_bytes()
    error = refusal(landed, "air-open", "weather_observation", {"a.nc": far})
    assert "in or around China" in error.message
    wet = hourly(tmp_path / "wet.nc", dew=285.0).read_bytes()
    error = refusal(landed, "air-open", "weather_observation", {"a.nc": wet})
    assert "dew point is above" in error.message


def test_rain_that_is_zero_throughout_is_noted(tmp_path: Path) -> None:
    with collected() as notes:
        era5.read([hourly(tmp_path / "a.nc")], "weather_observation", 2020)
    assert any("tp: every value is zero" in str(note) for note in notes)


def monthly(path: Path, times: str, rain: float = 0.003) -> Path:
    """Monthly means. times: `date` as the new store writes it, or CDO's unit."""
    shape = (12, len(ASIA[0]), len(ASIA[1]))
    mild = np.broadcast_to(300.0 - 0.7 * ASIA[0][None, :, None], shape)
    fields = {"t2m": (mild, "K"), "d2m": (mild - 5, "K"), "u10": (np.full(shape, 3.0), "m s-1"),
              "v10": (np.full(shape, 2.0), "m s-1"), "tp": (np.full(shape, rain), "m")}  # fmt: skip
    write(path, months(2007), fields, grid=ASIA, time="date" if times == "date" else "time")
    name = "date" if times == "date" else "time"
    with netCDF4.Dataset(path, "a") as file:
        file[name][:] = [20070001 + 100 * month for month in range(1, 13)]
        if times == "date":
            file[name].delncattr("units")
        else:
            file[name].units = times
    return path


@pytest.mark.parametrize("times", ["date", "day as %Y%m%d.%f"])
def test_times_as_calendar_numbers_are_read(tmp_path: Path, times: str) -> None:
    frame = weather_netcdf.read([monthly(tmp_path / "a.nc", times)], "meteorology", 2007)
    rain = frame.filter(variable="precipitation")
    assert rain["value"].mean() == pytest.approx(3.0)
    assert sorted(rain["month"].unique()) == list(range(1, 13))


@pytest.mark.parametrize("rain", [0.09, 3e-6])
def test_rain_of_no_year_is_refused(tmp_path: Path, rain: float) -> None:
    with pytest.raises(InputError, match="rain over China") as caught:
        weather_netcdf.read([monthly(tmp_path / "a.nc", "date", rain)], "meteorology", 2007)
    assert f"{rain * 1000:.3g} mm/day" in str(caught.value.found)


ICIO = """V1,CHN_A,CHN_B,CHN_HFCE,OUT
CHN_A,1,{cell},3,6
CHN_B,1,1,1,3
VA,4,0,,
"""


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "-", "9"])
def test_a_cell_that_the_parser_would_take_as_zero_is_refused(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "ICIO2023_2017.csv"
    path.write_text(ICIO.format(cell=2))
    icio_file.refuse_gaps(path, path)
    path.write_text(ICIO.format(cell=cell))
    with pytest.raises(InputError) as caught:
        icio_file.refuse_gaps(path, path)
    assert caught.value.row == "CHN_A"
    assert str(caught.value.column) == ("OUT" if cell == "9" else "CHN_B (column C)")


def test_an_archive_made_on_a_mac_holds_one_table(tmp_path: Path) -> None:
    path = tmp_path / "2017_SML.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ICIO/2017_SML.csv", ICIO.format(cell=2))
        archive.writestr("__MACOSX/ICIO/._2017_SML.csv", b"\0\5\x16\7")
    with icio_file.one_csv(path) as table:
        assert table.read_text() == ICIO.format(cell=2)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("ICIO/2016_SML.csv", "")
    with pytest.raises(InputError, match="one table"), icio_file.one_csv(path):
        pass


def test_levels_of_weather_tables(landed: Landed) -> None:
    """Hours with a time zone of their own form are read; a humidity that is a share is refused."""
    heading = "timestamp,temp,humidity,wind_speed,precipitation,pressure"
    rows = [f"2024-01-01T{hour:02d}:00:00Z,5.5,{{}},10,0.1,1020" for hour in range(24)]
    rows += [row.replace("01T", "02T") for row in rows]
    for share, says in ((55.5, None), (0.555, "is a share")):
        text = "\n".join([heading, *(row.format(share) for row in rows), ""])
        files = {"beijing_hours.csv": text.encode()}
        if says is None:
            frame, _ = landed("air-open", "weather_observation", files)
            humid = frame.filter(variable="relative_humidity_pct", date=date(2024, 1, 2))
            assert 55.5 in humid["value"].to_list()
        else:
            assert says in refusal(landed, "air-open", "weather_observation", files).message


@pytest.mark.parametrize(
    ("units", "is_read"),
    [("t/month", True), ("user_z_unit", True), ("Gg", False), ("g", False), ("mol/month", False)],
)
def test_a_unit_that_a_grid_states_is_not_overheard(
    tmp_path: Path, units: str, is_read: bool
) -> None:
    path = tmp_path / "2007_00_power_SO2.nc"
    with netCDF4.Dataset(path, "w", format="NETCDF3_CLASSIC") as file:
        for name, values in (
            ("x_range", [70, 150]),
            ("y_range", [10, 60]),
            ("spacing", [0.25, 0.25]),
        ):
            file.createDimension(name, 2)
            file.createVariable(name, "f8", (name,))[:] = values
        file.createDimension("xysize", 64_000)
        file.createVariable("z", "f4", ("xysize",))[:] = 1
        file["z"].units = units
    if is_read:
        assert meic_grid._netcdf(path).sum() == 64_000
        return
    with pytest.raises(InputError) as caught:
        meic_grid._netcdf(path)
    assert caught.value.found == units
