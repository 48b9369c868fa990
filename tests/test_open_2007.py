"""Edition open-2007 beside what was published of 2007: emissions and trade, without concentrations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.commands import tradeplume
from warehouse.database import connect
from warehouse.home import locate

POLLUTANTS = {"NOx", "SO2", "CO", "NH3", "BC", "OC", "PM25_other", "APE"}


@pytest.fixture
def marts(home_2007: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of the working file: what publishing copies."""
    with connect(locate(home_2007).working_file("open-2007", 2007).path, read_only=True) as con:
        con.execute("use marts")
        yield con


def value(con: duckdb.DuckDBPyConnection, query: str) -> float:
    return con.execute(query).fetchall()[0][0]


def test_every_check_of_the_run_passed(marts):
    assert value(marts, "select count(*) from fct_check_result where gate = 'identity'") >= 13
    assert value(marts, "select count(*) from fct_check_result where not passed") == 0


def test_exports_of_the_provinces_are_the_world_tables_exports(marts):
    exports = value(marts, "select sum(export_musd) from fct_export_value")
    # WIOD 2007: China's deliveries abroad, summed over the published table (see SOURCES.yml).
    assert exports == pytest.approx(1_340_501, rel=1e-9)


def test_provincial_output_is_that_of_the_tables(marts):
    output = value(
        marts,
        "select sum(output_musd) from fct_mrio_output"
        " inner join dim_region on region = code where kind = 'province'",
    )
    # 78.268 tn yuan of gross output in 30 tables, at 7.604 yuan per dollar.
    assert output == pytest.approx(78_267_999 / 7.604, rel=1e-3)


def test_inventory_sums_to_the_published_national_emissions(marts):
    # REAS v3.2, 2007, 31 provinces, Mt.
    published = {"SO2": 31.33, "NOx": 23.64, "CO": 171.07, "NH3": 13.09, "BC": 1.70, "OC": 3.40}
    ours = dict(
        marts.execute(
            "select pollutant, sum(emission_t) / 1e6 from fct_emission_inventory group by 1"
        ).fetchall()
    )
    assert set(ours) == POLLUTANTS
    for pollutant, megatonnes in published.items():
        assert ours[pollutant] == pytest.approx(megatonnes, abs=0.006)


def test_tibet_and_private_sources_are_counted_and_flagged(marts):
    outside = dict(
        marts.execute(
            "select sector, count(*) from fct_emission_inventory where not in_footprint group by 1"
        ).fetchall()
    )
    assert {"households", "private_vehicles"} <= set(outside)
    inside = value(
        marts,
        "select count(*) from fct_emission_inventory where in_footprint and province = 'CN-XZ'",
    )
    assert inside == 0


def test_export_shares_lie_where_the_one_comparable_study_found_them(marts):
    low, high = (
        value(marts, f"select ours from fct_published_figure where figure_id = 'z01_{end}'")
        for end in ("low", "high")
    )
    tolerance = value(
        marts, "select tolerance from fct_published_figure where figure_id = 'z01_low'"
    )
    assert low == pytest.approx(15, abs=tolerance)
    assert high == pytest.approx(23, abs=tolerance)
    assert low < high


def test_the_command_shows_the_figures_of_one_of_two_published_years(home_of_years):
    said = tradeplume(home_of_years, "published", "--edition", "open-2007")
    assert "2 of " in said
    assert "2 within their tolerance" in said


def test_figures_of_the_papers_year_are_not_compared_with_2007(marts):
    compared = marts.execute(
        "select figure_id from fct_published_figure where comparable order by 1"
    ).fetchall()
    assert compared == [("z01_high",), ("z01_low",)]


def test_the_papers_reading_calls_more_indirect_than_the_exporters(marts):
    """Also its measure of flows between layers: the trial of both readings found 61.1, 45.3, 38.1 %."""
    indirect = dict(
        marts.execute(
            "select reading, 100 * sum(if(is_direct, 0, emission_t)) / sum(emission_t)"
            " from fct_export_reading_emission where pollutant = 'APE' and consumer_region != 'CHN'"
            " group by 1"
        ).fetchall()
    )
    assert indirect["exporter"] == pytest.approx(44.5, abs=0.1)
    assert indirect["final_producer"] > 70
    flows = marts.execute(
        "select 100 * share from fct_layer_flow_share where variant = 'global'"
        " and pollutant = 'APE' and measure = 'to_other_regions' order by flow"
    ).fetchall()
    assert [share for (share,) in flows] == pytest.approx([61.1, 45.3, 38.1], abs=0.1)
