{{ config(tags=['prepare']) }}
-- Grain: one row per province and sector: exports as its table books them.
select
    cells.from_province as province,
    shares.to_code as sector,
    sum(cells.value_musd * shares.weight) as export_musd
from {{ ref('stg_provincial_mrio') }} as cells
inner join {{ ref('int_province__share') }} as shares
    on
        cells.from_province = shares.province
        and cells.row_code = shares.from_code
where cells.row_kind = 'sector' and cells.column_code = 'EX'
group by all
