{{ config(tags=['assemble']) }}
-- Grain: one row per supplying region and sector, using province and user: Chinese columns before balancing.
with uses as (

    select
        cells.province,
        cells.sector,
        cells.user_kind,
        cells.user_code,
        coalesce(category.demand_category, cells.user_code) as user_class,
        cells.value_musd * case cells.user_kind when 'final_demand' then scale.scale_factor else 1 end as value_musd,
        shares.local_share,
        shares.inflow_share,
        shares.import_share
    from {{ ref('int_province__cell') }} as cells
    inner join {{ ref('int_mrio__supply_share') }} as shares using (province, sector)
    left join {{ ref('demand_category') }} as category
        on
            cells.user_code = category.source_category
            and category.classification = '{{ var("provincial_classification") }}'
    cross join {{ ref('int_mrio__final_demand_scale') }} as scale
    where cells.user_code <> '{{ var("provincial_inventory_code") }}'

),

inflow_origin as (

    select
        from_province,
        to_province,
        sector,
        value_musd / sum(value_musd) over (partition by to_province, sector) as origin_share
    from {{ computed('interprovincial_flow') }}

),

local_supply as (

    select
        province as from_region,
        sector as from_sector,
        province as to_region,
        user_kind,
        user_code,
        'local' as block,
        value_musd * local_share as value_musd
    from uses

),

interprovincial as (

    select
        inflow_origin.from_province as from_region,
        uses.sector as from_sector,
        uses.province as to_region,
        uses.user_kind,
        uses.user_code,
        'interprovincial' as block,
        uses.value_musd * uses.inflow_share * inflow_origin.origin_share as value_musd
    from uses
    inner join inflow_origin
        on
            uses.province = inflow_origin.to_province
            and uses.sector = inflow_origin.sector

),

-- Origins of the province's own imports where its customs say, else China's by user.
imported as (

    select
        origin.from_region,
        uses.sector as from_sector,
        uses.province as to_region,
        uses.user_kind,
        uses.user_code,
        'import' as block,
        uses.value_musd * uses.import_share * origin.origin_share as value_musd
    from uses
    inner join {{ ref('int_mrio__import_origin_share') }} as origin
        on
            uses.sector = origin.sector
            and uses.user_class = origin.user_code
    anti join {{ ref('int_trade__origin_share') }} as own
        on
            uses.province = own.province
            and uses.sector = own.sector

    union all

    select
        own.from_region,
        uses.sector as from_sector,
        uses.province as to_region,
        uses.user_kind,
        uses.user_code,
        'import' as block,
        uses.value_musd * uses.import_share * own.origin_share as value_musd
    from uses
    inner join {{ ref('int_trade__origin_share') }} as own
        on
            uses.province = own.province
            and uses.sector = own.sector

),

-- Products that China imports and no provincial table uses (WIOD's c19) follow the global table's users, by output.
unlisted as (

    select
        cells.from_region,
        cells.from_sector,
        made.province as to_region,
        'sector' as user_kind,
        cells.to_code as user_code,
        'import' as block,
        cells.value_musd * made.output_musd / sum(made.output_musd) over (
            partition by cells.from_region, cells.from_sector, cells.to_code
        ) as value_musd
    from {{ ref('stg_global_table') }} as cells
    inner join {{ ref('int_province__output') }} as made on cells.to_code = made.sector
    where
        cells.from_region <> '{{ var("home_region") }}'
        and cells.to_region = '{{ var("home_region") }}'
        and cells.block = 'intermediate'
        and cells.from_sector not in (select sector from {{ ref('int_mrio__supply_share') }})

),

-- A supplier of such a product from whom final demand alone buys: over the provinces as their demand of the category.
provincial_demand as (

    select
        totals.region as province,
        totals.user_code,
        category.demand_category,
        totals.total_musd
    from {{ ref('int_mrio__column_total') }} as totals
    inner join {{ ref('demand_category') }} as category
        on
            totals.user_code = category.source_category
            and category.classification = '{{ var("provincial_classification") }}'
    where totals.user_kind = 'final_demand'

),

national_demand as (

    select
        demand_category,
        sum(total_musd) as total_musd
    from provincial_demand
    group by demand_category

),

unlisted_demand as (

    select
        cells.from_region,
        cells.from_sector,
        demand.province as to_region,
        'final_demand' as user_kind,
        demand.user_code,
        'import' as block,
        sum(cells.value_musd * demand.total_musd / national.total_musd) as value_musd
    from {{ ref('stg_global_table') }} as cells
    inner join {{ ref('demand_category') }} as category
        on
            cells.to_code = category.source_category
            and category.classification = '{{ var("sector_classification") }}'
    inner join provincial_demand as demand on category.demand_category = demand.demand_category
    inner join national_demand as national on demand.demand_category = national.demand_category
    anti join unlisted
        on
            cells.from_region = unlisted.from_region
            and cells.from_sector = unlisted.from_sector
    where
        cells.from_region <> '{{ var("home_region") }}'
        and cells.to_region = '{{ var("home_region") }}'
        and cells.to_code <> '{{ var("global_inventory_code") }}'
        and cells.from_sector not in (select sector from {{ ref('int_mrio__supply_share') }})
    group by all

)

select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
from local_supply
where value_musd <> 0
union all
select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
from interprovincial
where value_musd <> 0
union all
select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
from imported
where value_musd <> 0
union all
select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
from unlisted
where value_musd <> 0
union all
select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
from unlisted_demand
where value_musd <> 0
