-- Grain: one row per place_kind, place, date, pollutant: the published value and why it may not be used.
-- Cities are found under any of their published names, or their code; a name that nobody knows keeps its value and
-- no place. The bundled rows name cities by code: a user's own row of the city goes before them.
{{ config(tags=['air_prepare']) }}
with city_day as (
    select
        observation.place_kind,
        observation.place as published_place,
        coalesce(alias.city, coded.code) as place,
        observation.date,
        observation.pollutant,
        observation.value_ug_m3,
        observation.time_basis,
        observation.hour_count,
        observation.negative_hours,
        observation.stuck_hours,
        observation.duplicate_hours
    from {{ source('raw', 'observation') }} as observation
    left join {{ ref('city_alias') }} as alias
        on lower(replace(replace(observation.place, ' ', ''), '''', '')) = alias.alias
    left join {{ ref('city') }} as coded on observation.place = coded.code
    where observation.place_kind = 'city'
),

-- Only a city has several names: stations and provinces are there once, as the key of the sources says.
resolved as (
    select
        place_kind,
        published_place,
        place,
        date,
        pollutant,
        value_ug_m3,
        time_basis,
        hour_count,
        negative_hours,
        stuck_hours,
        duplicate_hours,
        place is not null
        and row_number() over (
            partition by place, date, pollutant
            order by published_place = place asc, hour_count desc, published_place asc
        ) > 1 as is_second_name
    from city_day
    union all
    select
        place_kind,
        place as published_place,
        place,
        date,
        pollutant,
        value_ug_m3,
        time_basis,
        hour_count,
        negative_hours,
        stuck_hours,
        duplicate_hours,
        false as is_second_name
    from {{ source('raw', 'observation') }}
    where place_kind <> 'city'
)

select
    place_kind,
    published_place,
    place,
    date,
    pollutant,
    value_ug_m3,
    time_basis,
    hour_count,
    negative_hours,
    stuck_hours,
    duplicate_hours,
    place is null as is_unknown_place,
    is_second_name,
    value_ug_m3 < 0 as is_negative,
    hour_count < case pollutant when 'O3_8h' then {{ var('min_ozone_windows') }} else {{ var('min_day_hours') }} end
        as is_short_day
from resolved
