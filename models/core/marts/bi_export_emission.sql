-- Grain: one row per edition, year, emitting province and sector, exporting province, consumer, demand category,
-- product use, pollutant: fct_export_emission with names in place of codes.
{{ config(materialized='view') }}

select
    emission.edition,
    emission.year,
    producer.name as emitting_province,
    producer.name_zh as emitting_province_zh,
    producer.china_region as emitting_china_region,
    sector.name as emitting_sector,
    sector.sector_group as emitting_sector_group,
    exporter.name as exporting_province,
    exporter.china_region as exporting_china_region,
    consumer.name as consumer,
    consumer.world_region as consumer_world_region,
    emission.demand_category,
    emission.product_use,
    emission.producer_province != emission.exporter_province as is_indirect,
    emission.consumer_region = '{{ var("home_region") }}' as is_returned,
    emission.pollutant,
    emission.emission_t
from {{ ref('fct_export_emission') }} as emission
inner join {{ ref('dim_region') }} as producer on emission.producer_province = producer.code
inner join {{ ref('dim_region') }} as exporter on emission.exporter_province = exporter.code
inner join {{ ref('dim_region') }} as consumer on emission.consumer_region = consumer.code
inner join {{ ref('dim_sector') }} as sector on emission.producer_sector = sector.code
