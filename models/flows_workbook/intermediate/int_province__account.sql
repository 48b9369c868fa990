{{ config(tags=['prepare']) }}
-- Grain: one row per province and sector: its account, output = use + inventory + out_trade - in_trade + error.
-- Flows are the table's own: nothing is trimmed or taken off both sides.
with imports as (

    select
        province,
        sector,
        sum(value_musd) as import_musd
    from {{ ref('int_province__import_cell') }}
    group by province, sector

)

select
    booked.province,
    booked.sector,
    booked.output_musd,
    booked.value_added_musd,
    booked.use_musd,
    booked.inventory_booked_musd as inventory_musd,
    booked.export_booked_musd + booked.outflow_booked_musd as out_trade_musd,
    coalesce(imports.import_musd, 0) + booked.inflow_booked_musd as in_trade_musd,
    booked.export_booked_musd,
    booked.outflow_booked_musd,
    coalesce(imports.import_musd, 0) as import_booked_musd,
    booked.inflow_booked_musd,
    booked.inventory_booked_musd,
    booked.output_musd + coalesce(imports.import_musd, 0) + booked.inflow_booked_musd
    - booked.use_musd - booked.inventory_booked_musd - booked.export_booked_musd - booked.outflow_booked_musd
        as error_musd,
    cast(0 as double) as re_export_musd
from {{ ref('int_province__booked') }} as booked
left join imports using (province, sector)
