-- Grain: one row per province, source sector, activity, emitter (a sector, or a code of outside_source)
-- and pollutant. The province's amount of a source sector is divided in proportion to the weights; where
-- no CO2 locates anything of the source sector in the province, as in the nation; without a table it
-- stays whole.
{{ config(tags=['prepare']) }}
with traced as (

    select
        published.province,
        published.source_sector,
        published.pollutant,
        published.emission_t
    from {{ ref('int_inventory__source') }} as published
    where published.province in (select made.province from {{ ref('int_province__output') }} as made)

),

weights as (

    select
        province,
        source_sector,
        activity,
        sector,
        pollutant,
        weight_t,
        'own' as division
    from {{ ref('int_inventory__weight') }}

),

national_weights as (

    select
        source_sector,
        activity,
        sector,
        pollutant,
        sum(weight_t) as weight_t
    from weights
    group by source_sector, activity, sector, pollutant

),

applied_weights as (

    select
        province,
        source_sector,
        activity,
        sector,
        pollutant,
        weight_t,
        division
    from weights
    union all
    select
        traced.province,
        national_weights.source_sector,
        national_weights.activity,
        national_weights.sector,
        national_weights.pollutant,
        national_weights.weight_t,
        'national' as division
    from traced
    inner join national_weights
        on
            traced.source_sector = national_weights.source_sector
            and traced.pollutant = national_weights.pollutant
    anti join weights
        on
            traced.province = weights.province
            and traced.source_sector = weights.source_sector
            and traced.pollutant = weights.pollutant

),

divided as (

    select
        traced.province,
        traced.source_sector,
        applied_weights.activity,
        applied_weights.sector,
        traced.pollutant,
        applied_weights.division,
        traced.emission_t * applied_weights.weight_t
        / sum(applied_weights.weight_t) over (
            partition by traced.province, traced.source_sector, traced.pollutant
        ) as emission_t
    from traced
    inner join applied_weights
        on
            traced.province = applied_weights.province
            and traced.source_sector = applied_weights.source_sector
            and traced.pollutant = applied_weights.pollutant

),

without_table as (

    select
        published.province,
        published.source_sector,
        'no_table' as activity,
        'no_table' as sector,
        published.pollutant,
        'none' as division,
        published.emission_t
    from {{ ref('int_inventory__source') }} as published
    where published.province not in (select made.province from {{ ref('int_province__output') }} as made)

)

select
    province,
    source_sector,
    activity,
    sector,
    pollutant,
    division,
    emission_t
from divided
union all
select
    province,
    source_sector,
    activity,
    sector,
    pollutant,
    division,
    emission_t
from without_table
