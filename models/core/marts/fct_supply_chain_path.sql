-- Grain: one row per edition, year, scope, scope_exporter, scope_emitter, demand_sign, rank.
{% set pollutants = ['nox', 'so2', 'co', 'nh3', 'bc', 'oc', 'pm25_other'] %}
with step as (
    select
        step.scope,
        step.scope_exporter,
        step.scope_emitter,
        step.demand_sign,
        step.rank,
        step.position,
        step.province,
        step.sector,
        region.name || ': ' || sector.name as label,
        {% for pollutant in pollutants %}
            step.{{ pollutant }}_t,
        {% endfor %}
        step.ape_t
    from {{ computed('supply_chain_path') }} as step
    inner join {{ ref('dim_region') }} as region on step.province = region.code
    inner join {{ ref('dim_sector') }} as sector
        on
            step.sector = sector.code
            and sector.classification = '{{ var("sector_classification") }}'
),

path as (
    select
        scope,
        scope_exporter,
        scope_emitter,
        demand_sign,
        rank,
        string_agg(label, ' <- ' order by position) as path,
        arg_min(province, position) as exporter_province,
        arg_min(sector, position) as exported_sector,
        arg_max(province, position) as emitter_province,
        arg_max(sector, position) as emitter_sector,
        max(position) as layer,
        {% for pollutant in pollutants %}
            any_value({{ pollutant }}_t) as {{ pollutant }}_t,
        {% endfor %}
        any_value(ape_t) as ape_t
    from step
    group by all
),

-- Shares are of all export-related emission of the pollutant, returned exports included.
total as (
    select
        {% for code in ['NOx', 'SO2', 'CO', 'NH3', 'BC', 'OC', 'PM25_other'] %}
            sum(emission_t) filter (where pollutant = '{{ code }}') as {{ code | lower }}_t,
        {% endfor %}
        sum(emission_t) filter (where pollutant = 'APE') as ape_t
    from {{ ref('fct_production_layer') }}
    where variant = 'domestic'
)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    path.scope,
    path.scope_exporter,
    path.scope_emitter,
    path.demand_sign,
    path.rank,
    path.path,
    path.exporter_province,
    path.exported_sector,
    path.emitter_province,
    path.emitter_sector,
    path.layer,
    {% for pollutant in pollutants %}
        path.{{ pollutant }}_t,
        path.{{ pollutant }}_t / total.{{ pollutant }}_t as {{ pollutant }}_share,
    {% endfor %}
    path.ape_t,
    path.ape_t / total.ape_t as ape_share
from path
cross join total
