"""The contract of every raw role: its columns, key, units and rules.

This is the one place that says what a raw table is; docs/architecture.md ("Raw roles") explains it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from warehouse import contract_rules as rules
from warehouse.air_contracts import AIR_CONTRACTS
from warehouse.atmosphere_contracts import ATMOSPHERE_CONTRACTS
from warehouse.codes import PROVINCES
from warehouse.contract_check import NUMBER, TEXT, WHOLE, Column, Contract, validate
from warehouse.health_contracts import HEALTH_CONTRACTS
from warehouse.paper_contracts import PAPER_CONTRACTS
from warehouse.price_contract import PRICE_CONTRACTS

__all__ = ["CONTRACTS", "Column", "Contract", "validate"]


def _province(description: str = "Province, ISO 3166-2") -> Column:
    return Column("province", TEXT, description, allowed=PROVINCES)


def _code(name: str, description: str, *allowed: str, pattern: str | None = None) -> Column:
    return Column(
        name, TEXT, description, allowed=frozenset(allowed) if allowed else None, pattern=pattern
    )


def _measure(
    name: str,
    description: str,
    unit: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Column:
    return Column(name, NUMBER, description, unit, minimum=minimum, maximum=maximum)


# No province of any year comes near: a figure beyond is damaged, or in another unit. Exports of Guangdong in
# 2023: 5.4 million million yuan; carbon monoxide of Hebei: 2e7 t.
HIGHEST_EXPORT_MILLION = 1e8
HIGHEST_EMISSION_T = 1e9
HIGHEST_FLOW_MUSD = 1e8  # final use of the whole world in 2017: 8e7


_YEAR = Column("source_year", WHOLE, "Year the figure describes", minimum=1900, maximum=2100)

_GLOBAL_TABLE = Contract(
    name="global_table",
    grain="one row per producing region and sector, using region and use",
    columns=(
        _code("from_region", "Producing region, as the global table codes it"),
        _code("from_sector", "Producing sector, as the global table codes it"),
        _code("to_region", "Using region; the producing region itself in block output"),
        _code("to_code", "Using sector, final demand category, or `output`"),
        _code("block", "Part of the table", *rules.GLOBAL_BLOCKS),
        _measure("value_musd", "Flow at the source's own valuation", "million USD"),
    ),
    key=("from_region", "from_sector", "to_region", "to_code", "block"),
    rules=(
        rules.global_blocks,
        rules.global_codes,
        rules.global_regions,
        rules.global_output_not_negative,
        rules.global_rows_sum_to_output,
        rules.never_zero_throughout("value_musd", "from_region", "block"),
    ),
)

_CONTRACTS = (
    _GLOBAL_TABLE,
    # The year of the provincial tables, where the edition scales them to its own.
    replace(_GLOBAL_TABLE, name="base_global_table"),
    Contract(
        name="demand_structure",
        grain="one row per producing region and sector, using region and final demand category",
        columns=(
            _code("from_region", "Producing region, as the source codes it"),
            _code("from_sector", "Producing sector, as the source codes it"),
            _code("to_region", "Using region, as the source codes it"),
            _code("demand_category", "Category of final demand", *rules.DEMAND_CATEGORIES),
            _measure(
                "value_musd",
                "Final use at the source's own valuation",
                "million USD",
                minimum=-HIGHEST_FLOW_MUSD,
                maximum=HIGHEST_FLOW_MUSD,
            ),
        ),
        key=("from_region", "from_sector", "to_region", "demand_category"),
    ),
    Contract(
        name="consumer_output",
        grain="one row per consuming country, producing sector, demand category and use of the export",
        columns=(
            _code(
                "consumer_country",
                "Country whose final demand calls for it, as the source codes it",
            ),
            _code("producer_sector", "Chinese producing sector, as the source codes it"),
            _code(
                "demand_category", "Category of final demand", "household", "government", "capital"
            ),
            _code("product_use", "Use of the exported product abroad", "final", "intermediate"),
            _measure(
                "output_musd",
                "China's output that serves it",
                "million USD",
                minimum=-HIGHEST_FLOW_MUSD,
                maximum=HIGHEST_FLOW_MUSD,
            ),
        ),
        key=("consumer_country", "producer_sector", "demand_category", "product_use"),
    ),
    Contract(
        name="provincial_table",
        grain="one row per origin, province, row code and column code",
        columns=(
            _code("origin", "`ALL`, or the producing province", "ALL", *PROVINCES),
            _province("Province whose table it is; the using province when origin is given"),
            _code("row_code", "Sector, value added item or total"),
            _code("row_kind", "Kind of the row", *rules.PROVINCIAL_ROWS),
            _code("column_code", "Sector, use or total"),
            _code("column_kind", "Kind of the column", *rules.PROVINCIAL_COLUMNS),
            _measure("value_10k_cny", "Value at producers' prices", "10,000 CNY"),
        ),
        key=("origin", "province", "row_code", "column_code"),
        rules=(
            rules.provincial_codes,
            rules.provincial_output_not_negative,
            rules.provincial_totals,
            rules.never_zero_throughout("value_10k_cny", "province"),
        ),
    ),
    Contract(
        name="export_total",
        grain="one row per province and concept of export",
        columns=(
            _province(),
            _code("concept", "What is counted", "goods_by_origin", "goods_and_services"),
            _code("currency", "Currency of the value", "USD", "CNY"),
            _measure(
                "value_million",
                "Exports of the year",
                "million of the currency",
                minimum=0,
                maximum=HIGHEST_EXPORT_MILLION,
            ),
        ),
        key=("province", "concept"),
        rules=(rules.never_zero_throughout("value_million", "province", "concept"),),
        adds_up=True,
    ),
    Contract(
        name="sector_emission",
        grain="one row per province, source sector and pollutant",
        columns=(
            _province(),
            _code("source_sector", "Sector as published, or `TOTAL`"),
            _code("pollutant", "Pollutant", "SO2", "NOx", "CO", "NH3", "BC", "OC", "PM2.5"),
            _measure(
                "emission_t",
                "Emission of the year (NOx as NO2, OC as C)",
                "t",
                minimum=0,
                maximum=HIGHEST_EMISSION_T,
            ),
        ),
        key=("province", "source_sector", "pollutant"),
        rules=(
            rules.emission_totals,
            rules.never_zero_throughout("emission_t", "pollutant"),
        ),
    ),
    # A list of sectors of the user's own: where each of the inventory's sectors goes.
    Contract(
        name="emission_concordance",
        grain="one row per source sector of the inventory and sector that it goes to",
        columns=(
            _code("source_sector", "Sector as the inventory names it"),
            _code("to_code", "Sector of the edition, or a code of the seed outside_source"),
            _measure(
                "weight", "Part of the source sector; parts sum to one", "1", minimum=0, maximum=1
            ),
        ),
        key=("source_sector", "to_code"),
        rules=(rules.weights_sum_to_one,),
    ),
    # The nation by sector and year: what an inventory of an older year is brought to.
    Contract(
        name="national_emission",
        grain="one row per source sector, pollutant and year",
        columns=(
            _code("source_sector", "Sector as published"),
            _code("pollutant", "Pollutant", "SO2", "NOx", "CO", "NH3", "BC", "OC", "PM2.5"),
            _YEAR,
            _measure(
                "emission_t",
                "Emission of the nation (NOx as NO2, OC as C)",
                "t",
                minimum=0,
                maximum=HIGHEST_EMISSION_T,
            ),
        ),
        key=("source_sector", "pollutant", "source_year"),
        rules=(rules.never_zero_throughout("emission_t", "pollutant", "source_year"),),
    ),
    # A second inventory by province: only the provinces' shares of it are used (a sensitivity).
    Contract(
        name="alternative_emission",
        grain="one row per province, source sector and pollutant",
        columns=(
            _province(),
            _code("source_sector", "Sector as published"),
            _code("pollutant", "Pollutant", "SO2", "NOx", "CO", "NH3", "BC", "OC", "PM2.5"),
            _measure(
                "emission_t",
                "Emission of the year (NOx as NO2, OC as C)",
                "t",
                minimum=0,
                maximum=HIGHEST_EMISSION_T,
            ),
        ),
        key=("province", "source_sector", "pollutant"),
        rules=(rules.never_zero_throughout("emission_t", "pollutant"),),
    ),
    Contract(
        name="subsector_emission",
        grain="one row per region, source sector, pollutant and year",
        columns=(
            _code("region", "Region as published"),
            _code("source_sector", "Sector as published, or `SUM`"),
            _code("pollutant", "Pollutant", "SO2", "NOx", "CO", "NH3", "BC", "OC", "PM2.5"),
            _YEAR,
            _measure("emission_t", "Emission of the year", "t", minimum=0),
        ),
        key=("region", "source_sector", "pollutant", "source_year"),
        rules=(rules.subsector_totals,),
    ),
    Contract(
        name="emission_proxy",
        grain="one row per province, source sector and component",
        columns=(
            _province(),
            _code("source_sector", "Sector as published, or `Total Consumption`"),
            _code("component", "Fuel, `process` or `scope1_total`", pattern="^[a-z][a-z0-9_]*$"),
            _measure("value_mt_co2", "Carbon dioxide of the year", "million t CO2", minimum=0),
        ),
        key=("province", "source_sector", "component"),
        rules=(rules.proxy_totals, rules.never_zero_throughout("value_mt_co2", "province")),
    ),
    Contract(
        name="population",
        grain="one row per county",
        columns=(
            _code("place_code", "County, six digits of GB/T 2260", pattern="^[0-9]{6}$"),
            _province(),
            Column("longitude", NUMBER, "Centroid", "degrees east", minimum=-180, maximum=180),
            Column("latitude", NUMBER, "Centroid", "degrees north", minimum=-90, maximum=90),
            _measure("population_persons", "Residents at the census", "persons", minimum=0),
        ),
        key=("place_code",),
        rules=(rules.never_zero_throughout("population_persons", "province"),),
    ),
    Contract(
        name="population_total",
        grain="one row per province and year",
        columns=(
            _province(),
            _YEAR,
            _measure(
                "population_persons", "Residents at the end of the year", "persons", minimum=1
            ),
        ),
        key=("province", "source_year"),
    ),
    *AIR_CONTRACTS,
)

CONTRACTS: Mapping[str, Contract] = MappingProxyType(
    {
        item.name: item
        for item in (
            *_CONTRACTS,
            *ATMOSPHERE_CONTRACTS,
            *HEALTH_CONTRACTS,
            *PRICE_CONTRACTS,
            *PAPER_CONTRACTS.values(),
        )
    }
)
"""Role to contract."""
