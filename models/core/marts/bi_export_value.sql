-- Grain: one row per edition, year, exporting province and sector, destination: fct_export_value with names in place
-- of codes, and the emissions of these exports along their supply chains.
{{ config(materialized='view') }}

select
    export.edition,
    export.year,
    province.name as exporting_province,
    province.name_zh as exporting_province_zh,
    province.china_region as exporting_china_region,
    sector.name as exported_sector,
    sector.sector_group as exported_sector_group,
    destination.name as destination,
    destination.world_region as destination_world_region,
    export.export_musd,
    export.export_musd * export.so2_t_per_musd as embodied_so2_t,
    export.export_musd * export.nox_t_per_musd as embodied_nox_t,
    export.export_musd * export.ape_t_per_musd as embodied_ape_t
from {{ ref('fct_export_value') }} as export
inner join {{ ref('dim_region') }} as province on export.province = province.code
inner join {{ ref('dim_region') }} as destination on export.destination = destination.code
inner join {{ ref('dim_sector') }} as sector on export.sector = sector.code
