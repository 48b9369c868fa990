-- Grain: one row per edition, year, province, sector, pollutant, method (interpolation of GAINS).
with divided as (

    select
        emitted.province,
        coalesce(move.moved_to_sector, division.sector) as sector,
        emitted.pollutant,
        division.method,
        sum(emitted.emission_t * division.share) as emission_t
    from {{ ref('int_inventory__source') }} as emitted
    inner join {{ ref('int_inventory__division') }} as division
        on
            emitted.province = division.province
            and emitted.source_sector = division.meic_sector
            and emitted.pollutant = division.pollutant
    left join {{ ref('int_inventory__move') }} as move
        on
            division.province = move.province
            and division.sector = move.sector
    group by all

),

reference as (

    select
        province,
        sector,
        pollutant,
        emission_t
    from divided
    where method = 'linear'

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    divided.province,
    divided.sector,
    divided.pollutant,
    divided.method,
    divided.emission_t,
    divided.emission_t / nullif(reference.emission_t, 0) - 1 as deviation_share
from divided
left join reference using (province, sector, pollutant)
