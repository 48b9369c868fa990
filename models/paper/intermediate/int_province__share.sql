{{ config(tags=['prepare']) }}
-- Grain: one row per province, sector of its table and sector of the analysis: the part of the row that goes there.
-- Eq. 1: output of the province's products by the yearbook; the seed's national weights where it states none.
with made as (

    select
        valued.province,
        product.from_code,
        product.to_code,
        greatest(sum(valued.value_10k_cny * product.weight), 0) as value_10k_cny
    from {{ ref('int_yearbook__value') }} as valued
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
