{{ config(tags=['prepare']) }}
-- Grain: one row per commodity, region and user: its share of the region's imports of the commodity.
-- Where no user books imports that arrive, those who buy the commodity at home stand in, then investment.
with totals as (

    select
        commodity,
        region,
        sum(import_musd) as import_musd,
        sum(domestic_musd) as domestic_musd
    from {{ ref('int_gtap__use') }}
    group by all

),

booked as (

    select
        purchases.commodity,
        purchases.region,
        purchases.block,
        purchases.to_code,
        purchases.import_musd / totals.import_musd as share,
        'imports' as basis
    from {{ ref('int_gtap__use') }} as purchases
    inner join totals using (commodity, region)
    where totals.import_musd > 0 and purchases.import_musd <> 0

),

from_home as (

    select
        purchases.commodity,
        purchases.region,
        purchases.block,
        purchases.to_code,
        purchases.domestic_musd / totals.domestic_musd as share,
        'domestic purchases' as basis
    from {{ ref('int_gtap__use') }} as purchases
    inner join totals using (commodity, region)
    where totals.import_musd <= 0 and totals.domestic_musd > 0 and purchases.domestic_musd <> 0

),

unbooked as (

    select distinct
        trade.commodity,
        trade.to_region as region,
        'final_demand' as block,
        'gfcf' as to_code,
        1.0 as share,
        'investment' as basis
    from {{ ref('int_gtap__trade') }} as trade
    left join totals
        on
            trade.commodity = totals.commodity
            and trade.to_region = totals.region
    where coalesce(totals.import_musd, 0) <= 0 and coalesce(totals.domestic_musd, 0) <= 0

)

select commodity, region, block, to_code, share, basis
from booked
union all
select commodity, region, block, to_code, share, basis
from from_home
union all
select commodity, region, block, to_code, share, basis
from unbooked
