{{ config(tags=['atmosphere']) }}
-- Grain: one row per producer province, emission group, pollutant, exporter province and consumer region.
with intensity as (

    select
        emission.province,
        emission.sector,
        emission.pollutant,
        emission.emission_t / produced.output_musd as emission_t_per_musd
    from {{ ref('int_inventory__emission') }} as emission
    inner join {{ ref('int_mrio__output') }} as produced
        on
            emission.province = produced.region
            and emission.sector = produced.sector
    where emission.in_footprint and produced.output_musd > 0

),

embodied as (

    select
        producer_province,
        producer_sector,
        exporter_province,
        consumer_region,
        sum(output_musd) as output_musd
    from {{ computed('export_output') }}
    group by all

),

grouping_of as (

    select
        sector.code as sector,
        grouping_seed.emission_group
    from {{ ref('sector') }} as sector
    inner join {{ ref('emission_group') }} as grouping_seed
        on
            sector.sector_group = grouping_seed.emitter_code
            and grouping_seed.emitter_kind = 'sector_group'
    where sector.classification = '{{ var("sector_classification") }}'

)

select
    embodied.producer_province,
    grouping_of.emission_group,
    intensity.pollutant,
    embodied.exporter_province,
    embodied.consumer_region,
    sum(embodied.output_musd * intensity.emission_t_per_musd) as emission_t
from embodied
inner join intensity
    on
        embodied.producer_province = intensity.province
        and embodied.producer_sector = intensity.sector
inner join grouping_of on embodied.producer_sector = grouping_of.sector
group by all
