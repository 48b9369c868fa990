"""The bounds of edition open-2011: those of open-2007 but where the files of 2011 differ."""

from __future__ import annotations

from dataclasses import replace

from expectations.bounds import Range, RowBound, YearSet
from expectations.bounds_open_2007 import OPEN_2007

_COUNTED = "2026-11-21: counted in the publisher's file of 2011; 1 % for a re-issue."

_ROWS = (
    RowBound("global_table", 462_000, 471_300, _COUNTED),
    RowBound("base_global_table", 457_000, 467_000, "2026-11-21: the table of open-2007."),
)
_RANGES = (
    Range(
        "global_table",
        "world output",
        "value_musd",
        "block = 'output'",
        140.4e6,
        143.2e6,
        "2026-11-21: 141.8 trillion USD in WIOD 2011.",
    ),
    Range(
        "global_table",
        "exports of China",
        "value_musd",
        "from_region = $home and to_region <> $home",
        2.064e6,
        2.106e6,
        "2026-11-21: 2,085 billion USD in WIOD 2011.",
    ),
    Range(
        "sector_emission",
        "SO2 of China",
        "emission_t",
        "pollutant = 'SO2' and source_sector <> 'TOTAL'",
        28.2e6,
        28.8e6,
        "2026-11-21: 28.5 Mt in REAS v3.2 for 2011.",
    ),
    Range(
        "sector_emission",
        "NOx of China",
        "emission_t",
        "pollutant = 'NOx' and source_sector <> 'TOTAL'",
        29.6e6,
        30.2e6,
        "2026-11-21: 29.9 Mt in REAS v3.2 for 2011.",
    ),
)
_YEARS = (
    YearSet(
        "subsector_emission", frozenset((2010, 2015)), "2026-11-21: 2011 lies between the two."
    ),
    YearSet("population_total", frozenset((2011,)), "2026-11-21: the year of the edition."),
)
_REPLACED_ROWS = {bound.table for bound in _ROWS}
_REPLACED_RANGES = {(bound.table, bound.name) for bound in _RANGES}

OPEN_2011 = replace(
    OPEN_2007,
    edition="open-2011",
    rows=(*(each for each in OPEN_2007.rows if each.table not in _REPLACED_ROWS), *_ROWS),
    years=_YEARS,
    ranges=(
        *(each for each in OPEN_2007.ranges if (each.table, each.name) not in _REPLACED_RANGES),
        *_RANGES,
    ),
)
