"""Identities of editions of kind `paper`, in the place of those that rest on the sources of others."""

from __future__ import annotations

import duckdb

from expectations.comparison import BALANCED, FLOOR_MUSD, Comparison
from expectations.results import CheckResult


def foreign_output_is_the_source(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Gross output of every foreign region and sector is what GTAP's make matrix says."""
    return Comparison(
        name="foreign_output_is_the_source",
        scope="marts.fct_mrio_output",
        left="""
            select produced.region || ' ' || produced.sector as place, produced.output_musd as amount
            from marts.fct_mrio_output as produced
            inner join marts.dim_region as region
                on produced.region = region.code and region.kind = 'foreign'
        """,
        right="""
            select to_region || ' ' || commodity as place, value_musd as amount
            from raw.gtap_flow
            where header = 'MAKB' and to_region not in (select code from seeds.region where kind = 'home')
        """,
        floor=FLOOR_MUSD,
        tolerance=BALANCED,
    ).check(connection)


def provincial_output_is_the_table(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """The provinces' gross output is that of their table, at the exchange rate it was linked with."""
    return Comparison(
        name="provincial_output_is_the_table",
        scope="marts.fct_mrio_output",
        left="""
            select produced.region as place, produced.output_musd as amount
            from marts.fct_mrio_output as produced
            inner join marts.dim_region as region
                on produced.region = region.code and region.kind = 'province'
        """,
        right="""
            select from_province as place, value_musd as amount
            from staging.stg_provincial_mrio
            where row_kind = 'sector' and column_code = 'GO'
        """,
        floor=FLOOR_MUSD,
        tolerance=BALANCED,
    ).check(connection)
