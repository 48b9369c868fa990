-- Grain: one row per province, source sector, activity, divided emitter and pollutant: the allocation with the emitter
-- that has output in the province. A view: its rows are summed, and drawn from.
{{ config(tags=['prepare'], materialized='view') }}
select
    allocation.province,
    allocation.source_sector,
    allocation.activity,
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
