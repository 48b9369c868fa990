-- Deaths in China that the demand of each foreign consumer is associated with, and per billion US$ of value added.
select
    trade.engine,
    trade.region as consumer,
    coalesce(region.name, trade.region) as consumer_name,
    trade.deaths,
    trade.value_added_musd,
    trade.deaths_per_billion_usd_value_added
from fct_health_trade_balance as trade
left join dim_region as region on trade.region = region.code
where trade.edition = '{{ edition }}' and trade.year = {{ year }} and trade.party = 'consumer'
order by trade.engine asc, trade.deaths desc, trade.region asc
