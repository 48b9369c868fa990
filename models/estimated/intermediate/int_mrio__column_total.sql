{{ config(tags=['assemble']) }}
-- Grain: one row per using province and user: what it must take in from all suppliers, inventories apart.
select
    province as region,
    'sector' as user_kind,
    sector as user_code,
    output_musd - value_added_musd as total_musd
from {{ ref('int_province__account') }}
union all
select
    cells.province as region,
    cells.user_kind,
    cells.user_code,
    sum(cells.value_musd) * max(scale.scale_factor) as total_musd
from {{ ref('int_province__cell') }} as cells
cross join {{ ref('int_mrio__final_demand_scale') }} as scale
where cells.user_kind = 'final_demand' and cells.user_code <> '{{ var("provincial_inventory_code") }}'
group by all
