"""What the review asks the published marts: levels, changes, heavily polluted days, completeness."""

from __future__ import annotations

from atlas.air.section import ALL_CITIES, ALL_PROVINCES, FEWEST_SHARE, OUTSIDE_KEY_CONTROL

# Every query has the parameters edition, year and period, and may ask for the period a year before: before,
# before_start, before_end. Its columns are the table's.
OF_PERIOD = "edition = $edition and year = $year and period = $period and pollutant = 'PM2.5'"

# Computed and published changes stand in one column, with what each is beside it; a ranking never uses it.
_CHANGE = """100 * coalesce(change_share, official_change_share) as "change (%)",
    change_basis as "change is\""""

# The index of a mean over area is not the index of any place in it.
_HEAVY_DAYS = """case when mean_over != 'area' then 100 * heavy_day_share end as "heavily polluted days (%)\""""

_WITHOUT_DUST = """mean_without_dust_ug_m3 as "without dust",
    case when without_dust_member_count is not null
        then printf('%d of %d', without_dust_member_count, member_count)
    end as "without dust, of\""""

_MEMBERS = """printf('%d of %d', member_count, expected_member_count) as "of\""""

NATION = f"""
select
    place_name as place, mean_over as "mean over", {_MEMBERS}, mean_ug_m3 as "PM2.5 (ug/m3)",
    {_WITHOUT_DUST}, official_mean_ug_m3 as "official", {_CHANGE},
    national_standard_ratio as "times the standard", who_guideline_ratio as "times the WHO guideline",
    {_HEAVY_DAYS}, 100 * official_heavy_day_share as "official (%)",
    100 * coalesce(
        case when mean_over != 'area' then heavy_day_share_change end, official_heavy_day_share_change
    ) as "change (points)",
    100 * completeness_share as "complete (%)"
from fct_air_quality
where
    {OF_PERIOD} and place_kind in ('nation', 'key_region', 'larger_region')
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
    place_name as province, mean_ug_m3 as "PM2.5 (ug/m3)", {_MEMBERS}, {_WITHOUT_DUST},
    case when mean_over != 'area' then prefecture_mean_ug_m3 end as "prefectures alone",
    {_CHANGE},
    case when emission_part_pp is not null
        then printf('%.1f (%.1f to %.1f)', emission_part_pp, emission_low_pp, emission_high_pp)
    end as "of emissions",
    {_HEAVY_DAYS}, is_on_track_to_none as "on track to none",
    mean_over as "mean over", 100 * completeness_share as "complete (%)"
from fct_air_quality as air
left join (
    select place_kind, place, emission_part_pp, emission_low_pp, emission_high_pp
    from fct_weather_adjusted_change
    where edition = $edition and year = $year and period = $period and method = 'counterfactual'
) as split using (place_kind, place)
where {OF_PERIOD} and place_kind = 'province' and (mean_ug_m3 is not null or member_count > 0)
order by mean_over, mean_ug_m3 desc nulls last
"""

PERIODS = f"""
select
    place_name as place, period, mean_ug_m3 as "PM2.5 (ug/m3)", mean_without_dust_ug_m3 as "without dust",
    official_mean_ug_m3 as "official",
    mean_without_dust_ug_m3 - official_mean_ug_m3 as "without dust less official",
    {_HEAVY_DAYS}, 100 * official_heavy_day_share as "official (%)"
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
    where {OF_PERIOD} and place_kind = 'city' and is_in_nation and mean_ug_m3 is not null
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
    {OF_PERIOD} and change_share is not null
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
where {OF_PERIOD} and official_change_share is not null
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
    case when min(places) < max(places) then min(places) || ' to ' else '' end || max(places) || ' of '
    || coalesce(cast(max(expected) as varchar), 'all')
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
    {OF_PERIOD} and place_kind = 'province' and change_share > 0
    and not is_key_control
order by change_share desc
"""

# Of all such provinces, also those of which nothing was observed.
ROSE_LOOKED = f"""
select
    count(*) filter (where change_share is not null and not is_key_control), {OUTSIDE_KEY_CONTROL},
    'provinces outside the key control regions observed in both periods'
from fct_air_quality
where {OF_PERIOD} and place_kind = 'province'
"""

HEAVY = f"""
select
    place_name as province, 100 * heavy_day_share as "heavily polluted days (%)",
    100 * heavy_day_share_change as "change (points)",
    printf('%d of %d', heavy_member_count, member_count) as "cities with such a day",
    100 * dust_day_share as "days of dust (%)", is_on_track_to_none as "on track to none", aqi_basis as "index of"
from fct_air_quality
where {OF_PERIOD} and place_kind = 'province' and mean_over = 'cities' and heavy_day_share > 0
order by heavy_day_share desc
"""

HEAVY_LOOKED = f"""
select
    count(*) filter (where heavy_day_share is not null), {ALL_PROVINCES},
    'provinces with enough days of their cities'
from fct_air_quality
where {OF_PERIOD} and place_kind = 'province' and mean_over = 'cities'
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

OTHERS_PROVINCES = """
select
    place_name as province, mean_over as "mean over",
    max(mean_ug_m3) filter (where pollutant = 'PM10') as "PM10 (ug/m3)",
    max(100 * change_share) filter (where pollutant = 'PM10') as "change (%)",
    max(mean_ug_m3) filter (where pollutant = 'NO2') as "NO2 (ug/m3)",
    max(100 * change_share) filter (where pollutant = 'NO2') as "change (%) ",
    max(mean_ug_m3) filter (where pollutant = 'SO2') as "SO2 (ug/m3)",
    max(100 * change_share) filter (where pollutant = 'SO2') as "change (%)  ",
    max(mean_ug_m3) filter (where pollutant = 'O3_8h') as "O3, 8 hours (ug/m3)",
    max(100 * change_share) filter (where pollutant = 'O3_8h') as "change (%)   ",
    max(mean_ug_m3) filter (where pollutant = 'CO') as "CO (ug/m3)",
    max(100 * change_share) filter (where pollutant = 'CO') as "change (%)    ",
    arg_min(printf('%d of %d', member_count, expected_member_count), member_count) as "of, at least"
from fct_air_quality
where
    edition = $edition and year = $year and period = $period and pollutant != 'PM2.5'
    and place_kind = 'province' and mean_ug_m3 is not null
group by place_name, mean_over order by mean_over, place_name
"""

OTHERS_LOOKED = f"""
select count(distinct place), {ALL_PROVINCES}, 'provinces with enough days of at least one other pollutant'
from fct_air_quality
where
    edition = $edition and year = $year and period = $period and pollutant != 'PM2.5'
    and place_kind = 'province' and mean_ug_m3 is not null
"""

COMPLETENESS = f"""
select
    place_kind as kind, place_name as place, member_count as "members with enough days",
    expected_member_count as "members expected", 100 * completeness_share as "complete (%)",
    100 * interpolated_share as "interpolated (%)", is_complete as "compared",
    aqi_basis as "index of"
from fct_air_quality
where {OF_PERIOD} and place_kind in ('nation', 'key_region', 'larger_region', 'province')
order by place_kind, completeness_share, place
"""

ISSUES = """
select issue, sum(issue_count) as "days or hours", count(distinct place) as places
from fct_air_data_issue
where edition = $edition and year = $year
group by issue order by issue
"""

PROVINCES_LOOKED = f"""
select count(mean_ug_m3), {ALL_PROVINCES}, 'provinces with enough days'
from fct_air_quality
where {OF_PERIOD} and place_kind = 'province'
"""

CITIES_LOOKED = f"""
select count(mean_ug_m3), {ALL_CITIES}, 'cities with enough days'
from fct_air_quality
where {OF_PERIOD} and place_kind = 'city' and is_in_nation
"""

COMPUTED_LOOKED = f"""
select count(change_share), {ALL_PROVINCES}, 'provinces observed in both periods'
from fct_air_quality
where {OF_PERIOD} and place_kind = 'province'
"""
