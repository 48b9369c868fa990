{{ config(tags=['prepare']) }}
-- Grain: one row per province and user: imports of all products together, as the table's row IM has them.
with imports as (

    select
        to_province as province,
        column_code,
        column_kind,
        value_musd
    from {{ ref('stg_provincial_mrio') }}
    where row_kind = 'import' and column_kind in ('sector', 'final_demand')

)

select
    imports.province,
    'sector' as user_kind,
    shares.to_code as user_code,
    sum(imports.value_musd * shares.weight) as import_musd
from imports
inner join {{ ref('int_province__share') }} as shares
    on
        imports.province = shares.province
        and imports.column_code = shares.from_code
where imports.column_kind = 'sector'
group by all
union all
select
    province,
    'final_demand' as user_kind,
    column_code as user_code,
    value_musd as import_musd
from imports
where column_kind = 'final_demand'
