-- Grain: one row per subsector and pollutant: national emission in the edition's year, interpolated
-- linearly between the published years around it. A subsector blank in one of them counts as zero there.
{{ config(tags=['prepare']) }}
with published_years as (

    select
        max(source_year) filter (where source_year <= {{ var('year') }}) as year_before,
        min(source_year) filter (where source_year >= {{ var('year') }}) as year_after
    from {{ source('raw', 'subsector_emission') }}

),

year_weights as (

    select
        year_before as source_year,
        case
            when year_after = year_before then 1.0
            else (year_after - {{ var('year') }}) / (year_after - year_before)
        end as year_weight
    from published_years
    union all
    select
        year_after as source_year,
        ({{ var('year') }} - year_before) / (year_after - year_before) as year_weight
    from published_years
    where year_after > year_before

)

select
    published.source_sector,
    published.pollutant,
    sum(published.emission_t * year_weights.year_weight) as emission_t
from {{ source('raw', 'subsector_emission') }} as published
inner join year_weights on published.source_year = year_weights.source_year
where published.source_sector <> 'SUM'
group by published.source_sector, published.pollutant
