-- Grain: one row per edition, year, engine, scenario, province, season, weighting, component.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    engine,
    scenario,
    province,
    season,
    weighting,
    component,
    pm25_ug_m3
from {{ source('computed', 'pm25_province') }}
