from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from expectations.identities import IDENTITIES, run_identities
from expectations.results import CheckResult
from tests.expectations.conftest import Built

Broken = Callable[..., Path]


def identities(path: Path) -> dict[str, CheckResult]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {result.check_name: result for result in run_identities(connection)}


def failed(path: Path) -> set[str]:
    return {name for name, result in identities(path).items() if not result.passed}


def test_the_small_economy_keeps_every_identity(built: Built) -> None:
    results = identities(built.working)
    assert [name for name, result in results.items() if not result.passed] == []
    assert list(results) == [identity.__name__ for identity in IDENTITIES]
    exact = [r for r in results.values() if r.tolerance is not None]
    assert len(exact) == 12
    assert max(r.measured for r in exact if r.measured is not None) < 1e-12
    assert {result.gate for result in results.values()} == {"identity"}


def test_linking_is_reported_step_by_step(built: Built) -> None:
    result = identities(built.working)["linking_changes_the_footprint"]
    assert result.severity == "warn"
    assert result.measured == pytest.approx(1 - 0.25 / 0.3)
    assert "SO2 0.300 > 0.280 > 0.260 > 0.250" in result.detail


ONE_DOMESTIC = "from_region = 'CN-HE' and to_region = 'CN-HE'"
BREAKS: dict[str, tuple[str, set[str]]] = {
    "a final delivery": (
        "update marts.fct_mrio_final_demand set value_musd = value_musd * 1.001"
        f" where {ONE_DOMESTIC}",
        {"linked_table_rows_balance", "value_added_is_final_demand"},
    ),
    "a value added": (
        "update marts.fct_mrio_output set value_added_musd = value_added_musd + 1"
        " where region = 'USA'",
        {"linked_table_columns_balance", "value_added_is_final_demand"},
    ),
    "an intermediate delivery": (
        f"delete from marts.fct_mrio_flow where {ONE_DOMESTIC} and from_sector = 'c1'",
        {"linked_table_rows_balance", "linked_table_columns_balance"},
    ),
    "an exporter lost": (
        "delete from marts.fct_export_output where exporter_province = 'CN-HE'"
        " and producer_province = 'CN-GD' and consumer_region = 'USA'",
        {
            "exporters_sum_to_consumed_products",
            "export_view_is_consumed_product_view",
            "export_intensity_gives_export_emission",
        },
    ),
    "exporters exchanged": (
        "update marts.fct_export_output set exporter_province ="
        " case when exporter_province = 'CN-HE' then 'CN-GD' else 'CN-HE' end",
        {"export_intensity_gives_export_emission"},
    ),
    "a consumed product": (
        "update marts.fct_consumed_product_output set output_musd = output_musd * (1 + 1e-6)"
        " where consumer_region = 'ROW'",
        {
            "exporters_sum_to_consumed_products",
            "final_producers_sum_to_consumed_products",
            "export_view_is_consumed_product_view",
        },
    ),
    "what is finished abroad": (
        "delete from computed.final_producer_output where final_producer = 'abroad'"
        " and producer_province = 'CN-GD'",
        {"final_producers_sum_to_consumed_products"},
    ),
    "an inventory outside the footprint": (
        "delete from marts.fct_emission_inventory where province = 'CN-XZ' and pollutant = 'NH3'",
        {"inventory_is_source_total"},
    ),
    "the clipped tonnes": (
        "delete from marts.fct_assumption"
        " where assumption = 'inventory_negative_particles_clipped'",
        {"inventory_is_source_total"},
    ),
    "a footprint": (
        "update computed.footprint_closure set output_from_all_demand_musd = output_musd * 0.999"
        " where province = 'CN-GD' and sector = 'c1'",
        {"production_total_is_inventory"},
    ),
    "the trade before linking": (
        "update computed.province_export set export_musd = export_musd + 1"
        " where province = 'CN-GD'",
        {"exports_are_allotted_trade"},
    ),
    "the global table's exports": (
        "update raw.global_table set value_musd = value_musd * 1.01 where from_region = 'CHN'"
        " and to_region = 'USA'",
        {"national_exports_are_the_source"},
    ),
    "a provincial table": (
        "update raw.provincial_table set value_10k_cny = value_10k_cny * 1.01"
        " where province = 'CN-HE' and column_code = 'GO'",
        {"provincial_output_is_the_source"},
    ),
    "a step of linking": (
        "delete from intermediate.int_footprint__step"
        " where pollutant = 'BC' and step = 'global_alone'",
        {"linking_changes_the_footprint"},
    ),
    "a value that is not a number": (
        "update computed.footprint_closure set output_from_all_demand_musd = 'nan'"
        " where province = 'CN-GD' and sector = 'c1'",
        {"production_total_is_inventory"},
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_broken_is_found_and_nothing_else(what: str, broken: Broken) -> None:
    statement, expected = BREAKS[what]
    assert failed(broken(statement)) == expected


WORKBOOK = (
    "create table raw.provincial_mrio as select province as from_province, * exclude (province, origin)"
    " from raw.provincial_table where column_code = 'GO'"
)


@pytest.mark.parametrize(
    ("table", "expected"),
    [("provincial_mrio", {"provincial_output_is_the_source"}), ("provincial_table", set())],
)
def test_a_workbook_is_the_source_of_the_provinces_output(
    table: str, expected: set[str], broken: Broken
) -> None:
    scaled = f"update raw.{table} set value_10k_cny = value_10k_cny * 1.01 where column_code = 'GO'"
    assert failed(broken(WORKBOOK, scaled)) == expected


def test_every_identity_is_broken_once() -> None:
    assert set().union(*(names for _, names in BREAKS.values())) == {
        identity.__name__ for identity in IDENTITIES
    }


@pytest.mark.parametrize(
    ("statements", "name"),
    [
        (["delete from computed.footprint_closure"], "production_total_is_inventory"),
        (["delete from computed.province_export"], "exports_are_allotted_trade"),
        (["delete from intermediate.int_footprint__step"], "linking_changes_the_footprint"),
        (
            ["delete from marts.fct_export_output",
             "delete from marts.fct_consumed_product_output"],
            "exporters_sum_to_consumed_products",
        ),
        (
            ["delete from computed.final_producer_output",
             "delete from marts.fct_consumed_product_output"],
            "final_producers_sum_to_consumed_products",
        ),
        (
            ["update marts.fct_mrio_output set value_added_musd = 0",
             "update marts.fct_mrio_final_demand set value_musd = 0"],
            "value_added_is_final_demand",
        ),
    ],
)  # fmt: skip
def test_comparing_nothing_fails(statements: list[str], name: str, broken: Broken) -> None:
    result = identities(broken(*statements))[name]
    assert not result.passed
    assert result.measured is None


def test_a_missing_table_fails_and_is_named(broken: Broken) -> None:
    result = identities(broken("drop table computed.footprint_closure"))[
        "production_total_is_inventory"
    ]
    assert not result.passed
    assert "footprint_closure" in result.detail


def test_a_landed_workbook_is_the_source_of_the_provinces_output(broken: Broken) -> None:
    """Single provinces' tables may say something else: they are not used beside a workbook."""
    workbook = (
        "create table raw.provincial_mrio as select province as from_province, * exclude (province)"
        " from raw.provincial_table",
        "update raw.provincial_table set value_10k_cny = value_10k_cny * 1.5",
    )
    assert failed(broken(*workbook)) == set()
    slip = "update raw.provincial_mrio set value_10k_cny = value_10k_cny * 1.01 where column_code = 'GO'"
    assert failed(broken(*workbook, slip)) == {"provincial_output_is_the_source"}
