"""The edition's own year beside observations of that year."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from compute.atmosphere.grid import Grid, nested_grid
from steps.atmosphere_inputs import Land
from steps.evaluation_year import PERIOD, beside_the_year
from warehouse.tables import Tables

PROVINCES = ("CN-BJ", "CN-GD", "CN-HE", "CN-SD")
LEVEL = {"CN-BJ": 60.0, "CN-GD": 20.0, "CN-HE": 80.0, "CN-SD": 50.0}


def cell(grid: Grid, province: str) -> int:
    """One cell a province, side by side."""
    return 60 * grid.shape[1] + 100 + 2 * PROVINCES.index(province)


@pytest.fixture
def land() -> Land:
    grid = nested_grid()
    area = np.zeros((grid.shape[0] * grid.shape[1], len(PROVINCES)))
    for column, province in enumerate(PROVINCES):
        area[cell(grid, province), column] = 700.0
    return Land(grid, PROVINCES, area, 1000 * area, 400 * area, np.zeros(grid.shape))


@pytest.fixture
def con(land: Land) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema raw")
    con.execute("create schema computed")
    con.execute(
        "create table computed.pm25_cell (scenario text, engine text, longitude double,"
        " latitude double, component text, pm25_ug_m3 double)"
    )
    columns = land.grid.shape[1]
    for province, level in LEVEL.items():
        at = cell(land.grid, province)
        place = (land.grid.longitude[at % columns], land.grid.latitude[at // columns])
        for component, part in (("sulfate", 0.25), ("background", 0.75)):
            con.execute(
                "insert into computed.pm25_cell values ('Base', 'reduced', ?, ?, ?, ?)",
                [*place, component, part * level],
            )
        con.execute(  # neither another scenario nor another engine counts
            "insert into computed.pm25_cell values ('I_EX', 'reduced', ?, ?, 'sulfate', 999),"
            " ('Base', 'geoschem', ?, ?, 'sulfate', 999)",
            [*place, *place],
        )
    con.execute(
        "create table computed.pm25_province as select 'Base' as scenario, 'reduced' as engine,"
        " 'area' as weighting, season, province, 10.0::double as pm25_ug_m3"
        " from unnest(['DJF', 'MAM', 'JJA', 'SON']) as s (season),"
        " unnest(['CN-BJ', 'CN-GD', 'CN-HE', 'CN-SD']) as p (province)"
    )
    return con


def observed_series(con: duckdb.DuckDBPyConnection, factor: float, provinces: int = 4) -> None:
    con.execute(
        "create table raw.observed_series (series text, province text, pollutant text,"
        " source_year int, concentration_ug_m3 double)"
    )
    for province, level in [*LEVEL.items()][:provinces]:
        con.execute(
            "insert into raw.observed_series values ('aqli_2023', ?, 'PM2.5', 2007, ?),"
            " ('aqli_2023', ?, 'PM2.5', 2017, 1)",
            [province, factor * level, province],
        )


def test_a_series_is_met_in_the_editions_own_year(
    con: duckdb.DuckDBPyConnection, land: Land
) -> None:
    observed_series(con, 0.8)
    (beside,) = beside_the_year(Tables(con), land, 2007)
    model, observation, pollutant, season, period, r, bias, error, places = beside.row
    assert (model, observation, pollutant) == ("reduced", "satellite_aqli_2023", "PM2.5")
    assert (season, period, places) == ("year", PERIOD, 4)
    assert r == pytest.approx(1)
    assert bias == pytest.approx(0.25)
    assert error == pytest.approx(0.25)
    rows = beside.places()
    assert dict(zip(rows["place"], rows["modelled_ug_m3"], strict=True)) == pytest.approx(LEVEL)
    assert rows["baseline_ug_m3"].null_count() == 4


def test_a_year_or_place_that_was_not_observed_is_no_row(
    con: duckdb.DuckDBPyConnection, land: Land
) -> None:
    assert beside_the_year(Tables(con), land, 2007) == []
    observed_series(con, 1.0, provinces=2)
    assert beside_the_year(Tables(con), land, 2007) == []  # two places judge nothing
    assert beside_the_year(Tables(con), land, 1999) == []
    con.execute("drop table computed.pm25_cell")
    assert beside_the_year(Tables(con), land, 2007) == []


def test_the_reanalysis_is_met_by_season_over_area(
    con: duckdb.DuckDBPyConnection, land: Land
) -> None:
    con.execute(
        "create table raw.evaluation_observation as select 'area' as coverage, 'PM2.5' as pollutant,"
        " 2017 as source_year, month, province,"
        " case when month in (12, 1, 2) then 20.0 else 5.0 end::double as concentration_ug_m3"
        " from range(1, 13) as m (month), unnest(['CN-BJ', 'CN-GD', 'CN-HE', 'CN-SD']) as p (province)"
    )
    found = {each.season: each for each in beside_the_year(Tables(con), land, 2017)}
    assert set(found) == {"year", "DJF", "MAM", "JJA", "SON"}
    assert found["DJF"].row[6] == pytest.approx(10 / 20 - 1)
    assert found["JJA"].row[6] == pytest.approx(10 / 5 - 1)
    assert found["year"].ours.tolist() == pytest.approx([*LEVEL.values()])
