{{ config(tags=['assemble']) }}
-- Grain: one row per supplying region and sector: its gross output.
select
    province as region,
    sector,
    output_musd as total_musd
from {{ ref('int_province__output') }}
union all
select
    region,
    code as sector,
    output_musd as total_musd
from {{ ref('int_gtap__account') }}
where region <> '{{ var("home_region") }}' and block = 'intermediate'
