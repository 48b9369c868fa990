-- Grain: one row per sector code of every classification an edition may run in.
select
    sector.code,
    sector.name,
    sector.sector_group,
    sector.classification,
    common.common_sector,
    common.common_name
from {{ ref('sector') }} as sector
left join {{ ref('common_sector') }} as common
    on sector.classification = common.classification and sector.code = common.from_code
