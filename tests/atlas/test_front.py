"""The answer on the first screen of the atlas, from a few rows."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from atlas.front import front_of
from atlas.made_up import said_of
from atlas.site import Edition

EDITION = Edition("made-up", 2017, "abc")


@pytest.fixture
def marts() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(
            "create table dim_region as from (values ('CHN', 'China', null, 'home', null, 'China'),"
            " ('CN-HE', 'Hebei', null, 'province', 'North', 'China'),"
            " ('CN-GD', 'Guangdong', null, 'province', 'East Coast', 'China'),"
            " ('USA', 'United States', null, 'foreign', null, 'USA'),"
            " ('ROW', 'Rest of the world', null, 'foreign', null, 'Rest of the world'))"
            " as region (code, name, name_zh, kind, china_region, world_region)"
        )
        con.execute(
            "create table fct_uncertainty as select 'made-up' as edition, 2017 as year, 'export_pm25' as result,"
            " 'all' as part, 'all' as pollutant, * from (values ('CHN', 3.0, 2.0, 4.5),"
            " ('CN-HE', 6.0, 4.0, 9.0), ('CN-GD', 2.0, 1.0, 3.0))"
            " as drawn (place, point_value, p05_value, p95_value)"
        )
        con.execute(
            "create table fct_pm25_province as select 'made-up' as edition, 2017 as year, 'reduced' as engine,"
            " 'year' as season, 'population' as weighting, * from (values"
            " ('Base', 'CHN', 'sulfate', 30.0), ('I_EX', 'CHN', 'sulfate', 27.0), ('Base', 'CHN', 'soa', 10.0),"
            " ('I_EX', 'CHN', 'soa', 1.0), ('Base', 'CN-HE', 'sulfate', 60.0), ('I_EX', 'CN-HE', 'sulfate', 54.0),"
            " ('Base', 'CN-GD', 'sulfate', 20.0), ('I_EX', 'CN-GD', 'sulfate', 18.0),"
            " ('I_EXDIR', 'CN-GD', 'sulfate', 19.0), ('I_EXEAST', 'CN-GD', 'sulfate', 19.0))"
            " as air (scenario, province, component, pm25_ug_m3)"
        )
        con.execute(
            "create table fct_pm25_attribution as select 'made-up' as edition, 2017 as year, 'reduced' as engine,"
            " 'CHN' as receptor, * from (values ('CN-GD', 'ROW', 1.5), ('CN-GD', 'USA', 0.7),"
            " ('CN-HE', 'USA', 0.2), ('CN-HE', 'CHN', 0.6)) as a (exporter_province, consumer_region, pm25_ug_m3)"
        )
        con.execute(
            "create table fct_pm25_reading as select 'made-up' as edition, 2017 as year, 'reduced' as engine,"
            " 'CHN' as receptor, * from (values ('exporter', true, false, 1.0), ('exporter', false, false, 3.0),"
            " ('exporter', true, true, 9.0), ('final_producer', true, false, 0.4),"
            " ('final_producer', false, false, 3.6)) as r (reading, is_direct, is_returned, pm25_ug_m3)"
        )
        yield con


def test_the_answer_has_its_interval_and_says_of_how_many(marts: duckdb.DuckDBPyConnection) -> None:
    found = front_of(marts, [EDITION])
    assert found is not None
    assert found.title == "Exports put 3.0 µg/m³ of PM2.5 over people in China, 2017"
    how_much, whose, where, indirect = found.facts
    # Secondary organics count in what people breathe, not in what exports put there.
    assert how_much.beside == "7.5% of what they breathe (90% interval 2.0 to 4.5)"
    # The rest of the world is not a consumer with a name; its share counts.
    assert (whose.value, whose.beside) == (
        "United States",
        "30.0% of it. Countries without a row of their own, together: 50.0%",
    )
    assert (where.value, where.beside) == (
        "Hebei",
        "6.0 µg/m³ (90% interval 4.0 to 9.0), first of 2 provinces",
    )
    # What returns counts in neither reading, and neither stands without its name.
    assert indirect.value == "75% or 90%"
    assert indirect.beside.startswith(
        "exporter 75% (for exports of other provinces), final_producer 90% ("
    )
    assert found.item.figure.name == "pm25_map"


def test_an_interval_of_more_than_the_amount_says_of_what_it_is(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    marts.execute("update fct_uncertainty set point_value = 3.2 where place = 'CHN'")
    found = front_of(marts, [EDITION])
    assert found is not None
    assert found.facts[0].beside == (
        "7.5% of what they breathe; with exports that return to China 3.2 (90% interval 2.0 to 4.5)"
    )


def test_without_concentrations_and_emissions_there_is_no_answer(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    assert front_of(marts, [Edition("another", 2017, "abc")]) is None


def test_results_of_synthetic_files_are_said_to_be_made_up(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    label = "made-up (synthetic)"
    for table in (
        "fct_uncertainty",
        "fct_pm25_province",
        "fct_pm25_attribution",
        "fct_pm25_reading",
    ):
        marts.execute(f"update {table} set edition = ?", [label])
    found = front_of(marts, [Edition(label, 2017, "abc")])
    assert found is not None
    assert found.title == (
        "Made-up data: Exports put 3.0 µg/m³ of PM2.5 over people in a made-up China, 2017"
    )
    assert said_of("open-2017", "China's exports") == "China's exports"
