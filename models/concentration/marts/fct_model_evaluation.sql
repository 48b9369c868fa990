-- Grain: one row per edition, year, model, observation, pollutant, season, period.
with compared as (

    select
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
    union all
    select
        model,
        observation,
        pollutant,
        season,
        period,
        correlation,
        bias_share,
        error_share,
        places
    from {{ computed('evaluation_of_year') }}

)

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
from compared
