{{ config(tags=['prepare']) }}
-- Grain: one row per province and sector of the edition's classification.
with concordance as (

    select from_code, to_code, grown_weight
    from {{ ref('int_province__concordance') }}

),

gross_output as (

    select
        cells.province,
        product.to_code as sector,
        sum(cells.value_musd * product.grown_weight) as output_musd
    from {{ ref('stg_provincial_table') }} as cells
    inner join concordance as product on cells.row_code = product.from_code
    where cells.row_kind = 'sector' and cells.column_code = 'GO'
    group by all

),

value_added as (

    select
        cells.province,
        purchaser.to_code as sector,
        sum(cells.value_musd * purchaser.grown_weight) as value_added_musd
    from {{ ref('stg_provincial_table') }} as cells
    inner join concordance as purchaser on cells.column_code = purchaser.from_code
    where cells.row_kind = 'value_added' and cells.column_kind = 'sector'
    group by all

)

select
    gross_output.province,
    gross_output.sector,
    gross_output.output_musd,
    coalesce(value_added.value_added_musd, 0) as value_added_musd
from gross_output
left join value_added using (province, sector)
