"""Intervals as people see them: in the review, the summary and the status; figures worked out by hand."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from atlas.summary import INTERVALS, Section, answer
from cli.status import print_status
from cli.uncertainty_review import interval_line, print_review
from warehouse.database import connect
from warehouse.home import Home, locate, prepare
from warehouse.published import open_published

MARTS = """
create schema marts;
create schema meta;
use marts;
create table meta.release as select 'small' as edition, 2007 as year, 'x' as fingerprint,
    now()::timestamp as finished_at, now()::timestamp as published_at;
create table dim_region as select * from (values
    ('CN-HE', 'Hebei', 'province'), ('CHN', 'China', 'home')) as r(code, name, kind);
create table fct_uncertainty as
select edition, year, result, place, pollutant, part, unit, point_value::double as point_value,
    low::double as p05_value, point_value::double as median_value,
    high::double as p95_value, draws, tables as table_draws,
    0.8::double as inventory_variance_share, 0.1::double as stand_in_variance_share,
    0.05::double as table_variance_share, null::double as trade_split_variance_share,
    0.01::double as gravity_variance_share
from (values
    ('small', 2007, 'export_emission', 'CHN', 'SO2', 'all', 't', 7000, 6000, 8500, 500, 40),
    ('small', 2007, 'export_emission', 'CN-HE', 'SO2', 'all', 't', 4000, 3000, 5500, 500, 40),
    ('small', 2007, 'export_emission', 'CHN', 'SO2', 'USA', 't', 2000, 1500, 2600, 500, 40),
    ('small', 2007, 'export_share', 'CHN', 'SO2', 'all', 'share', 0.21, 0.19, 0.24, 500, 40)
) as u(edition, year, result, place, pollutant, part, unit, point_value, low, high, draws, tables);
create table fct_rank_stability as select 'small' as edition, 2007 as year, * from (values
    ('CN-HE', 'SO2', 'USA', 0.6), ('CN-GD', 'SO2', 'USA', 0.99)
) as r(place, pollutant, top_consumer_region, top_first_share);
create table fct_sensitivity as select 'small' as edition, 2007 as year, * from (values
    ('gravity_exponent', '1.0', '2.0', 'export_share', 'CHN', 'APE', 0.20, 0.19),
    ('sectors', '35', '10', 'export_share', 'CHN', 'APE', 0.20, 0.25),
    ('sectors', '35', '10', 'direct_share', 'CHN', 'APE', 0.50, 0.52)
) as s(parameter, base, variant, result, place, pollutant, base_value, variant_value);
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = locate(tmp_path)
    prepare(found, needed_bytes=0)
    with connect(found.published_file) as connection:
        connection.execute(MARTS)
    return found


def test_the_line_says_where_the_interval_comes_from(home: Home) -> None:
    with open_published(home) as connection:
        assert interval_line(connection, "small", 2007) == (
            "exports' share of SO2 21.0%, 90 % interval 19.0% to 24.0% "
            "(500 draws of the inventory and 40 tables)"
        )
        assert interval_line(connection, "small", 1999) == ""
        rows = answer(connection, Section("", INTERVALS), "small", 2007).rows
    expected = ("SO2", 7000, 6000, 7000, 8500, 0.21, 0.19, 0.24, 500, 40)
    assert rows == ((*expected[:1], *(pytest.approx(each) for each in expected[1:])),)


def test_the_review_shows_intervals_ranks_and_the_tornado(home: Home) -> None:
    output = io.StringIO()
    print_review(Console(file=output, width=180), home, "small", 2007)
    text = output.getvalue()
    assert "Hebei" in text
    assert "80.0%" in text
    assert "PM2.5" not in text  # an edition without concentrations is not told that it lacks them
    ranks = next(line for line in text.splitlines() if line.startswith("SO2") and "CN-HE" in line)
    assert ranks.split() == ["SO2", "2", "1", "60.0%", "CN-HE"]
    # The larger move stands first.
    assert text.index("sectors ") < text.index("gravity_exponent")


def test_the_status_has_the_interval(home: Home) -> None:
    output = io.StringIO()
    print_status(Console(file=output, width=180), home)
    assert (
        "small 2007: exports' share of SO2 21.0%, 90 % interval 19.0% to 24.0%" in output.getvalue()
    )
