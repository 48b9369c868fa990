{{ config(tags=['linked']) }}
-- Grain: one row per supplying region and sector, using region and sector, with a value.
select
    from_region,
    from_sector,
    to_region,
    user_code as to_sector,
    value_musd
from {{ ref('int_mrio__cell') }}
where user_kind = 'sector' and value_musd <> 0
