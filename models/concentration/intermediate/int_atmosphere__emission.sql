{{ config(tags=['atmosphere']) }}
-- Grain: one row per province, emission group and pollutant: all emissions, in the footprint or not.
select
    emission.province,
    emitter.emission_group,
    emission.pollutant,
    sum(emission.emission_t) as emission_t
from {{ ref('int_inventory__emission') }} as emission
inner join {{ ref('int_inventory__emitter') }} as emitter
    on emission.sector = emitter.emitter and emitter.emission_group is not null
group by emission.province, emitter.emission_group, emission.pollutant
