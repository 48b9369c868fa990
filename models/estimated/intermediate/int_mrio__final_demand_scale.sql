{{ config(tags=['assemble']) }}
-- Grain: one row: the one factor on the provinces' final demand that the global table's net exports leave.
with accounts as (

    select
        sum(value_added_musd) as value_added_musd,
        sum(inventory_musd) as inventory_musd
    from {{ ref('int_province__account') }}

),

trade as (

    select
        sum(export_musd) as export_musd,
        sum(import_musd) as import_musd
    from {{ ref('int_trade__sector_total') }}

),

demand as (

    select sum(value_musd) as final_demand_musd
    from {{ ref('int_province__cell') }}
    where user_kind = 'final_demand' and user_code <> '{{ var("provincial_inventory_code") }}'

)

select
    accounts.value_added_musd,
    trade.export_musd,
    trade.import_musd,
    accounts.inventory_musd,
    demand.final_demand_musd,
    (accounts.value_added_musd - trade.export_musd + trade.import_musd - accounts.inventory_musd)
    / demand.final_demand_musd as scale_factor
from accounts
cross join trade
cross join demand
