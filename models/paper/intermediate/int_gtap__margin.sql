{{ config(tags=['prepare']) }}
-- Grain: one row per margin commodity, region and user: its part of the world's pool of the margin.
-- A margin goes with the imports that it carries; the pool is filled by VST, which it is scaled to.
with carried as (

    select
        agent as margin,
        commodity,
        to_region as region,
        sum(value_musd) as value_musd
    from {{ source('raw', 'gtap_flow') }}
    where header = 'VTWR'
    group by all

),

used as (

    select
        carried.margin,
        carried.region,
        shares.block,
        shares.to_code,
        sum(carried.value_musd * shares.share) as value_musd
    from carried
    inner join {{ ref('int_gtap__import_share') }} as shares using (commodity, region)
    group by all

)

select
    margin,
    region,
    block,
    to_code,
    value_musd / sum(value_musd) over (partition by margin) as pool_share
from used
