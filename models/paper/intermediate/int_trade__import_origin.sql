{{ config(tags=['prepare']) }}
-- Grain: one row per province, product and origin: what the province imports before its table's totals are met.
-- Products that pass no customs anywhere (services) come as China imports them, by the provinces' part of all imports.
with customs as (

    select
        province,
        sector,
        region,
        value_musd
    from {{ ref('int_trade__counted') }}
    where flow = 'import'

),

province_part as (

    select
        province,
        sum(import_musd) / sum(sum(import_musd)) over () as part
    from {{ ref('int_province__import') }}
    group by province

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
    value_musd as import_musd
from customs
union all
select
    province_part.province,
    china.sector,
    china.region,
    'china' as basis,
    china.value_musd * province_part.part as import_musd
from china
cross join province_part
where china.sector not in (select customs.sector from customs)
