-- Intervals of the results for China; the mart holds those of each province, too.
select * exclude (edition, year) -- noqa: AM04
from fct_uncertainty
where
    edition = '{{ edition }}' and year = {{ year }}
    and place in (
        select code from dim_region
        where kind = 'home'
    )
order by all
