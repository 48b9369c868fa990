{{ config(tags=['prepare']) }}
-- Grain: one row per province and sector: its closed account, output = use + inventory + out_trade - in_trade.
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

),

booked as (

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

),

-- In some tables the inventory change is a residual far above output: at most a part of output is kept.
with_inventory as (

    select
        *,
        greatest(
            least(inventory_booked_musd, {{ var('inventory_cap_share') }} * output_musd),
            -{{ var('inventory_cap_share') }} * output_musd
        ) as inventory_musd
    from booked

),

-- What does not add up (the table's error column, a trimmed inventory) is missing outflow or missing inflow.
with_error as (

    select
        *,
        output_musd + import_booked_musd + inflow_booked_musd
        - use_musd - inventory_musd - export_booked_musd - outflow_booked_musd as error_musd
    from with_inventory

),

with_trade as (

    select
        *,
        export_booked_musd + outflow_booked_musd + greatest(error_musd, 0) as out_trade_gross_musd,
        import_booked_musd + inflow_booked_musd + greatest(-error_musd, 0) as in_trade_gross_musd
    from with_error

),

-- A province cannot use more imports and inflow than it uses at all: the rest only passes through.
with_transit as (

    select
        *,
        greatest(in_trade_gross_musd - use_musd, 0) as re_export_musd
    from with_trade

)

select
    province,
    sector,
    output_musd,
    value_added_musd,
    use_musd,
    inventory_musd,
    out_trade_gross_musd - re_export_musd as out_trade_musd,
    in_trade_gross_musd - re_export_musd as in_trade_musd,
    export_booked_musd,
    outflow_booked_musd,
    import_booked_musd,
    inflow_booked_musd,
    inventory_booked_musd,
    error_musd,
    re_export_musd
from with_transit
