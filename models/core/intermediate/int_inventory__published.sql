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

remainder as (

    select
        province,
        source_sector,
        sum(case when pollutant = 'PM2.5' then emission_t else -emission_t end) as emission_t
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
    greatest(emission_t, 0) as emission_t,
    greatest(-emission_t, 0) as clipped_t
from remainder
