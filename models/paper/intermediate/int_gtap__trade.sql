{{ config(tags=['prepare']) }}
-- Grain: one row per commodity, source and destination: exports without margins, at the source's basic prices.
select
    commodity,
    from_region,
    to_region,
    value_musd
from {{ source('raw', 'gtap_flow') }}
where header = 'VXSB' and value_musd <> 0
