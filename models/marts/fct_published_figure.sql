-- Grain: one row per edition, year, figure_id: a published statement and what this edition says to it.
with ours as (
    select
        figure_id,
        ours
    from {{ ref('int_published__ours') }}
    union all
    select
        figure_id,
        ours
    from {{ ref('int_published__ours_supply_chain') }}
)
{%- set has_concentration = var('kind', 'footprint') == 'concentration' %}

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    theirs.figure_id,
    theirs.source,
    theirs.where_in_source,
    theirs.statement,
    theirs.theirs,
    {{ 'coalesce(concentration.ours, ours.ours)' if has_concentration else 'ours.ours' }} as ours,
    theirs.unit,
    theirs.tolerance,
    theirs.concept,
    theirs.comparable,
    theirs.why_not
from {{ ref('published_figure') }} as theirs
left join ours on theirs.figure_id = ours.figure_id
{% if has_concentration %}
    left join {{ ref('int_published__concentration') }} as concentration
        on theirs.figure_id = concentration.figure_id
{% endif %}
{% if '(synthetic)' in var('edition') %}
    -- Results of synthetic files are never set beside published numbers.
    where false
{% endif %}
