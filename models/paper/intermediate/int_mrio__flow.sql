{{ config(tags=['linked'], materialized='view') }}
-- Grain: one row per supplying region and sector, using region and sector, with a value.
-- Straight from the balanced table: int_mrio__cell joins what nobody asks for here.
select
    from_region,
    from_sector,
    to_region,
    user_code as to_sector,
    value_musd
from {{ computed('mrio_balanced') }}
where user_kind = 'sector' and value_musd <> 0
