"""Each kind of bad input by name, from genuine files to the mart: counted, flagged or refused, never averaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from air_files import days_of, until_published, wide_file
from rich.console import Console

from cli.air import edition_of_period
from flows.progress import PlainProgress
from flows.run import context_of, run, steps_of
from warehouse.edition import load_edition
from warehouse.errors import InputError
from warehouse.home import Home, locate
from warehouse.published import open_published
from warehouse.sources.base import role_frame

DAY = date(2017, 1, 10)
CLEAN = "天津"
BETWEEN = (date(2017, 1, 1) - date(2016, 2, 1)).days


@dataclass(frozen=True)
class Counted:
    """A case that is counted and left out. changed: PM2.5 by hour of that day; issues: what the mart says."""

    name: str
    city: str
    code: str
    changed: dict[int, str]
    issues: dict[str, int]


def _hours(hours: range, text: str) -> dict[int, str]:
    return {hour: text for hour in hours}


COUNTED = (
    Counted("negative values", "北京", "110000", _hours(range(2), "-999"), {"negative_hour": 2}),
    Counted(
        "stuck values",
        "石家庄",
        "130100",
        _hours(range(6, 20), "900"),
        {"stuck_hour": 14, "short_day": 1, "interpolated_day": 1},
    ),
    Counted(
        "a day with 3 of 24 hours",
        "唐山",
        "130200",
        _hours(range(21), "") | {21: "900", 22: "901", 23: "902"},
        {"short_day": 1, "interpolated_day": 1},
    ),
    Counted(
        "a day far above all others",
        "秦皇岛",
        "130300",
        {hour: str(5_000 + hour) for hour in range(24)},
        {"outlier_day": 1, "interpolated_day": 1},
    ),
    Counted("duplicate station days", "邯郸", "130400", {}, {"duplicate_hour": 24}),
)
RENAMED_OLD, RENAMED_NEW = "襄樊", "襄阳"


def level(day: date) -> float:
    return float(40 + 5 * np.sin(day.toordinal()))


@pytest.fixture(scope="module")
def january_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """City files of two Januaries; what is wrong with them is wrong on one day of 2017."""
    place = locate(tmp_path_factory.mktemp("bad"))
    folder = place.landing / "air-caqra" / "observation"
    folder.mkdir(parents=True)
    cities = [CLEAN, *(case.city for case in COUNTED), "无名市"]
    days = [day for year in (2016, 2017) for day in days_of(date(year, 1, 1), date(year, 1, 31))]
    for day in days:
        names = [*cities, RENAMED_NEW if day > DAY else RENAMED_OLD]
        levels = {name: level(day) for name in names}
        if day == DAY:
            levels[RENAMED_NEW] = (
                900.0  # both names on the day of the change, one of them with few hours
            )
        changed = {
            (case.city, hour): text for case in COUNTED for hour, text in case.changed.items()
        } | {(RENAMED_NEW, hour): "" for hour in range(20)}
        path = wide_file(
            folder, "cities", day, levels, types=("PM2.5",), changed=changed if day == DAY else None
        )
        if day == DAY:
            _repeat_column_rows(path, COUNTED[-1].city)
    edition, _ = edition_of_period(load_edition("air-caqra", place.root), "2017-01")
    watcher = PlainProgress(Console(quiet=True), details=False)
    run(context_of(edition, place), watcher, steps=until_published())
    return place


def _repeat_column_rows(path: Path, city: str) -> None:
    """Append each row once more, with the value of one city alone."""
    heading, *rows = path.read_text(encoding="utf-8").splitlines()
    place = heading.split(",").index(city)
    again = []
    for row in rows:
        cells = row.split(",")
        again.append(
            ",".join(cell if at < 3 or at == place else "" for at, cell in enumerate(cells))
        )
    path.write_text("\n".join([heading, *rows, *again]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def marts(january_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(january_home) as connection:
        yield connection


def january(marts: duckdb.DuckDBPyConnection, code: str) -> tuple[float, int]:
    rows = marts.execute(
        "select mean_ug_m3, completeness_share from fct_air_quality"
        " where place = ? and period = '2017-01' and pollutant = 'PM2.5'",
        [code],
    ).fetchall()
    return rows[0][0], round(31 * rows[0][1])


def issues_of(marts: duckdb.DuckDBPyConnection, *places: str) -> dict[str, int]:
    """Issues of a place under all its names, without the days between the two Januaries."""
    rows = marts.execute(
        "select issue, sum(issue_count) from fct_air_data_issue where list_contains(?, place) group by issue",
        [list(places)],
    ).fetchall()
    found = {str(issue): int(count) for issue, count in rows}
    assert found.pop("missing_day", BETWEEN) == BETWEEN
    return found


@pytest.mark.parametrize("case", COUNTED, ids=lambda case: case.name)
def test_it_is_counted_and_not_averaged_in(marts: duckdb.DuckDBPyConnection, case: Counted) -> None:
    assert issues_of(marts, case.city, case.code) == case.issues
    mean, observed = january(marts, case.code)
    clean, _ = january(marts, "120000")
    # One day of 31 at 900 would move the mean by 28, two hours at -999 by 2.8.
    assert mean == pytest.approx(clean, abs=0.5)
    assert observed == 31 - case.issues.get("interpolated_day", 0)


def test_a_renamed_city_is_one_series_and_its_second_name_is_counted(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    assert issues_of(marts, RENAMED_OLD, RENAMED_NEW, "420600") == {
        "second_name": 1,
        "short_day": 1,
    }
    mean, observed = january(marts, "420600")
    assert (mean, observed) == (pytest.approx(january(marts, "120000")[0], abs=1e-3), 31)


def test_a_city_that_nobody_knows_is_counted_and_kept_out(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    assert issues_of(marts, "无名市") == {"unknown_place": 62}
    known = 1 + len(COUNTED) + 1
    assert marts.sql(
        "select member_count from fct_air_quality"
        " where place = 'CHN' and period = '2017-01' and pollutant = 'PM2.5'"
    ).fetchall() == [(known,)]


def _unit_in_mid_file(folder: Path) -> None:
    levels = {f"{code}A": 40.0 for code in range(1001, 1031)}
    changed = {(place, hour): "0.04" for place in levels for hour in range(12, 24)}
    wide_file(folder, "sites", DAY, levels, changed=changed)


def _unit_between_months(folder: Path) -> None:
    rows = [
        (
            "city",
            "北京",
            date(2017, 1, 1) + timedelta(days=day),
            "PM2.5",
            "daily",
            24,
            0,
            0,
            0,
            value,
        )
        for day in range(59)
        for value in [level(DAY) if day < 31 else level(DAY) / 1000]
    ]
    role_frame(rows, "observation").write_parquet(folder / "days.parquet")


def _two_values_of_an_hour(folder: Path) -> None:
    extra = [f"{DAY:%Y%m%d},5,PM2.5,999"]
    wide_file(folder, "sites", DAY, {"1001A": 40.0}, extra=extra)


def _two_files_of_a_day(folder: Path) -> None:
    wide_file(folder, "sites", DAY, {"1001A": 40.0})
    wide_file(folder, "sites", DAY, {"1001A": 40.0}, suffix="_copy")


def _wrong_day(folder: Path) -> None:
    wide_file(folder, "sites", DAY, {"1001A": 40.0}, written_day=DAY + timedelta(days=1))


def _mixed_zones(folder: Path) -> None:
    rows = [
        f"2017-01-10T{hour:02d}:00:00{'Z' if hour > 12 else '+08:00'},1001A,50,{40 + hour % 7}"
        for hour in range(24)
    ]
    text = "\n".join(["timepoint,stationcode,aqi,pm2_5", *rows]) + "\n"
    (folder / "archive.csv").write_text(text)


def _text_in_a_number(folder: Path) -> None:
    wide_file(folder, "sites", DAY, {"1001A": 40.0}, changed={("1001A", 3): "high"})


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "a unit change in mid-file": (_unit_in_mid_file, r"unit of PM2\.5 changes within the file"),
    "a unit change between months": (
        _unit_between_months,
        r"unit of PM2\.5 changes within the ser",
    ),
    "a station's hour twice with two values": (_two_values_of_an_hour, "different values"),
    "two files of one day": (_two_files_of_a_day, "there twice"),
    "a file for the wrong day": (_wrong_day, "date is not one of this file"),
    "mixed time zones": (_mixed_zones, "different zones"),
    "text in a number cell": (_text_in_a_number, "not hold a number"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_where_the_run_begins_and_nothing_is_published(
    tmp_path: Path, name: str
) -> None:
    damage, message = REFUSED[name]
    place = locate(tmp_path)
    folder = place.landing / "air-caqra" / "observation"
    folder.mkdir(parents=True)
    damage(folder)
    context = context_of(load_edition("air-caqra", place.root), place)
    with pytest.raises(InputError, match=message) as refused:
        run(
            context,
            PlainProgress(Console(quiet=True), details=False),
            steps=steps_of("air_quality")[:1],
        )
    said = "\n".join(refused.value.lines())
    assert "landing" in said
    assert refused.value.remedy
    assert not place.published_file.exists()


def test_the_cases_are_those_asked_for() -> None:
    assert {case.name for case in COUNTED} | set(REFUSED) >= {
        "negative values",
        "stuck values",
        "a unit change in mid-file",
        "duplicate station days",
        "a day with 3 of 24 hours",
        "a file for the wrong day",
        "mixed time zones",
    }


def test_the_clean_city_is_clean(marts: duckdb.DuckDBPyConnection) -> None:
    assert issues_of(marts, CLEAN, "120000") == {}
    frame = pl.DataFrame({"day": days_of(date(2017, 1, 1), date(2017, 1, 31))})
    mean = frame["day"].map_elements(level, return_dtype=pl.Float64).mean()
    assert january(marts, "120000")[0] == pytest.approx(mean, rel=5e-3)
