-- Grain: one row per region code: a province, a foreign region, or China as a consumer.
select
    code,
    name,
    name_zh,
    kind,
    china_region,
    world_region,
    is_inland,
    in_footprint
from {{ ref('region') }}
