-- Whose consumption drives each province's emissions, beside where the province's exports go: the 25 largest of each.
with embodied as (
    select
        producer_province as province,
        producer_sector as sector,
        consumer_region as consumer,
        sum(output_musd) as output_musd,
        sum(output_musd * coalesce(stand_in.assumed_share, 0)) as assumed_musd
    from fct_export_output
    left join {{ stand_in }} as stand_in on exporter_province = stand_in.province
    where edition = '{{ edition }}' and year = {{ year }}
    group by producer_province, producer_sector, consumer_region
),

driven as (
    select
        embodied.province,
        embodied.consumer,
        intensity.pollutant,
        sum(embodied.output_musd * intensity.emission_t_per_musd) as driven_t,
        sum(embodied.assumed_musd * intensity.emission_t_per_musd) as assumed_t
    from embodied
    inner join fct_emission_intensity as intensity using (province, sector)
    where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
    group by embodied.province, embodied.consumer, intensity.pollutant
),

driven_anywhere as (
    select province, consumer, pollutant, driven_t, assumed_t from driven
    union all
    select 'all' as province, consumer, pollutant, sum(driven_t) as driven_t, sum(assumed_t) as assumed_t
    from driven
    group by consumer, pollutant
),

exported as (
    select province, destination as consumer, sum(export_musd) as export_musd
    from fct_export_value
    where edition = '{{ edition }}' and year = {{ year }}
    group by province, destination
),

exported_anywhere as (
    select province, consumer, export_musd from exported
    union all
    select 'all' as province, consumer, sum(export_musd) as export_musd
    from exported
    group by consumer
)

select
    driven.province,
    coalesce(region.name, 'China') as name,
    region.name_zh,
    driven.consumer,
    coalesce(consumer.name, driven.consumer) as consumer_name,
    driven.pollutant,
    driven.driven_t,
    driven.driven_t
    / nullif(sum(driven.driven_t) over (partition by driven.province, driven.pollutant), 0) as emission_share,
    driven.assumed_t / nullif(driven.driven_t, 0) as assumed_share,
    exported.export_musd,
    exported.export_musd
    / nullif(sum(exported.export_musd) over (partition by driven.province, driven.pollutant), 0) as export_share
from driven_anywhere as driven
left join exported_anywhere as exported using (province, consumer)
left join dim_region as region on driven.province = region.code
left join dim_region as consumer on driven.consumer = consumer.code
qualify
    row_number() over (
        partition by driven.province, driven.pollutant order by driven.driven_t desc, driven.consumer asc
    ) <= 25
order by driven.pollutant asc, driven.province asc, driven.driven_t desc, driven.consumer asc
