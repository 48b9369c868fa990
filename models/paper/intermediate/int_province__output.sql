{{ config(tags=['prepare']) }}
-- Grain: one row per province and sector of the edition's classification.
with gross_output as (

    select
        cells.from_province as province,
        shares.to_code as sector,
        sum(cells.value_musd * shares.weight) as output_musd
    from {{ ref('stg_provincial_mrio') }} as cells
    inner join {{ ref('int_province__share') }} as shares
        on
            cells.from_province = shares.province
            and cells.row_code = shares.from_code
    where cells.row_kind = 'sector' and cells.column_code = 'GO'
    group by all

),

value_added as (

    select
        cells.to_province as province,
        shares.to_code as sector,
        sum(cells.value_musd * shares.weight) as value_added_musd
    from {{ ref('stg_provincial_mrio') }} as cells
    inner join {{ ref('int_province__share') }} as shares
        on
            cells.to_province = shares.province
            and cells.column_code = shares.from_code
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
