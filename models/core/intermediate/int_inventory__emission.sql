-- Grain: one row per province, emitter and pollutant. Inside the footprint the emitter is a sector with
-- output in the province; outside it is a code of outside_source. Zeros are not stored.
{{ config(tags=['prepare']) }}
select
    province,
    sector,
    pollutant,
    in_footprint,
    sum(emission_t) as emission_t
from {{ ref('int_inventory__placed') }}
group by province, sector, pollutant, in_footprint
having sum(emission_t) <> 0
