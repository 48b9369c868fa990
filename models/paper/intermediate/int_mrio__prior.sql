{{ config(tags=['assemble'], materialized='view') }}
-- Grain: one row per supplying region and sector, using region and user: the whole linked table before balancing.
-- A view: at full size it has 100 million rows, read once.
select
    from_region,
    from_sector,
    to_region,
    case block when 'intermediate' then 'sector' else 'final_demand' end as user_kind,
    to_code as user_code,
    'foreign' as block,
    value_musd
from {{ ref('stg_global_table') }}
where from_region <> '{{ var("home_region") }}' and to_region <> '{{ var("home_region") }}'
union all
select
    from_province as from_region,
    from_sector,
    to_province as to_region,
    user_kind,
    user_code,
    {{ block_of('from_province', 'to_province', 'true', 'true') }} as block,
    value_musd
from {{ ref('int_province__flow') }}
where value_musd <> 0
union all
select
    exports.province as from_region,
    exports.sector as from_sector,
    exports.region as to_region,
    case purchasers.block when 'intermediate' then 'sector' else 'final_demand' end as user_kind,
    purchasers.to_code as user_code,
    'export' as block,
    exports.export_musd * purchasers.share as value_musd
from {{ ref('int_trade__export') }} as exports
inner join {{ ref('int_trade__export_use') }} as purchasers
    on
        exports.sector = purchasers.sector
        and exports.region = purchasers.region
union all
select
    origin.region as from_region,
    purchasers.sector as from_sector,
    purchasers.province as to_region,
    purchasers.user_kind,
    purchasers.user_code,
    'import' as block,
    purchasers.import_musd * origin.origin_share as value_musd
from {{ ref('int_trade__import_use') }} as purchasers
inner join {{ ref('int_trade__import_origin') }} as origin
    on
        purchasers.sector = origin.sector
        and case purchasers.basis when 'customs' then purchasers.province else 'ALL' end = origin.province
