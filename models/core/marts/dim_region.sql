-- Grain: one row per region code: a province, a foreign region, or China as a consumer.
select
    code,
    name,
    name_zh,
    kind,
    china_region,
    world_region,
    is_inland,
    -- The provincial tables of 2012 and 2017 have Tibet, those of 2007 have not.
    in_footprint
    or (kind = 'province' and '{{ var("provincial_classification", "cn42_2007") }}' <> 'cn42_2007') as in_footprint
from {{ ref('region') }}
