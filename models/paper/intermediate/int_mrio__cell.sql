{{ config(tags=['linked'], materialized='view') }}
-- Grain: one row per supplying region and sector, using region and user: every cell of the linked table.
with province_list as (

    select distinct province
    from {{ ref('int_province__output') }}

)

select
    cells.from_region,
    cells.from_sector,
    cells.to_region,
    cells.user_kind,
    cells.user_code,
    case
        when supplier.province is not null and cells.from_region = cells.to_region then 'local'
        when supplier.province is not null and purchaser.province is not null then 'interprovincial'
        when supplier.province is not null then 'export'
        when purchaser.province is not null then 'import'
        else 'foreign'
    end as block,
    cells.value_musd
from {{ computed('mrio_balanced') }} as cells
left join province_list as supplier on cells.from_region = supplier.province
left join province_list as purchaser on cells.to_region = purchaser.province
