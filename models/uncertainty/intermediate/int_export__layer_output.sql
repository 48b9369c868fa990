-- Grain: one row per production layer, producer province and producer sector: the output of the layer within China.
{{ config(tags=['driven']) }}
select
    layer,
    producer_province,
    producer_sector,
    sum(output_musd) as output_musd
from {{ computed('production_layer') }}
where variant = 'domestic'
group by all
