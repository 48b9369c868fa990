-- Grain: one row per pollutant code, the index APE included.
with default_coefficient as (
    select
        pollutant,
        ape_coefficient
    from {{ ref('int_pollutant__weight') }}
    where is_default
)

select
    pollutant.code,
    pollutant.name,
    pollutant.is_index,
    default_coefficient.ape_coefficient
from {{ ref('pollutant') }} as pollutant
left join default_coefficient on pollutant.code = default_coefficient.pollutant
