{{ config(tags=['atmosphere']) }}
-- Grain: one row per province, emission group and pollutant: all emissions, in the footprint or not.
with grouped as (

    select
        'sector_group' as emitter_kind,
        sector.code as emitter,
        sector.sector_group as emitter_code
    from {{ ref('sector') }} as sector
    where sector.classification = '{{ var("sector_classification") }}'
    union all
    select
        'outside_source' as emitter_kind,
        code as emitter,
        code as emitter_code
    from {{ ref('outside_source') }}

),

grouping_of as (

    select
        grouped.emitter,
        grouping_seed.emission_group
    from grouped
    inner join {{ ref('emission_group') }} as grouping_seed
        on
            grouped.emitter_kind = grouping_seed.emitter_kind
            and grouped.emitter_code = grouping_seed.emitter_code

)

select
    emission.province,
    grouping_of.emission_group,
    emission.pollutant,
    sum(emission.emission_t) as emission_t
from {{ ref('int_inventory__emission') }} as emission
inner join grouping_of on emission.sector = grouping_of.emitter
group by emission.province, grouping_of.emission_group, emission.pollutant
