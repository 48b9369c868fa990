-- PM2.5 over each place that the consumption of each region calls for, and by the province that exports.
with attributed as (
    select consumer_region, receptor, exporter_province, sum(pm25_ug_m3) as pm25_ug_m3
    from fct_pm25_attribution
    where edition = '{{ edition }}' and year = {{ year }} and engine = 'reduced'
    group by consumer_region, receptor, exporter_province
),

both_sides as (
    select consumer_region, 'receptor' as side, receptor as province, sum(pm25_ug_m3) as pm25_ug_m3
    from attributed
    group by consumer_region, receptor
    union all
    select
        attributed.consumer_region,
        'exporter' as side,
        attributed.exporter_province as province,
        sum(attributed.pm25_ug_m3) as pm25_ug_m3
    from attributed
    inner join dim_region as home on attributed.receptor = home.code and home.kind = 'home'
    group by attributed.consumer_region, attributed.exporter_province
)

select
    both_sides.consumer_region as consumer,
    consumer.name as consumer_name,
    both_sides.side,
    both_sides.province,
    place.name,
    place.name_zh,
    both_sides.pm25_ug_m3,
    case when both_sides.side = 'exporter' then coalesce(stand_in.assumed_share, 0) end as assumed_share
from both_sides
inner join dim_region as consumer on both_sides.consumer_region = consumer.code
left join {{ stand_in }} as stand_in on both_sides.province = stand_in.province
inner join dim_region as place on both_sides.province = place.code and place.kind = 'province'
order by both_sides.consumer_region, both_sides.side, both_sides.province
