-- Every pollutant but the index itself has one positive coefficient: otherwise APE would leave it out unseen.
{{ config(tags=['marts']) }}

select
    code,
    ape_coefficient
from {{ ref('dim_pollutant') }}
where (not is_index and coalesce(ape_coefficient, 0) <= 0) or (is_index and ape_coefficient is not null)
