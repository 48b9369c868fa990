-- Grain: one row per unit_kind, unit, date, pollutant: cities (as published, else the mean of their stations) and
-- provinces that are published as such. What is made of others is made of these.
{{ config(tags=['air_prepare']) }}
-- A sum has the same bits in the same order alone: stations come in the order of their codes.
with station_day as (
    select
        station.city,
        day.date,
        day.pollutant,
        day.value_ug_m3,
        day.is_interpolated
    from {{ ref('int_air__day') }} as day
    inner join {{ ref('stg_station') }} as station on day.place = station.station
    where day.place_kind = 'station'
    order by station.station
),

city_of_stations as (
    select
        city,
        date,
        pollutant,
        avg(value_ug_m3) as value_ug_m3,
        bool_and(is_interpolated) as is_interpolated
    from station_day
    group by city, date, pollutant
)

select
    place_kind as unit_kind,
    place as unit,
    date,
    pollutant,
    value_ug_m3,
    is_interpolated,
    'published' as aggregation
from {{ ref('int_air__day') }}
where place_kind in ('city', 'province')
union all
select
    'city' as unit_kind,
    made.city as unit,
    made.date,
    made.pollutant,
    made.value_ug_m3,
    made.is_interpolated,
    'mean of stations' as aggregation
from city_of_stations as made
where
    not exists (
        select published.place
        from {{ ref('int_air__day') }} as published
        where
            published.place_kind = 'city'
            and published.place = made.city
            and published.date = made.date
            and published.pollutant = made.pollutant
    )
