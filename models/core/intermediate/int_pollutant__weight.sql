-- Grain: one row per variant of the index APE and pollutant: what a tonne counts there.
{{ config(tags=['prepare']) }}
select
    variant,
    is_default,
    pollutant,
    coefficient as ape_coefficient,
    1 / coefficient as ape_weight
from {{ ref('ape_coefficient') }}
