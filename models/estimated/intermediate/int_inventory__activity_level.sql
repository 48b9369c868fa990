-- Grain: one row per source sector, activity and pollutant: the activity's national emission, whose ratios
-- within the source sector say how the sector is divided.
{{ config(tags=['prepare']) }}
-- Levels that no source gives are those of the last year at or before the edition's, else of the first.
with assumed as (

    select
        activity,
        pollutant,
        level_kt,
        low_kt,
        high_kt
    from {{ ref('activity_level') }}
    qualify row_number() over (
        partition by activity, pollutant
        order by case when from_year <= {{ var('year') }} then from_year else -from_year end desc
    ) = 1

),

national as (

    select
        subsector.activity,
        emitted.pollutant,
        sum(emitted.emission_t) as level_t,
        cast(null as double) as low_t,
        cast(null as double) as high_t,
        'subsector' as basis
    from {{ ref('stg_subsector_emission') }} as emitted
    inner join {{ ref('gains_emf30__' ~ var('sector_classification')) }} as subsector
        on emitted.source_sector = subsector.source_sector
    where subsector.treatment <> 'not_used'
    group by subsector.activity, emitted.pollutant
    union all
    select
        activity,
        pollutant,
        level_kt * 1000 as level_t,
        low_kt * 1000 as low_t,
        high_kt * 1000 as high_t,
        'assumed' as basis
    from assumed

),

divided as (

    select
        activity.source_sector,
        activity.activity,
        national.pollutant,
        national.level_t,
        national.low_t,
        national.high_t,
        national.basis
    from {{ ref('int_inventory__activity') }} as activity
    inner join national on activity.activity = national.activity
    where activity.locate_by not in ('single', 'weight')

),

-- No source divides the other particles of road transport: they go as its black carbon,
-- since both come from diesel.
road_particles as (

    select
        source_sector,
        activity,
        'PM25_other' as pollutant,
        level_t,
        cast(null as double) as low_t,
        cast(null as double) as high_t,
        'assumed' as basis
    from divided
    where
        pollutant = 'BC'
        and source_sector in (
            select road.source_sector
            from {{ ref('int_inventory__activity') }} as road
            where road.locate_by = 'national'
        )

)

select
    source_sector,
    activity,
    pollutant,
    level_t,
    low_t,
    high_t,
    basis
from divided
union all
select
    source_sector,
    activity,
    pollutant,
    level_t,
    low_t,
    high_t,
    basis
from road_particles
