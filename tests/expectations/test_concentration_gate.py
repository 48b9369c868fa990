"""Gate 2 on concentrations sees each kind of damage."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from expectations.concentration_gate import concentration_suites
from expectations.runner import run_suites


@pytest.fixture
def marts() -> Iterator[duckdb.DuckDBPyConnection]:
    """One province and China, all of whose export-related part is attributed."""
    con = duckdb.connect()
    con.execute("create schema marts")
    con.execute(
        "create table marts.fct_pm25_province as select 'reduced' as engine, scenario, province,"
        " 'year' as season, 'population' as weighting, component, pm25_ug_m3::double as pm25_ug_m3"
        " from (values ('CN-HE'), ('CHN')) as place (province), (values ('Base', 'sulfate', 30.0),"
        " ('Base', 'background', 5.0), ('I_EX', 'sulfate', 24.0), ('I_EX', 'background', 5.0))"
        " as level (scenario, component, pm25_ug_m3)"
    )
    con.execute(
        "create table marts.fct_pm25_attribution as select 'reduced' as engine, receptor,"
        " consumer_region, pm25_ug_m3::double as pm25_ug_m3 from (values ('CN-HE'), ('CHN'))"
        " as place (receptor), (values ('USA', 4.0), ('JPN', 2.0), ('CHN', 0.5))"
        " as flow (consumer_region, pm25_ug_m3)"
    )
    con.execute(
        "create table marts.fct_exposure as select 'reduced' as engine, 'Base' as scenario,"
        " 'CHN' as province, level as threshold_ug_m3, (100 - level)::double as people_above_persons"
        " from range(0, 5) as levels (level)"
    )
    con.execute(
        "create table marts.fct_model_evaluation as select 'reduced' as model, 'PM2.5' as pollutant,"
        " 'judged' as period, 'province_area' as observation, 'DJF' as season,"
        " 0.95::double as correlation, -0.02::double as bias_share"
    )
    yield con
    con.close()


def failed(con: duckdb.DuckDBPyConnection, *, evaluated: bool = True) -> set[tuple[str, str]]:
    results = run_suites(con, "marts", concentration_suites(evaluated=evaluated))
    return {
        (check.suite.split("__", 1)[1], check.severity) for check in results if not check.passed
    }


def test_sound_marts_pass(marts: duckdb.DuckDBPyConnection) -> None:
    assert failed(marts) == set()
    marts.execute("delete from marts.fct_model_evaluation")
    assert failed(marts, evaluated=False) == set()


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (
            "update marts.fct_pm25_attribution set pm25_ug_m3 = 1.9 where consumer_region = 'JPN'",
            ("fct_pm25_attribution__sums_to_exports", "error"),
        ),
        (
            "update marts.fct_pm25_province set pm25_ug_m3 = 1000 * pm25_ug_m3",
            ("fct_pm25_province__levels", "error"),
        ),
        (
            "update marts.fct_exposure set people_above_persons = 99.5 where threshold_ug_m3 = 3",
            ("fct_exposure__curve_falls", "error"),
        ),
        (
            "insert into marts.fct_pm25_province values"
            " ('reduced', 'I_EXDIR', 'CN-HE', 'year', 'population', 'sulfate', 40.0)",
            ("fct_pm25_province__scenarios", "warn"),
        ),
        (
            "update marts.fct_model_evaluation set bias_share = 0.3",
            ("fct_model_evaluation__skill", "warn"),
        ),
    ],
)
def test_damage_is_seen(
    marts: duckdb.DuckDBPyConnection, damage: str, expected: tuple[str, str]
) -> None:
    marts.execute(damage)
    assert expected in failed(marts)
