-- Grain: one row per edition, year, variant, pollutant, flow, from_sector, to_sector.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    variant,
    pollutant,
    flow,
    from_sector,
    to_sector,
    emission_t,
    conservation_gap
from {{ computed('layer_flow_sector') }}
