-- Published figures that this edition has no answer to, by the reason.
select coalesce(why_not, 'no reason given') as why_not, count(*) as figures
from fct_published_figure
where edition = '{{ edition }}' and year = {{ year }} and (ours is null or theirs is null)
group by all
order by figures desc, why_not asc
