"""The named identities of a run: what must be equal by the method, with the measured difference.

Each identity is a function of an open working file that returns one CheckResult; its SQL says what
is compared (see comparison). An identity that compares nothing fails.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from expectations.comparison import SUITE, Comparison
from expectations.identities_paper import (
    foreign_output_is_the_source,
    provincial_output_is_the_table,
)
from expectations.results import CheckResult
from expectations.summed import by_consumer
from warehouse.database import tables_of

Identity = Callable[[duckdb.DuckDBPyConnection], CheckResult]

# Below a million dollars or a tonne a difference is measured against these, not against the cell.
_FLOOR_MUSD = 1.0
_FLOOR_T = 1.0

# 2026-11-21: the bound that METHOD sets for a balanced table.
_BALANCED = 1e-6
# 2026-11-21: two ways through double precision to the same sum.
_EXACT = 1e-9
# 2026-11-21: a residual of 1e-6 in a row of the table comes back through the Leontief inverse,
# times an output multiplier of about 3; ten leaves room.
_SOLVED = 1e-5

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
        floor=_FLOOR_MUSD,
        tolerance=_BALANCED,
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
        floor=_FLOOR_MUSD,
        tolerance=_BALANCED,
    ).check(connection)


def value_added_is_final_demand(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """World value added equals world final demand."""
    return Comparison(
        name="value_added_is_final_demand",
        scope="marts.fct_mrio_final_demand",
        left="select 'world' as place, value_added_musd as amount from marts.fct_mrio_output",
        right="select 'world' as place, value_musd as amount from marts.fct_mrio_final_demand",
        floor=_FLOOR_MUSD,
        tolerance=_BALANCED,
    ).check(connection)


def exporters_sum_to_consumed_products(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Export-driven output summed over exporters is what the whole table's inverse says.

    The left side is solved with the provinces' block and their exports, the right side with the
    whole table: sum over s of (I - A_PP)^-1 v_s = X_P, for every producer, consumer and category.
    """
    # Names are put together after summing: before, there are a hundred million of them.
    sums = """
        select
            concat_ws(' ', producer_province, producer_sector, consumer_region, demand_category)
                as place,
            sum(output_musd) as amount
        from {}
        group by producer_province, producer_sector, consumer_region, demand_category
    """
    return Comparison(
        name="exporters_sum_to_consumed_products",
        scope="marts.fct_export_output",
        left=sums.format(by_consumer(connection, "fct_export_output")),
        right=sums.format(by_consumer(connection, "fct_consumed_product_output")),
        floor=_FLOOR_MUSD,
        tolerance=_EXACT,
    ).check(connection)


def final_producers_sum_to_consumed_products(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Output summed over makers of final goods is what exports drive, by producer and consumer.

    So the reading `final_producer` of direct and indirect leaves nothing over (METHOD section 4).
    """
    sums = """
        select concat_ws(' ', producer_province, producer_sector, consumer_region) as place,
            sum(output_musd) as amount
        from {}
        group by producer_province, producer_sector, consumer_region
    """
    return Comparison(
        name="final_producers_sum_to_consumed_products",
        scope="computed.final_producer_output",
        left=sums.format("computed.final_producer_output"),
        right=sums.format(by_consumer(connection, "fct_consumed_product_output")),
        floor=_FLOOR_MUSD,
        tolerance=_EXACT,
    ).check(connection)


def export_view_is_consumed_product_view(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Both views give every province the same export-driven emission of every pollutant."""
    return Comparison(
        name="export_view_is_consumed_product_view",
        scope="marts.fct_export_emission",
        left=_emission_of(by_consumer(connection, "fct_export_output"), "producer_province"),
        right=_emission_of(
            by_consumer(connection, "fct_consumed_product_output"), "producer_province"
        ),
        floor=_FLOOR_T,
        tolerance=_EXACT,
    ).check(connection)


def _emission_of(outputs: str, place: str) -> str:
    """What the emission view of ``outputs`` gives, its output summed before pollutants multiply rows."""
    return f"""
        select embodied.place || ' ' || intensity.pollutant as place,
            embodied.output_musd * intensity.emission_t_per_musd as amount
        from (
            select {place} as place, producer_province, producer_sector, sum(output_musd) as output_musd
            from {outputs}
            group by {place}, producer_province, producer_sector
        ) as embodied
        inner join marts.fct_emission_intensity as intensity
            on embodied.producer_province = intensity.province
            and embodied.producer_sector = intensity.sector
    """


def export_intensity_gives_export_emission(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Exports times their intensity give the emission driven by each province's exports.

    Holds because export-driven output has all consumers, China (returned exports) among them.
    """
    pollutants = ("NOx", "SO2", "CO", "NH3", "BC", "OC", "PM25_other", "APE")
    return Comparison(
        name="export_intensity_gives_export_emission",
        scope="marts.fct_export_value",
        left=" union all ".join(
            f"""
            select
                province || ' {pollutant}' as place,
                export_musd * {pollutant.lower()}_t_per_musd as amount
            from marts.fct_export_value
            """
            for pollutant in pollutants
        ),
        right=_emission_of("marts.fct_export_output", "exporter_province"),
        floor=_FLOOR_T,
        tolerance=_SOLVED,
    ).check(connection)


def inventory_is_source_total(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """The inventory, in the footprint and outside, is what the source counts.

    By province and pollutant. PM25_other is PM2.5 less BC and OC, clipped at zero; the clipped
    tonnes are recorded as an assumption and taken off again here, so that
    BC + OC + PM25_other - clipped = PM2.5.
    """
    return Comparison(
        name="inventory_is_source_total",
        scope="marts.fct_emission_inventory",
        left="""
            select province || ' ' || pollutant as place, emission_t as amount
            from marts.fct_emission_inventory
            where pollutant not in ('APE', 'PM25_other')
            union all
            select province || ' PM2.5', emission_t
            from marts.fct_emission_inventory
            where pollutant in ('BC', 'OC', 'PM25_other')
            union all
            select province || ' PM2.5', -amount
            from marts.fct_assumption
            where assumption = 'inventory_negative_particles_clipped'
        """,
        right="""
            select province || ' ' || pollutant as place, emission_t as amount
            from raw.sector_emission
            where source_sector <> 'TOTAL'
        """,
        floor=_FLOOR_T,
        tolerance=_EXACT,
    ).check(connection)


def inventory_keeps_its_provinces(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """An inventory brought to the nation's totals: what was made of it is what it was brought to.

    By province and pollutant, in the footprint and outside.
    """
    return Comparison(
        name="inventory_keeps_its_provinces",
        scope="marts.fct_emission_inventory",
        left="""
            select province || ' ' || pollutant as place, emission_t as amount
            from marts.fct_emission_inventory
            where pollutant <> 'APE'
        """,
        right="""
            select province || ' ' || pollutant as place, emission_t as amount
            from intermediate.int_inventory__source
        """,
        floor=_FLOOR_T,
        tolerance=_EXACT,
    ).check(connection)


def inventory_is_national_total(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """An inventory brought to the nation's totals sums to them as they are published, PM2.5 as a whole."""
    year = _value(connection, "select any_value(year) from marts.fct_emission_inventory")
    return Comparison(
        name="inventory_is_national_total",
        scope="marts.fct_emission_inventory",
        left="""
            select pollutant as place, emission_t as amount
            from marts.fct_emission_inventory
            where pollutant not in ('APE', 'PM25_other')
            union all
            select 'PM2.5', emission_t
            from marts.fct_emission_inventory
            where pollutant in ('BC', 'OC', 'PM25_other')
        """,
        right=f"""
            select pollutant as place, emission_t as amount
            from raw.national_emission
            where source_year = {year}
        """,
        floor=_FLOOR_T,
        tolerance=_EXACT,
    ).check(connection)


def production_total_is_inventory(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """What all final demand causes, China's included, is the inventory in the footprint.

    By province and pollutant: intensity times the output that all final demand calls for.
    """
    return Comparison(
        name="production_total_is_inventory",
        scope="computed.footprint_closure",
        left="""
            select
                closure.province || ' ' || intensity.pollutant as place,
                closure.output_from_all_demand_musd * intensity.emission_t_per_musd as amount
            from computed.footprint_closure as closure
            inner join marts.fct_emission_intensity as intensity
                on closure.province = intensity.province and closure.sector = intensity.sector
        """,
        right="""
            select province || ' ' || pollutant as place, emission_t as amount
            from marts.fct_emission_inventory
            where in_footprint
        """,
        floor=_FLOOR_T,
        tolerance=_SOLVED,
    ).check(connection)


def exports_are_allotted_trade(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Exports in the balanced table are those allotted to provinces and sectors before linking."""
    sums = "select province || ' ' || sector as place, export_musd as amount from"
    return Comparison(
        name="exports_are_allotted_trade",
        scope="marts.fct_export_value",
        left=f"{sums} marts.fct_export_value",
        right=f"{sums} computed.province_export",
        floor=_FLOOR_MUSD,
        tolerance=_BALANCED,
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
        floor=_FLOOR_MUSD,
        tolerance=_BALANCED,
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
        floor=_FLOOR_MUSD,
        tolerance=_BALANCED,
    ).check(connection)


def linking_changes_the_footprint(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Reports how far linking moves China's export-driven shares, step by step.

    Informs only: measured is the largest relative change over the pollutants from the global table
    alone to the linked table in provincial detail, and the detail has the steps between.
    Does not pass when a pollutant lacks its first or last step.
    """
    rows = connection.sql(
        """
        select
            pollutant,
            max(share) filter (where step = 'global_alone') as alone,
            max(share) filter (where step = 'provincial_output') as provincial_output,
            max(share) filter (where step = 'linked_aggregate') as aggregate,
            max(share) filter (where step = 'provincial_detail') as detailed
        from intermediate.int_footprint__step
        group by pollutant
        order by pollutant
        """
    ).fetchall()
    changes = [
        abs(detailed / alone - 1)
        for _, alone, _, _, detailed in rows
        if alone and detailed is not None
    ]
    steps = "; ".join(
        f"{pollutant} " + " > ".join("-" if share is None else f"{share:.3f}" for share in shares)
        for pollutant, *shares in rows
    )
    return CheckResult(
        gate="identity",
        suite=SUITE,
        check_name="linking_changes_the_footprint",
        scope="intermediate.int_footprint__step",
        measured=max(changes, default=None),
        tolerance=None,
        passed=bool(rows) and len(changes) == len(rows),
        severity="warn",
        detail="Export-driven share of the global table alone > with provincial output"
        f" > of the linked table, aggregated > in provincial detail: {steps or 'no steps'}",
    )


IDENTITIES: tuple[Identity, ...] = (
    linked_table_rows_balance,
    linked_table_columns_balance,
    value_added_is_final_demand,
    exporters_sum_to_consumed_products,
    final_producers_sum_to_consumed_products,
    export_view_is_consumed_product_view,
    export_intensity_gives_export_emission,
    inventory_is_source_total,
    production_total_is_inventory,
    exports_are_allotted_trade,
    national_exports_are_the_source,
    provincial_output_is_the_source,
    linking_changes_the_footprint,
)


# Exports and imports of licensed editions are balanced with the rest, so they equal no source cell by cell.
_NOT_OF_PAPER = (
    exports_are_allotted_trade,
    national_exports_are_the_source,
    provincial_output_is_the_source,
)


# What an inventory of an older year adds up to, in place of what was published for its own year.
_OF_AN_OLDER_INVENTORY = (inventory_keeps_its_provinces, inventory_is_national_total)


def identities_of(connection: duckdb.DuckDBPyConnection) -> tuple[Identity, ...]:
    """The identities of the working file's edition.

    GTAP's headers mark kind `paper`; factors in int_inventory__national_scale mark an older inventory.
    """
    found: list[Identity] = []
    for identity in IDENTITIES:
        if identity is inventory_is_source_total and _is_brought_to_nation(connection):
            found += _OF_AN_OLDER_INVENTORY
        else:
            found.append(identity)
    if "gtap_flow" not in tables_of(connection, "raw"):
        return tuple(found)
    return (
        *(identity for identity in found if identity not in _NOT_OF_PAPER),
        foreign_output_is_the_source,
        provincial_output_is_the_table,
    )


def _is_brought_to_nation(connection: duckdb.DuckDBPyConnection) -> bool:
    if "int_inventory__national_scale" not in tables_of(connection, "intermediate"):
        return False
    return bool(
        _value(connection, "select count(*) from intermediate.int_inventory__national_scale")
    )


def _value(connection: duckdb.DuckDBPyConnection, query: str) -> object:
    rows = connection.execute(query).fetchall()
    return rows[0][0] if rows else None


def run_identities(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """All identities. One whose tables are missing fails and says what is missing."""
    return [_run(identity, connection) for identity in identities_of(connection)]


def _run(identity: Identity, connection: duckdb.DuckDBPyConnection) -> CheckResult:
    try:
        return identity(connection)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        return CheckResult(
            gate="identity",
            suite=SUITE,
            check_name=identity.__name__,
            scope="working file",
            measured=None,
            tolerance=None,
            passed=False,
            severity="error",
            detail=str(error).splitlines()[0],
        )
