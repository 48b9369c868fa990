-- Grain: one row per edition, year, parameter, variant, result, place, pollutant: the tornado.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    parameter,
    variant,
    result,
    place,
    pollutant,
    base,
    unit,
    base_value,
    variant_value,
    variant_value - base_value as change_value,
    (variant_value - base_value) / nullif(base_value, 0) as change_share
from {{ computed('sensitivity') }}
