{{ config(tags=['prepare']) }}
-- Grain: one row per province, table row and table column, in million USD: the multi-regional table as each province's
-- own, with what it uses of domestic products from anywhere. Imports are a row (IM), apart from the cells.
with domestic as (

    select
        from_province,
        row_code,
        row_kind,
        to_province,
        column_code,
        column_kind,
        value_musd
    from {{ ref('stg_provincial_mrio') }}
    where row_kind = 'sector' and column_kind in ('sector', 'final_demand')

)

select
    to_province as province,
    row_code,
    row_kind,
    column_code,
    column_kind,
    sum(value_musd) as value_musd
from domestic
group by all
union all
select
    from_province as province,
    row_code,
    row_kind,
    'OF' as column_code,
    'outflow' as column_kind,
    sum(value_musd) as value_musd
from domestic
where from_province <> to_province
group by from_province, row_code, row_kind
union all
select
    to_province as province,
    row_code,
    row_kind,
    'IF' as column_code,
    'inflow' as column_kind,
    sum(value_musd) as value_musd
from domestic
where from_province <> to_province
group by to_province, row_code, row_kind
union all
select
    from_province as province,
    row_code,
    row_kind,
    column_code,
    column_kind,
    value_musd
from {{ ref('stg_provincial_mrio') }}
where row_kind = 'sector' and column_code in ('EX', 'ERR', 'GO')
union all
select
    to_province as province,
    row_code,
    row_kind,
    column_code,
    column_kind,
    value_musd
from {{ ref('stg_provincial_mrio') }}
where row_kind in ('value_added', 'import') and column_kind in ('sector', 'final_demand')
