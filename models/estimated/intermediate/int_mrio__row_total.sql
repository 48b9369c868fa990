{{ config(tags=['assemble']) }}
-- Grain: one row per supplying region and sector: what it must deliver to Chinese users, inventories apart.
with inventory as (

    select
        from_province as province,
        sector,
        sum(inventory_musd) as inventory_musd
    from {{ ref('int_mrio__inventory') }}
    group by all

),

provinces as (

    select
        accounts.province as region,
        accounts.sector,
        accounts.output_musd - coalesce(inventory.inventory_musd, 0) - coalesce(exports.export_musd, 0) as total_musd
    from {{ ref('int_province__account') }} as accounts
    left join inventory using (province, sector)
    left join {{ computed('province_export') }} as exports using (province, sector)

),

foreign_regions as (

    select
        from_region as region,
        from_sector as sector,
        sum(value_musd) as total_musd
    from {{ ref('stg_global_table') }}
    where
        from_region <> '{{ var("home_region") }}'
        and to_region = '{{ var("home_region") }}'
        and to_code <> '{{ var("global_inventory_code") }}'
    group by all

)

select region, sector, total_musd
from provinces
union all
select region, sector, total_musd
from foreign_regions
