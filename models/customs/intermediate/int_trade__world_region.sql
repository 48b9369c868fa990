{{ config(tags=['prepare']) }}
-- Grain: one row per region of the world table.
{% if var('kind', 'concentration') == 'paper' %}
    select distinct region
    from {{ ref('int_gtap__account') }}
{% else %}
    select distinct from_region as region
    from {{ ref('stg_global_table') }}
{% endif %}
