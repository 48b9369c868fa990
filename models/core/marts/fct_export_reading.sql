-- Grain: one row per edition, year, reading, producer_province, producer_sector, attributed_region, consumer_region.
-- Both readings hold the same output; never sum over them.
-- A table: a view would be summed by several threads when it is published, and its last bits would differ each time.
with exported as (

    select
        producer_province,
        producer_sector,
        exporter_province,
        consumer_region,
        sum(output_musd) as output_musd
    from {{ computed('export_output') }}
    group by all

),

attributed as (

    select
        'exporter' as reading,
        producer_province,
        producer_sector,
        exporter_province as attributed_region,
        consumer_region,
        output_musd
    from exported
    union all
    select
        'final_producer' as reading,
        producer_province,
        producer_sector,
        final_producer as attributed_region,
        consumer_region,
        output_musd
    from {{ computed('final_producer_output') }}

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    reading,
    producer_province,
    producer_sector,
    attributed_region,
    consumer_region,
    producer_province = attributed_region as is_direct,
    output_musd
from attributed
