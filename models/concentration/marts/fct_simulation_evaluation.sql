-- Grain: one row per edition, year, engine, observation, season. Empty without runs of GEOS-Chem.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    engine,
    observation,
    season,
    correlation,
    bias_share,
    error_share,
    places
from {{ computed('simulation_evaluation') }}
