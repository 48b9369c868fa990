-- PM2.5 over each place that exports drive: by the region that consumes, and by the province that exports.
with attributed as (
    select receptor, consumer_region, exporter_province, sum(pm25_ug_m3) as pm25_ug_m3
    from fct_pm25_attribution
    where edition = '{{ edition }}' and year = {{ year }} and engine = 'reduced'
    group by receptor, consumer_region, exporter_province
),

both_sides as (
    select receptor, 'consumer' as side, consumer_region as code, sum(pm25_ug_m3) as pm25_ug_m3
    from attributed
    group by receptor, consumer_region
    union all
    select receptor, 'exporter' as side, exporter_province as code, sum(pm25_ug_m3) as pm25_ug_m3
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
    both_sides.pm25_ug_m3,
    both_sides.pm25_ug_m3
    / nullif(sum(both_sides.pm25_ug_m3) over (partition by both_sides.receptor, both_sides.side), 0) as export_share
from both_sides
inner join dim_region as place on both_sides.receptor = place.code
inner join dim_region as region on both_sides.code = region.code
order by both_sides.receptor asc, both_sides.side asc, both_sides.pm25_ug_m3 desc, both_sides.code asc
