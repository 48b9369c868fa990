-- Grain: one row per province, source sector and pollutant of the analysis: the inventory as published.
-- Other primary PM2.5 is PM2.5 less BC less OC as carbon; where that is negative it is set to zero.
{{ config(tags=['prepare']) }}
with gases_and_carbon as (

    select
        province,
        source_sector,
        pollutant,
        emission_t,
        0.0 as clipped_t
    from {{ ref('stg_sector_emission') }}
    where pollutant <> 'PM2.5'

),

particles as (

    select
        province,
        source_sector,
        coalesce(sum(emission_t) filter (where pollutant = 'PM2.5'), 0) as pm25_t,
        coalesce(sum(emission_t) filter (where pollutant in ('BC', 'OC')), 0) as carbon_t
    from {{ ref('stg_sector_emission') }}
    where pollutant in ('PM2.5', 'BC', 'OC')
    group by province, source_sector

)

select
    province,
    source_sector,
    pollutant,
    emission_t,
    clipped_t
from gases_and_carbon
union all
select
    province,
    source_sector,
    'PM25_other' as pollutant,
    {{ other_particles('pm25_t', ['carbon_t']) }} as emission_t,
    greatest(carbon_t - pm25_t, 0) as clipped_t
from particles
