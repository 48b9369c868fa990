-- An inventory that was brought to the nation's totals sums to them, group by group and pollutant by pollutant.
select
    scale.total_group,
    scale.pollutant,
    scale.national_t,
    sum(inventory.emission_t) as inventory_t
from {{ ref('int_inventory__national_scale') }} as scale
left join {{ ref('int_inventory__source') }} as inventory
    on
        scale.total_group = inventory.total_group
        and scale.pollutant = inventory.pollutant
group by scale.total_group, scale.pollutant, scale.national_t
having not abs(sum(inventory.emission_t) - scale.national_t) <= 1e-9 * scale.national_t
