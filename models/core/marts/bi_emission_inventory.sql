-- Grain: one row per edition, year, province, sector, pollutant, in_footprint: fct_emission_inventory with names in
-- place of codes. Sources outside the table's sectors (households, private vehicles) keep their own name.
{{ config(materialized='view') }}

select
    inventory.edition,
    inventory.year,
    province.name as province,
    province.name_zh as province_zh,
    province.china_region,
    coalesce(sector.name, inventory.sector) as sector,
    coalesce(sector.sector_group, 'outside the table') as sector_group,
    inventory.pollutant,
    inventory.in_footprint,
    inventory.emission_t
from {{ ref('fct_emission_inventory') }} as inventory
inner join {{ ref('dim_region') }} as province on inventory.province = province.code
left join {{ ref('dim_sector') }} as sector on inventory.sector = sector.code
