-- Grain: one row per edition, year, engine, receptor, exporter_province, consumer_region: fct_pm25_attribution summed
-- over emitters, groups of sources and components, with names beside codes. A table: small, and in Parquet, too.
with attributed as (

    select
        edition,
        year,
        engine,
        receptor,
        exporter_province,
        consumer_region,
        sum(pm25_ug_m3) as pm25_ug_m3
    from {{ ref('fct_pm25_attribution') }}
    group by all

)

select
    attributed.edition,
    attributed.year,
    attributed.engine,
    attributed.receptor,
    receptor.name as receptor_name,
    receptor.name_zh as receptor_name_zh,
    receptor.china_region as receptor_china_region,
    receptor.kind = 'home' as is_nation,
    attributed.exporter_province,
    exporter.name as exporting_province,
    exporter.china_region as exporting_china_region,
    attributed.consumer_region,
    consumer.name as consumer,
    consumer.world_region as consumer_world_region,
    attributed.consumer_region = '{{ var("home_region") }}' as is_returned,
    attributed.pm25_ug_m3
from attributed
inner join {{ ref('dim_region') }} as receptor on attributed.receptor = receptor.code
inner join {{ ref('dim_region') }} as exporter on attributed.exporter_province = exporter.code
inner join {{ ref('dim_region') }} as consumer on attributed.consumer_region = consumer.code
order by
    attributed.edition asc,
    attributed.year asc,
    attributed.engine asc,
    attributed.receptor asc,
    attributed.exporter_province asc,
    attributed.consumer_region asc
