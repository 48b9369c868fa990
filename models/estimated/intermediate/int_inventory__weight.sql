-- Grain: one row per province with a table, source sector, activity, sector and pollutant: what the
-- activity would emit there if its national emission followed its location. Only ratios within a province
-- and source sector count.
{{ config(tags=['prepare']) }}
with traced_province as (

    select distinct province
    from {{ ref('int_province__output') }}

),

activity as (

    select
        source_sector,
        activity,
        to_code,
        locate_by,
        proxy_sector,
        proxy_pollutant,
        weight
    from {{ ref('int_inventory__activity') }}

),

emitted_pollutant as (

    select distinct
        source_sector,
        pollutant
    from {{ ref('int_inventory__source') }}

),

-- The whole source sector is one activity, or a concordance says in which parts it goes to sectors.
single_activity as (

    select
        traced_province.province,
        activity.source_sector,
        activity.activity,
        activity.to_code as sector,
        emitted_pollutant.pollutant,
        activity.weight as weight_t
    from activity
    inner join emitted_pollutant on activity.source_sector = emitted_pollutant.source_sector
    cross join traced_province
    where activity.locate_by in ('single', 'weight')

),

by_co2 as (

    select
        location.province,
        activity.source_sector,
        activity.activity,
        location.sector,
        level.pollutant,
        level.level_t * location.national_share as weight_t
    from activity
    inner join {{ ref('int_inventory__activity_level') }} as level
        on
            activity.source_sector = level.source_sector
            and activity.activity = level.activity
    inner join {{ ref('int_inventory__co2_location') }} as location on activity.activity = location.activity
    where activity.locate_by = 'co2'

),

emission_location as (

    select
        source_sector,
        pollutant,
        province,
        emission_t / sum(emission_t) over (partition by source_sector, pollutant) as national_share
    from {{ ref('int_inventory__source') }}

),

by_emission as (

    select
        traced_province.province,
        activity.source_sector,
        activity.activity,
        activity.to_code as sector,
        level.pollutant,
        level.level_t * location.national_share as weight_t
    from activity
    inner join {{ ref('int_inventory__activity_level') }} as level
        on
            activity.source_sector = level.source_sector
            and activity.activity = level.activity
    inner join emission_location as location
        on
            activity.proxy_sector = location.source_sector
            and activity.proxy_pollutant = location.pollutant
    inner join traced_province on location.province = traced_province.province
    where activity.locate_by = 'emission'

),

-- Nothing tells provinces apart: the national division holds in each.
alike_everywhere as (

    select
        traced_province.province,
        activity.source_sector,
        activity.activity,
        activity.to_code as sector,
        level.pollutant,
        level.level_t as weight_t
    from activity
    inner join {{ ref('int_inventory__activity_level') }} as level
        on
            activity.source_sector = level.source_sector
            and activity.activity = level.activity
    cross join traced_province
    where activity.locate_by = 'national'

),

everything as (

    select
        province,
        source_sector,
        activity,
        sector,
        pollutant,
        weight_t
    from single_activity
    union all
    select
        province,
        source_sector,
        activity,
        sector,
        pollutant,
        weight_t
    from by_co2
    union all
    select
        province,
        source_sector,
        activity,
        sector,
        pollutant,
        weight_t
    from by_emission
    union all
    select
        province,
        source_sector,
        activity,
        sector,
        pollutant,
        weight_t
    from alike_everywhere

)

select
    province,
    source_sector,
    activity,
    sector,
    pollutant,
    weight_t
from everything
where weight_t > 0
