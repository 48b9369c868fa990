-- Grain: one row per edition, year, observation, place, pollutant, season, period.
with compared as (

    select
        observation,
        place,
        longitude,
        latitude,
        pollutant,
        season,
        period,
        modelled_ug_m3,
        baseline_ug_m3,
        observed_ug_m3
    from {{ computed('model_evaluation_place') }}
    union all
    select
        observation,
        place,
        longitude,
        latitude,
        pollutant,
        season,
        period,
        modelled_ug_m3,
        baseline_ug_m3,
        observed_ug_m3
    from {{ computed('evaluation_of_year_place') }}

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    observation,
    place,
    longitude,
    latitude,
    pollutant,
    season,
    period,
    modelled_ug_m3,
    baseline_ug_m3,
    observed_ug_m3
from compared
