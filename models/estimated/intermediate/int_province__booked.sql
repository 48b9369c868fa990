{{ config(tags=['prepare']) }}
-- Grain: one row per province and sector: its account as its table books it.
with concordance as (

    select from_code, to_code, grown_weight
    from {{ ref('int_province__concordance') }}

),

uses as (

    select
        province,
        sector,
        sum(value_musd) filter (where user_code <> '{{ var("provincial_inventory_code") }}') as use_musd,
        sum(value_musd) filter (where user_code = '{{ var("provincial_inventory_code") }}') as inventory_musd
    from {{ ref('int_province__cell') }}
    group by province, sector

),

trade_cell as (

    select
        cells.province,
        product.to_code as sector,
        cells.column_kind,
        cells.value_musd * product.grown_weight as value_musd
    from {{ ref('stg_provincial_table') }} as cells
    inner join concordance as product on cells.row_code = product.from_code
    where cells.row_kind = 'sector'

),

trade as (

    select
        province,
        sector,
        sum(value_musd) filter (where column_kind = 'export') as export_booked_musd,
        sum(value_musd) filter (where column_kind = 'outflow') as outflow_booked_musd,
        sum(value_musd) filter (where column_kind = 'import') as import_booked_musd,
        sum(value_musd) filter (where column_kind = 'inflow') as inflow_booked_musd
    from trade_cell
    group by province, sector

)

select
    made.province,
    made.sector,
    made.output_musd,
    made.value_added_musd,
    coalesce(uses.use_musd, 0) as use_musd,
    coalesce(uses.inventory_musd, 0) as inventory_booked_musd,
    coalesce(trade.export_booked_musd, 0) as export_booked_musd,
    coalesce(trade.outflow_booked_musd, 0) as outflow_booked_musd,
    coalesce(trade.import_booked_musd, 0) as import_booked_musd,
    coalesce(trade.inflow_booked_musd, 0) as inflow_booked_musd
from {{ ref('int_province__output') }} as made
left join uses using (province, sector)
left join trade using (province, sector)
