-- Grain: one row per edition, year, engine, source, receptor, producer_province, emission_group, exporter_province,
-- consumer_region, component. A view: it multiplies as it is read. Sums to the deaths of Base in fct_health_burden.
{{ config(materialized='view') }}

select
    flow.edition,
    flow.year,
    sensitivity.engine,
    sensitivity.curve,
    sensitivity.outcome,
    case when flow.consumer_region = '{{ var("home_region") }}' then 'returned_export' else 'export' end as source,
    sensitivity.receptor,
    flow.producer_province,
    flow.emission_group,
    flow.exporter_province,
    flow.consumer_region,
    sensitivity.component,
    flow.emission_t * sensitivity.deaths_per_t as deaths
from {{ ref('fct_export_group_emission') }} as flow
inner join {{ ref('fct_health_sensitivity') }} as sensitivity
    on
        flow.edition = sensitivity.edition
        and flow.year = sensitivity.year
        and flow.producer_province = sensitivity.producer_province
        and flow.emission_group = sensitivity.emission_group
        and flow.pollutant = sensitivity.pollutant
union all
select
    edition,
    year,
    engine,
    curve,
    outcome,
    source,
    receptor,
    producer_province,
    emission_group,
    case source when 'home_demand' then 'not_exported' else 'unattributed' end as exporter_province,
    consumer_region,
    component,
    deaths
from {{ ref('fct_health_not_exported') }}
