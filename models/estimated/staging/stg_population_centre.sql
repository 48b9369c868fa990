{{ config(tags=['prepare']) }}
-- Grain: one row per province: where its people live on average.
select
    province,
    sum(longitude * population_persons) / sum(population_persons) as longitude,
    sum(latitude * population_persons) / sum(population_persons) as latitude,
    sum(population_persons) as population_persons
from {{ source('raw', 'population') }}
group by province
