{{ config(tags=['prepare']) }}
-- Grain: one row per cell of the world table that several headers make: within a region, or of a margin commodity.
with margin_supply as (

    select
        commodity,
        from_region,
        sum(value_musd) as value_musd
    from {{ source('raw', 'gtap_flow') }}
    where header = 'VST'
    group by all

),

parts as (

    select
        region as from_region,
        commodity as from_sector,
        region as to_region,
        to_code,
        block,
        domestic_musd as value_musd
    from {{ ref('int_gtap__use') }}

    union all

    select
        trade.from_region,
        trade.commodity as from_sector,
        trade.to_region,
        shares.to_code,
        shares.block,
        trade.value_musd * shares.share as value_musd
    from {{ ref('int_gtap__trade') }} as trade
    inner join {{ ref('int_gtap__import_share') }} as shares
        on
            trade.commodity = shares.commodity
            and trade.to_region = shares.region
    where
        trade.from_region = trade.to_region
        or trade.commodity in (select margin_supply.commodity from margin_supply)

    union all

    select
        margin_supply.from_region,
        margin_supply.commodity as from_sector,
        margin.region as to_region,
        margin.to_code,
        margin.block,
        margin_supply.value_musd * margin.pool_share as value_musd
    from margin_supply
    inner join {{ ref('int_gtap__margin') }} as margin on margin_supply.commodity = margin.margin

)

select
    from_region,
    from_sector,
    to_region,
    to_code,
    block,
    sum(value_musd) as value_musd
from parts
group by all
having sum(value_musd) <> 0
