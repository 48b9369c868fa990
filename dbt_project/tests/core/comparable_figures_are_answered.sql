-- A published figure is answered, or says why it is not; what is not comparable says why as well.
{{ config(tags=['marts']) }}

select
    figure_id,
    ours,
    comparable,
    why_not
from {{ ref('fct_published_figure') }}
where
    comparable is null
    or (comparable and ours is null)
    or (not comparable and coalesce(trim(why_not), '') = '')
