{{ config(tags=['prepare']) }}
-- Grain: one row per province and product: its output value, as stated or as output times price.
with measures as (

    select
        province,
        product_code,
        max(value) filter (where measure = 'output_10k_t') as output_10k_t,
        max(value) filter (where measure = 'price_cny_t') as price_cny_t,
        max(value) filter (where measure = 'output_value_10k_cny') as output_value_10k_cny
    from {{ source('raw', 'sector_output') }}
    group by all

),

mean_price as (

    select
        product_code,
        sum(price_cny_t * output_10k_t) / sum(output_10k_t) as price_cny_t
    from measures
    where price_cny_t is not null and output_10k_t > 0
    group by product_code

)

select
    measures.province,
    measures.product_code,
    coalesce(
        measures.output_value_10k_cny,
        measures.output_10k_t * coalesce(measures.price_cny_t, mean_price.price_cny_t)
    ) as value_10k_cny,
    measures.output_value_10k_cny is null and measures.price_cny_t is null as is_mean_price
from measures
left join mean_price using (product_code)
