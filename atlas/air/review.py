"""The review of a period, as CREA writes one each quarter, read from the published marts."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from warehouse.database import fetch

# Every query has the parameters edition, year and period; its columns are the table's.
_OF_PERIOD = "edition = $edition and year = $year and period = $period and pollutant = 'PM2.5'"

NATION = f"""
select
    place_name as place, mean_ug_m3 as "PM2.5 (ug/m3)", 100 * change_share as "change (%)",
    national_standard_ratio as "times the standard", who_guideline_ratio as "times the WHO guideline",
    100 * heavy_day_share as "heavily polluted days (%)",
    100 * heavy_day_share_change as "change (points)",
    is_on_track_to_none as "on track to none",
    100 * completeness_share as "complete (%)"
from fct_air_quality
where {_OF_PERIOD} and place_kind in ('nation', 'key_region', 'larger_region') and mean_ug_m3 is not null
order by place_kind = 'nation' desc, place_kind, mean_ug_m3 desc
"""

PROVINCES = f"""
select
    rank() over (order by mean_ug_m3 desc) as rank, place_name as province,
    mean_ug_m3 as "PM2.5 (ug/m3)", 100 * change_share as "change (%)",
    weather_part_pp as "of weather", emission_part_pp as "of emissions",
    100 * heavy_day_share as "heavily polluted days (%)",
    is_on_track_to_none as "on track to none",
    100 * completeness_share as "complete (%)"
from fct_air_quality as air
left join (
    select place_kind, place, weather_part_pp, emission_part_pp
    from fct_weather_adjusted_change
    where edition = $edition and year = $year and period = $period and method = 'counterfactual'
) as split using (place_kind, place)
where {_OF_PERIOD} and place_kind = 'province' and mean_ug_m3 is not null
order by mean_ug_m3 desc
"""

ROSE_OUTSIDE = f"""
select
    place_name as province, mean_ug_m3 as "PM2.5 (ug/m3)", 100 * change_share as "change (%)"
from fct_air_quality
where
    {_OF_PERIOD} and place_kind = 'province' and change_share > 0
    and not is_key_control
order by change_share desc
"""

DRIVEN = """
select
    place_name as place, observed_change_pp as "change (%)", weather_part_pp as "of weather",
    emission_part_pp as "of emissions",
    printf('%.1f to %.1f', emission_low_pp, emission_high_pp) as "interval",
    is_emission_clear as "beyond doubt", skill_r2 as "skill (R2)",
    case when is_skilled then '' else 'too little skill' end as remark
from fct_weather_adjusted_change
where
    edition = $edition and year = $year and period = $period and method = 'counterfactual'
    and observed_change_pp > 0 and emission_part_pp > greatest(weather_part_pp, 0)
order by emission_part_pp desc
"""

HIDDEN = """
select
    place_name as place, observed_change_pp as "change (%)", weather_part_pp as "of weather",
    emission_part_pp as "of emissions",
    printf('%.1f to %.1f', emission_low_pp, emission_high_pp) as "interval",
    is_emission_clear as "beyond doubt", skill_r2 as "skill (R2)"
from fct_weather_adjusted_change
where
    edition = $edition and year = $year and period = $period and method = 'counterfactual'
    and observed_change_pp <= 0 and emission_part_pp > 0
order by emission_part_pp desc
"""

INDUSTRY = """
select
    place_name as place, product, 100 * change_share as "change (%)", change_pp as "change (points)",
    province_count as provinces
from fct_industrial_output
where
    edition = $edition and year = $year and period = $period
    and place_kind in ('economic_zone', 'control', 'nation')
order by place_kind, place, product
"""

PUBLISHED = """
select statement, source, theirs, ours, unit
from fct_published_air_figure
where edition = $edition and year = $year and period = $period
order by figure_id
"""

GAPS = """
select reason, count(*) as places, min(place) as "first of them"
from fct_weather_adjustment_gap
where edition = $edition and year = $year and period in ($period, 'all')
group by reason order by places desc
"""

SPLIT = """
select
    place_kind as kind, place_name as place, observed_change_pp as "change (%)",
    weather_part_pp as "of weather",
    printf('%.1f to %.1f', weather_low_pp, weather_high_pp) as "interval of weather",
    emission_part_pp as "of emissions",
    printf('%.1f to %.1f', emission_low_pp, emission_high_pp) as "interval of emissions",
    skill_r2 as "skill (R2)",
    case
        when not is_skilled then 'too little skill' when is_emission_clear then 'beyond doubt' else ''
    end as remark
from fct_weather_adjusted_change
where edition = $edition and year = $year and period = $period and method = 'counterfactual'
order by emission_part_pp desc
"""

COMPLETENESS = f"""
select
    place_kind as kind, place_name as place, member_count as "members with enough days",
    expected_member_count as "members expected", 100 * completeness_share as "complete (%)",
    100 * interpolated_share as "interpolated (%)", is_complete as "compared",
    aqi_basis as "index of"
from fct_air_quality
where {_OF_PERIOD} and place_kind in ('nation', 'key_region', 'larger_region', 'province')
order by place_kind, completeness_share, place
"""

ISSUES = """
select issue, sum(issue_count) as "days or hours", count(distinct place) as places
from fct_air_data_issue
where edition = $edition and year = $year
group by issue order by issue
"""


@dataclass(frozen=True)
class Section:
    """One table of the review.

    empty: what to say when it has no rows (nothing: leave it out).  note: how to read it, on the page.
    """

    title: str
    query: str
    empty: str = ""
    note: str = ""


_REGIONS = Section("Nation and regions", NATION)
_PROVINCES = Section("Provinces, the most polluted first", PROVINCES)
_ROSE_OUTSIDE = Section(
    "PM2.5 rose outside the key control regions",
    ROSE_OUTSIDE,
    "No province outside the key control regions had a rise.",
)
_DRIVEN = Section(
    "Rises that emissions drove, not the weather",
    DRIVEN,
    "No rise was driven by emissions more than by the weather, as far as it could be split.",
)
_HIDDEN = Section("Falls behind which emissions pushed upwards", HIDDEN)
_INDUSTRY = Section(
    "Heavy industry against a year before",
    INDUSTRY,
    "No table of output was landed.",
    "Change of the provinces that have both years. Shares of power change in percentage points.",
)
_PUBLISHED = Section("Beside published figures", PUBLISHED)
_GAPS = Section("Not split into weather and emissions", GAPS)
_ISSUES = Section("Left out, filled or doubted in the observations (whole record)", ISSUES)

SECTIONS = (
    _REGIONS,
    _PROVINCES,
    _ROSE_OUTSIDE,
    _DRIVEN,
    _HIDDEN,
    _INDUSTRY,
    _PUBLISHED,
    _GAPS,
    _ISSUES,
)
"""The review on the terminal."""

PAGE_SECTIONS = (
    _REGIONS,
    _PROVINCES,
    _ROSE_OUTSIDE,
    _DRIVEN,
    _HIDDEN,
    Section("The split of every place", SPLIT, "", "Percentage points of the earlier mean."),
    _GAPS,
    _INDUSTRY,
    _PUBLISHED,
    Section(
        "How complete the data are",
        COMPLETENESS,
        "",
        "A place is compared with the year before only when enough of its days were observed in both.",
    ),
    _ISSUES,
)
"""The review as a page: the same, the whole split, and completeness."""


def rows_of(
    connection: duckdb.DuckDBPyConnection, section: Section, edition: str, year: int, period: str
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Columns and rows of a section."""
    parameters = {
        name: value
        for name, value in (("edition", edition), ("year", year), ("period", period))
        if f"${name}" in section.query
    }
    cursor = connection.execute(section.query, parameters)
    return tuple(str(column[0]) for column in cursor.description or ()), cursor.fetchall()


def sources_of(connection: duckdb.DuckDBPyConnection, edition: str, year: int) -> str:
    """What the figures are of, in a line: a reanalysis is not a network of stations."""
    query = """
        select distinct title from fct_provenance
        where edition = ? and year = ? and role = 'observation'
    """
    titles = "; ".join(str(title) for (title,) in fetch(connection, query, [edition, year]))
    kinds = fetch(
        connection,
        "select distinct aggregation from fct_air_quality where edition = ? and year = ?"
        " and place_kind = 'nation' and period_kind = 'year'",
        [edition, year],
    )
    return f"From: {titles}. The nation is the {', '.join(str(kind) for (kind,) in kinds)}."
