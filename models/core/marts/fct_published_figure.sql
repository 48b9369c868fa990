-- Grain: one row per edition, year, figure_id: a published statement and what this edition says to it.
{%- set kind = var('kind', 'footprint') %}
{%- set emission_instead = 'The published figure is a concentration, ours an emission' %}
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
        figure.figure_id,
        figure.source,
        figure.where_in_source,
        figure.statement,
        figure.theirs,
        figure.unit,
        figure.relation,
        figure.concept,
        figure.comparable,
        figure.why_not,
        rule.reason as tolerance_reason,
        case rule.form
            -- The odds of a part against the rest are uncertain by a share u: s (1 - s) u.
            when 'share' then figure.theirs * (100 - figure.theirs) / 100 * rule.uncertainty
            when 'level' then figure.theirs * rule.uncertainty
            when 'absolute' then rule.uncertainty
        end as tolerance,
        coalesce(
            try_cast(nullif(regexp_extract(figure.concept, '^([0-9]{4}),', 1), '') as integer), {{ var('year') }}
        ) as concept_year
    from {{ ref('published_figure') }} as figure
    left join {{ ref('published_tolerance') }} as rule on figure.tolerance_rule = rule.tolerance_rule

),

-- What an open edition of a year has beside the figure, judged before the two were compared.
judged as (

    select
        figure_id,
        comparable,
        is_answered,
        our_concept,
        why_not,
        wanted
    from {{ ref('published_comparison') }}
    where year = {{ var('year') }} and {{ 'false' if kind == 'paper' or synthetic else 'true' }}

),

compared as (

    select
        theirs.figure_id,
        theirs.source,
        theirs.where_in_source,
        theirs.statement,
        theirs.theirs,
        case when coalesce(judged.is_answered, true) then coalesce(concentration.ours, ours.ours) end as ours,
        theirs.unit,
        theirs.relation,
        theirs.tolerance,
        theirs.tolerance_reason,
        case
            when judged.our_concept is null then theirs.concept
            else split_part(theirs.concept, '; open-2007:', 1) || '; {{ var("edition") }}: ' || judged.our_concept
        end as concept,
        {% if synthetic %}
            false as comparable,
            'Made of synthetic files: never set beside published numbers' as why_not,
        {% elif kind == 'paper' %}
            ours.ours is not null
            and theirs.concept_year = {{ var('year') }}
            and theirs.concept not like '%concentration%' as comparable,
            case
                when ours.ours is null then 'Editions of licensed data have emissions and no concentrations yet'
                when theirs.concept like '%concentration%' then '{{ emission_instead }}'
                when theirs.concept_year <> {{ var('year') }} then 'The published figure is of ' || theirs.concept_year
            end as why_not,
        {% else %}
            coalesce(judged.comparable, theirs.comparable and theirs.concept_year = {{ var('year') }})
            {{ '' if kind == 'concentration' else "and theirs.concept not like '%concentration%'" }} as comparable,
            case
                when judged.comparable and theirs.concept like '%concentration%'
                    then {{ 'null' if kind == 'concentration' else "'" ~ emission_instead ~ "'" }}
                when judged.comparable then null
                when judged.why_not is not null then judged.why_not
                when concentration.ours is not null
                    then
                        theirs.concept_year || ' by zero-out runs of GEOS-Chem; ours by the embedded linear engine,'
                        || ' an estimate for {{ var("year") }}'
                when theirs.comparable and theirs.concept_year <> {{ var('year') }}
                    then 'The published figure is of ' || theirs.concept_year
                else theirs.why_not
            end as why_not,
        {% endif %}
        judged.wanted
    from dated as theirs
    left join ours on theirs.figure_id = ours.figure_id
    left join concentration on theirs.figure_id = concentration.figure_id
    left join judged on theirs.figure_id = judged.figure_id

)

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
    relation,
    case when comparable then tolerance end as tolerance,
    case when comparable then tolerance_reason end as tolerance_reason,
    case
        when not comparable then null
        when relation = 'above' then ours >= theirs - tolerance
        when relation = 'below' then ours <= theirs + tolerance
        else abs(ours - theirs) <= tolerance
    end as within_tolerance,
    concept,
    comparable,
    why_not,
    wanted
from compared
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
        'equal' as relation,
        cast(null as double) as tolerance,
        cast(null as varchar) as tolerance_reason,
        cast(null as boolean) as within_tolerance,
        concept,
        false as comparable,
        why_not,
        cast(null as varchar) as wanted
    from {{ ref('int_published__health') }}
{% endif %}
