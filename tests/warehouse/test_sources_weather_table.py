"""Small tables of weather: metric days of stations, hours of a city, and satellites' PM2.5 beside them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from warehouse.codes import NAME_OF_PROVINCE
from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import aqli, weather_table

STATIONS = "station,wban,lat,lon,elev_m,name\n545110,99999,40.080111,116.584556,35,BEIJING\n"
DAYS = """\
station,date,temp_c,dewp_c,tmax_c,tmin_c,slp_hpa,wind_ms,prcp_mm,vis_km,frshtt,nobs
545110,2024-01-01,20.0,20.0,24.0,18.0,,4.42,0.0,9.2,000000,24
545110,2024-01-02,-3.5,-10.0,2.0,-8.0,1030.2,2.1,,9.3,000000,3
"""


def hours(first: int, last: int, day: str = "2025-01-01") -> str:
    return "".join(
        f"{day} {hour:02d}:00:00+08:00,{hour},50,36.0,0.5,1020\n" for hour in range(first, last)
    )


HEADING = "timestamp,temp,humidity,wind_speed,precipitation,pressure\n"


def write(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def checked(frame: pl.DataFrame) -> dict[tuple[str, date], dict[str, float]]:
    frame = validate(frame, CONTRACTS["weather_observation"], file="x")
    return {
        (str(place), day): dict(part.select("variable", "value").rows())  # type: ignore[misc]
        for (place, day), part in frame.group_by("place", "date")
    }


def test_days_of_a_station_become_a_point(tmp_path: Path) -> None:
    paths = [write(tmp_path, DAYS, "gsod.csv"), write(tmp_path, STATIONS, "stations.csv")]
    assert all(weather_table.recognises_daily(path) for path in paths)
    days = checked(weather_table.read_daily(paths, "weather_observation", 2024))
    assert days == {
        ("40.080N_116.585E", date(2024, 1, 1)): {
            "temperature_c": 20.0,
            "dew_point_c": 20.0,
            "relative_humidity_pct": 100.0,
            "wind_speed_m_s": 4.42,
            "precipitation_mm": 0.0,
        }
    }, "a day of three readings is none"


def test_hours_of_a_city_become_days_of_beijing_time_in_our_units(tmp_path: Path) -> None:
    utc = hours(0, 24).replace("2025-01-01 00:00:00+08:00", "2024-12-31 16:00:00+00:00", 1)
    path = write(tmp_path, HEADING + utc + hours(0, 19, "2025-01-02"), "beijing_hours.csv")
    assert weather_table.recognises_hourly(path)
    days = checked(weather_table.read_hourly([path], "weather_observation", 2025))
    assert days == {
        ("beijing", date(2025, 1, 1)): {
            "temperature_c": 11.5,
            "relative_humidity_pct": 50.0,
            "wind_speed_m_s": pytest.approx(10.0),
            "precipitation_mm": 12.0,
            "pressure_hpa": 1020.0,
        }
    }, "nineteen hours are not a day"


def test_rain_of_a_day_with_gaps_is_not_summed(tmp_path: Path) -> None:
    path = write(tmp_path, HEADING + hours(0, 22), "beijing_hours.csv")
    ((_, found),) = checked(weather_table.read_hourly([path], "weather_observation", 2025)).items()
    assert "precipitation_mm" not in found
    assert "temperature_c" in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (hours(0, 24) + hours(3, 4), "hour is there twice"),
        (hours(0, 24).replace("+08:00", ""), "time with its zone"),
        (hours(0, 24).replace(",50,", ",wet,", 1), "not hold a number"),
    ],
)
def test_hours_that_mislead_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, HEADING + text, "beijing_hours.csv")
    with pytest.raises(InputError, match=message):
        weather_table.read_hourly([path], "weather_observation", 2025)


def test_days_without_their_station_are_refused(tmp_path: Path) -> None:
    days, listed = write(tmp_path, DAYS, "gsod.csv"), write(tmp_path, STATIONS, "stations.csv")
    with pytest.raises(InputError, match="list of stations"):
        weather_table.read_daily([days], "weather_observation", 2024)
    for before, after, column in (
        ("545110", "999999", "station"),
        ("2024-01-01", "2024-31-01", "date"),
    ):
        write(tmp_path, DAYS.replace(before, after), "gsod.csv")
        with pytest.raises(InputError, match="not known") as refused:
            weather_table.read_daily([days, listed], "weather_observation", 2024)
        assert refused.value.column == column


def test_satellites_give_every_province_and_year(tmp_path: Path) -> None:
    lines = [
        f"{n},{name},China,1000,{20 + n}.5,30" for n, name in enumerate(NAME_OF_PROVINCE.values())
    ]
    text = "\n".join(
        ["id,name,name0,population,pm2018,pm2017", *lines, "99,Hong Kong,China,7,20,21"]
    )
    path = write(tmp_path, text, "gadm1.csv")
    assert aqli.recognises(path)
    frame = validate(
        aqli.read([path], "satellite_pm25", 2025), CONTRACTS["satellite_pm25"], file="x"
    )
    assert frame.height == 31 * 2
    assert frame.filter(province="CN-AH", source_year=2018)["pm25_ug_m3"].item() == 20.5
    write(tmp_path, text.replace("Xinjiang", "Sinkiang"), "gadm1.csv")
    with pytest.raises(InputError, match="not its 31 provinces") as refused:
        aqli.read([path], "satellite_pm25", 2025)
    assert "CN-XJ" in str(refused.value.found)
