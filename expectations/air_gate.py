"""Gate 2 of an air-quality edition: identities and the marts, before they are published."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from expectations.comparison import Comparison
from expectations.promise import AIR_FOLDER
from expectations.results import CheckResult
from warehouse.database import connect

# 2026-11-21: two ways through double precision to the same mean.
_EXACT = 1e-9


def run_air_gate(working: Path) -> list[CheckResult]:
    """The identities (gate `identity`) and the checks on the marts (gate `marts`) of a working file.

    Raises HomeLocked when another run holds the file.
    """
    # Great Expectations reads its telemetry switch when it is imported.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    from expectations.marts_gate import judge_marts

    with connect(working, read_only=True) as connection:
        return [*_identities(connection), *judge_marts(connection, None, AIR_FOLDER)]


def _identities(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    checks = []
    # A few days make no month: then there is no mean of a period yet.
    if connection.execute(f"select count(*) from ({_MEANS_OF_PERIODS})").fetchall()[0][0]:
        checks.append(period_is_the_mean_of_its_days(connection))
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
