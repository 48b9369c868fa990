-- Figures of the literature beside ours; those that can be compared first.
select
    fct_published_figure.figure_id,
    fct_published_figure.statement,
    fct_published_figure.theirs,
    fct_published_figure.ours,
    fct_published_figure.unit,
    fct_published_figure.tolerance,
    fct_published_figure.comparable,
    coalesce(fct_published_figure.why_not, '') as why_not_comparable,
    fct_published_figure.concept,
    fct_published_figure.where_in_source,
    fct_published_figure.source
from fct_published_figure
where
    fct_published_figure.edition = '{{ edition }}'
    and fct_published_figure.year = {{ year }}
    and fct_published_figure.ours is not null
    and fct_published_figure.theirs is not null
order by fct_published_figure.comparable desc, fct_published_figure.figure_id asc
