-- What is in the footprint lies in a province with a table and in a sector of the analysis.
{{ config(tags=['marts']) }}

with province as (
    select distinct region
    from {{ ref('fct_mrio_output') }}
)

select
    inventory.province,
    inventory.sector,
    inventory.pollutant
from {{ ref('fct_emission_inventory') }} as inventory
left join {{ ref('dim_sector') }} as sector on inventory.sector = sector.code
left join province on inventory.province = province.region
where
    inventory.in_footprint
    and (sector.code is null or province.region is null)
