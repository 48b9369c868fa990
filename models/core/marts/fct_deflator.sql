-- Grain: one row per edition, year, sector, source_year: price levels (role deflator) of years with an exchange rate.
with deflator as (

    {{ optional_raw('deflator', {
        'sector': 'varchar', 'source_year': 'bigint', 'currency': 'varchar', 'source': 'varchar',
        'price_index': 'double'
    }) }}

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    deflator.sector,
    cast(deflator.source_year as integer) as source_year,
    deflator.currency,
    deflator.price_index,
    deflator.price_index / case deflator.currency when 'CNY' then rate.cny_per_usd else 1 end as usd_price_index,
    deflator.source
from deflator
left join {{ ref('exchange_rate') }} as rate on deflator.source_year = rate.year
where deflator.currency <> 'CNY' or rate.cny_per_usd is not null
