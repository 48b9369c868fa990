-- Grain: one row per edition, year, figure_id: a published statement and what this edition says to it.
{%- set kind = var('kind', 'footprint') %}
with ours as (
    {% if kind == 'paper' %}
        select
            cast(null as varchar) as figure_id,
            cast(null as double) as ours
        where false
    {% else %}
        select
            figure_id,
            ours
        from {{ ref('int_published__ours') }}
        union all
        select
            figure_id,
            ours
        from {{ ref('int_published__ours_supply_chain') }}
    {% endif %}
)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    theirs.figure_id,
    theirs.source,
    theirs.where_in_source,
    theirs.statement,
    theirs.theirs,
    {{ 'coalesce(concentration.ours, ours.ours)' if kind == 'concentration' else 'ours.ours' }} as ours,
    theirs.unit,
    theirs.tolerance,
    theirs.concept,
    {{ 'false' if kind == 'paper' else 'theirs.comparable' }} as comparable,
    {% if '(synthetic)' in var('edition', '') %}
        'Made of synthetic files: never set beside published numbers' as why_not
    {% elif kind == 'paper' %}
        'Editions of licensed data do not answer published figures yet' as why_not
    {% else %}
        theirs.why_not
    {% endif %}
from {{ ref('published_figure') }} as theirs
left join ours on theirs.figure_id = ours.figure_id
{% if kind == 'concentration' %}
    left join {{ ref('int_published__concentration') }} as concentration
        on theirs.figure_id = concentration.figure_id
{% endif %}
