-- Grain: one row per edition, year, engine, scenario, longitude, latitude, component; cells of China alone.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    engine,
    scenario,
    longitude,
    latitude,
    component,
    population_persons,
    pm25_ug_m3
from {{ source('computed', 'pm25_cell') }}
