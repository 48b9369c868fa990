"""The step `health` on a few cells: stand-ins, official death rates, curves of one's own, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import polars as pl
import pytest

from compute.atmosphere.grid import nested_grid
from compute.health import AGE_GROUPS
from steps import catalogue
from steps.health import compute_health
from warehouse.errors import InputError
from warehouse.tables import Tables

ASSUMPTIONS = {
    "year": 2007,
    "home_region": "CHN",
    "health_curve": "gemm",
    "health_outcome": "NCD+LRI",
    "health_exposure_coefficient": 0.15,
}
CELLS = ((0, "CN-BJ", 2e7), (1, "CN-HE", 3e7), (2, "CN-HE", 4e7))
CAUSES = {"NCD+LRI": 3000.0, "IHD": 800.0}


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    grid = nested_grid()
    for schema in ("raw", "computed"):
        connection.execute(f"create schema {schema}")
    places = [(float(grid.longitude[100 + cell]), float(grid.latitude[100])) for cell, *_ in CELLS]
    rows = [
        (province, *place, 700.0, persons, 0.4 * persons)
        for place, (_, province, persons) in zip(places, CELLS, strict=True)
    ]
    put(
        connection,
        "raw.grid_cell",
        rows,
        "province longitude latitude area_km2 population_persons rural_population_persons",
    )
    put(
        connection,
        "raw.population_total",
        [("CN-BJ", 2007, 2e7)],
        "province source_year population_persons",
    )
    relief = [(float(lon), float(lat), 10.0) for lat in grid.latitude for lon in grid.longitude]
    put(connection, "raw.relief", relief, "longitude latitude altitude_m")
    air = [
        (scenario, *place, 1.0, component, level * share, "reduced")
        for scenario, share in (("Base", 1.0), ("I_EX", 0.8), ("I_EXEAST", 0.9), ("I_EXDIR", 0.9))
        for place, level in zip(places, (80.0, 40.0, 60.0), strict=True)
        for component in ("sulfate", "bc")
    ]
    columns = "scenario longitude latitude population_persons component pm25_ug_m3 engine"
    put(connection, "computed.pm25_cell", air, columns)
    put(connection, "computed.simulated_pm25_cell", air, columns)
    connection.execute("delete from computed.simulated_pm25_cell")
    put(
        connection,
        "raw.age_structure",
        [("CHN", age, 2007, 6e7) for age in ("0-4", "5-9", *AGE_GROUPS)],
        "region age_group source_year population_persons",
    )
    put(connection, "raw.baseline_mortality", rates("CHN"), RATES)
    return connection


RATES = "region cause age_group source_year rate_per_100k low_per_100k high_per_100k"


def rates(region: str, factor: float = 1.0, year: int = 2007) -> list[tuple[object, ...]]:
    return [
        (region, cause, age, year, factor * rate, 0.9 * factor * rate, 1.1 * factor * rate)
        for cause, rate in CAUSES.items()
        for age in AGE_GROUPS
    ]


def put(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]], columns: str
) -> None:
    frame = pl.DataFrame(rows, schema=columns.split(), orient="row")
    connection.register("frame", frame)
    connection.execute(f"create table {table} as select * from frame")
    connection.unregister("frame")


def run(connection: duckdb.DuckDBPyConnection, **other: object) -> tuple[str, ...]:
    step = catalogue.HEALTH
    tables = Tables(connection, step.reads, step.writes, step="health")
    notes = compute_health(tables, {**ASSUMPTIONS, **other})[1]  # type: ignore[dict-item]
    tables.demand_all_written()
    return notes


def deaths(
    connection: duckdb.DuckDBPyConnection, where: str = "cause = 'NCD+LRI'"
) -> dict[str, float]:
    return dict(
        connection.sql(
            "select province, sum(deaths) from computed.health_burden"
            f" where scenario = 'Base' and {where} group by 1"
        ).fetchall()
    )


def amounts(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, float]:
    return dict(
        connection.sql(
            f"select province, amount from computed.health_stand_in where assumption = '{name}'"
        ).fetchall()
    )


def test_figures_of_the_nation_stand_in_and_are_named(con: duckdb.DuckDBPyConnection) -> None:
    notes = run(con)
    found = deaths(con)
    assert amounts(con, "rates_of_the_nation") == pytest.approx(found)
    assert amounts(con, "ages_of_the_nation") == pytest.approx(found)
    assert not amounts(con, "rates_of_another_year")
    assert sorted(note for note in notes if "warning" in note) == sorted(
        f"warning: no death rates of {cause}: no deaths of it are computed"
        for cause in ("stroke", "COPD", "LC", "LRI")
    )
    people = con.sql(
        "select distinct province, province_persons from computed.health_burden"
    ).fetchall()
    assert dict(people) == pytest.approx({"CN-BJ": 2e7, "CN-HE": 7e7})
    (adults,) = con.sql(
        "select sum(age_group_persons) from computed.health_burden where scenario = 'Base' and cause = 'IHD'"
        " and province = 'CN-BJ'"
    ).fetchall()
    assert adults[0] == pytest.approx(2e7 * 12 / 14)


def test_scenarios_and_components_agree(con: duckdb.DuckDBPyConnection) -> None:
    run(con)
    (gap,) = con.sql(
        "select max(abs(zero_out_deaths - ("
        " select sum(case scenario when 'Base' then deaths else -deaths end) from computed.health_burden as burden"
        " where scenario in ('Base', avoided.scenario) and burden.cause = avoided.cause"
        " and burden.province = avoided.province))) from computed.health_avoided as avoided"
    ).fetchall()
    assert gap[0] < 1e-6
    parts = con.sql(
        "select province, sum(deaths), sum(pm25_ug_m3) from computed.health_component"
        " where cause = 'NCD+LRI' group by 1"
    ).fetchall()
    whole = deaths(con)
    for province, number, level in parts:
        assert number == pytest.approx(whole[province], rel=1e-12)
        assert level == pytest.approx(160 if province == "CN-BJ" else (80 * 3 + 120 * 4) / 7)


def test_own_rates_of_a_province_take_the_place_of_the_nations(
    con: duckdb.DuckDBPyConnection,
) -> None:
    run(con)
    before = deaths(con)
    con.executemany(
        f"insert into raw.baseline_mortality values ({','.join('?' * 7)})",
        rates("CN-BJ", 1.5, 2005),
    )
    run(con)
    after = deaths(con)
    assert after["CN-BJ"] == pytest.approx(1.5 * before["CN-BJ"])
    assert after["CN-HE"] == pytest.approx(before["CN-HE"])
    assert amounts(con, "rates_of_another_year") == pytest.approx({"CN-BJ": after["CN-BJ"]})
    assert set(amounts(con, "rates_of_the_nation")) == {"CN-HE"}


def test_official_crude_death_rates_scale_those_of_the_nation(
    con: duckdb.DuckDBPyConnection,
) -> None:
    run(con)
    before = deaths(con)
    put(
        con,
        "raw.crude_death_rate",
        [("CN-BJ", 2007, 4.5), ("CN-HE", 2007, 6.0)],
        "province source_year deaths_per_1000",
    )
    run(con)
    after = deaths(con)
    mean = (4.5 * 2 + 6.0 * 7) / 9
    assert after["CN-BJ"] == pytest.approx(before["CN-BJ"] * 4.5 / mean)
    assert after["CN-HE"] == pytest.approx(before["CN-HE"] * 6.0 / mean)
    assert amounts(con, "crude_death_rate")["CN-BJ"] == pytest.approx(
        after["CN-BJ"] - before["CN-BJ"]
    )


def test_a_landed_curve_stands_beside_gemm_and_may_be_attributed(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = [
        ("mine", cause, "all", level, 1 + level / 200, 1.0, 1 + level / 100)
        for cause in CAUSES
        for level in (0.0, 300.0)
    ]
    put(
        con,
        "raw.relative_risk",
        rows,
        "curve cause age_group pm25_ug_m3 relative_risk low_relative_risk high_relative_risk",
    )
    notes = run(con, health_curve="mine")
    mine = deaths(con, "curve = 'mine' and cause = 'NCD+LRI'")
    people = 2e7 * 12 / 14
    assert mine["CN-BJ"] == pytest.approx(people * 3000 / 1e5 * (1 - 1 / (1 + 160 / 200)))
    assert f"{sum(mine.values()):,.0f}" in notes[-1]
    assert deaths(con, "curve = 'gemm' and cause = 'NCD+LRI'")["CN-BJ"] != pytest.approx(
        mine["CN-BJ"]
    )


Change = Callable[[duckdb.DuckDBPyConnection], object]


@pytest.mark.parametrize(
    ("change", "other", "said"),
    [
        ("delete from raw.baseline_mortality where cause = 'NCD+LRI'", {}, "lacks a curve or a death rate"),
        ("select 1", {"health_outcome": "five_causes"}, "lacks a curve"),
        ("select 1", {"health_curve": "mrbrt_2021"}, "lacks a curve"),
        ("update raw.baseline_mortality set region = 'CN-BJ'", {}, "A province has no figures"),
        ("update raw.age_structure set age_group = '25-84' where age_group = '25-29'", {}, "do not fit"),
        ("delete from raw.baseline_mortality where age_group = '80+'", {}, "do not fit"),
        ("delete from computed.pm25_cell where pm25_ug_m3 >= 80", {}, "without PM2.5"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(
    con: duckdb.DuckDBPyConnection, change: str, other: dict[str, object], said: str
) -> None:
    con.execute(change)
    with pytest.raises(InputError) as caught:
        run(con, **other)
    assert said in caught.value.message
    assert caught.value.remedy
    assert caught.value.found


def test_few_people_without_air_are_noted(con: duckdb.DuckDBPyConnection) -> None:
    grid = nested_grid()
    con.execute(
        "insert into raw.grid_cell values ('CN-HE', ?, ?, 700, 1e5, 0)",
        [float(grid.longitude[20]), float(grid.latitude[20])],
    )
    run(con)
    assert amounts(con, "people_without_pm25") == {None: pytest.approx(1e5)}
