-- Where along the supply chains of exports each province's emissions arise: PL0 makes the exported product itself.
select
    layer.producer_province as province,
    region.name,
    region.name_zh,
    intensity.pollutant,
    layer.layer,
    sum(layer.output_musd * intensity.emission_t_per_musd) as emission_t,
    sum(layer.output_musd * intensity.emission_t_per_musd)
    / nullif(
        sum(sum(layer.output_musd * intensity.emission_t_per_musd))
            over (partition by layer.producer_province, intensity.pollutant),
        0
    ) as share
from fct_production_layer_output as layer
inner join fct_emission_intensity as intensity
    on
        layer.edition = intensity.edition
        and layer.year = intensity.year
        and layer.producer_province = intensity.province
        and layer.producer_sector = intensity.sector
inner join dim_region as region on layer.producer_province = region.code
where layer.edition = '{{ edition }}' and layer.year = {{ year }} and layer.variant = 'domestic'
group by layer.producer_province, region.name, region.name_zh, intensity.pollutant, layer.layer
order by intensity.pollutant, layer.producer_province, layer.layer
