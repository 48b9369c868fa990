-- Grain: one row per stand-in of the inventory, pollutant (in topic), province and emitter where it has
-- them: the amount that rests on it.
{{ config(tags=['prepare']) }}
with allocation as (

    select
        province,
        source_sector,
        activity,
        sector,
        pollutant,
        division,
        emission_t
    from {{ ref('int_inventory__allocation') }}

),

clipped as (

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
    group by province, pollutant

),

-- What bringing an inventory to the nation's totals has moved, up and down alike.
brought_to_year as (

    select
        'inventory_brought_to_national_total' as assumption,
        cast(null as varchar) as province,
        cast(null as varchar) as sector,
        scale.pollutant,
        sum(abs(scale.national_t - scale.inventory_t)) as amount,
        'The inventory of ' || any_value(scale.inventory_year)
        || ' times one factor for each group of sectors, so that the provinces sum to the nation in {{ var("year") }}: '
        || string_agg(
            scale.total_group || ' ' || round(scale.scale_factor, 3), ', ' order by scale.total_group
        )
        || '. The pattern of the provinces is that of ' || any_value(scale.inventory_year) as description
    from {{ ref('int_inventory__national_scale') }} as scale
    group by scale.pollutant

),

provenance as (

    select min(vintage_year) as vintage_year
    from {{ source('raw', 'provenance') }}
    where role = 'sector_emission'

),

-- An inventory of an older year that no national total brings to the edition's.
left_in_its_year as (

    select
        'inventory_of_an_older_year' as assumption,
        cast(null as varchar) as province,
        cast(null as varchar) as sector,
        inventory.pollutant,
        sum(inventory.emission_t) as amount,
        'The inventory of ' || any_value(provenance.vintage_year) || ' stands for {{ var("year") }} as it is: there are'
        || ' no national totals of that year' as description
    from {{ ref('int_inventory__source') }} as inventory
    cross join provenance
    where
        provenance.vintage_year < {{ var('year') }}
        and not exists (select 1 from {{ ref('int_inventory__national_scale') }})
    group by inventory.pollutant

),

moved as (

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
    group by allocation.province, allocation.sector, allocation.pollutant

),

-- Parts of source sectors, with what places them.
located as (

    select
        allocation.province,
        allocation.source_sector,
        allocation.sector,
        allocation.pollutant,
        allocation.division,
        allocation.emission_t,
        activity.locate_by,
        activity.weight
    from allocation
    inner join {{ ref('int_inventory__activity') }} as activity
        on
            allocation.source_sector = activity.source_sector
            and allocation.activity = activity.activity

),

located_by_co2 as (

    select
        'inventory_located_by_co2' as assumption,
        cast(null as varchar) as province,
        located.sector,
        located.pollutant,
        sum(located.emission_t) as amount,
        'Source sectors '
        || string_agg(distinct located.source_sector, ', ' order by located.source_sector)
        || ' divided within each province by CO2 of activities and sectors' as description
    from located
    where located.locate_by = 'co2'
    group by located.sector, located.pollutant

),

located_by_output as (

    select
        'inventory_located_by_output' as assumption,
        located.province,
        cast(null as varchar) as sector,
        located.pollutant,
        sum(located.emission_t) as amount,
        'No CO2 account of the province: its activities lie where its sectors produce, at the CO2 that the other'
        || ' provinces emit for the same output' as description
    from located
    where
        located.locate_by = 'co2'
        and located.division = 'own'
        and located.province in (
            select place.province
            from {{ ref('int_inventory__co2_location') }} as place
            where place.basis = 'output'
        )
    group by located.province, located.pollutant

),

-- A sector that a concordance gives to several sectors, in the same parts in every province.
by_concordance as (

    select
        'inventory_parted_by_concordance' as assumption,
        cast(null as varchar) as province,
        located.sector,
        located.pollutant,
        sum(located.emission_t) as amount,
        'Source sectors '
        || string_agg(distinct located.source_sector, ', ' order by located.source_sector)
        || ' parted by the weights of a concordance, alike in every province' as description
    from located
    where located.locate_by = 'weight' and located.weight < 1
    group by located.sector, located.pollutant

),

assumed_levels as (

    select
        'inventory_assumed_activity_level' as assumption,
        cast(null as varchar) as province,
        cast(null as varchar) as sector,
        allocation.pollutant,
        sum(allocation.emission_t) as amount,
        'Activities whose national level no source gives: '
        || string_agg(distinct allocation.activity, ', ' order by allocation.activity) as description
    from allocation
    inner join {{ ref('int_inventory__activity_level') }} as level
        on
            allocation.source_sector = level.source_sector
            and allocation.activity = level.activity
            and allocation.pollutant = level.pollutant
    where level.basis = 'assumed'
    group by allocation.pollutant

),

national_division as (

    select
        'inventory_divided_as_in_the_nation' as assumption,
        province,
        cast(null as varchar) as sector,
        pollutant,
        sum(emission_t) as amount,
        'No CO2 locates the activities of ' || string_agg(distinct source_sector, ', ' order by source_sector)
        || ' in the province: divided as in the nation' as description
    from allocation
    where division = 'national'
    group by province, pollutant

),

freight as (

    select
        'inventory_road_share_alike' as assumption,
        cast(null as varchar) as province,
        sector,
        pollutant,
        sum(emission_t) as amount,
        'Road transport parted into heavy vehicles (business) and light vehicles and motorcycles'
        || ' (private, outside) by national shares, alike in every province' as description
    from allocation
    where
        sector <> 'no_table'
        and source_sector in (
            select road.source_sector
            from {{ ref('int_inventory__activity') }} as road
            where road.locate_by = 'national'
        )
    group by sector, pollutant

),

outside as (

    select
        'inventory_outside_footprint' as assumption,
        cast(null as varchar) as province,
        emission.sector,
        emission.pollutant,
        sum(emission.emission_t) as amount,
        any_value(source.description) as description
    from {{ ref('int_inventory__emission') }} as emission
    inner join {{ ref('outside_source') }} as source on emission.sector = source.code
    group by emission.sector, emission.pollutant

),

all_stand_ins as (

    select
        assumption,
        province,
        sector,
        pollutant,
        amount,
        description
    from clipped
    union all
    select
        assumption,
        province,
        sector,
        pollutant,
        amount,
        description
    from brought_to_year
    union all
    select
        assumption,
        province,
        sector,
        pollutant,
        amount,
        description
    from left_in_its_year
    union all
    select
        assumption,
        province,
        sector,
        pollutant,
        amount,
        description
    from located_by_output
    union all
    select
        assumption,
        province,
        sector,
        pollutant,
        amount,
        description
    from moved
    union all
    select
        assumption,
        province,
        sector,
        pollutant,
        amount,
        description
    from located_by_co2
    union all
    select
        assumption,
        province,
        sector,
        pollutant,
        amount,
        description
    from by_concordance
    union all
    select
        assumption,
        province,
        sector,
        pollutant,
        amount,
        description
    from assumed_levels
    union all
    select
        assumption,
        province,
        sector,
        pollutant,
        amount,
        description
    from national_division
    union all
    select
        assumption,
        province,
        sector,
        pollutant,
        amount,
        description
    from freight
    union all
    select
        assumption,
        province,
        sector,
        pollutant,
        amount,
        description
    from outside

),

-- Sectors that produce in the tables and have no emission at all: ships and aircraft are not in
-- the inventory.
without_emission as (

    select
        'inventory_sector_without_emission' as assumption,
        'inventory' as topic,
        cast(null as varchar) as province,
        made.sector,
        sum(made.output_musd) as amount,
        'million USD' as unit,
        'Output of a sector to which the inventory gives no emission in any province' as description,
        'docs/inventory.md' as source
    from {{ ref('int_province__output') }} as made
    where made.sector not in (select emission.sector from {{ ref('int_inventory__emission') }} as emission)
    group by made.sector
    having sum(made.output_musd) > 0

)

select
    assumption,
    'inventory, ' || pollutant as topic,
    province,
    sector,
    amount,
    't' as unit,
    description,
    'docs/inventory.md' as source
from all_stand_ins
where amount > 0
union all
select
    assumption,
    topic,
    province,
    sector,
    amount,
    unit,
    description,
    source
from without_emission
