-- Grain: one row per supplying region and sector and consuming region: final demand, all categories together.
{{ config(tags=['linked']) }}
select
    from_region,
    from_sector,
    to_region,
    sum(value_musd) as value_musd
from {{ ref('int_mrio__final_demand') }}
group by all
