-- Grain: one row per unit_kind, unit, period_kind, period: share of days with an index above the limit.
{{ config(tags=['air_prepare']) }}
select
    index_day.place_kind as unit_kind,
    index_day.place as unit,
    period.period_kind,
    period.period,
    avg(case when index_day.aqi > {{ var('heavy_aqi') }} then 1.0 else 0.0 end) as heavy_day_share,
    count(*) as index_days,
    case
        when bool_and(index_day.aqi_basis = 'six pollutants') then 'six pollutants'
        when bool_and(index_day.aqi_basis = 'PM only') then 'PM only'
        else 'mixed'
    end as aqi_basis
from {{ ref('int_air__aqi_day') }} as index_day
inner join {{ ref('int_air__period_day') }} as period on index_day.date = period.date
group by index_day.place_kind, index_day.place, period.period_kind, period.period
