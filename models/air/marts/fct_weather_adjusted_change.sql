-- Grain: one row per edition, year, place_kind, place, period, method.
{{ config(tags=['air']) }}
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    change.place_kind,
    change.place,
    change.period,
    change.method,
    coalesce(place_name.name, change.place) as place_name,
    change.period_before,
    change.pollutant,
    change.mean_ug_m3,
    change.mean_before_ug_m3,
    change.observed_change_pp,
    change.weather_part_pp,
    change.emission_part_pp,
    change.weather_low_pp,
    change.weather_high_pp,
    change.emission_low_pp,
    change.emission_high_pp,
    change.interval_share,
    change.skill_r2,
    change.skill_rmse_log,
    change.skill_r2 >= {{ var('min_skill_r2') }} as is_skilled,
    (change.emission_low_pp > 0 or change.emission_high_pp < 0)
    and change.skill_r2 >= {{ var('min_skill_r2') }} as is_emission_clear,
    cast(change.training_days as integer) as training_days,
    cast(change.period_days as integer) as period_days,
    cast(change.period_before_days as integer) as period_before_days
from {{ computed('weather_adjusted_change') }} as change
left join {{ ref('int_air__place_name') }} as place_name
    on change.place_kind = place_name.place_kind and change.place = place_name.place
