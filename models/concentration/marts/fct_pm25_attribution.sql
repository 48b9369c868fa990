-- Grain: one row per edition, year, engine, receptor, producer_province, emission_group, exporter_province,
-- consumer_region, component. A view: it multiplies as it is read.
{{ config(materialized='view') }}

-- sectors of a group share their sensitivity
with by_group as (

    select
        edition,
        year,
        engine,
        receptor,
        producer_province,
        emission_group,
        pollutant,
        component,
        max(sensitivity_ug_m3_per_t) as sensitivity_ug_m3_per_t
    from {{ ref('fct_pm25_sensitivity') }}
    group by all

)

select
    flow.edition,
    flow.year,
    by_group.engine,
    by_group.receptor,
    flow.producer_province,
    flow.emission_group,
    flow.exporter_province,
    flow.consumer_region,
    by_group.component,
    flow.emission_t * by_group.sensitivity_ug_m3_per_t as pm25_ug_m3
from {{ ref('fct_export_group_emission') }} as flow
inner join by_group
    on
        flow.edition = by_group.edition
        and flow.year = by_group.year
        and flow.producer_province = by_group.producer_province
        and flow.emission_group = by_group.emission_group
        and flow.pollutant = by_group.pollutant
