{{ config(tags=['prepare']) }}
-- Grain: one row per producing province and sector, using province and user, in the edition's sectors.
with user_share as (

    select province, from_code, to_code, weight
    from {{ ref('int_province__share') }}
    where weight <> 0

),

deliveries as (

    select
        cells.from_province,
        products.to_code as from_sector,
        cells.to_province,
        cells.column_code,
        cells.column_kind,
        sum(cells.value_musd * products.weight) as value_musd
    from {{ ref('stg_provincial_mrio') }} as cells
    inner join user_share as products
        on
            cells.from_province = products.province
            and cells.row_code = products.from_code
    where
        cells.row_kind = 'sector'
        and cells.column_kind in ('sector', 'final_demand')
        and cells.value_musd <> 0
    group by all

)

select
    deliveries.from_province,
    deliveries.from_sector,
    deliveries.to_province,
    'sector' as user_kind,
    purchasers.to_code as user_code,
    sum(deliveries.value_musd * purchasers.weight) as value_musd
from deliveries
inner join user_share as purchasers
    on
        deliveries.to_province = purchasers.province
        and deliveries.column_code = purchasers.from_code
where deliveries.column_kind = 'sector'
group by all
union all
select
    from_province,
    from_sector,
    to_province,
    'final_demand' as user_kind,
    column_code as user_code,
    value_musd
from deliveries
where column_kind = 'final_demand'
