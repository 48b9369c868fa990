{{ config(tags=['prepare']) }}
-- Grain: one row per flow, province, sector and foreign region: customs values of the regimes that the edition counts.
select
    customs.flow,
    customs.province,
    customs.sector,
    customs.region,
    sum(customs.value_musd) as value_musd
from {{ ref('int_trade__customs') }} as customs
where
    (customs.is_included or '{{ var("regimes", "paper") }}' = 'all')
    and customs.region <> '{{ var("home_region") }}'
    and customs.region in (select world.region from {{ ref('int_trade__world_region') }} as world)
    and customs.province in (select made.province from {{ ref('int_province__output') }} as made)
group by all
having sum(customs.value_musd) > 0
