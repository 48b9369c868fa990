{{ config(tags=['link']) }}
-- Grain: one row per sector and foreign region: China's exports there as the global table has them.
-- A region that takes nothing on balance (stocks drawn down) cannot be parted in proportion: it is not fitted.
select
    from_sector as sector,
    to_region as region,
    sum(value_musd) as export_musd,
    sum(value_musd) > 0 as is_fitted
from {{ ref('stg_global_table') }}
where from_region = '{{ var("home_region") }}' and to_region <> '{{ var("home_region") }}'
group by from_sector, to_region
