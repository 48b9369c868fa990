"""Gate 2 of an air-quality edition: identities and the marts, before they are published."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from expectations.comparison import Comparison
from expectations.promise import AIR_FOLDER, read_marts
from expectations.results import CheckResult
from warehouse.database import connect, count_rows

# What a user may not have brought: these may be empty.
_OPTIONAL = frozenset(
    {
        "fct_industrial_output",
        "fct_weather_adjusted_change",
        "fct_weather_adjustment_gap",
        "fct_normalised_air_quality",
        "fct_published_air_figure",
        "fct_industry_and_air",
    }
)
# 2026-11-21: two ways through double precision to the same mean.
_EXACT = 1e-9


def run_air_gate(working: Path) -> list[CheckResult]:
    """The identities (gate `identity`) and the checks on the marts (gate `marts`) of a working file.

    Raises HomeLocked when another run holds the file.
    """
    # Great Expectations reads its telemetry switch when it is imported.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    from expectations.marts_gate import mart_suites
    from expectations.runner import run_suites

    with connect(working, read_only=True) as connection:
        marts = [
            mart
            for mart in read_marts(AIR_FOLDER)
            if mart.name not in _OPTIONAL or count_rows(connection, "marts", mart.name)
        ]
        mine = {f"marts.{mart.name}" for mart in marts}
        suites = [suite for suite in mart_suites(marts, None) if suite.scope in mine]
        return [*_identities(connection), *run_suites(connection, "marts", suites)]


def _identities(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    checks = []
    # A few days make no month: then there is no mean of a period yet.
    if connection.execute(f"select count(*) from ({_MEANS_OF_PERIODS})").fetchall()[0][0]:
        checks.append(period_is_the_mean_of_its_days(connection))
    if count_rows(connection, "marts", "fct_weather_adjusted_change"):
        checks.append(weather_and_emissions_make_the_change(connection))
    return checks


_MEANS_OF_PERIODS = """
    select place_kind, place, period, period_start, period_end, mean_ug_m3
    from marts.fct_air_quality
    where
        period_kind in ('month', 'quarter', 'year') and pollutant = 'PM2.5' and aggregation = 'published'
        and mean_ug_m3 is not null
"""


def period_is_the_mean_of_its_days(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Where a place is published as such, its mean of a month, quarter or year is that of its days in the mart."""
    return Comparison(
        name="period_is_the_mean_of_its_days",
        scope="marts.fct_air_quality",
        left=f"""
            select place_kind || ' ' || place || ' ' || period as place, mean_ug_m3 as amount
            from ({_MEANS_OF_PERIODS})
        """,
        right=f"""
            select
                day.place_kind || ' ' || day.place || ' ' || period.period as place,
                avg(day.mean_ug_m3) as amount
            from marts.fct_air_quality as day
            inner join ({_MEANS_OF_PERIODS}) as period
                on day.place_kind = period.place_kind and day.place = period.place
                and day.period_start between period.period_start and period.period_end
            where day.period_kind = 'day' and day.pollutant = 'PM2.5'
            group by all
        """,
        floor=1.0,
        tolerance=_EXACT,
    ).check(connection)


def weather_and_emissions_make_the_change(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """The weather's and the emissions' part sum to the change of the means of the mart itself."""
    key = "place_kind || ' ' || place || ' ' || period || ' ' || method as place"
    return Comparison(
        name="weather_and_emissions_make_the_change",
        scope="marts.fct_weather_adjusted_change",
        left=f"""
            select {key}, 100 + weather_part_pp + emission_part_pp as amount
            from marts.fct_weather_adjusted_change
        """,
        right=f"""
            select {key}, 100 * mean_ug_m3 / mean_before_ug_m3 as amount
            from marts.fct_weather_adjusted_change
        """,
        floor=1.0,
        tolerance=_EXACT,
    ).check(connection)
