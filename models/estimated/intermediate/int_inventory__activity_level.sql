-- Grain: one row per source sector, activity and pollutant: the activity's national emission, whose ratios
-- within the source sector say how the sector is divided.
{{ config(tags=['prepare']) }}
-- Levels that no source gives lie between those of the years around the edition's, in a straight line as the
-- subsectors' (stg_subsector_emission); before the first year and after the last they are that year's.
with ends as (

    select
        activity,
        pollutant,
        coalesce(
            max(from_year) filter (where from_year <= {{ var('year') }}), min(from_year)
        ) as year_before,
        coalesce(
            min(from_year) filter (where from_year >= {{ var('year') }}), max(from_year)
        ) as year_after
    from {{ ref('activity_level') }}
    group by activity, pollutant

),

around as (

    select
        *,
        case
            when year_after > year_before then ({{ var('year') }} - year_before) / (year_after - year_before)
            else 0
        end as later_weight
    from ends

),

assumed as (

    select
        around.activity,
        around.pollutant,
        before.level_kt + (later.level_kt - before.level_kt) * around.later_weight as level_kt,
        before.low_kt + (later.low_kt - before.low_kt) * around.later_weight as low_kt,
        before.high_kt + (later.high_kt - before.high_kt) * around.later_weight as high_kt
    from around
    inner join {{ ref('activity_level') }} as before
        on
            around.activity = before.activity
            and around.pollutant = before.pollutant
            and around.year_before = before.from_year
    inner join {{ ref('activity_level') }} as later
        on
            around.activity = later.activity
            and around.pollutant = later.pollutant
            and around.year_after = later.from_year

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
