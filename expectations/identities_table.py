"""Identities of the linked table: it balances, and has the sources that it was linked from."""

from __future__ import annotations

import duckdb

from expectations.comparison import BALANCED, FLOOR_MUSD, Comparison
from expectations.results import CheckResult
from warehouse.database import tables_of

_OUTPUT = """
    select region || ' ' || sector as place, output_musd as amount
    from marts.fct_mrio_output
"""


def linked_table_rows_balance(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Deliveries of every region and sector, to users and final demand, equal its gross output."""
    return Comparison(
        name="linked_table_rows_balance",
        scope="marts.fct_mrio_output",
        left="""
            select from_region || ' ' || from_sector as place, sum(value_musd) as amount
            from marts.fct_mrio_flow
            group by from_region, from_sector
            union all
            select from_region || ' ' || from_sector, value_musd
            from marts.fct_mrio_final_demand
        """,
        right=_OUTPUT,
        floor=FLOOR_MUSD,
        tolerance=BALANCED,
    ).check(connection)


def linked_table_columns_balance(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Inputs and value added of every region and sector equal its gross output."""
    return Comparison(
        name="linked_table_columns_balance",
        scope="marts.fct_mrio_output",
        left="""
            select to_region || ' ' || to_sector as place, sum(value_musd) as amount
            from marts.fct_mrio_flow
            group by to_region, to_sector
            union all
            select region || ' ' || sector, value_added_musd
            from marts.fct_mrio_output
        """,
        right=_OUTPUT,
        floor=FLOOR_MUSD,
        tolerance=BALANCED,
    ).check(connection)


def value_added_is_final_demand(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """World value added equals world final demand."""
    return Comparison(
        name="value_added_is_final_demand",
        scope="marts.fct_mrio_final_demand",
        left="select 'world' as place, value_added_musd as amount from marts.fct_mrio_output",
        right="select 'world' as place, value_musd as amount from marts.fct_mrio_final_demand",
        floor=FLOOR_MUSD,
        tolerance=BALANCED,
    ).check(connection)


def exports_are_allotted_trade(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Exports in the balanced table are those allotted to provinces and sectors before linking."""
    sums = "select province || ' ' || sector as place, export_musd as amount from"
    return Comparison(
        name="exports_are_allotted_trade",
        scope="marts.fct_export_value",
        left=f"{sums} marts.fct_export_value",
        right=f"{sums} computed.province_export",
        floor=FLOOR_MUSD,
        tolerance=BALANCED,
    ).check(connection)


def national_exports_are_the_source(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """The provinces' exports sum to China's in the global table, by sector and destination."""
    return Comparison(
        name="national_exports_are_the_source",
        scope="marts.fct_export_value",
        left="""
            select sector || ' ' || destination as place, export_musd as amount
            from marts.fct_export_value
        """,
        right="""
            select
                sector.to_code || ' ' || source.to_region as place,
                source.value_musd * sector.weight as amount
            from raw.global_table as source
            left join staging.stg_global_sector as sector on source.from_sector = sector.from_code
            where
                source.from_region in (select code from seeds.region where kind = 'home')
                and source.to_region not in (select code from seeds.region where kind = 'home')
                and source.block in ('intermediate', 'final_demand')
        """,
        floor=FLOOR_MUSD,
        tolerance=BALANCED,
    ).check(connection)


def provincial_output_is_the_source(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """The provinces' gross output is that of their tables, at their year's exchange rate, grown since.

    A multi-regional workbook takes the place of the tables of single provinces.
    """
    has_workbook = "provincial_mrio" in tables_of(connection, "raw")
    table, province = (
        ("provincial_mrio", "from_province") if has_workbook else ("provincial_table", "province")
    )
    return Comparison(
        name="provincial_output_is_the_source",
        scope="marts.fct_mrio_output",
        left="""
            select produced.region as place, produced.output_musd as amount
            from marts.fct_mrio_output as produced
            inner join marts.dim_region as region
                on produced.region = region.code and region.kind = 'province'
        """,
        right=f"""
            select
                source.{province} as place,
                source.value_10k_cny * sector.grown_weight / 100 / rate.cny_per_usd as amount
            from raw.{table} as source
            inner join intermediate.int_province__concordance as sector
                on source.row_code = sector.from_code
            inner join seeds.exchange_rate as rate on sector.table_year = rate.year
            where source.row_kind = 'sector' and source.column_code = 'GO'
        """,
        floor=FLOOR_MUSD,
        tolerance=BALANCED,
    ).check(connection)
