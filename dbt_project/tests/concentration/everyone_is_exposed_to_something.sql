-- Above zero live all residents of the year: official totals where there are any, else the census.
-- Rows: provinces whose people are not all there.
with official as (

    select
        province,
        population_persons
    from {{ source('raw', 'population_total') }}
    where source_year = {{ var('year') }}

)

select
    exposed.province,
    exposed.people_above_persons,
    official.population_persons
from {{ ref('fct_exposure') }} as exposed
inner join official on exposed.province = official.province
where
    exposed.engine = 'reduced'
    and exposed.threshold_ug_m3 = 0
    and exposed.scenario = 'Base'
    and abs(exposed.people_above_persons - official.population_persons) > 1e-6 * official.population_persons
