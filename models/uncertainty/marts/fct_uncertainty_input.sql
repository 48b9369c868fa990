-- Grain: one row per edition, year, pollutant, sector_group: the coefficients of variation that were drawn from.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    drawn.pollutant,
    drawn.sector_group,
    drawn.national_coefficient as national_coefficient_share,
    drawn.provincial_coefficient as provincial_coefficient_share,
    total.coefficient_of_variation as total_coefficient_share,
    parameter.value as group_correlation,
    total.standing,
    total.source,
    relative.source as sector_reason
from {{ computed('uncertainty_coefficient') }} as drawn
left join {{ ref('inventory_uncertainty') }} as total on drawn.pollutant = total.pollutant
left join {{ ref('sector_uncertainty') }} as relative on drawn.sector_group = relative.sector_group
left join {{ ref('uncertainty_parameter') }} as parameter on parameter.name = 'group_correlation'
