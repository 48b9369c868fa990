-- Who consumes the two products behind most emissions, and which provinces emit in the two sectors that emit most.
with embodied as (
    select
        output.producer_province as province,
        output.producer_sector as sector,
        output.consumed_sector,
        coalesce(region.called, output.consumer_region) as partner,
        sum(output.output_musd) as output_musd
    from fct_consumed_product_output as output
    left join {{ consumers }} as region on output.consumer_region = region.code
    where output.edition = '{{ edition }}' and output.year = {{ year }}
    group by output.producer_province, output.producer_sector, output.consumed_sector, partner
),

consumer as (
    select
        'consumption' as perspective,
        intensity.pollutant,
        embodied.consumed_sector as sector,
        embodied.partner,
        sum(embodied.output_musd * intensity.emission_t_per_musd) as driven_t
    from embodied
    inner join fct_emission_intensity as intensity using (province, sector)
    where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
    group by intensity.pollutant, embodied.consumed_sector, embodied.partner
),

produced as (
    select province, sector, sum(output_musd) as output_musd
    from embodied
    group by province, sector
),

producer as (
    select
        'production' as perspective,
        intensity.pollutant,
        produced.sector,
        coalesce(nullif(concat_ws(' ', region.name, region.name_zh), ''), produced.province) as partner,
        sum(produced.output_musd * intensity.emission_t_per_musd) as driven_t
    from produced
    inner join fct_emission_intensity as intensity using (province, sector)
    left join dim_region as region on produced.province = region.code
    where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
    group by intensity.pollutant, produced.sector, partner
),

both_sides as (
    select perspective, pollutant, sector, partner, driven_t from consumer
    union all
    select perspective, pollutant, sector, partner, driven_t from producer
),

summed as (
    select
        perspective,
        pollutant,
        sector,
        partner,
        driven_t,
        sum(driven_t) over (partition by perspective, pollutant, sector) as sector_t
    from both_sides
)

select
    summed.perspective,
    summed.pollutant,
    summed.sector,
    sector.name as sector_name,
    summed.partner,
    summed.driven_t,
    summed.driven_t / nullif(summed.sector_t, 0) as share_of_sector
from summed
left join dim_sector as sector on summed.sector = sector.code
qualify
    dense_rank()
        over (partition by summed.perspective, summed.pollutant order by summed.sector_t desc, summed.sector asc)
    <= 2
order by
    summed.pollutant asc,
    summed.perspective asc,
    summed.sector_t desc,
    summed.sector asc,
    summed.driven_t desc,
    summed.partner asc
