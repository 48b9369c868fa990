-- Grain: one row per edition, year, producer_province, producer_sector, exporter_province, consumer_region,
-- demand_category, product_use.
-- A view: as a table it is written once, by publishing.
{{ config(materialized='view') }}

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    producer_province,
    producer_sector,
    exporter_province,
    consumer_region,
    demand_category,
    product_use,
    output_musd
from {{ computed('export_output') }}
