-- PM2.5 over each place that exports drive: by the region that consumes, and by the province that exports.
-- Assumed: carried by exports whose destinations are those of China's exports of the product.
with attributed as (
    select receptor, consumer_region, exporter_province, sum(pm25_ug_m3) as pm25_ug_m3
    from fct_pm25_attribution
    where edition = '{{ edition }}' and year = {{ year }} and engine = 'reduced'
    group by receptor, consumer_region, exporter_province
),

both_sides as (
    select
        attributed.receptor,
        'consumer' as side,
        attributed.consumer_region as code,
        sum(attributed.pm25_ug_m3) as pm25_ug_m3,
        sum(attributed.pm25_ug_m3 * coalesce(stand_in.assumed_share, 0)) as assumed_ug_m3
    from attributed
    left join {{ stand_in }} as stand_in on attributed.exporter_province = stand_in.province
    group by attributed.receptor, attributed.consumer_region
    union all
    select
        receptor,
        'exporter' as side,
        exporter_province as code,
        sum(pm25_ug_m3) as pm25_ug_m3,
        0 as assumed_ug_m3
    from attributed
    group by receptor, exporter_province
)

select
    both_sides.receptor,
    place.name,
    place.name_zh,
    both_sides.side,
    both_sides.code,
    region.name as whose,
    coalesce(consumer.called, region.name) as whose_group,
    both_sides.pm25_ug_m3,
    both_sides.assumed_ug_m3,
    both_sides.pm25_ug_m3
    / nullif(sum(both_sides.pm25_ug_m3) over (partition by both_sides.receptor, both_sides.side), 0) as export_share
from both_sides
inner join dim_region as place on both_sides.receptor = place.code
inner join dim_region as region on both_sides.code = region.code
left join {{ consumers }} as consumer on both_sides.code = consumer.code
order by both_sides.receptor asc, both_sides.side asc, both_sides.pm25_ug_m3 desc, both_sides.code asc
