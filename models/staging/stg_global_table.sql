{{ config(tags=['prepare']) }}
-- Grain: one row per producing region and sector, using region, and using sector or final-demand category.
select
    from_region,
    from_sector,
    to_region,
    to_code,
    block,
    value_musd
from {{ source('raw', 'global_table') }}
where block in ('intermediate', 'final_demand')
