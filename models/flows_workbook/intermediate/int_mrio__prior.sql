{{ config(tags=['assemble']) }}
-- Grain: one row per supplying region and sector, using province and user: Chinese columns before balancing. Deliveries
-- within and between provinces are the workbook's.
with concordance as (

    select from_code, to_code, product_weight, user_weight, grown_weight
    from {{ ref('int_province__concordance') }}

),

domestic as (

    select
        cells.from_province as from_region,
        product.to_code as from_sector,
        cells.to_province as to_region,
        'sector' as user_kind,
        purchaser.to_code as user_code,
        sum(cells.value_musd * product.product_weight * purchaser.user_weight) as value_musd
    from {{ ref('stg_provincial_mrio') }} as cells
    inner join concordance as product on cells.row_code = product.from_code
    inner join concordance as purchaser on cells.column_code = purchaser.from_code
    where cells.row_kind = 'sector' and cells.column_kind = 'sector'
    group by all

    union all

    select
        cells.from_province as from_region,
        product.to_code as from_sector,
        cells.to_province as to_region,
        'final_demand' as user_kind,
        cells.column_code as user_code,
        sum(cells.value_musd * product.grown_weight) * max(scale.scale_factor) as value_musd
    from {{ ref('stg_provincial_mrio') }} as cells
    inner join concordance as product on cells.row_code = product.from_code
    cross join {{ ref('int_mrio__final_demand_scale') }} as scale
    where
        cells.row_kind = 'sector'
        and cells.column_kind = 'final_demand'
        and cells.column_code <> '{{ var("provincial_inventory_code") }}'
    group by all

),

uses as (

    select
        cells.province,
        cells.sector,
        cells.user_kind,
        cells.user_code,
        coalesce(category.demand_category, cells.user_code) as user_class,
        cells.value_musd * case cells.user_kind when 'final_demand' then scale.scale_factor else 1 end as value_musd
    from {{ ref('int_province__import_cell') }} as cells
    left join {{ ref('demand_category') }} as category
        on
            cells.user_code = category.source_category
            and category.classification = '{{ var("provincial_classification") }}'
    cross join {{ ref('int_mrio__final_demand_scale') }} as scale

),

-- Origins of the province's own imports where its customs say, else China's by user.
imported as (

    select
        origin.from_region,
        uses.sector as from_sector,
        uses.province as to_region,
        uses.user_kind,
        uses.user_code,
        uses.value_musd * origin.origin_share as value_musd
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
        uses.value_musd * own.origin_share as value_musd
    from uses
    inner join {{ ref('int_trade__origin_share') }} as own
        on
            uses.province = own.province
            and uses.sector = own.sector

)

select
    from_region,
    from_sector,
    to_region,
    user_kind,
    user_code,
    case when from_region = to_region then 'local' else 'interprovincial' end as block,
    value_musd
from domestic
where value_musd <> 0
union all
select
    from_region,
    from_sector,
    to_region,
    user_kind,
    user_code,
    'import' as block,
    value_musd
from imported
where value_musd <> 0
