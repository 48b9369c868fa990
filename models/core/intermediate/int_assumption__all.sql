{{ config(tags=['marts']) }}
-- Grain: one row per stand-in, province and sector where it has them: all parts of the method together.
select assumption, topic, province, sector, amount, unit, description, source
from {{ ref('int_assumption__link') }}
union all
select assumption, topic, province, sector, amount, unit, description, source
from {{ ref('int_inventory__assumption') }}
{% if var('kind', 'footprint') != 'paper' %}
    union all
    select assumption, topic, province, sector, amount, unit, description, source
    from {{ ref('int_assumption__consumer') }}
{% endif %}
{% if var('kind', 'footprint') == 'concentration' %}
    union all
    select assumption, topic, province, sector, amount, unit, description, source
    from {{ ref('int_assumption__atmosphere') }}
    union all
    select assumption, topic, province, sector, amount, unit, description, source
    from {{ ref('int_assumption__health') }}
{% endif %}
