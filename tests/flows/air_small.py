"""A small edition of observed air quality, landed, computed and published."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import yaml
from rich.console import Console

from flows.progress import PlainProgress
from flows.run import context_of, run
from warehouse.edition import load_edition
from warehouse.home import Home
from warehouse.sources.base import role_frame

NAME = "air-small"
FIRST, LAST = date(2016, 10, 1), date(2018, 3, 31)
DAYS = [FIRST + timedelta(days=day) for day in range((LAST - FIRST).days + 1)]
SIX = {"PM2.5": 160.0, "PM10": 180.0, "SO2": 20.0, "NO2": 50.0, "CO": 1_000.0, "O3_8h": 90.0}
EDITION = {
    "name": NAME,
    "extends": "air-caqra",
    "assumptions": {"weather_refits": 2, "weather_weather_draws": 3, "weather_noise_draws": 5},
}
PIG_IRON = """\
数据库：分省月度数据
指标：生铁产量_累计值(万吨)
时间：最近13个月
地区,2025年3月,2024年3月
宁夏回族自治区,50,2
内蒙古自治区,100,98
河北省,900,1000
数据来源：国家统计局
"""


def row(
    place: str, day: date, value: float, pollutant: str = "PM2.5", hours: int = 24
) -> tuple[Any, ...]:
    return ("city", place, day, pollutant, "hourly", hours, 0, 0, 0, value)


def observations() -> list[tuple[Any, ...]]:
    """Beijing complete; Xiangyang under its old name, with all that can be wrong with a series."""
    rng = np.random.default_rng(0)
    rows = []
    for number, day in enumerate(DAYS):
        beijing = 60 + 20 * float(np.sin(number / 9)) + float(rng.normal(0, 3))
        if day == date(2018, 1, 10):
            rows += [row("北京", day, value, pollutant) for pollutant, value in SIX.items()]
            continue
        rows.append(row("北京", day, 0.8 * beijing if day.year == 2018 else beijing))
        if date(2018, 1, 5) <= day <= date(2018, 1, 7) or date(2018, 2, 1) <= day <= date(
            2018, 2, 8
        ):
            continue
        value = 50 + 10 * float(np.sin(number / 5))
        if day == date(2018, 3, 1):
            rows.append(row("襄樊", day, 5_000.0))
        elif day == date(2018, 3, 5):
            rows.append(row("襄樊", day, -4.0))
        elif day == date(2018, 3, 9):
            rows.append(row("襄樊", day, 900.0, hours=3))
        else:
            rows.append(row("襄樊", day, value))
        if day == date(2018, 3, 20):
            rows.append(row("襄阳市", day, 70.0, hours=22))
    return [*rows, *chengde(), row("无名市", date(2018, 1, 1), 10.0)]


DUST, STORM, BROKEN = date(2018, 1, 15), date(2018, 2, 10), date(2018, 3, 2)


def particles(day: date) -> tuple[float, float]:
    """PM2.5 and PM10 of Chengde: a day of dust, a dust storm, a day on which the fine one's instrument fails."""
    odd = {DUST: (100.0, 400.0), STORM: (600.0, 2_000.0), BROKEN: (900.0, 50.0)}
    number = day.toordinal()
    return odd.get(day, (40.0 + number % 5, 80.0 + number % 7))


def chengde() -> list[tuple[Any, ...]]:
    """A city with both particle sizes in the last quarter alone."""
    return [
        row("承德", day, value, pollutant)
        for day in DAYS
        if day >= date(2018, 1, 1)
        for pollutant, value in zip(("PM2.5", "PM10"), particles(day), strict=True)
    ]


def weather() -> list[tuple[Any, ...]]:
    """One point 20 km from Beijing, and the province of Xiangyang."""
    rng = np.random.default_rng(1)
    places = (("point", "40.050N_116.500E"), ("province", "CN-HB"), ("point", "10.000N_100.000E"))
    return [
        (kind, place, day, variable, float(value))
        for kind, place in places
        for day in DAYS
        for variable, value in (
            ("temperature_c", 10 + rng.normal(0, 5)),
            ("wind_u_m_s", rng.normal(0, 2)),
            ("wind_v_m_s", rng.normal(0, 2)),
        )
    ]


def land(home: Home, role: str, name: str, content: pl.DataFrame | str) -> None:
    folder = home.landing / NAME / role
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        (folder / name).write_text(content, encoding="utf-8")
    else:
        content.write_parquet(folder / name)


def build(place: Home) -> None:
    """Land the small edition in a new home, compute it, publish it."""
    (place.root / "editions").mkdir(parents=True)
    (place.root / "editions" / f"{NAME}.yml").write_text(yaml.safe_dump(EDITION))
    land(place, "observation", "days.parquet", role_frame(observations(), "observation"))
    land(place, "weather_observation", "days.parquet", role_frame(weather(), "weather_observation"))
    land(place, "industrial_output", "pig_iron.csv", PIG_IRON)
    edition = load_edition(NAME, place.root)
    run(context_of(edition, place), PlainProgress(Console(quiet=True), details=False))
