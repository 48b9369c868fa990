-- Grain: one row per province, emitter, pollutant and in_footprint: the inventory, and its index APE beside it.
{{ config(tags=['prepare']) }}
with emission as (

    select
        province,
        sector,
        pollutant,
        in_footprint,
        emission_t
    from {{ ref('int_inventory__emission') }}

),

equivalent as (

    select
        emission.province,
        emission.sector,
        'APE' as pollutant,
        emission.in_footprint,
        {{ index_of('emission.emission_t', 'weight.ape_coefficient') }} as emission_t
    from emission
    inner join {{ ref('int_pollutant__weight') }} as weight
        on emission.pollutant = weight.pollutant and weight.is_default
    group by emission.province, emission.sector, emission.in_footprint

)

select
    province,
    sector,
    pollutant,
    in_footprint,
    emission_t
from emission
union all
select
    province,
    sector,
    pollutant,
    in_footprint,
    emission_t
from equivalent
