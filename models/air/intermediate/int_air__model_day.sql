-- Grain: one row per place_kind, place, date: observed PM2.5 (not filled) beside the day's weather, a list of
-- variables; what the weather adjustment is fitted to.
{{ config(tags=['air_prepare']) }}
with weather as (
    select
        place_kind,
        place,
        date,
        map(list(variable order by variable), list(value order by variable)) as variables
    from {{ ref('stg_weather_observation') }}
    group by place_kind, place, date
)

select
    source.place_kind,
    source.place,
    weather.date,
    case when not observed.is_interpolated and observed.value_ug_m3 > 0 then observed.value_ug_m3 end as pm25_ug_m3,
    weather.variables
from {{ ref('int_air__weather_source') }} as source
inner join weather
    on source.weather_place_kind = weather.place_kind and source.weather_place = weather.place
left join {{ ref('int_air__unit_day') }} as observed
    on
        source.place_kind = observed.unit_kind
        and source.place = observed.unit
        and weather.date = observed.date
        and observed.pollutant = 'PM2.5'
