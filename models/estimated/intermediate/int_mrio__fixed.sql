{{ config(tags=['assemble']) }}
-- Grain: one row per cell of the linked table that balancing leaves alone: the foreign block, exports, inventories.
with foreign_block as (

    select
        from_region,
        from_sector,
        to_region,
        case block when 'intermediate' then 'sector' else 'final_demand' end as user_kind,
        to_code as user_code,
        'foreign' as block,
        value_musd
    from {{ ref('stg_global_table') }}
    where from_region <> '{{ var("home_region") }}' and to_region <> '{{ var("home_region") }}'

),

exports as (

    select
        export_share.province as from_region,
        cells.from_sector,
        cells.to_region,
        case cells.block when 'intermediate' then 'sector' else 'final_demand' end as user_kind,
        cells.to_code as user_code,
        'export' as block,
        cells.value_musd * export_share.export_share as value_musd
    from {{ ref('stg_global_table') }} as cells
    inner join {{ ref('int_trade__export_share') }} as export_share
        on
            cells.from_sector = export_share.sector
            and cells.to_region = export_share.region
    where cells.from_region = '{{ var("home_region") }}' and cells.to_region <> '{{ var("home_region") }}'

),

inventories as (

    select
        from_province as from_region,
        sector as from_sector,
        to_province as to_region,
        'final_demand' as user_kind,
        '{{ var("provincial_inventory_code") }}' as user_code,
        'inventory' as block,
        inventory_musd as value_musd
    from {{ ref('int_mrio__inventory') }}

),

-- The global table's imports into Chinese inventories go with the provinces' other imports of the product.
import_share as (

    select
        province,
        sector,
        import_musd / sum(import_musd) over (partition by sector) as import_share
    from {{ computed('province_import') }}

),

imported_inventories as (

    select
        cells.from_region,
        cells.from_sector,
        import_share.province as to_region,
        'final_demand' as user_kind,
        '{{ var("provincial_inventory_code") }}' as user_code,
        'inventory' as block,
        cells.value_musd * import_share.import_share as value_musd
    from {{ ref('stg_global_table') }} as cells
    inner join import_share on cells.from_sector = import_share.sector
    where
        cells.from_region <> '{{ var("home_region") }}'
        and cells.to_region = '{{ var("home_region") }}'
        and cells.to_code = '{{ var("global_inventory_code") }}'

)

select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
from foreign_block
union all
select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
from exports
where value_musd <> 0
union all
select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
from inventories
union all
select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
from imported_inventories
