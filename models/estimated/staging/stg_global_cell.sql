{% set own = var('global_classification', var('sector_classification')) %}
{% set is_concorded = own != var('sector_classification') %}
{{ config(tags=['prepare'], materialized='table' if is_concorded else 'view') }}
-- Grain: one row per cell of the global table in the edition's sectors, final demand by category, stated output kept.
{% if is_concorded %}
    with concordance as (

        select from_code, to_code, weight
        from {{ ref('stg_global_sector') }}

    ),

    cells as (

        select
            source.from_region,
            product.to_code as from_sector,
            source.to_region,
            coalesce(purchaser.to_code, source.to_code) as to_code,
            source.block,
            sum(source.value_musd * product.weight * coalesce(purchaser.weight, 1)) as value_musd
        from {{ source('raw', 'global_table') }} as source
        inner join concordance as product on source.from_sector = product.from_code
        left join concordance as purchaser on source.block = 'intermediate' and source.to_code = purchaser.from_code
        group by all

    )

    -- Final demand below zero is a stock drawn down; the rest is parted as another table parts it (stg_demand_share).
    select from_region, from_sector, to_region, to_code, block, value_musd
    from cells
    where to_code <> 'final_demand'
    union all
    select
        from_region,
        from_sector,
        to_region,
        '{{ var("global_inventory_code") }}' as to_code,
        block,
        value_musd
    from cells
    where to_code = 'final_demand' and value_musd < 0
    union all
    select
        cells.from_region,
        cells.from_sector,
        cells.to_region,
        shares.to_code,
        cells.block,
        cells.value_musd * shares.demand_share as value_musd
    from cells
    inner join {{ ref('stg_demand_share') }} as shares
        on
            cells.from_region = shares.from_region
            and cells.from_sector = shares.from_sector
            and cells.to_region = shares.to_region
    where cells.to_code = 'final_demand' and cells.value_musd >= 0 and shares.demand_share > 0
{% else %}
    select from_region, from_sector, to_region, to_code, block, value_musd
    from {{ source('raw', 'global_table') }}
{% endif %}
