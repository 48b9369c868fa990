{{ config(tags=['prepare']) }}
-- Grain: one row per flow, province, sector, partner region and whether the regime counts: customs values in USD.
with rate as (

    select cny_per_usd
    from {{ ref('exchange_rate') }}
    where year = {{ var('year') }}

),

declared as (

    select
        trade.flow,
        trade.province,
        trade.commodity_code,
        partner.region,
        regime.is_included,
        sum(trade.value_million / case trade.currency when 'CNY' then rate.cny_per_usd else 1 end) as value_musd
    from {{ source('raw', 'trade') }} as trade
    inner join {{ ref('int_trade__partner') }} as partner using (partner_code)
    inner join {{ ref('trade_regime') }} as regime using (regime_code)
    cross join rate
    group by all

)

select
    declared.flow,
    declared.province,
    commodity.sector,
    declared.region,
    declared.is_included,
    sum(declared.value_musd * commodity.weight) as value_musd
from declared
inner join {{ ref('int_trade__commodity') }} as commodity using (commodity_code)
group by all
