-- Grain: one row per edition, year, engine, scenario, longitude, latitude, component; cells of China alone.
with engines as (

    select
        engine,
        scenario,
        longitude,
        latitude,
        component,
        population_persons,
        pm25_ug_m3
    from {{ computed('pm25_cell') }}
    union all
    select
        engine,
        scenario,
        longitude,
        latitude,
        component,
        population_persons,
        pm25_ug_m3
    from {{ computed('simulated_pm25_cell') }}

)

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
from engines
