-- Grain: one row per unit_kind, unit, period_kind, period, pollutant: mean of the cleaned days and how many there are.
-- Particles of cities also without days of dust, where enough days have both sizes to tell them and enough remain.
{{ config(tags=['air_prepare']) }}
with unit_day as (
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
),

-- is_dust is empty where a day does not have both sizes.
dusted as (
    select
        unit_day.unit_kind,
        unit_day.unit,
        unit_day.date,
        unit_day.pollutant,
        unit_day.value_ug_m3,
        unit_day.is_interpolated,
        unit_day.aggregation,
        dust.is_dust
    from unit_day
    left join {{ ref('int_air__dust_day') }} as dust
        on
            unit_day.unit_kind = 'city'
            and unit_day.unit = dust.city
            and unit_day.date = dust.date
            and unit_day.pollutant in ('PM2.5', 'PM10')
),

-- A day is its own mean: most rows of an archive need no sum.
of_day as (
    select
        dusted.unit_kind,
        dusted.unit,
        period.period_kind,
        period.period,
        dusted.pollutant,
        dusted.value_ug_m3 as mean_ug_m3,
        cast(not dusted.is_interpolated as bigint) as observed_days,
        cast(dusted.is_interpolated as bigint) as interpolated_days,
        period.day_count as expected_days,
        dusted.aggregation,
        cast(coalesce(dusted.is_dust, false) as bigint) as dust_days,
        case
            when
                dusted.unit_kind = 'city'
                and (dusted.is_interpolated or dusted.is_dust is not null)
                and not coalesce(dusted.is_dust, false)
                then dusted.value_ug_m3
        end as mean_without_dust_ug_m3
    from dusted
    inner join {{ ref('int_air__period_day') }} as period
        on dusted.date = period.date
    where period.period_kind = 'day'
),

-- A sum has the same bits in the same order alone: the latest day comes first, whatever the archive holds.
latest_first as (
    select
        unit_kind,
        unit,
        date,
        pollutant,
        value_ug_m3,
        is_interpolated,
        aggregation,
        is_dust
    from dusted
    order by date desc
),

of_longer as (
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
        count(*) filter (where day.is_dust) as dust_days,
        case
            when
                max(day.unit_kind) = 'city'
                and count(day.is_dust)
                >= {{ var('min_completeness_share') }} * count(*) filter (where not day.is_interpolated)
                and count(*) filter (where not coalesce(day.is_dust, false))
                >= {{ var('min_settled_share') }} * any_value(period.day_count)
                then avg(day.value_ug_m3) filter (where not coalesce(day.is_dust, false))
        end as mean_without_dust_ug_m3
    from latest_first as day
    inner join {{ ref('int_air__period_day') }} as period
        on day.date = period.date
    where period.period_kind <> 'day'
    group by day.unit_kind, day.unit, period.period_kind, period.period, day.pollutant
)

select
    unit_kind,
    unit,
    period_kind,
    period,
    pollutant,
    mean_ug_m3,
    observed_days,
    interpolated_days,
    expected_days,
    aggregation,
    dust_days,
    mean_without_dust_ug_m3
from of_day
union all
select
    unit_kind,
    unit,
    period_kind,
    period,
    pollutant,
    mean_ug_m3,
    observed_days,
    interpolated_days,
    expected_days,
    aggregation,
    dust_days,
    mean_without_dust_ug_m3
from of_longer
