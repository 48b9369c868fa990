-- Grain: one row per edition, year, engine, receptor, producer_province, producer_sector, exporter_province,
-- consumer_region, demand_category, product_use, component. A view: it multiplies as it is read, so ask for parts.
{{ config(materialized='view') }}

select
    embodied.edition,
    embodied.year,
    sensitivity.engine,
    sensitivity.receptor,
    embodied.producer_province,
    embodied.producer_sector,
    embodied.exporter_province,
    embodied.consumer_region,
    embodied.demand_category,
    embodied.product_use,
    sensitivity.component,
    sensitivity.emission_group,
    embodied.output_musd * intensity.emission_t_per_musd * sensitivity.sensitivity_ug_m3_per_t as pm25_ug_m3
from {{ ref('fct_export_output') }} as embodied
inner join {{ ref('fct_emission_intensity') }} as intensity
    on
        embodied.edition = intensity.edition
        and embodied.year = intensity.year
        and embodied.producer_province = intensity.province
        and embodied.producer_sector = intensity.sector
inner join {{ ref('fct_pm25_sensitivity') }} as sensitivity
    on
        embodied.edition = sensitivity.edition
        and embodied.year = sensitivity.year
        and embodied.producer_province = sensitivity.producer_province
        and embodied.producer_sector = sensitivity.producer_sector
        and intensity.pollutant = sensitivity.pollutant
