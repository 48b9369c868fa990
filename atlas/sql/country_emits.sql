-- Emissions in each province that a country's consumption drives, for the countries that are derived within a region.
with embodied as (
    select
        consumer_region,
        consumer_country,
        producer_province as province,
        producer_sector as sector,
        sum(output_musd) as output_musd
    from fct_export_country
    where
        edition = '{{ edition }}' and year = {{ year }} and is_derived
        -- The remainder of the rest of the world is not a country.
        and consumer_country <> consumer_region
    group by consumer_region, consumer_country, producer_province, producer_sector
),

driven as (
    select
        embodied.consumer_region,
        embodied.consumer_country,
        embodied.province,
        intensity.pollutant,
        sum(embodied.output_musd * intensity.emission_t_per_musd) as driven_t
    from embodied
    inner join fct_emission_intensity as intensity using (province, sector)
    where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
    group by embodied.consumer_region, embodied.consumer_country, embodied.province, intensity.pollutant
),

by_region as (
    select
        output.consumer_region,
        intensity.pollutant,
        sum(output.output_musd * intensity.emission_t_per_musd) as region_t
    from fct_export_country as output
    inner join fct_emission_intensity as intensity
        on
            output.edition = intensity.edition
            and output.year = intensity.year
            and output.producer_province = intensity.province
            and output.producer_sector = intensity.sector
    where output.edition = '{{ edition }}' and output.year = {{ year }}
    group by output.consumer_region, intensity.pollutant
)

select
    driven.consumer_country as consumer,
    country.name as consumer_name,
    region.name as region_name,
    driven.province,
    place.name,
    place.name_zh,
    driven.pollutant,
    driven.driven_t,
    by_region.region_t
from driven
inner join dim_region as country on driven.consumer_country = country.code
inner join dim_region as region on driven.consumer_region = region.code
inner join dim_region as place on driven.province = place.code
inner join by_region on driven.consumer_region = by_region.consumer_region and driven.pollutant = by_region.pollutant
order by driven.pollutant asc, driven.consumer_country asc, driven.driven_t desc, driven.province asc
