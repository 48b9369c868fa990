"""How sure the results are, in tables and a line, read from the published marts."""

from __future__ import annotations

import duckdb
from rich.console import Console
from rich.markup import escape

from atlas.summary import INTERVALS, Section, answer
from atlas.summary_queries import HOME
from cli.summary import print_answer
from warehouse.home import Home
from warehouse.published import open_published

_OF_EDITION = "edition = $edition and year = $year"

PROVINCES = f"""
select
    region.name as province, point_value as "for exports (t)",
    p05_value as "5th percentile", median_value as median, p95_value as "95th percentile",
    inventory_variance_share as "inventory (share)", stand_in_variance_share as "stand-ins (share)",
    table_variance_share as "table (share)", trade_split_variance_share as "trade split (share)",
    gravity_variance_share as "gravity (share)"
from fct_uncertainty
left join dim_region as region on region.code = place
where {_OF_EDITION} and result = 'export_emission' and part = 'all' and pollutant = $pollutant
order by point_value desc limit 8
"""

CONSUMERS = f"""
select
    part as "consumers", point_value as "for exports (t)",
    p05_value as "5th percentile", median_value as median, p95_value as "95th percentile",
    inventory_variance_share as "inventory (share)", table_variance_share as "table (share)",
    trade_split_variance_share as "trade split (share)"
from fct_uncertainty
where {_OF_EDITION} and result = 'export_emission' and place = {HOME} and pollutant = $pollutant
    and part not in ('all', 'direct', 'indirect')
order by point_value desc limit 6
"""

CONCENTRATION = f"""
select
    region.name as province, point_value as "PM2.5 for exports (ug/m3)",
    p05_value as "5th percentile", p95_value as "95th percentile"
from fct_uncertainty
left join dim_region as region on region.code = place
where {_OF_EDITION} and result = 'export_pm25'
order by point_value desc limit 6
"""

RANKS = f"""
select
    pollutant, count(*) as provinces,
    count(*) filter (where top_first_share >= 0.95) as "same first consumer in 95 of 100 draws",
    min(top_first_share) as "least stable (share)",
    arg_min(place, top_first_share) as "where"
from fct_rank_stability
where {_OF_EDITION} and place <> {HOME}
group by pollutant order by pollutant
"""

TORNADO = f"""
select
    parameter, base, variant,
    max(base_value) filter (where result = 'export_share') as "export share, base",
    max(variant_value) filter (where result = 'export_share') as "export share, variant",
    max(base_value) filter (where result = 'direct_share') as "direct share, base",
    max(variant_value) filter (where result = 'direct_share') as "direct share, variant"
from fct_sensitivity
where {_OF_EDITION} and place = {HOME} and pollutant = $pollutant
group by parameter, base, variant
order by abs(
    max(variant_value - base_value) filter (where result = 'export_share')
) desc
"""

SECTIONS = (
    Section("Exports' emissions and their share of all, with 90 % intervals", INTERVALS),
    Section("SO2 for exports by province, and where the variance comes from", PROVINCES, "SO2"),
    Section("For whose consumption (SO2)", CONSUMERS, "SO2"),
    Section("PM2.5 for exports by province that breathes it", CONCENTRATION),
    Section("Is the first consumer of a province really the first?", RANKS),
    Section("One assumption at a time (APE)", TORNADO, "APE"),
)

LINE = f"""
select point_value, p05_value, p95_value, draws, table_draws
from fct_uncertainty
where {_OF_EDITION} and result = 'export_share' and place = {HOME} and pollutant = 'SO2' and part = 'all'
"""


def print_review(console: Console, home: Home, edition: str, year: int) -> None:
    """Print the intervals of an edition and year, the stability of ranks and the tornado."""
    with open_published(home) as connection:
        console.print(f"\n[bold]{escape(edition)} {year}: how sure[/bold]")
        for section in SECTIONS:
            found = answer(connection, section, edition, year)
            if found.rows:
                print_answer(console, found)


def interval_line(connection: duckdb.DuckDBPyConnection, edition: str, year: int) -> str:
    """The interval of exports' share of SO2 in a line; empty where a release has none."""
    rows = answer(connection, Section("", LINE), edition, year).rows
    if not rows:
        return ""
    point, low, high, draws, tables = (float(str(value)) for value in rows[0])
    source = f"of the inventory and {tables:,.0f} tables" if tables else "of the inventory alone"
    return (
        f"exports' share of SO2 {point:.1%}, 90 % interval {low:.1%} to {high:.1%} "
        f"({draws:,.0f} draws {source})"
    )
