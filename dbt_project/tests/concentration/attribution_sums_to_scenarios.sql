-- Exports' PM2.5 by the adjoint is Base less I_EX at every receptor; by direct exports Base less I_EXDIR.
-- Rows: receptors and scenarios that miss it by more than 1e-9 of Base.
with attributed as (

    select
        sensitivity.receptor,
        sum(flow.emission_t * sensitivity.sensitivity_ug_m3_per_t) as all_ug_m3,
        sum(
            case when flow.producer_province = flow.exporter_province then flow.emission_t else 0 end
            * sensitivity.sensitivity_ug_m3_per_t
        ) as direct_ug_m3
    from {{ ref('int_atmosphere__export_emission') }} as flow
    inner join {{ computed('pm25_sensitivity') }} as sensitivity
        on
            flow.producer_province = sensitivity.producer_province
            and flow.emission_group = sensitivity.emission_group
            and flow.pollutant = sensitivity.pollutant
    where flow.consumer_region != 'CHN'
    group by sensitivity.receptor

),

run_by_scenario as (

    select
        province as receptor,
        sum(pm25_ug_m3) filter (where scenario = 'Base') as base_ug_m3,
        sum(pm25_ug_m3) filter (where scenario = 'I_EX') as no_exports_ug_m3,
        sum(pm25_ug_m3) filter (where scenario = 'I_EXDIR') as no_direct_ug_m3
    from {{ ref('fct_pm25_province') }}
    where engine = 'reduced' and season = 'year' and weighting = 'population' and component not in ('soa', 'background')
    group by province

)

select
    runs.receptor,
    runs.base_ug_m3 - runs.no_exports_ug_m3 - attributed.all_ug_m3 as exports_off_ug_m3,
    runs.base_ug_m3 - runs.no_direct_ug_m3 - attributed.direct_ug_m3 as direct_off_ug_m3
from run_by_scenario as runs
left join attributed on runs.receptor = attributed.receptor
where
    attributed.receptor is null
    or abs(runs.base_ug_m3 - runs.no_exports_ug_m3 - attributed.all_ug_m3) > 1e-9 * runs.base_ug_m3
    or abs(runs.base_ug_m3 - runs.no_direct_ug_m3 - attributed.direct_ug_m3) > 1e-9 * runs.base_ug_m3
