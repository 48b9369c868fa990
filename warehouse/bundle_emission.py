"""What is bundled for the emissions of 2012 and 2017, beside what editions of these years share with 2007."""

from __future__ import annotations

import polars as pl

from warehouse.bundle_part import REAS_ARCHIVE, Part

_ACCESSED = "2026-11-30"

EMISSION_2017: tuple[Part, ...] = (
    Part(
        "sector_emission",
        "reas",
        (REAS_ARCHIVE,),
        2015,
        _ACCESSED,
        note="Provincial totals by sector for 2015, the last year, and seven species alone.",
        read_year=2015,
    ),
    Part(
        "national_emission",
        "meic_national",
        ("air/emissions_ceds_inputs/Fig3_MEIC_detail_Zheng_etal_2018.xlsx",),
        2017,
        _ACCESSED,
        note="National totals by sector, seven species, 2010-2017.",
    ),
    Part(
        "emission_proxy",
        "ceads_co2",
        ("economy/ceads_co2_provincial/Emission_Inventories_for_30_Provinces_2017.xlsx",),
        2017,
        _ACCESSED,
        keep=pl.col("component").is_in(["raw_coal", "process", "scope1_total"]),
        note="Raw coal, process and scope 1 total alone, as a proxy for shares.",
    ),
    Part(
        "alternative_emission",
        "ceds_province",
        ("air/ceds_provincial_2000_2022/ceds_provincial_chn_2000_2022_kt.csv.gz",),
        2017,
        _ACCESSED,
        note="Provincial totals by sector for 2017 and six species alone.",
    ),
)
EMISSION_2012: tuple[Part, ...] = (
    Part(
        "sector_emission",
        "reas",
        (REAS_ARCHIVE,),
        2012,
        _ACCESSED,
        note="Provincial totals by sector for 2012 and seven species alone.",
    ),
    Part(
        "emission_proxy",
        "ceads_co2",
        ("economy/ceads_co2_provincial/Emission_Inventories_for_30_Provinces_2012.xlsx",),
        2012,
        _ACCESSED,
        keep=pl.col("component").is_in(["raw_coal", "process", "scope1_total"]),
        note="Raw coal, process and scope 1 total alone, as a proxy for shares.",
    ),
    Part(
        "alternative_emission",
        "ceds_province",
        ("air/ceds_provincial_2000_2022/ceds_provincial_chn_2000_2022_kt.csv.gz",),
        2012,
        _ACCESSED,
        note="Provincial totals by sector for 2012 and six species alone.",
    ),
)
