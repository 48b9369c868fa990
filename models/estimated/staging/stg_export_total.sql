{{ config(tags=['prepare']) }}
-- Grain: one row per province and concept of its published exports, in million USD.
with rate as (

    select cny_per_usd
    from {{ ref('exchange_rate') }}
    where year = {{ var('export_total_year', var('year')) }}

)

select
    totals.province,
    totals.concept,
    totals.value_million / case totals.currency when 'CNY' then rate.cny_per_usd else 1 end as export_musd
from {{ source('raw', 'export_total') }} as totals
cross join rate
