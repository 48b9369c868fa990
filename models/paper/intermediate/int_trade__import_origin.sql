{{ config(tags=['prepare']) }}
-- Grain: one row per province (or ALL), product and origin: the origin's part of the imports, alike for all users.
-- What passes the customs by province; other products (services) as China's imports in the world table.
with customs as (

    select
        province,
        sector,
        region,
        value_musd
    from {{ ref('int_trade__counted') }}
    where flow = 'import'

),

china as (

    select
        sector,
        partner as region,
        sum(value_musd) as value_musd
    from {{ ref('int_trade__china_structure') }}
    where flow = 'import'
    group by all
    having sum(value_musd) > 0

)

select
    province,
    sector,
    region,
    'customs' as basis,
    value_musd as import_musd,
    value_musd / sum(value_musd) over (partition by province, sector) as origin_share
from customs
union all
select
    'ALL' as province,
    sector,
    region,
    'china' as basis,
    value_musd as import_musd,
    value_musd / sum(value_musd) over (partition by sector) as origin_share
from china
where sector not in (select customs.sector from customs)
