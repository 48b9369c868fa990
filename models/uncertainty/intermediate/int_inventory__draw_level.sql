-- Grain: one row per activity and pollutant whose national level divides source sectors, and what the level rests on.
{{ config(tags=['prepare']) }}
select
    activity,
    pollutant,
    any_value(basis) as basis
from {{ ref('int_inventory__activity_level') }}
group by all
