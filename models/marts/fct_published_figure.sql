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

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    theirs.figure_id,
    theirs.source,
    theirs.where_in_source,
    theirs.statement,
    theirs.theirs,
    ours.ours,
    theirs.unit,
    theirs.tolerance,
    theirs.concept,
    theirs.comparable,
    theirs.why_not
from {{ ref('published_figure') }} as theirs
left join ours on theirs.figure_id = ours.figure_id
