{{ config(tags=['marts']) }}
-- Grain: one row per stand-in of the deaths and province.
with described (assumption, unit, description) as (

    values
    (
        'rates_of_the_nation', 'deaths',
        'Death rates by cause and age are those of China; the amount rests on them'
    ),
    (
        'ages_of_the_nation', 'deaths',
        'Ages of residents are those of China; the amount rests on them'
    ),
    (
        'rates_of_another_year', 'deaths',
        'Death rates are of the year nearest to that of the edition; the amount rests on them'
    ),
    (
        'ages_of_another_year', 'deaths',
        'Ages are of the year nearest to that of the edition; the amount rests on them'
    ),
    (
        'crude_death_rate', 'deaths',
        'The death rates of China are scaled to the crude death rate of the province: what that adds'
    ),
    (
        'grid_against_mean', 'deaths',
        'People breathe the air of their cell: less the deaths if all breathed the mean of the province'
    ),
    ('people_without_pm25', 'persons', 'Residents of cells without a concentration: no deaths are counted for them')

)

select
    'health_' || found.assumption as assumption,
    'health' as topic,
    found.province,
    cast(null as varchar) as sector,
    found.amount,
    described.unit,
    described.description,
    'docs/health.md' as source
from {{ computed('health_stand_in') }} as found
inner join described on found.assumption = described.assumption
union all
select
    'health_exposure_coefficient' as assumption,
    'health' as topic,
    cast(null as varchar) as province,
    cast(null as varchar) as sector,
    {{ var("health_exposure_coefficient", 0.15) }} as amount,
    'coefficient of variation' as unit,
    'Error of what people breathe, one for all cells: 0.10 of the year, 0.11 of the place' as description,
    'the engine beside observations of years that it was not set with' as source
