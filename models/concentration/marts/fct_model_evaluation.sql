-- Grain: one row per edition, year, model, observation, pollutant, season, period.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    model,
    observation,
    pollutant,
    season,
    period,
    correlation,
    bias_share,
    error_share,
    places
from {{ computed('model_evaluation') }}
