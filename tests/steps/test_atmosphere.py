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
from steps.atmosphere_inputs import Land, packaged_parameters, read_departures, read_gridding
from steps.concentration import (
    MAIN_SCENARIOS,
    cell_table,
    exposure_table,
    province_table,
    read_emissions,
    receptors_of,
    season_sensitivity,
    sensitivity_table,
)
from steps.evaluation import Period, _Comparison, emissions_of
from steps.evaluation_places import read_places
from warehouse.tables import Tables

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
        "create table seeds.region as from (values ('USA', 'foreign', null, 'USA'),"
        " ('JPN', 'foreign', null, 'Rest of East Asia'), ('CHN', 'home', null, 'China'),"
        " ('CN-GD', 'province', 'East Coast', 'China'), ('CN-HE', 'province', 'North', 'China'))"
        " as region (code, kind, china_region, world_region)"
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
    base, removed = read_emissions(Tables(con), land)
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


def test_the_role_emission_grid_lays_the_emissions_of_its_year(land: Land) -> None:
    con = duckdb.connect()
    con.execute("create schema raw")
    con.execute("create schema seeds")
    con.execute(
        "create table raw.point_source as select 'CN-HE' as province, 0.0 as longitude, 0.0 as latitude,"
        " 1.0 as capacity_mw, 'coal_power' as kind, 1990 as start_year, 2050 as end_year where false"
    )
    con.execute("create table seeds.gridding_proxy (emission_group text, proxy text, share double)")
    for group in EMISSION_GROUPS:
        con.execute("insert into seeds.gridding_proxy values (?, 'population', 1.0)", [group])
    longitude, latitude = float(land.grid.longitude[3]), float(land.grid.latitude[2])
    con.execute(
        "create table raw.emission_grid as select 'CN-HE' as province, ?::double as longitude,"
        " ?::double as latitude, 'power' as emission_group, unnest(['SO2', 'PM2.5', 'BC']) as pollutant,"
        " 2017 as source_year, unnest([7.0, 5.0, 2.0]::double[]) as emission_t",
        [longitude, latitude],
    )
    tonnes = np.random.default_rng(2).uniform(1, 1e3, (len(POLLUTANTS), len(EMISSION_GROUPS), 2))
    here = 2 * land.grid.shape[1] + 3
    column, power = PROVINCES.index("CN-HE"), EMISSION_GROUPS.index("power")
    alone = np.zeros_like(tonnes)
    alone[..., column] = tonnes[..., column]
    placed = read_gridding(Tables(con), land, 2017).place(alone).tonnes
    for name in ("SO2", "BC", "PM25_other"):
        row = POLLUTANTS.index(name)
        assert placed[row, power, here] == pytest.approx(tonnes[row, power, column])
    np.testing.assert_allclose(placed.sum(axis=2), alone.sum(axis=2), rtol=1e-9)
    assert np.count_nonzero(placed[POLLUTANTS.index("NOx"), power]) > 1
    usual = read_gridding(Tables(con), land, 2007).place(alone).tonnes
    assert np.count_nonzero(usual[POLLUTANTS.index("SO2"), power]) > 1


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
    receptors = receptors_of(land, "CHN")
    table = province_table(result, receptors)
    year = table.filter((pl.col("season") == "year") & (pl.col("weighting") == "population"))
    base = year.filter((pl.col("scenario") == "Base") & (pl.col("province") == "CHN"))
    people = land.people.sum(axis=1)
    expected = result["Base"].pm25() @ people / people.sum()
    assert base["pm25_ug_m3"].sum() == pytest.approx(expected)
    # sensitivities times tonnes give the components
    values = season_sensitivity(engine, gridding, receptors)
    sensitivity = sensitivity_table(values, gridding, receptors)
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


def test_emissions_of_a_year_come_back_as_an_array() -> None:
    con = duckdb.connect()
    con.execute("create schema intermediate")
    con.execute(
        "create table intermediate.int_evaluation__emission as from (values"
        " (2013, 'CN-GD', 'power', 'PM25_other', 7.0::double, 8.0::double),"
        " (2013, 'CN-GD', 'power', 'SO2', 5.0, 5.0), (2014, 'CN-GD', 'power', 'SO2', 9.0, 9.0),"
        " (2013, 'CN-HE', 'industry', 'CO', 2.0, 2.0))"
        " as emission (source_year, province, emission_group, pollutant, emission_t, published_t)"
    )
    tonnes = emissions_of(Tables(con), PROVINCES, 2013)
    power, industry = EMISSION_GROUPS.index("power"), EMISSION_GROUPS.index("industry")
    assert tonnes[POLLUTANTS.index("PM25_other"), power, 0] == 7.0
    assert tonnes[POLLUTANTS.index("SO2"), power, 0] == 5.0
    assert tonnes[POLLUTANTS.index("CO"), industry, 1] == 2.0
    assert tonnes.sum() == 14.0
    assert emissions_of(Tables(con), PROVINCES, 2013, as_published=True).sum() == 15.0


THREE = ("CN-GD", "CN-HE", "CN-SD")


def three_provinces(made_up: ModuleType) -> Land:
    """Provinces side by side; the second is dense, the third nearly empty."""
    grid = made_up.GRID
    cells = grid.shape[0] * grid.shape[1]
    belongs = np.zeros((cells, 3))
    belongs[np.arange(cells), np.arange(cells) % grid.shape[1] // (grid.shape[1] // 3)] = 1.0
    people = belongs * np.array([2e5, 3e6, 1e3])
    return Land(grid, THREE, belongs * 1000.0, people, 0.4 * people, np.zeros(grid.shape))


def observed(rows: str) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema raw")
    con.execute(
        "create table raw.evaluation_observation as select *, 'PM2.5' as pollutant,"
        f" month::bigint as month from (values {rows}) as observed"
        " (coverage, province, source_year, concentration_ug_m3), range(1, 13) as months (month)"
    )
    return con


def test_places_are_weighted_like_what_was_observed(made_up: ModuleType) -> None:
    land = three_provinces(made_up)
    con = observed(
        ", ".join(
            f"('{coverage}', '{province}', {year}, {value + year - 2013}.0)"
            for coverage in ("area", "people", "dense")
            for value, province in ((10, "CN-GD"), (20, "CN-HE"), (30, "CN-SD"))
            for year in (2013, 2014)
        )
    )
    found = {here.observation: here for here in read_places(Tables(con), land)}
    assert set(found) == {"province_area", "province_people"}  # one dense province is too few
    here = found["province_people"]
    np.testing.assert_allclose(here.weights.sum(axis=1), 1.0)
    np.testing.assert_allclose(here.mean("PM2.5", (2013, 2014), (1, 7)), [10.5, 20.5, 30.5])
    np.testing.assert_allclose(here.mean("PM2.5", (2014, 2015), (1,)), [11.0, 21.0, 31.0])
    assert np.isnan(here.mean("SO2", (2013,), (1,))).all()


def test_means_over_people_are_taken_where_the_observed_ones_were(made_up: ModuleType) -> None:
    land = three_provinces(made_up)
    con = observed(
        ", ".join(
            f"('{coverage}', '{province}', 2013, 10.0)"
            for coverage in ("people", "dense")
            for province in THREE
        )
    )
    lon, lat = land.grid.longitude, land.grid.latitude
    con.execute(
        "create table raw.evaluation_coverage as select * from (values"
        f" ('CN-GD', {lon[0]}::double, {lat[0]}::double, 30.0::double), ('CN-GD', {lon[1]}, {lat[0]}, 10.0),"
        f" ('CN-HE', {lon[7]}, {lat[2]}, 5.0), ('CN-SD', {lon[14]}, {lat[3]}, 5.0))"
        " as cell (province, longitude, latitude, persons), (values ('people'), ('dense')) as c (coverage)"
    )
    found = {here.observation: here for here in read_places(Tables(con), land)}
    assert set(found) == {"province_people", "province_dense"}
    weights = found["province_dense"].weights
    np.testing.assert_allclose(weights[0, [0, 1]], [0.75, 0.25])
    assert weights[1, 2 * land.grid.shape[1] + 7] == 1.0
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)


def test_cities_of_the_users_own_are_compared_between_the_cells_about_them(
    made_up: ModuleType,
) -> None:
    land = three_provinces(made_up)
    con = observed("('area', 'CN-GD', 2013, 10.0)")
    con.execute(
        "create table raw.evaluation_place as select * from (values ('one', 100.1, 28.1, 5.0),"
        " ('two', 104.0, 30.0, 6.0), ('three', 104.5, 31.0, 7.0), ('four', 103.1, 29.0, 8.0))"
        " as city (place, longitude, latitude, concentration_ug_m3),"
        " (values ('PM2.5', 2014::bigint, 1::bigint)) as moment (pollutant, source_year, month)"
    )
    found = {here.observation: here for here in read_places(Tables(con), land)}
    assert set(found) == {"place", "place_dense"}
    assert found["place"].names == ("four", "one", "three", "two")
    assert found["place_dense"].names == ("four", "three", "two")
    here = found["place"]
    assert here.longitude[1] == pytest.approx(100.1)  # bilinear: where the city lies
    assert here.latitude[1] == pytest.approx(28.1)
    np.testing.assert_allclose(here.weights.sum(axis=1), 1.0)
    assert (here.weights > 0).sum(axis=1).max() == 4
    np.testing.assert_allclose(here.mean("PM2.5", (2013, 2014), (1,)), [8.0, 5.0, 7.0, 6.0])


def test_departures_of_the_weather_are_the_provinces_own_near_their_centres(
    made_up: ModuleType,
) -> None:
    land = three_provinces(made_up)
    con = duckdb.connect()
    con.execute("create schema raw")
    assert read_departures(Tables(con), land, (2013,)) == {}
    con.execute(
        "create table raw.evaluation_weather as select variable, province, year::bigint as source_year,"
        " month::bigint as month, departure + year - 2013 as departure"
        " from (values ('eastward_wind', 3.0), ('air_temperature', 5.0)) as given (variable, departure),"
        " (values ('CN-GD'), ('CN-HE'), ('CN-SD')) as places (province),"
        " range(2013, 2015) as years (year), range(1, 13) as months (month)"
    )
    seasons = ("DJF", "MAM", "JJA", "SON")
    found = read_departures(Tables(con), land, (2013, 2014))
    assert set(found) == {(season, "eastward_wind") for season in seasons}  # of winds alone
    for field in found.values():
        np.testing.assert_allclose(field, 3.5)
    warm = read_departures(Tables(con), land, (2014,), ("air_temperature",))
    assert set(warm) == {(season, "air_temperature") for season in seasons}
    np.testing.assert_allclose(warm["DJF", "air_temperature"], 6.0)


def test_a_comparison_knows_a_perfect_model_and_gives_the_baseline_its_best_line(
    made_up: ModuleType,
) -> None:
    land = three_provinces(made_up)
    engine = made_up.engine()
    result = engine.run({"all": made_up.emission(1)})["all"]
    area = land.area_km2 / land.area_km2.sum(axis=0)
    truth = area.T @ result.pm25("DJF")
    con = observed(
        ", ".join(
            f"('area', '{province}', {year}, {value!r}::double)"
            for province, value in zip(THREE, truth.tolist(), strict=True)
            for year in (2013, 2015)
        )
    )
    (here,) = read_places(Tables(con), land)
    density = {"DJF": np.arange(land.area_km2.shape[0], dtype=float).reshape(land.grid.shape)}
    periods = {
        "calibration": Period((2013,), result, density),
        "judged": Period((2015,), result, density),
    }
    comparison = _Comparison(here, "PM2.5", "DJF", periods, packaged_parameters(), land)
    rows = {(row[0], row[4]): row for row in comparison.rows()}
    models, spans = ("reduced", "smoothed_emission"), ("calibration", "judged")
    assert set(rows) == {(model, span) for model in models for span in spans}  # nothing fell
    assert rows["reduced", "judged"][5] == pytest.approx(1.0)
    assert rows["reduced", "judged"][6] == pytest.approx(0.0, abs=1e-12)
    assert rows["smoothed_emission", "calibration"][6] == pytest.approx(0.0, abs=1e-9)
    places = comparison.places()
    assert places.height == 6
    np.testing.assert_allclose(places["modelled_ug_m3"], places["observed_ug_m3"])
