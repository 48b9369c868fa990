-- Grain: one row per edition, year, province, sector, pollutant that is emitted in the footprint.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    province,
    sector,
    pollutant,
    emission_t_per_musd
from {{ ref('int_inventory__intensity') }}
