-- Grain: one row per edition, year, engine, receptor, producer_province, emission_group, pollutant.
-- A component's deaths at a receptor, shared by the component's mean over people there (proportional attribution).
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    sensitivity.engine,
    '{{ var("health_curve", "gemm") }}' as curve,
    '{{ var("health_outcome", "NCD+LRI") }}' as outcome,
    sensitivity.receptor,
    sensitivity.producer_province,
    sensitivity.emission_group,
    sensitivity.pollutant,
    sensitivity.component,
    sensitivity.sensitivity_ug_m3_per_t * component.deaths / nullif(component.pm25_ug_m3, 0) as deaths_per_t
from {{ computed('pm25_sensitivity') }} as sensitivity
inner join {{ computed('health_outcome') }} as component
    on
        sensitivity.receptor = component.province
        and sensitivity.component = component.component
where sensitivity.engine = 'reduced'
