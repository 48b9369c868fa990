{{ config(tags=['linked']) }}
-- Grain: one row per stand-in of the customs' values, province and sector where it has them, in million USD.
select
    'regimes_left_out' as assumption,
    province,
    cast(null as varchar) as sector,
    sum(value_musd) as amount,
    'Customs ' || flow || 's under regimes that are not counted (seed trade_regime), before scaling' as description
from {{ ref('int_trade__customs') }}
where not is_included and '{{ var("regimes", "paper") }}' = 'paper'
group by province, flow

union all

select
    'customs_not_linked' as assumption,
    customs.province,
    cast(null as varchar) as sector,
    sum(customs.value_musd) as amount,
    'Customs ' || customs.flow || 's with partners that are no foreign region of the world table (China itself too)'
        as description
from {{ ref('int_trade__customs') }} as customs
where
    customs.region = '{{ var("home_region") }}'
    or customs.region not in (select world.region from {{ ref('int_trade__world_region') }} as world)
group by customs.province, customs.flow

union all

select
    'customs_not_linked' as assumption,
    customs.province,
    cast(null as varchar) as sector,
    sum(customs.value_musd) as amount,
    'Customs ' || customs.flow || 's of a province that has no table' as description
from {{ ref('int_trade__customs') }} as customs
anti join {{ ref('int_province__output') }} as made on customs.province = made.province
inner join {{ ref('int_trade__world_region') }} as world on customs.region = world.region
where customs.region <> '{{ var("home_region") }}'
group by customs.province, customs.flow

union all

select
    'commodity_code_shortened' as assumption,
    cast(null as varchar) as province,
    sector,
    sum(weight) as amount,
    'Codes (number) matched by heading or chapter alone, all goods of it alike' as description
from {{ ref('int_trade__commodity') }}
where matched_digits < 6
group by sector
