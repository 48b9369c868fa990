-- PM2.5 over each province with and without the emissions that exports drive, weighted by residents, mean of the year.
with scenario as (
    select
        engine,
        province,
        sum(pm25_ug_m3) filter (where scenario = 'Base') as total_ug_m3,
        sum(pm25_ug_m3) filter (where scenario = 'Base' and component not in ('soa', 'background')) as base_ug_m3,
        sum(pm25_ug_m3) filter (where scenario = 'I_EX' and component not in ('soa', 'background'))
            as without_exports_ug_m3,
        sum(pm25_ug_m3) filter (
            where scenario = 'I_EXDIR' and component not in ('soa', 'background')
        ) as without_direct_ug_m3,
        sum(pm25_ug_m3) filter (
            where scenario = 'I_EXEAST' and component not in ('soa', 'background')
        ) as without_east_coast_ug_m3
    from fct_pm25_province
    where edition = '{{ edition }}' and year = {{ year }} and season = 'year' and weighting = 'population'
    group by engine, province
),

-- What returns to China is left out, as in the runs.
read_by_finish as (
    select
        engine,
        receptor as province,
        sum(pm25_ug_m3) filter (where not is_direct) / nullif(sum(pm25_ug_m3), 0) as indirect_share
    from fct_pm25_reading
    where edition = '{{ edition }}' and year = {{ year }} and reading = 'final_producer' and not is_returned
    group by engine, receptor
)

select
    scenario.engine,
    scenario.province,
    region.name,
    region.name_zh,
    scenario.total_ug_m3,
    scenario.base_ug_m3 - scenario.without_exports_ug_m3 as export_ug_m3,
    (scenario.base_ug_m3 - scenario.without_exports_ug_m3) / nullif(scenario.total_ug_m3, 0) as export_share,
    1 - (scenario.base_ug_m3 - scenario.without_direct_ug_m3)
    / nullif(scenario.base_ug_m3 - scenario.without_exports_ug_m3, 0) as indirect_share_exporter,
    read_by_finish.indirect_share as indirect_share_final_producer,
    scenario.base_ug_m3 - scenario.without_east_coast_ug_m3 as east_coast_ug_m3,
    (scenario.base_ug_m3 - scenario.without_east_coast_ug_m3)
    / nullif(scenario.base_ug_m3 - scenario.without_exports_ug_m3, 0) as east_coast_share
from scenario
inner join dim_region as region on scenario.province = region.code
left join read_by_finish on scenario.engine = read_by_finish.engine and scenario.province = read_by_finish.province
where region.kind = 'province'
order by scenario.engine, scenario.province
