-- Grain: one row per edition, year, reading, producer_province, producer_sector, attributed_region, consumer_region.
-- Both readings hold the same output; never sum over them.
-- The computation writes it under this name: its rows are written once.
{{ config(materialized='computed_in_place') }}

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    reading,
    producer_province,
    producer_sector,
    attributed_region,
    consumer_region,
    is_direct,
    output_musd
from {{ computed('export_reading') }}
