-- From the place of emission to the consumer: by production layer (of all consumers) and by consumer (of all layers).
with output as (
    select
        producer_province as province,
        producer_sector as sector,
        exporter_province as exporter,
        'all' as layer,
        coalesce(region.called, consumer_region) as consumer,
        sum(output_musd) as output_musd
    from fct_export_output
    left join {{ consumers }} as region on consumer_region = region.code
    where edition = '{{ edition }}' and year = {{ year }}
    group by producer_province, producer_sector, exporter_province, consumer
    union all
    select
        producer_province as province,
        producer_sector as sector,
        exporter_province as exporter,
        layer,
        'all' as consumer,
        output_musd
    from fct_production_layer_output
    where edition = '{{ edition }}' and year = {{ year }} and variant = 'domestic'
),

driven as (
    select
        output.province,
        output.exporter,
        output.layer,
        output.consumer,
        intensity.pollutant,
        sum(output.output_musd * intensity.emission_t_per_musd) as emission_t
    from output
    inner join fct_emission_intensity as intensity using (province, sector)
    where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
    group by output.province, output.exporter, output.layer, output.consumer, intensity.pollutant
)

select
    concat_ws(' ', emitter.name, emitter.name_zh) as emitter,
    concat_ws(' ', exporter.name, exporter.name_zh) as exporter,
    driven.layer,
    driven.consumer,
    driven.pollutant,
    driven.emission_t
from driven
inner join dim_region as emitter on driven.province = emitter.code
inner join dim_region as exporter on driven.exporter = exporter.code
order by driven.pollutant, driven.province, driven.exporter, driven.layer, driven.consumer
