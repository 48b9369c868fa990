"""The summary on a small release whose figures are worked out by hand."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from atlas.headline import headline
from atlas.summary import SECTIONS, answer
from atlas.summary_queries import first_query
from cli.summary import print_end, print_summary
from warehouse.database import connect
from warehouse.errors import NotPublished
from warehouse.home import Home, locate, prepare
from warehouse.published import open_published

MARTS = """
create schema marts;
create schema meta;
use marts;
create table dim_region as select * from (values
    ('CN-HE', 'Hebei', 'province'), ('CN-GD', 'Guangdong', 'province'), ('USA', 'United States', 'foreign'),
    ('CHN', 'China', 'home')) as r(code, name, kind);
-- 100 t for exports: 60 direct; another year must not count.
create table fct_export_emission as select * from (values
    ('small', 2007, 'CN-GD', 'c1', 'CN-GD', 'USA', 'household', 'final', 'SO2', 60.0),
    ('small', 2007, 'CN-HE', 'c1', 'CN-GD', 'USA', 'household', 'final', 'SO2', 30.0),
    ('small', 2007, 'CN-HE', 'c1', 'CN-GD', 'CHN', 'capital', 'intermediate', 'SO2', 10.0),
    ('small', 2012, 'CN-HE', 'c1', 'CN-HE', 'USA', 'household', 'final', 'SO2', 999.0),
    ('small', 2007, 'CN-GD', 'c1', 'CN-GD', 'XXX', 'household', 'final', 'APE', 8.0)
) as e(edition, year, producer_province, producer_sector, exporter_province, consumer_region,
       demand_category, product_use, pollutant, emission_t);
-- The same as output with intensities of one, for the queries that sum output first.
create table fct_export_output as select edition, year, producer_province, producer_sector, exporter_province,
    consumer_region, demand_category, product_use, emission_t as output_musd
from fct_export_emission where pollutant = 'SO2';
create table fct_emission_intensity as select * from (values
    ('small', 2007, 'CN-GD', 'c1', 'SO2', 1.0), ('small', 2007, 'CN-HE', 'c1', 'SO2', 1.0),
    ('small', 2007, 'CN-GD', 'c1', 'APE', 8.0 / 60.0)
) as f(edition, year, province, sector, pollutant, emission_t_per_musd);
create table fct_emission_inventory as select * from (values
    ('small', 2007, 'CN-GD', 'c1', 'SO2', true, 300.0),
    ('small', 2007, 'CN-HE', 'RESI', 'SO2', false, 200.0)
) as i(edition, year, province, sector, pollutant, in_footprint, emission_t);
create table fct_check_result as select * from (values
    ('small', 2007, 'raw', true, 'error'), ('small', 2007, 'raw', false, 'warn')
) as c(edition, year, gate, passed, severity);
create table fct_assumption as select * from (values
    ('small', 2007, 'moved', 'inventory', 'CN-HE', 5.0, 't', 'What was moved.'),
    ('small', 2007, 'moved', 'inventory', 'CN-GD', -7.0, 't', 'What was moved.'),
    ('small', 2007, 'none', 'inventory', null, null, null, 'No amount.'),
    ('small', 2007, 'depth', 'atmosphere', null, 900.0, 'm', 'A parameter moves nothing itself.')
) as a(edition, year, assumption, topic, province, amount, unit, description);
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = locate(tmp_path)
    prepare(found, needed_bytes=0)
    with connect(found.published_file) as connection:
        connection.execute(MARTS)
    return found


def rows_of(home: Home, title: str) -> list[tuple[object, ...]]:
    section = next(section for section in SECTIONS if section.title.startswith(title))
    with open_published(home) as connection:
        found = answer(connection, section, "small", 2007)
    assert found.problem == ""
    return list(found.rows)


def test_the_overview_has_shares_of_all_emissions(home: Home) -> None:
    overview = {row[0]: row[1:] for row in rows_of(home, "Emissions that exports drove")}
    assert overview["SO2"] == pytest.approx((100, 0.2, 0.6, 0.4))
    assert overview["APE"] == (pytest.approx(8), None, 1, 0)
    with open_published(home) as connection:
        said = headline(connection, "small", 2007)
        assert "exports drove 20% of China's SO2 emissions (100 t): 60% of that" in said
        assert headline(connection, "small", 1999) == ""


def test_provinces_and_consumers_are_ranked(home: Home) -> None:
    assert rows_of(home, "SO2 for exports") == [
        ("Guangdong", 60, pytest.approx(0.6), 1.0),
        ("Hebei", 40, pytest.approx(0.4), 0.0),
    ]
    assert rows_of(home, "For whose consumption") == [("XXX", 8.0, 1.0)]


def test_checks_and_assumptions_are_summed(home: Home) -> None:
    assert rows_of(home, "Checks") == [("raw", 2, 1, 1, 0)]
    assert rows_of(home, "Assumptions") == [("moved", 12.0, "t", "What was moved.")]


def test_a_mart_that_is_missing_hides_nothing_else(home: Home) -> None:
    output = io.StringIO()
    print_summary(Console(file=output, width=160), home, "small", 2007)
    text = output.getvalue()
    assert "Beside published figures" in text
    assert "not in this release (Catalog Error: Table with name fct_published_figure" in text
    assert "fct_export_emission 5" in text
    assert str(home.published_file) in text
    asked = first_query("footprint", "small")
    with open_published(home) as connection:
        assert connection.execute(asked).fetchall() == [("USA", 1029.0), ("CHN", 10.0)]


def test_a_column_that_is_missing_is_said(home: Home) -> None:
    with connect(home.published_file) as connection:
        connection.execute(
            "alter table marts.fct_emission_intensity rename emission_t_per_musd to t_per_musd"
        )
    with open_published(home) as connection:
        told = headline(connection, "small", 2007)
    assert "made by another version" in told
    assert "emission_t_per_musd" in told


def test_the_end_of_a_run_fits_a_screen_and_has_the_interval(home: Home) -> None:
    with connect(home.published_file) as connection:
        connection.execute(
            "create table marts.fct_uncertainty as select 'small' as edition, 2007 as year, 'CHN' as place,"
            " 'all' as part, 'export_emission' as result, 'SO2' as pollutant, 90.0 as p05_value,"
            " 1300.0 as p95_value, 0 as table_draws"
        )
    output = io.StringIO()
    print_end(Console(file=output, width=80), home, "small", 2007, "footprint")
    text = output.getvalue()
    assert len(text.splitlines()) <= 24
    said = " ".join(text.split())
    assert "(100 t; 90 % interval of the inventory 90.0 to 1,300)" in said
    assert "Checks: 2 made, 1 with a warning" in said
    assert f'tradeplume sql "{first_query("footprint", "small")}"' in text
    assert "tradeplume summary --edition small" in text
    assert str(home.published_file) in text


def test_there_is_no_summary_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotPublished, match="Nothing is published yet"):
        print_summary(Console(file=io.StringIO()), locate(tmp_path), "small", 2007)
