-- Grain: one row per place_kind, place, period_kind, period, pollutant: every level as the unweighted mean over its
-- members, of those with enough days; completeness counts all members that the place should have.
{{ config(tags=['air_prepare']) }}
with member as (
    select
        place_kind,
        place,
        unit_kind,
        unit,
        count(*) over (partition by place_kind, place) as expected_member_count
    from {{ ref('int_air__member') }}
    union all
    select distinct
        place_kind,
        place,
        'station' as unit_kind,
        place as unit,
        1 as expected_member_count
    from {{ ref('int_air__day') }}
    where place_kind = 'station'
),

member_period as (
    select
        member.place_kind,
        member.place,
        member.unit_kind,
        member.expected_member_count,
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
        coalesce(city.kind, 'prefecture') in ('municipality', 'prefecture') as is_prefecture,
        heavy.heavy_day_share,
        heavy.aqi_basis,
        -- A filled day may stand for a day, but filled days are no part of what makes a month or a quarter.
        case when unit.period_kind = 'day' then unit.observed_days + unit.interpolated_days else unit.observed_days end
        >= {{ var('min_completeness_share') }} * unit.expected_days as is_used
    from member
    inner join {{ ref('int_air__unit_period') }} as unit
        on member.unit_kind = unit.unit_kind and member.unit = unit.unit
    left join {{ ref('city') }} as city on member.unit_kind = 'city' and member.unit = city.code
    left join {{ ref('int_air__heavy_period') }} as heavy
        on
            unit.unit_kind = heavy.unit_kind
            and unit.unit = heavy.unit
            and unit.period_kind = heavy.period_kind
            and unit.period = heavy.period
)

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
    case
        when max(unit_kind) = 'province' then 'area'
        when max(unit_kind) = 'station' then 'station'
        else 'cities'
    end as mean_over,
    count(*) filter (where is_used) as member_count,
    any_value(expected_member_count) as expected_member_count,
    sum(observed_days) / (any_value(expected_member_count) * any_value(expected_days)) as completeness_share,
    sum(interpolated_days) / (any_value(expected_member_count) * any_value(expected_days)) as interpolated_share
from member_period
group by place_kind, place, period_kind, period, pollutant
