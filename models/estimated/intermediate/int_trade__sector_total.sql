{{ config(tags=['prepare']) }}
-- Grain: one row per sector: China's exports and imports as the global table has them (imports without inventories).
with exports as (

    select
        from_sector as sector,
        sum(value_musd) as export_musd
    from {{ ref('stg_global_table') }}
    where from_region = '{{ var("home_region") }}' and to_region <> '{{ var("home_region") }}'
    group by from_sector

),

imports as (

    select
        from_sector as sector,
        sum(value_musd) as import_musd
    from {{ ref('stg_global_table') }}
    where
        from_region <> '{{ var("home_region") }}'
        and to_region = '{{ var("home_region") }}'
        and to_code <> '{{ var("global_inventory_code") }}'
    group by from_sector

)

select
    sector,
    coalesce(exports.export_musd, 0) as export_musd,
    coalesce(imports.import_musd, 0) as import_musd
from exports
full outer join imports using (sector)
