-- Grain: one row per province, emitter and pollutant. Inside the footprint the emitter is a sector with
-- output in the province; outside it is a code of outside_source. Zeros are not stored.
{{ config(tags=['prepare']) }}
with placed as (

    select
        allocation.province,
        coalesce(move.moved_to_sector, allocation.sector) as sector,
        allocation.pollutant,
        outside.code is null as in_footprint,
        allocation.emission_t
    from {{ ref('int_inventory__allocation') }} as allocation
    left join {{ ref('int_inventory__move') }} as move
        on
            allocation.province = move.province
            and allocation.sector = move.sector
    left join {{ ref('outside_source') }} as outside on allocation.sector = outside.code

)

select
    province,
    sector,
    pollutant,
    in_footprint,
    sum(emission_t) as emission_t
from placed
group by province, sector, pollutant, in_footprint
having sum(emission_t) <> 0
