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

),

-- What is comparable with one year is not with another; a concept begins with the year it is of.
dated as (

    select
        figure_id,
        source,
        where_in_source,
        statement,
        theirs,
        unit,
        tolerance,
        concept,
        comparable,
        why_not,
        coalesce(
            try_cast(nullif(regexp_extract(concept, '^([0-9]{4}),', 1), '') as integer), {{ var('year') }}
        ) as concept_year
    from {{ ref('published_figure') }}

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
    {% if kind == 'paper' %}
        false as comparable,
        {% if '(synthetic)' in var('edition', '') %}
            'Made of synthetic files: never set beside published numbers' as why_not
        {% else %}
            'Editions of licensed data do not answer published figures yet' as why_not
        {% endif %}
    {% else %}
        theirs.comparable and theirs.concept_year = {{ var('year') }} as comparable,
        case
            when theirs.comparable and theirs.concept_year <> {{ var('year') }}
                then 'The published figure is of ' || theirs.concept_year
            else theirs.why_not
        end as why_not
    {% endif %}
from dated as theirs
left join ours on theirs.figure_id = ours.figure_id
{% if kind == 'concentration' %}
    left join {{ ref('int_published__concentration') }} as concentration
        on theirs.figure_id = concentration.figure_id
{% endif %}
