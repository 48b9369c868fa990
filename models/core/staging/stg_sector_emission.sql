-- Grain: one row per province, sector and pollutant of the inventory as published; the published totals
-- left out.
{{ config(tags=['prepare']) }}
select
    province,
    source_sector,
    pollutant,
    emission_t
from {{ source('raw', 'sector_emission') }}
where source_sector <> 'TOTAL'
