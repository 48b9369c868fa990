{{ config(tags=['linked'], materialized='view' if var('kind', 'footprint') == 'paper' else 'table') }}
-- Grain: one row per supplying region and sector, using region and sector, with a value.
select
    from_region,
    from_sector,
    to_region,
    user_code as to_sector,
    block,
    value_musd
from {{ ref('int_mrio__cell') }}
where user_kind = 'sector' and value_musd <> 0
