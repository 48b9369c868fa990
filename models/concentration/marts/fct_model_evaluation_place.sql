-- Grain: one row per edition, year, observation, place, pollutant, season, period.
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
from {{ computed('model_evaluation_place') }}
