{{ config(tags=['prepare']) }}
-- Grain: one row per direction, partner, product and user: what the world table says of China's trade.
-- export: the partner's users of China's product; import: China's users of the partner's product.
select
    'export' as flow,
    to_region as partner,
    from_sector as sector,
    block,
    to_code,
    value_musd
from {{ ref('stg_global_table') }}
where from_region = '{{ var("home_region") }}' and to_region <> '{{ var("home_region") }}'
union all
select
    'import' as flow,
    from_region as partner,
    from_sector as sector,
    block,
    to_code,
    value_musd
from {{ ref('stg_global_table') }}
where to_region = '{{ var("home_region") }}' and from_region <> '{{ var("home_region") }}'
