"""Identities of what exports drive: two ways to the same output, and the emissions of all demand."""

from __future__ import annotations

import duckdb

from expectations.comparison import EXACT, FLOOR_MUSD, FLOOR_T, SOLVED, SUITE, Comparison
from expectations.results import CheckResult
from expectations.summed import by_consumer


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
        floor=FLOOR_MUSD,
        tolerance=EXACT,
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
        floor=FLOOR_MUSD,
        tolerance=EXACT,
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
        floor=FLOOR_T,
        tolerance=EXACT,
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
        floor=FLOOR_T,
        tolerance=SOLVED,
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
        floor=FLOOR_T,
        tolerance=SOLVED,
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
