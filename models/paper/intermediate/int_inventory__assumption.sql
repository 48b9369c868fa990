{{ config(tags=['prepare']) }}
-- Grain: one row per stand-in of the inventory, pollutant (in topic), province and emitter where it has them: the
-- amount that rests on it.
with allocation as (

    select province, source_sector, activity, sector, pollutant, division, emission_t
    from {{ ref('int_inventory__allocation') }}

),

has_particles as (

    select count(*) > 0 as is_given
    from {{ source('raw', 'subsector_emission') }}
    where pollutant = 'PM2.5'

),

stand_in as (

    select
        'inventory_negative_particles_clipped' as assumption,
        province,
        cast(null as varchar) as sector,
        pollutant,
        sum(clipped_t) as amount,
        'PM2.5 below the sum of BC and OC in a source sector: the other particles are set to zero,'
        || ' the excess is dropped' as description
    from {{ ref('int_inventory__source') }}
    where pollutant = 'PM25_other'
    group by all

    union all

    select
        'inventory_moved_to_sector_with_output' as assumption,
        allocation.province,
        allocation.sector,
        allocation.pollutant,
        sum(allocation.emission_t) as amount,
        'Emission of a sector without output in the province, moved to '
        || any_value(move.moved_to_sector) as description
    from allocation
    inner join {{ ref('int_inventory__move') }} as move
        on
            allocation.province = move.province
            and allocation.sector = move.sector
    group by all

    union all

    select
        'inventory_national_subsector_shares' as assumption,
        cast(null as varchar) as province,
        cast(null as varchar) as sector,
        pollutant,
        sum(emission_t) as amount,
        'GAINS shares of China divide the inventory''s sectors alike in every province (eq. 3)' as description
    from allocation
    where division = 'gains'
    group by all

    union all

    select
        'inventory_ammonia_by_product_shares' as assumption,
        province,
        cast(null as varchar) as sector,
        pollutant,
        sum(emission_t) as amount,
        'Ammonia of agriculture: the inventory''s total, divided as the ammonia inventory by product' as description
    from allocation
    where division = 'ammonia by product'
    group by all

    union all

    select
        'inventory_divided_by_output' as assumption,
        province,
        cast(null as varchar) as sector,
        pollutant,
        sum(emission_t) as amount,
        'GAINS has no subsector of ' || string_agg(distinct source_sector, ', ' order by source_sector)
        || ' with the pollutant: by output of all sectors that it may concern' as description
    from allocation
    where division = 'output'
    group by all

    union all

    select
        'inventory_particles_as_carbon' as assumption,
        cast(null as varchar) as province,
        cast(null as varchar) as sector,
        'PM25_other' as pollutant,
        sum(allocation.emission_t) as amount,
        'The subsectors'' PM2.5 is not in the files: the other particles are divided as their BC and OC' as description
    from allocation
    cross join has_particles
    where allocation.pollutant = 'PM25_other' and allocation.division = 'gains' and not has_particles.is_given
    group by all

    union all

    select
        'inventory_outside_footprint' as assumption,
        cast(null as varchar) as province,
        emission.sector,
        emission.pollutant,
        sum(emission.emission_t) as amount,
        any_value(source.description) as description
    from {{ ref('int_inventory__emission') }} as emission
    inner join {{ ref('outside_source') }} as source on emission.sector = source.code
    group by all

)

select
    assumption,
    'inventory, ' || pollutant as topic,
    province,
    sector,
    amount,
    't' as unit,
    description,
    'docs/licensed_linking.md' as source
from stand_in
where amount > 0
