"""Small sound files of the readers of observed air and of weather tables, to be damaged. Figures are made up."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from tests.synthetic.table_damage import Sound

Rows = list[list[str]]
_DAYS = [date(2024, 1, 1) + timedelta(days=at) for at in range(12)]
_CITIES = ("北京", "上海", "广州", "成都", "西安")
_SPECIES = ("PM2.5", "PM10", "SO2", "NO2", "O3", "CO")
_LEVEL = {
    "AQI": 70.0, "PM2.5": 45.0, "PM10": 80.0, "SO2": 8.0, "NO2": 40.0, "O3": 60.0, "O3_8h": 90.0, "CO": 0.8,
}  # fmt: skip


def sound_air(folder: Path) -> list[Sound]:
    """Write one file a reader and form, each in a folder of its own, with what it needs beside it."""
    chance = random.Random(11)

    def value(pollutant: str) -> str:
        return f"{_LEVEL[pollutant] * chance.uniform(0.6, 1.6):.3f}"

    files: list[tuple[str, str, str, str, Rows]] = [
        ("cnemc", "observation", "china_sites_20240101.csv", "utf-8", _sites(value)),
        ("cnemc", "observation", "china_cities_20240101.csv", "utf-8", _sites(value, _CITIES)),
        ("cnemc_long", "observation", "archive.csv", "utf-8", _long_hours(value)),
        ("city_table", "observation", "days.csv", "utf-8", _by_species(value)),
        ("city_table", "observation", "long.csv", "utf-8", _by_pollutant(value)),
        ("city_table", "observation", "wide.csv", "gb18030", _by_city(value)),
        ("gsod_metric", "weather_observation", "gsod.csv", "utf-8", _gsod(chance)),
        ("city_hours", "weather_observation", "beijing_hours.csv", "utf-8", _city_hours(chance)),
    ]
    return [_written(folder / str(at), *each) for at, each in enumerate(files)]


def _written(folder: Path, reader: str, role: str, name: str, encoding: str, rows: Rows) -> Sound:
    folder.mkdir(parents=True)
    text = "\n".join(",".join(row) for row in rows) + "\n"
    (folder / name).write_bytes(text.encode(encoding))
    if reader == "gsod_metric":
        (folder / "stations.csv").write_text(
            "station,wban,lat,lon,elev_m,name\n545110,99999,40.080,116.585,35,BEIJING\n",
            encoding="utf-8",
        )
    return Sound(reader, role, 2024, folder / name, encoding)


def _sites(
    value: Callable[[str], str], places: tuple[str, ...] = ("1001A", "1002A", "1003A", "2001A")
) -> Rows:
    kinds = ("AQI", *_SPECIES)
    return [
        ["date", "hour", "type", *places],
        *(
            ["20240101", str(hour), kind, *(value(kind) for _ in places)]
            for hour in range(24)
            for kind in kinds
        ),
    ]


def _long_hours(value: Callable[[str], str]) -> Rows:
    return [
        ["timepoint", "stationcode", "aqi", "pm2_5", "pm10", "co"],
        *(
            [f"2024-01-0{day} {hour:02d}:00:00", station, value("AQI"), value("PM2.5"), value("PM10"), value("CO")]
            for day in (1, 2) for hour in range(24) for station in ("1001A", "1002A")
        ),
    ]  # fmt: skip


def _by_species(value: Callable[[str], str]) -> Rows:
    kinds = ("AQI", "PM2.5", "PM10", "O3_8h", "CO")
    return [
        ["date", "city", *kinds],
        *([day.isoformat(), city, *map(value, kinds)] for day in _DAYS for city in _CITIES),
    ]


def _by_pollutant(value: Callable[[str], str]) -> Rows:
    return [
        ["日期", "城市", "指标", "浓度"],
        *(
            [f"{day:%Y/%m/%d}", city, kind, value(kind)]
            for day in _DAYS
            for city in _CITIES[:3]
            for kind in ("PM2.5", "CO")
        ),
    ]


def _by_city(value: Callable[[str], str]) -> Rows:
    return [
        ["date", "type", *_CITIES],
        *(
            [f"{day:%Y%m%d}", kind, *(value(kind) for _ in _CITIES)]
            for day in _DAYS
            for kind in ("PM2.5", "PM10")
        ),
    ]


def _gsod(chance: random.Random) -> Rows:
    return [
        ["station", "date", "temp_c", "dewp_c", "slp_hpa", "wind_ms", "prcp_mm", "nobs"],
        *(
            ["545110", day.isoformat(), f"{chance.uniform(-5, 8):.1f}", f"{chance.uniform(-15, -6):.1f}",
             f"{chance.uniform(1010, 1035):.1f}", f"{chance.uniform(1, 5):.2f}",
             f"{chance.uniform(0, 3):.1f}", "24"]
            for day in _DAYS
        ),
    ]  # fmt: skip


def _city_hours(chance: random.Random) -> Rows:
    return [
        ["timestamp", "temp", "humidity", "wind_speed", "precipitation", "pressure"],
        *(
            [f"{day} {hour:02d}:00:00+08:00", f"{chance.uniform(-5, 8):.1f}", f"{chance.uniform(20, 80):.1f}",
             f"{chance.uniform(4, 20):.1f}", f"{chance.uniform(0, 0.5):.2f}", f"{chance.uniform(1010, 1035):.1f}"]
            for day in _DAYS[:3] for hour in range(24)
        ),
    ]  # fmt: skip
