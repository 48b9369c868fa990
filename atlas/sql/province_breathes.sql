-- What people in each province breathe, how much of it exports put there, for whom and through whom.
with everything as (
    select province, sum(pm25_ug_m3) as total_ug_m3
    from fct_pm25_province
    where
        edition = '{{ edition }}' and year = {{ year }} and engine = 'reduced' and season = 'year'
        and weighting = 'population' and scenario = 'Base'
    group by province
),

attributed as (
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
),

named as (
    select
        both_sides.receptor,
        both_sides.side,
        both_sides.code,
        region.name,
        region.kind,
        both_sides.pm25_ug_m3,
        both_sides.pm25_ug_m3
        / sum(both_sides.pm25_ug_m3) over (partition by both_sides.receptor, both_sides.side) as share,
        -- The rest of the world is not a country, and what returns to China is its own: neither comes first.
        both_sides.code <> 'ROW' and region.kind <> 'home' as may_lead
    from both_sides
    inner join dim_region as region on both_sides.code = region.code
),

-- Who is within 5 % of the first is first with it.
foremost as (
    select *
    from named
    where may_lead
    qualify pm25_ug_m3 >= 0.95 * max(pm25_ug_m3) over (partition by receptor, side)
),

best as (
    select
        receptor,
        side,
        string_agg(name, ' and ' order by pm25_ug_m3 desc, code asc) as names,
        count(*) as at_the_top,
        max(share) as first_share
    from foremost
    group by receptor, side
),

apart as (
    select
        receptor,
        sum(pm25_ug_m3) filter (where side = 'consumer') as export_ug_m3,
        max(pm25_ug_m3) filter (where side = 'consumer' and kind = 'home') as returned_ug_m3,
        max(share) filter (where side = 'consumer' and code = 'ROW') as rest_of_world_share,
        max(share) filter (where side = 'exporter' and code = receptor) as own_exports_share
    from named
    group by receptor
),

drawn as (
    select
        place,
        max(p05_value) filter (where result = 'export_pm25') as export_p05_ug_m3,
        max(p95_value) filter (where result = 'export_pm25') as export_p95_ug_m3,
        max(point_value) filter (where result = 'export_deaths') as export_deaths,
        max(p05_value) filter (where result = 'export_deaths') as export_p05_deaths,
        max(p95_value) filter (where result = 'export_deaths') as export_p95_deaths
    from fct_uncertainty
    where
        edition = '{{ edition }}' and year = {{ year }} and part = 'all'
        and result in ('export_pm25', 'export_deaths')
    group by place
),

observed as (
    select place, modelled_ug_m3, observed_ug_m3
    from fct_model_evaluation_place
    where
        edition = '{{ edition }}' and year = {{ year }} and observation = 'province_people' and pollutant = 'PM2.5'
        and season = 'year' and period = 'edition_year'
)

select
    everything.province,
    region.name,
    region.name_zh,
    everything.total_ug_m3,
    apart.export_ug_m3,
    apart.export_ug_m3 / nullif(everything.total_ug_m3, 0) as export_share,
    apart.returned_ug_m3,
    drawn.export_p05_ug_m3,
    drawn.export_p95_ug_m3,
    row_number() over (order by apart.export_ug_m3 desc, everything.province asc) as export_rank,
    count(*) over () as provinces,
    consumer.names as consumers,
    consumer.at_the_top as consumers_at_the_top,
    consumer.first_share as consumer_share,
    apart.rest_of_world_share,
    exporter.names as exporters,
    exporter.at_the_top as exporters_at_the_top,
    exporter.first_share as exporter_share,
    apart.own_exports_share,
    drawn.export_deaths,
    drawn.export_p05_deaths,
    drawn.export_p95_deaths,
    observed.modelled_ug_m3,
    observed.observed_ug_m3
from everything
inner join dim_region as region on everything.province = region.code and region.kind = 'province'
left join best as consumer on everything.province = consumer.receptor and consumer.side = 'consumer'
left join best as exporter on everything.province = exporter.receptor and exporter.side = 'exporter'
inner join apart on everything.province = apart.receptor
left join drawn on everything.province = drawn.place
left join observed on everything.province = observed.place
order by everything.province
