-- Grain: one row per edition, year, province, sector, pollutant, in_footprint.
with emission as (
    select
        province,
        sector,
        pollutant,
        in_footprint,
        emission_t
    from {{ ref('int_inventory__emission') }}
),

-- The index of eq. 13: every tonne divided by its pollutant's coefficient.
equivalent as (
    select
        emission.province,
        emission.sector,
        'APE' as pollutant,
        emission.in_footprint,
        sum(emission.emission_t / pollutant.ape_coefficient) as emission_t
    from emission
    inner join {{ ref('dim_pollutant') }} as pollutant on emission.pollutant = pollutant.code
    group by emission.province, emission.sector, emission.in_footprint
),

everything as (
    select
        province,
        sector,
        pollutant,
        in_footprint,
        emission_t
    from emission
    union all
    select
        province,
        sector,
        pollutant,
        in_footprint,
        emission_t
    from equivalent
)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    province,
    sector,
    pollutant,
    in_footprint,
    emission_t
from everything
