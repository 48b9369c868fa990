-- Grain: one row per edition, year, variant, layer, producer_province, producer_sector, exporter_province, pollutant.
{{ config(materialized='view') }}

select
    layer.edition,
    layer.year,
    layer.variant,
    layer.layer,
    layer.producer_province,
    layer.producer_sector,
    layer.exporter_province,
    intensity.pollutant,
    layer.output_musd * intensity.emission_t_per_musd as emission_t
from {{ ref('fct_production_layer_output') }} as layer
inner join {{ ref('fct_emission_intensity') }} as intensity
    on
        layer.edition = intensity.edition
        and layer.year = intensity.year
        and layer.producer_province = intensity.province
        and layer.producer_sector = intensity.sector
