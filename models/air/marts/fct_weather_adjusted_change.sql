-- Grain: one row per edition, year, place_kind, place, period, method.
{{ config(tags=['air']) }}
with compared as (
    select
        change.place_kind,
        change.place,
        change.period,
        change.method,
        change.place_kind = 'city'
        and {{ is_across_reporting_change('before.period_start', 'later.period_end') }} as is_across_reporting_change
    from {{ computed('weather_adjusted_change') }} as change
    inner join {{ ref('int_air__period') }} as later on change.period = later.period
    inner join {{ ref('int_air__period') }} as before on change.period_before = before.period
)

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
    and change.skill_r2 >= {{ var('min_skill_r2') }}
    and not compared.is_across_reporting_change as is_emission_clear,
    compared.is_across_reporting_change,
    cast(change.training_days as integer) as training_days,
    cast(change.period_days as integer) as period_days,
    cast(change.period_before_days as integer) as period_before_days
from {{ computed('weather_adjusted_change') }} as change
inner join compared
    on
        change.place_kind = compared.place_kind
        and change.place = compared.place
        and change.period = compared.period
        and change.method = compared.method
left join {{ ref('int_air__place_name') }} as place_name
    on change.place_kind = place_name.place_kind and change.place = place_name.place
