{{ config(tags=['linked']) }}
-- Grain: one row per supplying region and sector, consuming region and the source's demand category, with a value.
with category as (

    select source_category, demand_category
    from {{ ref('demand_category') }}
    where classification in ('{{ var("sector_classification") }}', '{{ var("provincial_classification") }}')

)

select
    cells.from_region,
    cells.from_sector,
    cells.to_region,
    category.demand_category,
    cells.user_code as source_category,
    cells.block,
    sum(cells.value_musd) as value_musd
from {{ ref('int_mrio__cell') }} as cells
inner join category on cells.user_code = category.source_category
where cells.user_kind = 'final_demand' and cells.value_musd <> 0
group by all
