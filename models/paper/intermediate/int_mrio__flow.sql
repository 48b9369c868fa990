{{ config(tags=['linked'], materialized='view') }}
-- Grain: one row per supplying region and sector, using region and sector, with a value.
select
    from_region,
    from_sector,
    to_region,
    to_sector,
    value_musd
from {{ computed('mrio_flow') }}
