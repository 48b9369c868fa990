-- Grain: one row per edition, year, producer_province, producer_sector, consumer_region, consumed_sector,
-- demand_category.
-- The computation writes it under this name: its rows are written once.
{{ config(materialized='computed_in_place') }}

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
