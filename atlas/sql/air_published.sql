-- Figures of the published air quality reviews, beside ours.
select statement, place, period, theirs, ours, unit, source
from fct_published_air_figure
where edition = '{{ edition }}' and year = {{ year }}
order by ours is null, figure_id
