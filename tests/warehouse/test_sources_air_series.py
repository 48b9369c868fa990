"""Reanalysis, UCI sets and CREA's city days."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import polars as pl
import pyreadr
import pytest

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import caqra, crea_city, uci

SERIES_HEADING = "PM2,PM10,SO2,NO2,CO,O3,U,V,TEMP,RH,PSFC"
SERIES_ROW = "27.5,41.4,22.1,19.1,0.998,41.8,3.7,-6.7,258.7,39.2,98369.4"


def archive(folder: Path, members: dict[str, str]) -> Path:
    path = folder / "series.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in members.items():
            content = text.encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def series(days: int = 3, row: str = SERIES_ROW) -> str:
    return "\n".join([SERIES_HEADING, *[row] * days]) + "\n"


def test_a_series_without_dates_starts_on_the_first_day_of_2013(tmp_path: Path) -> None:
    path = archive(tmp_path, {"北京市.csv": series(), "香港特别行政区.csv": series(1)})
    assert caqra.recognises(path)
    frame = validate(caqra.read([path], "observation", 2018), CONTRACTS["observation"], file=path)
    assert frame["place"].unique().to_list() == ["CN-BJ"]
    assert frame["date"].min() == date(2013, 1, 1)
    assert frame["date"].max() == date(2013, 1, 3)
    co = frame.filter(pl.col("pollutant") == "CO")["value_ug_m3"]
    assert co.to_list() == pytest.approx([998.0] * 3)


def test_weather_comes_in_the_units_of_its_names(tmp_path: Path) -> None:
    path = archive(tmp_path, {"北京市.csv": series(1)})
    frame = caqra.read([path], "weather_observation", 2018)
    values = dict(
        validate(frame, CONTRACTS["weather_observation"], file=path)[
            ["variable", "value"]
        ].iter_rows()
    )
    assert values == pytest.approx(
        {
            "wind_u_m_s": 3.7,
            "wind_v_m_s": -6.7,
            "temperature_c": -14.45,
            "relative_humidity_pct": 39.2,
            "pressure_hpa": 983.694,
        }
    )


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"北京市.csv": series(3), "天津市.csv": series(2)}, "different length"),
        ({"北京市.csv": series(3), "北京.csv": series(3)}, "there before"),
        ({"西游记.csv": series(3)}, "not a province"),
        ({"北京市.csv": "PM2,PM10\n1,2\n"}, "heading"),
        ({"北京市.csv": series(2, SERIES_ROW.replace("41.4", "n/a"))}, "not hold a number"),
    ],
)
def test_a_damaged_archive_is_refused(tmp_path: Path, members: dict[str, str], what: str) -> None:
    with pytest.raises(InputError, match=what):
        caqra.read([archive(tmp_path, members)], "observation", 2018)


GRID_HEADING = (
    "PM2.5(微克每立方米), PM10(微克每立方米), SO2(微克每立方米), NO2(微克每立方米), CO(毫克每立方米), "
    "O3(微克每立方米), U(m/s), V(m/s), TEMP(K), RH(%), PSFC(Pa), lat, lon,"
)


def grid_files(folder: Path, mask: str) -> list[Path]:
    rows = [
        "10,20,8,4,0.3,60,1,1,290,60,100000,40.0,116.0, ",
        "30,40,8,4,0.3,60,1,1,290,60,100000,40.1,116.0, ",
    ]
    grid = folder / "CN-Reanalysis-daily-2013010200.csv"
    grid.write_text("\n".join([GRID_HEADING, *rows]) + "\n", encoding="utf-8")
    cells = folder / "cells.csv"
    cells.write_text(mask, encoding="utf-8")
    return [grid, cells]


MASK = (
    ",PM2,lat,lon,province\n0,1,40.0,116.0,北京市\n1,1,40.1,116.0,北京市\n2,1,22.0,114.0,香港特别行政区\n"
    "3,1,0.0,0.0,NULL\n"
)


def test_grids_are_averaged_over_the_cells_of_a_province(tmp_path: Path) -> None:
    files = grid_files(tmp_path, MASK)
    assert all(caqra.recognises(path) for path in files)
    frame = caqra.read(files, "observation", 2013)
    pm = frame.filter(pl.col("pollutant") == "PM2.5").row(0, named=True)
    assert (pm["place"], pm["date"], pm["value_ug_m3"]) == ("CN-BJ", date(2013, 1, 2), 20.0)


def test_a_grid_without_provinces_or_with_missing_cells_is_refused(tmp_path: Path) -> None:
    files = grid_files(tmp_path, MASK)
    with pytest.raises(InputError, match="which cell lies in which province"):
        caqra.read(files[:1], "observation", 2013)
    more = grid_files(tmp_path, MASK + "4,1,41.0,117.0,天津市\n")
    with pytest.raises(InputError, match="missing from the grid"):
        caqra.read(more, "observation", 2013)


CITY_HEADING = (
    "No,year,month,day,hour,season,PM_Dongsi,PM_US Post,DEWP,HUMI,PRES,TEMP,cbwd,Iws,"
    "precipitation,Iprec"
)


def city_file(folder: Path, name: str = "BeijingPM20100101_20151231.csv") -> Path:
    rows = [
        f"{hour + 1},2015,1,1,{hour},4,{'NA' if hour == 0 else 30 + hour},{40 + hour},"
        f"-9999,50,1020,5,{'NW' if hour < 20 else 'SE'},{4 * (hour % 20 + 1)},0,0"
        for hour in range(24)
    ]
    path = folder / name
    path.write_text("\n".join([CITY_HEADING, *rows]) + "\n")
    return path


def test_the_five_cities_average_their_monitors_and_undo_the_cumulated_wind(tmp_path: Path) -> None:
    path = city_file(tmp_path)
    assert uci.recognises(path)
    frame = uci.read([path], "observation", 2015).row(0, named=True)
    hourly = [40.0, *[35.0 + hour for hour in range(1, 24)]]
    assert frame["value_ug_m3"] == pytest.approx(sum(hourly) / 24)
    weather = uci.read([path], "weather_observation", 2015)
    values = dict(weather[["variable", "value"]].iter_rows())
    assert values["wind_speed_m_s"] == pytest.approx(4.0)
    assert values["wind_u_m_s"] == pytest.approx(4 * 0.70711 * (20 - 4) / 24, abs=1e-3)
    assert "dew_point_c" not in values


def site_file(folder: Path, site: str, rows: Iterable[int] = range(24)) -> Path:
    heading = "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,PRES,DEWP,RAIN,wd,WSPM,station"
    lines = [
        f'{hour},2013,3,1,{hour},{9 + hour},NA,6,17,{200 + hour},62,0.3,1021.9,-19,0.5,"WNW",2,"{site}"'
        for hour in rows
    ]
    path = folder / f"PRSA_Data_{site}_20130301-20170228.csv"
    path.write_text("\n".join([heading, *lines]) + "\n")
    return path


def test_the_sites_of_beijing_are_one_city_and_rain_is_summed(tmp_path: Path) -> None:
    files = [site_file(tmp_path, "Dongsi"), site_file(tmp_path, "Tiantan", range(12))]
    frame = uci.read(files, "observation", 2013)
    # O3 is stuck at one value all day; PM10 is missing.
    assert set(frame.filter(pl.col("hour_count") > 0)["pollutant"]) == {"PM2.5", "CO"}
    assert frame.filter(pl.col("pollutant") == "O3")["stuck_hours"].to_list() == [24]
    weather = dict(uci.read(files, "weather_observation", 2013)[["variable", "value"]].iter_rows())
    assert weather["precipitation_mm"] == pytest.approx(12.0)


def test_a_site_twice_or_both_sets_of_beijing_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(InputError, match="there twice"):
        uci.read([site_file(tmp_path, "Dongsi"), site_file(other, "Dongsi")], "observation", 2013)
    with pytest.raises(InputError, match="Both sets"):
        uci.read([city_file(tmp_path), site_file(tmp_path, "Dongsi")], "observation", 2013)


def crea_file(folder: Path, rows: list[tuple[str, str, str, float]], unit: str = "µg/m3") -> Path:
    import pandas as pd

    frame = pd.DataFrame(rows, columns=["date", "poll", "region_id", "value"])
    frame["date"] = pd.to_datetime(frame["date"])
    frame["unit"] = unit
    path = folder / "m.obs.RDS"
    pyreadr.write_rds(str(path), frame)
    return path


def test_creas_days_begin_at_local_midnight_and_contradictions_are_missing_days(
    tmp_path: Path,
) -> None:
    day, next_day = "2020-06-05 16:00:00", "2020-06-06 16:00:00"
    path = crea_file(
        tmp_path,
        [
            (day, "pm25", "anqing", 30.0),
            (day, "pm25", "anqing", 30.0),
            (next_day, "pm25", "anqing", 30.0),
            (next_day, "pm25", "anqing", 90.0),
        ],
    )
    frame = validate(
        crea_city.read([path], "observation", 2020), CONTRACTS["observation"], file=path
    )
    assert frame["date"].to_list() == [date(2020, 6, 6), date(2020, 6, 7)]
    assert frame["duplicate_hours"].to_list() == [24, 24]
    assert frame["hour_count"].to_list() == [24, 0]


def test_creas_anomalies_are_no_observations(tmp_path: Path) -> None:
    path = crea_file(tmp_path, [("2020-06-05 16:00:00", "pm25", "anqing", -3.0)], unit="Δ µg/m3")
    with pytest.raises(InputError, match="another unit"):
        crea_city.read([path], "observation", 2020)


def test_the_genuine_grid_and_series_agree(shared_data: Callable[[str], Path]) -> None:
    series_file = shared_data("air/caqra_chinavis2021/xwyzsn_province_daily_2013_2018.tar.gz")
    grid = [
        shared_data("air/caqra_chinavis2021/CN-Reanalysis-daily-2013010100.csv.gz"),
        shared_data("air/caqra_chinavis2021/with_province_20130101_grid.csv.gz"),
    ]
    by_series = caqra.read([series_file], "observation", 2018)
    assert by_series.height == 31 * 2_191 * 6
    joined = caqra.read(grid, "observation", 2013).join(
        by_series, on=["place", "date", "pollutant"]
    )
    assert joined.height == 31 * 6
    assert (joined["value_ug_m3"] / joined["value_ug_m3_right"] - 1).abs().max() < 1e-9  # type: ignore[operator]


def test_the_genuine_beijing_site_is_read(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("air/uci/PRSA_Data_Wanshouxigong_20130301-20170228.csv.gz")
    frame = uci.read([path], "observation", 2017)
    pm = frame.filter(pl.col("pollutant") == "PM2.5")
    assert pm["date"].n_unique() == pytest.approx(1_461, abs=10)
    assert pm["value_ug_m3"].mean() == pytest.approx(85.0, abs=1.0)


@pytest.mark.heavy
def test_creas_genuine_city_days_are_read(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("air/crea/m.obs.RDS")
    frame = crea_city.read([path], "observation", 2020)
    assert frame.height == 400_934
    assert frame["place"].n_unique() == 71
    assert frame.filter(pl.col("hour_count") == 0).height == 928
