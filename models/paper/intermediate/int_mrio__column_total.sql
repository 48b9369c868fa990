{{ config(tags=['assemble']) }}
-- Grain: one row per using region and user: what it takes in from all suppliers.
with demand as (

    select
        to_province as region,
        user_code,
        value_musd
    from {{ ref('int_province__flow') }}
    where user_kind = 'final_demand'

    union all

    select
        province as region,
        user_code,
        import_musd as value_musd
    from {{ ref('int_province__import') }}
    where user_kind = 'final_demand'

)

select
    province as region,
    'sector' as user_kind,
    sector as user_code,
    output_musd - value_added_musd as total_musd
from {{ ref('int_province__output') }}
union all
select
    demand.region,
    'final_demand' as user_kind,
    demand.user_code,
    sum(demand.value_musd)
    * max(case demand.user_code when '{{ var("provincial_inventory_code") }}' then 1 else scale.scale_factor end)
        as total_musd
from demand
cross join {{ ref('int_mrio__final_demand_scale') }} as scale
group by all
union all
select
    region,
    case block when 'intermediate' then 'sector' else 'final_demand' end as user_kind,
    code as user_code,
    bought_musd as total_musd
from {{ ref('int_gtap__account') }}
where region <> '{{ var("home_region") }}'
