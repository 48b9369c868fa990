-- Grain: one row per region code: a province, a foreign region, or China as a consumer.
select
    region.code,
    region.name,
    region.name_zh,
    region.kind,
    region.china_region,
    region.world_region,
    region.is_inland,
    -- The provincial tables of 2012 and 2017 have Tibet, those of 2007 have not.
    region.in_footprint
    or (region.kind = 'province' and '{{ var("provincial_classification", "cn42_2007") }}' <> 'cn42_2007')
        as in_footprint,
    common.common_region
from {{ ref('region') }} as region
left join {{ ref('common_region') }} as common on region.code = common.code
