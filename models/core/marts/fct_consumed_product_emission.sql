-- Grain: one row per edition, year, producer_province, producer_sector, consumer_region, consumed_sector,
-- demand_category, pollutant.
{{ config(materialized='view') }}

select
    embodied.edition,
    embodied.year,
    embodied.producer_province,
    embodied.producer_sector,
    embodied.consumer_region,
    embodied.consumed_sector,
    embodied.demand_category,
    intensity.pollutant,
    embodied.output_musd * intensity.emission_t_per_musd as emission_t
from {{ ref('fct_consumed_product_output') }} as embodied
inner join {{ ref('fct_emission_intensity') }} as intensity
    on
        embodied.edition = intensity.edition
        and embodied.year = intensity.year
        and embodied.producer_province = intensity.province
        and embodied.producer_sector = intensity.sector
