"""The bounds of edition open-2012: those of open-2017 but where the files of 2012 differ."""

from __future__ import annotations

from dataclasses import replace

from expectations.bounds import Range, RowBound, YearSet
from expectations.bounds_open_2017 import OPEN_2017

_ROWS = (
    RowBound(
        "provincial_table",
        72_700,
        74_200,
        "2026-11-30: counted in the publisher's file; 1 % for a re-issue.",
    ),
)
_RANGES = (
    Range(
        "global_table",
        "world output",
        "value_musd",
        "block = 'output'",
        142.4e6,
        145.3e6,
        "2026-11-30: 143.86 trillion USD; the partners are derived from 2017.",
    ),
    Range(
        "global_table",
        "output of China",
        "value_musd",
        "from_region = $home and block = 'output'",
        23.03e6,
        23.05e6,
        "2026-11-30: 23.04 trillion USD in OECD's national table of 2012.",
    ),
    Range(
        "global_table",
        "exports of China",
        "value_musd",
        "from_region = $home and to_region <> $home",
        1.899e6,
        1.938e6,
        "2026-11-30: 1,918 billion USD in OECD's national table of 2012.",
    ),
    Range(
        "provincial_table",
        "output of the provinces",
        "value_10k_cny",
        "row_kind = 'sector' and column_code = 'GO'",
        1.692e10,
        1.727e10,
        "2026-11-30: 170.92 trillion yuan in the tables of 2012.",
    ),
    Range(
        "export_total",
        "goods exports",
        "value_million",
        "concept = 'goods_by_origin'",
        2.027e6,
        2.069e6,
        "2026-11-30: 2,047 billion USD in the panel, 30 provinces.",
    ),
    Range(
        "sector_emission",
        "SO2 of China",
        "emission_t",
        "pollutant = 'SO2' and source_sector <> 'TOTAL'",
        26.8e6,
        27.3e6,
        "2026-11-30: 27.05 Mt in REAS v3.2 for 2012.",
    ),
)
_REPLACED_ROWS = {bound.table for bound in _ROWS}
_REPLACED_RANGES = {(bound.table, bound.name) for bound in _RANGES}

OPEN_2012 = replace(
    OPEN_2017,
    edition="open-2012",
    rows=(*(each for each in OPEN_2017.rows if each.table not in _REPLACED_ROWS), *_ROWS),
    years=(
        YearSet(
            "subsector_emission", frozenset((2010, 2015)), "2026-11-30: 2012 lies between the two."
        ),
        YearSet("population_total", frozenset((2012,)), "2026-11-30: the year of the edition."),
    ),
    ranges=(
        *(each for each in OPEN_2017.ranges if (each.table, each.name) not in _REPLACED_RANGES),
        *_RANGES,
    ),
)
