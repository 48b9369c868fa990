-- Grain: one row per edition, year, from_region, from_sector, to_region, to_sector with a flow.
-- A view: as a table it is written once, by publishing.
{{ config(materialized='view') }}

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    from_region,
    from_sector,
    to_region,
    to_sector,
    value_musd
from {{ ref('int_mrio__flow') }}
