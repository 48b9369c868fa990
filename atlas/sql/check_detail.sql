-- Identities, and whatever did not pass: what was measured, and what is allowed.
select check_name, scope, gate, severity, passed, measured, tolerance, detail
from fct_check_result
where edition = '{{ edition }}' and year = {{ year }} and (gate = 'identity' or not passed)
order by passed, gate, check_name, scope
