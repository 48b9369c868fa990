{{ config(tags=['prepare']) }}
-- Grain: one row per province, sector of its table and sector of the analysis: the part of the row that goes there.
-- Eq. 1: output of the province's products by the yearbook; the seed's national weights where it states none.
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

),

valued as (

    select
        measures.province,
        measures.product_code,
        coalesce(
            measures.output_value_10k_cny,
            measures.output_10k_t * coalesce(measures.price_cny_t, mean_price.price_cny_t)
        ) as value_10k_cny
    from measures
    left join mean_price using (product_code)

),

made as (

    select
        valued.province,
        product.from_code,
        product.to_code,
        greatest(sum(valued.value_10k_cny * product.weight), 0) as value_10k_cny
    from valued
    inner join {{ ref('yearbook_product') }} as product using (product_code)
    where valued.value_10k_cny is not null
    group by all

),

whole as (

    select
        province,
        from_code,
        sum(value_10k_cny) as value_10k_cny
    from made
    group by all
    having sum(value_10k_cny) > 0

),

province_list as (

    select distinct to_province as province
    from {{ source('raw', 'provincial_mrio') }}
    where to_province <> 'ALL'

)

select
    province_list.province,
    national.from_code,
    national.to_code,
    case
        when whole.value_10k_cny is null then national.weight
        else coalesce(made.value_10k_cny, 0) / whole.value_10k_cny
    end as weight,
    case
        when count(*) over (partition by province_list.province, national.from_code) = 1 then 'whole'
        when whole.value_10k_cny is null then 'national'
        else 'yearbook'
    end as basis
from province_list
cross join {{ ref('cn42_2017__gtap65') }} as national
left join whole
    on
        province_list.province = whole.province
        and national.from_code = whole.from_code
left join made
    on
        province_list.province = made.province
        and national.from_code = made.from_code
        and national.to_code = made.to_code
