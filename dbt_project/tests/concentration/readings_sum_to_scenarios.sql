-- In both readings of direct and indirect, exports' PM2.5 is Base less I_EX at every receptor.
-- Rows: receptors and readings that miss it by more than 1e-9 of Base.
with run_by_scenario as (

    select
        province as receptor,
        sum(pm25_ug_m3) filter (where scenario = 'Base') as base_ug_m3,
        sum(pm25_ug_m3) filter (where scenario = 'I_EX') as no_exports_ug_m3
    from {{ ref('fct_pm25_province') }}
    where engine = 'reduced' and season = 'year' and weighting = 'population' and component not in ('soa', 'background')
    group by province

),

readings as (

    select
        receptor,
        sum(pm25_ug_m3) filter (where reading = 'exporter') as by_exporter_ug_m3,
        sum(pm25_ug_m3) filter (where reading = 'final_producer') as by_final_producer_ug_m3
    from {{ ref('fct_pm25_reading') }}
    where not is_returned
    group by receptor

)

select
    runs.receptor,
    readings.by_exporter_ug_m3,
    readings.by_final_producer_ug_m3,
    runs.base_ug_m3 - runs.no_exports_ug_m3 as exports_ug_m3
from run_by_scenario as runs
left join readings on runs.receptor = readings.receptor
where
    readings.by_exporter_ug_m3 is null
    or readings.by_final_producer_ug_m3 is null
    or abs(runs.base_ug_m3 - runs.no_exports_ug_m3 - readings.by_exporter_ug_m3) > 1e-9 * runs.base_ug_m3
    or abs(runs.base_ug_m3 - runs.no_exports_ug_m3 - readings.by_final_producer_ug_m3) > 1e-9 * runs.base_ug_m3
