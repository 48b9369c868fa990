"""The bounds of edition open-2007."""

from __future__ import annotations

from expectations.bounds import (
    CodeSet,
    EditionBounds,
    GroupBound,
    PartsOfTotal,
    Range,
    RowBound,
    YearSet,
)
from warehouse.codes import PROVINCES, PROVINCES_WITH_TABLE

_WIOD_REGIONS = """
    AUS AUT BEL BGR BRA CAN CHN CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HUN IDN IND IRL ITA JPN KOR
    LTU LUX LVA MEX MLT NLD POL PRT ROM ROW RUS SVK SVN SWE TUR TWN USA
"""
_REGIONS = frozenset(_WIOD_REGIONS.split())
_SECTORS = frozenset(f"c{number}" for number in range(1, 36))
_POLLUTANTS = frozenset(("SO2", "NOx", "CO", "NH3", "BC", "OC", "PM2.5"))

_BUNDLED = "2026-11-21: counted in the publisher's file of 2007; 1 % for a re-issue."
_FULL_GRID = "2026-11-21: at most every cell of the grid; fewer than that would be a lost block."

OPEN_2007 = EditionBounds(
    edition="open-2007",
    rows=(
        RowBound("global_table", 457_000, 467_000, _BUNDLED),
        RowBound("provincial_table", 67_750, 69_120, _BUNDLED),
        RowBound(
            "export_total",
            60,
            61,
            "2026-11-21: 30 provinces, 2 concepts; one more for a total of Tibet.",
        ),
        RowBound(
            "sector_emission",
            1_519,
            1_519,
            "2026-11-21: 31 provinces x 7 pollutants x 7 sectors with TOTAL.",
        ),
        RowBound("subsector_emission", 2_780, 2_840, _BUNDLED),
        RowBound(
            "emission_proxy", 4_320, 4_320, "2026-11-21: 30 provinces x 48 sectors x 3 components."
        ),
        RowBound(
            "population",
            2_950,
            3_030,
            "2026-11-21: 2,989 counties in the census of 2020; 1 % for a re-issue.",
        ),
        RowBound(
            "population_total",
            600,
            690,
            "2026-11-21: 30 provinces x 22 years (1998-2019); one year more or two less.",
        ),
    ),
    codes=(
        CodeSet(
            "global_table",
            "from_region",
            _REGIONS,
            "2026-11-21: the 41 regions of WIOD 2013.",
            of_bundled=True,
        ),
        CodeSet(
            "global_table",
            "to_region",
            _REGIONS,
            "2026-11-21: the 41 regions of WIOD 2013.",
            of_bundled=True,
        ),
        CodeSet(
            "global_table",
            "from_sector",
            _SECTORS,
            "2026-11-21: the 35 sectors of WIOD 2013.",
            of_bundled=True,
        ),
        CodeSet(
            "provincial_table",
            "province",
            PROVINCES_WITH_TABLE,
            "2026-11-21: no table of Tibet was published.",
        ),
        CodeSet(
            "provincial_table",
            "row_code",
            frozenset(f"{number:02}" for number in range(1, 43)),
            "2026-11-21: the 42 sectors of the tables of 2007.",
            where="row_kind = 'sector'",
        ),
        CodeSet(
            "export_total",
            "province",
            PROVINCES_WITH_TABLE,
            "2026-11-21: the provinces with a table.",
        ),
        CodeSet("sector_emission", "province", PROVINCES, "2026-11-21: Tibet is in the inventory."),
        CodeSet(
            "sector_emission",
            "pollutant",
            _POLLUTANTS,
            "2026-11-21: the seven pollutants that are used.",
        ),
        CodeSet(
            "emission_proxy",
            "province",
            PROVINCES_WITH_TABLE,
            "2026-11-21: CEADs has no Tibet in 2007.",
        ),
        CodeSet("population", "province", PROVINCES, "2026-11-21: the census counts all 31."),
        CodeSet(
            "population_total",
            "province",
            PROVINCES_WITH_TABLE,
            "2026-11-21: the panel has no Tibet.",
        ),
    ),
    years=(
        YearSet(
            "subsector_emission", frozenset((2005, 2010)), "2026-11-21: 2007 lies between the two."
        ),
        YearSet("population_total", frozenset((2007,)), "2026-11-21: the year of the edition."),
    ),
    parts=(
        PartsOfTotal(
            "sector_emission",
            ("province", "pollutant"),
            "emission_t",
            "source_sector <> 'TOTAL'",
            "source_sector = 'TOTAL'",
            1e-5,
            "2026-11-21: publishers print seven digits; the largest difference known is 5e-7 (2007).",
        ),
        PartsOfTotal(
            "subsector_emission",
            ("pollutant", "source_year"),
            "emission_t",
            "source_sector <> 'SUM'",
            "source_sector = 'SUM'",
            1e-5,
            "2026-11-21: GAINS prints kt to three decimals.",
        ),
        PartsOfTotal(
            "global_table",
            ("from_region",),
            "value_musd",
            "block <> 'output'",
            "block = 'output'",
            0.05,
            "2026-11-21: cells are rounded to million USD; Malta's miss by 3.9 %.",
        ),
        PartsOfTotal(
            "provincial_table",
            ("province",),
            "value_10k_cny",
            "row_kind = 'sector' and column_code = 'GO'",
            "row_code = 'TI' and column_kind = 'sector'",
            1e-6,
            "2026-11-21: output is input; the largest difference in 2007 is 1.1e-8.",
        ),
    ),
    ranges=(
        Range(
            "global_table",
            "world output",
            "value_musd",
            "block = 'output'",
            108.3e6,
            110.5e6,
            "2026-11-21: 109.4 trillion USD in WIOD 2007.",
        ),
        Range(
            "global_table",
            "exports of China",
            "value_musd",
            "from_region = $home and to_region <> $home",
            1.327e6,
            1.354e6,
            "2026-11-21: 1,340 billion USD in WIOD 2007.",
        ),
        Range(
            "provincial_table",
            "output of the provinces",
            "value_10k_cny",
            "row_kind = 'sector' and column_code = 'GO'",
            7.75e9,
            7.90e9,
            "2026-11-21: 78.3 trillion yuan in the tables of 2007.",
        ),
        Range(
            "export_total",
            "goods exports",
            "value_million",
            "concept = 'goods_by_origin'",
            1.205e6,
            1.230e6,
            "2026-11-21: 1,217 billion USD, the official total of 2007.",
        ),
        Range(
            "sector_emission",
            "SO2 of China",
            "emission_t",
            "pollutant = 'SO2' and source_sector <> 'TOTAL'",
            31.0e6,
            31.7e6,
            "2026-11-21: 31.3 Mt in REAS v3.2 for 2007.",
        ),
        Range(
            "sector_emission",
            "NOx of China",
            "emission_t",
            "pollutant = 'NOx' and source_sector <> 'TOTAL'",
            23.4e6,
            23.9e6,
            "2026-11-21: 23.6 Mt in REAS v3.2 for 2007.",
        ),
        Range(
            "population",
            "residents",
            "population_persons",
            "true",
            1.40e9,
            1.42e9,
            "2026-11-21: 1,410 million in the census of 2020.",
        ),
    ),
    groups=(
        GroupBound(
            "fct_mrio_output",
            "region",
            35,
            35,
            70,
            "2026-11-21: 30 provinces, 40 foreign regions, 35 sectors.",
        ),
        GroupBound("fct_mrio_flow", "block", 100_000, 1_960_000, 4, _FULL_GRID),
        GroupBound("fct_mrio_flow", "to_region", 1_300, 85_750, 70, _FULL_GRID),
        GroupBound("fct_mrio_final_demand", "block", 10_000, 280_000, 4, _FULL_GRID),
        GroupBound("fct_mrio_final_demand", "to_region", 200, 12_250, 70, _FULL_GRID),
        GroupBound(
            "fct_emission_inventory",
            "province",
            8,
            320,
            31,
            "2026-11-21: 8 pollutants in up to 40 sectors; Tibet has no table and one emitter.",
        ),
        GroupBound(
            "fct_emission_intensity",
            "province",
            80,
            280,
            30,
            "2026-11-21: 8 pollutants in 10 to 35 sectors.",
        ),
        GroupBound(
            "fct_export_value",
            "province",
            200,
            1_400,
            30,
            "2026-11-21: 35 sectors to 40 countries.",
        ),
        GroupBound("fct_export_output", "exporter_province", 10_000, 258_300, 30, _FULL_GRID),
        GroupBound("fct_export_output", "consumer_region", 10_000, 189_000, 41, _FULL_GRID),
        GroupBound(
            "fct_consumed_product_output", "consumer_region", 10_000, 110_250, 41, _FULL_GRID
        ),
    ),
)
