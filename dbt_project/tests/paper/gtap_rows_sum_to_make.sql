{{ config(tags=['prepare', 'gtap_identity']) }}
-- The world table's rows sum to the make matrix, to 1e-6: nothing of a header is lost or counted twice.
with spread as (

    select
        commodity,
        region,
        sum(share) as share
    from {{ ref('int_gtap__import_share') }}
    group by all

),

placed as (

    select
        trade.from_region as region,
        trade.commodity as sector,
        sum(trade.value_musd * shares.share) as value_musd
    from {{ ref('int_gtap__trade') }} as trade
    inner join spread as shares
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
    group by all

    union all

    select
        from_region as region,
        from_sector as sector,
        sum(value_musd) as value_musd
    from {{ ref('int_gtap__home_and_margin_cell') }}
    group by all

),

delivered as (

    select region, sector, sum(value_musd) as value_musd
    from placed
    group by all

)

select
    account.region,
    account.code as sector,
    account.output_musd,
    delivered.value_musd as delivered_musd
from {{ ref('int_gtap__account') }} as account
left join delivered
    on
        account.region = delivered.region
        and account.code = delivered.sector
where
    account.block = 'intermediate'
    and not abs(coalesce(delivered.value_musd, 0) - account.output_musd) <= 1e-6 * greatest(account.output_musd, 1)
