-- Grain: one row per edition, year, figure_id: a published statement and what this edition says to it.
{%- set kind = var('kind', 'footprint') %}
{%- set synthetic = '(synthetic)' in var('edition', '') %}
with answer as (

    select
        figure_id,
        ours
    from {{ ref('int_published__ours') }}
    union all
    select
        figure_id,
        ours
    from {{ ref('int_published__ours_supply_chain') }}
    {% if kind == 'paper' %}
        union all
        select
            figure_id,
            ours
        from {{ ref('int_published__ours_licensed') }}
    {% endif %}

),

ours as (

    select
        figure_id,
        {{ 'cast(null as double)' if synthetic else 'ours' }} as ours
    from answer

),

concentration as (

    {% if kind == 'concentration' %}
        select
            figure_id,
            ours
        from {{ ref('int_published__concentration') }}
    {% else %}
        select
            figure_id,
            ours
        from answer
        where false
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
    coalesce(concentration.ours, ours.ours) as ours,
    theirs.unit,
    theirs.tolerance,
    theirs.concept,
    {% if synthetic %}
        false as comparable,
        'Made of synthetic files: never set beside published numbers' as why_not
    {% elif kind == 'paper' %}
        ours.ours is not null
        and theirs.concept_year = {{ var('year') }}
        and theirs.concept not like '%concentration%' as comparable,
        case
            when ours.ours is null then 'Editions of licensed data have emissions and no concentrations yet'
            when theirs.concept like '%concentration%' then 'The published figure is a concentration, ours an emission'
            when theirs.concept_year <> {{ var('year') }} then 'The published figure is of ' || theirs.concept_year
        end as why_not
    {% else %}
        theirs.comparable and theirs.concept_year = {{ var('year') }} as comparable,
        case
            when concentration.ours is not null
                then
                    theirs.concept_year || ' by zero-out runs of GEOS-Chem; ours by the embedded linear engine,'
                    || ' an estimate for {{ var("year") }}'
            when theirs.comparable and theirs.concept_year <> {{ var('year') }}
                then 'The published figure is of ' || theirs.concept_year
            else theirs.why_not
        end as why_not
    {% endif %}
from dated as theirs
left join ours on theirs.figure_id = ours.figure_id
left join concentration on theirs.figure_id = concentration.figure_id
{% if kind == 'concentration' %}
    union all
    select
        '{{ var("edition") }}' as edition,
        cast({{ var("year") }} as integer) as year,
        figure_id,
        source,
        where_in_source,
        statement,
        theirs,
        ours,
        unit,
        cast(null as double) as tolerance,
        concept,
        false as comparable,
        why_not
    from {{ ref('int_published__health') }}
{% endif %}
