-- The transport engine beside observations, and beside a baseline without physics.
select model, pollutant, season, period, correlation, bias_share, error_share, places
from fct_model_evaluation
where edition = '{{ edition }}' and year = {{ year }}
order by pollutant desc, period asc, season asc, model asc
