-- Grain: one row per place_kind, place, date, pollutant that may be used but for its size: whether it is an outlier.
-- A value above its series' limit is one, unless the other particle size confirms it: a dust storm and fireworks
-- raise both, a failing instrument one of them. Then the other is above its own median, and PM10 not below PM2.5.
{{ config(tags=['air_prepare']) }}
with usable as (
    select
        observed.place_kind,
        observed.place,
        observed.date,
        observed.pollutant,
        observed.value_ug_m3,
        series.limit_ug_m3,
        series.median_ug_m3
    from {{ ref('stg_observation') }} as observed
    inner join {{ ref('int_air__series') }} as series
        on
            observed.place_kind = series.place_kind
            and observed.place = series.place
            and observed.pollutant = series.pollutant
    where
        not (
            observed.is_unknown_place or observed.is_second_name
            or observed.is_negative or observed.is_short_day
        )
)

select
    usable.place_kind,
    usable.place,
    usable.date,
    usable.pollutant,
    usable.value_ug_m3,
    usable.value_ug_m3 > usable.limit_ug_m3
    and not coalesce(
        other.value_ug_m3 > other.median_ug_m3
        and (usable.value_ug_m3 >= other.value_ug_m3) = (usable.pollutant = 'PM10'), false
    ) as is_outlier
from usable
left join usable as other
    on
        usable.place_kind = other.place_kind
        and usable.place = other.place
        and usable.date = other.date
        and other.pollutant = case usable.pollutant when 'PM2.5' then 'PM10' when 'PM10' then 'PM2.5' end
