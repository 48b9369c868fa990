-- What is in the footprint lies in a province with a table and in a sector of the analysis.
{{ config(tags=['marts']) }}

select
    inventory.province,
    inventory.sector,
    inventory.pollutant
from {{ ref('fct_emission_inventory') }} as inventory
left join {{ ref('dim_sector') }} as sector on inventory.sector = sector.code
left join {{ ref('dim_region') }} as region on inventory.province = region.code
where
    inventory.in_footprint
    and (sector.code is null or region.in_footprint is distinct from true)
