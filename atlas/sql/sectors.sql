-- Emissions that exports drive, by the sector that emits and by the product finally consumed.
with embodied as (
    select
        producer_province as province,
        producer_sector as sector,
        consumed_sector,
        sum(output_musd) as output_musd
    from fct_consumed_product_output
    where edition = '{{ edition }}' and year = {{ year }}
    group by producer_province, producer_sector, consumed_sector
),

driven as (
    select
        embodied.sector,
        embodied.consumed_sector,
        intensity.pollutant,
        sum(embodied.output_musd * intensity.emission_t_per_musd) as driven_t
    from embodied
    inner join fct_emission_intensity as intensity using (province, sector)
    where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
    group by embodied.sector, embodied.consumed_sector, intensity.pollutant
),

perspective as (
    select 'production' as perspective, pollutant, sector, sum(driven_t) as driven_t
    from driven
    group by pollutant, sector
    union all
    select 'consumption' as perspective, pollutant, consumed_sector as sector, sum(driven_t) as driven_t
    from driven
    group by pollutant, consumed_sector
)

select
    perspective.perspective,
    perspective.pollutant,
    perspective.sector,
    sector.name as sector_name,
    sector.sector_group,
    perspective.driven_t,
    perspective.driven_t
    / nullif(sum(perspective.driven_t) over (partition by perspective.perspective, perspective.pollutant), 0) as share
from perspective
left join dim_sector as sector on perspective.sector = sector.code
order by perspective.pollutant asc, perspective.perspective asc, perspective.driven_t desc, perspective.sector asc
