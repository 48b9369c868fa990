-- Grain: one row per province, sector of the CO2 account and component: raw_coal, process, and other,
-- which is all the rest of what the sector emits itself (coke, oil products, gases).
{{ config(tags=['prepare']) }}
with account as (

    select
        province,
        source_sector,
        sum(value_mt_co2) filter (where component = 'raw_coal') as raw_coal_mt,
        sum(value_mt_co2) filter (where component = 'process') as process_mt,
        sum(value_mt_co2) filter (where component = 'scope1_total') as total_mt
    from {{ source('raw', 'emission_proxy') }}
    where source_sector <> 'Total Consumption'
    group by province, source_sector

)

select
    province,
    source_sector,
    'raw_coal' as component,
    coalesce(raw_coal_mt, 0) as co2_mt
from account
union all
select
    province,
    source_sector,
    'process' as component,
    coalesce(process_mt, 0) as co2_mt
from account
union all
select
    province,
    source_sector,
    'other' as component,
    greatest(coalesce(total_mt, 0) - coalesce(raw_coal_mt, 0) - coalesce(process_mt, 0), 0) as co2_mt
from account
