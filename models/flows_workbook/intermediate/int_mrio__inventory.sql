{{ config(tags=['assemble']) }}
-- Grain: one row per producing province, sector and province that adds the product to its stocks, or draws it down.
select
    cells.from_province,
    product.to_code as sector,
    cells.to_province,
    sum(cells.value_musd * product.grown_weight) as inventory_musd
from {{ ref('stg_provincial_mrio') }} as cells
inner join {{ ref('int_province__concordance') }} as product on cells.row_code = product.from_code
where cells.row_kind = 'sector' and cells.column_code = '{{ var("provincial_inventory_code") }}'
group by cells.from_province, product.to_code, cells.to_province
having sum(cells.value_musd * product.grown_weight) <> 0
