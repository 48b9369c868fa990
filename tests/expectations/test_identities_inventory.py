"""What an inventory of an older year adds up to once it is brought to the nation's totals."""

from __future__ import annotations

import duckdb
import pytest

from expectations.identities import (
    identities_of,
    inventory_is_national_total,
    inventory_is_source_total,
    inventory_keeps_its_provinces,
)


@pytest.fixture
def brought() -> duckdb.DuckDBPyConnection:
    """Two provinces of 2017; PM2.5 of the nation is BC 3, OC 5 and 12 of other particles."""
    con = duckdb.connect()
    for schema in ("raw", "intermediate", "marts"):
        con.execute(f"create schema {schema}")
    con.execute(
        "create table marts.fct_emission_inventory as select 2017 as year, province, pollutant,"
        " emission_t::double as emission_t from (values ('CN-HE', 'SO2', 30), ('CN-GD', 'SO2', 10),"
        " ('CN-HE', 'BC', 2), ('CN-GD', 'BC', 1), ('CN-HE', 'OC', 5), ('CN-HE', 'PM25_other', 12),"
        " ('CN-HE', 'APE', 99)) as inventory (province, pollutant, emission_t)"
    )
    con.execute(
        "create table intermediate.int_inventory__source as select province, pollutant, emission_t"
        " from marts.fct_emission_inventory where pollutant <> 'APE'"
    )
    con.execute(
        "create table intermediate.int_inventory__national_scale as select 'power' as total_group"
    )
    con.execute(
        "create table raw.national_emission as select sector as source_sector, pollutant,"
        " year as source_year, emission_t::double as emission_t from (values"
        " ('power', 'SO2', 2017, 25), ('industry', 'SO2', 2017, 15), ('power', 'SO2', 2016, 99),"
        " ('industry', 'BC', 2017, 3), ('industry', 'OC', 2017, 5), ('industry', 'PM2.5', 2017, 20))"
        " as nation (sector, pollutant, year, emission_t)"
    )
    return con


def test_an_older_inventory_has_identities_of_its_own(brought: duckdb.DuckDBPyConnection) -> None:
    found = identities_of(brought)
    assert inventory_is_source_total not in found
    assert {inventory_keeps_its_provinces, inventory_is_national_total} <= set(found)
    brought.execute("delete from intermediate.int_inventory__national_scale")
    assert inventory_is_source_total in identities_of(brought)
    brought.execute("drop table intermediate.int_inventory__national_scale")
    assert inventory_is_source_total in identities_of(brought)


def test_sums_are_those_of_the_nation_in_the_editions_year(
    brought: duckdb.DuckDBPyConnection,
) -> None:
    assert inventory_is_national_total(brought).passed
    assert inventory_keeps_its_provinces(brought).passed


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("update marts.fct_emission_inventory set emission_t = 31 where emission_t = 30", "SO2"),
        ("delete from marts.fct_emission_inventory where pollutant = 'PM25_other'", "PM2.5"),
        ("delete from raw.national_emission where pollutant = 'OC'", "OC"),
    ],
)
def test_a_tonne_too_much_or_a_lost_pollutant_is_seen(
    brought: duckdb.DuckDBPyConnection, damage: str, what: str
) -> None:
    brought.execute(damage)
    found = inventory_is_national_total(brought)
    assert not found.passed
    assert what in found.detail


def test_tonnes_in_the_wrong_province_are_seen(brought: duckdb.DuckDBPyConnection) -> None:
    brought.execute(
        "update marts.fct_emission_inventory set emission_t = 20 where pollutant = 'SO2'"
    )
    assert inventory_is_national_total(brought).passed
    assert not inventory_keeps_its_provinces(brought).passed
