-- Whose consumption drives each province's emissions, by region of the world.
with embodied as (
    select
        output.producer_province as province,
        output.producer_sector as sector,
        coalesce(region.called, output.consumer_region) as consumed_in,
        sum(output.output_musd) as output_musd
    from fct_export_output as output
    left join {{ consumers }} as region on output.consumer_region = region.code
    where output.edition = '{{ edition }}' and output.year = {{ year }}
    group by output.producer_province, output.producer_sector, consumed_in
),

driven as (
    select
        embodied.province,
        embodied.consumed_in,
        intensity.pollutant,
        sum(embodied.output_musd * intensity.emission_t_per_musd) as driven_t
    from embodied
    inner join fct_emission_intensity as intensity using (province, sector)
    where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
    group by embodied.province, embodied.consumed_in, intensity.pollutant
),

driven_anywhere as (
    select province, consumed_in, pollutant, driven_t from driven
    union all
    select 'all' as province, consumed_in, pollutant, sum(driven_t) as driven_t
    from driven
    group by consumed_in, pollutant
)

select
    driven.province,
    coalesce(region.name, 'China') as name,
    region.name_zh,
    driven.consumed_in,
    driven.pollutant,
    driven.driven_t,
    driven.driven_t
    / nullif(sum(driven.driven_t) over (partition by driven.province, driven.pollutant), 0) as emission_share
from driven_anywhere as driven
left join dim_region as region on driven.province = region.code
order by driven.pollutant asc, driven.province asc, driven.driven_t desc, driven.consumed_in asc
