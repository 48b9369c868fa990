"""Observed air from days to periods: the same bits in any order of rows, and what a plain reckoning says."""

from __future__ import annotations

import math
import random
import statistics
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
import yaml

from tests.models.rendering import ROOT, Models

FIRST = date(2023, 12, 20)
DAYS = [FIRST + timedelta(days=number) for number in range(104)]
STATIONS = {
    f"{1001 + number}A": city for number, city in enumerate(["北京市"] * 9 + ["石家庄市"] * 4)
}
CITIES = ["天津市", "唐山市", "保定市", "上海市"]
POLLUTANTS = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3_8h")
OBSERVATION = (
    "place_kind varchar, place varchar, date date, pollutant varchar, time_basis varchar, hour_count bigint,"
    " negative_hours bigint, stuck_hours bigint, duplicate_hours bigint, value_ug_m3 double"
)
BUILT = ("int_air__unit_period", "int_air__place_period", "int_air__aqi_day")
Row = tuple[Any, ...]


def observations() -> list[Row]:
    """Days of stations and cities, some of which are missing, short or negative."""
    chance = random.Random(1)
    rows: list[Row] = []
    for kind, place in [("station", code) for code in STATIONS] + [
        ("city", name) for name in CITIES
    ]:
        for day in DAYS:
            if chance.random() < 0.06:
                continue
            dusty = 4.0 if chance.random() < 0.05 else 1.0
            for pollutant in POLLUTANTS:
                value = chance.lognormvariate(4, 0.4) * (dusty if pollutant == "PM10" else 1.0)
                value = -1.0 if chance.random() < 0.005 else value
                hours = 10 if chance.random() < 0.02 else 24
                rows.append((kind, place, day, pollutant, "hourly", hours, 0, 0, 0, value))
    # A name of old times beside the name of today: one of the two is left out.
    rows += [
        (*row[:1], "天津", *row[2:]) for row in rows if row[1] == "天津市" and row[2] < DAYS[9]
    ]
    return rows


def built(rows: list[Row]) -> Models:
    project = (ROOT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8")
    models = Models(**yaml.safe_load(project)["vars"])
    models.connection.execute("set threads = 1")  # as dbt's profile does
    models.put("raw_observation", OBSERVATION, [])
    names = [column.split()[0] for column in OBSERVATION.split(", ")]
    models.connection.register("made_up", pl.DataFrame(rows, schema=names, orient="row"))
    models.connection.execute("insert into raw_observation select * from made_up")
    models.put("raw_station", "place varchar, city varchar", list(STATIONS.items()))
    for name in BUILT:
        models.build(name)
    return models


@pytest.fixture(scope="module")
def whole() -> Models:
    return built(observations())


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_changes_no_bit(whole: Models, seed: int) -> None:
    rows = observations()
    random.Random(seed).shuffle(rows)
    other = built(rows)
    for name in BUILT:
        query = f"select * from {name} order by all"
        assert other.rows(query) == whole.rows(query), name


def test_periods_are_the_means_of_their_days(whole: Models) -> None:
    days = defaultdict(list)
    query = """
        select unit_kind, unit, date, pollutant, value_ug_m3, is_interpolated from int_air__unit_day
        union all
        select place_kind, place, date, pollutant, value_ug_m3, is_interpolated from int_air__day
        where place_kind = 'station'
    """
    for kind, unit, day, pollutant, value, is_filled in whole.rows(query):
        for period_kind, period in _periods(day):
            days[kind, unit, period_kind, period, pollutant].append((value, is_filled))
    found = whole.rows(
        "select unit_kind, unit, period_kind, period, pollutant, mean_ug_m3, observed_days, interpolated_days"
        " from int_air__unit_period"
    )
    assert {row[:5] for row in found} == set(days)
    for *key, mean, observed, filled in found:
        of_period = days[tuple(key)]
        assert mean == pytest.approx(statistics.fmean(value for value, _ in of_period), rel=1e-12)
        assert observed == sum(not is_filled for _, is_filled in of_period)
        assert filled == sum(is_filled for _, is_filled in of_period)


def test_a_station_and_a_city_are_their_own_only_member(whole: Models) -> None:
    """What the sums over members would make of one member, as the model's other half reckons it."""
    found = whole.rows(
        """
        select
            place_kind, member_count, expected_member_count, mean_over, completeness_share, interpolated_share,
            heavy_member_count, without_dust_member_count, place.mean_ug_m3, unit.mean_ug_m3, observed_days,
            interpolated_days, expected_days, place.period_kind, heavy_day_share, unit.mean_without_dust_ug_m3
        from int_air__place_period as place
        inner join int_air__unit_period as unit
            on place.place_kind = unit.unit_kind and place.place = unit.unit
            and place.period_kind = unit.period_kind and place.period = unit.period
            and place.pollutant = unit.pollutant
        """
    )
    assert {row[0] for row in found} == {"station", "city"}
    used_counts = set()
    for row in found:
        kind, count, expected, over, complete, filled, heavy, without, mean, own, observed = row[
            :11
        ]
        interpolated, days, period_kind, heavy_share, own_without = row[11:]
        counted = observed + (interpolated if period_kind == "day" else 0)
        is_used = counted >= 0.75 * days
        assert (count, expected, over) == (
            int(is_used),
            1,
            "station" if kind == "station" else "cities",
        )
        assert (complete, filled) == (observed / days, interpolated / days)
        assert mean == (own if is_used else None)
        assert heavy == int(heavy_share is not None and heavy_share > 0)
        assert without == int(is_used and own_without is not None)
        used_counts.add(count)
    assert used_counts == {0, 1}


def test_the_index_is_that_of_its_step(whole: Models) -> None:
    steps = defaultdict(list)
    for pollutant, *step in whole.rows(
        "select pollutant, concentration_low_ug_m3, concentration_high_ug_m3, iaqi_low, iaqi_high"
        " from aqi_breakpoint"
    ):
        steps[pollutant].append(tuple(float(each) for each in step))
    highest: dict[Row, dict[str, float]] = defaultdict(dict)
    query = (
        "select place_kind, place, date, pollutant, value_ug_m3 from int_air__day"
        " where place_kind = 'station' and not is_interpolated"
    )
    for kind, place, day, pollutant, value in whole.rows(query):
        if pollutant in steps:
            highest[kind, place, day][pollutant] = _index(value, steps[pollutant])
    found = whole.rows(
        "select place_kind, place, date, aqi from int_air__aqi_day where place_kind = 'station'"
    )
    assert len(found) > 1000
    for *key, aqi in found:
        of_day = highest[tuple(key)]
        chosen = (
            of_day if len(of_day) == 6 else {name: of_day[name] for name in of_day if "PM" in name}
        )
        assert aqi == max(chosen.values())


def _index(value: float, steps: list[tuple[float, ...]]) -> float:
    """HJ 633-2012: the step that the value lies in; a break point belongs to the step below it."""
    low, high, index_low, index_high = max(
        step for step in steps if value > step[0] or step[0] == 0
    )
    share = (min(value, high) - low) / (high - low)
    return math.ceil(round(index_low + (index_high - index_low) * share, 9))


def _periods(day: date) -> list[tuple[str, str]]:
    half, quarter = (day.month + 5) // 6, (day.month + 2) // 3
    return [
        ("day", f"{day}"),
        ("month", f"{day:%Y-%m}"),
        ("quarter", f"{day.year}Q{quarter}"),
        ("half", f"{day.year}H{half}"),
        ("year", f"{day.year}"),
    ]
