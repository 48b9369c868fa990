"""The bounds of edition open-2017: those of open-2007 where the files are the same, its own elsewhere."""

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
from expectations.bounds_open_2007 import OPEN_2007
from warehouse.codes import PROVINCES, PROVINCES_WITH_TABLE
from warehouse.icio_industries import INDUSTRIES

_COUNTED = "2026-11-30: counted in the publisher's file; 1 % for a re-issue."
_FULL_GRID = "2026-11-30: at most every cell of the grid; fewer than that would be a lost block."
_SEVEN = frozenset(("BRA", "CHN", "EU", "IND", "JPN", "ROW", "USA"))
_SHARED_ROWS = ("population", "population_total", "subsector_emission")
_SHARED_CODES = {
    ("population", "province"),
    ("population_total", "province"),
    ("sector_emission", "province"),
    ("sector_emission", "pollutant"),
    ("emission_proxy", "province"),
    ("provincial_table", "row_code"),
}

OPEN_2017 = EditionBounds(
    edition="open-2017",
    rows=(
        *(bound for bound in OPEN_2007.rows if bound.table in _SHARED_ROWS),
        RowBound("global_table", 96_100, 98_100, _COUNTED),
        RowBound("demand_structure", 92_500, 94_500, _COUNTED),
        RowBound("provincial_table", 73_500, 75_100, _COUNTED),
        RowBound("export_total", 30, 31, "2026-11-30: 30 provinces; one more for Tibet."),
        RowBound(
            "sector_emission",
            1_519,
            1_519,
            "2026-11-30: 31 provinces x 7 pollutants x 7 sectors with TOTAL.",
        ),
        RowBound(
            "emission_proxy", 4_320, 4_320, "2026-11-30: 30 provinces x 48 sectors x 3 components."
        ),
    ),
    codes=(
        *(bound for bound in OPEN_2007.codes if (bound.table, bound.column) in _SHARED_CODES),
        CodeSet(
            "global_table", "from_region", _SEVEN, "2026-11-30: the seven regions.", of_bundled=True
        ),
        CodeSet(
            "global_table", "to_region", _SEVEN, "2026-11-30: the seven regions.", of_bundled=True
        ),
        CodeSet(
            "global_table",
            "from_sector",
            frozenset(INDUSTRIES),
            "2026-11-30: the 44 industries of the ICIO, 2021 edition.",
            of_bundled=True,
        ),
        CodeSet(
            "provincial_table", "province", PROVINCES, "2026-11-30: Tibet has a table of 2017."
        ),
        CodeSet(
            "export_total",
            "province",
            PROVINCES_WITH_TABLE,
            "2026-11-30: the panel has no Tibet.",
        ),
    ),
    years=(
        YearSet(
            "subsector_emission", frozenset((2015, 2020)), "2026-11-30: 2017 lies between the two."
        ),
        YearSet("population_total", frozenset((2017,)), "2026-11-30: the year of the edition."),
    ),
    parts=(
        *(bound for bound in OPEN_2007.parts if bound.table != "global_table"),
        PartsOfTotal(
            "global_table",
            ("from_region",),
            "value_musd",
            "block <> 'output'",
            "block = 'output'",
            1e-6,
            "2026-11-30: put together from shares of eight digits; the table closes by construction.",
        ),
    ),
    ranges=(
        Range(
            "global_table",
            "world output",
            "value_musd",
            "block = 'output'",
            152.6e6,
            155.7e6,
            "2026-11-30: 154.17 trillion USD in the ICIO of 2017.",
        ),
        Range(
            "global_table",
            "exports of China",
            "value_musd",
            "from_region = $home and to_region <> $home",
            2.192e6,
            2.237e6,
            "2026-11-30: 2,214 billion USD in the ICIO of 2017.",
        ),
        Range(
            "demand_structure",
            "final use of China",
            "value_musd",
            "to_region = $home",
            9.72e6,
            9.91e6,
            "2026-11-30: 9.816 trillion USD in WIOD 2014.",
        ),
        Range(
            "provincial_table",
            "output of the provinces",
            "value_10k_cny",
            "row_kind = 'sector' and column_code = 'GO'",
            2.438e10,
            2.488e10,
            "2026-11-30: 246.31 trillion yuan in the tables of 2017.",
        ),
        Range(
            "export_total",
            "goods exports",
            "value_million",
            "concept = 'goods_by_origin'",
            2.240e6,
            2.286e6,
            "2026-11-30: 2,263 billion USD, the official total of 2017.",
        ),
        Range(
            "sector_emission",
            "SO2 of China",
            "emission_t",
            "pollutant = 'SO2' and source_sector <> 'TOTAL'",
            18.2e6,
            18.6e6,
            "2026-11-30: 18.4 Mt in REAS v3.2 for 2015.",
        ),
        *(bound for bound in OPEN_2007.ranges if bound.table == "population"),
    ),
    groups=(
        GroupBound(
            "fct_mrio_output",
            "region",
            30,
            30,
            37,
            "2026-11-30: 31 provinces, six foreign regions, 30 sectors.",
        ),
        GroupBound("fct_mrio_flow", "block", 25_000, 864_900, 4, _FULL_GRID),
        GroupBound("fct_mrio_flow", "to_region", 15_000, 33_300, 37, _FULL_GRID),
        GroupBound("fct_mrio_final_demand", "block", 1_500, 144_150, 4, _FULL_GRID),
        GroupBound("fct_mrio_final_demand", "to_region", 1_000, 5_550, 37, _FULL_GRID),
        GroupBound(
            "fct_emission_inventory",
            "province",
            80,
            280,
            31,
            "2026-11-30: 8 pollutants in up to 33 sectors and emitters.",
        ),
        GroupBound(
            "fct_emission_intensity",
            "province",
            80,
            240,
            31,
            "2026-11-30: 8 pollutants in 10 to 30 sectors.",
        ),
        GroupBound(
            "fct_export_value",
            "province",
            120,
            180,
            31,
            "2026-11-30: 30 sectors to six regions.",
        ),
        GroupBound("fct_export_output", "exporter_province", 20_000, 36_270, 31, _FULL_GRID),
        GroupBound("fct_export_output", "consumer_region", 40_000, 172_980, 7, _FULL_GRID),
        GroupBound("fct_consumed_product_output", "consumer_region", 30_000, 83_700, 7, _FULL_GRID),
    ),
)
