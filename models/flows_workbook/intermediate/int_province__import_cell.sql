{{ config(tags=['prepare']) }}
-- Grain: one row per province, product sector and user: imports. The table says what each user imports of all products
-- together; products go to users as the nation's imports do in the global table, inventories apart.
with concordance as (

    select from_code, to_code, user_weight
    from {{ ref('int_province__concordance') }}

),

scale as (

    select
        to_code as sector,
        max(scale_factor) as scale_factor
    from {{ ref('int_province__concordance') }}
    group by to_code

),

category as (

    select classification, source_category, demand_category
    from {{ ref('demand_category') }}

),

-- A user class is a sector, or a category of final demand that both tables have.
wanted as (

    select
        cells.province,
        'sector' as user_kind,
        purchaser.to_code as user_code,
        purchaser.to_code as user_class,
        sum(cells.value_musd * purchaser.user_weight) as import_musd
    from {{ ref('stg_provincial_table') }} as cells
    inner join concordance as purchaser on cells.column_code = purchaser.from_code
    where cells.row_kind = 'import' and cells.column_kind = 'sector'
    group by cells.province, purchaser.to_code

    union all

    select
        cells.province,
        'final_demand' as user_kind,
        cells.column_code as user_code,
        category.demand_category as user_class,
        cells.value_musd as import_musd
    from {{ ref('stg_provincial_table') }} as cells
    inner join category
        on
            cells.column_code = category.source_category
            and category.classification = '{{ var("provincial_classification") }}'
    where
        cells.row_kind = 'import'
        and cells.column_kind = 'final_demand'
        and cells.column_code <> '{{ var("provincial_inventory_code") }}'

),

national as (

    select
        cells.from_sector as sector,
        case when cells.block = 'intermediate' then cells.to_code else category.demand_category end as user_class,
        sum(cells.value_musd) as value_musd
    from {{ ref('stg_global_table') }} as cells
    left join category
        on
            cells.to_code = category.source_category
            and category.classification = '{{ var("sector_classification") }}'
    where
        cells.from_region <> '{{ var("home_region") }}'
        and cells.to_region = '{{ var("home_region") }}'
        and cells.to_code <> '{{ var("global_inventory_code") }}'
    group by all
    having sum(cells.value_musd) > 0

),

idle as (

    select distinct wanted.user_class
    from wanted
    anti join national on wanted.user_class = national.user_class

),

-- A user that imports nothing in the nation takes the products of all users.
structure as (

    select user_class, sector, value_musd
    from national
    union all
    select
        idle.user_class,
        national.sector,
        sum(national.value_musd) as value_musd
    from national
    cross join idle
    group by idle.user_class, national.sector

),

share as (

    select
        user_class,
        sector,
        value_musd / sum(value_musd) over (partition by user_class) as product_share
    from structure

)

select
    wanted.province,
    share.sector,
    wanted.user_kind,
    wanted.user_code,
    wanted.import_musd * share.product_share
    * case wanted.user_kind when 'final_demand' then coalesce(scale.scale_factor, 1) else 1 end as value_musd
from wanted
inner join share using (user_class)
left join scale using (sector)
where wanted.import_musd <> 0
