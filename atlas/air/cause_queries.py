"""What the review asks the published marts: weather and emissions, industry, published figures."""

from __future__ import annotations

from atlas.air.level_queries import OF_PERIOD

# Parameters and columns as in level_queries.
SPLIT_OF = """
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
{SPLIT_OF}
    and is_emission_clear and emission_low_pp > 0
order by emission_part_pp desc
"""

SPLIT_LOOKED = f"""
with place as (
    select place_kind from fct_air_quality
    where {OF_PERIOD} and place_kind in ('city', 'province') and mean_ug_m3 is not null
)
select
    (select count(*) {SPLIT_OF} and is_skilled),
    greatest(count(*) filter (where place_kind = 'city'), count(*) filter (where place_kind = 'province')),
    'places with enough days whose change could be split with skill'
from place
"""

NOT_TOLD = f"""
select
    place_name as place, observed_change_pp as "change (%)",
    printf('%.1f (%.1f to %.1f)', weather_part_pp, weather_low_pp, weather_high_pp) as "of weather",
    printf('%.1f (%.1f to %.1f)', emission_part_pp, emission_low_pp, emission_high_pp) as "of emissions",
    skill_r2 as "skill (R2)",
    case
        when not is_skilled then 'too little skill'
        when is_across_reporting_change then 'the reporting changed on 1 September 2018'
        else ''
    end as remark
{SPLIT_OF}
    and not is_emission_clear
order by emission_part_pp desc
"""

LOWERED = f"""
select
    place_name as place, observed_change_pp as "change (%)",
    printf('%.1f (%.1f to %.1f)', weather_part_pp, weather_low_pp, weather_high_pp) as "of weather",
    printf('%.1f (%.1f to %.1f)', emission_part_pp, emission_low_pp, emission_high_pp) as "of emissions",
    skill_r2 as "skill (R2)"
{SPLIT_OF}
    and is_emission_clear and emission_high_pp < 0
order by emission_part_pp
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
        when not is_skilled then 'too little skill'
        when is_across_reporting_change then 'the reporting changed on 1 September 2018'
        when is_emission_clear then 'emissions told from zero'
        else ''
    end as remark
from fct_weather_adjusted_change
where edition = $edition and year = $year and period = $period and method = 'counterfactual'
order by emission_part_pp desc
"""
