-- Grain: one row per edition, year, variant, pollutant, flow, from_region, to_region.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    variant,
    pollutant,
    flow,
    from_region,
    to_region,
    emission_t,
    conservation_gap
from {{ computed('layer_flow') }}
