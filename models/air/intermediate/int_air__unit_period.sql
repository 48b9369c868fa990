-- Grain: one row per unit_kind, unit, period_kind, period, pollutant: mean of the cleaned days and how many there are.
-- Particles of cities also without days of dust, where enough days have both sizes to tell them and enough remain.
{{ config(tags=['air_prepare']) }}
with day as (
    select
        unit_kind,
        unit,
        date,
        pollutant,
        value_ug_m3,
        is_interpolated,
        aggregation
    from {{ ref('int_air__unit_day') }}
    union all
    select
        place_kind as unit_kind,
        place as unit,
        date,
        pollutant,
        value_ug_m3,
        is_interpolated,
        'published' as aggregation
    from {{ ref('int_air__day') }}
    where place_kind = 'station'
)

select
    day.unit_kind,
    day.unit,
    period.period_kind,
    period.period,
    day.pollutant,
    avg(day.value_ug_m3) as mean_ug_m3,
    count(*) filter (where not day.is_interpolated) as observed_days,
    count(*) filter (where day.is_interpolated) as interpolated_days,
    any_value(period.day_count) as expected_days,
    max(day.aggregation) as aggregation,
    count(*) filter (where dust.is_dust) as dust_days,
    case
        when
            max(day.unit_kind) = 'city'
            and count(dust.city)
            >= {{ var('min_completeness_share') }} * count(*) filter (where not day.is_interpolated)
            and count(*) filter (where not coalesce(dust.is_dust, false))
            >= {{ var('min_settled_share') }} * any_value(period.day_count)
            then avg(day.value_ug_m3) filter (where not coalesce(dust.is_dust, false))
    end as mean_without_dust_ug_m3
from day
left join {{ ref('int_air__dust_day') }} as dust
    on
        day.unit_kind = 'city'
        and day.unit = dust.city
        and day.date = dust.date
        and day.pollutant in ('PM2.5', 'PM10')
inner join {{ ref('int_air__period') }} as period
    on day.date between period.period_start and period.period_end
group by day.unit_kind, day.unit, period.period_kind, period.period, day.pollutant
