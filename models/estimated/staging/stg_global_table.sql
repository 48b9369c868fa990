{{ config(tags=['prepare']) }}
-- Grain: one row per producing region and sector, using region, and using sector or final-demand category.
with producer as (

    select
        from_region,
        from_sector,
        sum(value_musd) filter (where block = 'output') as output_musd,
        sum(value_musd) filter (where block <> 'output') as delivery_musd
    from {{ ref('stg_global_cell') }}
    group by from_region, from_sector

),

-- A table in whole millions can leave a rounding below zero (an inventory of -1) where it states no output.
residue as (

    select from_region, from_sector
    from producer
    where output_musd = 0 and delivery_musd < 0

)

select
    cells.from_region,
    cells.from_sector,
    cells.to_region,
    cells.to_code,
    cells.block,
    cells.value_musd
from {{ ref('stg_global_cell') }} as cells
anti join residue
    on
        cells.from_region = residue.from_region
        and cells.from_sector = residue.from_sector
where cells.block in ('intermediate', 'final_demand')
