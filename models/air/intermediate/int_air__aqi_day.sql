-- Grain: one row per place_kind, place, date with an air quality index by HJ 633-2012, from observed days alone.
-- With all six pollutants (ozone as its 8-hour maximum) it is the index; else that of the particles alone.
{{ config(tags=['air_prepare']) }}
with day as (
    select
        unit_kind as place_kind,
        unit as place,
        date,
        pollutant,
        value_ug_m3
    from {{ ref('int_air__unit_day') }}
    where not is_interpolated
    union all
    select
        place_kind,
        place,
        date,
        pollutant,
        value_ug_m3
    from {{ ref('int_air__day') }}
    where place_kind = 'station' and not is_interpolated
),

-- Each step ends where the next one begins; the last one has no end.
step as (
    select
        pollutant,
        iaqi_low,
        iaqi_high,
        concentration_low_ug_m3,
        concentration_high_ug_m3,
        lead(concentration_low_ug_m3) over (partition by pollutant order by iaqi_low) as next_low_ug_m3
    from {{ ref('aqi_breakpoint') }}
),

-- Above the last break point the index stays at its highest value.
indexed as (
    select
        day.place_kind,
        day.place,
        day.date,
        day.pollutant,
        ceil(
            round(
                step.iaqi_low
                + (step.iaqi_high - step.iaqi_low)
                * (
                    least(day.value_ug_m3, step.concentration_high_ug_m3)
                    - step.concentration_low_ug_m3
                )
                / (step.concentration_high_ug_m3 - step.concentration_low_ug_m3), 9
            )
        ) as iaqi
    from day
    inner join step
        on
            day.pollutant = step.pollutant
            and (day.value_ug_m3 > step.concentration_low_ug_m3 or step.concentration_low_ug_m3 = 0)
            and (day.value_ug_m3 <= step.next_low_ug_m3 or step.next_low_ug_m3 is null)
),

combined as (
    select
        place_kind,
        place,
        date,
        count(*) as pollutant_count,
        max(iaqi) as highest,
        max(iaqi) filter (where pollutant in ('PM2.5', 'PM10')) as of_particles,
        count(*) filter (where pollutant = 'PM2.5') as pm25_count
    from indexed
    group by place_kind, place, date
)

select
    place_kind,
    place,
    date,
    cast(case when pollutant_count = 6 then highest else of_particles end as integer) as aqi,
    case when pollutant_count = 6 then 'six pollutants' else 'PM only' end as aqi_basis
from combined
where pm25_count = 1
