{{ config(tags=['marts']) }}
-- Grain: one row per receptor and component: deaths of the outcome that is attributed, under all emissions.
select
    province as receptor,
    component,
    sum(deaths) as deaths,
    any_value(pm25_ug_m3) as pm25_ug_m3
from {{ computed('health_component') }}
where
    engine = 'reduced'
    and curve = '{{ var("health_curve", "gemm") }}'
    and cause in (
        {% if var("health_outcome", "NCD+LRI") == "five_causes" %}'IHD', 'stroke', 'COPD', 'LC', 'LRI'
        {% else %}'NCD+LRI'{% endif %}
    )
group by province, component
