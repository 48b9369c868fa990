-- Grain: one row per place_kind, place (city or province with observations): whose weather stands for it.
-- Its own where there is one, else that of the nearest point within reach, else that of its province.
{{ config(tags=['air_prepare']) }}
with unit as (
    select distinct
        unit_kind,
        unit
    from {{ ref('int_air__unit_day') }}
),

weather_place as (
    select distinct
        place_kind,
        place,
        latitude,
        longitude
    from {{ ref('stg_weather_observation') }}
),

own as (
    select
        unit.unit_kind,
        unit.unit,
        weather_place.place_kind as weather_place_kind,
        weather_place.place as weather_place,
        0.0 as distance_km,
        1 as preference
    from unit
    inner join weather_place
        on unit.unit_kind = weather_place.place_kind and unit.unit = weather_place.place
),

nearest as (
    select
        unit.unit_kind,
        unit.unit,
        point.place_kind as weather_place_kind,
        point.place as weather_place,
        2 * 6371 * asin(sqrt(least(
            1,
            pow(sin(radians(point.latitude - city.latitude) / 2), 2)
            + cos(radians(point.latitude)) * cos(radians(city.latitude))
            * pow(sin(radians(point.longitude - city.longitude) / 2), 2)
        ))) as distance_km,
        2 as preference
    from unit
    inner join {{ ref('city') }} as city on unit.unit_kind = 'city' and unit.unit = city.code
    cross join weather_place as point
    where point.place_kind = 'point'
),

of_province as (
    select
        unit.unit_kind,
        unit.unit,
        weather_place.place_kind as weather_place_kind,
        weather_place.place as weather_place,
        cast(null as double) as distance_km,
        3 as preference
    from unit
    inner join {{ ref('city') }} as city on unit.unit_kind = 'city' and unit.unit = city.code
    inner join weather_place
        on weather_place.place_kind = 'province' and city.province = weather_place.place
),

candidate as (
    select
        unit_kind,
        unit,
        weather_place_kind,
        weather_place,
        distance_km,
        preference
    from own
    union all
    select
        unit_kind,
        unit,
        weather_place_kind,
        weather_place,
        distance_km,
        preference
    from nearest
    where distance_km <= {{ var('weather_reach_km') }}
    union all
    select
        unit_kind,
        unit,
        weather_place_kind,
        weather_place,
        distance_km,
        preference
    from of_province
)

select
    unit_kind as place_kind,
    unit as place,
    weather_place_kind,
    weather_place,
    distance_km
from candidate
qualify row_number() over (partition by unit_kind, unit order by preference, distance_km, weather_place) = 1
