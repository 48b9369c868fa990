-- Grain: one row per place_kind, place, period_kind, period, pollutant: every level as the unweighted mean over its
-- members, of those with enough days; completeness counts all members that the place should have.
{{ config(tags=['air_prepare']) }}
with judged as (
    select
        unit.unit_kind,
        unit.unit,
        unit.period_kind,
        unit.period,
        unit.pollutant,
        unit.mean_ug_m3,
        unit.observed_days,
        unit.interpolated_days,
        unit.expected_days,
        unit.aggregation,
        unit.dust_days,
        unit.mean_without_dust_ug_m3,
        city.code is not null as is_listed_city,
        coalesce(city.kind, 'prefecture') in ('municipality', 'prefecture') as is_prefecture,
        heavy.heavy_day_share,
        heavy.aqi_basis,
        -- A filled day may stand for a day, but filled days are no part of what makes a month or a quarter.
        case when unit.period_kind = 'day' then unit.observed_days + unit.interpolated_days else unit.observed_days end
        >= {{ var('min_completeness_share') }} * unit.expected_days as is_used
    from {{ ref('int_air__unit_period') }} as unit
    left join {{ ref('city') }} as city on unit.unit_kind = 'city' and unit.unit = city.code
    left join {{ ref('int_air__heavy_period') }} as heavy
        on
            unit.unit_kind = heavy.unit_kind
            and unit.unit = heavy.unit
            and unit.period_kind = heavy.period_kind
            and unit.period = heavy.period
),

-- Stations and cities are their own only member: nothing is summed.
of_itself as (
    select
        unit_kind as place_kind,
        unit as place,
        period_kind,
        period,
        pollutant,
        case when is_used then mean_ug_m3 end as mean_ug_m3,
        case when is_used then heavy_day_share end as heavy_day_share,
        cast(is_used and coalesce(heavy_day_share > 0, false) as bigint) as heavy_member_count,
        aqi_basis,
        aggregation,
        case when is_used then mean_without_dust_ug_m3 end as mean_without_dust_ug_m3,
        case
            when is_used and mean_without_dust_ug_m3 is not null
                then dust_days / (observed_days + interpolated_days)
        end as dust_day_share,
        cast(is_used and mean_without_dust_ug_m3 is not null as bigint) as without_dust_member_count,
        case when is_used and is_prefecture then mean_ug_m3 end as prefecture_mean_ug_m3,
        case unit_kind when 'station' then 'station' else 'cities' end as mean_over,
        cast(is_used as bigint) as member_count,
        cast(1 as bigint) as expected_member_count,
        observed_days / expected_days as completeness_share,
        interpolated_days / expected_days as interpolated_share
    from judged
    where unit_kind = 'station' or is_listed_city
),

member as (
    select
        place_kind,
        place,
        unit_kind,
        unit,
        count(*) over (partition by place_kind, place) as expected_member_count
    from {{ ref('int_air__member') }}
    where place_kind <> 'city'
),

-- A sum has the same bits in the same order alone: members come in the order of their codes.
member_period as (
    select
        member.place_kind,
        member.place,
        member.unit_kind,
        member.expected_member_count,
        judged.period_kind,
        judged.period,
        judged.pollutant,
        judged.mean_ug_m3,
        judged.observed_days,
        judged.interpolated_days,
        judged.expected_days,
        judged.aggregation,
        judged.dust_days,
        judged.mean_without_dust_ug_m3,
        judged.is_prefecture,
        judged.heavy_day_share,
        judged.aqi_basis,
        judged.is_used
    from member
    inner join judged
        on member.unit_kind = judged.unit_kind and member.unit = judged.unit
    order by judged.unit
),

of_members as (
    select
        place_kind,
        place,
        period_kind,
        period,
        pollutant,
        avg(mean_ug_m3) filter (where is_used) as mean_ug_m3,
        avg(heavy_day_share) filter (where is_used) as heavy_day_share,
        count(*) filter (where is_used and heavy_day_share > 0) as heavy_member_count,
        case when count(distinct aqi_basis) > 1 then 'mixed' else max(aqi_basis) end as aqi_basis,
        case
            when any_value(expected_member_count) > 1 and max(unit_kind) = 'city' then 'mean of cities'
            when any_value(expected_member_count) > 1 then 'mean of provinces'
            else max(aggregation)
        end as aggregation,
        case
            when
                count(mean_without_dust_ug_m3) filter (where is_used)
                >= {{ var('min_completeness_share') }} * count(*) filter (where is_used)
                then avg(mean_without_dust_ug_m3) filter (where is_used)
        end as mean_without_dust_ug_m3,
        case
            when
                count(mean_without_dust_ug_m3) filter (where is_used)
                >= {{ var('min_completeness_share') }} * count(*) filter (where is_used)
                then avg(dust_days / (observed_days + interpolated_days)) filter (where is_used)
        end as dust_day_share,
        count(mean_without_dust_ug_m3) filter (where is_used) as without_dust_member_count,
        avg(mean_ug_m3) filter (where is_used and is_prefecture) as prefecture_mean_ug_m3,
        case when max(unit_kind) = 'province' then 'area' else 'cities' end as mean_over,
        count(*) filter (where is_used) as member_count,
        any_value(expected_member_count) as expected_member_count,
        sum(observed_days) / (any_value(expected_member_count) * any_value(expected_days)) as completeness_share,
        sum(interpolated_days) / (any_value(expected_member_count) * any_value(expected_days)) as interpolated_share
    from member_period
    group by place_kind, place, period_kind, period, pollutant
)

select
    place_kind,
    place,
    period_kind,
    period,
    pollutant,
    mean_ug_m3,
    heavy_day_share,
    heavy_member_count,
    aqi_basis,
    aggregation,
    mean_without_dust_ug_m3,
    dust_day_share,
    without_dust_member_count,
    prefecture_mean_ug_m3,
    mean_over,
    member_count,
    expected_member_count,
    completeness_share,
    interpolated_share
from of_itself
union all
select
    place_kind,
    place,
    period_kind,
    period,
    pollutant,
    mean_ug_m3,
    heavy_day_share,
    heavy_member_count,
    aqi_basis,
    aggregation,
    mean_without_dust_ug_m3,
    dust_day_share,
    without_dust_member_count,
    prefecture_mean_ug_m3,
    mean_over,
    member_count,
    expected_member_count,
    completeness_share,
    interpolated_share
from of_members
