-- Grain: one row per edition, year, engine, scenario, curve, cause, province, age_group.
-- NCD+LRI holds the other causes: never sum over it and them.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    engine,
    scenario,
    curve,
    cause,
    province,
    age_group,
    province_persons,
    age_group_persons,
    all_deaths,
    deaths,
    p05_deaths,
    p95_deaths,
    1e5 * deaths / nullif(age_group_persons, 0) as deaths_per_100k
from {{ computed('health_burden') }}
