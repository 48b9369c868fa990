-- Grain: one row per city, date with both particle sizes: whether it is a day of sand or dust.
-- A rule of days: much PM10, and little of it fine. The ministry deducts by hours and by satellite; the rule stands in
-- for that, was chosen on April 2025 and judged on the first quarter (benchmarks/air_dust_rule.py).
{{ config(tags=['air_prepare']) }}
select
    coarse.unit as city,
    coarse.date,
    coarse.value_ug_m3 > {{ var('dust_pm10_ug_m3') }}
    and fine.value_ug_m3 < {{ var('dust_fine_share') }} * coarse.value_ug_m3 as is_dust
from {{ ref('int_air__unit_day') }} as coarse
inner join {{ ref('int_air__unit_day') }} as fine
    on
        coarse.unit_kind = fine.unit_kind
        and coarse.unit = fine.unit
        and coarse.date = fine.date
where
    coarse.unit_kind = 'city'
    and coarse.pollutant = 'PM10'
    and fine.pollutant = 'PM2.5'
    and not coarse.is_interpolated
    and not fine.is_interpolated
