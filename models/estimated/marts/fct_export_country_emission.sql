-- Grain: one row per edition, year, producer_province, producer_sector, consumer_region, consumer_country, pollutant.
{{ config(materialized='view') }}

select
    embodied.edition,
    embodied.year,
    embodied.producer_province,
    embodied.producer_sector,
    embodied.consumer_region,
    embodied.consumer_country,
    embodied.is_derived,
    intensity.pollutant,
    embodied.output_musd * intensity.emission_t_per_musd as emission_t
from {{ ref('fct_export_country') }} as embodied
inner join {{ ref('fct_emission_intensity') }} as intensity
    on
        embodied.edition = intensity.edition
        and embodied.year = intensity.year
        and embodied.producer_province = intensity.province
        and embodied.producer_sector = intensity.sector
