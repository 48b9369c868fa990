-- Emissions that the consumption of each region drives in each province.
with embodied as (
    select
        consumer_region,
        producer_province,
        producer_sector,
        sum(output_musd) as output_musd,
        sum(output_musd * coalesce(stand_in.assumed_share, 0)) as assumed_musd
    from fct_export_output
    left join {{ stand_in }} as stand_in on exporter_province = stand_in.province
    where edition = '{{ edition }}' and year = {{ year }}
    group by consumer_region, producer_province, producer_sector
)

select
    embodied.consumer_region as consumer,
    consumer.name as consumer_name,
    embodied.producer_province as province,
    place.name,
    place.name_zh,
    intensity.pollutant,
    sum(embodied.output_musd * intensity.emission_t_per_musd) as driven_t,
    sum(embodied.assumed_musd * intensity.emission_t_per_musd)
    / nullif(sum(embodied.output_musd * intensity.emission_t_per_musd), 0) as assumed_share
from embodied
inner join fct_emission_intensity as intensity
    on
        embodied.producer_province = intensity.province
        and embodied.producer_sector = intensity.sector
inner join dim_region as consumer on embodied.consumer_region = consumer.code
inner join dim_region as place on embodied.producer_province = place.code
where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
group by
    embodied.consumer_region,
    consumer.name,
    embodied.producer_province,
    place.name,
    place.name_zh,
    intensity.pollutant
order by intensity.pollutant asc, embodied.consumer_region asc, driven_t desc, embodied.producer_province asc
