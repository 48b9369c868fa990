-- Grain: one row per edition, year, engine, scenario, province, season, weighting, component.
with engines as (

    select
        engine,
        scenario,
        province,
        season,
        weighting,
        component,
        pm25_ug_m3
    from {{ computed('pm25_province') }}
    union all
    select
        engine,
        scenario,
        province,
        season,
        weighting,
        component,
        pm25_ug_m3
    from {{ computed('simulated_pm25_province') }}

)

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
from engines
