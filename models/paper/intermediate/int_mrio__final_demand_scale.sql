{{ config(tags=['assemble']) }}
-- Grain: one row: the factor on the provinces' final demand that makes the world's value added and final demand equal.
with provinces as (

    select sum(value_added_musd) as value_added_musd
    from {{ ref('int_province__output') }}

),

foreign_regions as (

    select
        sum(output_musd - bought_musd) filter (where block = 'intermediate') as value_added_musd,
        sum(bought_musd) filter (where block = 'final_demand') as final_demand_musd
    from {{ ref('int_gtap__account') }}
    where region <> '{{ var("home_region") }}'

),

demand as (

    select
        user_code,
        value_musd
    from {{ ref('int_province__flow') }}
    where user_kind = 'final_demand'

    union all

    select
        user_code,
        import_musd as value_musd
    from {{ ref('int_province__import') }}
    where user_kind = 'final_demand'

),

demand_total as (

    select
        sum(value_musd) filter (where user_code <> '{{ var("provincial_inventory_code") }}') as final_demand_musd,
        coalesce(sum(value_musd) filter (where user_code = '{{ var("provincial_inventory_code") }}'), 0)
            as inventory_musd
    from demand

),

exports as (

    select sum(export_musd) as export_musd
    from {{ ref('int_trade__export') }}

),

imports as (

    select sum(import_musd) as import_musd
    from {{ ref('int_province__import') }}

)

select
    provinces.value_added_musd,
    exports.export_musd,
    imports.import_musd,
    demand_total.inventory_musd,
    demand_total.final_demand_musd,
    (
        provinces.value_added_musd + foreign_regions.value_added_musd - foreign_regions.final_demand_musd
        - demand_total.inventory_musd
    ) / demand_total.final_demand_musd as scale_factor
from provinces
cross join foreign_regions
cross join demand_total
cross join exports
cross join imports
