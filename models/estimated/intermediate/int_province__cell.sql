{{ config(tags=['prepare']) }}
-- Grain: one row per province, product sector and user (sector or final-demand category), in the edition's sectors.
with concordance as (

    select from_code, to_code, product_weight, user_weight, grown_weight
    from {{ ref('int_province__concordance') }}

),

intermediate_use as (

    select
        cells.province,
        product.to_code as sector,
        'sector' as user_kind,
        purchaser.to_code as user_code,
        sum(cells.value_musd * product.product_weight * purchaser.user_weight) as value_musd
    from {{ ref('stg_provincial_table') }} as cells
    inner join concordance as product on cells.row_code = product.from_code
    inner join concordance as purchaser on cells.column_code = purchaser.from_code
    where cells.row_kind = 'sector' and cells.column_kind = 'sector'
    group by all

),

final_use as (

    select
        cells.province,
        product.to_code as sector,
        'final_demand' as user_kind,
        cells.column_code as user_code,
        sum(cells.value_musd * product.grown_weight) as value_musd
    from {{ ref('stg_provincial_table') }} as cells
    inner join concordance as product on cells.row_code = product.from_code
    where cells.row_kind = 'sector' and cells.column_kind = 'final_demand'
    group by all

),

-- Where a table has imports apart from its cells, they come on top.
every_use as (

    select province, sector, user_kind, user_code, value_musd
    from intermediate_use
    union all
    select province, sector, user_kind, user_code, value_musd
    from final_use
    union all
    select province, sector, user_kind, user_code, value_musd
    from {{ ref('int_province__import_cell') }}

)

select
    province,
    sector,
    user_kind,
    user_code,
    sum(value_musd) as value_musd
from every_use
group by province, sector, user_kind, user_code
