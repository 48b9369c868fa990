-- Grain: one row per edition, year, province, sector, pollutant, in_footprint.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    province,
    sector,
    pollutant,
    in_footprint,
    emission_t
from {{ ref('int_inventory__indexed') }}
