-- Grain: one row per edition, year, place_kind, place, month: PM2.5 at the average weather of the whole record.
{{ config(tags=['air']) }}
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    place_kind,
    place,
    month_start,
    pollutant,
    observed_ug_m3,
    normalised_ug_m3,
    cast(observed_days as integer) as observed_days
from {{ computed('normalised_month') }}
