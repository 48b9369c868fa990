-- What the consumption of each region puts over people in China, where most of it lies, and through whose exports.
with attributed as (
    select consumer_region, receptor, exporter_province, sum(pm25_ug_m3) as pm25_ug_m3
    from fct_pm25_attribution
    where edition = '{{ edition }}' and year = {{ year }} and engine = 'reduced'
    group by consumer_region, receptor, exporter_province
),

over_china as (
    select attributed.consumer_region, sum(attributed.pm25_ug_m3) as pm25_ug_m3
    from attributed
    inner join dim_region as home on attributed.receptor = home.code and home.kind = 'home'
    group by attributed.consumer_region
),

parts as (
    select consumer_region, 'receptor' as side, receptor as code, sum(pm25_ug_m3) as pm25_ug_m3
    from attributed
    group by consumer_region, receptor
    union all
    select
        attributed.consumer_region, 'exporter' as side, attributed.exporter_province as code,
        sum(attributed.pm25_ug_m3) as pm25_ug_m3
    from attributed
    inner join dim_region as home on attributed.receptor = home.code and home.kind = 'home'
    group by attributed.consumer_region, attributed.exporter_province
),

-- Who is within 5 % of the first is first with it.
foremost as (
    select parts.*, region.name
    from parts
    inner join dim_region as region on parts.code = region.code and region.kind = 'province'
    qualify
        parts.pm25_ug_m3 >= 0.95 * max(parts.pm25_ug_m3) over (partition by parts.consumer_region, parts.side)
),

best as (
    select
        consumer_region,
        side,
        string_agg(name, ' and ' order by pm25_ug_m3 desc, code asc) as names,
        count(*) as at_the_top,
        max(pm25_ug_m3) as first_ug_m3
    from foremost
    group by consumer_region, side
),

deaths as (
    select region, sum(deaths) as deaths
    from fct_health_trade_balance
    where edition = '{{ edition }}' and year = {{ year }} and engine = 'reduced' and party = 'consumer'
    group by region
)

select
    over_china.consumer_region as consumer,
    region.name,
    region.name_zh,
    region.kind,
    over_china.pm25_ug_m3,
    over_china.pm25_ug_m3 / sum(over_china.pm25_ug_m3) over () as share_of_exports,
    row_number() over (
        partition by over_china.consumer_region = 'ROW' or region.kind = 'home'
        order by over_china.pm25_ug_m3 desc, over_china.consumer_region asc
    ) as named_rank,
    count(*) over (partition by over_china.consumer_region = 'ROW' or region.kind = 'home') as named_consumers,
    receptor.names as receptors,
    receptor.at_the_top as receptors_at_the_top,
    receptor.first_ug_m3 as receptor_ug_m3,
    exporter.names as exporters,
    exporter.at_the_top as exporters_at_the_top,
    exporter.first_ug_m3 / nullif(over_china.pm25_ug_m3, 0) as exporter_share,
    deaths.deaths
from over_china
inner join dim_region as region on over_china.consumer_region = region.code
left join best as receptor
    on over_china.consumer_region = receptor.consumer_region and receptor.side = 'receptor'
left join best as exporter
    on over_china.consumer_region = exporter.consumer_region and exporter.side = 'exporter'
left join deaths on over_china.consumer_region = deaths.region
order by over_china.consumer_region
