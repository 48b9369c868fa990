-- Grain: one row per edition, year, engine, receptor, producer_province, producer_sector, pollutant.
with grouping_of as (

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
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    sensitivity.engine,
    sensitivity.receptor,
    sensitivity.producer_province,
    grouping_of.sector as producer_sector,
    sensitivity.pollutant,
    sensitivity.emission_group,
    sensitivity.component,
    sensitivity.sensitivity_ug_m3_per_t
from {{ computed('pm25_sensitivity') }} as sensitivity
inner join grouping_of on sensitivity.emission_group = grouping_of.emission_group
