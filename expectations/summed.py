"""Sums of the largest marts that several checks ask for, made once a gate."""

from __future__ import annotations

import duckdb

from warehouse.database import qualified


def by_consumer(connection: duckdb.DuckDBPyConnection, mart: str) -> str:
    """A mart of embodied output summed by producer, consumer and category, as a temporary table.

    At full size a mart has 60 million rows and the sums have one.  Returns the table's name as SQL.
    """
    name = qualified("temp", f"{mart}_by_consumer")
    connection.execute(
        f"""
        create temp table if not exists {name} as
        select
            producer_province,
            producer_sector,
            consumer_region,
            demand_category,
            sum(output_musd) as output_musd
        from {qualified("marts", mart)}
        group by producer_province, producer_sector, consumer_region, demand_category
        """
    )
    return name
