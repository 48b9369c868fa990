-- Grain: one row per edition, year, engine, curve, cause, province, component; all emissions.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    engine,
    curve,
    cause,
    province,
    component,
    deaths,
    pm25_ug_m3
from {{ computed('health_component') }}
