-- Grain: one row per edition, year, producer_province, producer_sector, consumer_region, consumed_sector,
-- demand_category.
-- A view: as a table it is written once, by publishing.
{{ config(materialized='view') }}

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    producer_province,
    producer_sector,
    consumer_region,
    consumed_sector,
    demand_category,
    output_musd
from {{ computed('consumed_product_output') }}
