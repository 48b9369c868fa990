-- Output of heavy industry, coal power and freight, and its change from a year before.
select period, place_name as place, product, output, unit, change_share, change_pp, published_change_share
from fct_industrial_output
where edition = '{{ edition }}' and year = {{ year }} and period_kind in ('quarter', 'year')
order by period desc, product asc, place asc
