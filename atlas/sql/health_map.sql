-- Deaths that PM2.5 is associated with over each province (GEMM, NCD+LRI), and those of foreign demand for its exports.
with burden as (
    select
        engine,
        province,
        sum(deaths) as deaths,
        any_value(province_persons) as province_persons
    from fct_health_burden
    where
        edition = '{{ edition }}' and year = {{ year }} and scenario = 'Base' and curve = 'gemm'
        and cause = 'NCD+LRI'
    group by engine, province
)

select
    burden.engine,
    burden.province,
    region.name,
    region.name_zh,
    burden.deaths,
    1e5 * burden.deaths / burden.province_persons as deaths_per_100k,
    trade.deaths as export_deaths,
    trade.deaths / nullif(burden.deaths, 0) as export_share,
    trade.value_added_musd,
    trade.deaths_per_billion_usd_value_added
from burden
inner join dim_region as region on burden.province = region.code
left join fct_health_trade_balance as trade
    on
        trade.edition = '{{ edition }}' and trade.year = {{ year }} and trade.party = 'province'
        and burden.engine = trade.engine and burden.province = trade.region
order by burden.engine, burden.province
