-- Grain: one row per edition, year, producer_province, producer_sector, consumer_region, consumer_country.
-- A table: a view would be summed by several threads when it is published, and its last bits would differ each time.
with embodied as (

    select
        producer_province,
        producer_sector,
        consumer_region,
        demand_category,
        product_use,
        sum(output_musd) as output_musd
    from {{ computed('export_output') }}
    group by all

),

-- A region that nothing divides is its own country, and as exact as the table is.
divided as (

    select
        embodied.producer_province,
        embodied.producer_sector,
        embodied.consumer_region,
        coalesce(shares.consumer_country, embodied.consumer_region) as consumer_country,
        shares.consumer_country is not null as is_derived,
        embodied.output_musd * coalesce(shares.country_share, 1) as output_musd
    from embodied
    left join {{ ref('int_consumer__share') }} as shares
        on
            embodied.consumer_region = shares.consumer_region
            and embodied.producer_sector = shares.producer_sector
            and embodied.demand_category = shares.demand_category
            and embodied.product_use = shares.product_use

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    producer_province,
    producer_sector,
    consumer_region,
    consumer_country,
    is_derived,
    sum(output_musd) as output_musd
from divided
group by all
