from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from expectations.bounds import (
    CodeSet,
    EditionBounds,
    GroupBound,
    PartsOfTotal,
    Range,
    RowBound,
    YearSet,
    bounds_of,
)
from expectations.gates import run_marts_gate, run_raw_gate
from expectations.results import CheckResult, within
from tests.expectations.conftest import Built
from warehouse.database import tables_of

pytestmark = pytest.mark.slow

Broken = Callable[..., Path]

BOUNDS = EditionBounds(
    edition="tiny",
    rows=(
        RowBound("sector_emission", 63, 63, "3 provinces x 7 pollutants x 3"),
        RowBound("global_table", 96, 96, "3 regions, 2 sectors, 3 categories"),
    ),
    codes=(
        CodeSet("global_table", "from_region", frozenset(("CHN", "ROW", "USA")), "3 regions"),
        CodeSet("sector_emission", "province", frozenset(("CN-GD", "CN-HE", "CN-XZ")), "all 3"),
    ),
    years=(YearSet("subsector_emission", frozenset((2005, 2010)), "around 2007"),),
    parts=(
        PartsOfTotal(
            "sector_emission",
            ("province", "pollutant"),
            "emission_t",
            "source_sector <> 'TOTAL'",
            "source_sector = 'TOTAL'",
            1e-9,
            "exact",
        ),
    ),
    ranges=(
        Range("sector_emission", "SO2", "emission_t", "pollutant = 'SO2'", 41e3, 43e3, "42 kt"),
    ),
    groups=(
        GroupBound("fct_mrio_output", "region", 2, 2, 4, "2 sectors"),
        GroupBound("fct_mrio_flow", "block", 16, 16, 4, "every cell"),
        GroupBound("fct_export_output", "exporter_province", 72, 72, 2, "every cell"),
    ),
)  # fmt: skip


def failures(results: list[CheckResult]) -> set[str]:
    return {result.suite for result in results if not result.passed}


def failures_of(gate: str, suite: str, path: Path, built: Built) -> list[CheckResult]:
    """The failed checks of one suite of a gate."""
    # Great Expectations takes seconds to import.
    from expectations.judgement import read_places
    from expectations.marts_gate import judge_marts, judgements, suite_of
    from expectations.raw_gate import raw_suites
    from expectations.runner import run_suites

    with duckdb.connect(str(path), read_only=True) as connection:
        places = read_places(connection)
        suites = (
            [suite_of(judgement, places) for judgement in judgements()]
            if gate == "marts"
            else raw_suites(tables_of(connection, "raw"), BOUNDS)
        )
        chosen = [each for each in suites if each.name == suite]
        results = (
            run_suites(connection, gate, chosen)
            if chosen
            else judge_marts(connection, BOUNDS, built.described)
        )
        mine = [result for result in results if result.suite == suite]
        assert mine
        return [result for result in mine if not result.passed]


def test_the_small_economy_passes_both_gates(built: Built) -> None:
    raw = run_raw_gate(built.working, BOUNDS)
    marts = run_marts_gate(built.working, BOUNDS, built.described)
    # Some dollars a head are another unit in China.
    assert {suite for suite in failures(raw) if not suite.endswith("__units")} == set()
    # Published figures are of China; far from them is a warning.
    assert failures(marts) == {"marts__fct_published_figure__judgement"}
    assert [r.severity for r in marts if not r.passed] == ["warn"]
    assert {result.gate for result in raw} == {"raw"}
    assert {result.gate for result in marts} == {"identity", "marts"}
    assert all(result.suite.count("__") == 2 for result in raw + marts)
    assert len({(r.suite, r.check_name) for r in raw}) == len(raw)
    assert len({(r.suite, r.check_name) for r in marts}) == len(marts)


RAW_BREAKS = {
    "raw__sector_emission__keys_and_counts": [
        "insert into raw.sector_emission select * from raw.sector_emission limit 1",
        "update raw.sector_emission set emission_t = null where province = 'CN-HE'",
        "update raw.sector_emission set emission_t = 'inf' where pollutant = 'CO'",
        "delete from raw.sector_emission where province = 'CN-XZ' and pollutant = 'NH3'",
        "drop table raw.sector_emission",
    ],
    "raw__sector_emission__limits": ["update raw.sector_emission set emission_t = -emission_t"],
    "raw__global_table__from_region_codes": [
        "delete from raw.global_table where from_region = 'USA'",
        "update raw.global_table set from_region = 'MEX' where from_region = 'USA'",
    ],
    "raw__sector_emission__province_codes": [
        "delete from raw.sector_emission where province = 'CN-XZ'"
    ],
    "raw__subsector_emission__years": [
        "delete from raw.subsector_emission where source_year = 2005"
    ],
    "raw__sector_emission__parts_of_total": [
        "update raw.sector_emission set emission_t = emission_t + 1 where source_sector = 'RESI'",
        "delete from raw.sector_emission where source_sector = 'TOTAL' and province = 'CN-GD'",
        "delete from raw.sector_emission where source_sector <> 'TOTAL' and province = 'CN-GD'",
        "delete from raw.sector_emission",
    ],
    "raw__sector_emission__so2": ["delete from raw.sector_emission where province = 'CN-GD'"],
    "raw__provenance__roles": [
        "delete from raw.provenance where role = 'global_table'",
        "drop table raw.provincial_table",
        "update raw.provenance set licence = ''",
        "update raw.provenance set loaded_rows = 0",
        "delete from raw.provenance",
    ],
}


@pytest.mark.parametrize(
    ("suite", "statement"),
    [(suite, statement) for suite, statements in RAW_BREAKS.items() for statement in statements],
)
def test_raw_gate_finds_what_is_broken(
    suite: str, statement: str, broken: Broken, built: Built
) -> None:
    assert failures_of("raw", suite, broken(statement), built)


def test_results_of_a_simulation_are_no_raw_table(broken: Broken, built: Built) -> None:
    """They come after gate 1, which may be made again later."""
    added = broken(
        "insert into raw.provenance select * replace ('simulation' as role, 0 as loaded_rows)"
        " from raw.provenance limit 1"
    )
    assert failures_of("raw", "raw__provenance__roles", added, built) == []


MARTS_BREAKS = {
    "marts__all__columns": [
        "alter table marts.fct_mrio_output rename value_added_musd to gdp_musd",
        "create or replace table marts.fct_mrio_output as select year, edition,"
        " * exclude (edition, year) from marts.fct_mrio_output",
    ],
    "marts__all__described": ["drop table marts.fct_mrio_output", "drop view marts.fct_mrio_flow"],
    "marts__all__judged": ["create table marts.fct_new as select 1 as value_musd"],
    "marts__fct_assumption__judgement": ["delete from marts.fct_assumption"],
    "marts__fct_export_value__judgement": [
        "update marts.fct_export_value set export_musd = 10 * export_musd",
        "update marts.fct_export_value set ape_t_per_musd = 1.01 * ape_t_per_musd"
        " where province = 'CN-GD'",
        "delete from marts.dim_region where kind = 'province'",
    ],
    "marts__fct_mrio_output__rows_by_region": [
        "delete from marts.fct_mrio_output where region = 'ROW' and sector = 'c1'",
        "delete from marts.fct_mrio_output where region = 'ROW'",
        "insert into marts.fct_mrio_output select * replace ('c2' as sector)"
        " from marts.fct_mrio_output where sector = 'c1'",
    ],
    "marts__fct_mrio_flow__rows_by_block": [
        "delete from marts.fct_mrio_flow where from_region = 'CN-HE' and to_region = 'USA'",
    ],
    "marts__fct_export_output__rows_by_exporter_province": [
        "delete from marts.fct_export_output where exporter_province = 'CN-HE'"
    ],
    "marts__fct_balance__judgement": [
        "update marts.fct_balance set max_residual = 1e-5",
        "update marts.fct_balance set structural_change_share = -0.1",
        "update marts.fct_balance set max_residual = null",
    ],
    "marts__fct_mrio_output__judgement": [
        "update marts.fct_mrio_output set value_added_musd = -1 where region = 'CN-GD'",
        "update marts.fct_mrio_output set value_added_musd = 2 * output_musd where region = 'USA'",
    ],
    "marts__fct_export_output__judgement": [
        "update marts.fct_export_output set output_musd = 10 * output_musd",
        "update marts.fct_export_output set output_musd = -output_musd",
    ],
    "marts__fct_export_reading__judgement": [
        "update marts.fct_export_reading set output_musd = 1.01 * output_musd where reading = 'final_producer'",
        "delete from marts.fct_export_reading where reading = 'exporter'",
    ],
    "marts__fct_emission_inventory__judgement": [
        "update marts.fct_emission_inventory set emission_t = 1.01 * emission_t where pollutant = 'BC'",
        "update marts.fct_emission_inventory set in_footprint = false",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("suite", "statement"),
    [(suite, statement) for suite, statements in MARTS_BREAKS.items() for statement in statements],
)
def test_marts_gate_finds_what_is_broken(
    suite: str, statement: str, broken: Broken, built: Built
) -> None:
    assert failures_of("marts", suite, broken(statement), built)


def test_a_failure_says_where(broken: Broken, built: Built) -> None:
    path = broken("update raw.sector_emission set emission_t = 2 where source_sector = 'TOTAL'"
                  " and province = 'CN-GD' and pollutant = 'SO2'")  # fmt: skip
    (failed,) = failures_of("raw", "raw__sector_emission__parts_of_total", path, built)
    assert "CN-GD / SO2" in failed.detail
    assert failed.measured == pytest.approx(2998 / 2)
    assert failed.tolerance == 1e-9
    assert failed.severity == "error"


def test_an_edition_without_bounds_is_warned_about(built: Built) -> None:
    results = run_raw_gate(built.working)
    (unbounded,) = [
        result for result in results if not result.passed and not result.suite.endswith("__units")
    ]
    assert (unbounded.check_name, unbounded.severity) == ("edition_has_bounds", "warn")
    assert len(results) > 20


@pytest.mark.parametrize("is_bundled", [True, False])
def test_bounds_of_bundled_files_judge_bundled_files_alone(
    broken: Broken, is_bundled: bool
) -> None:
    path = broken(
        f"update raw.provenance set is_bundled = {is_bundled} where role = 'sector_emission'",
        "update raw.sector_emission set emission_t = 0.9 * emission_t",
        "delete from raw.sector_emission where source_sector = 'TOTAL'",
    )
    suites = failures(run_raw_gate(path, BOUNDS))
    judged = {
        "raw__sector_emission__keys_and_counts", "raw__sector_emission__so2",
        "raw__sector_emission__parts_of_total",
    }  # fmt: skip
    assert judged <= suites if is_bundled else not judged & suites


def test_a_landed_table_that_lacks_a_province_is_refused(broken: Broken) -> None:
    path = broken(
        "update raw.provenance set is_bundled = false where role = 'sector_emission'",
        "delete from raw.sector_emission where province = 'CN-XZ'",
    )
    assert "raw__sector_emission__province_codes" in failures(run_raw_gate(path, BOUNDS))


def test_the_default_edition_has_bounds() -> None:
    bounds = bounds_of(Path("work/open-2007-2007.duckdb"))
    assert bounds is not None
    notes = [
        bound.note
        for bound in (
            *bounds.rows, *bounds.codes, *bounds.years, *bounds.parts, *bounds.ranges,
            *bounds.groups,
        )
    ]  # fmt: skip
    assert all(note.startswith("2026-") for note in notes)
    assert all(bound.minimum <= bound.maximum for bound in bounds.rows + bounds.groups)


def test_nothing_measured_is_not_within_any_tolerance() -> None:
    assert within(1e-7, 1e-6)
    assert not within(None, 1e-6)
    assert not within(float("nan"), 1e-6)
