-- Final demand by region and sector is the source's: parting it by category, or calling it inventories, loses nothing.
with parted as (

    select
        from_sector as sector,
        to_region,
        sum(value_musd) as value_musd
    from {{ ref('stg_global_cell') }}
    where block = 'final_demand'
    group by all

),

stated as (

    select
        sector.to_code as sector,
        cells.to_region,
        sum(cells.value_musd * sector.weight) as value_musd,
        sum(abs(cells.value_musd) * sector.weight) as size_musd
    from {{ source('raw', 'global_table') }} as cells
    inner join {{ ref('stg_global_sector') }} as sector on cells.from_sector = sector.from_code
    where cells.block = 'final_demand'
    group by all

)

select
    stated.sector,
    stated.to_region,
    stated.value_musd as stated_musd,
    parted.value_musd as parted_musd
from stated
left join parted
    on
        stated.sector = parted.sector
        and stated.to_region = parted.to_region
where abs(stated.value_musd - coalesce(parted.value_musd, 0)) > 1e-9 * stated.size_musd
