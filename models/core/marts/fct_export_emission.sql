-- Grain: one row per edition, year, producer_province, producer_sector, exporter_province, consumer_region,
-- demand_category, product_use, pollutant.
{{ config(materialized='view') }}

select
    embodied.edition,
    embodied.year,
    embodied.producer_province,
    embodied.producer_sector,
    embodied.exporter_province,
    embodied.consumer_region,
    embodied.demand_category,
    embodied.product_use,
    intensity.pollutant,
    embodied.output_musd * intensity.emission_t_per_musd as emission_t
from {{ ref('fct_export_output') }} as embodied
inner join {{ ref('fct_emission_intensity') }} as intensity
    on
        embodied.edition = intensity.edition
        and embodied.year = intensity.year
        and embodied.producer_province = intensity.province
        and embodied.producer_sector = intensity.sector
