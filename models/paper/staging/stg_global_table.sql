{{ config(tags=['prepare'], materialized='view') }}
-- Grain: one row per producing region and sector, using region, and using sector or final-demand category.
-- The world table from GTAP's headers (Peters, Andrew and Lennox 2011). A view: most cells are products of a flow
-- between regions and a user's share of imports, made where they are read.
select
    from_region,
    from_sector,
    to_region,
    to_code,
    block,
    value_musd
from {{ ref('int_gtap__home_and_margin_cell') }}
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
    trade.from_region <> trade.to_region
    and trade.commodity not in (
        select margin_flow.commodity
        from {{ source('raw', 'gtap_flow') }} as margin_flow
        where margin_flow.header = 'VST'
    )
