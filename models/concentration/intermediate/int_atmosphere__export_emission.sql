{{ config(tags=['atmosphere']) }}
-- Grain: one row per producer province, emission group, pollutant, exporter province and consumer region.
with embodied as (

    select
        producer_province,
        producer_sector,
        exporter_province,
        consumer_region,
        sum(output_musd) as output_musd
    from {{ computed('export_output') }}
    group by all

),

-- The index has no place in the air.
intensity as (

    select
        intensity.province,
        intensity.sector,
        intensity.pollutant,
        intensity.emission_t_per_musd
    from {{ ref('int_inventory__intensity') }} as intensity
    inner join {{ ref('pollutant') }} as pollutant on intensity.pollutant = pollutant.code
    where not pollutant.is_index

),

emitter as (

    select
        emitter as sector,
        emission_group
    from {{ ref('int_inventory__emitter') }}
    where emitter_kind = 'sector_group' and emission_group is not null

)

select
    embodied.producer_province,
    emitter.emission_group,
    intensity.pollutant,
    embodied.exporter_province,
    embodied.consumer_region,
    sum(embodied.output_musd * intensity.emission_t_per_musd) as emission_t
from embodied
inner join intensity
    on
        embodied.producer_province = intensity.province
        and embodied.producer_sector = intensity.sector
inner join emitter on embodied.producer_sector = emitter.sector
group by all
