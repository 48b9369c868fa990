{{ config(tags=['prepare']) }}
-- Grain: one row per province and sector: its closed account, output = use + inventory + out_trade - in_trade.
-- In some tables the inventory change is a residual far above output: at most a part of output is kept.
with with_inventory as (

    select
        *,
        greatest(
            least(inventory_booked_musd, {{ var('inventory_cap_share') }} * output_musd),
            -{{ var('inventory_cap_share') }} * output_musd
        ) as inventory_musd
    from {{ ref('int_province__booked') }}

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
