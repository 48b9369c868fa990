-- Emissions that exports drive in each province, beside everything the province emits. Indirect in two readings.
with embodied as (
    select
        output.producer_province as province,
        output.producer_sector as sector,
        sum(output.output_musd) as output_musd,
        sum(output.output_musd) filter (where output.exporter_province <> output.producer_province) as indirect_musd,
        sum(output.output_musd) filter (where exporter.is_east_coast) as east_coast_musd
    from fct_export_output as output
    inner join dim_region as exporter on output.exporter_province = exporter.code
    where output.edition = '{{ edition }}' and output.year = {{ year }}
    group by output.producer_province, output.producer_sector
),

-- The reading exporter is above; here what the province does not finish itself.
read_by_finish as (
    select
        producer_province as province,
        producer_sector as sector,
        sum(output_musd) filter (where not is_direct) as finished_elsewhere_musd,
        sum(output_musd) filter (where attributed_region = 'abroad') as finished_abroad_musd
    from fct_export_reading
    where edition = '{{ edition }}' and year = {{ year }} and reading = 'final_producer'
    group by producer_province, producer_sector
),

driven as (
    select
        intensity.province,
        intensity.pollutant,
        sum(embodied.output_musd * intensity.emission_t_per_musd) as driven_t,
        sum(coalesce(embodied.indirect_musd, 0) * intensity.emission_t_per_musd) as indirect_t,
        sum(coalesce(read_by_finish.finished_elsewhere_musd, 0) * intensity.emission_t_per_musd)
            as finished_elsewhere_t,
        sum(coalesce(read_by_finish.finished_abroad_musd, 0) * intensity.emission_t_per_musd) as finished_abroad_t,
        sum(coalesce(embodied.east_coast_musd, 0) * intensity.emission_t_per_musd) as east_coast_t
    from embodied
    inner join fct_emission_intensity as intensity using (province, sector)
    left join read_by_finish using (province, sector)
    where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
    group by intensity.province, intensity.pollutant
),

everything as (
    select province, pollutant, sum(emission_t) as emission_t
    from fct_emission_inventory
    where edition = '{{ edition }}' and year = {{ year }}
    group by province, pollutant
)

select
    driven.province,
    region.name,
    region.name_zh,
    region.china_region,
    driven.pollutant,
    driven.driven_t,
    everything.emission_t as all_emissions_t,
    driven.driven_t / nullif(everything.emission_t, 0) as share_of_emissions,
    driven.indirect_t / nullif(driven.driven_t, 0) as indirect_share_exporter,
    driven.finished_elsewhere_t / nullif(driven.driven_t, 0) as indirect_share_final_producer,
    driven.finished_abroad_t / nullif(driven.driven_t, 0) as finished_abroad_share,
    driven.east_coast_t,
    driven.east_coast_t / nullif(driven.driven_t, 0) as east_coast_share
from driven
inner join dim_region as region on driven.province = region.code
left join everything using (province, pollutant)
order by driven.pollutant, driven.province
