-- What changed since the release before.
select * exclude (edition, year) -- noqa: AM04
from fct_release_change
where edition = '{{ edition }}' and year = {{ year }}
order by all
limit 200
