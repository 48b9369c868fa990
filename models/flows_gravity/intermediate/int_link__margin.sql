{{ config(tags=['link']) }}
-- Grain: one row per province and sector: outflow and inflow left after foreign trade, and the most each can be.
with accounts as (

    select
        accounts.province,
        accounts.sector,
        accounts.output_musd,
        accounts.use_musd,
        accounts.inventory_musd,
        accounts.out_trade_musd,
        accounts.in_trade_musd,
        coalesce(exports.export_musd, 0) as export_musd,
        coalesce(imports.import_musd, 0) as import_musd
    from {{ ref('int_province__account') }} as accounts
    left join {{ computed('province_export') }} as exports using (province, sector)
    left join {{ computed('province_import') }} as imports using (province, sector)

),

-- More exports than all out-trade means that others deliver what is used at home, and the reverse for imports.
gross as (

    select
        province,
        sector,
        output_musd - inventory_musd - export_musd as supply_musd,
        use_musd - import_musd as use_left_musd,
        greatest(out_trade_musd - export_musd, 0) + greatest(import_musd - in_trade_musd, 0) as outflow_musd,
        greatest(in_trade_musd - import_musd, 0) + greatest(export_musd - out_trade_musd, 0) as inflow_musd,
        greatest(output_musd - greatest(inventory_musd, 0) - export_musd, 0)
        * {{ var('outflow_cap_share', 1) }} as outflow_cap_musd,
        greatest({{ var('import_cap_share') }} * use_musd - import_musd, 0) as inflow_cap_musd
    from accounts

),

-- Goods that leave little of what is made and used for each other pass through: taken off both sides.
with_transit as (

    select
        *,
        {% if var('transit_floor_share', 0) | float > 0 %}
            greatest(
                least(
                    {{ var('transit_floor_share') }} * greatest(least(supply_musd, use_left_musd), 0)
                    - least(supply_musd - outflow_musd, use_left_musd - inflow_musd),
                    outflow_musd,
                    inflow_musd
                ),
                0
            )
        {% else %}
            cast(0 as double)
        {% endif %}
            as transit_musd
    from gross

)

select
    province,
    sector,
    outflow_musd - transit_musd as outflow_musd,
    inflow_musd - transit_musd as inflow_musd,
    outflow_cap_musd,
    inflow_cap_musd,
    transit_musd
from with_transit
