"""A small air-quality edition from landed files to the published marts, built once."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
import yaml
from air_small import BROKEN, DAYS, DUST, NAME, STORM, observations, particles
from rich.console import Console

from atlas.air.review import SECTIONS
from atlas.air.section import Question, rows_of
from cli.air import edition_holding, edition_of_period
from cli.air_review import print_review
from flows.progress import PlainProgress
from flows.run import context_of, run, steps_of
from flows.steps import all_steps
from steps.weather import _kept, demand_observations
from tests.once import copy_of_home
from tests.unit_tests import demand_rules_hold
from warehouse.edition import load_edition
from warehouse.errors import EditionError, InputError
from warehouse.fingerprint import REPOSITORY
from warehouse.home import Home, locate, prepare
from warehouse.period import Period
from warehouse.published import open_published
from warehouse.tables import Tables


@pytest.fixture(scope="module")
def home(air_home: Home) -> Home:
    return air_home


@pytest.fixture(scope="module")
def marts(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(home) as connection:
        yield connection


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    rows = connection.sql(query).fetchall()
    assert len(rows) == 1, rows
    return tuple(rows[0])


def test_unit_tests_of_observed_air_hold(air_home: Home, tmp_path: Path) -> None:
    home = locate(copy_of_home(air_home.root, tmp_path / "home"))
    demand_rules_hold(context_of(load_edition(NAME, home.root), home), "air")


def test_a_quarter_is_the_mean_of_its_cleaned_days(marts: duckdb.DuckDBPyConnection) -> None:
    kept = [
        value
        for _, place, day, pollutant, *_, value in observations()
        if place == "北京" and day >= date(2018, 1, 1) and pollutant == "PM2.5"
    ]
    mean, name, complete, ratio = one(
        marts,
        "select mean_ug_m3, place_name, completeness_share, who_guideline_ratio from fct_air_quality"
        " where place = '110000' and period = '2018Q1' and pollutant = 'PM2.5'",
    )
    assert (mean, name, complete) == (pytest.approx(np.mean(kept)), "Beijing", 1.0)
    assert ratio == pytest.approx(mean / 5)


def test_change_is_against_the_same_quarter_a_year_before(marts: duckdb.DuckDBPyConnection) -> None:
    now, before, change = one(
        marts,
        "select now.mean_ug_m3, before.mean_ug_m3, now.change_share from fct_air_quality as now"
        " inner join fct_air_quality as before using (place, pollutant)"
        " where place = '110000' and pollutant = 'PM2.5' and now.period = '2018Q1' and before.period = '2017Q1'",
    )
    assert change == pytest.approx(now / before - 1)
    assert change < -0.1


def test_days_of_dust_are_set_aside_beside_the_raw_mean(marts: duckdb.DuckDBPyConnection) -> None:
    quarter = [day for day in DAYS if day >= date(2018, 1, 1)]
    fine = {day: particles(day)[0] for day in quarter}
    fine[BROKEN] = (particles(date(2018, 3, 1))[0] + particles(date(2018, 3, 3))[0]) / 2  # filled
    raw, without, share, members = one(
        marts,
        "select mean_ug_m3, mean_without_dust_ug_m3, dust_day_share, without_dust_member_count"
        " from fct_air_quality"
        " where place = '130800' and period = '2018Q1' and pollutant = 'PM2.5'",
    )
    assert members == 1
    assert raw == pytest.approx(np.mean(list(fine.values())))
    settled = [value for day, value in fine.items() if day not in (DUST, STORM)]
    assert without == pytest.approx(np.mean(settled))
    assert share == pytest.approx(2 / 90)
    assert one(
        marts,
        "select mean_without_dust_ug_m3, dust_day_share, without_dust_member_count from fct_air_quality"
        " where place = '420600' and period = '2018Q1' and pollutant = 'PM2.5'",
    ) == (None, None, None), "without PM10 dust cannot be told"


def test_an_outlier_that_the_other_particle_size_bears_out_stays(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    days = dict(
        marts.sql(
            "select period_start, mean_ug_m3 from fct_air_quality"
            " where place = '130800' and period_kind = 'day' and pollutant = 'PM2.5'"
        ).fetchall()
    )
    assert days[STORM] == 600.0
    assert days[BROKEN] < 50
    assert marts.sql(
        "select pollutant, issue_count from fct_air_data_issue where place = '承德' and issue = 'outlier_day'"
    ).fetchall() == [("PM2.5", 1)]


def test_half_years_have_means_of_their_own(marts: duckdb.DuckDBPyConnection) -> None:
    half, quarters = (
        marts.sql(
            "select sum(mean_ug_m3 * (period_end - period_start + 1)) / sum(period_end - period_start + 1)"
            " from fct_air_quality where place = '110000' and pollutant = 'PM2.5' and period in "
            + chosen
        ).fetchall()[0][0]
        for chosen in ("('2017H1')", "('2017Q1', '2017Q2')")
    )
    assert half == pytest.approx(quarters)


def test_the_index_is_that_of_hj_633_where_all_six_are_given(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    day = "place = '110000' and pollutant = 'PM2.5' and period = '{}'"
    assert one(
        marts,
        f"select heavy_day_share, aqi_basis from fct_air_quality where {day.format('2018-01-10')}",
    ) == (
        1.0,
        "six pollutants",
    )
    assert one(
        marts,
        f"select heavy_day_share, aqi_basis from fct_air_quality where {day.format('2018-01-11')}",
    ) == (
        0.0,
        "PM only",
    )
    share, basis, on_track = one(
        marts,
        "select heavy_day_share, aqi_basis, is_on_track_to_none from fct_air_quality"
        f" where {day.format('2018Q1')}",
    )
    assert (share, basis) == (pytest.approx(1 / 90), "mixed")
    assert on_track is False


def test_a_renamed_city_is_found_and_what_is_wrong_is_counted(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    issues = dict(
        marts.sql(
            "select issue, sum(issue_count) from fct_air_data_issue"
            " where place in ('襄樊', '襄阳市', '420600', '无名市') group by issue"
        ).fetchall()
    )
    assert issues == {
        "outlier_day": 1,
        "negative_day": 1,
        "short_day": 1,
        "second_name": 1,
        "unknown_place": 1,
        "interpolated_day": 3 + 1 + 3,
        "missing_day": 8,
    }


def test_short_gaps_are_filled_on_a_line_and_long_ones_are_not(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    days = dict(
        marts.sql(
            "select period_start, mean_ug_m3 from fct_air_quality"
            " where place = '420600' and period_kind = 'day' and pollutant = 'PM2.5'"
        ).fetchall()
    )
    before, after = days[date(2018, 1, 4)], days[date(2018, 1, 8)]
    assert days[date(2018, 1, 6)] == pytest.approx((before + after) / 2)
    assert date(2018, 2, 4) not in days
    assert max(days.values()) < 100
    complete, filled = one(
        marts,
        "select completeness_share, interpolated_share from fct_air_quality"
        " where place = '420600' and period = '2018Q1' and pollutant = 'PM2.5'",
    )
    assert complete == pytest.approx((90 - 4 - 8 - 3) / 90)
    assert filled == pytest.approx(7 / 90)


def test_a_region_of_few_cities_is_not_complete_and_not_compared(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    for place, expected in (("BTH_2_36", 38), ("CHN", 339)):
        members, wanted, complete, change = one(
            marts,
            "select member_count, expected_member_count, is_complete, coalesce(change_share, mean_ug_m3,"
            " mean_without_dust_ug_m3, heavy_day_share) from fct_air_quality"
            f" where place = '{place}' and period = '2018Q1' and pollutant = 'PM2.5'",
        )
        assert (wanted, complete, change) == (expected, False, None), "its mean is withheld"
        assert members <= 3


def test_weather_comes_from_the_nearest_point_or_the_province(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    rows = marts.sql(
        "select place, method, weather_part_pp + emission_part_pp - observed_change_pp, is_skilled"
        " from fct_weather_adjusted_change order by place, method"
    ).fetchall()
    assert [(place, method) for place, method, *_ in rows] == [
        ("110000", "counterfactual"),
        ("110000", "normalised"),
        ("420600", "counterfactual"),
        ("420600", "normalised"),
    ]
    assert all(abs(gap) < 1e-9 for *_, gap, _ in rows)
    assert not any(skilled for *_, skilled in rows)  # this weather has nothing to do with the air


def test_the_working_file_says_whose_weather_it_was(home: Home) -> None:
    with duckdb.connect(
        str(home.working_file("air-small", 2018).path), read_only=True
    ) as connection:
        found = connection.sql(
            "select place, weather_place, round(distance_km)"
            " from intermediate.int_air__weather_source order by place"
        ).fetchall()
    assert found == [("110000", "40.050N_116.500E", 17.0), ("420600", "CN-HB", None)]


def test_industrial_output_by_zone_counts_provinces_with_both_years(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    changes = {
        place: (output, round(change, 4), provinces)
        for place, output, change, provinces in marts.sql(
            "select place, output, change_share, province_count from fct_industrial_output"
            " where period = '2025Q1' and product = 'pig_iron' and place_kind != 'larger_region'"
        ).fetchall()
    }
    assert changes["WEST"] == (150.0, 0.5, 2)
    assert changes["EAST"] == (900.0, -0.1, 1)
    assert changes["KEY_CONTROL"] == (900.0, -0.1, 1)
    assert changes["CN-NX"] == (50.0, 24.0, 1)
    assert changes["CHN"] == (1050.0, round(1050 / 1100 - 1, 4), 3)


def test_published_figures_stand_beside_ours(marts: duckdb.DuckDBPyConnection) -> None:
    assert one(
        marts, "select theirs, ours, unit from fct_published_air_figure where figure_id = 'c09b'"
    ) == (2283.0, pytest.approx(2400.0), "%")
    assert one(marts, "select ours from fct_published_air_figure where figure_id = 'm01a'") == (
        None,
    )


def test_the_review_ranks_provinces_and_counts_what_was_left_out(
    home: Home, marts: duckdb.DuckDBPyConnection
) -> None:
    found = {
        section.title: rows_of(marts, section, Question("air-small", 2018, Period.parse("2018Q1")))[
            1
        ]
        for section in SECTIONS
    }
    # One city of a province's many is not the province: it is listed with its completeness, without a mean.
    provinces = found["Provinces, the most polluted first"]
    assert sorted((row[1], row[2] is None, row[7]) for row in provinces) == [
        ("Beijing", False, pytest.approx(-11.3, abs=0.1)),
        ("Hebei", True, None),
        ("Hubei", True, None),
    ]
    assert {row[0] for row in provinces} == {None}, "two of 31 provinces are not ranked"
    assert {row[1]: row[3] for row in provinces} == {
        "Beijing": "1 of 1",
        "Hebei": "1 of 11",
        "Hubei": "1 of 13",
    }
    assert ("short_day", 1, 1) in found[
        "Left out, filled or doubted in the observations (whole record)"
    ]
    text = io.StringIO()
    print_review(
        Console(file=text, width=200), home, Question("air-small", 2018, Period.parse("2018Q1"))
    )
    assert "Air quality in 2018Q1 against 2017Q1" in text.getvalue()
    said = " ".join(text.getvalue().split())
    assert "had a rise" not in said
    assert (
        "Not told: 0 of 20 provinces outside the key control regions observed in both periods."
        in said
    )
    assert (
        "Not told: 0 of 3 places with enough days whose change could be split with skill." in said
    )


def test_nothing_is_made_again_when_nothing_changed(home: Home, tmp_path: Path) -> None:
    place = locate(copy_of_home(home.root, tmp_path / "home"))
    edition = load_edition("air-small", place.root)
    planned = run(context_of(edition, place), PlainProgress(Console(quiet=True), details=False))
    assert [(plan.step.name, plan.reason) for plan in planned if plan.reason] == []


def test_a_period_without_the_year_before_has_levels_and_says_which_days_are_missing(
    home: Home, marts: duckdb.DuckDBPyConnection
) -> None:
    with duckdb.connect(
        str(home.working_file("air-small", 2018).path), read_only=True
    ) as connection:
        demand_observations(connection, Period.parse("2017Q3"))  # 2016Q3 is not there
    level, change, basis = one(
        marts,
        "select mean_ug_m3, change_share, change_basis from fct_air_quality"
        " where place = '110000' and period = '2017Q3' and pollutant = 'PM2.5'",
    )
    assert (level > 0, change, basis) == (True, None, "none")
    missing = {section.title: section for section in SECTIONS}[
        "Days of the year before that are missing"
    ]
    (run_of_days,) = rows_of(marts, missing, Question("air-small", 2018, Period.parse("2017Q3")))[1]
    assert run_of_days[:3] == (date(2016, 7, 1), date(2016, 9, 30), 92)
    assert "landing/air-small/observation/" in str(run_of_days[-1])


def test_a_quarter_whose_files_were_not_landed_is_named_with_the_year_before(home: Home) -> None:
    working = home.working_file("air-small", 2018)
    with (
        duckdb.connect(str(working.path), read_only=True) as connection,
        pytest.raises(InputError, match=r"PM2\.5 in 2025Q1 and 2024Q1") as refused,
    ):
        demand_observations(Tables(connection), Period.parse("2025Q1"))
    assert refused.value.exit_code == 3
    assert str(refused.value.found).startswith("0 days in 2025Q1, 0 days in 2024Q1;")
    assert "2025-01-01 to 2025-03-31 and of 2024-01-01 to 2024-03-31" in str(refused.value.expected)
    assert "landing/air-open/observation/" in refused.value.remedy


def test_other_periods_of_the_same_records_are_kept() -> None:
    schema = {"run_key": pl.String, "period": pl.String, "weather_pp": pl.Float64}
    with duckdb.connect() as con:
        assert _kept(Tables(con), "change", "now", "2018Q2", schema).is_empty()
        con.execute("create schema computed")
        con.execute(
            "create table computed.change as select * from (values ('now', '2018Q1', 1.0),"
            " ('now', '2018Q2', 2.0), ('then', '2017Q4', 3.0)) as rows(run_key, period, weather_pp)"
        )
        kept = _kept(Tables(con), "change", "now", "2018Q2", schema)
        other_columns = _kept(Tables(con), "change", "now", "2018Q2", {"run_key": pl.String})
    assert kept.rows() == [("now", "2018Q1", 1.0)]
    assert other_columns.is_empty()


def test_a_later_period_makes_a_year_of_its_own() -> None:
    edition, period = edition_of_period(load_edition("air-open"), "2025Q1")
    assert (edition.year, period.name, edition.assumptions["period"]) == (2025, "2025Q1", "2025Q1")
    assert edition_of_period(load_edition("air-open"), None)[1].name == "2025Q1"
    assert edition_of_period(load_edition("air-caqra"), "2015Q1")[0].year == 2018
    assert edition_of_period(load_edition("air-caqra"), "2025Q1")[0].year == 2025
    with pytest.raises(EditionError):
        edition_of_period(load_edition("open-2007"), "2018Q1")


def test_the_period_chooses_the_edition_unless_the_users_own_files_do(tmp_path: Path) -> None:
    assert edition_holding(None, tmp_path) == "air-open"
    assert edition_holding("2025H1", tmp_path) == "air-open"
    assert edition_holding("2018Q4", tmp_path) == "air-caqra"
    own = tmp_path / "air-open" / "observation"
    own.mkdir(parents=True)
    assert edition_holding("2018Q4", tmp_path) == "air-caqra"
    (own / "days.csv").touch()
    assert edition_holding("2018Q4", tmp_path) == "air-open"


def test_every_air_node_is_built_once_by_the_steps_of_its_edition(tmp_path: Path) -> None:
    home = locate(tmp_path)
    prepare(home, needed_bytes=0)
    project = context_of(load_edition("air-open", tmp_path), home).dbt
    selectors = {
        selector["name"]
        for selector in yaml.safe_load((REPOSITORY / "dbt_project" / "selectors.yml").read_text())[
            "selectors"
        ]
    }
    built = [step.name for step in all_steps("air_quality") if step.name in selectors]
    assert built == ["air_prepare", "air"]
    times = Counter(node for name in built for node in project.nodes_of(name))
    mine = {
        node for node in project.all_nodes() if "air" in node.split(".")[-1] or "industr" in node
    }
    models = {node for node in mine if node.startswith(("model.", "seed."))}
    assert len(models) > 20
    assert [node for node in models if times[node] != 1] == []


def test_the_steps_of_every_kind_end_alike() -> None:
    for kind in ("footprint", "air_quality"):
        names = [step.name for step in steps_of(kind)]
        assert names[-4:] == ["gate-marts", "publish", "parquet", "atlas"]
        assert steps_of(kind, with_publishing=False)[-1].name == "gate-marts"
