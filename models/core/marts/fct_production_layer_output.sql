-- Grain: one row per edition, year, variant, layer, producer_province, producer_sector, exporter_province.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    variant,
    layer,
    producer_province,
    producer_sector,
    exporter_province,
    output_musd
from {{ computed('production_layer') }}
