-- Grain: one row per edition, year, engine, source, receptor, producer_province, emission_group, component.
-- Deaths that no export drives. home_demand: what a province emits for demand at home; without_flow: secondary organics
-- and background, which no flow is charged with (unattributed).
with everything as (

    select
        province as producer_province,
        emission_group,
        pollutant,
        emission_t
    from {{ ref('int_atmosphere__emission') }}

),

exported as (

    select
        producer_province,
        emission_group,
        pollutant,
        sum(emission_t) as emission_t
    from {{ ref('int_atmosphere__export_emission') }}
    group by all

),

at_home as (

    select
        everything.producer_province,
        everything.emission_group,
        everything.pollutant,
        everything.emission_t - coalesce(exported.emission_t, 0) as emission_t
    from everything
    left join exported
        on
            everything.producer_province = exported.producer_province
            and everything.emission_group = exported.emission_group
            and everything.pollutant = exported.pollutant

),

parts as (

    select
        sensitivity.engine,
        'home_demand' as source,
        sensitivity.receptor,
        sensitivity.producer_province,
        sensitivity.emission_group,
        sensitivity.component,
        sum(at_home.emission_t * sensitivity.deaths_per_t) as deaths
    from {{ ref('fct_health_sensitivity') }} as sensitivity
    inner join at_home
        on
            sensitivity.producer_province = at_home.producer_province
            and sensitivity.emission_group = at_home.emission_group
            and sensitivity.pollutant = at_home.pollutant
    group by all
    union all
    select
        'reduced' as engine,
        'without_flow' as source,
        province as receptor,
        'unattributed' as producer_province,
        'unattributed' as emission_group,
        component,
        deaths
    from {{ computed('health_outcome') }}
    where component in ('soa', 'background')

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    engine,
    '{{ var("health_curve", "gemm") }}' as curve,
    '{{ var("health_outcome", "NCD+LRI") }}' as outcome,
    source,
    receptor,
    producer_province,
    emission_group,
    case source when 'home_demand' then '{{ var("home_region") }}' else 'unattributed' end as consumer_region,
    component,
    deaths
from parts
