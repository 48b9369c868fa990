{{ config(tags=['linked'], materialized='view') }}
-- Grain: one row per supplying region and sector, using region and user: every cell of the linked table.
with province_list as (

    select distinct province
    from {{ ref('int_province__output') }}

),

cells as (

    select
        from_region,
        from_sector,
        to_region,
        'sector' as user_kind,
        to_sector as user_code,
        value_musd
    from {{ computed('mrio_flow') }}
    union all
    select
        from_region,
        from_sector,
        to_region,
        'final_demand' as user_kind,
        user_code,
        value_musd
    from {{ computed('mrio_final_demand') }}

)

select
    cells.from_region,
    cells.from_sector,
    cells.to_region,
    cells.user_kind,
    cells.user_code,
    {{ block_of(
        'cells.from_region', 'cells.to_region', 'supplier.province is not null', 'purchaser.province is not null'
    ) }} as block,
    cells.value_musd
from cells
left join province_list as supplier on cells.from_region = supplier.province
left join province_list as purchaser on cells.to_region = purchaser.province
