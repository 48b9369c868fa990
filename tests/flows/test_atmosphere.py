"""The tables of the step `air`, from a small engine; and the seeds it stands on."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import duckdb
import numpy as np
import polars as pl
import pytest

from compute.atmosphere.engine import COMPONENT_OF_POLLUTANT, EMISSION_GROUPS, POLLUTANTS
from compute.atmosphere.gridding import build_gridding
from flows.air_evaluation import _emissions, _observations
from flows.air_inputs import Land, packaged_parameters
from flows.atmosphere import (
    MAIN_SCENARIOS,
    cell_table,
    exposure_table,
    province_table,
    read_emissions,
    receptors_of,
    sensitivity_table,
)

SEEDS = Path(__file__).parents[2] / "seeds"
MADE_UP = Path(__file__).parents[1] / "compute" / "atmosphere" / "made_up.py"
PROVINCES = ("CN-GD", "CN-HE")


@pytest.fixture(scope="module")
def made_up() -> ModuleType:
    spec = importlib.util.spec_from_file_location("atmosphere_made_up_for_flows", MADE_UP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def land(made_up: ModuleType) -> Land:
    grid = made_up.GRID
    cells = grid.shape[0] * grid.shape[1]
    rng = np.random.default_rng(2)
    people = rng.uniform(1, 1e5, (cells, 2))
    people[: cells // 2, 0] = 0
    people[cells // 2 :, 1] = 0
    return Land(grid, PROVINCES, np.sign(people) * 700, people, 0.4 * people, np.zeros(grid.shape))


def test_scenarios_take_the_right_flows_out(land: Land) -> None:
    con = duckdb.connect()
    con.execute("create schema intermediate")
    con.execute("create schema seeds")
    con.execute(
        "create table seeds.region as from (values ('USA', 'USA'), ('JPN', 'Rest of East Asia'),"
        " ('CHN', 'China')) as region (code, world_region)"
    )
    con.execute(
        "create table intermediate.int_atmosphere__emission as from (values"
        " ('CN-HE', 'industry', 'SO2', 100.0::double), ('CN-GD', 'power', 'NOx', 50.0::double))"
        " as emission (province, emission_group, pollutant, emission_t)"
    )
    con.execute(
        "create table intermediate.int_atmosphere__export_emission as from (values"
        " ('CN-HE', 'CN-GD', 'USA', 'industry', 'SO2', 8.0::double),"
        " ('CN-HE', 'CN-HE', 'JPN', 'industry', 'SO2', 4.0::double),"
        " ('CN-HE', 'CN-HE', 'CHN', 'industry', 'SO2', 2.0::double),"
        " ('CN-GD', 'CN-GD', 'USA', 'power', 'NOx', 1.0::double)) as flow (producer_province,"
        " exporter_province, consumer_region, emission_group, pollutant, emission_t)"
    )
    base, removed = read_emissions(con, land)
    assert base.sum() == 150.0
    totals = {code: tonnes.sum() for code, tonnes in removed.items()}
    assert totals == {
        "I_EX": 13.0,
        "I_EXEAST": 9.0,
        "I_EXDIR": 5.0,
        "I_EXREGION:Rest of East Asia": 4.0,
        "I_EXREGION:USA": 9.0,
    }
    place = (POLLUTANTS.index("SO2"), EMISSION_GROUPS.index("industry"), PROVINCES.index("CN-HE"))
    assert removed["I_EX"][place] == 12.0


def test_tables_add_up(made_up: ModuleType, land: Land) -> None:
    engine = made_up.engine()
    proxies = {"population": land.people}
    mixture = {group: {"population": 1.0} for group in EMISSION_GROUPS}
    gridding = build_gridding(PROVINCES, proxies, mixture, "population")
    rng = np.random.default_rng(3)
    tonnes = rng.uniform(0, 1e5, (len(POLLUTANTS), len(EMISSION_GROUPS), 2))
    codes = [scenario.code for scenario in MAIN_SCENARIOS]
    gridded = {code: gridding.place(tonnes * (1 - 0.1 * row)) for row, code in enumerate(codes)}
    result = engine.run(gridded)
    receptors = receptors_of(land)
    table = province_table(result, receptors)
    year = table.filter((pl.col("season") == "year") & (pl.col("weighting") == "population"))
    base = year.filter((pl.col("scenario") == "Base") & (pl.col("province") == "CHN"))
    people = land.people.sum(axis=1)
    expected = result["Base"].pm25() @ people / people.sum()
    assert base["pm25_ug_m3"].sum() == pytest.approx(expected)
    # sensitivities times tonnes give the components
    sensitivity = sensitivity_table(engine, gridding, receptors)
    of_china = sensitivity.filter(pl.col("receptor") == "CHN")
    for pollutant, component in COMPONENT_OF_POLLUTANT.items():
        rows = of_china.filter(pl.col("pollutant") == pollutant)
        made = sum(
            row["sensitivity_ug_m3_per_t"]
            * tonnes[
                POLLUTANTS.index(pollutant),
                EMISSION_GROUPS.index(row["emission_group"]),
                PROVINCES.index(row["producer_province"]),
            ]
            for row in rows.iter_rows(named=True)
        )
        theirs = base.filter(pl.col("component") == component)["pm25_ug_m3"].item()
        assert made == pytest.approx(theirs, rel=1e-9)
    # people and cells
    exposure = exposure_table(result, receptors)
    above_zero = exposure.filter((pl.col("threshold_ug_m3") == 0) & (pl.col("scenario") == "Base"))
    by_province = dict(above_zero.select("province", "people_above_persons").iter_rows())
    assert by_province["CHN"] == pytest.approx(people.sum())
    assert by_province["CN-GD"] + by_province["CN-HE"] == pytest.approx(people.sum())
    cells = cell_table(result, land).filter(pl.col("scenario") == "Base")
    weighted = (cells["pm25_ug_m3"] * cells["population_persons"]).sum() / people.sum()
    assert weighted == pytest.approx(expected, rel=1e-6)


def test_seeds_are_whole(made_up: ModuleType) -> None:
    parameters = packaged_parameters()
    assert set(made_up.PARAMETERS) <= set(parameters)
    assert all(np.isfinite(value) for value in parameters.values())
    for name, by in (
        ("coefficients/gridding_proxy", "emission_group"),
        ("coefficients/emission_month_share", "emission_group"),
    ):
        sums = pl.read_csv(SEEDS / f"{name}.csv").group_by(by).agg(pl.col("share").sum())
        assert set(sums[by]) == set(EMISSION_GROUPS)
        np.testing.assert_allclose(sums["share"], 1.0, atol=1e-5)
    groups = pl.read_csv(SEEDS / "concordances" / "emission_group.csv")
    assert set(groups["emission_group"]) == set(EMISSION_GROUPS)
    sectors = pl.read_csv(SEEDS / "codes" / "sector.csv")["sector_group"].unique()
    of_sectors = groups.filter(pl.col("emitter_kind") == "sector_group")["emitter_code"]
    assert set(sectors) <= set(of_sectors)
    outside = pl.read_csv(SEEDS / "codes" / "outside_source.csv")["code"]
    assert set(outside) <= set(groups["emitter_code"])
    sources = pl.read_csv(SEEDS / "coefficients" / "atmosphere_parameter.csv")
    assert sources["source"].null_count() == 0


def test_history_and_observations_come_back_as_arrays() -> None:
    con = duckdb.connect()
    con.execute("create schema raw")
    con.execute("create schema seeds")
    con.execute(
        "create table seeds.emission_group as from (values ('reas32', 'PP', 'power'))"
        " as grouping (emitter_kind, emitter_code, emission_group)"
    )
    con.execute(
        "create table raw.evaluation_emission as select 'CN-GD' as province, 'PP' as source_sector,"
        " pollutant, 2013 as source_year, emission_t::double as emission_t"
        " from (values ('SO2', 5.0::double), ('NOx', 1.0),"
        " ('NH3', 0.0), ('CO', 2.0), ('BC', 1.0), ('OC', 2.0), ('PM2.5', 10.0))"
        " as emission (pollutant, emission_t)"
    )
    tonnes = _emissions(con, PROVINCES, 2013)
    assert tonnes[POLLUTANTS.index("PM25_other"), EMISSION_GROUPS.index("power"), 0] == 7.0
    assert tonnes[..., 1].sum() == 0
    con.execute(
        "create table raw.evaluation_observation as select 'CN-HE' as province, 'SO2' as pollutant,"
        " 2013 as source_year, 1 as month, 40.0::double as concentration_ug_m3"
    )
    found = _observations(con, PROVINCES)["SO2", 2013, 1]
    assert np.isnan(found[0])
    assert found[1] == 40.0
