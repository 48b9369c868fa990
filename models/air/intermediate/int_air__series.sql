-- Grain: one row per place_kind, place, pollutant: the limit above which a value is an outlier, and the first and
-- last day. The limit is the median plus a number of median absolute deviations, as CREA cleans.
{{ config(tags=['air_prepare']) }}
select
    place_kind,
    place,
    pollutant,
    median(value_ug_m3) as median_ug_m3,
    median(value_ug_m3)
    + {{ var('outlier_deviations') }} * {{ var('deviation_scale') }} * mad(value_ug_m3) as limit_ug_m3,
    min(date) as first_date,
    max(date) as last_date
from {{ ref('stg_observation') }}
where not (is_unknown_place or is_second_name or is_negative or is_short_day)
group by place_kind, place, pollutant
