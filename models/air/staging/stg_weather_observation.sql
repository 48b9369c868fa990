-- Grain: one row per place_kind, place, date, variable; points with their coordinates.
{{ config(tags=['air_prepare']) }}
with resolved as (
    select
        weather.place_kind,
        case weather.place_kind
            when 'city' then alias.city
            else weather.place
        end as place,
        weather.date,
        weather.variable,
        weather.value
    from {{ source('raw', 'weather_observation') }} as weather
    left join {{ ref('city_alias') }} as alias
        on lower(replace(replace(weather.place, ' ', ''), '''', '')) = alias.alias
)

select
    place_kind,
    place,
    date,
    variable,
    value,
    case when place_kind = 'point' then cast(regexp_extract(place, '^([0-9.]+)([NS])', 1) as double) end
    * case when regexp_matches(place, '^[0-9.]+S') then -1 else 1 end as latitude,
    case when place_kind = 'point' then cast(regexp_extract(place, '_([0-9.]+)([EW])$', 1) as double) end
    * case when regexp_matches(place, 'W$') then -1 else 1 end as longitude
from resolved
where place is not null
