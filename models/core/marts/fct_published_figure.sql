-- Grain: one row per edition, year, figure_id: a published statement and what this edition says to it.
{%- set kind = var('kind', 'footprint') %}
{%- set emission_instead = 'The published figure is a concentration, ours an emission' %}
{%- set landed = var('landed_roles', '') %}
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
    {% if var('export_destinations', 'nation') == 'customs' %}
        union all
        select
            figure_id,
            ours
        from {{ ref('int_published__customs') }}
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

-- A world table with a region of several countries beside the rest of the world says nothing of these countries.
grouped_region as (

    select count(*) > 0 as is_grouped
    from {{ ref('fct_mrio_output') }} as made
    inner join {{ ref('common_region') }} as member on made.region = member.common_region
    where member.code <> member.common_region and member.common_region not in ('{{ var("home_region") }}', 'ROW')

),

-- What an open edition of a year has beside the figure, judged before the two were compared. Some become comparable by
-- files of the user's: with the provinces' customs destinations are no longer the nation's.
judged as (

    select
        comparison.figure_id,
        comparison.why_not,
        comparison.wanted,
        comparison.comparable,
        comparison.is_answered,
        comparison.our_concept,
        comparison.landed_concept,
        coalesce(
            list_has_all(string_split('{{ landed }}', ' '), string_split(comparison.comparable_with, ' '))
            and not (
                list_contains(string_split(comparison.comparable_with, ' '), 'global_table')
                and grouped_region.is_grouped
            ),
            false
        ) as is_landed
    from {{ ref('published_comparison') }} as comparison
    cross join grouped_region
    where comparison.year = {{ var('year') }} and {{ 'false' if kind == 'paper' or synthetic else 'true' }}

),

found as (

    select
        theirs.figure_id,
        case
            when coalesce(judged.is_answered or judged.is_landed, true) then coalesce(concentration.ours, ours.ours)
        end as ours,
        concentration.ours is not null as is_concentration
    from dated as theirs
    left join ours on theirs.figure_id = ours.figure_id
    left join concentration on theirs.figure_id = concentration.figure_id
    left join judged on theirs.figure_id = judged.figure_id

),

compared as (

    select
        theirs.figure_id,
        theirs.source,
        theirs.where_in_source,
        theirs.statement,
        theirs.theirs,
        found.ours,
        theirs.unit,
        theirs.relation,
        theirs.tolerance,
        theirs.tolerance_reason,
        case
            when judged.our_concept is null then theirs.concept
            else
                split_part(theirs.concept, '; open-2007:', 1) || '; {{ var("edition") }}: '
                || case when judged.is_landed then judged.landed_concept else judged.our_concept end
        end as concept,
        {% if synthetic %}
            false as comparable,
            'Made of synthetic files: never set beside published numbers' as why_not,
        {% elif kind == 'paper' %}
            found.ours is not null
            and theirs.concept_year = {{ var('year') }}
            and theirs.concept not like '%concentration%' as comparable,
            case
                when found.ours is null then 'Editions of licensed data have emissions and no concentrations yet'
                when theirs.concept like '%concentration%' then '{{ emission_instead }}'
                when theirs.concept_year <> {{ var('year') }} then 'The published figure is of ' || theirs.concept_year
            end as why_not,
        {% else %}
            coalesce(
                judged.comparable or judged.is_landed, theirs.comparable and theirs.concept_year = {{ var('year') }}
            )
            {{ "" if landed == "" else "and found.ours is not null" }}
            {{ '' if kind == 'concentration' else "and theirs.concept not like '%concentration%'" }} as comparable,
            case
                {% if kind != 'concentration' %}
                    when (judged.comparable or judged.is_landed) and theirs.concept like '%concentration%'
                        then '{{ emission_instead }}'
                {% endif %}
                {% if landed != '' %}
                    when
                        found.ours is null
                        and coalesce(
                            judged.comparable or judged.is_landed,
                            theirs.comparable and theirs.concept_year = {{ var('year') }}
                        )
                        then
                            'Your files ({{ landed }}) do not answer the figure: '
                            || 'a province, region or sector is not in them'
                {% endif %}
                when judged.comparable or judged.is_landed then null
                when judged.why_not is not null then judged.why_not
                when found.is_concentration
                    then
                        theirs.concept_year || ' by zero-out runs of GEOS-Chem; ours by the embedded linear engine,'
                        || ' an estimate for {{ var("year") }}'
                when theirs.comparable and theirs.concept_year <> {{ var('year') }}
                    then 'The published figure is of ' || theirs.concept_year
                else theirs.why_not
            end as why_not,
        {% endif %}
        case when not coalesce(judged.is_landed, false) then judged.wanted end as wanted
    from dated as theirs
    left join found on theirs.figure_id = found.figure_id
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
