"""Identities of the inventory: it is what its source, or the nation's total, counts."""

from __future__ import annotations

import duckdb

from expectations.comparison import EXACT, FLOOR_T, Comparison
from expectations.results import CheckResult
from warehouse.database import scalar


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
        floor=FLOOR_T,
        tolerance=EXACT,
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
        floor=FLOOR_T,
        tolerance=EXACT,
    ).check(connection)


def inventory_is_national_total(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """An inventory brought to the nation's totals sums to them as they are published, PM2.5 as a whole."""
    year = scalar(connection, "select any_value(year) from marts.fct_emission_inventory")
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
        floor=FLOOR_T,
        tolerance=EXACT,
    ).check(connection)
