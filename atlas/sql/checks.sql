-- The checks of the run that made this release, by gate.
select
    gate,
    severity,
    count(*) as checks,
    count(*) filter (where passed) as passed,
    count(*) filter (where not passed) as not_passed
from fct_check_result
where edition = '{{ edition }}' and year = {{ year }}
group by gate, severity
order by gate, severity
