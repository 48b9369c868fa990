"""The review of a period, as CREA writes one each quarter, read from the published marts."""

from __future__ import annotations

import duckdb

from atlas.air.section import ALL_CITIES, ALL_PROVINCES, FEWEST_SHARE, Section
from warehouse.database import fetch

# Every query has the parameters edition, year and period, and may ask for the period a year before: before,
# before_start, before_end. Its columns are the table's.
_OF_PERIOD = "edition = $edition and year = $year and period = $period and pollutant = 'PM2.5'"
# Computed and published changes stand in one column, with what each is beside it; a ranking never uses it.
_CHANGE = """100 * coalesce(change_share, official_change_share) as "change (%)",
    change_basis as "change is\""""
_MEMBERS = """printf('%d of %d', member_count, expected_member_count) as "of\""""

NATION = f"""
select
    place_name as place, mean_over as "mean over", {_MEMBERS}, mean_ug_m3 as "PM2.5 (ug/m3)",
    mean_without_dust_ug_m3 as "without dust", official_mean_ug_m3 as "official", {_CHANGE},
    national_standard_ratio as "times the standard", who_guideline_ratio as "times the WHO guideline",
    100 * heavy_day_share as "heavily polluted days (%)", 100 * official_heavy_day_share as "official (%)",
    100 * coalesce(heavy_day_share_change, official_heavy_day_share_change) as "change (points)",
    100 * completeness_share as "complete (%)"
from fct_air_quality
where
    {_OF_PERIOD} and place_kind in ('nation', 'key_region', 'larger_region')
    and (mean_ug_m3 is not null or member_count > 0)
order by place_kind = 'nation' desc, place_kind, mean_ug_m3 desc nulls last
"""

PROVINCES = f"""
select
    case
        when mean_ug_m3 is not null
            and count(mean_ug_m3) over (partition by mean_over) >= {FEWEST_SHARE} * {ALL_PROVINCES}
            then rank() over (partition by mean_over order by mean_ug_m3 desc nulls last)
    end as rank,
    place_name as province, mean_ug_m3 as "PM2.5 (ug/m3)", {_MEMBERS}, mean_without_dust_ug_m3 as "without dust",
    prefecture_mean_ug_m3 as "prefectures alone", {_CHANGE},
    case when emission_part_pp is not null
        then printf('%.1f (%.1f to %.1f)', emission_part_pp, emission_low_pp, emission_high_pp)
    end as "of emissions",
    100 * heavy_day_share as "heavily polluted days (%)", is_on_track_to_none as "on track to none",
    mean_over as "mean over", 100 * completeness_share as "complete (%)"
from fct_air_quality as air
left join (
    select place_kind, place, emission_part_pp, emission_low_pp, emission_high_pp
    from fct_weather_adjusted_change
    where edition = $edition and year = $year and period = $period and method = 'counterfactual'
) as split using (place_kind, place)
where {_OF_PERIOD} and place_kind = 'province' and (mean_ug_m3 is not null or member_count > 0)
order by mean_over, mean_ug_m3 desc nulls last
"""

PERIODS = """
select
    place_name as place, period, mean_ug_m3 as "PM2.5 (ug/m3)", mean_without_dust_ug_m3 as "without dust",
    official_mean_ug_m3 as "official",
    mean_without_dust_ug_m3 - official_mean_ug_m3 as "without dust less official",
    100 * heavy_day_share as "heavily polluted days (%)", 100 * official_heavy_day_share as "official (%)"
from fct_air_quality
where
    edition = $edition and year = $year and pollutant = 'PM2.5' and mean_ug_m3 is not null
    and place_kind in ('nation', 'key_region') and period_kind in ('month', 'quarter', 'half')
    and substring(period, 1, 4) = substring($period, 1, 4)
order by place_kind = 'nation' desc, place,
    case period_kind when 'month' then 1 when 'quarter' then 2 else 3 end, period_start
"""

CITIES = f"""
with ranked as (
    select
        rank() over (order by mean_ug_m3 desc) as rank, rank() over (order by mean_ug_m3) as from_below,
        count(*) over () as counted, place_name as city, mean_ug_m3, mean_without_dust_ug_m3, heavy_day_share,
        change_share, completeness_share
    from fct_air_quality
    where {_OF_PERIOD} and place_kind = 'city' and is_in_nation and mean_ug_m3 is not null
)
select
    case when counted >= {FEWEST_SHARE} * {ALL_CITIES} then rank end as rank,
    city, mean_ug_m3 as "PM2.5 (ug/m3)", mean_without_dust_ug_m3 as "without dust",
    100 * change_share as "change (%, computed)", 100 * heavy_day_share as "heavily polluted days (%)",
    100 * completeness_share as "complete (%)"
from ranked
where counted <= 30 or rank <= 15 or from_below <= 5
order by rank
"""

COMPUTED = f"""
select
    place_kind as kind, place_name as place, mean_ug_m3 as "PM2.5 (ug/m3)", 100 * change_share as "change (%)",
    100 * change_without_dust_share as "without dust (%)", 100 * official_change_share as "official (%)",
    mean_over as "mean over", {_MEMBERS}
from fct_air_quality
where
    {_OF_PERIOD} and change_share is not null
    and (place_kind in ('nation', 'key_region', 'larger_region', 'province') or mean_over = 'cities')
order by mean_over, place_kind, change_share desc
limit 60
"""

OFFICIAL = f"""
select
    place_name as place, 100 * official_change_share as "change (%), as published",
    official_mean_ug_m3 as "PM2.5, as published",
    100 * official_heavy_day_share_change as "heavily polluted days, change (points)"
from fct_air_quality
where {_OF_PERIOD} and official_change_share is not null
order by place_kind, official_change_share
"""

MISSING = """
with day as (
    select unnest(generate_series(
        cast($before_start as timestamp), cast($before_end as timestamp), interval 1 day
    ))::date as date
),
missing as (
    select day.date, coalesce(nation.member_count, 0) as places, nation.expected_member_count as expected
    from day
    left join fct_air_quality as nation
        on nation.edition = $edition and nation.year = $year and nation.place_kind = 'nation'
        and nation.pollutant = 'PM2.5' and nation.period_kind = 'day' and nation.period_start = day.date
    where not coalesce(nation.is_complete, false)
),
run as (
    select date, places, expected, date - cast(row_number() over (order by date) as integer) as start_of
    from missing
)
select
    min(date) as "from", max(date) as "to", count(*) as days,
    min(places) || ' to ' || max(places) || ' of ' || coalesce(cast(max(expected) as varchar), 'all')
        as "places there",
    'china_cities_YYYYMMDD.csv (quotsoft.net/air), china_sites_... with the list of stations, or one '
    || 'table of city days, into landing/' || $edition || '/observation/' as "to land"
from run group by start_of order by 1
"""

ROSE_OUTSIDE = f"""
select
    place_name as province, mean_ug_m3 as "PM2.5 (ug/m3)", 100 * change_share as "change (%)",
    mean_over as "mean over"
from fct_air_quality
where
    {_OF_PERIOD} and place_kind = 'province' and change_share > 0
    and not is_key_control
order by change_share desc
"""

_ROSE_LOOKED = f"""
select count(*) filter (where change_share is not null), count(*),
    'provinces outside the key control regions observed in both periods'
from fct_air_quality
where {_OF_PERIOD} and place_kind = 'province' and not is_key_control
"""

_SPLIT_OF = """
from fct_weather_adjusted_change
where edition = $edition and year = $year and period = $period and method = 'counterfactual'
"""

DRIVEN = f"""
select
    place_name as place, observed_change_pp as "change (%)", weather_part_pp as "of weather",
    printf('%.1f to %.1f', weather_low_pp, weather_high_pp) as "interval of weather",
    emission_part_pp as "of emissions",
    printf('%.1f to %.1f', emission_low_pp, emission_high_pp) as "interval of emissions",
    skill_r2 as "skill (R2)"
{_SPLIT_OF}
    and is_emission_clear and emission_low_pp > 0
order by emission_part_pp desc
"""

_SPLIT_LOOKED = f"""
with place as (
    select place_kind from fct_air_quality
    where {_OF_PERIOD} and place_kind in ('city', 'province') and mean_ug_m3 is not null
)
select
    (select count(*) {_SPLIT_OF} and is_skilled),
    greatest(count(*) filter (where place_kind = 'city'), count(*) filter (where place_kind = 'province')),
    'places with enough days whose change could be split with skill'
from place
"""

NOT_TOLD = f"""
select
    place_name as place, observed_change_pp as "change (%)",
    printf('%.1f (%.1f to %.1f)', weather_part_pp, weather_low_pp, weather_high_pp) as "of weather",
    printf('%.1f (%.1f to %.1f)', emission_part_pp, emission_low_pp, emission_high_pp) as "of emissions",
    skill_r2 as "skill (R2)", case when is_skilled then '' else 'too little skill' end as remark
{_SPLIT_OF}
    and not is_emission_clear
order by emission_part_pp desc
"""

LOWERED = f"""
select
    place_name as place, observed_change_pp as "change (%)",
    printf('%.1f (%.1f to %.1f)', weather_part_pp, weather_low_pp, weather_high_pp) as "of weather",
    printf('%.1f (%.1f to %.1f)', emission_part_pp, emission_low_pp, emission_high_pp) as "of emissions",
    skill_r2 as "skill (R2)"
{_SPLIT_OF}
    and is_emission_clear and emission_high_pp < 0
order by emission_part_pp
"""

HEAVY = f"""
select
    place_name as province, 100 * heavy_day_share as "heavily polluted days (%)",
    100 * heavy_day_share_change as "change (points)",
    printf('%d of %d', heavy_member_count, member_count) as "cities with such a day",
    100 * dust_day_share as "days of dust (%)", is_on_track_to_none as "on track to none", aqi_basis as "index of"
from fct_air_quality
where {_OF_PERIOD} and place_kind = 'province' and mean_over = 'cities' and heavy_day_share > 0
order by heavy_day_share desc
"""

_HEAVY_LOOKED = f"""
select
    count(*) filter (where heavy_day_share is not null), {ALL_PROVINCES},
    'provinces with enough days of their cities'
from fct_air_quality
where {_OF_PERIOD} and place_kind = 'province' and mean_over = 'cities'
"""

OTHERS = """
select
    place_name as place, pollutant, mean_ug_m3 as "mean (ug/m3)", official_mean_ug_m3 as "official",
    100 * coalesce(change_share, official_change_share) as "change (%)", change_basis as "change is",
    national_standard_ratio as "times the annual standard", who_guideline_ratio as "times the WHO guideline"
from fct_air_quality
where
    edition = $edition and year = $year and period = $period and pollutant != 'PM2.5'
    and place_kind in ('nation', 'key_region') and mean_ug_m3 is not null
order by pollutant, place_kind = 'nation' desc, place
"""

INDUSTRY = """
with last as (
    select product, max(period) as period
    from fct_industrial_output
    where
        edition = $edition and year = $year and period <= $period
        and substring(period, 5) = substring($period, 5) and place_kind = 'nation'
    group by product
)
select
    industry.place_name as place, industry.product, industry.period, 100 * industry.change_share as "change (%)",
    100 * industry.nation_share as "share of the nation (%)",
    industry.nation_share_change_pp as "change of the share (points)", industry.change_pp as "change (points)",
    industry.province_count as provinces
from fct_industrial_output as industry
inner join last on industry.product = last.product and industry.period = last.period
where
    edition = $edition and year = $year and place_kind in ('economic_zone', 'control', 'nation')
order by product, place_kind, place
"""

INDUSTRY_PROVINCES = """
with last as (
    select product, max(period) as period
    from fct_industrial_output
    where
        edition = $edition and year = $year and period <= $period
        and substring(period, 5) = substring($period, 5) and place_kind = 'nation'
    group by product
)
select
    industry.place_name as province, string_agg(distinct industry.period, ', ') as period,
    100 * max(change_share) filter (where product = 'pig_iron') as "pig iron (%)",
    100 * max(change_share) filter (where product = 'crude_steel') as "crude steel (%)",
    100 * max(change_share) filter (where product = 'non_ferrous_metals') as "non-ferrous metals (%)",
    100 * max(change_share) filter (where product = 'cement') as "cement (%)",
    100 * max(change_share) filter (where product = 'thermal_power') as "thermal power (%)"
from fct_industrial_output as industry
inner join last using (product, period)
where edition = $edition and year = $year and place_kind = 'province'
group by industry.place_name order by industry.place_name
"""

COURSE = """
select
    product, first_year || ' to ' || last_year as years, course, count(*) as provinces,
    count(*) filter (where economic_zone = 'WEST') as "of them western",
    string_agg(province_name, ', ' order by output_change_share desc) as "the largest rise of output first"
from fct_industry_and_air
where
    edition = $edition and year = $year
    and last_year = (select max(last_year) from fct_industry_and_air where edition = $edition and year = $year)
    and first_year in (last_year - 1, last_year - 5)
group by product, first_year, last_year, course
order by years desc, product, course desc
"""

PUBLISHED = """
select
    statement, source, theirs, ours, ours_without_dust as "ours without dust",
    ours_earlier as "ours, another period", earlier_period as "of which", unit
from fct_published_air_figure
where
    edition = $edition and year = $year and period = $period
    and (ours is not null or figure_id not like 'mee%')
order by figure_id like 'mee%', figure_id
"""

PUBLISHED_YEAR = """
select
    statement, period, theirs, ours, ours_without_dust as "ours without dust", unit
from fct_published_air_figure
where
    edition = $edition and year = $year and figure_id like 'mee%' and period != $period
    and substring(period, 1, 4) = substring($period, 1, 4)
order by place, indicator, period
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
        when not is_skilled then 'too little skill' when is_emission_clear then 'emissions told from zero' else ''
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


_PROVINCES_LOOKED = f"""
select count(mean_ug_m3), {ALL_PROVINCES}, 'provinces with enough days'
from fct_air_quality
where {_OF_PERIOD} and place_kind = 'province'
"""

_CITIES_LOOKED = f"""
select count(mean_ug_m3), {ALL_CITIES}, 'cities with enough days'
from fct_air_quality
where {_OF_PERIOD} and place_kind = 'city' and is_in_nation
"""

_COMPUTED_LOOKED = f"""
select count(change_share), {ALL_PROVINCES}, 'provinces observed in both periods'
from fct_air_quality
where {_OF_PERIOD} and place_kind = 'province'
"""


_REGIONS = Section(
    "Nation and regions",
    NATION,
    "",
    "Without dust: without the days that a rule takes for sand or dust; hold it against the official level. A "
    "mean of fewer than three quarters of a place's days is withheld.",
)
_PROVINCES = Section(
    "Provinces, the most polluted first",
    PROVINCES,
    "",
    "Means over cities (unweighted) or over area, never ranked together. On track to none: of the days that were "
    "observed; empty where the year before is needed and not there.",
    _PROVINCES_LOOKED,
)
_CITIES = Section(
    "Cities: the fifteen most polluted, the five least", CITIES, "", "", _CITIES_LOOKED
)
_PERIODS = Section(
    "The year by months, quarters and its half, beside the official figures",
    PERIODS,
    "",
    "Periods with enough days alone.",
)
_COMPUTED = Section(
    "Changes computed from observations of both periods",
    COMPUTED,
    "No place with enough days in both periods.",
    "",
    _COMPUTED_LOOKED,
)
_OFFICIAL = Section(
    "Changes as the ministry published them",
    OFFICIAL,
    "",
    "After the deduction of sand and dust. Not ranked with computed ones.",
)
_MISSING = Section(
    "Days of the year before that are missing",
    MISSING,
    "",
    "Days on which fewer than three quarters of the nation's cities or provinces are there. Landed files complete "
    "what is bundled.",
)
_ROSE_OUTSIDE = Section(
    "PM2.5 rose outside the key control regions",
    ROSE_OUTSIDE,
    "No province outside the key control regions had a rise.",
    "",
    _ROSE_LOOKED,
)
_HEAVY = Section(
    "Provinces with heavily polluted days",
    HEAVY,
    "No province had a heavily polluted day.",
    "Index above 200 in a city, days of dust included, as in the ministry's figure.",
    _HEAVY_LOOKED,
)
_OTHERS = Section("Other pollutants", OTHERS)
_DRIVEN = Section(
    "Emissions raised PM2.5: the interval lies above zero",
    DRIVEN,
    "In no place does the interval of the emissions' part lie above zero.",
    "What the model does not explain counts as emissions.",
    _SPLIT_LOOKED,
)
_LOWERED = Section("Emissions lowered PM2.5: the interval lies below zero", LOWERED)
_NOT_TOLD = Section("Emissions' part not told from zero, or too little skill", NOT_TOLD)
_INDUSTRY = Section(
    "Heavy industry against a year before",
    INDUSTRY,
    "No table of output that reaches this quarter or year, or one before it.",
    "Change of the provinces that have both years. Where the tables end before the period, the same quarter or "
    "year last held, named in the column period: another one than that of the air.",
)
_INDUSTRY_PROVINCES = Section(
    "Output by province against a year before",
    INDUSTRY_PROVINCES,
    "",
    "Of the period last held, as above. Empty: no output in one of the years, or none published.",
)
_COURSE = Section(
    "Where output rose while PM2.5 fell, and the reverse",
    COURSE,
    "",
    "Whole years, the last year and the last five; PM2.5 that people breathe, from satellites. Both happened: "
    "neither is shown to have made the other.",
)
_PUBLISHED = Section(
    "Beside published figures of the period",
    PUBLISHED,
    "",
    "Official particles are after the deduction of dust. Another period: the tables of output end before theirs.",
)
_PUBLISHED_YEAR = Section("The ministry's figures of the year's other periods", PUBLISHED_YEAR)
_GAPS = Section("Not split into weather and emissions", GAPS)
_ISSUES = Section("Left out, filled or doubted in the observations (whole record)", ISSUES)

SECTIONS = (
    _REGIONS,
    _PROVINCES,
    _CITIES,
    _PERIODS,
    _COMPUTED,
    _OFFICIAL,
    _MISSING,
    _ROSE_OUTSIDE,
    _HEAVY,
    _DRIVEN,
    _LOWERED,
    _NOT_TOLD,
    _INDUSTRY,
    _COURSE,
    _PUBLISHED,
    _GAPS,
    _ISSUES,
)
"""The review on the terminal."""

PAGE_SECTIONS = (
    _REGIONS,
    _PROVINCES,
    _CITIES,
    _PERIODS,
    _COMPUTED,
    _OFFICIAL,
    _MISSING,
    _ROSE_OUTSIDE,
    _HEAVY,
    _OTHERS,
    _DRIVEN,
    _LOWERED,
    _NOT_TOLD,
    Section("The split of every place", SPLIT, "", "Percentage points of the earlier mean."),
    _GAPS,
    _INDUSTRY,
    _INDUSTRY_PROVINCES,
    _COURSE,
    _PUBLISHED,
    _PUBLISHED_YEAR,
    Section(
        "How complete the data are",
        COMPLETENESS,
        "",
        "A place has a mean, and is compared with the year before, only when enough of its days were observed.",
    ),
    _ISSUES,
)
"""The review as a page: the same, other pollutants, the whole split, output by province and completeness."""


_MEANING = {
    "area": "Means over area, of a reanalysis or a table of provinces: not of cities, stations or people. Heavily "
    "polluted days are not told from them",
    "cities": "Every mean is the unweighted mean over cities, as the ministry's",
    "station": "Means of stations",
}


def sources_of(connection: duckdb.DuckDBPyConnection, edition: str, year: int) -> str:
    """What the figures are of, in a line: a reanalysis is not a network of stations."""
    query = """
        select distinct title from fct_provenance
        where edition = ? and year = ? and role = 'observation'
        order by title
    """
    titles = "; ".join(str(title) for (title,) in fetch(connection, query, [edition, year]))
    kinds = fetch(
        connection,
        "select distinct mean_over, aggregation from fct_air_quality where edition = ? and year = ?"
        " and place_kind = 'nation' and period_kind = 'year' order by all",
        [edition, year],
    )
    meaning = "; ".join(_MEANING[str(kind)] for kind, _ in kinds)
    nation = ", ".join(str(aggregation) for _, aggregation in kinds)
    return f"From: {titles}. {meaning}. The nation is the {nation}."
