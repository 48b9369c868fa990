{{ config(tags=['link']) }}
-- Grain: one row per ordered pair of different provinces with a table: distance of their population centres.
with centres as (

    select
        province,
        radians(longitude) as longitude,
        radians(latitude) as latitude
    from {{ ref('stg_population_centre') }}
    where province in (select province from {{ ref('int_province__output') }})

)

select
    origin.province as from_province,
    destination.province as to_province,
    -- Haversine on a sphere of 6371.0088 km (the mean radius of IUGG).
    2 * 6371.0088 * asin(sqrt(
        pow(sin((destination.latitude - origin.latitude) / 2), 2)
        + cos(origin.latitude) * cos(destination.latitude)
        * pow(sin((destination.longitude - origin.longitude) / 2), 2)
    )) as distance_km
from centres as origin
inner join centres as destination on origin.province <> destination.province
