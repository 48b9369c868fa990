-- Grain: one row per producer province, producer sector and consumer region: the output that exports drive there.
{{ config(tags=['driven']) }}
select
    producer_province,
    producer_sector,
    consumer_region,
    sum(output_musd) as output_musd,
    coalesce(sum(output_musd) filter (where producer_province = exporter_province), 0) as direct_output_musd
from {{ computed('export_output') }}
group by all
