"""`tradeplume published` and `tradeplume evaluation --years` on a small published file of two editions."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest

from tests.commands import tradeplume
from warehouse.home import Home

FIGURES = """
create table fct_published_figure as select 'open-2017' as edition, 2017 as year, * from (values
    ('p01', 'paper', 'Fig 1', 'Exports', 9.9, 8.0, '%', 'equal', 5.0, 'argued', true, '-', true, null, null),
    ('p02', 'paper', 'Fig 1', 'Level', 5.6, 1.0, 'ug/m3', 'equal', 3.0, 'argued', false, '-', true, null, null),
    ('p20', 'paper', 'Fig 1', 'Lowest', 70.0, 90.0, '%', 'above', 9.0, 'argued', true, '-', true, null, null),
    ('p28', 'paper', 'Fig 2', 'A [country]', 22.9, null, '%', 'equal', null, null, null, '-', false, 'no customs',
        'trade'),
    ('p66', 'paper', 'Fig 8', 'In words', null, null, 'none', 'equal', null, null, null, '-', false, 'words', null)
) as figure (figure_id, source, where_in_source, statement, theirs, ours, unit, relation, tolerance,
    tolerance_reason, within_tolerance, concept, comparable, why_not, wanted)
"""

YEARS = """
create table fct_model_evaluation as select * from (values
    ('old', 2007, 'reduced', 'satellite_x', 'PM2.5', 'year', 'edition_year', 0.93, 0.51, 0.5, 3),
    ('new', 2017, 'reduced', 'satellite_x', 'PM2.5', 'year', 'edition_year', 0.89, 0.04, 0.1, 3),
    ('new', 2017, 'reduced', 'province_area', 'PM2.5', 'year', 'fall_to_judged', 0.86, -0.11, 0.1, 31)
) as skill (edition, year, model, observation, pollutant, season, period, correlation, bias_share, error_share,
    places);
create table fct_model_evaluation_place as select * from (values
    ('old', 2007, 'satellite_x', 'A', 'PM2.5', 'year', 'edition_year', 80.0, 40.0),
    ('old', 2007, 'satellite_x', 'B', 'PM2.5', 'year', 'edition_year', 40.0, 40.0),
    ('new', 2017, 'satellite_x', 'A', 'PM2.5', 'year', 'edition_year', 40.0, 30.0),
    ('new', 2017, 'satellite_x', 'B', 'PM2.5', 'year', 'edition_year', 30.0, 34.0),
    ('new', 2017, 'satellite_x', 'C', 'PM2.5', 'year', 'edition_year', 99.0, 34.0)
) as place (edition, year, observation, place, pollutant, season, period, modelled_ug_m3,
    observed_ug_m3);
create table fct_exposure as select 'new' as edition, 2017 as year, 'reduced' as engine, 'Base' as scenario,
    province, 0.0 as threshold_ug_m3, persons as people_above_persons
from (values ('A', 1.0), ('B', 3.0), ('C', 5.0)) as people (province, persons)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = Home(tmp_path)
    place.published.mkdir(parents=True)
    with duckdb.connect(str(place.published_file)) as con:
        con.execute("create schema marts; create schema meta; use marts")
        con.execute(FIGURES)
        con.execute(YEARS)
        con.execute(
            "create table meta.release as select 'open-2017' as edition, 2017 as year,"
            " now() as finished_at, now() as published_at"
        )
    return tmp_path


def test_what_can_be_compared_is_within_or_outside_and_counted(home: Path) -> None:
    said = tradeplume(home, "published")
    assert "3 of 4 figures can be compared: 2 within their tolerance, 1 outside." in said
    lines = {line.split()[0]: line for line in said.splitlines() if line.startswith("p")}
    assert set(lines) == {"p01", "p02", "p20"}
    assert lines["p01"].rstrip().endswith("within")
    assert lines["p02"].rstrip().endswith("outside")
    assert "above 70" in lines["p20"]
    assert "no customs" not in said


def test_the_rest_says_why_not_and_which_file_is_wanted(home: Path) -> None:
    said = tradeplume(home, "published", "--all")
    assert "A [country]" in said
    assert "no customs" in said
    assert "In words" not in said
    written = tradeplume(home, "published", "--all", "--format", "csv")
    rows = {row["figure_id"]: row for row in csv.DictReader(io.StringIO(written))}
    assert [row["verdict"] for row in rows.values()] == [
        "within",
        "outside",
        "within",
        "not comparable",
    ]
    assert rows["p28"]["wanted"] == "trade"
    assert rows["p01"]["tolerance_reason"] == "argued"
    assert len(tradeplume(home, "published", "-f", "csv").splitlines()) == 4


def test_an_edition_that_is_not_published_is_named(home: Path) -> None:
    said = tradeplume(home, "published", "--edition", "open-2012", expect=1)
    assert "'open-2012'" in said
    assert "Choose one of open-2017" in said


def test_years_of_editions_and_the_fall_between_them(home: Path) -> None:
    said = tradeplume(home, "evaluation", "--years")
    assert "satellites, provinces: x" in said
    assert "+51%" in said
    (fall,) = [line for line in said.splitlines() if "old to new" in line]
    # Over the two places that both have, with 1 and 3 residents: 130 / 200, and 132 / 160.
    assert fall.split()[-4:-1] == ["2", "0.65", "0.82"]
    assert "-11%" in said
    assert "beside observations" in tradeplume(
        home, "evaluation", "--years", "--pollutant", "CO", expect=1
    )
