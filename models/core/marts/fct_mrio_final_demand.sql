-- Grain: one row per edition, year, from_region, from_sector, to_region, demand_category, source_category.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    from_region,
    from_sector,
    to_region,
    demand_category,
    source_category,
    value_musd
from {{ ref('int_mrio__final_demand') }}
