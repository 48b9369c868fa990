{{ config(tags=['assemble']) }}
-- Grain: one row per product sector, Chinese user (sector or category) and foreign origin: China's import structure.
with imports as (

    select
        cells.from_region,
        cells.from_sector as sector,
        case when cells.block = 'intermediate' then cells.to_code else category.demand_category end as user_code,
        sum(cells.value_musd) as value_musd
    from {{ ref('stg_global_table') }} as cells
    left join {{ ref('demand_category') }} as category
        on
            cells.to_code = category.source_category
            and category.classification = '{{ var("sector_classification") }}'
    where
        cells.from_region <> '{{ var("home_region") }}'
        and cells.to_region = '{{ var("home_region") }}'
        and cells.to_code <> '{{ var("global_inventory_code") }}'
    group by all

),

users as (

    select distinct user_code
    from imports

),

-- Where the global table has no import of this product by this user, the product's average over users stands in.
average as (

    select
        from_region,
        sector,
        sum(value_musd) as value_musd
    from imports
    group by all

),

has_own as (

    select distinct sector, user_code
    from imports
    where value_musd > 0

),

with_fallback as (

    select imports.sector, imports.user_code, imports.from_region, imports.value_musd
    from imports
    inner join has_own using (sector, user_code)

    union all

    select average.sector, users.user_code, average.from_region, average.value_musd
    from average
    cross join users
    anti join has_own
        on
            average.sector = has_own.sector
            and users.user_code = has_own.user_code

)

select
    sector,
    user_code,
    from_region,
    value_musd / sum(value_musd) over (partition by sector, user_code) as origin_share
from with_fallback
where value_musd > 0
