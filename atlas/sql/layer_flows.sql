-- Emissions handed on along domestic supply chains: emitted where, through which layers, exported where and for what.
with own as (
    select
        intensity.pollutant,
        'emitted: ' || region.china_region as source,
        layer.layer || ': ' || region.china_region as target,
        'own' as part,
        sum(layer.output_musd * intensity.emission_t_per_musd) as emission_t
    from fct_production_layer_output as layer
    inner join fct_emission_intensity as intensity
        on
            layer.edition = intensity.edition
            and layer.year = intensity.year
            and layer.producer_province = intensity.province
            and layer.producer_sector = intensity.sector
    inner join dim_region as region on layer.producer_province = region.code
    where
        layer.edition = '{{ edition }}'
        and layer.year = {{ year }}
        and layer.variant = 'domestic'
        and layer.layer <> 'PL4+'
    group by intensity.pollutant, region.china_region, layer.layer
),

handed_on as (
    select
        flow.pollutant,
        'PL' || split_part(flow.flow, '->', 1) || ': ' || seller.china_region as source,
        'PL' || split_part(flow.flow, '->', 2) || ': ' || buyer.china_region as target,
        'handed on' as part,
        sum(flow.emission_t) as emission_t
    from fct_layer_flow as flow
    inner join dim_region as seller on flow.from_region = seller.code
    inner join dim_region as buyer on flow.to_region = buyer.code
    where
        flow.edition = '{{ edition }}' and flow.year = {{ year }} and flow.variant = 'domestic'
        and seller.kind = 'province' and buyer.kind = 'province'
    group by flow.pollutant, flow.flow, seller.china_region, buyer.china_region
),

exported as (
    select
        producer_province as province,
        producer_sector as sector,
        exporter_province,
        product_use,
        sum(output_musd) as output_musd
    from fct_export_output
    where edition = '{{ edition }}' and year = {{ year }}
    group by producer_province, producer_sector, exporter_province, product_use
),

for_use as (
    select
        intensity.pollutant,
        'PL0: ' || region.china_region as source,
        case exported.product_use when 'final' then 'final goods' else 'intermediates' end as target,
        'exported' as part,
        sum(exported.output_musd * intensity.emission_t_per_musd) as emission_t
    from exported
    inner join fct_emission_intensity as intensity using (province, sector)
    inner join dim_region as region on exported.exporter_province = region.code
    where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
    group by intensity.pollutant, region.china_region, exported.product_use
),

everything as (
    select pollutant, part, source, target, emission_t from own
    union all
    select pollutant, part, source, target, emission_t from handed_on
    union all
    select pollutant, part, source, target, emission_t from for_use
)

select pollutant, part, source, target, emission_t
from everything
order by pollutant, part, source, target
