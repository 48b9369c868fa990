-- Whose consumption drives each province's emissions: by country (the largest), and by region of the world table (all).
-- A country is derived where the world table has it in a region of several. The parts of a region sum to the region.
with embodied as (
    select
        producer_province as province,
        producer_sector as sector,
        'country' as split,
        consumer_country as consumer,
        is_derived,
        sum(output_musd) as output_musd
    from fct_export_country
    where edition = '{{ edition }}' and year = {{ year }}
    group by producer_province, producer_sector, consumer_country, is_derived
    union all
    select
        producer_province as province,
        producer_sector as sector,
        'region' as split,
        consumer_region as consumer,
        false as is_derived,
        sum(output_musd) as output_musd
    from fct_export_country
    where edition = '{{ edition }}' and year = {{ year }}
    group by producer_province, producer_sector, consumer_region
),

driven as (
    select
        embodied.province,
        embodied.split,
        embodied.consumer,
        embodied.is_derived,
        intensity.pollutant,
        sum(embodied.output_musd * intensity.emission_t_per_musd) as driven_t
    from embodied
    inner join fct_emission_intensity as intensity using (province, sector)
    where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
    group by embodied.province, embodied.split, embodied.consumer, embodied.is_derived, intensity.pollutant
),

driven_anywhere as (
    select province, split, consumer, is_derived, pollutant, driven_t from driven
    union all
    select 'all' as province, split, consumer, is_derived, pollutant, sum(driven_t) as driven_t
    from driven
    group by split, consumer, is_derived, pollutant
),

ranked as (
    select
        driven.*,
        driven.consumer <> 'ROW' and region.kind <> 'home' as is_country,
        row_number() over (
            partition by
                driven.province, driven.split, driven.pollutant, driven.consumer = 'ROW' or region.kind = 'home'
            order by driven.driven_t desc, driven.consumer asc
        ) as place_in_order
    from driven_anywhere as driven
    inner join dim_region as region on driven.consumer = region.code
),

-- What is not among the fifteen largest countries is one row.
bundled as (
    select
        province,
        split,
        pollutant,
        case when is_country and place_in_order > 15 then 'others' else consumer end as consumer,
        bool_or(is_derived) as is_derived,
        count(*) as consumers,
        sum(driven_t) as driven_t
    from ranked
    group by province, split, pollutant, case when is_country and place_in_order > 15 then 'others' else consumer end
)

select
    bundled.split,
    bundled.province,
    coalesce(place.name, 'China') as name,
    place.name_zh,
    bundled.consumer,
    coalesce(consumer.name, bundled.consumers || ' others') as consumer_name,
    bundled.is_derived,
    bundled.pollutant,
    bundled.driven_t,
    bundled.driven_t
    / nullif(sum(bundled.driven_t) over (partition by bundled.province, bundled.split, bundled.pollutant), 0)
        as emission_share
from bundled
left join dim_region as place on bundled.province = place.code
left join dim_region as consumer on bundled.consumer = consumer.code
order by bundled.pollutant asc, bundled.split asc, bundled.province asc, bundled.driven_t desc, bundled.consumer asc
