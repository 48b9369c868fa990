{{ config(tags=['prepare']) }}
-- Grain: one row per province (or all), product, user (or all) and origin: the origin's part of the imports.
-- What passes the customs: by province, alike for all users. Other products (services): by China's user in the world table,
-- alike for all provinces.
with customs as (

    select
        province,
        sector,
        region,
        value_musd
    from {{ ref('int_trade__counted') }}
    where flow = 'import'

)

select
    province,
    sector,
    'ALL' as to_code,
    region,
    'customs' as basis,
    value_musd as import_musd,
    value_musd / sum(value_musd) over (partition by province, sector) as origin_share
from customs
union all
select
    'ALL' as province,
    china.sector,
    china.to_code,
    china.partner as region,
    'china' as basis,
    china.value_musd as import_musd,
    china.value_musd / sum(china.value_musd) over (partition by china.sector, china.to_code) as origin_share
from {{ ref('int_trade__china_structure') }} as china
where
    china.flow = 'import'
    and china.value_musd <> 0
    and china.sector not in (select customs.sector from customs)
