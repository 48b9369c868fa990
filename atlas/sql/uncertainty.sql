-- Intervals of the results.
select * exclude (edition, year) -- noqa: AM04
from fct_uncertainty
where edition = '{{ edition }}' and year = {{ year }}
order by all
limit 200
