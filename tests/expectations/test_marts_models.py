"""The marts as dbt builds them on the small economy, and the tests that watch over them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from expectations.promise import read_marts
from tests.expectations import marts_project, world
from tests.expectations.conftest import Built

pytestmark = pytest.mark.slow

Broken = Callable[..., Path]

# DESIGN's promise to readers, for the marts it lists column by column.
PROMISED = {
    "fct_mrio_flow": "from_region from_sector to_region to_sector value_musd",
    "fct_mrio_output": "region sector output_musd value_added_musd",
    "fct_emission_inventory": "province sector pollutant in_footprint emission_t",
    "fct_export_output": "producer_province producer_sector exporter_province consumer_region"
    " demand_category product_use output_musd",
    "fct_export_emission": "producer_province producer_sector exporter_province consumer_region"
    " demand_category product_use pollutant emission_t",
    "fct_consumed_product_output": "producer_province producer_sector consumer_region"
    " consumed_sector demand_category output_musd",
}


def rows(path: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.sql(query).fetchall()


def test_everything_builds_and_every_test_passes(built: Built) -> None:
    wrong = {
        name: r.message for name, r in built.results.items() if r.status not in ("success", "pass")
    }
    assert wrong == {}
    assert sum(result.status == "pass" for result in built.results.values()) > 80


def test_the_yml_promises_what_the_design_does() -> None:
    marts = {mart.name: mart.columns for mart in read_marts()}
    for name, columns in PROMISED.items():
        assert marts[name] == ("edition", "year", *columns.split())


def test_every_fact_begins_with_edition_and_year(built: Built) -> None:
    facts = [mart for mart in read_marts(built.described) if mart.name.startswith("fct_")]
    assert len(facts) == 17
    for mart in facts:
        found = rows(built.working, f"select distinct edition, year from marts.{mart.name}")
        assert found == [("tiny", 2007)], mart.name


def test_every_column_is_described_in_the_file_too(built: Built) -> None:
    undescribed = rows(
        built.working,
        """
        select table_name, column_name from duckdb_columns()
        where schema_name = 'marts' and coalesce(comment, '') = ''
        """,
    )
    assert undescribed == []


def test_views_name_no_catalog_and_one_reads_more_than_marts(built: Built) -> None:
    query = "select view_name, sql from duckdb_views() where schema_name = 'marts' order by 1"
    views = {str(name): str(sql) for name, sql in rows(built.working, query)}
    hidden = ("computed.", "intermediate.", "fixture.")
    assert len(views) == 4
    assert not any(built.working.stem in sql for sql in views.values())
    # Publishing makes a table of it.
    found = [name for name, sql in views.items() if any(schema in sql for schema in hidden)]
    assert found == ["fct_mrio_flow"]


def test_export_emission_is_embodied_output_times_intensity(built: Built) -> None:
    ((emitted,),) = rows(
        built.working,
        "select sum(emission_t) from marts.fct_export_emission where pollutant = 'SO2'",
    )
    exported = world.DEMAND[: world.LOCAL, 6:].sum(axis=1)
    exported += world.FLOWS[: world.LOCAL, world.LOCAL :].sum(axis=1)
    # Industry emits 1000 t in Guangdong and 3000 t in Hebei, a quarter of it in c1.
    tonnes = np.array([250.0, 750.0, 750.0, 2250.0])
    expected = (tonnes / world.OUTPUT[: world.LOCAL]) @ world.DOMESTIC @ exported
    assert emitted == pytest.approx(expected, rel=1e-12)


def test_ape_weighs_the_seven_pollutants(built: Built) -> None:
    ((ape, weighed),) = rows(
        built.working,
        """
        select
            sum(emission_t) filter (where pollutant = 'APE'),
            sum(emission_t / ape_coefficient)
        from marts.fct_emission_inventory
        inner join marts.dim_pollutant on pollutant = code
        """,
    )
    assert ape == pytest.approx(weighed, rel=1e-12)
    assert rows(built.working, "select code from marts.dim_pollutant where is_index") == [("APE",)]


def test_published_figures_are_answered_from_the_marts(built: Built) -> None:
    figures = dict(rows(built.working, "select figure_id, ours from marts.fct_published_figure"))
    export = world.DEMAND[: world.LOCAL, 6:].sum(axis=1)
    export += world.FLOWS[: world.LOCAL, world.LOCAL :].sum(axis=1)
    assert figures["p17"] == pytest.approx(100 * export[2:].sum() / export.sum())
    ((driven, emitted),) = rows(
        built.working,
        """
        select
            (select sum(emission_t) from marts.fct_export_emission where pollutant = 'SO2'),
            (select sum(emission_t) from marts.fct_emission_inventory where pollutant = 'SO2')
        """,
    )
    assert emitted == pytest.approx(21_000)
    assert figures["l01"] == pytest.approx(100 * driven / emitted)
    assert figures["z01_low"] <= figures["l01"] <= figures["z01_high"]
    ((indirect,),) = rows(
        built.working,
        """
        select 100 * sum(emission_t) filter (where not is_direct) / sum(emission_t)
        from marts.fct_export_reading_emission
        where pollutant = 'APE' and consumer_region <> 'CHN' and reading = 'final_producer'
        """,
    )
    assert figures["p19"] == pytest.approx(indirect)
    # Own exports of intermediates are direct for the exporter alone.
    ((by_exporter,),) = rows(
        built.working,
        """
        select 100 * sum(emission_t) filter (where producer_province <> exporter_province)
            / sum(emission_t)
        from marts.fct_export_emission where pollutant = 'APE' and consumer_region <> 'CHN'
        """,
    )
    assert figures["p19"] > by_exporter
    assert figures["c01"] is None


@pytest.mark.parametrize(
    ("mart", "before", "after", "said"),
    [
        ("fct_mrio_output", ",\n    value_added_musd", "", r"value_added_musd +\| +\| DOUBLE"),
        (
            "fct_emission_inventory",
            "in_footprint,\n    emission_t",
            "in_footprint,\n    cast(emission_t as float) as emission_t",
            r"emission_t +\| FLOAT +\| DOUBLE",
        ),
        ("fct_export_value", "0) as ape_t_per_musd", "0) as ape", "ape_t_per_musd"),
    ],
)
def test_a_mart_that_drops_retypes_or_renames_a_column_is_not_built(
    mart: str, before: str, after: str, said: str, built: Built, broken: Broken, tmp_path: Path
) -> None:
    house = shutil.copytree(built.project.parent, tmp_path / "house")
    model = house / "models" / "core" / "marts" / f"{mart}.sql"
    sql = model.read_text(encoding="utf-8")
    assert before in sql
    model.write_text(sql.replace(before, after), encoding="utf-8")
    project, working = house / "dbt_project", broken()
    manifest = marts_project.parse(project, working)
    results = marts_project.run_dbt(manifest, project, working, "run", "--select", mart)
    assert str(results[mart].status) == "error"
    assert re.search(said, results[mart].message), results[mart].message


BREAKS = {
    "unique_key_fct_mrio_flow_edition__year__from_region__from_sector__to_region__to_sector": (
        "insert into marts.fct_mrio_flow select * from marts.fct_mrio_flow limit 1"
    ),
    "unique_key_fct_mrio_output_": (  # a column that has a value in every row
        "update marts.fct_mrio_output set value_added_musd = null where region = 'USA' and sector = 'c1'"
    ),
    "not_negative_fct_mrio_output_output_musd": (
        "update marts.fct_mrio_output set output_musd = -1 where region = 'USA' and sector = 'c1'"
    ),
    "sums_match_fct_export_output": (
        "update marts.fct_export_output set output_musd = 2 * output_musd"
        " where consumer_region = 'USA'"
    ),
    "row_count_by_group_fct_mrio_output": (
        "delete from marts.fct_mrio_output where region = 'ROW' and sector = 'c12'"
    ),
    "accepted_share_int_mrio__balance": (
        "update intermediate.int_mrio__balance set structural_change_share = 1.01"
    ),
    "footprint_sectors_are_known": (
        "update marts.fct_emission_inventory set in_footprint = true where sector = 'households'"
    ),
    "intensity_times_output_is_the_inventory": (
        "delete from marts.fct_emission_intensity where province = 'CN-HE' and pollutant = 'SO2'"
    ),
    "pollutants_have_ape_coefficients": (
        "update marts.dim_pollutant set ape_coefficient = null where code = 'BC'"
    ),
    "comparable_figures_are_answered": (
        "update marts.fct_published_figure set ours = null where figure_id = 'p17'"
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_mart_fails_its_test(name: str, built: Built, broken: Broken) -> None:
    (full_name,) = [node for node in built.results if node.startswith(name)]
    results = built.run_dbt(broken(BREAKS[name]), "test", "--select", full_name)
    assert {node: str(result.status) for node, result in results.items()} == {full_name: "fail"}


def test_sums_of_nothing_do_not_match(built: Built, broken: Broken) -> None:
    (name,) = [node for node in built.results if node.startswith("sums_match_fct_export_output")]
    empty = broken(
        "delete from marts.fct_export_output", "delete from marts.fct_consumed_product_output"
    )
    assert str(built.run_dbt(empty, "test", "--select", name)[name].status) == "fail"
