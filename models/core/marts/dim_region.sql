-- Grain: one row per region code: a province, a foreign region, or China as a consumer.
select
    region.code,
    region.name,
    region.name_zh,
    region.kind,
    region.china_region,
    region.world_region,
    region.is_inland,
    common.common_region,
    region.china_region = 'East Coast' as is_east_coast
from {{ ref('region') }} as region
left join {{ ref('common_region') }} as common on region.code = common.code
