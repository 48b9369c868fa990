-- Deaths that PM2.5 is associated with in China by cause and age (GEMM). NCD+LRI holds the other five causes.
select
    engine,
    cause,
    age_group,
    sum(deaths) as deaths,
    sum(p05_deaths) as p05_deaths,
    sum(p95_deaths) as p95_deaths
from fct_health_burden
where edition = '{{ edition }}' and year = {{ year }} and scenario = 'Base' and curve = 'gemm'
group by engine, cause, age_group
order by engine, cause, age_group
