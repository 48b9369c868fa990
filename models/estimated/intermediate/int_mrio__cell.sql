{{ config(tags=['linked']) }}
-- Grain: one row per supplying region and sector, using region and user: every cell of the linked table.
with balanced as (

    select
        from_region,
        from_sector,
        to_region,
        user_kind,
        user_code,
        case
            when from_region = to_region then 'local'
            when from_region in (select province from {{ ref('int_province__output') }}) then 'interprovincial'
            else 'import'
        end as block,
        value_musd
    from {{ computed('mrio_balanced') }}

)

select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
from balanced
union all
select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
from {{ ref('int_mrio__fixed') }}
