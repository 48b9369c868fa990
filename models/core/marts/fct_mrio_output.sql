-- Grain: one row per edition, year, region, sector.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    region,
    sector,
    output_musd,
    value_added_musd
from {{ ref('int_mrio__output') }}
