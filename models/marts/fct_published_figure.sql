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

),

-- What is comparable with one year is not with another; a concept begins with the year it is of.
dated as (

    select
        *,
        coalesce(
            try_cast(nullif(regexp_extract(concept, '^([0-9]{4}),', 1), '') as integer), {{ var('year') }}
        ) as concept_year
    from {{ ref('published_figure') }}

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
    theirs.comparable and theirs.concept_year = {{ var('year') }} as comparable,
    case
        when theirs.comparable and theirs.concept_year <> {{ var('year') }}
            then 'The published figure is of ' || theirs.concept_year
        else theirs.why_not
    end as why_not
from dated as theirs
left join ours on theirs.figure_id = ours.figure_id
{% if has_concentration %}
    left join {{ ref('int_published__concentration') }} as concentration
        on theirs.figure_id = concentration.figure_id
{% endif %}
