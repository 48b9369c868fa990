"""The review of one province: its cities, months, heavily polluted days, industry, and published figures."""

from __future__ import annotations

from atlas.air import history_queries
from atlas.air.section import ALL_PROVINCES, FEWEST_SHARE, Section

# Parameters edition, year, period and province (ISO 3166-2).
_OF_PERIOD = "edition = $edition and year = $year and period = $period and pollutant = 'PM2.5'"

LEVEL = f"""
with ranked as (
    select
        place, mean_over, member_count, expected_member_count, mean_ug_m3, mean_without_dust_ug_m3,
        prefecture_mean_ug_m3, dust_day_share, change_share, official_change_share, change_basis, heavy_day_share,
        completeness_share, count(mean_ug_m3) over (partition by mean_over) as counted,
        rank() over (partition by mean_over order by mean_ug_m3 desc nulls last) as rank
    from fct_air_quality
    where {_OF_PERIOD} and place_kind = 'province'
)
select
    case
        when mean_ug_m3 is not null and counted >= {FEWEST_SHARE} * {ALL_PROVINCES} then rank || ' of ' || counted
    end as rank,
    mean_ug_m3 as "PM2.5 (ug/m3)", mean_without_dust_ug_m3 as "without dust",
    case when mean_over != 'area' then prefecture_mean_ug_m3 end as "prefectures alone",
    100 * dust_day_share as "days of dust (%)",
    100 * coalesce(change_share, official_change_share) as "change (%)", change_basis as "change is",
    case when mean_over != 'area' then 100 * heavy_day_share end as "heavily polluted days (%)",
    mean_over as "mean over",
    member_count || ' of ' || expected_member_count as "of", 100 * completeness_share as "complete (%)"
from ranked where place = $province
"""

CITIES = f"""
select
    place_name as city, mean_ug_m3 as "PM2.5 (ug/m3)", mean_without_dust_ug_m3 as "without dust",
    100 * dust_day_share as "days of dust (%)", 100 * change_share as "change (%, computed)",
    100 * heavy_day_share as "heavily polluted days (%)", who_guideline_ratio as "times the WHO guideline",
    100 * completeness_share as "complete (%)",
    case when is_in_nation then '' else 'not in the mean of the nation' end as remark
from fct_air_quality
where {_OF_PERIOD} and place_kind = 'city' and province = $province
order by mean_ug_m3 desc nulls last, completeness_share desc
"""

PERIODS = """
select
    period, mean_ug_m3 as "PM2.5 (ug/m3)", mean_without_dust_ug_m3 as "without dust",
    100 * change_share as "change (%, computed)", 100 * dust_day_share as "days of dust (%)",
    case when mean_over != 'area' then 100 * heavy_day_share end as "heavily polluted days (%)",
    100 * completeness_share as "complete (%)"
from fct_air_quality
where
    edition = $edition and year = $year and pollutant = 'PM2.5' and place_kind = 'province' and place = $province
    and period_kind in ('month', 'quarter', 'half') and mean_ug_m3 is not null
    and substring(period, 1, 4) = substring($period, 1, 4)
order by case period_kind when 'month' then 1 when 'quarter' then 2 else 3 end, period_start
"""

SPLIT = """
select
    place_name as place, method, observed_change_pp as "change (%)",
    printf('%.1f (%.1f to %.1f)', weather_part_pp, weather_low_pp, weather_high_pp) as "of weather",
    printf('%.1f (%.1f to %.1f)', emission_part_pp, emission_low_pp, emission_high_pp) as "of emissions",
    case
        when not is_skilled then 'too little skill'
        when is_across_reporting_change then 'the reporting changed on 1 September 2018'
        when is_emission_clear then 'emissions told from zero'
        else 'not told'
    end as remark
from fct_weather_adjusted_change as split
where
    edition = $edition and year = $year and period = $period
    and (place = $province or place in (
        select place from fct_air_quality where edition = $edition and place_kind = 'city' and province = $province
    ))
order by place, method
"""

OTHERS = """
select
    pollutant, mean_ug_m3 as "mean (ug/m3)", 100 * change_share as "change (%, computed)",
    national_standard_ratio as "times the annual standard", who_guideline_ratio as "times the WHO guideline"
from fct_air_quality
where
    edition = $edition and year = $year and period = $period and pollutant != 'PM2.5'
    and place_kind = 'province' and place = $province and mean_ug_m3 is not null
order by pollutant
"""

INDUSTRY = """
select
    product, period, output, unit, 100 * change_share as "change (%)",
    100 * nation_share as "share of the nation (%)",
    nation_share_change_pp as "change of the share (points)"
from fct_industrial_output
where
    edition = $edition and year = $year and place_kind = 'province' and place = $province
    and (period_kind = 'year' or (period_kind = 'quarter' and substring(period, 5) = substring($period, 5)))
    and product in (
        'pig_iron', 'crude_steel', 'non_ferrous_metals', 'cement', 'thermal_power', 'coal_power_share',
        'highway_freight'
    )
    and period > cast(cast(substring($period, 1, 4) as integer) - 4 as varchar)
order by product, period_kind, period
"""

COURSE = """
select
    product, first_year || ' to ' || last_year as years, 100 * output_change_share as "output (%)",
    100 * pm25_change_share as "PM2.5 (%)", course
from fct_industry_and_air
where
    edition = $edition and year = $year and province = $province
    and last_year = (select max(last_year) from fct_industry_and_air where edition = $edition and year = $year)
    and first_year in (last_year - 1, last_year - 5)
order by years desc, product
"""

PUBLISHED = """
select
    statement, period, source, theirs, ours, ours_without_dust as "ours without dust",
    ours_earlier as "ours, another period", earlier_period as "of which", unit
from fct_published_air_figure
where
    edition = $edition and year = $year
    and (place = $province or place in (
        select place from fct_air_quality where edition = $edition and place_kind = 'city' and province = $province
    ))
    and substring(period, 1, 4) = substring($period, 1, 4)
order by figure_id like 'mee%', figure_id
"""

_CITIES_LOOKED = f"""
select count(mean_ug_m3), count(*), 'cities and areas with enough days'
from fct_air_quality
where {_OF_PERIOD} and place_kind = 'city' and province = $province
"""

_SPLIT_LOOKED = f"""
select
    (
        select count(distinct split.place) from fct_weather_adjusted_change as split
        where
            split.edition = $edition and split.year = $year and split.period = $period
            and (split.place = $province or split.place in (
                select place from fct_air_quality
                where edition = $edition and place_kind = 'city' and province = $province
            ))
    ),
    count(*), 'places (its cities with enough days, and itself) whose change could be split'
from fct_air_quality
where
    {_OF_PERIOD} and mean_ug_m3 is not null
    and (place_kind = 'city' and province = $province or place_kind = 'province' and place = $province)
"""

PROVINCE_SECTIONS = (
    Section(
        "The province",
        LEVEL,
        "No observations of the province.",
        "The mean over all its cities; over prefectures and municipalities alone beside it. A mean of fewer than "
        "three quarters of the days is withheld. Without dust: over those cities (three quarters or more) that "
        "have enough days without it, so not always over the same ones.",
    ),
    Section("Its cities, the most polluted first", CITIES, "", "", _CITIES_LOOKED),
    Section("The year by months, quarters and its half", PERIODS),
    Section(
        "Weather and emissions",
        SPLIT,
        "No change of the province or its cities could be split.",
        "What the model does not explain counts as emissions.",
        _SPLIT_LOOKED,
    ),
    Section("Other pollutants", OTHERS),
    Section("Heavy industry", INDUSTRY, "No table of its output."),
    Section(
        "Output and the air that people breathe",
        COURSE,
        "",
        "Whole years; PM2.5 from satellites. Both happened: neither is shown to have made the other.",
    ),
    Section(
        "PM2.5 that people breathe, year by year",
        history_queries.PROVINCE,
        "",
        history_queries.NOTE,
    ),
    Section("Beside published figures of the year", PUBLISHED),
)
"""What the page of a province holds."""
