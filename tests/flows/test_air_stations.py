"""A new quarter from station files: nation and key regions beside the official figures.

The files have the archive's layout; their values are synthetic.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from air_files import PATTERN, cities, days_of, until_published, wide_file
from rich.console import Console

from atlas.air.section import Question
from cli.air import edition_of_period
from cli.air_review import print_review
from flows.progress import PlainProgress
from flows.run import context_of, run
from warehouse.edition import load_edition
from warehouse.fingerprint import REPOSITORY
from warehouse.home import Home, locate
from warehouse.period import Period
from warehouse.published import open_published

HOURS = [hour for hour in range(24) if hour not in (3, 4)]  # two hours of every day are missing
MEAN_OF_HOURS = float(PATTERN[HOURS].mean())
FELL_TO = 0.9
SILENT = "3694A"
"""A station newer than its list."""


def stations() -> pl.DataFrame:
    """One station in every city, two in Beijing."""
    listed = cities()
    rows = [(f"{1001 + number}A", name) for number, name in enumerate(listed["name_zh"])]
    return pl.DataFrame([*rows, ("3999A", "北京市")], schema=["code", "city"], orient="row")


def levels(day: date) -> dict[str, float]:
    """Level of each station: 30 to 60 by city, a wave over the days, 10 % lower in 2025."""
    listed = stations()
    fell = FELL_TO if day.year == 2025 else 1.0
    wave = 1 + 0.2 * np.sin(day.timetuple().tm_yday / 5)
    base = {code: 30 + 30 * number / listed.height for number, code in enumerate(listed["code"])}
    return {code: fell * wave * value for code, value in base.items()}


@pytest.fixture(scope="module")
def station_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    place = locate(tmp_path_factory.mktemp("stations"))
    folder = place.landing / "air-open" / "observation"
    folder.mkdir(parents=True)
    for year in (2024, 2025):
        for day in days_of(date(year, 1, 1), date(year, 3, 31)):
            values = {**levels(day), SILENT: 90.0}
            wide_file(folder, "sites", day, values, hours=HOURS, types=("PM2.5",))
    listed = place.landing / "air-open" / "station"
    listed.mkdir()
    rows = [f"{code},站,{city},0,0,N" for code, city in stations().iter_rows()]
    heading = "监测点编码,监测点名称,城市,经度,纬度,对照点"
    (listed / "stations.csv").write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    edition, _ = edition_of_period(load_edition("air-open", place.root), "2025Q1")
    assert edition.year == 2025
    watcher = PlainProgress(Console(quiet=True), details=False)
    run(context_of(edition, place), watcher, steps=until_published())
    return place


@pytest.fixture(scope="module")
def marts(station_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(station_home) as connection:
        yield connection


def expected(codes: set[str], year: int) -> float:
    """The mean over the cities of the means over their stations."""
    listed = stations().with_columns(
        pl.Series("level", [np.mean(column) for column in _by_station(year)])
    )
    by_city = listed.group_by("city").agg(pl.col("level").mean())
    chosen = cities().filter(pl.col("code").is_in(list(codes)) if codes else pl.col("is_in_nation"))
    return float(by_city.filter(pl.col("city").is_in(chosen["name_zh"].to_list()))["level"].mean())  # type: ignore[arg-type]


def _by_station(year: int) -> list[list[float]]:
    days = [list(levels(day).values()) for day in days_of(date(year, 1, 1), date(year, 3, 31))]
    return [[MEAN_OF_HOURS * value for value in column] for column in zip(*days, strict=True)]


def found(marts: duckdb.DuckDBPyConnection, place: str) -> tuple[Any, ...]:
    rows = marts.execute(
        "select mean_ug_m3, change_share, member_count, is_complete from fct_air_quality"
        " where place = ? and period = '2025Q1' and pollutant = 'PM2.5' and place_kind != 'station'",
        [place],
    ).fetchall()
    return tuple(rows[0])


@pytest.mark.parametrize(
    ("place", "members"), [("CHN", 339), ("BTH_2_36", 38), ("YRD_31", 31), ("FENWEI_13", 13)]
)
def test_nation_and_key_regions_are_means_of_their_cities(
    marts: duckdb.DuckDBPyConnection, place: str, members: int
) -> None:
    key = pl.read_csv(
        REPOSITORY / "seeds" / "air" / "key_region_city.csv", schema_overrides={"city": pl.String}
    )
    codes = set(key.filter((pl.col("key_region") == place) & pl.col("is_counted"))["city"])
    mean, change, counted, complete = found(marts, place)
    assert (counted, complete) == (members, True)
    assert mean == pytest.approx(expected(codes, 2025), rel=1e-4)  # cells have three decimals
    assert change == pytest.approx(expected(codes, 2025) / expected(codes, 2024) - 1, abs=1e-4)


def test_a_city_is_the_mean_of_its_stations(marts: duckdb.DuckDBPyConnection) -> None:
    mean, _, stations_counted, _ = found(marts, "110000")
    assert stations_counted == 1
    assert mean == pytest.approx(expected({"110000"}, 2025), rel=1e-4)
    kinds = dict(
        marts.execute(
            "select place_kind, count(distinct place) from fct_air_quality group by 1"
        ).fetchall()
    )
    # The station that is newer than its list stands for itself, and in no city.
    assert (kinds["station"], kinds["city"], kinds["province"]) == (345 + 1, 344, 31)


def test_the_official_figures_stand_beside_ours(
    station_home: Home, marts: duckdb.DuckDBPyConnection
) -> None:
    beside = {
        (place, indicator): (theirs, ours)
        for place, indicator, theirs, ours in marts.execute(
            "select place, indicator, theirs, ours from fct_published_air_figure"
            " where source like 'Ministry%' and period = '2025Q1'"
        ).fetchall()
    }
    official = {
        "CHN": (41.3, -4.8, 1.8, -0.6),
        "BTH_2_36": (51.4, -19.9, 1.6, -4.2),
        "YRD_31": (48.2, -9.4, 0.3, -1.3),
        "FENWEI_13": (50.2, -16.7, 4.2, 1.2),
    }
    for place, figures in official.items():
        mean, change, *_ = found(marts, place)
        theirs, ours = zip(
            *(
                beside[place, name]
                for name in ("pm25_ug_m3", "pm25_change", "heavy_day_share", "heavy_day_change")
            ),
            strict=True,
        )
        assert theirs == figures
        assert ours == (pytest.approx(mean), pytest.approx(100 * change), 0.0, 0.0)
    text = io.StringIO()
    print_review(
        Console(file=text, width=200),
        station_home,
        Question("air-open", 2025, Period.parse("2025Q1")),
    )
    assert "Beside published figures" in text.getvalue()
    assert "2+36 cities PM2.5" in text.getvalue()
    said = " ".join(text.getvalue().split())
    assert (
        f"1 of the landed stations stand in no known city of the station list, and so in no mean: {SILENT}."
        in said
    )
    assert marts.sql(
        "select place, issue_count from fct_air_data_issue where issue = 'station_without_city'"
    ).fetchall() == [(SILENT, 91 + 90)]


def test_what_the_split_lacks_is_said(marts: duckdb.DuckDBPyConnection) -> None:
    reasons = marts.execute("select distinct reason from fct_weather_adjustment_gap").fetchall()
    assert reasons
    assert marts.sql("select count(*) from fct_weather_adjusted_change").fetchall() == [(0,)]
