-- Grain: one row per edition, year, reading, producer_province, producer_sector, attributed_region, consumer_region,
-- pollutant.
{{ config(materialized='view') }}

select
    embodied.edition,
    embodied.year,
    embodied.reading,
    embodied.producer_province,
    embodied.producer_sector,
    embodied.attributed_region,
    embodied.consumer_region,
    embodied.is_direct,
    intensity.pollutant,
    embodied.output_musd * intensity.emission_t_per_musd as emission_t
from {{ ref('fct_export_reading') }} as embodied
inner join {{ ref('fct_emission_intensity') }} as intensity
    on
        embodied.edition = intensity.edition
        and embodied.year = intensity.year
        and embodied.producer_province = intensity.province
        and embodied.producer_sector = intensity.sector
