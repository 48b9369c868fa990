-- The transport engine beside observations, and beside a baseline without physics: years that judge first.
select
    observation,
    pollutant,
    period,
    season,
    model,
    correlation,
    bias_share,
    error_share,
    places
from fct_model_evaluation
where edition = '{{ edition }}' and year = {{ year }}
order by
    pollutant = 'PM2.5' desc,
    pollutant asc,
    list_position(['edition_year', 'judged', 'fall_to_judged', 'calibration'], period) asc,
    observation asc,
    season = 'year' desc,
    season asc,
    model asc
