"""The summaries of concentrations and of observed air quality, on figures worked out by hand."""

from __future__ import annotations

import io
from pathlib import Path
from typing import get_args

import duckdb
import pytest
from rich.console import Console

from atlas.headline import headline
from atlas.summary import SECTIONS_OF_KIND, answer
from atlas.summary_queries import first_query
from cli.summary import kind_of, print_end, print_summary
from warehouse.database import connect
from warehouse.edition import Edition
from warehouse.home import Home, locate, prepare
from warehouse.published import open_published

MARTS = """
create schema marts;
create schema meta;
use marts;
create table dim_region as select * from (values
    ('CHN', 'China', 'home'), ('CN-HE', 'Hebei', 'province'), ('CN-GD', 'Guangdong', 'province'))
    as r(code, name, kind);
-- Exports make 2 of 10 in China, 6 of 20 in Hebei; a season and an area mean must not count, nor what exports
-- change of secondary organics.
create table fct_pm25_province as
select 'small' as edition, 2007 as year, 'reduced' as engine,
    p.* replace (cast(pm25_ug_m3 as double) as pm25_ug_m3) from (values
    ('Base', 'CHN', 'year', 'population', 'sulfate', 6.0), ('Base', 'CHN', 'year', 'population', 'bc', 3.0),
    ('I_EX', 'CHN', 'year', 'population', 'sulfate', 5.0), ('I_EX', 'CHN', 'year', 'population', 'bc', 2.0),
    ('Base', 'CHN', 'year', 'population', 'soa', 1.0), ('I_EX', 'CHN', 'year', 'population', 'soa', 0.4),
    ('Base', 'CN-HE', 'year', 'population', 'bc', 20.0), ('I_EX', 'CN-HE', 'year', 'population', 'bc', 14.0),
    ('Base', 'CN-GD', 'year', 'population', 'bc', 9.0), ('I_EX', 'CN-GD', 'year', 'population', 'bc', 8.0),
    ('Base', 'CHN', 'DJF', 'population', 'bc', 99.0), ('Base', 'CHN', 'year', 'area', 'bc', 99.0)
) as p(scenario, province, season, weighting, component, pm25_ug_m3);
create table fct_exposure as select 'small' as edition, 2007 as year, 'reduced' as engine,
    e.* replace (cast(threshold_ug_m3 as double) as threshold_ug_m3) from (values
    ('Base', 'CHN', 35.0, 6e6, 0.0), ('I_EX', 'CHN', 35.0, 4e6, 2e6), ('Base', 'CHN', 20.0, 9e6, 0.0)
) as e(scenario, province, threshold_ug_m3, people_above_persons, people_lifted_above_persons);
create table fct_pm25_attribution as select 'small' as edition, 2007 as year, 'reduced' as engine,
    'CN-BJ' as receptor, 'USA' as consumer_region, 5e-1 as pm25_ug_m3;
create table fct_air_quality as
select 'small' as edition, 2018 as year,
    a.* replace (cast(mean_ug_m3 as double) as mean_ug_m3, cast(change_share as double) as change_share),
    'PM2.5' as pollutant, 'quarter' as period_kind,
    mean_ug_m3 / 35 as national_standard_ratio, mean_ug_m3 / 5 as who_guideline_ratio,
    1e-2 as heavy_day_share, null as heavy_day_share_change, true as is_on_track_to_none,
    1e0 as completeness_share, true as is_complete, 'mean of cities' as aggregation, 'cities' as mean_over,
    mean_ug_m3 - 5e-1 as mean_without_dust_ug_m3, mean_ug_m3 as prefecture_mean_ug_m3,
    null::double as official_mean_ug_m3, null::double as official_change_share,
    null::double as official_heavy_day_share, null::double as official_heavy_day_share_change,
    case when change_share is null then 'none' else 'computed' end as change_basis,
    330 as member_count, 325 as without_dust_member_count, 339 as expected_member_count
from (values
    ('nation', 'CHN', 'China', '2018Q1', 40.0, -0.1, null),
    ('province', 'CN-HE', 'Hebei', '2018Q1', 50.0, 0.05, true),
    ('province', 'CN-GD', 'Guangdong', '2018Q1', 30.0, 0.02, false),
    ('province', 'CN-GX', 'Guangxi', '2018Q1', 35.0, null, false),
    ('nation', 'CHN', 'China', '2017Q1', 44.0, null, null)
) as a(place_kind, place, place_name, period, mean_ug_m3, change_share, is_key_control);
create table fct_weather_adjusted_change as select 'small' as edition, 2018 as year, 'province' as place_kind,
    'CN-HE' as place, '2018Q1' as period, 'counterfactual' as method, 1.5e0 as weather_part_pp,
    3.5e0 as emission_part_pp, -1.5e0 as emission_low_pp, 8.5e0 as emission_high_pp;
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = locate(tmp_path)
    prepare(found, needed_bytes=0)
    with connect(found.published_file) as connection:
        connection.execute(MARTS)
    return found


@pytest.fixture
def marts(home: Home) -> duckdb.DuckDBPyConnection:
    with open_published(home) as connection:
        yield connection


def printed(home: Home, year: int, kind: str, period: str | None = None) -> str:
    output = io.StringIO()
    print_summary(Console(file=output, width=200), home, "small", year, kind, period)
    return output.getvalue()


def ended(home: Home, year: int, kind: str, period: str | None = None) -> str:
    output = io.StringIO()
    print_end(Console(file=output, width=200), home, "small", year, kind, period)
    return output.getvalue()


def test_concentrations_say_what_is_breathed_and_what_exports_make_of_it(
    home: Home, marts: duckdb.DuckDBPyConnection
) -> None:
    sections = SECTIONS_OF_KIND["concentration"]
    assert answer(marts, sections[0], "small", 2007).rows == (
        ("China", "reduced", 10.0, 2.0, pytest.approx(0.2)),
        ("Hebei", "reduced", 20.0, 6.0, pytest.approx(0.3)),
        ("Guangdong", "reduced", 9.0, 1.0, pytest.approx(1 / 9)),
    )
    assert answer(marts, sections[1], "small", 2007).rows == (("reduced", 35.0, 6.0, 2.0),)
    text = printed(home, 2007, "concentration")
    assert (
        "They put 2.0 ug/m3 of PM2.5 over people in China, 20% of the 10.0 that they breathed, most over"
        " Hebei (6.0), Guangdong (1.0): an estimate of the embedded engine." in text
    )
    assert first_query("concentration", "small") in ended(home, 2007, "concentration")


def test_air_quality_says_nation_rank_and_where_to_go_on(home: Home) -> None:
    text = printed(home, 2018, "air_quality", "2018Q1")
    assert (
        "In 2018Q1 PM2.5 in China was 40.0 ug/m3 (mean of cities, 330 of 339), 39.5 without days of sand "
        "and dust, -10.0% against a year before, computed; in how many provinces it rose is not told: 2 of 31 "
        "were observed in both periods." in " ".join(text.split())
    )
    lines = [line.split() for line in text.splitlines()]
    listed = [line[1] for line in lines if line and line[0] == "-"]
    assert listed == ["Hebei", "Guangxi", "Guangdong"], (
        "three of 31 provinces are listed and not ranked"
    )
    assert "3.5 (-1.5 to 8.5)" in text
    end = ended(home, 2018, "air_quality", "2018Q1")
    assert "tradeplume air --edition small --period 2018Q1" in end
    assert "Emissions that exports drove" not in text


def test_the_kind_of_an_edition_is_seen_in_what_is_published(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    kinds = [kind_of(marts, "small", year) for year in (2007, 2018, 1999)]
    assert kinds == ["concentration", "air_quality", "paper"]


def test_a_first_question_of_every_kind_can_be_asked(marts: duckdb.DuckDBPyConnection) -> None:
    assert all(first_query(kind, "small") for kind in SECTIONS_OF_KIND)
    kinds = get_args(Edition.model_fields["kind"].annotation)
    assert set(SECTIONS_OF_KIND) == set(kinds)
    assert marts.execute(first_query("concentration", "small")).fetchall() == [("USA", 0.5)]
    assert marts.execute(first_query("air_quality", "small")).fetchall() == [
        ("2018Q1", 50.0, 0.05, 0.01)
    ]


def test_a_headline_without_figures_is_none(marts: duckdb.DuckDBPyConnection) -> None:
    assert headline(marts, "small", 1999, "concentration") == ""
    assert headline(marts, "small", 1999, "air_quality", "1999Q1") == ""
