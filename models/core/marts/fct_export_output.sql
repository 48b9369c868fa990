-- Grain: one row per edition, year, producer_province, producer_sector, exporter_province, consumer_region,
-- demand_category, product_use.
-- The computation writes it under this name: its rows are written once.
{{ config(materialized='computed_in_place') }}

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
