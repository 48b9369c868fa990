"""What provinces make, emit and count, read from raw roles in one long form, for peers to be compared.

A unit slip shows where an amount is held against people: no economy makes a hundred times per head what
the middle province makes. `amounts_of` reads any working file; `reference()` reads the bundled files
of 2007 in the same way, as the nation a level is held against.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from warehouse.database import literal, tables_of

_ROOT = Path(__file__).resolve().parent.parent
_BUNDLED = _ROOT / "warehouse" / "bundled" / "open_2007"
_SEEDS = _ROOT / "seeds"
REFERENCE_YEAR = 2007
_REFERENCE_ROLES = (
    "provincial_table",
    "sector_emission",
    "subsector_emission",
    "emission_proxy",
    "export_total",
    "global_table",
)

# Inventories name their sectors; these are the groups that several of them have.
_EMITTERS = {
    "power": ("PP", "power", "CMB"),
    "industry": ("IND", "industry", "INDPRC"),
    "transport": ("ROAD", "OTRA", "transportation", "transport"),
    "residential": ("RESI", "ODOM", "residential", "HUMAN", "LTRN"),
    "agriculture": ("MM", "FER", "agriculture"),
}

PEOPLE_COUNTED = ("people of the counties", "people of the cells")
"""Measures of residents, which are held against the bureau's panel."""

SCHEMA = {
    "role": pl.String,
    "measure": pl.String,
    "part": pl.String,
    "place": pl.String,
    "amount": pl.Float64,
}
"""Columns of amounts: role; measure, one unit each; part, `all` or a sector, pollutant, product;
place, a province, a region or `nation`; amount."""


def amounts_of(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The amounts of all roles of a working file that peers can be compared in (columns of SCHEMA)."""
    frames = [
        connection.sql(f"select {literal(role)} as role, * from ({sql})").pl()
        for role, sql in _queries(set(tables_of(connection, "raw")), _sectors_of(connection))
    ]
    return (
        pl.concat([frame.cast(SCHEMA) for frame in frames])
        if frames
        else pl.DataFrame(schema=SCHEMA)
    )


@cache
def reference() -> pl.DataFrame:
    """The amounts of the bundled files of open-2007."""
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        for role in _REFERENCE_ROLES:
            file = literal(str(_BUNDLED / f"{role}.parquet"))
            connection.execute(f"create table raw.{role} as from {file}")
        return amounts_of(connection)


@cache
def known_people() -> pl.DataFrame:
    """Residents by province and year: the bureau's panel of 1998 to 2019; Tibet by the census of 2020."""
    with duckdb.connect() as connection:
        people: pl.DataFrame = connection.sql(
            f"""
            with panel as (
                select province, source_year, population_persons as persons
                from {literal(str(_BUNDLED / "population_total.parquet"))}
            ),

            census as (
                select province, sum(population_persons) as persons
                from {literal(str(_BUNDLED / "population.parquet"))}
                group by province
            )

            from panel
            union all
            select province, 2020, persons
            from census
            where province not in (select province from panel)
            """
        ).pl()
        return people


def people_in(year: int) -> pl.DataFrame:
    """Residents of every province in the year of the panel that is nearest (columns province, persons)."""
    distance = (pl.col("source_year") - year).abs()
    return (
        known_people()
        .sort(distance, "source_year")
        .group_by("province", maintain_order=True)
        .first()
        .select("province", "persons")
    )


def vintage_of(connection: duckdb.DuckDBPyConnection, role: str) -> int | None:
    """The latest year that provenance has for a role; None where it has none."""
    if "provenance" not in tables_of(connection, "raw"):
        return None
    query = "select max(vintage_year) from raw.provenance where role = ?"
    ((year,),) = connection.execute(query, [role]).fetchall()
    return None if year is None else int(year)


def _sectors_of(connection: duckdb.DuckDBPyConnection) -> str:
    """The concordance of single provincial tables: the lists of 42 sectors changed after 2007 and after 2012."""
    year = vintage_of(connection, "provincial_table") or REFERENCE_YEAR
    if year < 2012:
        return "concordances/cn42_2007__wiod35"
    return "concordances/cn42_2012__icio30" if year < 2017 else "paper/cn42_2017__gtap65"


def _queries(roles: set[str], sectors: str) -> Iterator[tuple[str, str]]:
    """Role to SQL with measure, part, place and amount, of the roles that are there."""
    for role, sql in (
        (
            "provincial_table",
            _table("provincial_table", "province", sectors),
        ),
        ("provincial_mrio", _table("provincial_mrio", "from_province", "paper/cn42_2017__gtap65")),
        ("sector_emission", _EMISSION.format(groups=_groups())),
        ("subsector_emission", _SUBSECTOR),
        ("emission_proxy", _PROXY),
        ("export_total", _EXPORT_TOTAL),
        ("trade", _TRADE),
        ("sector_output", _PRODUCTS),
        ("ammonia", _AMMONIA),
        ("global_table", _WORLD),
        ("gtap_flow", _GTAP),
        ("population", _PEOPLE.format(role="population", measure=PEOPLE_COUNTED[0])),
        ("grid_cell", _PEOPLE.format(role="grid_cell", measure=PEOPLE_COUNTED[1])),
    ):
        if role in roles:
            yield role, sql
    if {"sector_output", "provincial_mrio"} <= roles:
        yield (
            "sector_output",
            _PRODUCTS_OF_SECTORS.format(
                products=literal(str(_SEEDS / "paper" / "yearbook_product.csv")),
                weights=literal(str(_SEEDS / "paper" / "cn42_2017__gtap65.csv")),
            ),
        )


def _table(role: str, province: str, concordance: str) -> str:
    """Output by group of sectors, value added and exports of provincial tables, 10,000 CNY."""
    user = "province" if role == "provincial_table" else "to_province"
    return f"""
        with sector_group as (
            select from_code, arg_max(sector_group, weight) as sector_group
            from (
                select links.from_code, sector.sector_group, sum(links.weight) as weight
                from read_csv({literal(str(_SEEDS / f"{concordance}.csv"))}, all_varchar = true) as given
                cross join lateral (
                    select given.from_code, given.to_code, cast(given.weight as double) as weight
                ) as links
                inner join read_csv({literal(str(_SEEDS / "codes" / "sector.csv"))}, all_varchar = true)
                    as sector
                    on links.to_code = sector.code
                group by all
            )
            group by from_code
        ),

        made as (
            select
                {province} as place,
                coalesce(sector_group, 'other') as sector_group,
                sum(value_10k_cny) as amount
            from raw.{role} as cell
            left join sector_group on cell.row_code = sector_group.from_code
            where row_kind = 'sector' and column_code = 'GO'
            group by all
        )

        select 'output' as measure, 'all' as part, place, sum(amount) as amount from made group by place
        union all
        select 'output by sector group', sector_group, place, amount from made
        union all
        select 'value added', 'all', {user}, sum(value_10k_cny)
        from raw.{role}
        where row_kind = 'value_added' and column_kind = 'sector' and row_code <> 'TVA'
        group by {user}
        union all
        select 'trade of the table', 'export', {province}, sum(value_10k_cny)
        from raw.{role}
        where row_kind = 'sector' and column_code = 'EX'
        group by {province}
        union all
        select 'trade of the table', 'import', {user}, sum(value_10k_cny)
        from raw.{role}
        where row_code = 'IM' and column_kind in ('sector', 'final_demand')
        group by {user}
    """


def _groups() -> str:
    return ", ".join(
        f"({literal(source)}, {literal(group)})"
        for group, sources in _EMITTERS.items()
        for source in sources
    )


_EMISSION = """
    with emitted as (
        select province as place, source_sector, pollutant, emission_t as amount
        from raw.sector_emission
        where source_sector <> 'TOTAL'
    )

    select 'emission' as measure, pollutant as part, place, sum(amount) as amount
    from emitted
    group by all
    union all
    -- Sectors of a finer list may lie in a few provinces alone: they are held against others as groups, or not.
    select 'emission by source sector', source_sector || ' ' || pollutant, place, amount
    from emitted
    inner join (values {groups}) as known (source_sector, emitter) using (source_sector)
    union all
    select 'emission by group', emitter || ' ' || pollutant, place, sum(amount)
    from emitted
    inner join (values {groups}) as known (source_sector, emitter) using (source_sector)
    group by all
"""
_SUBSECTOR = """
    select
        'national emission by year' as measure,
        pollutant || ' ' || source_year as part,
        'nation' as place,
        sum(emission_t) as amount
    from raw.subsector_emission
    where source_sector <> 'SUM'
    group by all
    union all
    select
        'national emission by group and year',
        concat_ws(
            ' ',
            case
                when source_sector like 'Power%' then 'power'
                when source_sector like '%Residential%' then 'residential'
                when source_sector like '%Transport%' then 'transport'
                when source_sector like '%Industry%' or source_sector = upper(source_sector)
                    then 'industry'
                else 'other'
            end,
            pollutant,
            source_year
        ),
        'nation',
        sum(emission_t)
    from raw.subsector_emission
    where source_sector <> 'SUM'
    group by all
    union all
    select 'national emission by sector', concat_ws(' ', pollutant, source_year), source_sector, emission_t
    from raw.subsector_emission
    where source_sector <> 'SUM'
"""
_PROXY = """
    select 'carbon dioxide' as measure, 'all' as part, province as place, sum(value_mt_co2) as amount
    from raw.emission_proxy
    where component = 'scope1_total' and source_sector <> 'Total Consumption'
    group by province
    union all
    select 'carbon dioxide by component', component, province, sum(value_mt_co2)
    from raw.emission_proxy
    where source_sector <> 'Total Consumption'
    group by component, province
"""
_EXPORT_TOTAL = """
    select 'exports' as measure, concat_ws(' ', concept, currency) as part, province as place,
        value_million as amount
    from raw.export_total
"""
# A dollar has been 6.1 to 8.3 yuan since 1994; 7 serves limits of a factor of ten.
_TRADE = """
    select 'trade' as measure, flow as part, province as place,
        sum(value_million * 100 * case when currency = 'USD' then 7 else 1 end) as amount
    from raw.trade
    group by all
"""
_PRODUCTS = """
    select 'products' as measure, concat_ws(' ', product_code, measure) as part, province as place,
        value as amount
    from raw.sector_output
    where measure <> 'price_cny_t'
    union all
    select 'prices', product_code, province, value
    from raw.sector_output
    where measure = 'price_cny_t'
"""
# What a yearbook prints over what the table's sector would have at the nation's weights.
_PRODUCTS_OF_SECTORS = """
    with product as (
        select distinct product_code, from_code, to_code
        from read_csv({products}, all_varchar = true)
    ),

    weight as (
        select from_code, to_code, cast(weight as double) as weight
        from read_csv({weights}, all_varchar = true)
    ),

    made as (
        select from_province as province, row_code as from_code, sum(value_10k_cny) as output
        from raw.provincial_mrio
        where row_kind = 'sector' and column_code = 'GO'
        group by all
    )

    select 'products of their sector' as measure, product_code as part, province as place,
        value / (output * weight) as amount
    from raw.sector_output
    inner join product using (product_code)
    inner join weight using (from_code, to_code)
    inner join made using (province, from_code)
    where measure = 'output_value_10k_cny' and output > 0 and weight > 0
"""
_AMMONIA = """
    select 'ammonia' as measure, 'all' as part, province as place, sum(emission_t) as amount
    from raw.ammonia
    group by province
    union all
    select 'ammonia by category', product_category, province, emission_t
    from raw.ammonia
"""
_WORLD = """
    select 'output of regions' as measure, 'all' as part, from_region as place,
        sum(value_musd) as amount
    from raw.global_table
    where block <> 'output'
    group by from_region
"""
_GTAP = """
    select 'output of regions' as measure, 'all' as part, from_region as place,
        sum(value_musd) as amount
    from raw.gtap_flow
    where header = 'MAKB'
    group by from_region
"""
_PEOPLE = """
    select '{measure}' as measure, 'all' as part, province as place,
        sum(population_persons) as amount
    from raw.{role}
    group by province
"""
