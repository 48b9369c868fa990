-- What each province emits for exports: how much of all it emits, through whose exports, for whom.
with embodied as (
    select
        producer_province,
        producer_sector,
        exporter_province,
        consumer_region,
        sum(output_musd) as output_musd
    from fct_export_output
    where edition = '{{ edition }}' and year = {{ year }}
    group by producer_province, producer_sector, exporter_province, consumer_region
),

driven as (
    select
        embodied.producer_province as province,
        intensity.pollutant,
        embodied.exporter_province,
        embodied.consumer_region,
        sum(embodied.output_musd * intensity.emission_t_per_musd) as emission_t
    from embodied
    inner join fct_emission_intensity as intensity
        on
            embodied.producer_province = intensity.province
            and embodied.producer_sector = intensity.sector
    where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
    group by embodied.producer_province, intensity.pollutant, embodied.exporter_province, embodied.consumer_region
),

total as (
    select
        province,
        pollutant,
        sum(emission_t) as driven_t,
        sum(emission_t) filter (where exporter_province <> province) as for_others_t
    from driven
    group by province, pollutant
),

read_by_finish as (
    select
        output.producer_province as province,
        intensity.pollutant,
        sum(output.output_musd * intensity.emission_t_per_musd) filter (where not output.is_direct)
        / nullif(sum(output.output_musd * intensity.emission_t_per_musd), 0) as indirect_share
    from fct_export_reading as output
    inner join fct_emission_intensity as intensity
        on
            output.edition = intensity.edition
            and output.year = intensity.year
            and output.producer_province = intensity.province
            and output.producer_sector = intensity.sector
    where output.edition = '{{ edition }}' and output.year = {{ year }} and output.reading = 'final_producer'
    group by output.producer_province, intensity.pollutant
),

both_sides as (
    select province, pollutant, 'consumer' as side, consumer_region as code, sum(emission_t) as emission_t
    from driven
    group by province, pollutant, consumer_region
    union all
    select province, pollutant, 'exporter' as side, exporter_province as code, sum(emission_t) as emission_t
    from driven
    where exporter_province <> province
    group by province, pollutant, exporter_province
),

-- The rest of the world is not a country, and what returns to China is not a foreign consumer: neither comes first.
-- Who is within 5 % of the first is first with it.
foremost as (
    select both_sides.*, region.name
    from both_sides
    inner join dim_region as region on both_sides.code = region.code
    where both_sides.code <> 'ROW' and region.kind <> 'home'
    qualify
        both_sides.emission_t
        >= 0.95 * max(both_sides.emission_t) over (
            partition by both_sides.province, both_sides.pollutant, both_sides.side
        )
),

best as (
    select
        province,
        pollutant,
        side,
        string_agg(name, ' and ' order by emission_t desc, code asc) as names,
        count(*) as at_the_top,
        max(emission_t) as first_t
    from foremost
    group by province, pollutant, side
),

everything as (
    select province, pollutant, sum(emission_t) as emission_t
    from fct_emission_inventory
    where edition = '{{ edition }}' and year = {{ year }}
    group by province, pollutant
),

drawn as (
    select place, pollutant, p05_value as driven_p05_t, p95_value as driven_p95_t
    from fct_uncertainty
    where edition = '{{ edition }}' and year = {{ year }} and result = 'export_emission' and part = 'all'
),

exported as (
    select province, sum(export_musd) as export_musd
    from fct_export_value
    where edition = '{{ edition }}' and year = {{ year }}
    group by province
),

located as (
    select province, topic, sum(amount) as located_by_output_t
    from fct_assumption
    where edition = '{{ edition }}' and year = {{ year }} and assumption = 'inventory_located_by_output'
    group by province, topic
),

stand_in as (
    select province, sum(amount) as stand_in_musd
    from fct_assumption
    where edition = '{{ edition }}' and year = {{ year }} and assumption = 'export_destination_stand_in'
    group by province
)

select
    total.province,
    region.name,
    region.name_zh,
    total.pollutant,
    total.driven_t,
    drawn.driven_p05_t,
    drawn.driven_p95_t,
    total.driven_t / nullif(everything.emission_t, 0) as share_of_emissions,
    coalesce(total.for_others_t, 0) / nullif(total.driven_t, 0) as indirect_share_exporter,
    read_by_finish.indirect_share as indirect_share_final_producer,
    consumer.names as consumers,
    consumer.at_the_top as consumers_at_the_top,
    consumer.first_t / nullif(total.driven_t, 0) as consumer_share,
    exporter.names as exporters,
    exporter.at_the_top as exporters_at_the_top,
    exporter.first_t / nullif(total.driven_t, 0) as exporter_share,
    exported.export_musd,
    coalesce(stand_in.stand_in_musd, 0) / nullif(exported.export_musd, 0) as assumed_destination_share,
    located.located_by_output_t
from total
inner join dim_region as region on total.province = region.code
left join best as consumer
    on total.province = consumer.province and total.pollutant = consumer.pollutant and consumer.side = 'consumer'
left join best as exporter
    on total.province = exporter.province and total.pollutant = exporter.pollutant and exporter.side = 'exporter'
left join read_by_finish
    on total.province = read_by_finish.province and total.pollutant = read_by_finish.pollutant
left join everything on total.province = everything.province and total.pollutant = everything.pollutant
left join drawn on total.province = drawn.place and total.pollutant = drawn.pollutant
left join exported on total.province = exported.province
left join located on total.province = located.province and located.topic = 'inventory, ' || total.pollutant
left join stand_in on total.province = stand_in.province
order by total.pollutant, total.province
