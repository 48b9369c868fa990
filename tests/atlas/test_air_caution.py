"""What stands under the heading of a review: each sentence where it holds, and not elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from atlas.air.caution import cautions
from atlas.air.section import Question
from warehouse.period import Period

ASKED = Question("made-up", 2019, Period.parse("2019Q1"))


@pytest.fixture
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    """The columns that cautions ask for, in a release without anything to be said."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table fct_air_quality (
                edition varchar, year integer, period varchar, place_name varchar,
                is_across_reporting_change boolean
            );
            create table fct_air_data_issue (edition varchar, year integer, place varchar, issue varchar);
            create table fct_industrial_output (
                edition varchar, year integer, product varchar, period_kind varchar, period varchar
            );
            insert into fct_air_quality values
                ('made-up', 2019, '2019Q1', 'Beijing', false), ('made-up', 2019, '2019Q1', 'Hebei', null),
                ('made-up', 2019, '2018Q4', 'Beijing', true);
            insert into fct_air_data_issue values ('made-up', 2019, '1001A', 'short_day');
            insert into fct_industrial_output values
                ('made-up', 2019, 'pig_iron', 'quarter', '2019Q1'),
                ('made-up', 2019, 'pig_iron', 'month', '2019-03'),
                ('made-up', 2019, 'crude_steel', 'month', '2019-04'),
                ('other', 2019, 'cement', 'month', '2019-03');
            """
        )
        yield connection


def test_nothing_is_said_where_nothing_holds(published: duckdb.DuckDBPyConnection) -> None:
    assert cautions(published, ASKED) == []


def test_a_comparison_across_the_change_of_reporting_is_named(
    published: duckdb.DuckDBPyConnection,
) -> None:
    published.execute("update fct_air_quality set is_across_reporting_change = true")
    (said,) = cautions(published, ASKED)
    assert said.startswith(
        "The changes of 2 places compare days before and after 1 September 2018."
    )


def test_stations_and_cities_that_vanish_are_named(published: duckdb.DuckDBPyConnection) -> None:
    published.execute(
        "insert into fct_air_data_issue values ('made-up', 2019, '3694A', 'station_without_city'),"
        " ('made-up', 2019, '3544A', 'station_without_city'), ('made-up', 2019, 'Nowhere', 'unknown_place'),"
        " ('made-up', 2019, 'CN-HE', 'province_of_cities')"
    )
    stations, places, provinces = cautions(published, ASKED)
    assert stations.startswith("2 of the landed stations")
    assert "3544A, 3694A" in stations
    assert "Nowhere" in places
    assert provinces.startswith("1 of the landed provinces stand in no mean: CN-HE.")


def test_current_values_alone_make_no_quarter_and_that_is_said(
    published: duckdb.DuckDBPyConnection,
) -> None:
    published.execute(
        "insert into fct_industrial_output values ('made-up', 2019, 'crude_steel', 'month', '2019-03')"
    )
    (said,) = cautions(published, ASKED)
    assert "alone (当期值): crude_steel." in said
    month = Question("made-up", 2019, Period.parse("2019-03"))
    assert cautions(published, month) == [], "a month needs no accumulated figures"
