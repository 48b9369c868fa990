-- Grain: one row per edition, year, figure_id: a published statement and what this edition says to it.
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
    theirs.comparable,
    theirs.why_not
from {{ ref('published_figure') }} as theirs
left join {{ ref('int_published__ours') }} as ours on theirs.figure_id = ours.figure_id
left join {{ ref('int_published__concentration') }} as concentration
    on theirs.figure_id = concentration.figure_id
